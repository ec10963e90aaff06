//! A reference that leads nowhere.
//!
//! Implements: RFC 9110 §15.5.5.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::MediaType;

pub(super) const CHECK: Check = Check {
    code: "reply/broken-reference",
    doc: DOC,
    spec: "RFC 9110 §15.5.5",
    fix: fix::Fix::only(
        "deploy assets before the documents that name them, and keep those of the release before",
    ),
    examine: check,
    raises: &[
        "asset GET /a.js -> 404",
        "asset GET /a.css -> 200
content-type: text/html",
    ],
    passes: &[
        "asset GET /a.js -> 200
content-type: text/javascript",
        "missing-asset GET /a.js -> 404",
        // Of a folder more is known: site/dangling-reference says who names it.
        "file /index.html
---
asset GET /a.js -> 404",
    ],
};

const DOC: &str = "
# What
A document, style or script refers to a file of its own host that is not there: 404, or the document of the app in its place.

# Why
The page is incomplete for everybody, now. Often one half of a deploy has arrived.

# Example
`<script src=\"/assets/index-B7xq9Z1c.js\">` → `404`.

# Spec
RFC 9110 §15.5.5.
";

fn check(record: &Record, found: &mut Found) {
    let is_folder = !record.site.paths.is_empty();
    if is_folder {
        return;
    }
    for exchange in record.of(Purpose::Asset) {
        let masked = exchange.answer.status == 200
            && exchange.is_html()
            && !MediaType::of_path(exchange.path()).is_document();
        if exchange.answer.status < 400 && !masked {
            continue;
        }
        let vital = matches!(
            MediaType::of_path(exchange.path()).essence(),
            "text/javascript" | "text/css"
        );
        let level = if vital { Level::Error } else { Level::Warning };
        let means = "the page is incomplete for everybody who visits it now";
        let message = "something that the site refers to is not there";
        found.add(
            level,
            exchange.url().as_str(),
            message,
            exchange.seen_status(),
            means,
        );
    }
}
