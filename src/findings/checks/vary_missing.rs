//! Codings that caches cannot tell apart.
//!
//! Implements: RFC 9110 §12.5.5, RFC 9111 §4.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::names;

pub(super) const CHECK: Check = Check {
    code: "reply/vary-missing",
    doc: DOC,
    spec: "RFC 9110 §12.5.5",
    fix: fix::VARY,
    examine: check,
    raises: &[
        "start GET / -> 200
---
gzip GET / -> 200
content-encoding: gzip",
        "start GET / -> 200
---
br GET / -> 200
content-encoding: br
vary: accept-encoding",
    ],
    passes: &[
        "start GET / -> 200
vary: Accept-Encoding
---
gzip GET / -> 200
content-encoding: gzip
vary: Origin, accept-encoding",
        "start GET / -> 200
---
gzip GET / -> 200",
        "start GET / -> 200
content-encoding: gzip
---
br GET / -> 200
content-encoding: gzip",
    ],
};

const DOC: &str = "
# What
The content comes in a coding to those who accept it, and `Vary` does not say so.

# Why
A shared cache that stored the compressed answer gives it to everybody, and one that stored the plain answer compresses nothing for
anybody. `Vary: Accept-Encoding` belongs on both.

# Example
`Content-Encoding: gzip` and no `Vary`: nginx without `gzip_vary on`.

# Spec
RFC 9110 §12.5.5, RFC 9111 §4.1.
";

fn check(record: &Record, found: &mut Found) {
    for purpose in [Purpose::Gzip, Purpose::Brotli, Purpose::Zstd] {
        for (plain, coded) in record.pairs(purpose) {
            // Where everybody gets the same coding, nothing depends on what is accepted.
            let Some(coding) = coded
                .coding()
                .filter(|coding| plain.coding().as_ref() != Some(coding))
            else {
                continue;
            };
            let url = coded.url().as_str();
            let seen = format!("Content-Encoding: {coding}; {}", coded.seen(names::VARY));
            if !coded.varies_by_coding() {
                let means = "a CDN gives the compressed answer to clients that cannot read it";
                let message = "a coded answer does not say that it depends on Accept-Encoding";
                found.add(Level::Error, url, message, seen, means);
            } else if !plain.varies_by_coding() {
                let seen = format!(
                    "plain: {}; in {coding}: {}",
                    plain.seen(names::VARY),
                    coded.seen(names::VARY)
                );
                let means = "a CDN that stored the plain answer first sends it to everybody: nothing is compressed";
                let message = "the plain answer does not say that there is a coded one";
                found.add(Level::Warning, url, message, seen, means);
            }
        }
    }
}
