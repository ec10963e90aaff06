//! A cache directive that no cache knows.
//!
//! Implements: RFC 9111 §5.2.3.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Severity, Sink};
use crate::http::ProblemKind;

use super::super::raw::RawPolicy;
use super::{Lint, explained};

pub(super) const LINT: Lint = Lint {
    code: Code::UnknownDirective,
    doc: DOC,
    check,
    raises: &[
        "[cache]\nasset = \"no-cahce\"",
        "[cache]\nasset = \"no-cache, forever\"",
    ],
    passes: &[
        "[cache]\nasset = \"no-cache\"",
        "[cache]\nasset = \"max-age=60, no-transform\"",
    ],
};

const DOC: &str = "
# What
A directive that is in none of the RFCs larder follows.

# Why
Caches ignore what they do not know, so a slip of the keyboard is a directive that is not there. If one of your caches knows it, this is
only a warning and it is sent as written.

# Example
`asset = \"no-cahce\"` leaves the lifetime to the guess of each cache. Write `\"no-cache\"`.

# Spec
RFC 9111 §5.2.3.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for value in policy.cache_values() {
        for problem in &value.problems {
            if let ProblemKind::UnknownDirective { .. } = problem.kind {
                let diagnostic = explained(
                    Code::UnknownDirective,
                    Severity::Warning,
                    &problem.explain(),
                );
                sink.push(value.mark(diagnostic, Some(problem.span.clone()), ""));
            }
        }
    }
}
