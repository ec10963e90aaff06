//! A query that changes the policy.
//!
//! Implements: RFC 9111 §2 (the cache key).
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::names;

pub(super) const CHECK: Check = Check {
    code: "reply/query-differs",
    doc: DOC,
    spec: "RFC 9111 §2",
    fix: fix::Fix::only("let the query of a static file change nothing"),
    examine: check,
    raises: &[
        "start GET / -> 200
cache-control: no-cache
---
query GET /?larder-check=1 -> 200",
        "start GET / -> 200
---
query GET /?larder-check=1 -> 404",
    ],
    passes: &["start GET / -> 200
cache-control: no-cache
---
query GET /?larder-check=1 -> 200
cache-control: no-cache"],
};

const DOC: &str = "
# What
The same file has another policy or other content when its URL has a query.

# Why
Campaigns, trackers and old cache busters add queries to every URL. To caches each is a resource of its own; to the site it should be the
same.

# Example
`/` has `no-cache`, `/?utm_source=x` has nothing.

# Spec
RFC 9111 §2 (the cache key).
";

fn check(record: &Record, found: &mut Found) {
    for (plain, query) in record.pairs(Purpose::Query) {
        if query.is_refused() {
            continue;
        }
        if query.answer.status != 200 || plain.control() != query.control() {
            let seen = format!(
                "without: {}, {}; with: {}, {}",
                plain.answer.status,
                plain.seen(names::CACHE_CONTROL),
                query.answer.status,
                query.seen(names::CACHE_CONTROL)
            );
            let means = "visitors who come by a link with a query get another policy";
            let message = "a query changes the answer";
            found.add(Level::Warning, query.url().as_str(), message, seen, means);
        }
    }
}
