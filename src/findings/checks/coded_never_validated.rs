//! Coded content that is never validated.
//!
//! Implements: RFC 9110 §13.1.2, §8.8.3.3.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "reply/coded-never-validated",
    doc: DOC,
    spec: "RFC 9110 §13.1.2",
    fix: fix::CONDITION,
    examine: check,
    raises: &["start GET / -> 200
---
coded-tag GET / -> 200
> If-None-Match: \"a-gzip\"
etag: \"a-gzip\""],
    passes: &[
        "start GET / -> 200
---
coded-tag GET / -> 304
> If-None-Match: \"a-gzip\"
etag: \"a-gzip\"",
        "start GET / -> 200
---
coded-tag GET / -> 200
> If-None-Match: \"a-gzip\"
etag: \"b-gzip\"",
    ],
};

const DOC: &str = "
# What
The tag that came with coded content gets no 304 when the same client asks with it.

# Why
Browsers accept codings, so theirs are the coded tags. A server that changes the tag while compressing and does not know it again sends
everything each time, and no test with a plain client shows it.

# Example
`ETag: \"a-gzip\"`; `If-None-Match: \"a-gzip\"` → `200`.

# Spec
RFC 9110 §13.1.2, §8.8.3.3.
";

fn check(record: &Record, found: &mut Found) {
    for (_, probe) in record.pairs(Purpose::CodedTag) {
        let asked = probe
            .ask
            .fields
            .get("If-None-Match")
            .map(ToString::to_string);
        let tag = probe.tag().map(|tag| tag.as_str().to_owned());
        if probe.answer.status == 200 && asked.is_some() && asked == tag {
            let seen = format!("If-None-Match: {} → 200", asked.unwrap_or_default());
            let means = "browsers download it on every visit";
            let message = "the tag of coded content is not recognised";
            found.add(Level::Warning, probe.url().as_str(), message, seen, means);
        }
    }
}
