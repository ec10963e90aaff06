//! Replies of HTTP/1.1, read from bytes in whatever pieces they come.
//!
//! Implements RFC 9112 §4, §6.3 (where content ends), §7.1 (chunked), §9.3 (whether the connection persists).
//!
//! Uses: httparse, http · Never: sockets, clock

use crate::http::FieldSource;

/// The most field lines a reply may have.
const MAX_FIELDS: usize = 96;
/// The longest head of a reply, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Whoever wants to know what a reply says.
pub(super) trait Sink {
    /// The status and the fields of the final reply.
    fn head(&mut self, status: u16, fields: &impl FieldSource);
    /// A piece of its content, codings of the transfer removed.
    fn content(&mut self, piece: &[u8]);
}

/// The bytes are no HTTP/1.1 reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a reply of HTTP/1.1: {0}")]
pub(super) struct Malformed(pub(super) String);

/// How far a reply is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// More has to come.
    Partial,
    /// It is whole. So many of the bytes belong to it.
    Whole(usize),
}

/// Reads one reply after the other.
#[derive(Debug, Default)]
pub(super) struct ReplyReader {
    /// The beginning of a head whose end has not come yet.
    head: Vec<u8>,
    state: State,
    closes: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Head,
    /// So many bytes of content are to come.
    Counted(u64),
    Chunked(Chunk),
    UntilClose,
}

#[derive(Clone, Copy, Debug)]
enum Chunk {
    /// In the line with the size, of which so much was read.
    Size {
        size: u64,
        is_extension: bool,
    },
    Data(u64),
    /// After the data, before its line feed.
    DataEnd,
    /// In the trailer section, with so many bytes in the line.
    Trailer(usize),
}

/// Borrowed field lines of a head.
struct Lines<'l, 'b>(&'l [httparse::Header<'b>]);

impl FieldSource for Lines<'_, '_> {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.0
            .iter()
            .filter(move |line| line.name.eq_ignore_ascii_case(name))
            .map(|line| line.value)
    }
}

impl ReplyReader {
    /// Does the connection end with the reply that was read last?
    pub(super) fn closes(&self) -> bool {
        self.closes
    }

    /// Has nothing of a reply come yet?
    pub(super) fn is_at_start(&self) -> bool {
        matches!(self.state, State::Head) && self.head.is_empty()
    }

    /// Takes the next bytes of the connection.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        sink: &mut impl Sink,
    ) -> Result<Progress, Malformed> {
        let mut taken = 0;
        loop {
            let rest = &bytes[taken..];
            match self.state {
                State::Head => {
                    if rest.is_empty() {
                        return Ok(Progress::Partial);
                    }
                    match self.feed_head(rest, sink)? {
                        None => return Ok(Progress::Partial),
                        Some(of_head) => taken += of_head,
                    }
                    if matches!(self.state, State::Counted(0)) {
                        self.state = State::Head;
                        return Ok(Progress::Whole(taken));
                    }
                }
                State::Counted(left) => {
                    let piece =
                        &rest[..rest.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
                    sink.content(piece);
                    let left = left - piece.len() as u64;
                    if left > 0 {
                        self.state = State::Counted(left);
                        return Ok(Progress::Partial);
                    }
                    self.state = State::Head;
                    return Ok(Progress::Whole(taken + piece.len()));
                }
                State::Chunked(chunk) => {
                    let (of_chunk, next) = feed_chunk(chunk, rest, sink)?;
                    taken += of_chunk;
                    match next {
                        None => {
                            self.state = State::Head;
                            return Ok(Progress::Whole(taken));
                        }
                        Some(next) => self.state = State::Chunked(next),
                    }
                    if taken == bytes.len() {
                        return Ok(Progress::Partial);
                    }
                }
                State::UntilClose => {
                    sink.content(rest);
                    return Ok(Progress::Partial);
                }
            }
        }
    }

    /// The connection was closed by the server. Is the reply whole by that?
    pub(super) fn end(&mut self) -> bool {
        let is_whole = matches!(self.state, State::UntilClose);
        self.state = State::Head;
        self.closes = true;
        is_whole
    }

    /// Reads a head if its end is there. Gives how many of the bytes belong to it.
    fn feed_head(
        &mut self,
        bytes: &[u8],
        sink: &mut impl Sink,
    ) -> Result<Option<usize>, Malformed> {
        let before = self.head.len();
        let parsed = if before == 0 {
            parse_head(bytes, sink)?
        } else {
            self.head.extend_from_slice(bytes);
            parse_head(&self.head, sink)?
        };
        let Some(parsed) = parsed else {
            if before == 0 {
                self.head.extend_from_slice(bytes);
            }
            if self.head.len() > MAX_HEAD {
                return Err(Malformed(format!("a head of more than {MAX_HEAD} bytes")));
            }
            return Ok(None);
        };
        self.head.clear();
        self.state = parsed.state;
        self.closes = parsed.closes;
        Ok(Some(parsed.length - before))
    }
}

struct Head {
    length: usize,
    state: State,
    closes: bool,
}

fn parse_head(bytes: &[u8], sink: &mut impl Sink) -> Result<Option<Head>, Malformed> {
    let mut lines = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut reply = httparse::Response::new(&mut lines);
    let length = match reply.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(Malformed(error.to_string())),
    };
    let status = reply.code.unwrap_or_default();
    let fields = Lines(reply.headers);
    let closes = closes(reply.version == Some(1), &fields);
    // An interim reply is followed by the one that counts (RFC 9110 §15.2).
    if (100..200).contains(&status) {
        return Ok(Some(Head {
            length,
            state: State::Head,
            closes: false,
        }));
    }
    let state = framing(status, &fields)?;
    sink.head(status, &fields);
    Ok(Some(Head {
        length,
        closes: closes || matches!(state, State::UntilClose),
        state,
    }))
}

/// RFC 9112 §6.3, for replies to GET.
fn framing(status: u16, fields: &impl FieldSource) -> Result<State, Malformed> {
    if matches!(status, 204 | 304) {
        return Ok(State::Counted(0));
    }
    if fields.has_field("Transfer-Encoding") {
        let is_chunked = fields
            .lines("Transfer-Encoding")
            .last()
            .is_some_and(|line| {
                let last = line.rsplit(|byte| *byte == b',').next().unwrap_or_default();
                last.trim_ascii().eq_ignore_ascii_case(b"chunked")
            });
        return Ok(if is_chunked {
            State::Chunked(Chunk::Size {
                size: 0,
                is_extension: false,
            })
        } else {
            State::UntilClose
        });
    }
    let Some(line) = fields.lines("Content-Length").next() else {
        return Ok(State::UntilClose);
    };
    std::str::from_utf8(line)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .map(State::Counted)
        .ok_or_else(|| {
            Malformed(format!(
                "Content-Length: {}",
                String::from_utf8_lossy(line).escape_debug()
            ))
        })
}

/// RFC 9112 §9.3.
fn closes(is_http_1_1: bool, fields: &impl FieldSource) -> bool {
    let says = |option: &[u8]| {
        fields.lines("Connection").any(|line| {
            line.split(|byte| *byte == b',')
                .any(|word| word.trim_ascii().eq_ignore_ascii_case(option))
        })
    };
    says(b"close") || (!is_http_1_1 && !says(b"keep-alive"))
}

/// One step through chunked content: how many bytes were used, and what comes next; nothing after the last chunk.
fn feed_chunk(
    chunk: Chunk,
    bytes: &[u8],
    sink: &mut impl Sink,
) -> Result<(usize, Option<Chunk>), Malformed> {
    match chunk {
        Chunk::Size {
            mut size,
            mut is_extension,
        } => {
            for (at, byte) in bytes.iter().enumerate() {
                match byte {
                    b'\n' if size == 0 => return Ok((at + 1, Some(Chunk::Trailer(0)))),
                    b'\n' => return Ok((at + 1, Some(Chunk::Data(size)))),
                    b'\r' | b' ' | b'\t' => {}
                    b';' => is_extension = true,
                    _ if is_extension => {}
                    digit => {
                        let digit = char::from(*digit)
                            .to_digit(16)
                            .filter(|_| size < 1 << 56)
                            .ok_or_else(|| Malformed("the size of a chunk".to_owned()))?;
                        size = size * 16 + u64::from(digit);
                    }
                }
            }
            Ok((bytes.len(), Some(Chunk::Size { size, is_extension })))
        }
        Chunk::Data(left) => {
            let piece = &bytes[..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
            sink.content(piece);
            let left = left - piece.len() as u64;
            let next = if left == 0 {
                Chunk::DataEnd
            } else {
                Chunk::Data(left)
            };
            Ok((piece.len(), Some(next)))
        }
        Chunk::DataEnd => match bytes {
            [b'\r', ..] => Ok((1, Some(Chunk::DataEnd))),
            [b'\n', ..] => Ok((
                1,
                Some(Chunk::Size {
                    size: 0,
                    is_extension: false,
                }),
            )),
            [] => Ok((0, Some(Chunk::DataEnd))),
            _ => Err(Malformed("a chunk longer than its size".to_owned())),
        },
        Chunk::Trailer(length) => {
            let mut length = length;
            for (at, byte) in bytes.iter().enumerate() {
                match byte {
                    b'\n' if length == 0 => return Ok((at + 1, None)),
                    b'\n' => length = 0,
                    b'\r' => {}
                    _ => length += 1,
                }
            }
            Ok((bytes.len(), Some(Chunk::Trailer(length))))
        }
    }
}

#[cfg(test)]
mod tests;
