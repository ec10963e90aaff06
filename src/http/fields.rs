//! Fields: an ordered list of field lines, ours on purpose.
//!
//! The two majors of the `http` crate in use today do not mix, and a name's
//! spelling must survive until it is written. So a reply's fields are a short
//! vector of validated names and values; a request's are read through
//! [`FieldSource`], which never copies and never joins several field lines.
//!
//! RFC 9110 §5.1 (names), §5.2 (lines and combined values), §5.5 (values).
//!
//! Uses: nothing of ours · Never: another crate's field types.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::list;

/// Names this program reads or writes, in the spelling it writes.
pub mod names {
    /// RFC 9110 §12.5.1.
    pub const ACCEPT: &str = "Accept";
    /// RFC 9110 §12.5.3.
    pub const ACCEPT_ENCODING: &str = "Accept-Encoding";
    /// RFC 9110 §14.3.
    pub const ACCEPT_RANGES: &str = "Accept-Ranges";
    /// RFC 9111 §5.1.
    pub const AGE: &str = "Age";
    /// RFC 9110 §10.2.1.
    pub const ALLOW: &str = "Allow";
    /// RFC 9111 §5.2.
    pub const CACHE_CONTROL: &str = "Cache-Control";
    /// RFC 9211 §2.
    pub const CACHE_STATUS: &str = "Cache-Status";
    /// RFC 9213 §3.1.
    pub const CDN_CACHE_CONTROL: &str = "CDN-Cache-Control";
    /// RFC 9110 §8.4.
    pub const CONTENT_ENCODING: &str = "Content-Encoding";
    /// RFC 9110 §8.5.
    pub const CONTENT_LANGUAGE: &str = "Content-Language";
    /// RFC 9110 §8.6.
    pub const CONTENT_LENGTH: &str = "Content-Length";
    /// RFC 9110 §8.7.
    pub const CONTENT_LOCATION: &str = "Content-Location";
    /// RFC 9110 §14.4.
    pub const CONTENT_RANGE: &str = "Content-Range";
    /// Content Security Policy Level 3 §3.1.
    pub const CONTENT_SECURITY_POLICY: &str = "Content-Security-Policy";
    /// RFC 9110 §8.3.
    pub const CONTENT_TYPE: &str = "Content-Type";
    /// RFC 9110 §6.6.1.
    pub const DATE: &str = "Date";
    /// RFC 9110 §8.8.3.
    pub const ETAG: &str = "ETag";
    /// RFC 9111 §5.3.
    pub const EXPIRES: &str = "Expires";
    /// RFC 9110 §7.2.
    pub const HOST: &str = "Host";
    /// RFC 9110 §13.1.1.
    pub const IF_MATCH: &str = "If-Match";
    /// RFC 9110 §13.1.3.
    pub const IF_MODIFIED_SINCE: &str = "If-Modified-Since";
    /// RFC 9110 §13.1.2.
    pub const IF_NONE_MATCH: &str = "If-None-Match";
    /// RFC 9110 §13.1.5.
    pub const IF_RANGE: &str = "If-Range";
    /// RFC 9110 §13.1.4.
    pub const IF_UNMODIFIED_SINCE: &str = "If-Unmodified-Since";
    /// RFC 9110 §8.8.2.
    pub const LAST_MODIFIED: &str = "Last-Modified";
    /// RFC 8288 §3.
    pub const LINK: &str = "Link";
    /// RFC 9110 §10.2.2.
    pub const LOCATION: &str = "Location";
    /// RFC 9111 §5.4.
    pub const PRAGMA: &str = "Pragma";
    /// RFC 9110 §14.2.
    pub const RANGE: &str = "Range";
    /// Referrer Policy §4.1.
    pub const REFERRER_POLICY: &str = "Referrer-Policy";
    /// RFC 9110 §10.2.3.
    pub const RETRY_AFTER: &str = "Retry-After";
    /// Fetch Metadata §2.1.
    pub const SEC_FETCH_DEST: &str = "Sec-Fetch-Dest";
    /// Fetch Metadata §2.2.
    pub const SEC_FETCH_MODE: &str = "Sec-Fetch-Mode";
    /// RFC 9110 §10.2.4.
    pub const SERVER: &str = "Server";
    /// Service Workers §6.
    pub const SERVICE_WORKER: &str = "Service-Worker";
    /// Service Workers §6.
    pub const SERVICE_WORKER_ALLOWED: &str = "Service-Worker-Allowed";
    /// Source Map Revision 3, §linking.
    pub const SOURCE_MAP: &str = "SourceMap";
    /// RFC 6797 §6.1.
    pub const STRICT_TRANSPORT_SECURITY: &str = "Strict-Transport-Security";
    /// RFC 9110 §12.5.5.
    pub const VARY: &str = "Vary";
    /// Fetch §3.6.
    pub const X_CONTENT_TYPE_OPTIONS: &str = "X-Content-Type-Options";
}

/// Why a text is not a field name or a field value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidField {
    /// A field name needs at least one character.
    #[error("a field name must not be empty")]
    EmptyName,
    /// Only the characters of a token may occur in a field name.
    #[error("a field name must not contain {character:?} (byte {at})")]
    NameCharacter {
        /// The character that is not one of a token's.
        character: char,
        /// Its byte offset.
        at: usize,
    },
    /// Only visible ASCII, space and tab may occur in a field value we write.
    #[error("a field value must not contain {character:?} (byte {at})")]
    ValueCharacter {
        /// The character that may not be written.
        character: char,
        /// Its byte offset in the text as given.
        at: usize,
    },
}

/// The name of a field: a token that keeps its spelling and compares without regard to case.
///
/// [RFC 9110 §5.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.1).
///
/// # Examples
/// ```
/// use larder::http::FieldName;
/// assert_eq!(FieldName::parse("etag")?, FieldName::from_static("ETag"));
/// # Ok::<(), larder::http::fields::InvalidField>(())
/// ```
#[derive(Debug, Clone)]
pub struct FieldName(Cow<'static, str>);

impl FieldName {
    /// A name from text.
    ///
    /// # Errors
    /// [`InvalidField`] when the text is empty or holds a character outside a token (§5.6.2).
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        if text.is_empty() {
            return Err(InvalidField::EmptyName);
        }
        match text
            .char_indices()
            .find(|(_, character)| !list::is_token_char(*character))
        {
            Some((at, character)) => Err(InvalidField::NameCharacter { character, at }),
            None => Ok(Self(Cow::Owned(text.to_owned()))),
        }
    }

    /// A name known when the program is written; does not allocate.
    ///
    /// # Panics
    /// When the text is not a token: a mistake in our source, seen by the first test that runs it.
    pub const fn from_static(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        assert!(!bytes.is_empty(), "a field name must not be empty");
        let mut at = 0;
        while at < bytes.len() {
            assert!(list::is_token_byte(bytes[at]), "not a field name");
            at += 1;
        }
        Self(Cow::Borrowed(text))
    }

    /// The name in the spelling it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is this the field of that name, whatever its case?
    pub fn matches(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }
}

impl PartialEq for FieldName {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.as_str())
    }
}

impl Eq for FieldName {}

impl std::hash::Hash for FieldName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        // Must agree with `eq`, so the case is folded here as well.
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl AsRef<str> for FieldName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// The value of one field line as we write it: visible ASCII, spaces and tabs, trimmed.
///
/// Stricter than the RFC, which tolerates bytes above 0x7f from others: we never send them.
///
/// [RFC 9110 §5.5](https://www.rfc-editor.org/rfc/rfc9110#section-5.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldValue(Cow<'static, str>);

impl FieldValue {
    /// A value from text; spaces and tabs around it are dropped.
    ///
    /// # Errors
    /// [`InvalidField::ValueCharacter`] for CR, LF, NUL, other control characters and anything outside ASCII:
    /// a line break in a value would let its author write fields of their own.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        match text
            .char_indices()
            .find(|(_, character)| !matches!(character, ' '..='~' | '\t'))
        {
            Some((at, character)) => Err(InvalidField::ValueCharacter { character, at }),
            None => Ok(Self(Cow::Owned(text.trim_matches([' ', '\t']).to_owned()))),
        }
    }

    /// A value known when the program is written; does not allocate.
    ///
    /// # Panics
    /// When the text is not a trimmed field value: a mistake in our source.
    pub const fn from_static(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            assert!(
                matches!(bytes[at], b' '..=b'~' | b'\t'),
                "not a field value"
            );
            at += 1;
        }
        assert!(
            bytes.is_empty()
                || !matches!(
                    (bytes[0], bytes[bytes.len() - 1]),
                    (b' ' | b'\t', _) | (_, b' ' | b'\t')
                ),
            "a field value is trimmed"
        );
        Self(Cow::Borrowed(text))
    }

    /// A value that a type of this module wrote from parts it had checked.
    pub(super) fn written(text: &str) -> Self {
        Self::parse(text).expect("written from tokens, digits and visible ASCII")
    }

    /// A decimal number, as in `Content-Length` and `Age`.
    pub fn from_number(number: u64) -> Self {
        Self(Cow::Owned(number.to_string()))
    }

    /// The value as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value as it goes on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for FieldValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl AsRef<str> for FieldValue {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// A value is text that was checked, so everything that reads text reads it.
impl std::ops::Deref for FieldValue {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// Where field lines are read from: a request of any server library, or [`Fields`].
///
/// Several lines of one name stay several (RFC 9110 §5.2): whoever reads a list
/// reads every line, whoever reads a single value decides what two of them mean.
pub trait FieldSource {
    /// The values of every field line with this name, in order; the case of `name` does not matter.
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]>;

    /// Is there a field line with this name?
    fn has_field(&self, name: &str) -> bool {
        self.lines(name).next().is_some()
    }

    /// The value when there is exactly one line with this name.
    fn only_line<'s>(&'s self, name: &str) -> Option<&'s [u8]> {
        let mut lines = self.lines(name);
        let first = lines.next()?;
        match lines.next() {
            Some(_) => None,
            None => Some(first),
        }
    }
}

/// An ordered list of field lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    lines: Vec<(FieldName, FieldValue)>,
}

impl Fields {
    /// No field lines.
    pub const fn new() -> Self {
        Self { lines: Vec::new() }
    }

    /// Makes this the only line of its name, in the place of the first one or at the end.
    pub fn set(&mut self, name: FieldName, value: FieldValue) {
        let Some(first) = self.lines.iter().position(|(known, _)| *known == name) else {
            self.lines.push((name, value));
            return;
        };
        let mut at = 0;
        self.lines.retain(|(known, _)| {
            let keep = at <= first || *known != name;
            at += 1;
            keep
        });
        self.lines[first] = (name, value);
    }

    /// Adds a line at the end, next to others of its name.
    pub fn append(&mut self, name: FieldName, value: FieldValue) {
        self.lines.push((name, value));
    }

    /// The value of the first line with this name.
    pub fn get(&self, name: &str) -> Option<&FieldValue> {
        self.lines
            .iter()
            .find(|(known, _)| known.matches(name))
            .map(|(_, value)| value)
    }

    /// Drops every line with this name; says whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.lines.len();
        self.lines.retain(|(known, _)| !known.matches(name));
        self.lines.len() != before
    }

    /// Is there a line with this name?
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The lines in order.
    pub fn iter(&self) -> std::slice::Iter<'_, (FieldName, FieldValue)> {
        self.lines.iter()
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Are there no lines?
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

impl FieldSource for Fields {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.lines
            .iter()
            .filter(move |(known, _)| known.matches(name))
            .map(|(_, value)| value.as_bytes())
    }
}

impl<'f> IntoIterator for &'f Fields {
    type Item = &'f (FieldName, FieldValue);
    type IntoIter = std::slice::Iter<'f, (FieldName, FieldValue)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<(FieldName, FieldValue)> for Fields {
    fn from_iter<I: IntoIterator<Item = (FieldName, FieldValue)>>(lines: I) -> Self {
        Self {
            lines: lines.into_iter().collect(),
        }
    }
}

impl Extend<(FieldName, FieldValue)> for Fields {
    fn extend<I: IntoIterator<Item = (FieldName, FieldValue)>>(&mut self, lines: I) {
        self.lines.extend(lines);
    }
}

#[cfg(test)]
mod tests;
