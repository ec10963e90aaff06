//! Two cache directives of which one makes the other void.
//!
//! Implements: RFC 9111 §5.2.2, §4.2.4; RFC 8246 §2; RFC 5861 §3, §4.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Severity, Sink};
use crate::http::Conflict;
use crate::http::cache_control::Gravity;

use super::super::raw::RawPolicy;
use super::{Lint, explained};

pub(super) const LINT: Lint = Lint {
    code: Code::ConflictingDirectives,
    doc: DOC,
    check,
    raises: &[
        "[cache]\nasset = \"no-store, max-age=60\"",
        "[cache]\nasset = \"public, private, max-age=60\"",
        "[cache]\nasset = \"no-cache, max-age=60\"",
        "[cache]\nfingerprinted = \"no-cache, immutable\"",
    ],
    passes: &[
        "[cache]\nasset = \"max-age=60, must-revalidate\"",
        "[cache]\nasset = \"no-store, max-age=0\"",
        "[cache]\nasset = \"no-store, must-understand, max-age=60\"",
    ],
};

const DOC: &str = "
# What
Two directives of one value cannot both be meant (an error), or one of them is never used (a warning).

# Why
A cache follows one of them, most often the stricter, and the author believes in the other.

# Example
`asset = \"no-store, max-age=3600\"`: nothing is stored, so nothing is fresh for an hour. Write one of the two.

# Spec
RFC 9111 §5.2.2, RFC 8246 §2, RFC 5861 §3 and §4.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for value in policy.cache_values() {
        for conflict in value.control.conflicts() {
            if conflict == Conflict::ImmutableWithoutLifetime {
                continue; // has a lint of its own
            }
            let severity = match conflict.gravity() {
                Gravity::Contradiction => Severity::Error,
                Gravity::Dubious => Severity::Warning,
            };
            let mut diagnostic =
                explained(Code::ConflictingDirectives, severity, &conflict.explain());
            for (place, name) in conflict.directives().into_iter().enumerate() {
                let text = if place == 0 { "this" } else { "and this" };
                diagnostic = value.mark_directive(diagnostic, name, text);
            }
            sink.push(diagnostic);
        }
    }
}
