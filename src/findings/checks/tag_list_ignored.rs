//! Tags compared as text.
//!
//! Implements: RFC 9110 §13.1.2, §8.8.3.2 (weak comparison).
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "reply/tag-list-ignored",
    doc: DOC,
    spec: "RFC 9110 §13.1.2",
    fix: fix::CONDITION,
    examine: check,
    raises: &[
        "start GET / -> 200
etag: \"a\"
---
tag-in-list GET / -> 200
> If-None-Match: \"b\", \"a\"
etag: \"a\"",
        "start GET / -> 200
etag: \"a\"
---
weak-tag GET / -> 200
> If-None-Match: W/\"a\"
etag: \"a\"",
    ],
    passes: &[
        "start GET / -> 200
etag: \"a\"
---
tag-in-list GET / -> 304
> If-None-Match: \"b\", \"a\"
etag: \"a\"",
        "start GET / -> 200
etag: \"a\"
---
any-tag GET / -> 200
> If-None-Match: *",
    ],
};

const DOC: &str = "
# What
`If-None-Match` is compared as a whole: a list of tags or the weak form of the tag is not recognised.

# Why
A cache that holds several answers asks with all their tags. A CDN or proxy that compresses makes a strong tag weak (`W/\"a\"`), and browsers
ask with that. Both get the whole content, each time.

# Example
`If-None-Match: \"x\", \"a\"` → `200`, `ETag: \"a\"`.

# Spec
RFC 9110 §13.1.2, §8.8.3.2 (weak comparison).
";

fn check(record: &Record, found: &mut Found) {
    let ways = [
        (
            Purpose::TagInList,
            "a list that holds the tag is not recognised",
            "a cache that asks for several stored answers at once gets the whole content",
        ),
        (
            Purpose::WeakTag,
            "the weak form of the tag is not recognised",
            "behind a CDN or proxy that compresses, tags come back weak: no visitor ever gets a 304",
        ),
    ];
    for (purpose, message, means) in ways {
        for (plain, probe) in record.pairs(purpose) {
            if probe.answer.status == 200 && probe.tag() == plain.tag() {
                let asked = probe
                    .ask
                    .fields
                    .get("If-None-Match")
                    .map(ToString::to_string)
                    .unwrap_or_default();
                found.add(
                    Level::Warning,
                    probe.url().as_str(),
                    message,
                    format!("If-None-Match: {asked} → 200"),
                    means,
                );
            }
        }
    }
}
