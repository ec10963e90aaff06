//! An asset about which nothing is said.
//!
//! Implements: RFC 9111 §4.2.2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Keeps, Level, Record, fix};
use crate::http::names;

pub(super) const CHECK: Check = Check {
    code: "reply/asset-without-policy",
    doc: DOC,
    spec: "RFC 9111 §4.2.2",
    fix: fix::ASSET,
    examine: check,
    raises: &["asset GET /style.css -> 200
content-type: text/css
last-modified: Sun, 06 Nov 1994 08:49:37 GMT"],
    passes: &[
        "asset GET /style.css -> 200
content-type: text/css
last-modified: Sun, 06 Nov 1994 08:49:37 GMT
cache-control: no-cache",
        "asset GET /style.css -> 200
content-type: text/css
etag: \"a\"",
    ],
};

const DOC: &str = "
# What
An asset whose name carries no hash has neither `Cache-Control` nor `Expires`, but a `Last-Modified` to guess from.

# Why
Caches guess a tenth of the time since the last change. After a deploy some visitors have the new document with the old style sheet.

# Example
`/style.css` with `Last-Modified` and no `Cache-Control`.

# Spec
RFC 9111 §4.2.2.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record
        .assets()
        .filter(|exchange| !record.is_hashed(exchange.path()))
    {
        if let Keeps::Guessed(_) = record.keeps(exchange) {
            let seen = format!(
                "{}, {}",
                exchange.seen_control(),
                exchange.seen(names::LAST_MODIFIED)
            );
            let means = "browsers guess: a tenth of the time since the last change; after a deploy some have the new document with the old file";
            let message = "an asset does not say how long it may be kept";
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
