//! `immutable` without a time for which it would hold.
//!
//! Implements: RFC 8246 §2.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Severity, Sink};
use crate::http::{Conflict, DirectiveName};

use super::super::raw::RawPolicy;
use super::{Lint, explained};

pub(super) const LINT: Lint = Lint {
    code: Code::ImmutableWithoutLifetime,
    doc: DOC,
    check,
    raises: &["[cache]\nfingerprinted = \"public, immutable\""],
    passes: &[
        "[cache]\nfingerprinted = \"max-age=31536000, immutable\"",
        "[cache]\nfingerprinted = \"no-cache\"",
    ],
};

const DOC: &str = "
# What
`immutable` stands without `max-age` or `s-maxage`.

# Why
It tells a cache not to ask again while the reply is fresh. Without a lifetime the cache guesses how long that is, or asks at once.

# Example
`fingerprinted = \"immutable\"`. Write `\"max-age=31536000, immutable\"`.

# Spec
RFC 8246 §2.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for value in policy.cache_values() {
        if value
            .control
            .conflicts()
            .contains(&Conflict::ImmutableWithoutLifetime)
        {
            let explanation = Conflict::ImmutableWithoutLifetime.explain();
            let diagnostic = explained(
                Code::ImmutableWithoutLifetime,
                Severity::Error,
                &explanation,
            );
            sink.push(value.mark_directive(
                diagnostic,
                DirectiveName::Immutable,
                "fresh for how long?",
            ));
        }
    }
}
