//! A request's path in the one form that selects, or why it has none.
//!
//! One resource, one path: whatever decodes to the same characters is the same
//! path, and what could be read as another path by somebody else on the way
//! (`//`, dot segments, encoded slashes, backslashes) has no resource at all. The policy and
//! the look-up both see this value and nothing else, so they cannot disagree.
//!
//! Decoded once: `%252e` stays the three characters `%2e`. No path parameters: `;` is a character.
//!
//! RFC 3986 §2.1, §3.3, §6.2.2; RFC 9110 §4.2.3, §17.3.
//!
//! Uses: `byte_set` · Never: files; normalising a path into another one.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::byte_set::ByteSet;

/// Longest path we read, in bytes before decoding. A path may be shorter than any limit
/// of a disk and still cost time; what is longer than this names nothing.
pub const MAX_LENGTH: usize = 8 * 1024;

/// What may stand in a path as it is sent. `?` and `#` end it; the rest outside visible ASCII is never raw in a URL.
const RAW: ByteSet = ByteSet::VISIBLE.without(b"?#");

/// What is left as it is where a path is written.
const KEPT: ByteSet = ByteSet::UNRESERVED.with(b"/@:+,;=$!*");

/// Why a request's path is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum NotAPath {
    /// Not a path of a URL at all: 400.
    #[error("the path is malformed")]
    Malformed,
    /// A path that is a second spelling of another one: 404, and never that other one.
    #[error("the path is not in its canonical form")]
    NotCanonical,
    /// Longer than [`MAX_LENGTH`]: 414.
    #[error("the path is longer than {MAX_LENGTH} bytes")]
    TooLong,
}

impl NotAPath {
    /// The status code that answers it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotCanonical => 404,
            Self::TooLong => 414,
        }
    }
}

/// A canonical path: absolute, decoded once, UTF-8, no empty and no dot segments.
///
/// A trailing slash is kept: `/docs/` and `/docs` are two paths.
///
/// # Examples
/// ```
/// use larder::http::{NotAPath, TargetPath};
/// assert_eq!(TargetPath::parse("/a%20b")?.as_str(), "/a b");
/// assert_eq!(TargetPath::parse("/a//b"), Err(NotAPath::NotCanonical));
/// # Ok::<(), NotAPath>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetPath<'p>(Cow<'p, str>);

impl<'p> TargetPath<'p> {
    /// The path of a request target, as it stands before `?`.
    ///
    /// Does not allocate when nothing is percent-encoded.
    ///
    /// # Errors
    /// [`NotAPath::Malformed`] for a bad escape, a control character in any spelling, bytes outside
    /// visible ASCII, or text that is not UTF-8 once decoded; [`NotAPath::NotCanonical`] for an empty segment,
    /// a dot segment, an encoded slash or a backslash in any spelling; [`NotAPath::TooLong`]. Malformed wins.
    pub fn parse(raw: &'p str) -> Result<Self, NotAPath> {
        if raw.len() > MAX_LENGTH {
            return Err(NotAPath::TooLong);
        }
        if !raw.starts_with('/') {
            return Err(NotAPath::Malformed);
        }
        if !RAW.has_all(raw.as_bytes()) {
            return Err(NotAPath::Malformed);
        }
        let decoded = if raw.contains('%') {
            Cow::Owned(decode(raw)?)
        } else {
            Cow::Borrowed(raw)
        };
        check_canonical(&decoded)?;
        Ok(Self(decoded))
    }

    /// A path of the site, already decoded.
    ///
    /// # Errors
    /// As [`Self::parse`]: a path that no request could ever ask for is refused where the site is read.
    pub fn from_site(path: &'p str) -> Result<Self, NotAPath> {
        if !path.starts_with('/') || path.chars().any(char::is_control) {
            return Err(NotAPath::Malformed);
        }
        check_canonical(path)?;
        let path = Self(Cow::Borrowed(path));
        if path.encoded_length() > MAX_LENGTH {
            return Err(NotAPath::TooLong);
        }
        Ok(path)
    }

    /// The decoded path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same path without a borrow.
    pub fn into_owned(self) -> TargetPath<'static> {
        TargetPath(Cow::Owned(self.0.into_owned()))
    }

    /// The path as written in a URL: path-absolute, exactly one slash in front, percent-encoded.
    ///
    /// Encodes more than RFC 3986 asks: quotes, `&` and parentheses too, so that the result is
    /// safe in an attribute, in `url(…)` and in a string. [`Self::parse`] gives the path back.
    pub fn encoded(&self) -> String {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        let mut url = String::with_capacity(self.encoded_length());
        for byte in self.0.bytes() {
            if KEPT.has(byte) {
                url.push(char::from(byte));
            } else {
                url.push('%');
                url.push(char::from(HEX[usize::from(byte >> 4)]));
                url.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        url
    }

    fn encoded_length(&self) -> usize {
        self.0
            .bytes()
            .map(|byte| if KEPT.has(byte) { 1 } else { 3 })
            .sum()
    }

    /// The segments between the slashes; a trailing slash ends with an empty one.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0[1..].split('/')
    }

    /// The text after the last slash, empty when the path ends in one.
    pub fn last_segment(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Does the path end in a slash?
    pub fn is_directory(&self) -> bool {
        self.0.ends_with('/')
    }

    /// Does a segment begin with a dot, other than a leading `.well-known` (RFC 8615 §3)?
    ///
    /// A last segment that begins with two dots is an odd name, not a hidden one; a directory that does is
    /// what some orchestrators keep their revisions in, so it is hidden.
    pub fn is_hidden(&self) -> bool {
        let last = self.last_segment();
        let directories = &self.0[1..self.0.len() - last.len()];
        let hidden_directory = directories.split('/').enumerate().any(|(place, segment)| {
            segment.starts_with('.') && !(place == 0 && segment == ".well-known")
        });
        let hidden_last =
            last.starts_with('.') && !last.starts_with("..") && self.0.as_ref() != "/.well-known";
        hidden_directory || hidden_last
    }

    /// Does it lie below `/.well-known`, where each name has a meaning of its own (RFC 8615 §3)?
    pub fn is_well_known(&self) -> bool {
        self.0
            .strip_prefix("/.well-known")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Is it the copy an editor leaves behind: `~`, `.bak`, `.swp`, `.orig`, in any case?
    pub fn is_backup(&self) -> bool {
        let last = self.last_segment().as_bytes();
        [&b"~"[..], b".bak", b".swp", b".orig"]
            .iter()
            .any(|suffix| {
                last.len() >= suffix.len()
                    && last[last.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
            })
    }
}

impl AsRef<str> for TargetPath<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for TargetPath<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Decodes every escape once; an encoded slash is told apart here, because afterwards it looks like a real one.
fn decode(raw: &str) -> Result<String, NotAPath> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut encoded_slash = false;
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let high = bytes.next().and_then(hex_digit);
        let low = bytes.next().and_then(hex_digit);
        let (Some(high), Some(low)) = (high, low) else {
            return Err(NotAPath::Malformed);
        };
        let byte = high << 4 | low;
        encoded_slash |= byte == b'/';
        decoded.push(byte);
    }
    let decoded = String::from_utf8(decoded).map_err(|_| NotAPath::Malformed)?;
    if decoded.chars().any(char::is_control) {
        return Err(NotAPath::Malformed);
    }
    if encoded_slash {
        return Err(NotAPath::NotCanonical);
    }
    Ok(decoded)
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// `path` begins with a slash.
fn check_canonical(path: &str) -> Result<(), NotAPath> {
    let path = path.as_bytes();
    if path.contains(&b'\\') {
        return Err(NotAPath::NotCanonical);
    }
    let mut segments = path[1..].split(|&byte| byte == b'/').peekable();
    while let Some(segment) = segments.next() {
        let empty_inside = segment.is_empty() && segments.peek().is_some();
        if empty_inside || matches!(segment, b"." | b"..") {
            return Err(NotAPath::NotCanonical);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
