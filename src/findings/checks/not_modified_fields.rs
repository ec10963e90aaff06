//! A 304 that forgets what it renews.
//!
//! Implements: RFC 9110 §15.4.5, RFC 9111 §4.3.4.
//!
//! Uses: the record, http · Never: sockets, files

use std::collections::BTreeSet;

use super::super::{Check, Exchange, Found, Level, Purpose, Record, fix};
use crate::http::{FieldSource, names};

/// What §15.4.5 lists, without `Date`.
const FIELDS: [&str; 5] = [
    names::CACHE_CONTROL,
    names::CONTENT_LOCATION,
    names::ETAG,
    names::EXPIRES,
    names::VARY,
];

pub(super) const CHECK: Check = Check {
    code: "reply/not-modified-fields",
    doc: DOC,
    spec: "RFC 9110 §15.4.5",
    fix: fix::CONDITION,
    examine: check,
    raises: &[
        "start GET / -> 200
etag: \"a\"
cache-control: no-cache
---
tag GET / -> 304
etag: \"a\"",
        "start GET / -> 200
etag: \"a\"
cache-control: no-cache
---
tag GET / -> 304
etag: \"a\"
cache-control: public, max-age=31536000",
    ],
    passes: &[
        "start GET / -> 200
etag: \"a\"
cache-control: max-age=60, public
---
tag GET / -> 304
etag: \"a\"
cache-control: public, max-age=59",
        "start GET / -> 200
etag: \"a\"
cache-control: no-cache
---
tag GET / -> 304
etag: \"a\"
cache-control: no-cache",
        "start GET / -> 200
etag: \"a\"
content-type: text/html
---
tag GET / -> 304
etag: \"a\"",
    ],
};

const DOC: &str = "
# What
A 304 lacks fields that the 200 has and that it has to repeat: `Cache-Control`, `ETag`, `Vary`, `Content-Location`, `Expires`. Or its
`Cache-Control` is another one.

# Why
A 304 renews the stored answer. What it does not say, caches cannot renew; a CDN that takes the 304's fields for its own answer sends its
visitors none.

# Example
`304` without the `Cache-Control` of the `200`.

# Spec
RFC 9110 §15.4.5, RFC 9111 §4.3.4.
";

fn check(record: &Record, found: &mut Found) {
    for (plain, probe) in record
        .pairs(Purpose::Tag)
        .chain(record.pairs(Purpose::Date))
    {
        if probe.answer.status != 304 {
            continue;
        }
        let missing: Vec<&str> = FIELDS
            .into_iter()
            .filter(|name| {
                plain.answer.fields.has_field(name) && !probe.answer.fields.has_field(name)
            })
            .collect();
        let (one, other) = (policy(plain), policy(probe));
        if missing.is_empty() && one != other {
            let seen = format!(
                "200: {}; 304: {}",
                plain.seen_control(),
                probe.seen_control()
            );
            let means = "caches take the policy of the 304 from then on: it holds for what they have stored";
            let message = "a 304 has another policy than the 200";
            found.add(Level::Warning, probe.url().as_str(), message, seen, means);
        }
        if !missing.is_empty() {
            let seen = format!("304 without {}", missing.join(", "));
            let means =
                "caches cannot renew these fields; shared caches may pass the 304 on without them";
            let message = "a 304 leaves out fields of the 200";
            found.add(Level::Warning, probe.url().as_str(), message, seen, means);
        }
    }
}

/// The directives, without how many seconds: these may be counted down from one answer to the next.
fn policy(exchange: &Exchange) -> BTreeSet<String> {
    let text = exchange.field(names::CACHE_CONTROL).unwrap_or_default();
    let members = text.split(',').map(|member| {
        let member = member.trim().to_ascii_lowercase();
        match member.split_once('=') {
            Some((name, seconds)) if seconds.trim_matches(['"', '0']).is_empty() => {
                format!("{name}=0")
            }
            Some((name, _)) => format!("{name}=n"),
            None => member,
        }
    });
    members.collect()
}
