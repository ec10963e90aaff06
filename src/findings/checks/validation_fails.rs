//! A question that is not answered.
//!
//! Implements: RFC 9110 §13.1.2, §13.1.3, §15.4.5.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::names;

pub(super) const CHECK: Check = Check {
    code: "reply/validation-fails",
    doc: DOC,
    spec: "RFC 9110 §13.1.2",
    fix: fix::CONDITION,
    examine: check,
    raises: &[
        "start GET / -> 200
etag: \"a\"
---
tag GET / -> 200
> If-None-Match: \"a\"
etag: \"a\"",
        "start GET / -> 200
etag: \"a\"
---
other-tag GET / -> 304
> If-None-Match: \"b\"",
    ],
    passes: &[
        "start GET / -> 200
etag: \"a\"
---
tag GET / -> 304
> If-None-Match: \"a\"
etag: \"a\"",
        "start GET / -> 200
etag: \"a\"
---
tag GET / -> 200
> If-None-Match: \"a\"
etag: \"b\"",
    ],
};

const DOC: &str = "
# What
A conditional request with the validator that the server itself sent gets the whole content instead of a 304; or one with another tag gets
a 304.

# Why
The first makes validation cost as much as a download. The second keeps old content alive for as long as the server says so.

# Example
`If-None-Match: \"a\"` → `200`, `ETag: \"a\"`.

# Spec
RFC 9110 §13.1.2, §13.1.3, §15.4.5.
";

fn check(record: &Record, found: &mut Found) {
    for (purpose, name) in [
        (Purpose::Tag, names::IF_NONE_MATCH),
        (Purpose::Date, names::IF_MODIFIED_SINCE),
    ] {
        for (plain, probe) in record.pairs(purpose) {
            // A tag that changes from answer to answer is another finding.
            if probe.answer.status == 200 && probe.tag() == plain.tag() {
                let asked = probe
                    .ask
                    .fields
                    .get(name)
                    .map(ToString::to_string)
                    .unwrap_or_default();
                // Who has a tag asks with it, and the date does not count (§13.1.3).
                let (level, means) = if purpose == Purpose::Date && plain.tag().is_some() {
                    (
                        Level::Note,
                        "caches that only know dates download it each time",
                    )
                } else {
                    (Level::Warning, "every validation is a download")
                };

                let message = "validation with the server's own validator gets the whole content";
                found.add(
                    level,
                    probe.url().as_str(),
                    message,
                    format!("{name}: {asked} → 200"),
                    means,
                );
            }
        }
    }
    for (_, probe) in record.pairs(Purpose::OtherTag) {
        if probe.answer.status == 304 {
            let means =
                "caches keep what they have, whatever it is, for as long as the server answers so";
            let message = "a tag that was never sent is taken for the current one";
            found.add(
                Level::Error,
                probe.url().as_str(),
                message,
                "If-None-Match with another tag → 304",
                means,
            );
        }
    }
}
