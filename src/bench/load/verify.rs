//! Is this the right reply? Asked about every one of them.
//!
//! What is right is known before the load begins: from the server's own first answer, held to the RFCs, and from the policy where one is given. A 304 has to
//! carry the entity tag, `Cache-Control` and `Vary` that the 200 would have had (RFC 9110 §15.4.5), and no content.
//!
//! Uses: http, bytes · Never: sockets, clock

use std::fmt;

use bytes::Bytes;

use crate::http::{FieldSource, names};

/// What a right reply says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The status code.
    pub status: u16,
    /// `Cache-Control`, its lines joined; `None` if there has to be none.
    pub cache_control: Option<Vec<u8>>,
    /// `ETag`.
    pub entity_tag: Option<Vec<u8>>,
    /// `Vary`.
    pub vary: Option<Vec<u8>>,
    /// The content, byte for byte. Nothing for a 304.
    pub content: Bytes,
}

/// What is wrong with a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Another status code.
    Status {
        /// The right one.
        expected: u16,
        /// The one that came.
        found: u16,
    },
    /// Another value of a field, or none, or one too many.
    Field {
        /// Its name.
        name: &'static str,
        /// The right value.
        expected: Option<Vec<u8>>,
        /// The one that came.
        found: Option<Vec<u8>>,
    },
    /// More or fewer bytes of content.
    Length {
        /// The right number.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// As many bytes, but others.
    Content {
        /// The place of the first stretch that differs.
        at: u64,
    },
}

impl Wrong {
    /// What it is about, in a word: errors are counted by it.
    pub fn about(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Field { name, .. } => name,
            Self::Length { .. } => "length",
            Self::Content { .. } => "content",
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Vec<u8>>| {
            value.as_ref().map_or_else(
                || "none".to_owned(),
                |value| format!("`{}`", printable(value)),
            )
        };
        match self {
            Self::Status { expected, found } => {
                write!(formatter, "status {found} instead of {expected}")
            }
            Self::Field {
                name,
                expected,
                found,
            } => write!(
                formatter,
                "{name} {} instead of {}",
                shown(found),
                shown(expected)
            ),
            Self::Length { expected, found } => {
                write!(formatter, "{found} bytes of content instead of {expected}")
            }
            Self::Content { at } => write!(
                formatter,
                "other content under the same validators, from byte {at} on"
            ),
        }
    }
}

/// A value as it can be shown: what a terminal would obey is taken out.
fn printable(value: &[u8]) -> String {
    String::from_utf8_lossy(value).replace(char::is_control, "\u{fffd}")
}

/// Compares one reply, as it comes, with what is expected.
#[derive(Debug)]
pub struct Check<'e> {
    expected: &'e Expected,
    status: u16,
    length: u64,
    wrong: Option<Wrong>,
}

impl<'e> Check<'e> {
    /// Nothing has come yet.
    pub fn new(expected: &'e Expected) -> Self {
        Self {
            expected,
            status: 0,
            length: 0,
            wrong: None,
        }
    }

    /// The status and the fields came.
    pub fn head(&mut self, status: u16, fields: &impl FieldSource) {
        self.status = status;
        self.wrong = wrong_head(self.expected, status, fields);
    }

    /// A piece of the content came.
    pub fn content(&mut self, piece: &[u8]) {
        let at = self.length;
        self.length += piece.len() as u64;
        if self.wrong.is_none() {
            let start = usize::try_from(at).unwrap_or(usize::MAX);
            let right = start
                .checked_add(piece.len())
                .and_then(|end| self.expected.content.get(start..end));
            // Too much content is told by its length, at the end.
            if right.is_some_and(|right| right != piece) {
                self.wrong = Some(Wrong::Content { at });
            }
        }
    }

    /// The status that came; 0 before one has.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// How many bytes of content came.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The reply is whole: what is wrong with it?
    pub fn finish(self) -> Option<Wrong> {
        let expected = self.expected.content.len() as u64;
        let is_length_wrong = self.length != expected;
        self.wrong
            .filter(|wrong| !(is_length_wrong && matches!(wrong, Wrong::Content { .. })))
            .or_else(|| {
                is_length_wrong.then_some(Wrong::Length {
                    expected,
                    found: self.length,
                })
            })
    }
}

fn wrong_head(expected: &Expected, status: u16, fields: &impl FieldSource) -> Option<Wrong> {
    if status != expected.status {
        return Some(Wrong::Status {
            expected: expected.status,
            found: status,
        });
    }
    let is_same: fn(&[u8], &[u8]) -> bool = |one, other| one == other;
    [
        (
            names::ETAG,
            &expected.entity_tag,
            same_tag as fn(&[u8], &[u8]) -> bool,
        ),
        (names::CACHE_CONTROL, &expected.cache_control, is_same),
        (names::VARY, &expected.vary, is_same),
    ]
    .into_iter()
    .find_map(|(name, right, same)| {
        let found = value(fields, name);
        let is_right = match (right, &found) {
            (None, None) => true,
            (Some(right), Some(found)) => same(right, found),
            _ => false,
        };
        (!is_right).then(|| Wrong::Field {
            name,
            expected: right.clone(),
            found: found.map(std::borrow::Cow::into_owned),
        })
    })
}

/// Weak comparison (RFC 9110 §8.8.3.2): a server may weaken a tag on its way out.
fn same_tag(one: &[u8], other: &[u8]) -> bool {
    let opaque = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_owned();
    one == other || opaque(one) == opaque(other)
}

/// The value of a field, its lines joined as RFC 9110 §5.3 allows.
pub fn value<'f>(fields: &'f impl FieldSource, name: &str) -> Option<std::borrow::Cow<'f, [u8]>> {
    let mut lines = fields.lines(name);
    let first = lines.next()?;
    let Some(second) = lines.next() else {
        return Some(first.into());
    };
    let mut joined = first.to_vec();
    for line in std::iter::once(second).chain(lines) {
        joined.extend_from_slice(b", ");
        joined.extend_from_slice(line);
    }
    Some(joined.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{FieldName, FieldValue, Fields};

    fn fields(lines: &[(&'static str, &str)]) -> Fields {
        lines
            .iter()
            .map(|(name, value)| {
                (
                    FieldName::from_static(name),
                    FieldValue::parse(value).unwrap(),
                )
            })
            .collect()
    }

    fn expected() -> Expected {
        Expected {
            status: 200,
            cache_control: Some(b"no-cache".to_vec()),
            entity_tag: Some(b"\"1\"".to_vec()),
            vary: None,
            content: Bytes::from_static(b"hello"),
        }
    }

    fn check(status: u16, lines: &[(&'static str, &str)], content: &[&[u8]]) -> Option<Wrong> {
        let expected = expected();
        let mut check = Check::new(&expected);
        check.head(status, &fields(lines));
        for piece in content {
            check.content(piece);
        }
        check.finish()
    }

    const RIGHT: [(&str, &str); 2] = [("ETag", "\"1\""), ("Cache-Control", "no-cache")];

    #[test]
    fn a_right_reply_is_right_in_whatever_pieces_it_comes() {
        assert_eq!(check(200, &RIGHT, &[b"hello"]), None);
        assert_eq!(check(200, &RIGHT, &[b"he", b"", b"llo"]), None);
    }

    #[test]
    fn each_lie_is_told_apart() {
        for (status, lines, content, about) in [
            (304, &RIGHT[..], &b"hello"[..], "status"),
            (200, &RIGHT[..1], b"hello", "Cache-Control"),
            (200, &RIGHT[1..], b"hello", "ETag"),
            (200, &[RIGHT[1], ("ETag", "\"2\"")], b"hello", "ETag"),
            (
                200,
                &[RIGHT[0], ("Cache-Control", "max-age=9")],
                b"hello",
                "Cache-Control",
            ),
            (
                200,
                &[RIGHT[0], RIGHT[1], ("Vary", "Cookie")],
                b"hello",
                "Vary",
            ),
            (
                200,
                &[RIGHT[0], RIGHT[1], RIGHT[1]],
                b"hello",
                "Cache-Control",
            ),
            (200, &RIGHT, b"hell", "length"),
            (200, &RIGHT, b"hello!", "length"),
            (200, &RIGHT, b"", "length"),
            (200, &RIGHT, b"Hello", "content"),
            (200, &RIGHT, b"Hell", "length"),
        ] {
            let wrong = check(status, lines, &[content]).expect(about);
            assert_eq!(wrong.about(), about, "{wrong}");
        }
    }

    #[test]
    fn a_weakened_tag_is_the_same_tag() {
        assert_eq!(
            check(200, &[("ETag", "W/\"1\""), RIGHT[1]], &[b"hello"]),
            None
        );
    }

    #[test]
    fn an_example_shows_both_values() {
        let wrong = check(200, &[("ETag", "\"2\""), RIGHT[1]], &[b"hello"]).unwrap();
        assert_eq!(wrong.to_string(), "ETag `\"2\"` instead of `\"1\"`");
    }
}
