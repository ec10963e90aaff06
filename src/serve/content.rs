//! Content on its way to a client: held bytes at once, stored ones read piece by piece off the workers.
//!
//! Uses: snapshot, actix-web's body trait, metrics · Never: files (stored content reads itself)

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

use super::{
    complaint::complain,
    metrics::{self, Tally},
};
use crate::{
    origin::{Piece, ReplyContent},
    snapshot::{Content, Error, OpenContent, Unreadable},
};

/// How much is read at once, in bytes: enough for a round trip of a fast line, little enough for many slow readers.
const CHUNK: u64 = 128 * 1024;

/// The content of a reply, before anything was opened.
pub(super) enum Body {
    /// Can be sent.
    Ready(Sending),
    /// Part of it is in a file: has to be opened first, which may fail while a status can still say so.
    Unopened(Unopened),
}

/// Content of which a part is in a file.
pub(super) struct Unopened {
    length: u64,
    content: ReplyContent,
    tally: Tally,
}

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

impl Body {
    /// What to send for a reply that announces `length` and has `content`. It is counted when it is certain.
    pub(super) fn of(length: Option<u64>, content: ReplyContent, tally: Tally) -> Self {
        let sending = match (length, content) {
            (None, _) => Sending::Nothing,
            (Some(length), ReplyContent::Empty) => Sending::Announced(length),
            (
                Some(_),
                ReplyContent::One(Piece {
                    content: Content::Held(bytes),
                    offset,
                    length,
                }),
            ) => Sending::Held(slice(&bytes, offset, length)),
            (Some(length), content) => {
                return Self::Unopened(Unopened {
                    length,
                    content,
                    tally,
                });
            }
        };
        tally.count();
        Self::Ready(sending)
    }
}

impl Unopened {
    /// Opens what is in files, off the workers: it touches the file system, and others wait for them.
    ///
    /// # Errors
    /// When it is no longer what the snapshot saw, or cannot be read.
    pub(super) async fn open(self) -> Result<Sending, Error> {
        let Self {
            length,
            content,
            tally,
        } = self;
        let opened = spawn_blocking(move || {
            let pieces = content.pieces().iter().map(Ready::new);
            let mut left = pieces.collect::<Result<VecDeque<_>, Unreadable>>()?;
            // Read too, while a status can still say that it cannot be; and the first bytes cost no second trip.
            if let Some(first) = left.front_mut().and_then(Ready::next) {
                let bytes = first.read()?;
                left.push_front(Ready::Held(bytes));
            }
            Ok::<_, Unreadable>(left)
        });
        match opened.await {
            Ok(Ok(left)) => {
                tally.count();
                Ok(Sending::Pieces(Pieces {
                    length,
                    left,
                    reading: None,
                }))
            }
            Ok(Err(unreadable)) => {
                complain(&format!(
                    "{unreadable}: answered 503 until the next snapshot"
                ));
                Err(Error::Unavailable)
            }
            Err(panic) => {
                metrics::panicked();
                complain(&format!("{panic}: answered 503"));
                Err(Error::Unavailable)
            }
        }
    }
}

impl Sending {
    /// Content that must not have to be opened: nothing, if it would.
    pub(super) fn at_once(content: &Content) -> Self {
        match content {
            Content::Held(bytes) => Self::Held(bytes.clone()),
            Content::Stored(_) => Self::Announced(0),
        }
    }

    /// What is sent of it in reply to `method`: to HEAD the length, and no content (RFC 9110 §9.3.2). Errors that the origin has no part in come with
    /// their text, whatever the method.
    pub(super) fn in_reply_to(self, method: &str) -> Self {
        match self {
            Self::Held(bytes) if method == "HEAD" => Self::Announced(bytes.len() as u64),
            Self::Pieces(pieces) if method == "HEAD" => Self::Announced(pieces.length),
            other => other,
        }
    }

    /// How much content the access log counts.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Nothing | Self::Announced(_) => 0,
            Self::Held(bytes) => bytes.len() as u64,
            Self::Pieces(pieces) => pieces.length,
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

/// Some bytes of stored content.
struct Part {
    content: Arc<dyn OpenContent>,
    offset: u64,
    length: usize,
}

impl Part {
    fn read(self) -> Result<Bytes, Unreadable> {
        self.content.read_at(self.offset, self.length)
    }
}

impl Ready {
    /// Takes from stored content the next part to be read, if there is one.
    fn next(&mut self) -> Option<Part> {
        match self {
            Self::Held(_) | Self::Stored { length: 0, .. } => None,
            Self::Stored {
                content,
                offset,
                length,
            } => {
                let now = CHUNK.min(*length);
                let part = Part {
                    content: Arc::clone(content),
                    offset: *offset,
                    length: usize::try_from(now).expect("a chunk is small"),
                };
                *offset += now;
                *length -= now;
                Some(part)
            }
        }
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
    /// The next bytes; `None` after the last.
    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, CutShort>>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let read = ready!(Pin::new(reading).poll(context));
                self.reading = None;
                let read = read
                    .inspect_err(|_| metrics::panicked())
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
                Some(stored) => match stored.next() {
                    Some(part) => self.reading = Some(spawn_blocking(move || part.read())),
                    None => drop(self.left.pop_front()),
                },
            }
        }
    }
}
