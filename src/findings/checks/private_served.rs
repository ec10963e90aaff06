//! Something that is for nobody, and there for everybody.
//!
//! Implements: RFC 9110 §17.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Exchange, Found, Level, Record, fix};

pub(in crate::findings) const CHECK: Check = Check {
    code: "reply/private-served",
    doc: DOC,
    spec: "RFC 9110 §17.1",
    fix: fix::PRIVATE,
    examine: check,
    raises: &[
        "private *.map
---
source-map GET /a.js.map -> 200
content-type: application/json

{\"version\":3}",
        "private /drafts/**
---
asset GET /drafts/n%C3%A4chstes.js -> 200
content-type: text/javascript",
        "private /drafts/next.html
---
start GET / -> 200
content-type: text/html

<p>now
---
private GET /drafts/next.html -> 200
content-type: text/html

<p>next",
        "for-nobody /a.js.map",
    ],
    passes: &[
        "private *.map
---
source-map GET /a.js.map -> 404",
        "source-map GET /a.js.map -> 200
content-type: application/json

{\"version\":3}",
        "private /drafts/next.html
---
start GET / -> 200
content-type: text/html

<p>now
---
private GET /drafts/next.html -> 200
content-type: text/html

<p>now",
        "file /a.js.map",
    ],
};

const DOC: &str = "
# What
A policy calls something private (`site.private`), and a server answers it; or it lies in the folder that was looked at.

# Why
Source maps hold the original source with its comments, drafts what nobody is to read yet. Whoever guesses the name has it, and caches keep it
after it is gone. larder withholds what is private; the same folder on another server is not safe.

# Example
`private = [\"*.map\"]`, and `GET /assets/index-B7xq9Z1c.js.map` → `200`.

# Spec
RFC 9110 §17.1.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.exchanges.iter().filter(|one| is_served(record, one)) {
        found.add(
            Level::Error,
            exchange.url().as_str(),
            "what the policy calls private is served",
            exchange.seen_status(),
            "whoever asks for it has it, and caches on the way keep it",
        );
    }
    for path in &record.site.private {
        found.add(
            Level::Note,
            path.as_str(),
            "something private lies in the folder",
            "site.private lists it",
            "larder withholds it; another server would give it to whoever asks",
        );
    }
}

/// An answer of its own, and not the document that a single-page app gives to everybody.
fn is_served(record: &Record, exchange: &Exchange) -> bool {
    let is_the_app = exchange.is_html()
        && record
            .documents()
            .any(|document| document.answer.content == exchange.answer.content);
    // Conditions and codings of the same would tell the same again.
    record.is_private(exchange)
        && exchange.answer.status == 200
        && (exchange.purpose.is_plain() || exchange.purpose.is_uninvited())
        && !is_the_app
}
