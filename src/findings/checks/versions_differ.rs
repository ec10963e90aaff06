//! HTTP/2 that answers differently.
//!
//! Implements: RFC 9110 §2.5.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Exchange, Found, Level, Purpose, Record, fix};
use crate::http::names;

const FIELDS: [&str; 4] = [
    names::CACHE_CONTROL,
    names::ETAG,
    names::VARY,
    names::CONTENT_TYPE,
];

pub(super) const CHECK: Check = Check {
    code: "reply/versions-differ",
    doc: DOC,
    spec: "RFC 9110 §2.5",
    fix: fix::Fix::only("serve both versions from one configuration"),
    examine: check,
    raises: &["start GET / -> 200
cache-control: no-cache
---
http2 GET / -> 200"],
    passes: &["start GET / -> 200
cache-control: no-cache
---
http2 GET / -> 200
cache-control: no-cache"],
};

const DOC: &str = "
# What
An answer in HTTP/2 has other cache fields than the same in HTTP/1.1.

# Why
The version is a matter of the connection and not of the resource. Where they differ, two servers or two configurations answer.

# Example
`Cache-Control: no-cache` in HTTP/1.1, none in HTTP/2.

# Spec
RFC 9110 §2.5.
";

fn check(record: &Record, found: &mut Found) {
    for (plain, http2) in record.pairs(Purpose::Http2) {
        if let Some(name) = difference(plain, http2) {
            let seen = format!(
                "{}: {}; HTTP/2: {}",
                plain.answer.version,
                plain.seen(name),
                http2.seen(name)
            );
            let means = "what a cache may do depends on the connection";
            let message = "HTTP/2 is answered otherwise";
            found.add(Level::Warning, http2.url().as_str(), message, seen, means);
        }
    }
}

/// The first field that is not the same in both.
pub(super) fn difference(plain: &Exchange, http2: &Exchange) -> Option<&'static str> {
    FIELDS
        .into_iter()
        .find(|name| plain.field(name) != http2.field(name))
}
