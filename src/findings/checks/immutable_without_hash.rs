//! A name that stays while the content changes, kept for long.
//!
//! Implements: RFC 8246 §2, RFC 9111 §4.2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::words::spell;
use super::super::{Check, Found, Keeps, Level, Record, fix};

const DAY: u64 = 24 * 3600;

pub(super) const CHECK: Check = Check {
    code: "reply/immutable-without-hash",
    doc: DOC,
    spec: "RFC 8246 §2",
    fix: fix::ASSET,
    examine: check,
    raises: &[
        "asset GET /logo.svg -> 200
content-type: image/svg+xml
cache-control: max-age=31536000, immutable",
        "asset GET /assets/plain.js -> 200
content-type: text/javascript
cache-control: max-age=31536000",
    ],
    passes: &[
        "asset GET /logo.svg -> 200
content-type: image/svg+xml
cache-control: max-age=3600",
        "asset GET /a-B7xq9Z1c.js -> 200
content-type: text/javascript
cache-control: max-age=31536000, immutable",
    ],
};

const DOC: &str = "
# What
An asset whose name carries no hash of its content is `immutable`, or may be used for more than a day without asking.

# Why
The next deploy changes the bytes under the same URL, and nobody who has the old ones will ask. With `immutable` not even a reload helps.

# Example
`/logo.svg` with `max-age=31536000`, because its suffix is that of an image.

# Spec
RFC 8246 §2, RFC 9111 §4.2.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record
        .assets()
        // A query that the reference has is there to change with the content.
        .filter(|exchange| !record.is_hashed(exchange.path()) && exchange.url().query().is_none())
    {
        let (immutable, keeps) = (exchange.is_immutable(), record.keeps(exchange));
        let Keeps::For(seconds) = keeps else { continue };
        if seconds <= DAY && !immutable {
            continue;
        }
        let (level, even) = if immutable {
            (Level::Error, ", and a reload does not help")
        } else {
            (Level::Warning, "")
        };
        let means = format!(
            "after a change, visitors keep the old content for up to {}{even}",
            spell(seconds)
        );
        let message = "a name that stays while its content changes is kept for long";
        found.add(
            level,
            exchange.url().as_str(),
            message,
            exchange.seen_control(),
            means,
        );
    }
}
