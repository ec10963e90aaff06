//! A hashed name that is not kept.
//!
//! Implements: RFC 8246 §2, RFC 9111 §4.2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::words::spell;
use super::super::{Check, Found, Keeps, Level, Record, fix};

/// Less than this, and a visitor who comes once a month asks for everything again.
const LONG: u64 = 30 * 24 * 3600;

pub(super) const CHECK: Check = Check {
    code: "reply/asset-not-immutable",
    doc: DOC,
    spec: "RFC 8246 §2",
    fix: fix::ASSET,
    examine: check,
    raises: &[
        "asset GET /assets/index-B7xq9Z1c.js -> 200
content-type: text/javascript
etag: \"a\"",
        "asset GET /main.617c794d.js -> 200
content-type: text/javascript
cache-control: no-cache",
    ],
    passes: &[
        "asset GET /assets/index-B7xq9Z1c.js -> 200
content-type: text/javascript
cache-control: max-age=31536000, immutable",
        "asset GET /app.js -> 200
content-type: text/javascript
cache-control: no-cache",
    ],
};

const DOC: &str = "
# What
The name of an asset carries a hash of its content, and caches may not keep it for long, or ask again on reload.

# Why
Such a name can never mean anything else. Every question about it is a round trip for nothing: a hundred chunks, a hundred 304s.

# Example
`/assets/index-B7xq9Z1c.js` with `no-cache`, or with nothing.

# Spec
RFC 8246 §2, RFC 9111 §4.2.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record
        .assets()
        .filter(|exchange| record.is_hashed(exchange.path()))
    {
        let keeps = record.keeps(exchange);
        if exchange.is_immutable() && keeps.seconds() >= LONG {
            continue;
        }
        let (level, means) = match keeps {
            Keeps::For(seconds) if seconds >= LONG => (
                Level::Note,
                "some browsers ask for it again on every reload, and get a 304".to_owned(),
            ),
            Keeps::For(seconds) => (Level::Note, format!("it is asked for again after {}", spell(seconds))),
            Keeps::Guessed(_) => (Level::Warning, "every cache guesses how long it may keep it".to_owned()),
            Keeps::Validated if exchange.control().is_no_cache() => (
                Level::Note,
                "it is asked for again on every visit, and gets a 304; that is safe, and needless where the name is known to follow the content".to_owned(),
            ),
            Keeps::Validated => (Level::Warning, "it is asked for again on every visit".to_owned()),
            Keeps::Not => (Level::Warning, "it is downloaded again on every visit".to_owned()),
        };
        let message = "a name that looks hashed is not kept for good";
        found.add(
            level,
            exchange.url().as_str(),
            message,
            exchange.seen_control(),
            means,
        );
    }
}
