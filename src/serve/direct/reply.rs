//! The head of a reply, as HTTP/1.1 writes it.
//!
//! Implements RFC 9112 §4 (status line), §5 (field lines), §6.2 (Content-Length).
//!
//! Uses: adapt's heads · Never: decisions

use std::io::Write;

use ::http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_LENGTH, DATE, ETAG, STRICT_TRANSPORT_SECURITY},
};
use actix_http::body::{BodySize, MessageBody};

use crate::{
    http::EntityTag,
    serve::{adapt::Head, content::Sending, state},
};

/// What a head of ours takes, and most of what is copied behind it.
const ROOM: usize = 1024;

/// A status line and field lines, without the empty line at the end.
pub(super) struct Written {
    status: StatusCode,
    lines: Vec<u8>,
}

/// What the message adds to the fields of its reply.
pub(super) struct Ending {
    pub(super) date: HeaderValue,
    pub(super) hsts: Option<HeaderValue>,
    /// Is the connection closed after it?
    pub(super) is_last: bool,
}

impl Head for Written {
    fn new(status: StatusCode) -> Self {
        let mut lines = Vec::with_capacity(ROOM);
        lines.extend_from_slice(b"HTTP/1.1 ");
        lines.extend_from_slice(status.as_str().as_bytes());
        lines.push(b' ');
        // The phrase may be empty, the space before it may not be missing.
        lines.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
        lines.extend_from_slice(b"\r\n");
        Self { status, lines }
    }

    fn of(status: StatusCode, shared: &state::Head, tag: Option<&EntityTag>) -> Self {
        let mut head: Self = Head::new(status);
        head.lines.extend_from_slice(&shared.written);
        if let Some(tag) = tag {
            write_line(&mut head.lines, &ETAG, tag.as_bytes());
        }
        head
    }

    fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.remove(&name);
        write_line(&mut self.lines, &name, value.as_bytes());
    }
}

impl Written {
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Writes the whole head behind `out`, with what belongs to the message rather than to the representation.
    pub(super) fn finish(mut self, sending: &Sending, ending: &Ending, out: &mut Vec<u8>) {
        if let BodySize::Sized(length) = sending.size() {
            write!(self.lines, "{CONTENT_LENGTH}: {length}\r\n").expect("a Vec takes everything");
        }
        write_line(&mut self.lines, &DATE, ending.date.as_bytes());
        if let Some(hsts) = &ending.hsts {
            // In place of what the policy's own fields may say: a browser heeds the first line alone (RFC 6797 §8.1).
            self.set(STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
        if ending.is_last {
            self.lines.extend_from_slice(b"connection: close\r\n");
        }
        self.lines.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.lines);
    }

    fn remove(&mut self, name: &HeaderName) {
        let mut start = 0;
        while let Some(length) = memchr::memchr(b'\n', &self.lines[start..]) {
            let end = start + length + 1;
            let line = &self.lines[start..end];
            let is_of_the_name = line
                .strip_prefix(name.as_str().as_bytes())
                .is_some_and(|rest| rest.starts_with(b": "));
            if is_of_the_name {
                self.lines.drain(start..end);
            } else {
                start = end;
            }
        }
    }
}

/// Writes a field line. Names are written in lower case, as they are held.
pub(in crate::serve) fn write_line(lines: &mut Vec<u8>, name: &HeaderName, value: &[u8]) {
    lines.extend_from_slice(name.as_str().as_bytes());
    lines.extend_from_slice(b": ");
    lines.extend_from_slice(value);
    lines.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use ::http::header::{CACHE_CONTROL, CONTENT_TYPE};
    use bytes::Bytes;

    use super::*;

    fn written(head: Written, sending: &Sending, is_last: bool) -> String {
        let mut out = Vec::new();
        let ending = Ending {
            date: HeaderValue::from_static("Mon, 30 Nov 2026 02:00:00 GMT"),
            hsts: is_last.then(|| HeaderValue::from_static("max-age=1")),
            is_last,
        };
        head.finish(sending, &ending, &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn a_field_that_is_set_takes_the_place_of_its_namesake_and_of_no_other() {
        let mut head: Written = Head::new(StatusCode::PARTIAL_CONTENT);
        head.set(CONTENT_TYPE, HeaderValue::from_static("text/css"));
        head.set(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        head.set(CONTENT_TYPE, HeaderValue::from_static("a/b"));
        let sending = Sending::Held(Bytes::from_static(b"abc"));
        assert_eq!(
            written(head, &sending, true),
            "HTTP/1.1 206 Partial Content\r\ncache-control: no-cache\r\ncontent-type: a/b\r\ncontent-length: 3\r\n\
             date: Mon, 30 Nov 2026 02:00:00 GMT\r\nstrict-transport-security: max-age=1\r\nconnection: close\r\n\r\n"
        );
    }

    #[test]
    fn there_is_one_line_of_hsts_and_the_server_has_the_last_word() {
        let mut head: Written = Head::new(StatusCode::NO_CONTENT);
        head.set(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=9"),
        );
        let said = written(head, &Sending::Nothing, true);
        assert_eq!(said.matches("strict-transport-security").count(), 1);
        assert!(
            said.contains("strict-transport-security: max-age=1\r\n"),
            "{said}"
        );
    }

    #[test]
    fn what_has_no_content_has_no_length() {
        let head: Written = Head::new(StatusCode::NOT_MODIFIED);
        assert_eq!(
            written(head, &Sending::Nothing, false),
            "HTTP/1.1 304 Not Modified\r\ndate: Mon, 30 Nov 2026 02:00:00 GMT\r\n\r\n"
        );
    }
}
