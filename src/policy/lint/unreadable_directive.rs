//! A cache directive that is not written as caches read it.
//!
//! Implements: RFC 9111 §5.2, §4.2.1; RFC 9213 §2.1.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Severity, Sink};
use crate::http::ProblemKind;

use super::super::raw::RawPolicy;
use super::{Lint, explained};

pub(super) const LINT: Lint = Lint {
    code: Code::UnreadableDirective,
    doc: DOC,
    check,
    raises: &[
        "[cache]\nasset = \"max-age=1h\"",
        "[cache]\nasset = \"max-age\"",
        "[cache]\nasset = \"max-age=60, max-age=90\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\ncdn-cache-control = \"Max-Age=60\"",
    ],
    passes: &[
        "[cache]\nasset = \"max-age=3600\"",
        "[cache]\nasset = \"Max-Age=60\"",
    ],
};

const DOC: &str = "
# What
A directive has a missing, unreadable or repeated argument, or the value is not a list of directives at all.

# Why
Caches differ in what they make of it: some skip the directive, some take the whole reply for stale, some keep it for longer than meant.
A targeted field with one such fault is ignored as a whole.

# Example
`cache-control = \"max-age=1h\"`. Write seconds: `\"max-age=3600\"`.

# Spec
RFC 9111 §5.2 and §4.2.1, RFC 9213 §2.1.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for value in policy.cache_values() {
        for problem in &value.problems {
            let severity = match problem.kind {
                ProblemKind::UnknownDirective { .. } => continue,
                // What was meant is clear, and larder sends it in the form caches read.
                ProblemKind::Overflow(_)
                | ProblemKind::QuotedArgument(_)
                | ProblemKind::UnquotedFieldNames(_)
                | ProblemKind::SpaceAroundEquals
                | ProblemKind::RequestDirective { .. } => Severity::Warning,
                _ => Severity::Error,
            };
            let diagnostic = explained(Code::UnreadableDirective, severity, &problem.explain());
            sink.push(value.mark(diagnostic, Some(problem.span.clone()), ""));
        }
    }
}
