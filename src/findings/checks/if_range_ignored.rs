//! A part of what is no longer there.
//!
//! Implements: RFC 9110 §13.1.5.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "reply/if-range-ignored",
    doc: DOC,
    spec: "RFC 9110 §13.1.5",
    fix: fix::Fix::only(
        "evaluate `If-Range`, or answer every request that has it with the whole content",
    ),
    examine: check,
    raises: &["start GET / -> 200
etag: \"a\"
---
if-other-range GET / -> 206
> If-Range: \"b\""],
    passes: &[
        "start GET / -> 200
etag: \"a\"
---
if-other-range GET / -> 200
> If-Range: \"b\"",
        "start GET / -> 200
etag: \"a\"
---
if-range GET / -> 206
> If-Range: \"a\"",
    ],
};

const DOC: &str = "
# What
A request with `If-Range` and a tag that is not the current one gets a part, instead of the whole.

# Why
`If-Range` asks: this part if the file is still the same, else all of it. A server that ignores it lets a download continue after a deploy
with the second half of another file.

# Example
`If-Range: \"old\"`, `Range: bytes=0-9` → `206`.

# Spec
RFC 9110 §13.1.5.
";

fn check(record: &Record, found: &mut Found) {
    for (_, probe) in record.pairs(Purpose::IfOtherRange) {
        if probe.answer.status == 206 {
            let means = "a download that resumes after a deploy is made of two different files";
            let message = "`If-Range` with an old tag still gets a part";
            found.add(
                Level::Error,
                probe.url().as_str(),
                message,
                "If-Range with another tag → 206",
                means,
            );
        }
    }
}
