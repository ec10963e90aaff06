//! Percent-encoding of what goes into a target.
//!
//! Implements: RFC 3986 §2.1, §2.3, §3.3, §3.4.
//! Uses: http · Never: anything else

use crate::http::ByteSet;

/// What means nothing in a path, and the slash.
const PATH: ByteSet = ByteSet::UNRESERVED.with(b"/!$*+,;:@");

/// What means nothing in a query.
const VALUE: ByteSet = ByteSet::UNRESERVED.with(b"/");

/// What a path and a query may be made of, escapes apart.
const WRITTEN: ByteSet = ByteSet::UNRESERVED.with(b"/!$&'()*+,;=:@?");

/// What clients send in a query, escapes and all.
const QUERY: ByteSet = WRITTEN.with(b"%[]");

/// Text from a path, for a path: slashes stay, and nothing else can be mistaken for syntax.
pub(super) fn for_path(text: &str) -> String {
    encode(text, &PATH)
}

/// Text from a path, for a value in a query: everything that separates is encoded.
pub(super) fn for_query(text: &str) -> String {
    encode(text, &VALUE)
}

/// What the author wrote: escapes and syntax stay, what no URL may contain is encoded.
pub(super) fn as_written(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (place, &byte) in bytes.iter().enumerate() {
        let escape = byte == b'%'
            && bytes
                .get(place + 1..place + 3)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        push(&mut out, byte, escape || WRITTEN.has(byte));
    }
    out
}

/// The query of a request: already encoded by whoever sent it, made safe to repeat.
pub(super) fn query_of_request(text: &str) -> String {
    encode(text, &QUERY)
}

fn encode(text: &str, kept: &ByteSet) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        push(&mut out, byte, kept.has(byte));
    }
    out
}

fn push(out: &mut String, byte: u8, stays: bool) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if stays {
        out.push(char::from(byte));
    } else {
        out.push('%');
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
}
