//! HEAD that does not tell what GET would.
//!
//! Implements: RFC 9110 §9.3.2, RFC 9111 §4.3.5.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::names;

/// What both have to say alike, as far as caches are concerned. §9.3.2 lets HEAD leave out what is made with the content.
const FIELDS: [&str; 5] = [
    names::CACHE_CONTROL,
    names::ETAG,
    names::LAST_MODIFIED,
    names::VARY,
    names::CONTENT_TYPE,
];

pub(super) const CHECK: Check = Check {
    code: "reply/head-differs",
    doc: DOC,
    spec: "RFC 9110 §9.3.2",
    fix: fix::Fix::only("answer HEAD by the same path as GET, and leave the content out"),
    examine: check,
    raises: &[
        "deep-link GET /a/b -> 200
content-type: text/html
---
head HEAD /a/b -> 404",
        "start GET / -> 200
etag: \"a\"
---
head HEAD / -> 200
etag: \"b\"",
    ],
    passes: &[
        "start GET / -> 200
etag: \"a\"
---
head HEAD / -> 200
etag: \"a\"",
        "start GET / -> 200
content-type: text/html
---
head HEAD / -> 200",
    ],
};

const DOC: &str = "
# What
HEAD has another status than GET, or other cache fields.

# Why
Monitors, link checkers and some caches ask with HEAD. RFC 9111 §4.3.5 lets a cache renew, or throw away, a stored answer because of one.

# Example
`HEAD /deep/link` → `404`, `GET /deep/link` → `200`.

# Spec
RFC 9110 §9.3.2, RFC 9111 §4.3.5.
";

fn check(record: &Record, found: &mut Found) {
    for head in record.of(Purpose::Head) {
        let Some(get) = record.plain(head).filter(|get| !get.is_refused()) else {
            continue;
        };
        if head.is_refused() {
            continue;
        }
        let url = head.url().as_str();
        let means = "what asks with HEAD (monitors, link checkers, some caches) believes something else than visitors see";
        if head.answer.status != get.answer.status {
            let seen = format!("GET → {}, HEAD → {}", get.answer.status, head.answer.status);
            found.add(
                Level::Warning,
                url,
                "HEAD has another status than GET",
                seen,
                means,
            );
            continue;
        }
        let differs = |name: &&str| {
            head.field(name)
                .is_some_and(|value| get.field(name) != Some(value))
        };
        if let Some(name) = FIELDS.iter().find(|name| differs(name)) {
            let seen = format!("GET → {}, HEAD → {}", get.seen(name), head.seen(name));
            found.add(
                Level::Warning,
                url,
                "HEAD has other fields than GET",
                seen,
                means,
            );
        }
    }
}
