//! A tag made of time and size.
//!
//! Implements: RFC 9110 §8.8.1, §8.8.3.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Exchange, Found, Level, Record, fix};
use crate::http::{HttpDate, names};

pub(super) const CHECK: Check = Check {
    code: "reply/tag-of-time-and-size",
    doc: DOC,
    spec: "RFC 9110 §8.8.1",
    fix: fix::TAG,
    examine: check,
    raises: &[
        "start GET / -> 200
content-type: text/html
last-modified: Sun, 06 Nov 1994 08:49:37 GMT
etag: \"2ebc98a1-5\"

hello",
        "start GET / -> 200
content-type: text/html
last-modified: Sun, 06 Nov 1994 08:49:37 GMT
etag: W/\"5-784111777000\"

hello",
        "start GET / -> 200
content-type: text/html
last-modified: Sun, 06 Nov 1994 08:49:37 GMT
etag: \"cyu8ip5\"

hello",
    ],
    passes: &[
        "start GET / -> 200
content-type: text/html
last-modified: Sun, 06 Nov 1994 08:49:37 GMT
etag: \"2cf24dba5fb0a30e\"

hello",
        "start GET / -> 200
content-type: text/html
etag: \"2ebc98a1-5\"

hello",
    ],
};

const DOC: &str = "
# What
The entity tag is written from the time of the last change and the length: it does not know the content.

# Why
Builds that set all times to one date (Nix, Bazel, Docker layers, buildpacks) and change a byte without changing the length get a 304 for
content that did change, and visitors keep the old code. Builds that set new times change every tag, and replicas disagree.

# Example
nginx: `ETag: \"66e2f8b5-1f4\"` is the time and the length in hexadecimal.

# Spec
RFC 9110 §8.8.1, §8.8.3.1.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.documents().chain(record.assets()) {
        let Some(tag) = exchange.tag() else { continue };
        if is_time_and_size(tag.opaque(), exchange, record.now) {
            let seen = format!(
                "{}, {} bytes",
                exchange.seen(names::ETAG),
                exchange.answer.content.len()
            );
            let means = "new content of the same length and time gets a 304 (reproducible builds), and the same content with another time is sent again";
            let message = "the entity tag is made of time and size, not of the content";
            found.add(
                Level::Warning,
                exchange.url().as_str(),
                message,
                seen,
                means,
            );
        }
    }
}

/// Does the tag hold both the length and the date of last change, in any of the bases that servers write them in?
fn is_time_and_size(tag: &str, exchange: &Exchange, now: HttpDate) -> bool {
    let length = exchange.answer.content.len() as u64;
    let changed = exchange
        .field(names::LAST_MODIFIED)
        .and_then(|date| HttpDate::parse(date.as_bytes(), now).ok())
        .and_then(|date| u64::try_from(date.unix_seconds()).ok());
    let Some(changed) = changed.filter(|seconds| *seconds > 0) else {
        return false;
    };
    // Caddy writes both in base 36, without anything between.
    if tag == format!("{}{}", base36(changed), base36(length)) {
        return true;
    }
    let parts: Vec<&str> = tag.split(['-', ':', '.']).collect();
    let is_length = |part: &str| {
        [10, 16]
            .iter()
            .any(|base| u64::from_str_radix(part, *base) == Ok(length))
    };
    let is_time = |part: &str| {
        [10, 16].iter().any(|base| {
            // Seconds, milliseconds, microseconds, nanoseconds.
            u64::from_str_radix(part, *base).is_ok_and(|time| {
                [1, 1_000, 1_000_000, 1_000_000_000]
                    .iter()
                    .any(|unit| time / unit == changed)
            })
        })
    };
    parts.len() > 1
        && parts.iter().any(|part| is_length(part))
        && parts.iter().any(|part| is_time(part))
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(u32::try_from(number % 36).unwrap_or(0), 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}
