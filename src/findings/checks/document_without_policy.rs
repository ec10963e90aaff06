//! A document about which nothing is said.
//!
//! Implements: RFC 9111 §4.2.2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Keeps, Level, Record, fix};
use crate::http::{FieldSource, names};

pub(super) const CHECK: Check = Check {
    code: "reply/document-without-policy",
    doc: DOC,
    spec: "RFC 9111 §4.2.2",
    fix: fix::DOCUMENT,
    examine: check,
    raises: &[
        "start GET / -> 200
content-type: text/html
last-modified: Sun, 06 Nov 1994 08:49:37 GMT",
        "start GET / -> 200
content-type: text/html
etag: \"a\"",
        "start GET / -> 200
content-type: text/html
cache-control: public
last-modified: Sun, 06 Nov 1994 08:49:37 GMT",
    ],
    passes: &[
        "start GET / -> 200
content-type: text/html
cache-control: no-cache",
        "start GET / -> 404
content-type: text/html",
        "asset GET /a.js -> 200
content-type: text/javascript",
    ],
};

const DOC: &str = "
# What
A document has neither `Cache-Control` nor `Expires`, or a `Cache-Control` that gives no lifetime and asks for no validation, such as `public`.

# Why
A cache may then guess a lifetime: usually a tenth of the time since `Last-Modified`. A site that was last deployed a hundred days ago is
not asked for again for ten days: the white screen after the next deploy, until somebody thinks of a hard reload. Without `Last-Modified`
browsers ask, and what a CDN does is up to its defaults.

# Example
`GET /` → `Last-Modified: …` and no `Cache-Control`.

# Spec
RFC 9111 §4.2.2.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.documents() {
        let fields = &exchange.answer.fields;
        let keeps = record.keeps(exchange);
        let is_told = fields.has_field(names::CACHE_CONTROL) || fields.has_field(names::EXPIRES);
        if is_told && !matches!(keeps, Keeps::Guessed(_)) {
            continue;
        }
        let (seen, means) = match keeps {
            Keeps::Guessed(_) => (
                format!(
                    "{}, {}",
                    exchange.seen_control(),
                    exchange.seen(names::LAST_MODIFIED)
                ),
                "browsers guess: a tenth of the time since the last change, ten days for a site that is a hundred days old".to_owned(),
            ),
            _ => (
                exchange.seen_control(),
                "every cache does as it likes: browsers ask, a CDN follows its own default"
                    .to_owned(),
            ),
        };
        let message = "a document does not say how long it may be kept";
        found.add(
            Level::Warning,
            exchange.url().as_str(),
            message,
            seen,
            means,
        );
    }
}
