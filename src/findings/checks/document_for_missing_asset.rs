//! A document in the place of an asset that is not there.
//!
//! Implements: RFC 9110 §15.5.5 (404), RFC 9111 §4.2 (how long it is kept).
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "reply/document-for-missing-asset",
    doc: DOC,
    spec: "RFC 9110 §15.5.5",
    fix: fix::MISSING,
    examine: check,
    raises: &[
        "missing-asset GET /assets/a.js -> 200
content-type: text/html
cache-control: max-age=31536000, immutable",
        "missing-asset GET /assets/a.css -> 200
content-type: text/html; charset=utf-8",
    ],
    passes: &[
        "missing-asset GET /assets/a.js -> 404
content-type: text/html",
        "missing-asset GET /favicon.ico -> 200
content-type: image/x-icon",
        "deep-link GET /a/route -> 200
content-type: text/html",
    ],
};

const DOC: &str = "
# What
A script, style or image that does not exist is answered with 200 and an HTML document: the fallback of a single-page app, which is meant
for routes.

# Why
After a deploy, pages that are still open ask for the files of the release before. Instead of an error that they could handle they get HTML
as a script (\"Unexpected token '<'\"). Where the answer has a lifetime, browsers and CDNs keep it under the asset's URL: when the file is
there again, visitors still get the document, until somebody clears their cache.

# Example
`GET /assets/old-deadbeef.js` → `200 text/html`, `Cache-Control: public, max-age=31536000, immutable`.

# Spec
RFC 9110 §15.5.5 (404), RFC 9111 §4.2 (how long it is kept).
";

fn check(record: &Record, found: &mut Found) {
    let missing = record
        .of(Purpose::MissingAsset)
        .filter(|exchange| exchange.answer.status == 200 && exchange.is_html());
    for exchange in missing {
        let keeps = record.keeps_at_most(exchange);
        let (level, means) = if keeps.is_kept() {
            let kept = keeps.spelt();
            let means = format!(
                "caches keep the document under the URL of the asset for {kept}: the page stays broken when the file is back"
            );
            (Level::Error, means)
        } else {
            let means = "a page that is still open gets HTML where it expects a script, and cannot tell that its release is gone";
            (Level::Warning, means.to_owned())
        };
        let seen = format!("{}, {}", exchange.seen_status(), exchange.seen_control());
        let message = "an asset that does not exist is answered with a document";
        found.add(level, exchange.url().as_str(), message, seen, means);
    }
}
