//! Integrity records that speak of edited bytes (Subresource Integrity §3.3, CSP 3 §8.3).
//!
//! A record is rewritten only if it was true of the original: a digest that never matched stays wrong, because making it right would be
//! vouching for bytes nobody vouched for.
//!
//! Uses: sha2, base64, reference · Never: files, clock

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::reference::Algorithm;

impl Algorithm {
    /// The algorithm a record begins with: `sha384-…`.
    pub(crate) fn of(record: &str) -> Option<(Self, &str)> {
        let (name, digest) = record.split_once('-')?;
        let algorithm = match name.to_ascii_lowercase().as_str() {
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            _ => return None,
        };
        Some((algorithm, digest))
    }

    /// The name in records.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The digest of `content` in base64.
    pub(crate) fn digest(self, content: &[u8]) -> String {
        match self {
            Self::Sha256 => STANDARD.encode(Sha256::digest(content)),
            Self::Sha384 => STANDARD.encode(Sha384::digest(content)),
            Self::Sha512 => STANDARD.encode(Sha512::digest(content)),
        }
    }

    /// A whole record: `sha384-…`.
    pub(crate) fn record(self, content: &[u8]) -> String {
        format!("{}-{}", self.name(), self.digest(content))
    }
}

/// The value of `integrity` after the bytes went from `original` to `last`; none if nothing in it was true.
pub(crate) fn renewed(value: &str, original: &[u8], last: &[u8]) -> Option<String> {
    let mut changed = false;
    let records: Vec<String> = value
        .split_ascii_whitespace()
        .map(|record| {
            let Some((algorithm, digest)) = Algorithm::of(record) else {
                return record.to_owned();
            };
            let (digest, options) = digest.split_at(digest.find('?').unwrap_or(digest.len()));
            if !same(digest, &algorithm.digest(original)) {
                return record.to_owned();
            }
            changed = true;
            format!("{}{options}", algorithm.record(last))
        })
        .collect();
    changed.then(|| records.join(" "))
}

/// Base64 with or without padding, in either alphabet: browsers take both.
pub(crate) fn same(left: &str, right: &str) -> bool {
    let plain = |text: &str| {
        text.trim_end_matches('=')
            .replace('-', "+")
            .replace('_', "/")
    };
    plain(left) == plain(right)
}

/// The text of an inline script as a browser digests it: newlines are normalised before anything is parsed.
pub(crate) fn normalise_newlines(text: &[u8]) -> Vec<u8> {
    let mut normal = Vec::with_capacity(text.len());
    let mut bytes = text.iter().peekable();
    while let Some(byte) = bytes.next() {
        if *byte == b'\r' {
            bytes.next_if(|next| **next == b'\n');
            normal.push(b'\n');
        } else {
            normal.push(*byte);
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_example_of_the_specification() {
        // Subresource Integrity §3.1: echo -n "alert('Hello, world.');" | openssl dgst -sha384 -binary | openssl base64 -A
        assert_eq!(
            Algorithm::Sha384.record(b"alert('Hello, world.');"),
            "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO"
        );
    }

    #[test]
    fn only_what_was_true_is_renewed() {
        let old = Algorithm::Sha256.record(b"old");
        let value = format!("{old} sha512-lie {old}?x");
        let new = Algorithm::Sha256.record(b"new");
        assert_eq!(
            renewed(&value, b"old", b"new"),
            Some(format!("{new} sha512-lie {new}?x"))
        );
        assert_eq!(renewed("sha512-lie", b"old", b"new"), None);
    }
}
