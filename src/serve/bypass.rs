//! Large content of HTTP/1.1 past actix's buffer: from where the snapshot holds it to the socket.
//!
//! actix-http copies what a body yields behind the head, into a buffer of the connection, and writes that. For a megabyte this is an allocation, its
//! page faults and a second pass over the memory; and a buffer that grew stays with an idle connection. Here a body does not yield large content. It
//! lays it beside the stream, says that it has nothing yet, and so has actix flush. The stream then writes the head and the content together,
//! and wakes the task when all of it is gone.
//!
//! The order on the wire is kept because actix begins no reply before the body of the one before it has ended, and this body ends when its content is gone.
//!
//! Uses: tokio, actix-http's body trait · Never: requests

use std::{
    cell::RefCell,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_http::body::{BodySize, MessageBody};
use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::content::{CutShort, Sending};

/// From how many bytes on it pays: one more poll of the task costs about as much as copying this.
const LARGE: usize = 16 * 1024;

/// Content that lies beside a stream until it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Bypass(Rc<RefCell<Option<Bytes>>>);

impl Bypass {
    fn is_taken(&self) -> bool {
        self.0.borrow().is_some()
    }

    fn put(&self, content: Bytes) {
        *self.0.borrow_mut() = Some(content);
    }
}

/// A body whose large parts take the bypass.
pub(super) struct Bypassing {
    content: Sending,
    bypass: Option<Bypass>,
}

impl Bypassing {
    /// `content`, on a connection that may have a bypass.
    pub(super) fn new(content: Sending, bypass: Option<&Bypass>) -> Self {
        let bypass = match content.size() {
            BodySize::Sized(length) if length >= LARGE as u64 && content.has_bytes() => bypass,
            _ => None,
        };
        Self {
            content,
            bypass: bypass.cloned(),
        }
    }

    /// The length that has to be announced by hand, because actix counts only what passes through its buffer.
    pub(super) fn length(&self) -> Option<u64> {
        match (&self.bypass, self.content.size()) {
            (Some(_), BodySize::Sized(length)) => Some(length),
            _ => None,
        }
    }
}

impl MessageBody for Bypassing {
    type Error = CutShort;

    fn size(&self) -> BodySize {
        match self.length() {
            Some(_) => BodySize::Stream,
            None => self.content.size(),
        }
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, CutShort>>> {
        let this = self.get_mut();
        let inner = Pin::new(&mut this.content);
        let Some(bypass) = &this.bypass else {
            return inner.poll_next(context);
        };
        if bypass.is_taken() {
            return Poll::Pending;
        }
        match ready!(inner.poll_next(context)) {
            Some(Ok(bytes)) if bytes.len() >= LARGE => {
                bypass.put(bytes);
                Poll::Pending
            }
            other => Poll::Ready(other),
        }
    }
}

/// A stream with a bypass.
pub(super) struct Bypassed<S> {
    stream: S,
    bypass: Bypass,
}

impl<S> Bypassed<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            bypass: Bypass::default(),
        }
    }

    /// The stream itself.
    pub(super) fn stream(&self) -> &S {
        &self.stream
    }

    /// Its bypass, for the bodies of its replies.
    pub(super) fn bypass(&self) -> &Bypass {
        &self.bypass
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bypassed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bypassed<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let stream = Pin::new(&mut this.stream);
        // What actix hands over ends with the head that the content belongs to.
        match &mut *this.bypass.0.borrow_mut() {
            None => stream.poll_write(context, bytes),
            Some(large) => {
                let both = [IoSlice::new(bytes), IoSlice::new(large)];
                let written = ready!(stream.poll_write_vectored(context, &both))?;
                let of_bytes = written.min(bytes.len());
                large.advance(written - of_bytes);
                Poll::Ready(Ok(of_bytes))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut beside = this.bypass.0.borrow_mut();
        if let Some(content) = &mut *beside {
            while content.has_remaining() {
                match ready!(Pin::new(&mut this.stream).poll_write(context, content))? {
                    0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                    written => content.advance(written),
                }
            }
            *beside = None;
            // The body that waits for this is asked by nobody else.
            context.waker().wake_by_ref();
        }
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
