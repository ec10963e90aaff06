//! A redirect to whoever is named in the request.
//!
//! Implements: RFC 9110 §7.2, §17.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Keeps, Level, Purpose, Record, fix};
use crate::http::names;

pub(super) const CHECK: Check = Check {
    code: "reply/redirect-to-named-host",
    doc: DOC,
    spec: "RFC 9110 §7.2",
    fix: fix::REDIRECT,
    examine: check,
    raises: &["other-host GET /assets -> 301
> Host: evil.example
location: http://evil.example/assets/"],
    passes: &[
        "other-host GET /assets -> 301
> Host: evil.example
location: /assets/",
        "other-host GET /assets -> 421
> Host: evil.example",
    ],
};

const DOC: &str = "
# What
A redirect leads to the host that the request named in `Host`, whatever it was.

# Why
Where a cache in front does not tell hosts apart, one request with a made-up `Host` stores a redirect to somebody else's site for everybody.

# Example
`Host: evil.example` → `Location: http://evil.example/assets/`.

# Spec
RFC 9110 §7.2, §17.1.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.of(Purpose::OtherHost) {
        let host = exchange
            .ask
            .fields
            .get(names::HOST)
            .map(ToString::to_string)
            .unwrap_or_default();
        let location = exchange.field(names::LOCATION).unwrap_or_default();
        if !host.is_empty()
            && (300..400).contains(&exchange.answer.status)
            && location.contains(&host)
        {
            let permanent = matches!(exchange.answer.status, 301 | 308);
            let is_kept =
                permanent || matches!(record.keeps(exchange), Keeps::For(_) | Keeps::Guessed(_));
            let level = if is_kept { Level::Warning } else { Level::Note };
            let seen = format!(
                "Host: {host} → {}, Location: {location}",
                exchange.answer.status
            );
            let means = "a shared cache that does not tell hosts apart sends everybody there";
            let message = "a redirect leads to whichever host the request names";
            found.add(level, exchange.url().as_str(), message, seen, means);
        }
    }
}
