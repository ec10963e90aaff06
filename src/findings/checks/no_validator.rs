//! Nothing to ask with.
//!
//! Implements: RFC 9110 §8.8, RFC 9111 §4.3.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Keeps, Level, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "reply/no-validator",
    doc: DOC,
    spec: "RFC 9110 §8.8",
    fix: fix::TAG,
    examine: check,
    raises: &["start GET / -> 200
content-type: text/html
cache-control: no-cache"],
    passes: &[
        "start GET / -> 200
content-type: text/html
etag: W/\"a\"",
        "asset GET /a.js -> 200
content-type: text/javascript
cache-control: no-store",
    ],
};

const DOC: &str = "
# What
A success has neither `ETag` nor `Last-Modified`.

# Why
A cache that wants to know whether its copy is still good has nothing to ask with, so it gets the whole content each time.

# Example
A fallback document that a framework writes from memory.

# Spec
RFC 9110 §8.8, RFC 9111 §4.3.1.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.documents().chain(record.assets()) {
        if !exchange.has_validator() && record.keeps(exchange) != Keeps::Not {
            let means = "it is sent whole whenever a cache asks, changed or not";
            let message = "there is no validator";
            found.add(
                Level::Warning,
                exchange.url().as_str(),
                message,
                "no ETag, no Last-Modified",
                means,
            );
        }
    }
}
