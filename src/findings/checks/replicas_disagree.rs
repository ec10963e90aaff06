//! The same question, two answers.
//!
//! Implements: RFC 9110 §8.8.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::{DirectiveName, names};

pub(super) const CHECK: Check = Check {
    code: "reply/replicas-disagree",
    doc: DOC,
    spec: "RFC 9110 §8.8.1",
    fix: fix::TAG,
    examine: check,
    raises: &[
        "start GET / -> 200
etag: \"a\"

hi
---
again GET / -> 200
etag: \"b\"

hi",
        "start GET / -> 200

hi
---
again GET / -> 200

ho",
    ],
    passes: &[
        "start GET / -> 200
etag: \"a\"

hi
---
again GET / -> 200
etag: \"a\"

hi",
        "start GET / -> 200
etag: \"a\"

hi
---
again GET / -> 503
etag: \"a\"",
        "start GET / -> 200
etag: \"a\"
---
again GET / -> 429",
        "start GET / -> 200
cache-control: no-store

hi
---
again GET / -> 200

ho",
    ],
};

const DOC: &str = "
# What
The same request, repeated on new connections, gets different validators or different content.

# Why
Several replicas serve different builds, or make tags from times and inodes of their own. A visitor who meets another replica gets everything
again although nothing changed; or a document from one release and its scripts from another.

# Example
`ETag: \"a\"`, then `ETag: \"b\"`, with the same bytes.

# Spec
RFC 9110 §8.8.1.
";

fn check(record: &Record, found: &mut Found) {
    for (plain, again) in record.pairs(Purpose::Again) {
        let url = again.url().as_str();
        // What may not be stored may be made anew each time.
        let is_settled = !plain.control().has(DirectiveName::NoStore);
        if again.answer.status != 200 || !plain.is_whole() || !again.is_whole() || !is_settled {
            continue;
        }
        if plain.answer.content != again.answer.content {
            let seen = format!(
                "{} bytes, then {} bytes",
                plain.answer.content.len(),
                again.answer.content.len()
            );
            let means = "a document and its scripts may come from different releases";
            found.add(
                Level::Warning,
                url,
                "the same request gets different content",
                seen,
                means,
            );
        } else if plain.field(names::ETAG) != again.field(names::ETAG) {
            let seen = format!(
                "{}, then {}, for the same bytes",
                plain.seen(names::ETAG),
                again.seen(names::ETAG)
            );
            let means = "a visitor who meets another replica downloads everything again";
            found.add(
                Level::Warning,
                url,
                "the same content has different entity tags",
                seen,
                means,
            );
        }
    }
}
