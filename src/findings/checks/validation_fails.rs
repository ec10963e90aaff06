//! A question that is not answered.
//!
//! Implements: RFC 9110 §13.1.2, §13.1.3, §15.4.5.
//!
//! Uses: the record, http · Never: sockets, files

use std::collections::BTreeSet;

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
tag-in-list GET / -> 500
> If-None-Match: \"b\", \"a\"",
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
        "start GET / -> 200
etag: \"a\"
---
tag GET / -> 429
> If-None-Match: \"a\"",
    ],
};

const DOC: &str = "
# What
A conditional request with the validator that the server itself sent gets the whole content instead of a 304, or an error; or one with another
tag gets a 304.

# Why
The first makes validation cost as much as a download, and an error is all that returning visitors see. The last keeps old content alive for as
long as the server says so.

# Example
`If-None-Match: \"a\"` → `200`, `ETag: \"a\"`.

# Spec
RFC 9110 §13.1.2, §13.1.3, §15.4.5.
";

/// What those ask who have a stored answer.
const CONDITIONS: [(Purpose, &str); 5] = [
    (Purpose::Tag, names::IF_NONE_MATCH),
    (Purpose::TagInList, names::IF_NONE_MATCH),
    (Purpose::WeakTag, names::IF_NONE_MATCH),
    (Purpose::CodedTag, names::IF_NONE_MATCH),
    (Purpose::Date, names::IF_MODIFIED_SINCE),
];

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
    let mut failing = BTreeSet::new();
    for probe in CONDITIONS.iter().flat_map(|(purpose, name)| {
        let probes = record.pairs(*purpose).map(|(_, probe)| probe);
        probes.map(move |probe| (probe, name))
    }) {
        let (probe, name) = probe;
        if probe.answer.status < 400 || probe.is_refused() || !failing.insert(probe.path()) {
            continue;
        }
        let asked = probe.ask.fields.get(name);
        let asked = asked.map(ToString::to_string).unwrap_or_default();
        found.add(
            Level::Error,
            probe.url().as_str(),
            "validation gets an error",
            format!("{name}: {asked} → {}", probe.answer.status),
            "whoever has been here before gets the error instead of the page",
        );
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
