//! Entity tags and the lists of them that conditional requests send.
//!
//! One tag is ours and is compared with what others send. A list is read in place,
//! over all its field lines, with a ceiling on the work; what is not a list of entity
//! tags matches nothing, so the worst that garbage brings is a full answer.
//!
//! RFC 9110 §8.8.3, §8.8.3.2, §13.1.1, §13.1.2.
//!
//! Uses: nothing of ours · Never: allocation while matching.

use std::fmt;

use bytes::Bytes;
use thiserror::Error;

use super::fields::FieldValue;
use super::list;

/// Most bytes of a condition list that are read, over all its field lines. A client sends a tag or two;
/// a cache with many stored responses some dozens.
pub const MAX_LIST_LENGTH: usize = 16 * 1024;
/// Most members of a condition list that are read, empty ones included.
pub const MAX_LIST_MEMBERS: usize = 256;

/// Why a text cannot be an entity tag of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an entity tag holds visible ASCII without spaces and double quotes")]
pub struct NotAnEntityTag;

/// An entity tag.
///
/// [RFC 9110 §8.8.3](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3). Narrower than the RFC: bytes above
/// 0x7f, which it allows, are read from others but never ours.
///
/// # ABNF
/// ```abnf
/// entity-tag = [ weak ] opaque-tag
/// weak       = %s"W/"
/// opaque-tag = DQUOTE *etagc DQUOTE
/// ```
///
/// `==` is sameness of the tag as written; to compare validators say which comparison is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntityTag {
    /// As written in a field: `"…"` or `W/"…"`. ASCII; shared, so that an edge can send it without a copy.
    written: Bytes,
}

impl EntityTag {
    /// A strong tag: the content is the same, byte for byte.
    ///
    /// # Errors
    /// [`NotAnEntityTag`] when `opaque` cannot stand between the quotes.
    pub fn strong(opaque: &str) -> Result<Self, NotAnEntityTag> {
        Self::written("\"", opaque)
    }

    /// A weak tag: the content is as good as the same.
    ///
    /// # Errors
    /// [`NotAnEntityTag`] when `opaque` cannot stand between the quotes.
    pub fn weak(opaque: &str) -> Result<Self, NotAnEntityTag> {
        Self::written("W/\"", opaque)
    }

    fn written(opening: &str, opaque: &str) -> Result<Self, NotAnEntityTag> {
        if !opaque
            .bytes()
            .all(|byte| matches!(byte, b'!' | b'#'..=b'~'))
        {
            return Err(NotAnEntityTag);
        }
        Ok(Self {
            // Exactly as long as it is: there is one of them for each representation of a site.
            written: [opening, opaque, "\""].concat().into(),
        })
    }

    /// A tag as it is written in a field.
    ///
    /// # Errors
    /// [`NotAnEntityTag`] when it is not exactly one tag, or holds bytes above 0x7f.
    pub fn parse(text: &str) -> Result<Self, NotAnEntityTag> {
        match parse_one(text.as_bytes()) {
            Some(_) if text.is_ascii() => Ok(Self {
                written: Bytes::copy_from_slice(text.as_bytes()),
            }),
            _ => Err(NotAnEntityTag),
        }
    }

    /// Is it weak?
    pub fn is_weak(&self) -> bool {
        self.written.starts_with(b"W/")
    }

    /// What stands between the quotes.
    pub fn opaque(&self) -> &str {
        text(self.as_ref_tag().opaque)
    }

    /// The tag as it is written in a field, quotes included.
    pub fn as_str(&self) -> &str {
        text(&self.written)
    }

    /// The same, as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.written
    }

    /// The same, as bytes that share their memory with this tag.
    pub fn to_bytes(&self) -> Bytes {
        self.written.clone()
    }

    /// The value of `ETag`.
    pub fn field_value(&self) -> FieldValue {
        FieldValue::written(self.as_str())
    }

    /// Strong comparison (§8.8.3.2): both are strong and the same.
    pub fn strong_eq(&self, other: &Self) -> bool {
        self.as_ref_tag().strong_eq(other.as_ref_tag())
    }

    /// Weak comparison (§8.8.3.2): the same, weak or not.
    pub fn weak_eq(&self, other: &Self) -> bool {
        self.as_ref_tag().weak_eq(other.as_ref_tag())
    }

    fn as_ref_tag(&self) -> TagRef<'_> {
        let weak = self.is_weak();
        let start = if weak { 3 } else { 1 };
        TagRef {
            weak,
            opaque: &self.written[start..self.written.len() - 1],
        }
    }

    /// Is this tag strongly equal to the one tag in `value`, as `If-Range` asks?
    pub(super) fn is_strongly(&self, value: &[u8]) -> bool {
        parse_one(value).is_some_and(|tag| tag.strong_eq(self.as_ref_tag()))
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Bytes of a tag of ours, which are ASCII.
fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap_or_else(|_| unreachable!("a tag of ours is ASCII"))
}

/// A tag somebody sent, where it was sent.
#[derive(Debug, Clone, Copy)]
struct TagRef<'l> {
    weak: bool,
    opaque: &'l [u8],
}

impl TagRef<'_> {
    fn strong_eq(self, other: TagRef<'_>) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    fn weak_eq(self, other: TagRef<'_>) -> bool {
        self.opaque == other.opaque
    }
}

/// Which comparison a condition asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `If-Match`, `If-Range`.
    Strong,
    /// `If-None-Match`.
    Weak,
}

/// What a condition's field lines say about the current representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listed {
    /// `*`: any representation.
    Any,
    /// One of the tags is the current one.
    Current,
    /// None of the tags is, or there is no current tag, or the lines are no list of tags, or too long a one.
    Other,
}

/// Compares every member of a condition's list, over all its field lines, with the current tag.
///
/// `*` counts only when it is all there is. A list with one malformed member matches nothing: half of
/// a list is not what the client meant. Work is bounded by [`MAX_LIST_LENGTH`] and [`MAX_LIST_MEMBERS`].
pub fn compare_list<'l>(
    lines: impl Iterator<Item = &'l [u8]>,
    current: Option<&EntityTag>,
    comparison: Comparison,
) -> Listed {
    let ours = current.map(|tag| (tag.as_bytes(), tag.as_ref_tag()));
    let (mut length, mut members, mut found, mut star) = (0usize, 0usize, false, false);
    for line in lines {
        length = length.saturating_add(line.len());
        if length > MAX_LIST_LENGTH {
            return Listed::Other;
        }
        let mut rest = list::trim(line);
        if star || (rest == b"*" && members > 0) {
            return Listed::Other;
        }
        if rest == b"*" {
            star = true;
            continue;
        }
        while !rest.is_empty() {
            members += 1;
            if members > MAX_LIST_MEMBERS {
                return Listed::Other;
            }
            if rest[0] != b',' {
                // What nearly every client sends is the tag that it was given, and nothing else: that one need not be read.
                let known = ours.filter(|(written, _)| rest == *written);
                let Some((tag, tail)) = known
                    .map(|(_, tag)| (tag, &[][..]))
                    .or_else(|| split_tag(rest))
                else {
                    return Listed::Other;
                };
                found |= ours.is_some_and(|(_, current)| match comparison {
                    Comparison::Strong => tag.strong_eq(current),
                    Comparison::Weak => tag.weak_eq(current),
                });
                rest = list::trim(tail);
            }
            rest = match rest {
                [] => rest,
                [b',', tail @ ..] => list::trim(tail),
                _ => return Listed::Other,
            };
        }
    }
    match (star, found) {
        (true, _) => Listed::Any,
        (_, true) => Listed::Current,
        _ => Listed::Other,
    }
}

/// Exactly one tag, spaces around it allowed.
fn parse_one(value: &[u8]) -> Option<TagRef<'_>> {
    match split_tag(list::trim(value))? {
        (tag, []) => Some(tag),
        _ => None,
    }
}

/// The tag at the beginning and what follows it. `W/` is upper case (§8.8.3).
fn split_tag(bytes: &[u8]) -> Option<(TagRef<'_>, &[u8])> {
    let (weak, quoted) = match bytes {
        [b'W', b'/', b'"', rest @ ..] => (true, rest),
        [b'"', rest @ ..] => (false, rest),
        _ => return None,
    };
    let end = quoted
        .iter()
        .position(|&byte| !matches!(byte, b'!' | b'#'..=b'~' | 0x80..))?;
    if quoted[end] != b'"' {
        return None;
    }
    let opaque = &quoted[..end];
    Some((TagRef { weak, opaque }, &quoted[end + 1..]))
}

#[cfg(test)]
mod tests;
