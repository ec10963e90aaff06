//! Directives that caches read otherwise than meant.
//!
//! Implements: RFC 9111 §5.2, RFC 8246, RFC 5861.
//!
//! Uses: the record, http · Never: sockets, files

use std::collections::BTreeSet;

use super::super::{Check, Found, Level, Record, fix};
use crate::http::{CacheControl, Problem, cache_control::Conflict, names};

pub(super) const CHECK: Check = Check {
    code: "reply/unclear-directives",
    doc: DOC,
    spec: "RFC 9111 §5.2",
    fix: fix::Fix::only("write each directive once, as its RFC spells it"),
    examine: check,
    raises: &[
        "start GET / -> 200
cache-control: no-cash",
        "start GET / -> 200
cache-control: max-age=sixty",
    ],
    passes: &[
        "start GET / -> 200
cache-control: no-cache",
        "start GET / -> 200
cache-control: public, max-age=60, stale-while-revalidate=30",
    ],
};

const DOC: &str = "
# What
`Cache-Control` holds a directive that cannot be read, that no cache knows, or that makes another one void.

# Why
Caches skip what they do not know, and they disagree about what contradicts itself.

# Example
`Cache-Control: no-cache, max-age=3600, immutable`; `max-age:3600`.

# Spec
RFC 9111 §5.2, RFC 8246, RFC 5861.
";

fn check(record: &Record, found: &mut Found) {
    let mut told = BTreeSet::new();
    for exchange in &record.exchanges {
        let Some(text) = exchange.field(names::CACHE_CONTROL) else {
            continue;
        };
        if !told.insert((text.clone(), exchange.path().to_owned())) || !exchange.purpose.is_plain()
        {
            continue;
        }
        let (control, problems) = CacheControl::parse(&text);
        let conflicts = control.conflicts().into_iter().map(Conflict::explain);
        let explanations = problems.iter().map(Problem::explain).chain(conflicts);
        for explanation in explanations {
            let seen = exchange.seen_control();
            let message = explanation.found.clone();
            let means = format!("{} ({})", explanation.effect_within(), explanation.section);
            found.add(
                Level::Warning,
                exchange.url().as_str(),
                message,
                seen,
                means,
            );
        }
    }
}
