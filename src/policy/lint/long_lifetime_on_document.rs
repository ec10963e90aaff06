//! A document that caches may use without asking.
//!
//! Implements: RFC 9111 §4.2, RFC 5861 §3.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::{DeltaSeconds, DirectiveName};

use super::super::raw::{RawCacheValue, RawPolicy, RawRule};
use super::super::units::spell_seconds;
use super::super::{Facts, Kind, RepresentationKind, Subject};
use super::Lint;

/// Seconds. Up to here a stale document is a nuisance; beyond, the scripts it names may be gone.
const LONG: u32 = 600;

pub(super) const LINT: Lint = Lint {
    code: Code::LongLifetimeOnDocument,
    doc: DOC,
    check,
    raises: &[
        "[cache]\ndocument = \"max-age=3600\"",
        "[cache]\ndocument = \"max-age=0, stale-while-revalidate=86400\"",
        "[[rule]]\nname = \"a\"\npaths = \"/**\"\ncache-control = \"max-age=3600\"",
        "[[rule]]\nname = \"a\"\nkind = \"document\"\npaths = \"/docs/**\"\ncache-control = \"max-age=3600\"",
    ],
    passes: &[
        "[cache]\ndocument = \"max-age=60\"",
        "[[rule]]\nname = \"a\"\npaths = \"*.css\"\ncache-control = \"max-age=3600\"",
        "[[rule]]\nname = \"a\"\nkind = \"document\"\ncdn-cache-control = \"max-age=3600\"",
        "[[rule]]\nname = \"a\"\nkind = \"document\"\ncache-control = \"no-cache\"",
    ],
};

const DOC: &str = "
# What
`Cache-Control` lets documents be used for more than ten minutes without validation: `max-age` together with `stale-while-revalidate`.

# Why
A document names the scripts and styles of its release. Who uses an old one asks for files that may be gone, and sees a white page until
the lifetime is over. Validation costs one short 304. A CDN that you purge at each deploy is another matter: give it its own lifetime with
`cdn-cache-control`.

# Example
`document = \"max-age=86400\"`. Write `\"no-cache\"`.

# Spec
RFC 9111 §4.2, RFC 5861 §3.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    let default = policy
        .cache
        .iter()
        .filter(|(kind, _)| *kind == Kind::Document)
        .map(|(_, value)| value);
    let of_rules = policy
        .clear_rules()
        .filter(|rule| is_about_documents(rule))
        .flat_map(|rule| &rule.cache);
    for value in default.chain(of_rules.filter(|value| value.field.matches("Cache-Control"))) {
        let seconds = usable_for(value);
        if seconds > LONG {
            let message = format!(
                "documents may be used for {} without asking: after a deploy, visitors keep a document whose scripts may be gone",
                spell_seconds(seconds)
            );
            let diagnostic = Diagnostic::warning(Code::LongLifetimeOnDocument, message)
                .help("write `no-cache`; a CDN that you purge can have a lifetime of its own in `cdn-cache-control`")
                .spec("RFC 9111 §4.2");
            let name = if value.has(DirectiveName::StaleWhileRevalidate) {
                DirectiveName::StaleWhileRevalidate
            } else {
                DirectiveName::MaxAge
            };
            sink.push(value.mark_directive(diagnostic, name, ""));
        }
    }
}

/// Whether the rule names documents, or would take the front page along.
fn is_about_documents(rule: &RawRule) -> bool {
    let front = Facts {
        path: "/index.html",
        kind: RepresentationKind::Document,
        media_type: "text/html",
    };
    let named = rule
        .kinds
        .as_ref()
        .is_some_and(|kinds| kinds.value.contains(&Kind::Document));
    let success = rule
        .statuses
        .as_ref()
        .is_none_or(|statuses| statuses.value.iter().any(|status| status.matches(200)));
    (named && success) || rule.conditions().matches(&Subject::new(200, Some(front)))
}

fn usable_for(value: &RawCacheValue) -> u32 {
    if value.control.is_no_cache() || value.has(DirectiveName::NoStore) {
        return 0;
    }
    let lifetime = value.control.max_age().unwrap_or(DeltaSeconds::ZERO);
    lifetime
        .saturating_add(
            value
                .control
                .stale_while_revalidate()
                .unwrap_or(DeltaSeconds::ZERO),
        )
        .get()
}
