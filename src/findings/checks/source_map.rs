//! The source, for everybody.
//!
//! Implements: RFC 9110 §17.1; ECMA-426.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "reply/source-map",
    doc: DOC,
    spec: "RFC 9110 §17.1",
    fix: fix::Fix {
        text: "leave source maps out of the deploy where the source is nobody's business, or keep them: it is a choice",
        lines: fix::PRIVATE.lines,
    },
    examine: check,
    raises: &["source-map GET /a.js.map -> 200

{\"version\":3}"],
    passes: &[
        // Then it is worse than a note, and told as such.
        "private *.map
---
source-map GET /a.js.map -> 200

{\"version\":3}",
        "source-map GET /a.js.map -> 404",
        "source-map GET /a.js.map -> 200
content-type: text/html

<p>",
    ],
};

const DOC: &str = "
# What
A source map is public.

# Why
It holds the original source with its comments. That is a choice, and it should be one.

# Example
`GET /assets/index-B7xq9Z1c.js.map` → `200`.

# Spec
RFC 9110 §17.1; ECMA-426.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.of(Purpose::SourceMap) {
        let is_map = exchange.answer.status == 200 && exchange.answer.content.starts_with(b"{");
        if is_map && !record.is_private(exchange) {
            let means = "whoever opens the developer tools reads the original source";
            let message = "a source map is public";
            found.add(
                Level::Note,
                exchange.url().as_str(),
                message,
                exchange.seen_status(),
                means,
            );
        }
    }
}
