//! The head of a request, if it is one of the plain kind: httparse reads it, and whatever is not plain is left to others.
//!
//! Implements RFC 9112 §3 (request line), §5 (fields), as far as a request without content needs them.
//!
//! Uses: httparse, adapt · Never: replies

use std::{mem::MaybeUninit, net::SocketAddr};

use ::http::Version;
use httparse::{Header, Request, Status};

use crate::{
    http::ByteSet,
    serve::adapt::{Asked, FieldMap},
};

/// More field lines than any browser sends.
const MOST_FIELDS: usize = 64;

/// Where the field lines of a head are put.
pub(super) type Room<'h> = [MaybeUninit<Header<'h>>; MOST_FIELDS];

/// Room for the field lines of one head.
pub(super) fn room<'h>() -> Room<'h> {
    [const { MaybeUninit::uninit() }; MOST_FIELDS]
}

/// The head of a GET or HEAD without content, in HTTP/1.1 and origin-form.
pub(super) struct PlainHead<'h> {
    method: &'h str,
    target: &'h str,
    fields: Lines<'h>,
    length: usize,
    is_last: bool,
}

/// Its field lines.
pub(super) struct Lines<'h>(&'h [Header<'h>]);

/// Fields with which a request is not plain: they announce content, or ask something of the connection.
const OTHERS: [&str; 4] = ["Content-Length", "Transfer-Encoding", "Upgrade", "Expect"];

impl<'h> PlainHead<'h> {
    /// The head that `heard` begins with: if all of it is there, it has no more than `most` bytes, and it is plain.
    pub(super) fn read(heard: &'h [u8], most: usize, room: &'h mut Room<'h>) -> Option<Self> {
        let mut request = Request::new(&mut []);
        let Ok(Status::Complete(length)) = request.parse_with_uninit_headers(heard, room) else {
            return None;
        };
        let method = request
            .method
            .filter(|method| ["GET", "HEAD"].contains(method))?;
        let target = request.path.filter(|target| is_plain_target(target))?;
        let fields = Lines(request.headers);
        let is_plain = request.version == Some(1) && length <= most && fields.are_plain();
        let is_last = fields.values("Connection").any(is_close);
        is_plain.then_some(Self {
            method,
            target,
            fields,
            length,
            is_last,
        })
    }

    /// How many bytes it has.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Does the client want the connection closed after it (RFC 9112 §9.6)?
    pub(super) fn is_last(&self) -> bool {
        self.is_last
    }

    /// The same, for the origin.
    pub(super) fn asked(&self, client: Option<SocketAddr>) -> Asked<'_, Lines<'h>> {
        Asked {
            client,
            method: self.method,
            scheme: None,
            authority: None,
            target: self.target,
            version: Version::HTTP_11,
            fields: &self.fields,
        }
    }
}

/// A plain head, taken apart: to be compared with how another parser reads the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// `GET` or `HEAD`.
    pub method: String,
    /// In origin-form.
    pub target: String,
    /// Name and value of each line, in their order.
    pub fields: Vec<(String, Vec<u8>)>,
    /// Length of the head, in bytes: what follows belongs to the next request.
    pub length: usize,
    /// Is the connection closed after it (RFC 9112 §9.6)?
    pub is_last: bool,
}

impl Plain {
    /// The plain head that `heard` begins with, if that is what is there and it has no more than `most` bytes. Any other is left to actix.
    pub fn read(heard: &[u8], most: usize) -> Option<Self> {
        let mut room = room();
        let PlainHead {
            method,
            target,
            fields,
            length,
            is_last,
        } = PlainHead::read(heard, most, &mut room)?;
        Some(Self {
            method: method.to_owned(),
            target: target.to_owned(),
            fields: fields
                .all()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            length,
            is_last,
        })
    }
}

/// Is it a path, perhaps with a query, of characters that may stand there as they are (RFC 3986 §3.3, §3.4)?
fn is_plain_target(target: &str) -> bool {
    const PLAIN: ByteSet = ByteSet::UNRESERVED.with(b"/%!$&'()*+,;=:@?");
    target.starts_with('/') && PLAIN.has_all(target.as_bytes())
}

/// Is it a line of the field `name`? In HTTP/1.1 nearly every client writes names as we do.
fn is_name(line: &Header<'_>, name: &str) -> bool {
    line.name == name || line.name.eq_ignore_ascii_case(name)
}

fn is_close(option: &[u8]) -> bool {
    option.eq_ignore_ascii_case(b"close")
}

impl Lines<'_> {
    /// One host (RFC 9112 §3.2), no content, and nothing asked of the connection but that it stays or goes.
    fn are_plain(&self) -> bool {
        let mut hosts = 0;
        let others = self.0.iter().any(|line| {
            let is = |name: &str| is_name(line, name);
            hosts += usize::from(is("Host"));
            if is("Connection") {
                !line.value.eq_ignore_ascii_case(b"keep-alive") && !is_close(line.value)
            } else {
                OTHERS.into_iter().any(is)
            }
        });
        hosts == 1 && !others
    }
}

impl FieldMap for Lines<'_> {
    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.0
            .iter()
            .filter(move |line| is_name(line, name))
            .map(|line| line.value)
    }

    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|line| (line.name, line.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(heard: &str) -> Option<usize> {
        PlainHead::read(heard.as_bytes(), 2000, &mut room()).map(|head| head.length())
    }

    #[test]
    fn a_request_without_content_is_plain_and_ends_where_the_next_begins() {
        for head in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "HEAD /a%20b/c.js?x=1&y HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        ] {
            assert_eq!(read(head), Some(head.len()), "{head}");
            assert_eq!(read(&format!("{head}GET /")), Some(head.len()), "{head}");
        }
    }

    #[test]
    fn whatever_else_there_is_to_decide_is_left_to_others() {
        let long = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nA: {}\r\n\r\n",
            "a".repeat(2000)
        );
        let many = format!(
            "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
            "A:\r\n".repeat(MOST_FIELDS + 1)
        );
        for head in [
            "GET / HTTP/1.1\r\nHost: a\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
            "get / HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, te\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, upgrade\r\nUpgrade: h2c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\ncontent-length: 0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n A: folded\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
            &long,
            &many,
        ] {
            assert_eq!(read(head), None, "{head}");
        }
    }
}
