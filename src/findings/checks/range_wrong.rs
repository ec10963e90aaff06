//! Other bytes than were asked for.
//!
//! Implements: RFC 9110 §14.1.2, §14.4, §15.3.7.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Exchange, Found, Level, Purpose, Record, fix};
use crate::http::names;

pub(super) const CHECK: Check = Check {
    code: "reply/range-wrong",
    doc: DOC,
    spec: "RFC 9110 §14.1.2",
    fix: fix::Fix::only(
        "answer ranges as RFC 9110 §14 has them, or not at all: a 200 with everything is always right",
    ),
    examine: check,
    raises: &["start GET / -> 200

0123456789abcdef
---
suffix GET / -> 206
> Range: bytes=-5
content-range: bytes 0-5/16

012345"],
    passes: &[
        "start GET / -> 200

0123456789abcdef
---
suffix GET / -> 206
> Range: bytes=-5
content-range: bytes 11-15/16

bcdef",
        "start GET / -> 200

0123456789abcdef
---
range GET / -> 200

0123456789abcdef",
    ],
};

const DOC: &str = "
# What
A 206 holds other bytes than the request asked for, or `Content-Range` says something else than what was sent.

# Why
Players that seek, downloads that resume and caches that combine parts put the bytes where they believe they belong: the file is corrupt.

# Example
`Range: bytes=-5` (the last five) → the first six.

# Spec
RFC 9110 §14.1.2, §14.4, §15.3.7.
";

fn check(record: &Record, found: &mut Found) {
    for (purpose, range) in [(Purpose::Range, "bytes=0-9"), (Purpose::Suffix, "bytes=-5")] {
        for (plain, probe) in record.pairs(purpose) {
            if probe.answer.status == 206
                && plain.is_whole()
                && probe.is_whole()
                && !is_right(purpose, plain, probe)
            {
                let seen = format!(
                    "Range: {range} → {}, {} bytes",
                    probe.seen(names::CONTENT_RANGE),
                    probe.answer.content.len()
                );
                let means = "what seeks or resumes puts these bytes in the wrong place";
                let message = "a range is answered with other bytes";
                found.add(Level::Error, probe.url().as_str(), message, seen, means);
            }
        }
    }
}

fn is_right(purpose: Purpose, plain: &Exchange, probe: &Exchange) -> bool {
    let whole = &plain.answer.content;
    let (first, last) = match purpose {
        Purpose::Suffix => (whole.len().saturating_sub(5), whole.len().saturating_sub(1)),
        _ => (0, 9.min(whole.len().saturating_sub(1))),
    };
    let wanted = whole.get(first..=last).unwrap_or_default();
    let said = format!("bytes {first}-{last}/");
    probe.answer.content == wanted
        && probe
            .field(names::CONTENT_RANGE)
            .is_some_and(|text| text.starts_with(&said))
}
