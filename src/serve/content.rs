//! Content on its way to a client: held bytes at once, stored ones read piece by piece off the workers.
//!
//! Uses: snapshot, actix-web's body trait · Never: files (stored content reads itself)

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use actix_web::{
    body::{BodySize, MessageBody},
    rt::task::{JoinHandle, spawn_blocking},
};
use bytes::Bytes;

use super::complaint::complain;
use crate::{
    origin::{Piece, ReplyContent},
    snapshot::{Content, OpenContent, Unreadable},
};

/// How much is read at once, in bytes: enough for a round trip of a fast line, little enough for many slow readers.
const CHUNK: u64 = 128 * 1024;

/// The content of a response.
pub(super) enum Sending {
    /// There is none, and no length is announced: 204, 304.
    Nothing,
    /// HEAD: a length and no content.
    Announced(u64),
    /// Bytes in memory.
    Held(Bytes),
    /// Pieces, some of which have to be read.
    Pieces(Pieces),
}

/// Pieces that are sent one after the other.
pub(super) struct Pieces {
    length: u64,
    left: VecDeque<Ready>,
    reading: Option<JoinHandle<Result<Bytes, Unreadable>>>,
}

/// A piece that can be sent.
enum Ready {
    Held(Bytes),
    Stored {
        content: Arc<dyn OpenContent>,
        offset: u64,
        length: u64,
    },
}

impl Sending {
    /// What to send for a reply that announces `length` and has `content`.
    ///
    /// # Errors
    /// When stored content is no longer that of the snapshot.
    pub(super) fn prepare(length: Option<u64>, content: &ReplyContent) -> Result<Self, Unreadable> {
        match (length, content.pieces()) {
            (None, _) => Ok(Self::Nothing),
            (Some(length), []) => Ok(Self::Announced(length)),
            (
                Some(_),
                [
                    Piece {
                        content: Content::Held(bytes),
                        offset,
                        length,
                    },
                ],
            ) => Ok(Self::Held(slice(bytes, *offset, *length))),
            (Some(length), pieces) => Ok(Self::Pieces(Pieces {
                length,
                left: pieces.iter().map(Ready::new).collect::<Result<_, _>>()?,
                reading: None,
            })),
        }
    }
}

impl Ready {
    fn new(piece: &Piece) -> Result<Self, Unreadable> {
        Ok(match &piece.content {
            Content::Held(bytes) => Self::Held(slice(bytes, piece.offset, piece.length)),
            Content::Stored(stored) => Self::Stored {
                content: stored.open()?,
                offset: piece.offset,
                length: piece.length,
            },
        })
    }
}

fn slice(bytes: &Bytes, offset: u64, length: u64) -> Bytes {
    let at = |place: u64| usize::try_from(place).expect("a place in held bytes");
    bytes.slice(at(offset)..at(offset + length))
}

/// The connection has to be cut: what was announced cannot be sent.
#[derive(Debug)]
pub(super) struct CutShort(String);

impl fmt::Display for CutShort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for CutShort {}

impl MessageBody for Sending {
    type Error = CutShort;

    fn size(&self) -> BodySize {
        match self {
            Self::Nothing => BodySize::None,
            Self::Announced(length) => BodySize::Sized(*length),
            Self::Held(bytes) => BodySize::Sized(bytes.len() as u64),
            Self::Pieces(pieces) => BodySize::Sized(pieces.length),
        }
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, CutShort>>> {
        match self.get_mut() {
            Self::Nothing | Self::Announced(_) => Poll::Ready(None),
            Self::Held(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Held(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Self::Pieces(pieces) => pieces.poll_next(context),
        }
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        match self {
            Self::Held(bytes) => Ok(bytes),
            other => Err(other),
        }
    }
}

impl Pieces {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, CutShort>>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(context));
                self.reading = None;
                let read = read
                    .map_err(|error| error.to_string())
                    .and_then(|read| read.map_err(|error| error.to_string()));
                if let Err(reason) = &read {
                    complain(&format!("a reply was cut short: {reason}"));
                }
                return Poll::Ready(Some(read.map_err(CutShort)));
            }
            match self.left.front_mut() {
                None => return Poll::Ready(None),
                Some(Ready::Held(bytes)) => {
                    let bytes = std::mem::take(bytes);
                    self.left.pop_front();
                    if !bytes.is_empty() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Some(Ready::Stored { length: 0, .. }) => drop(self.left.pop_front()),
                Some(Ready::Stored {
                    content,
                    offset,
                    length,
                }) => {
                    let now = CHUNK.min(*length);
                    let (stored, at) = (Arc::clone(content), *offset);
                    *offset += now;
                    *length -= now;
                    let chunk = usize::try_from(now).expect("a chunk is small");
                    self.reading = Some(spawn_blocking(move || stored.read_at(at, chunk)));
                }
            }
        }
    }
}
