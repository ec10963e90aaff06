//! One connected browser.
//!
//! Implements RFC 6455 through actix-ws.
//!
//! Uses: hub, message, actix-web, actix-ws · Never: decisions

use std::time::Duration;

use actix_web::{Error, HttpRequest, HttpResponse, rt, web};
use actix_ws::{Message as Frame, MessageStream, Session};
use tokio::time::{interval, timeout};

use super::{hub::Hub, message::Greeting};

/// How often a quiet connection is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);
/// How long a browser may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest message of a browser, in bytes: it has only one to send, and that is short.
const LONGEST: usize = 1024;

/// Takes a browser's connection.
pub(super) async fn live(
    request: HttpRequest,
    body: web::Payload,
    hub: web::Data<Hub>,
) -> Result<HttpResponse, Error> {
    let (response, session, frames) = actix_ws::handle(&request, body)?;
    rt::spawn(talk(session, frames.max_frame_size(LONGEST), hub));
    Ok(response)
}

async fn talk(mut session: Session, mut frames: MessageStream, hub: web::Data<Hub>) {
    let Ok(Some(Ok(Frame::Text(text)))) = timeout(PATIENCE, frames.recv()).await else {
        return;
    };
    let Ok(Greeting { age }) = serde_json::from_str(&text) else {
        return;
    };
    let age = Duration::try_from_secs_f64(age.max(0.0) / 1000.0).unwrap_or(Duration::MAX);
    let mut messages = hub.join(age);
    let mut ping = interval(PING);
    loop {
        let goes_on = tokio::select! {
            message = messages.recv() => match message {
                Some(text) => session.text(&*text).await.is_ok(),
                None => false,
            },
            frame = frames.recv() => match frame {
                Some(Ok(Frame::Ping(bytes))) => session.pong(&bytes).await.is_ok(),
                Some(Ok(Frame::Close(_)) | Err(_)) | None => false,
                Some(Ok(_)) => true,
            },
            _ = ping.tick() => session.ping(b"").await.is_ok(),
        };
        if !goes_on {
            break;
        }
    }
    // It may be closed already.
    let _ = session.close(None).await;
}
