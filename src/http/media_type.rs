//! Suffix of a path to media type, and what follows from the type.
//!
//! The type of a representation decides its `Content-Type`, whether coding it is worth
//! while, and whether a client may navigate to it (a document) or only use it (an asset).
//! The table covers what a front-end or a documentation site holds; a site can name more.
//!
//! RFC 9110 §8.3, §8.3.1, §8.3.2; RFC 9239 §6 (text/javascript).
//!
//! Uses: `fields`, `accept_encoding` · Never: the content (no sniffing).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use thiserror::Error;

use super::accept_encoding::ContentCoding;
use super::fields::FieldValue;
use super::list;

mod table;

use table::{BY_NAME, BY_SUFFIX};

/// The text is not a media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a media type is written `type/subtype`, with parameters after `;`")]
pub struct NotAMediaType;

/// A media type, with its parameters when it was given some.
///
/// [RFC 9110 §8.3.1](https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaType(Cow<'static, str>);

impl MediaType {
    /// `application/octet-stream`: bytes we know nothing about.
    pub const OCTET_STREAM: Self = Self(Cow::Borrowed("application/octet-stream"));
    /// `text/html`.
    pub const HTML: Self = Self(Cow::Borrowed("text/html"));
    /// `text/plain`.
    pub const PLAIN: Self = Self(Cow::Borrowed("text/plain"));
    /// `application/json`.
    pub const JSON: Self = Self(Cow::Borrowed("application/json"));

    /// A media type somebody wrote; the essence is lower-cased, parameters stay as they are.
    ///
    /// # Errors
    /// [`NotAMediaType`] when it is not `type/subtype` or could not be a field value.
    pub fn parse(text: &str) -> Result<Self, NotAMediaType> {
        let value = FieldValue::parse(text).map_err(|_| NotAMediaType)?;
        let text = value.as_str();
        let (essence, parameters) = text.split_at(text.find(';').unwrap_or(text.len()));
        let (kind, subtype) = essence.trim_end().split_once('/').ok_or(NotAMediaType)?;
        if !list::is_token(kind.as_bytes()) || !list::is_token(subtype.as_bytes()) {
            return Err(NotAMediaType);
        }
        let essence = essence.trim_end().to_ascii_lowercase();
        Ok(Self(Cow::Owned(essence + parameters)))
    }

    /// The type of the representation at a path, by its name or suffix; unknown ones are
    /// [`Self::OCTET_STREAM`], so that a browser saves them instead of guessing.
    pub fn of_path(path: &str) -> Self {
        let last = last_segment(path);
        BY_NAME
            .iter()
            .find(|(name, _)| *name == last)
            .map(|(_, essence)| Self(Cow::Borrowed(essence)))
            .or_else(|| known_suffix(path))
            .unwrap_or(Self::OCTET_STREAM)
    }

    /// The type as it was given, parameters included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `type/subtype` without parameters, lower case.
    pub fn essence(&self) -> &str {
        let end = self.0.find(';').unwrap_or(self.0.len());
        self.0[..end].trim_end()
    }

    /// Can a client navigate to it and get a document that references others?
    pub fn is_document(&self) -> bool {
        matches!(self.essence(), "text/html" | "application/xhtml+xml")
    }

    /// Is a content coding worth while, because the format is not compressed itself?
    pub fn is_compressible(&self) -> bool {
        let essence = self.essence();
        essence.starts_with("text/")
            || essence.ends_with("+json")
            || essence.ends_with("+xml")
            || matches!(
                essence,
                "application/json"
                    | "application/xml"
                    | "application/wasm"
                    | "application/rtf"
                    | "application/sql"
                    | "application/x-ndjson"
                    | "application/yaml"
                    | "application/toml"
                    | "application/vnd.ms-fontobject"
                    | "application/x-sh"
                    | "application/pgp-keys"
                    | "application/postscript"
                    | "font/ttf"
                    | "font/otf"
                    | "font/collection"
                    | "image/bmp"
                    | "image/vnd.microsoft.icon"
                    | "model/gltf-binary"
                    | "model/obj"
                    | "model/stl"
                    | "model/mtl"
            )
    }

    /// The value of `Content-Type`.
    ///
    /// Text types get `charset=utf-8`, because without it a browser may guess. XML types get none: their own
    /// declaration says, and the parameter would override it. JSON has no charset (RFC 8259 §11).
    pub fn field_value(&self) -> FieldValue {
        if self.essence().starts_with("text/") && self.essence() == self.as_str() {
            FieldValue::written(&format!("{}; charset=utf-8", self.0))
        } else {
            FieldValue::written(&self.0)
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The media type that the suffix of the last segment stands for, in any case.
///
/// `/app.js.map` has the suffix `map`; `/.js` is a name that begins with a dot and has none.
pub fn known_suffix(path: &str) -> Option<MediaType> {
    let (stem, suffix) = last_segment(path).rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    BY_SUFFIX
        .binary_search_by(|(known, _)| compare_lower(known, suffix))
        .ok()
        .map(|place| MediaType(Cow::Borrowed(BY_SUFFIX[place].1)))
}

/// The content coding that a suffix says its content is in: `.svgz` is SVG in gzip, and no media type of its own.
pub fn coding_of_path(path: &str) -> Option<ContentCoding> {
    let (_, suffix) = last_segment(path).rsplit_once('.')?;
    suffix
        .eq_ignore_ascii_case("svgz")
        .then_some(ContentCoding::Gzip)
}

/// Does the last segment end in the suffix of a known media type that is not a document's?
///
/// Then a missing resource is a missing asset, never a route of the client: `/x/app-1.js` is one,
/// `/user/ada.lovelace` and `/about.html` are not.
pub fn is_asset_path(path: &str) -> bool {
    known_suffix(path).is_some_and(|media_type| !media_type.is_document())
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Compares with `suffix` as if it were lower case, without a copy.
fn compare_lower(known: &str, suffix: &str) -> Ordering {
    known
        .bytes()
        .cmp(suffix.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests;
