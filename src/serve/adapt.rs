//! actix's request into the origin's, and the origin's reply into actix's response: nothing is decided here.
//!
//! Uses: origin, snapshot, actix-web · Never: policy, files

use std::time::SystemTime;

use super::{access_log, complaint::complain, content::Sending, state::Current, state::Published};
use crate::{
    http::{FieldSource, HttpDate},
    origin::{self, Reply},
    snapshot::{Content, Error, HeadId},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_LENGTH, ETAG, HeaderMap, HeaderName, HeaderValue},
    },
    web,
};

/// The fields of an actix request.
struct RequestFields<'r>(&'r HeaderMap);

impl FieldSource for RequestFields<'_> {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.0.get_all(name).map(HeaderValue::as_bytes)
    }
}

/// Answers one request.
pub(super) async fn answer(
    request: HttpRequest,
    current: web::Data<Current>,
) -> HttpResponse<Sending> {
    let published = current.load();
    let fields = RequestFields(request.headers());
    let view = origin::Request {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query(),
        fields: &fields,
    };
    let reply = origin::respond(
        &published.snapshot,
        &view,
        HttpDate::from_system_time(SystemTime::now()).unwrap_or(HttpDate::EPOCH),
    );
    let response = if is_stored(&reply) {
        let (length, content) = (reply.length, reply.content.clone());
        // Opening touches the file system: not on a worker that others wait for.
        match web::block(move || Sending::prepare(length, &content)).await {
            Ok(Ok(sending)) => response(&published, &reply, sending),
            Ok(Err(unreadable)) => {
                complain(&format!(
                    "{unreadable}: answered 503 until the next snapshot"
                ));
                failure(&published, Error::Unavailable)
            }
            Err(_) => failure(&published, Error::Unavailable),
        }
    } else {
        match Sending::prepare(reply.length, &reply.content) {
            Ok(sending) => response(&published, &reply, sending),
            Err(unreadable) => {
                complain(&unreadable.to_string());
                failure(&published, Error::Internal)
            }
        }
    };
    access_log::log(&request, &response);
    response
}

fn is_stored(reply: &Reply<'_>) -> bool {
    reply
        .content
        .pieces()
        .iter()
        .any(|piece| matches!(piece.content, Content::Stored(_)))
}

fn response(published: &Published, reply: &Reply<'_>, sending: Sending) -> HttpResponse<Sending> {
    let mut response = with_head(published, reply.status, reply.head, sending);
    let headers = response.headers_mut();
    if let Some(tag) = reply.entity_tag
        && let Ok(value) = HeaderValue::from_str(tag.as_str())
    {
        headers.insert(ETAG, value);
    }
    for (name, value) in &reply.extra {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value.as_str()),
        ) {
            headers.insert(name, value);
        }
    }
    headers.remove(CONTENT_LENGTH);
    response
}

/// The reply of a server that cannot do what it decided to do.
fn failure(published: &Published, error: Error) -> HttpResponse<Sending> {
    let answer = published.snapshot.error(error);
    let sending = match &answer.content {
        Content::Held(bytes) => Sending::Held(bytes.clone()),
        Content::Stored(_) => Sending::Announced(0),
    };
    with_head(published, answer.status, answer.head, sending)
}

/// A response with the fields that it shares with others.
fn with_head(
    published: &Published,
    status: u16,
    head: HeadId,
    sending: Sending,
) -> HttpResponse<Sending> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::with_body(status, sending);
    for (name, value) in published.head(head) {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    response
}
