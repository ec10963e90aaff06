//! An error that caches may keep.
//!
//! Implements: RFC 9111 §4.2, RFC 9110 §15.1 (404, 410 and others may be stored).
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::DirectiveName;

use super::super::Kind;
use super::super::raw::RawPolicy;
use super::super::units::spell_seconds;
use super::Lint;

/// Seconds. A minute shields the origin from a flood of requests for what is missing, and heals before anybody writes a report.
const LONG: u32 = 60;

pub(super) const LINT: Lint = Lint {
    code: Code::LongLifetimeOnError,
    doc: DOC,
    check,
    raises: &[
        "[cache]\nerror = \"max-age=3600\"",
        "[[rule]]\nname = \"a\"\nstatus = 404\ncache-control = \"public, max-age=3600\"",
        "[[rule]]\nname = \"a\"\nstatus = \"5xx\"\ncdn-cache-control = \"max-age=300\"",
        "[[rule]]\nname = \"a\"\nstatus = 404\ncache-control = \"s-maxage=300\"",
    ],
    passes: &[
        "[cache]\nerror = \"max-age=30\"",
        "[[rule]]\nname = \"a\"\nstatus = 404\ncache-control = \"max-age=10\"",
        "[[rule]]\nname = \"a\"\nstatus = 200\ncache-control = \"max-age=300\"",
        "[[rule]]\nname = \"a\"\nstatus = 404\ncache-control = \"no-store\"",
    ],
};

const DOC: &str = "
# What
An error may be kept for more than a minute, by a browser or by a CDN.

# Why
An error is often the truth of a moment: a script that is asked for while the next release is still being copied. Kept for a year, it stays
broken for a year, for everybody behind that cache, long after the file is there.

# Example
`[[rule]] status = 404`, `cache-control = \"max-age=86400\"`. Write `\"no-store\"`, or a lifetime of seconds.

# Spec
RFC 9111 §4.2, RFC 9110 §15.1.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    let default = policy
        .cache
        .iter()
        .filter(|(kind, _)| *kind == Kind::Error)
        .map(|(_, value)| value);
    let of_rules = policy.clear_rules().filter(|rule| {
        rule.statuses
            .as_ref()
            .is_some_and(|statuses| statuses.value.iter().any(|status| status.class() >= 4))
    });
    for value in default.chain(of_rules.flat_map(|rule| &rule.cache)) {
        if value.control.is_no_cache() || value.has(DirectiveName::NoStore) {
            continue;
        }
        let lifetimes = [
            (value.control.max_age(), DirectiveName::MaxAge),
            (value.control.s_maxage(), DirectiveName::SMaxage),
        ];
        for (seconds, name) in lifetimes {
            let Some(seconds) = seconds.filter(|seconds| seconds.get() > LONG) else {
                continue;
            };
            let message = format!(
                "errors may be kept for {}, also after what was missing is there",
                spell_seconds(seconds.get())
            );
            let diagnostic = Diagnostic::warning(Code::LongLifetimeOnError, message)
                .help("write `no-store`, or a lifetime of a few seconds")
                .spec("RFC 9111 §4.2");
            sink.push(value.mark_directive(diagnostic, name, ""));
        }
    }
}
