//! A document that caches use without asking.
//!
//! Implements: RFC 9111 §4.2, RFC 8246 §2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::words::spell;
use super::super::{Check, Found, Keeps, Level, Record, fix};

/// Up to here a stale document is a nuisance; beyond, the scripts it names may be gone.
const LONG: u64 = 600;

pub(super) const CHECK: Check = Check {
    code: "reply/document-kept",
    doc: DOC,
    spec: "RFC 9111 §4.2",
    fix: fix::DOCUMENT,
    examine: check,
    raises: &[
        "start GET / -> 200
content-type: text/html
cache-control: max-age=31536000, immutable",
        "deep-link GET /a/b -> 200
content-type: text/html
cache-control: max-age=60",
    ],
    passes: &[
        "start GET / -> 200
content-type: text/html
cache-control: no-cache",
        "start GET / -> 200
content-type: text/html
cache-control: max-age=3600, no-cache",
        "start GET / -> 200
content-type: text/html",
    ],
};

const DOC: &str = "
# What
A document has a lifetime: `max-age`, `Expires`, or `immutable`.

# Why
A document names the scripts and styles of its release. Who uses an old one asks for files that may be gone. Validation costs one short 304.

# Example
`GET /` → `Cache-Control: public, max-age=31536000, immutable`, the work of one lifetime for all files.

# Spec
RFC 9111 §4.2, RFC 8246 §2.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.documents() {
        let Keeps::For(seconds) = record.keeps(exchange) else {
            continue;
        };
        let (level, until) = if seconds > LONG {
            (Level::Error, ", and their scripts may be gone by then")
        } else {
            (Level::Warning, "")
        };
        let means = format!(
            "visitors see the release before for {} after a deploy{until}",
            spell(seconds)
        );
        let message = "a document may be used without asking";
        found.add(
            level,
            exchange.url().as_str(),
            message,
            exchange.seen_control(),
            means,
        );
    }
}
