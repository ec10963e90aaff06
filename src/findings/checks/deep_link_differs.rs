//! The same document, answered differently under a route.
//!
//! Implements: RFC 9110 §8.8 (validators), RFC 9111 §5.2.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::names;

pub(super) const CHECK: Check = Check {
    code: "reply/deep-link-differs",
    doc: DOC,
    spec: "RFC 9110 §8.8",
    fix: fix::DOCUMENT,
    examine: check,
    raises: &[
        "start GET / -> 200
content-type: text/html
etag: \"a\"
---
deep-link GET /a/b -> 200
content-type: text/html",
        "start GET / -> 200
content-type: text/html
---
deep-link GET /a/b -> 200
content-type: text/html
cache-control: no-cache",
    ],
    passes: &[
        "start GET / -> 200
content-type: text/html
etag: \"a\"
---
deep-link GET /a/b -> 200
content-type: text/html
etag: \"b\"",
        "start GET / -> 200
content-type: text/html
etag: \"a\"
---
deep-link GET /a/b -> 404
content-type: text/html",
    ],
};

const DOC: &str = "
# What
The document has another policy, no validator, or other content when it is asked for under a route (`/a/b`) than under its own URL.

# Why
It is one file. A rule that goes by the spelling of the URL has missed half of its visitors; a server that read its fallback once at the
start shows the release before; one without a validator sends the whole document each time.

# Example
`/` has an `ETag`, `/deep/link` has none.

# Spec
RFC 9110 §8.8 (validators), RFC 9111 §5.2.
";

fn check(record: &Record, found: &mut Found) {
    let mut starts = record
        .documents()
        .filter(|exchange| exchange.purpose == Purpose::Start);
    let Some(start) = starts.next() else { return };
    for link in record
        .documents()
        .filter(|exchange| exchange.purpose == Purpose::DeepLink)
    {
        let url = link.url().as_str();
        let seen = |name| {
            format!(
                "{} → {}; route → {}",
                start.path(),
                start.seen(name),
                link.seen(name)
            )
        };
        if link.has_validator() != start.has_validator() {
            let seen = seen(if start.tag().is_some() || link.tag().is_some() {
                names::ETAG
            } else {
                names::LAST_MODIFIED
            });
            let means = "one of them is sent whole each time, because there is nothing to ask with";
            found.add(
                Level::Warning,
                url,
                "the document has a validator under one URL only",
                seen,
                means,
            );
        }
        if link.control() != start.control() {
            let means = "visitors who come by a link keep the document for another time than those who come by the front page";
            found.add(
                Level::Warning,
                url,
                "the document has another policy under a route",
                seen(names::CACHE_CONTROL),
                means,
            );
        }
        if link.is_whole() && start.is_whole() && link.answer.content != start.answer.content {
            let (front, route) = (start.answer.content.len(), link.answer.content.len());
            let seen = format!(
                "{front} bytes at {}, {route} bytes under a route",
                start.path()
            );
            let means = "an app may have a shell of its own for routes; if it has none, the server still shows the release before";
            let message = "a route gets another document than the front page";
            found.add(Level::Note, url, message, seen, means);
        }
    }
}
