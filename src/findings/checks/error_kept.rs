//! An error that caches may keep.
//!
//! Implements: RFC 9110 §15.5.5, RFC 9111 §4.2.2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::words::spell;
use super::super::{Check, Found, Level, Record, fix};

/// A minute of this shields an origin from a flood of requests, and nobody notices.
const TOLERABLE: u64 = 60;

pub(super) const CHECK: Check = Check {
    code: "reply/error-kept",
    doc: DOC,
    spec: "RFC 9111 §4.2.2",
    fix: fix::ERROR,
    examine: check,
    raises: &[
        "missing-asset GET /assets/a.js -> 404
cache-control: public, max-age=31536000, immutable",
        "missing-document GET /a.html -> 404
cache-control: max-age=3600",
        "missing-document GET /a.html -> 404
cache-control: max-age=0, s-maxage=3600",
        "missing-document GET /a.html -> 404
cache-control: no-store
cdn-cache-control: max-age=3600",
    ],
    passes: &[
        "missing-asset GET /assets/a.js -> 404
cache-control: no-store",
        "missing-asset GET /a.js -> 404
cache-control: max-age=10",
        "missing-asset GET /a.js -> 404",
    ],
};

const DOC: &str = "
# What
A 4xx or 5xx comes with a lifetime of more than a minute, for browsers or for what is on the way (`s-maxage`, `CDN-Cache-Control`).

# Why
What is missing now may be there in a second: in a rolling deploy one replica has the file and the other has not yet. A cache that keeps the
error turns that second into an hour, or a year with `immutable`.

# Example
`404` with `Cache-Control: public, max-age=31536000, immutable`, the work of nginx's `add_header … always`.

# Spec
RFC 9110 §15.5.5, RFC 9111 §4.2.2.
";

fn check(record: &Record, found: &mut Found) {
    // What a condition or a range was answered with is no answer to the plain request.
    let errors = record.exchanges.iter().filter(|exchange| {
        exchange.answer.status >= 400
            && !exchange.purpose.is_conditional()
            && exchange.ask.method == "GET"
    });
    for exchange in errors {
        let seconds = record.keeps_at_most(exchange).seconds();
        if seconds > TOLERABLE {
            let seen = format!("{}, {}", exchange.answer.status, exchange.seen_control());
            let means = format!(
                "caches repeat the error for {} after the cause is mended",
                spell(seconds)
            );
            let message = "an error may be kept";
            found.add(Level::Error, exchange.url().as_str(), message, seen, means);
        }
    }
}
