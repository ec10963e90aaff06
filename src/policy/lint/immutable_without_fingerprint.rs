//! `immutable` for something whose name does not change with its content.
//!
//! Implements: RFC 8246 §2, §3.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::DirectiveName;

use super::super::Kind;
use super::super::raw::{RawCacheValue, RawPolicy, RawRule};
use super::Lint;

pub(super) const LINT: Lint = Lint {
    code: Code::ImmutableWithoutFingerprint,
    doc: DOC,
    check,
    raises: &[
        "[cache]\nasset = \"max-age=31536000, immutable\"",
        "[[rule]]\nname = \"a\"\nkind = [\"document\", \"asset\"]\ncache-control = \"max-age=60, immutable\"",
        "[[rule]]\nname = \"a\"\nstatus = \"4xx\"\ncdn-cache-control = \"max-age=60, immutable\"",
    ],
    passes: &[
        "[cache]\nfingerprinted = \"max-age=60, immutable\"",
        "[[rule]]\nname = \"a\"\npaths = \"/assets/**\"\ncache-control = \"max-age=60, immutable\"",
        "[[rule]]\nname = \"a\"\nkind = [\"fingerprinted\", \"asset\"]\ncache-control = \"max-age=60, immutable\"",
    ],
};

const DOC: &str = "
# What
`immutable` is asked for documents, for assets without a fingerprint, for redirects or for errors.

# Why
`immutable` promises that the content under this name is never another one. Only a name that is made from the content can promise that.
Anywhere else a browser keeps the old content for as long as the lifetime says, and a reload does not help. A rule that could match both
sorts is fine: larder then takes the value for fingerprinted ones and refuses it for the others, and says so in `explain`.

# Example
`asset = \"max-age=31536000, immutable\"`. Write `\"no-cache\"`, or let the build put a fingerprint into the name.

# Spec
RFC 8246 §2 and §3.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for (kind, value) in &policy.cache {
        if *kind != Kind::Fingerprinted {
            complain(value, &format!("a reply of kind `{kind}`"), sink);
        }
    }
    for rule in policy
        .clear_rules()
        .filter(|rule| excludes_fingerprinted(rule))
    {
        for value in &rule.cache {
            complain(value, "what this rule is about", sink);
        }
    }
}

/// No kind named means any, and then the decision looks at each reply by itself.
fn excludes_fingerprinted(rule: &RawRule) -> bool {
    let by_kind = rule
        .kinds
        .as_ref()
        .is_some_and(|kinds| !kinds.value.contains(&Kind::Fingerprinted));
    let by_status = rule
        .statuses
        .as_ref()
        .is_some_and(|statuses| !statuses.value.iter().any(|status| status.matches(200)));
    by_kind || by_status
}

fn complain(value: &RawCacheValue, about: &str, sink: &mut Sink) {
    if !value.has(DirectiveName::Immutable) {
        return;
    }
    let message = format!(
        "`immutable` for {about}: browsers would keep old content, even through a reload, because its name stays when it changes"
    );
    let diagnostic = Diagnostic::error(Code::ImmutableWithoutFingerprint, message)
        .help("write `no-cache`; `immutable` is for `[cache] fingerprinted` and for rules that can match it")
        .spec("RFC 8246 §2");
    sink.push(value.mark_directive(diagnostic, DirectiveName::Immutable, ""));
}
