//! One strong tag for two codings.
//!
//! Implements: RFC 9110 §8.8.3.3, §8.8.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::{FieldSource, names};

pub(super) const CHECK: Check = Check {
    code: "reply/same-tag-for-codings",
    doc: DOC,
    spec: "RFC 9110 §8.8.3.3",
    fix: fix::TAG,
    examine: check,
    raises: &["start GET / -> 200
etag: \"a\"
---
gzip GET / -> 200
etag: \"a\"
content-encoding: gzip"],
    passes: &[
        "start GET / -> 200
etag: \"a\"
---
gzip GET / -> 200
etag: W/\"a\"
content-encoding: gzip",
        "start GET / -> 200
etag: \"a\"
---
gzip GET / -> 200
etag: \"a\"",
    ],
};

const DOC: &str = "
# What
The content with and without a content coding has the same strong entity tag.

# Why
A strong tag says: byte for byte the same. A cache that combines parts, or a download that resumes, may join compressed with plain bytes.
CDNs that see this may refuse to validate at all.

# Example
`ETag: \"a\"` for plain, and `ETag: \"a\"` with `Content-Encoding: gzip`.

# Spec
RFC 9110 §8.8.3.3, §8.8.1.
";

fn check(record: &Record, found: &mut Found) {
    for purpose in [Purpose::Gzip, Purpose::Brotli, Purpose::Zstd] {
        for (plain, coded) in record.pairs(purpose) {
            let is_coded = coded.answer.fields.has_field(names::CONTENT_ENCODING);
            let same = plain
                .tag()
                .zip(coded.tag())
                .is_some_and(|(plain, coded)| plain.strong_eq(&coded));
            if is_coded && same {
                let seen = format!(
                    "{} plain and in {}",
                    plain.seen(names::ETAG),
                    purpose.as_str()
                );
                let means = "caches take both for the same bytes, and may join a part of one to a part of the other";
                let message = "two codings share one strong entity tag";
                found.add(Level::Warning, coded.url().as_str(), message, seen, means);
            }
        }
    }
}
