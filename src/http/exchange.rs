//! A request and its answer as values: what was asked of a server, and what came back.
//!
//! A client fills these in and a judge reads them, so neither needs the other. Received fields keep every line, its order and its bytes:
//! what a server sent wrongly is what there is to judge, so nothing here is stricter than the wire.
//!
//! RFC 9110 §3.4 (messages), §5.2 (field lines).
//!
//! Uses: bytes, url · Never: sockets, clock (durations come from whoever measured them).

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;
use url::Url;

use super::fields::{FieldName, FieldSource, FieldValue, Fields};

/// Which version of HTTP to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// The best one both sides have: HTTP/2 where TLS negotiates it (RFC 7301), else HTTP/1.1.
    #[default]
    Best,
    /// HTTP/1.1, whatever else is offered.
    Http1,
    /// HTTP/2: by ALPN under TLS, with prior knowledge without it (RFC 9113 §3.3).
    Http2,
}

/// The version an answer came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// RFC 9112, with a version number of 1.0.
    Http10,
    /// RFC 9112.
    Http11,
    /// RFC 9113.
    Http2,
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        })
    }
}

/// One request without content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Such as `GET`.
    pub method: Cow<'static, str>,
    /// The target; its fragment is not sent.
    pub url: Url,
    /// Field lines, in the order they are sent. `Host` comes from the URL unless it is here.
    pub fields: Fields,
    /// The version to speak.
    pub protocol: Protocol,
}

impl Ask {
    /// `GET url`, with no fields of its own.
    pub fn get(url: Url) -> Self {
        Self {
            method: Cow::Borrowed("GET"),
            url,
            fields: Fields::new(),
            protocol: Protocol::Best,
        }
    }

    /// The same with another method.
    #[must_use]
    pub fn method(mut self, method: impl Into<Cow<'static, str>>) -> Self {
        self.method = method.into();
        self
    }

    /// The same with one more field line.
    #[must_use]
    pub fn with(mut self, name: FieldName, value: FieldValue) -> Self {
        self.fields.append(name, value);
        self
    }

    /// The same with one more field line, whose text is known to be a field's.
    ///
    /// # Panics
    /// When it is not: for names and values written in our source or taken from an answer by [`Received::text`] after a check.
    #[must_use]
    pub fn field(self, name: &'static str, value: &str) -> Self {
        let value = FieldValue::parse(value).expect("the text of a field value");
        self.with(FieldName::from_static(name), value)
    }

    /// The same in this version of HTTP.
    #[must_use]
    pub fn in_version(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }
}

/// How the content of an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It is all there.
    Complete,
    /// The client wanted no more: what there is, is the beginning.
    Cut,
    /// The server or the network broke off, with what the client was told.
    Broken(String),
}

/// How long an answer took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// Until the connection was made, TLS included; nothing for one that was there.
    pub connected: Option<Duration>,
    /// From sending the request to the last byte of the head.
    pub head: Duration,
    /// From sending the request to the last byte of the content.
    pub whole: Duration,
}

/// What a server answered: nothing decoded, no redirect followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The version it came in.
    pub version: Version,
    /// The status code.
    pub status: u16,
    /// The field lines.
    pub fields: Received,
    /// The content as it was sent, with its content coding.
    pub content: Bytes,
    /// Whether that is all of it.
    pub end: End,
    /// How long it took.
    pub timing: Timing,
}

/// Field lines as they were received, several of one name and bytes beyond ASCII included. Names are in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    lines: Vec<(String, Vec<u8>)>,
}

impl Received {
    /// Adds a line at the end.
    pub fn push(&mut self, name: &str, value: &[u8]) {
        self.lines.push((name.to_ascii_lowercase(), value.to_vec()));
    }

    /// The lines in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.lines
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// All lines of this name as one text, joined as RFC 9110 §5.3 allows for lists; bytes that are no UTF-8 become U+FFFD.
    pub fn text(&self, name: &str) -> Option<String> {
        let mut lines = self
            .lines(name)
            .map(|value| String::from_utf8_lossy(value).trim().to_owned());
        let first = lines.next()?;
        Some(lines.fold(first, |text, line| format!("{text}, {line}")))
    }
}

impl FieldSource for Received {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.lines
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }
}

impl<'l> FromIterator<(&'l str, &'l str)> for Received {
    fn from_iter<I: IntoIterator<Item = (&'l str, &'l str)>>(lines: I) -> Self {
        let mut received = Self::default();
        for (name, value) in lines {
            received.push(name, value.as_bytes());
        }
        received
    }
}

impl From<&Fields> for Received {
    fn from(fields: &Fields) -> Self {
        fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_name_stay_apart_and_in_order() {
        let fields: Received = [("Vary", "Accept"), ("x", "1"), ("vary", "Origin")]
            .into_iter()
            .collect();
        let lines: Vec<_> = fields.lines("VARY").collect();
        assert_eq!(lines, [b"Accept".as_slice(), b"Origin"]);
        assert_eq!(fields.text("Vary").as_deref(), Some("Accept, Origin"));
    }

    #[test]
    fn bytes_that_no_field_may_have_are_kept() {
        let mut fields = Received::default();
        fields.push("Server", b"caf\xe9");
        assert_eq!(fields.lines("server").next(), Some(b"caf\xe9".as_slice()));
        assert_eq!(fields.text("server").as_deref(), Some("caf\u{fffd}"));
    }

    #[test]
    fn what_is_not_there_is_not_an_empty_text() {
        assert_eq!(Received::default().text("etag"), None);
    }
}
