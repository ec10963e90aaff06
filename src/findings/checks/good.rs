//! What is right.
//!
//! Implements: RFC 9111 §4.2, RFC 8246 §2, RFC 9110 §13.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Exchange, Found, Keeps, Level, Purpose, Record, fix};
use crate::http::{FieldSource, names};

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
    ],
    passes: &[
        "start GET / -> 200
content-type: text/html
etag: \"a\"",
        "missing-asset GET /a.js -> 404
cache-control: max-age=60",
    ],
};

const DOC: &str = "
# What
Something that many sites get wrong is right here: documents are validated, hashed names are kept for good, a missing asset is a 404 that
nobody keeps, validation works, codings are kept apart, ranges are right.

# Why
So that a reader knows what was looked at, and what to leave as it is.

# Example
`documents are validated on each use`.

# Spec
RFC 9111 §4.2, RFC 8246 §2, RFC 9110 §13.
";

fn check(record: &Record, found: &mut Found) {
    let mut good =
        |all: &[&Exchange], is_right: &dyn Fn(&Exchange) -> bool, message: &str, means: &str| {
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
        };
    let documents: Vec<_> = record.documents().collect();
    let is_validated = |exchange: &Exchange| {
        exchange.control().is_no_cache()
            && record.keeps(exchange) == Keeps::Validated
            && exchange.has_validator()
    };
    good(
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
        &hashed,
        &|asset| asset.is_immutable() && record.keeps(asset).seconds() > 0,
        "hashed names are immutable",
        "they are fetched once and never asked for again",
    );

    let missing: Vec<_> = record
        .of(Purpose::MissingAsset)
        .filter(|exchange| exchange.answer.status != 200 || exchange.is_html())
        .collect();
    let is_gone =
        |exchange: &Exchange| exchange.answer.status == 404 && record.keeps(exchange) == Keeps::Not;
    good(
        &missing,
        &is_gone,
        "a missing asset is a 404 that nobody keeps",
        "a gap during a deploy heals by itself",
    );

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
        &asked,
        &|probe| probe.answer.status == 304,
        "every form of validation gets a 304",
        "what did not change is never sent again",
    );

    let coded: Vec<_> = [Purpose::Gzip, Purpose::Brotli, Purpose::Zstd]
        .into_iter()
        .flat_map(|purpose| record.pairs(purpose))
        .filter(|(_, coded)| coded.answer.fields.has_field(names::CONTENT_ENCODING))
        .collect();
    let strangers = |exchange: &Exchange| {
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
        &coded,
        &strangers,
        "codings are kept apart",
        "each has its own tag, and Vary tells caches",
    );

    let ranges: Vec<_> = [Purpose::Range, Purpose::Suffix]
        .into_iter()
        .flat_map(|purpose| record.pairs(purpose))
        .map(|(_, probe)| probe)
        .collect();
    let is_part = |probe: &Exchange| probe.answer.status == 206 && probe.answer.content.len() <= 10;
    good(
        &ranges,
        &is_part,
        "ranges are answered as asked",
        "players can seek, downloads can resume",
    );
}
