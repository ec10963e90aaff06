//! Answers that do not come, or not whole.
//!
//! Implements: RFC 9110 §6.4, RFC 9112 §6.3, §8.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Exchange, Found, Level, Record, fix};
use crate::http::exchange::End;

pub(super) const CHECK: Check = Check {
    code: "reply/incomplete",
    doc: DOC,
    spec: "RFC 9112 §8",
    fix: fix::Fix::only(
        "look into the server's log, at its limits and time-outs, and at those of what stands before and behind it",
    ),
    examine: check,
    raises: &[
        "start GET / -> 200
content-type: text/html

{broken}",
        "start GET / -> 200
content-type: text/html

{cut}",
        "unanswered http://site.example/a.js no complete answer within 20 seconds",
        "start GET / -> 200
---
again GET / -> 429",
    ],
    passes: &[
        "start GET / -> 200
content-type: text/html

<p>all",
        // A film is larger than anybody wants to look at.
        "asset GET /film.mp4 -> 200
content-type: video/mp4

{cut}",
    ],
};

const DOC: &str = "
# What
A request got no answer, or one that broke off; or a document is so large that only its beginning was looked at.

# Why
A cache does not store an answer that is not whole as if it were, and a browser shows half a page. What could not be seen could not be judged:
nothing else in the list is about it.

# Example
`Content-Length: 5000`, and the connection is closed after 1000 bytes.

# Spec
RFC 9110 §6.4, RFC 9112 §6.3, §8.
";

fn check(record: &Record, found: &mut Found) {
    for (url, why) in &record.unanswered {
        found.add(
            Level::Warning,
            url.as_str(),
            "a request gets no answer",
            why.as_str(),
            "some visitors wait for nothing, and what it would have shown is not judged here",
        );
    }
    if record.unasked > 0 {
        found.add(
            Level::Warning,
            record
                .exchanges
                .first()
                .map_or("", |first| first.url().as_str()),
            "not all was asked for",
            format!(
                "{} requests were left out, after {}",
                record.unasked,
                record.exchanges.len()
            ),
            "what they would have shown is not judged here",
        );
    }
    let mut exchanges = record.exchanges.iter();
    let has_answered = exchanges.any(|exchange| exchange.answer.status == 200);
    let all: Vec<&Exchange> = record
        .exchanges
        .iter()
        .filter(|exchange| exchange.is_refused())
        .collect();
    if let Some(refused) = all.first()
        && has_answered
    {
        found.add(
            Level::Warning,
            refused.url().as_str(),
            "the server does not answer so many requests",
            format!("{} for {} of {} requests", refused.answer.status, all.len(), record.exchanges.len()),
            "what they would have shown is not judged here: ask where there is no limit, or from an address that has none",
        );
    }
    for exchange in &record.exchanges {
        let length = exchange.answer.content.len();
        match &exchange.answer.end {
            End::Broken(why) => found.add(
                Level::Error,
                exchange.url().as_str(),
                "an answer breaks off",
                format!("{} after {length} bytes: {why}", exchange.seen_status()),
                "browsers get half of it, and caches keep none of it",
            ),
            End::Cut if exchange.is_html() && exchange.purpose.is_plain() => found.add(
                Level::Note,
                exchange.url().as_str(),
                "a document is too large to be looked at whole",
                format!("more than {} MiB", length / (1024 * 1024)),
                "what stands behind that was not followed, and parts of it were not asked for",
            ),
            End::Cut | End::Complete => {}
        }
    }
}
