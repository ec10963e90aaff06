//! A cache policy that leaves the lifetime to the guess of each cache.
//!
//! Implements: RFC 9111 §4.2.2.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::{DirectiveName, ProblemKind};

use super::super::raw::{RawCacheValue, RawPolicy};
use super::Lint;

pub(super) const LINT: Lint = Lint {
    code: Code::HeuristicLifetime,
    doc: DOC,
    check,
    raises: &[
        "[cache]\nasset = \"public\"",
        "[cache]\nasset = \"\"",
        "[[rule]]\nname = \"a\"\nkind = \"document\"\ncache-control = \"private, must-revalidate\"",
    ],
    passes: &[
        "[cache]\nasset = \"public, max-age=60\"",
        "[cache]\nasset = \"no-store\"",
        "[cache]\nasset = \"s-maxage=60, private\"",
    ],
};

const DOC: &str = "
# What
A value without `max-age`, `s-maxage`, `no-cache` or `no-store`.

# Why
A cache that is told nothing may guess a lifetime, usually a tenth of the time since the last change: a document that has not changed for
a month is then used for three days without a question. This is how a deploy stays unseen.

# Example
`document = \"private\"`. Write `\"private, no-cache\"`.

# Spec
RFC 9111 §4.2.2.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for value in policy.cache_values().filter(|value| is_silent(value)) {
        let message =
            "no lifetime: each cache guesses one, so what changed may stay unseen for days";
        let diagnostic = Diagnostic::warning(Code::HeuristicLifetime, message)
            .help("add `no-cache`, `no-store` or `max-age=…` in seconds")
            .spec("RFC 9111 §4.2.2");
        sink.push(value.mark(diagnostic, None, ""));
    }
}

fn is_silent(value: &RawCacheValue) -> bool {
    use DirectiveName as Name;
    // What could not be read, what was misspelt, and `immutable` without a lifetime have findings of their own.
    let reported = value.problems.iter().any(|problem| {
        !matches!(
            problem.kind,
            ProblemKind::UnknownDirective { nearest: None, .. }
        )
    });
    let speaks = [Name::MaxAge, Name::SMaxage, Name::NoStore, Name::Immutable];
    !reported && !value.control.is_no_cache() && !speaks.into_iter().any(|name| value.has(name))
}
