//! What is right.
//!
//! Implements: RFC 9111 §4.2, RFC 8246 §2, RFC 9110 §13.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Exchange, Found, Keeps, Level, Purpose, Record, fix};
use super::{same_tag_for_codings, versions_differ};
use crate::http::exchange::Version;

pub(super) const CHECK: Check = Check {
    code: "good/caching",
    doc: DOC,
    spec: "RFC 9111 §4.2",
    fix: fix::Fix::NONE,
    examine: check,
    raises: &[
        "start GET / -> 200
content-type: text/html
cache-control: no-cache
etag: \"a\"",
        "missing-asset GET /a.js -> 404
cache-control: no-store",
        "start GET / -> 200
etag: \"a\"
---
http2 GET / -> 200
etag: \"a\"",
    ],
    passes: &[
        "start GET / -> 200
content-type: text/html
etag: \"a\"",
        "missing-asset GET /a.js -> 404
cache-control: max-age=60",
        "start GET / -> 200
etag: \"a\"
---
http2 GET / -> 200
etag: \"b\"",
    ],
};

const DOC: &str = "
# What
Something that many sites get wrong is right here: documents are validated, hashed names are kept for good, a missing asset is a 404 that
nobody keeps, validation works, codings are kept apart, HTTP/2 is no different, ranges are right.

# Why
So that a reader knows what was looked at, and what to leave as it is.

# Example
`documents are validated on each use`.

# Spec
RFC 9111 §4.2, RFC 8246 §2, RFC 9110 §13.
";

fn check(record: &Record, found: &mut Found) {
    kept(record, found);
    answered(record, found);
}

/// Says so where there is something and all of it is right.
fn good(
    found: &mut Found,
    all: &[&Exchange],
    is_right: &dyn Fn(&Exchange) -> bool,
    message: &str,
    means: &str,
) {
    if let Some(first) = all.first()
        && all.iter().all(|exchange| is_right(exchange))
    {
        let more = all.len() - 1;
        let seen = if more == 0 {
            first.path().to_owned()
        } else {
            format!("{} and {more} more", first.path())
        };
        found.add(Level::Good, first.url().as_str(), message, seen, means);
    }
}

/// What caches keep, and for how long.
fn kept(record: &Record, found: &mut Found) {
    let documents: Vec<_> = record.documents().collect();
    let is_validated = |exchange: &Exchange| {
        exchange.control().is_no_cache()
            && record.keeps(exchange) == Keeps::Validated
            && exchange.has_validator()
    };
    good(
        found,
        &documents,
        &is_validated,
        "documents are validated on each use",
        "a deploy is seen on the next visit, for the price of a 304",
    );

    let hashed: Vec<_> = record
        .assets()
        .filter(|asset| record.is_hashed(asset.path()))
        .collect();
    good(
        found,
        &hashed,
        &|asset| asset.is_immutable() && record.keeps(asset).seconds() > 0,
        "hashed names are immutable",
        "they are fetched once and never asked for again",
    );

    let missing: Vec<_> = record
        .of(Purpose::MissingAsset)
        .filter(|exchange| exchange.answer.status != 200 || exchange.is_html())
        .collect();
    let is_gone = |exchange: &Exchange| {
        exchange.answer.status == 404 && record.keeps_at_most(exchange) == Keeps::Not
    };
    good(
        found,
        &missing,
        &is_gone,
        "a missing asset is a 404 that nobody keeps",
        "a gap during a deploy heals by itself",
    );
}

/// What is answered to conditions, to codings, in HTTP/2 and to ranges.
fn answered(record: &Record, found: &mut Found) {
    let asked: Vec<_> = [
        Purpose::Tag,
        Purpose::TagInList,
        Purpose::WeakTag,
        Purpose::CodedTag,
    ]
    .into_iter()
    .flat_map(|purpose| record.pairs(purpose))
    .map(|(_, probe)| probe)
    .collect();
    good(
        found,
        &asked,
        &|probe| probe.answer.status == 304,
        "every form of validation gets a 304",
        "what did not change is never sent again",
    );

    let coded: Vec<_> = [Purpose::Gzip, Purpose::Brotli, Purpose::Zstd]
        .into_iter()
        .flat_map(|purpose| record.pairs(purpose))
        .filter(|(plain, coded)| coded.coding().is_some() && coded.coding() != plain.coding())
        .collect();
    let strangers = |exchange: &Exchange| {
        if same_tag_for_codings::twin(record, exchange).is_some() {
            return false;
        }
        let plain = record.plain(exchange);
        exchange.varies_by_coding()
            && plain.is_some_and(|plain| {
                plain.varies_by_coding()
                    && plain
                        .tag()
                        .zip(exchange.tag())
                        .is_some_and(|(one, other)| !one.strong_eq(&other))
            })
    };
    let coded: Vec<_> = coded.into_iter().map(|(_, coded)| coded).collect();
    good(
        found,
        &coded,
        &strangers,
        "codings are kept apart",
        "each has its own tag, and Vary tells caches",
    );

    let pairs: Vec<_> = record.pairs(Purpose::Http2).collect();
    let http2: Vec<_> = pairs
        .iter()
        .map(|(_, http2)| *http2)
        .filter(|http2| http2.answer.version == Version::Http2)
        .collect();
    let agrees = |http2: &Exchange| {
        let plain = record.plain(http2);
        plain.is_some_and(|plain| versions_differ::difference(plain, http2).is_none())
    };
    good(
        found,
        &http2,
        &agrees,
        "HTTP/2 is answered like HTTP/1.1",
        "what a cache may do does not depend on the connection",
    );

    let ranges: Vec<_> = [Purpose::Range, Purpose::Suffix]
        .into_iter()
        .flat_map(|purpose| record.pairs(purpose))
        .map(|(_, probe)| probe)
        .collect();
    let is_part = |probe: &Exchange| probe.answer.status == 206 && probe.answer.content.len() <= 10;
    good(
        found,
        &ranges,
        &is_part,
        "ranges are answered as asked",
        "players can seek, downloads can resume",
    );
}
