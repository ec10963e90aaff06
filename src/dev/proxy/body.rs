//! Content on its way through: what a client sends, and what the back end answers.
//!
//! Uses: actix-web's and hyper's traits of content, tokio (clock) · Never: reading it

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::{
    body::{BodySize, MessageBody},
    http::{
        StatusCode,
        header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING},
    },
    web,
};
use bytes::Bytes;
use futures_core::Stream;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Instant;

/// The content of a request.
pub(super) struct Asked {
    content: Option<Pin<Box<web::Payload>>>,
    /// Its length, where the client told it.
    length: Option<u64>,
    /// When the back end last took a piece of it.
    moved: Rc<Cell<Instant>>,
}

impl Asked {
    /// The content of a request with these fields; and what comes behind the message, if it is to change the protocol.
    pub(super) fn split(
        payload: web::Payload,
        fields: &HeaderMap,
        is_upgrade: bool,
    ) -> (Self, Option<web::Payload>) {
        let length = fields
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let has_content = length.is_some() || fields.contains_key(TRANSFER_ENCODING);
        let moved = Rc::new(Cell::new(Instant::now()));
        if is_upgrade || !has_content {
            let nothing = Self {
                content: None,
                length: Some(0),
                moved,
            };
            return (nothing, is_upgrade.then_some(payload));
        }
        let asked = Self {
            content: Some(Box::pin(payload)),
            length,
            moved,
        };
        (asked, None)
    }

    /// When the back end last took a piece of it; until it took one, when it was asked.
    pub(super) fn moved(&self) -> Rc<Cell<Instant>> {
        Rc::clone(&self.moved)
    }
}

impl Body for Asked {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Some(payload) = &mut self.content else {
            return Poll::Ready(None);
        };
        let next = ready!(payload.as_mut().poll_next(context));
        self.moved.set(Instant::now());
        Poll::Ready(next.map(|piece| piece.map(Frame::data).map_err(io::Error::other)))
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

/// The content of an answer.
pub(super) struct Answered {
    content: Incoming,
    size: BodySize,
}

impl Answered {
    /// The content of an answer with `status` to a HEAD request, or another; `length` is what it announces.
    pub(super) fn new(
        content: Incoming,
        status: StatusCode,
        is_head: bool,
        length: Option<u64>,
    ) -> Self {
        let has_none = matches!(status.as_u16(), 204 | 304);
        let size = match length {
            _ if has_none => BodySize::None,
            Some(length) => BodySize::Sized(length),
            None if is_head => BodySize::None,
            None => BodySize::Stream,
        };
        Self { content, size }
    }
}

impl MessageBody for Answered {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, io::Error>>> {
        let incoming = &mut self.get_mut().content;
        loop {
            match ready!(Pin::new(&mut *incoming).poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                // Trailer fields have no way on: a server may leave them out (RFC 9110 §6.5.1).
                Some(Ok(frame)) => {
                    if let Ok(piece) = frame.into_data() {
                        return Poll::Ready(Some(Ok(piece)));
                    }
                }
            }
        }
    }
}
