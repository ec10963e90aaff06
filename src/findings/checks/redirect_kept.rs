//! A redirect that caches keep for ever.
//!
//! Implements: RFC 9110 §15.4.2, §15.4.9, RFC 9111 §4.2.2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::words::spell;
use super::super::{Check, Found, Level, Record, fix};
use crate::http::{FieldSource, names};

/// A day is long enough to save requests and short enough to mend a mistake.
const LONG: u64 = 24 * 3600;

pub(super) const CHECK: Check = Check {
    code: "reply/redirect-kept",
    doc: DOC,
    spec: "RFC 9110 §15.4.2",
    fix: fix::REDIRECT,
    examine: check,
    raises: &[
        "folder GET /assets -> 301
location: /assets/",
        "start GET / -> 308
location: /en/
cache-control: max-age=31536000",
    ],
    passes: &[
        "folder GET /assets -> 301
location: /assets/
cache-control: no-cache",
        "folder GET /assets -> 302
location: /assets/",
    ],
};

const DOC: &str = "
# What
A 301 or 308 has no lifetime of its own.

# Why
Browsers keep a permanent redirect without an end in sight. One made by mistake cannot be taken back from those who followed it.

# Example
`301`, `Location: /new/`, and no `Cache-Control`.

# Spec
RFC 9110 §15.4.2, §15.4.9, RFC 9111 §4.2.2.
";

fn check(record: &Record, found: &mut Found) {
    let permanent = record.exchanges.iter().filter(|exchange| {
        matches!(exchange.answer.status, 301 | 308)
            && exchange.purpose != super::super::Purpose::OtherHost
    });
    for exchange in permanent {
        let fields = &exchange.answer.fields;
        let unsaid = !fields.has_field(names::CACHE_CONTROL) && !fields.has_field(names::EXPIRES);
        let seconds = record.keeps(exchange).seconds();
        if unsaid || seconds > LONG {
            let kept = if unsaid {
                "for ever".to_owned()
            } else {
                format!("for {}", spell(seconds))
            };
            let seen = format!(
                "{}, {}, {}",
                exchange.answer.status,
                exchange.seen(names::LOCATION),
                exchange.seen_control()
            );
            let means = format!("browsers follow it {kept} without asking again");
            let message = "a permanent redirect has no lifetime of its own";
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
