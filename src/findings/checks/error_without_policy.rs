//! An error about which nothing is said.
//!
//! Implements: RFC 9110 §15.1 (statuses that are heuristically cacheable), RFC 9111 §4.2.2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::{FieldSource, names};

pub(super) const CHECK: Check = Check {
    code: "reply/error-without-policy",
    doc: DOC,
    spec: "RFC 9110 §15.1",
    fix: fix::ERROR,
    examine: check,
    raises: &["missing-asset GET /assets/a.js -> 404"],
    passes: &[
        "missing-asset GET /assets/a.js -> 404
cache-control: no-store",
        "missing-asset GET /assets/a.js -> 500",
    ],
};

const DOC: &str = "
# What
A 404 or 410 has no `Cache-Control`.

# Why
Caches may store both without being asked to. Browsers hardly do; CDNs do by default, some for minutes, and then a file that was missed
once during a deploy stays missing.

# Example
`404` and no `Cache-Control`: Cloudflare keeps it for three minutes.

# Spec
RFC 9110 §15.1 (statuses that are heuristically cacheable), RFC 9111 §4.2.2.
";

fn check(record: &Record, found: &mut Found) {
    let errors = [Purpose::MissingAsset, Purpose::MissingDocument]
        .into_iter()
        .flat_map(|purpose| record.of(purpose))
        .filter(|exchange| matches!(exchange.answer.status, 404 | 410));
    for exchange in errors {
        let fields = &exchange.answer.fields;
        if !fields.has_field(names::CACHE_CONTROL) && !fields.has_field(names::EXPIRES) {
            let seen = format!("{}, {}", exchange.answer.status, exchange.seen_control());
            let means = "a CDN keeps it for as long as its own default says";
            let message = "an error does not say whether it may be kept";
            found.add(Level::Note, exchange.url().as_str(), message, seen, means);
        }
    }
}
