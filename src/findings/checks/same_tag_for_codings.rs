//! One strong tag for two codings.
//!
//! Implements: RFC 9110 §8.8.3.3, §8.8.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Exchange, Found, Level, Purpose, Record, fix};
use crate::http::names;

pub(super) const CHECK: Check = Check {
    code: "reply/same-tag-for-codings",
    doc: DOC,
    spec: "RFC 9110 §8.8.3.3",
    fix: fix::TAG,
    examine: check,
    raises: &[
        "start GET / -> 200
etag: \"a\"
---
gzip GET / -> 200
etag: \"a\"
content-encoding: gzip",
        "start GET / -> 200
etag: \"a\"
---
gzip GET / -> 200
etag: \"coded\"
content-encoding: gzip
---
br GET / -> 200
etag: \"coded\"
content-encoding: br",
    ],
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
        "start GET / -> 200
etag: \"a\"
content-encoding: gzip
---
br GET / -> 200
etag: \"a\"
content-encoding: gzip",
    ],
};

const DOC: &str = "
# What
The content with and without a content coding, or in two of them, has the same strong entity tag.

# Why
A strong tag says: byte for byte the same. A cache that combines parts, or a download that resumes, may join compressed with plain bytes.
CDNs that see this may refuse to validate at all.

# Example
`ETag: \"a\"` for plain, and `ETag: \"a\"` with `Content-Encoding: gzip`.

# Spec
RFC 9110 §8.8.3.3, §8.8.1.
";

const CODINGS: [Purpose; 3] = [Purpose::Gzip, Purpose::Brotli, Purpose::Zstd];

/// What has the strong tag of `coded` in another coding: plain, or in one that is asked for before.
pub(super) fn twin<'r>(record: &'r Record, coded: &Exchange) -> Option<&'r Exchange> {
    let coding = coded.coding()?;
    let tag = coded.tag()?;
    let before = CODINGS.into_iter().take_while(|one| *one != coded.purpose);
    let others = before.flat_map(|purpose| record.of(purpose));
    record
        .plain(coded)
        .into_iter()
        .chain(others.filter(|other| other.url() == coded.url()))
        .filter(|other| other.coding().as_ref() != Some(&coding))
        .find(|other| other.tag().is_some_and(|other| other.strong_eq(&tag)))
}

fn check(record: &Record, found: &mut Found) {
    for purpose in CODINGS {
        for (_, coded) in record.pairs(purpose) {
            if let Some(twin) = twin(record, coded) {
                let name = |exchange: &Exchange| exchange.coding().unwrap_or("plain".to_owned());
                let seen = format!(
                    "{} for {} and for {}",
                    coded.seen(names::ETAG),
                    name(twin),
                    name(coded)
                );
                let means = "caches take both for the same bytes, and may join a part of one to a part of the other";
                let message = "two codings share one strong entity tag";
                found.add(Level::Warning, coded.url().as_str(), message, seen, means);
            }
        }
    }
}
