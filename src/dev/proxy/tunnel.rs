//! A connection that changed its protocol: bytes in both directions, until one side has had enough.
//!
//! Uses: hyper, actix-web, tokio · Never: frames (they are the two ends')

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    http::StatusCode,
    rt, web,
};
use bytes::Bytes;
use futures_core::Stream;
use hyper::{Response, body::Incoming, header::UPGRADE, upgrade::Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf, split};

use super::{failure::Failure, fields};

/// How much is read at once, in bytes.
const PIECE: usize = 16 * 1024;

type Back = TokioIo<Upgraded>;

/// Joins what comes behind a request with the back end that answered 101.
pub(super) async fn open(
    mut answer: Response<Incoming>,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let upgraded = hyper::upgrade::on(&mut answer)
        .await
        .map_err(Failure::Broken)?;
    let (from, to) = split(TokioIo::new(upgraded));
    rt::spawn(send(payload, to));
    let mut response = HttpResponse::build(StatusCode::SWITCHING_PROTOCOLS);
    fields::pass_on(answer.headers(), &mut response);
    let protocol = answer.headers().get(UPGRADE);
    response.upgrade(protocol.map_or(&b"websocket"[..], |value| value.as_bytes()));
    Ok(response.body(Received(from)))
}

/// To the back end, until the client has had enough.
async fn send(payload: web::Payload, mut to: WriteHalf<Back>) {
    let mut payload = Box::pin(payload);
    while let Some(Ok(piece)) =
        std::future::poll_fn(|context| payload.as_mut().poll_next(context)).await
    {
        if to.write_all(&piece).await.is_err() || to.flush().await.is_err() {
            break;
        }
    }
    // It may be closed already.
    let _ = to.shutdown().await;
}

/// From the back end, until it has had enough.
struct Received(ReadHalf<Back>);

impl MessageBody for Received {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, io::Error>>> {
        let mut read = vec![0; PIECE];
        let mut buffer = ReadBuf::new(&mut read);
        let outcome = ready!(Pin::new(&mut self.get_mut().0).poll_read(context, &mut buffer));
        let length = buffer.filled().len();
        read.truncate(length);
        Poll::Ready(match outcome {
            Err(error) => Some(Err(error)),
            Ok(()) if length == 0 => None,
            Ok(()) => Some(Ok(read.into())),
        })
    }
}
