//! HTTP/1.1 over one connection: one request after the other, no pipelining.
//!
//! Uses: tokio, wire · Never: verification (a sink does it)

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::connection::Fault;
use crate::bench::load::wire::{Progress, ReplyReader, Sink};

/// A connection that speaks HTTP/1.1.
pub(super) struct Http1<S> {
    stream: S,
    reader: ReplyReader,
    replies: u64,
}

/// What came of an exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received {
    /// Does the connection end with it?
    pub(super) closes: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Http1<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            reader: ReplyReader::default(),
            replies: 0,
        }
    }

    /// Sends `request` and reads its reply into `sink`.
    pub(super) async fn exchange(
        &mut self,
        request: &[u8],
        sink: &mut impl Sink,
        scratch: &std::cell::RefCell<Vec<u8>>,
    ) -> Result<Received, Fault> {
        // Between two requests a server may close: nobody's fault, and worth another try (RFC 9112 §9.3.1).
        let lost = |io: io::Error, replies: u64| {
            if replies > 0 {
                Fault::Idle
            } else {
                Fault::Connection(io.to_string())
            }
        };
        let replies = self.replies;
        self.stream
            .write_all(request)
            .await
            .map_err(|error| lost(error, replies))?;
        self.stream
            .flush()
            .await
            .map_err(|error| lost(error, replies))?;
        let closes = poll_fn(|context| {
            let mut scratch = scratch.borrow_mut();
            loop {
                let mut buffer = ReadBuf::new(&mut scratch);
                let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
                let is_at_start = self.reader.is_at_start();
                if let Err(error) = read {
                    return Poll::Ready(Err(if is_at_start {
                        lost(error, replies)
                    } else {
                        Fault::CutShort
                    }));
                }
                let piece = buffer.filled();
                if piece.is_empty() {
                    let is_whole = self.reader.end();
                    return Poll::Ready(match (is_whole, is_at_start) {
                        (true, _) => Ok(true),
                        (false, true) => Err(lost(io::ErrorKind::UnexpectedEof.into(), replies)),
                        (false, false) => Err(Fault::CutShort),
                    });
                }
                match self.reader.feed(piece, sink) {
                    Err(error) => return Poll::Ready(Err(Fault::Malformed(error.to_string()))),
                    Ok(Progress::Partial) => {}
                    Ok(Progress::Whole(taken)) if taken == piece.len() => {
                        return Poll::Ready(Ok(self.reader.closes()));
                    }
                    Ok(Progress::Whole(taken)) => {
                        let more = piece.len() - taken;
                        return Poll::Ready(Err(Fault::Malformed(format!(
                            "{more} bytes after the end of the reply that nobody asked for"
                        ))));
                    }
                }
            }
        })
        .await?;
        self.replies += 1;
        Ok(Received { closes })
    }
}
