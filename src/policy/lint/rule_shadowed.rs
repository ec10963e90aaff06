//! A rule of which a later one overrides every field.
//!
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::DirectiveName;

use super::super::raw::{RawPolicy, RawRule};
use super::super::{Kind, StatusPattern};
use super::Lint;
use super::rule_never_matches::can_be;

pub(super) const LINT: Lint = Lint {
    code: Code::RuleShadowed,
    doc: DOC,
    check,
    raises: &[
        "[[rule]]\nname = \"a\"\npaths = \"/a\"\ncache-control = \"no-cache\"\n[[rule]]\nname = \"b\"\npaths = \"/a\"\ncache-control = \"no-store\"",
        "[[rule]]\nname = \"a\"\npaths = \"/a\"\nkind = \"asset\"\ncache-control = \"no-cache\"\n[[rule]]\nname = \"b\"\nkind = [\"asset\", \"document\"]\ncache-control = \"no-store\"\nheaders = { X = \"y\" }",
        "[[rule]]\nname = \"a\"\nstatus = 404\ncache-control = \"no-cache\"\n[[rule]]\nname = \"b\"\nstatus = \"4xx\"\ncache-control = \"no-store\"",
    ],
    passes: &[
        "[[rule]]\nname = \"a\"\npaths = \"/a\"\ncache-control = \"no-cache\"\n[[rule]]\nname = \"b\"\npaths = \"/b\"\ncache-control = \"no-store\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\ncache-control = \"no-cache\"\n[[rule]]\nname = \"b\"\nkind = \"asset\"\nheaders = { X = \"y\" }",
        "[[rule]]\nname = \"a\"\nkind = [\"asset\", \"redirect\"]\ncache-control = \"no-cache\"\n[[rule]]\nname = \"b\"\nmedia = \"text/css\"\ncache-control = \"no-store\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\ncache-control = \"no-store\"\n[[rule]]\nname = \"b\"\nkind = [\"asset\", \"fingerprinted\"]\ncache-control = \"max-age=60, immutable\"",
        "[[rule]]\nname = \"a\"\nstatus = 404\ncache-control = \"no-cache\"\n[[rule]]\nname = \"b\"\nkind = \"asset\"\ncache-control = \"no-store\"",
    ],
};

const DOC: &str = "
# What
A later rule matches whenever this one does, and sets every field this one sets.

# Why
Rules are read from top to bottom and the lower one wins, so this rule never decides anything.

# Example
A rule for `/assets/**` above a rule for `/**` that both set `cache-control`. Put the wider one first.

# Spec
How rules combine is larder's own: `docs/reference/policy.md`.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    let rules: Vec<_> = policy.clear_rules().collect();
    for (place, rule) in rules.iter().enumerate() {
        let Some(later) = rules[place + 1..]
            .iter()
            .find(|later| overrides(later, rule))
        else {
            continue;
        };
        let message = format!(
            "rule \"{}\" decides nothing: the later rule \"{}\" matches whenever it does, sets the same fields, and wins",
            rule.name.value, later.name.value
        );
        sink.push(
            Diagnostic::warning(Code::RuleShadowed, message)
                .label(rule.place(), "overridden")
                .label(later.place(), "by this one")
                .help("put the wider rule first, or remove one"),
        );
    }
}

fn overrides(later: &RawRule, rule: &RawRule) -> bool {
    // A value with `immutable` is refused where it would be dangerous, and then the earlier rule decides after all.
    let surely_set = |name: &crate::http::FieldName| {
        let cache = later
            .cache
            .iter()
            .any(|value| value.field == *name && !value.has(DirectiveName::Immutable));
        cache || later.headers.iter().any(|field| field.field == *name)
    };
    rule.fields().next().is_some() && rule.fields().all(surely_set) && covers(later, rule)
}

/// Whether `wide` matches whenever `narrow` does, as far as can be told from how they are written.
fn covers(wide: &RawRule, narrow: &RawRule) -> bool {
    let paths = wide.paths.as_ref().is_none_or(|wide| {
        let globs = narrow.paths.as_ref().map(|narrow| narrow.value.written());
        globs.is_some_and(|globs| globs.iter().all(|glob| wide.value.written().contains(glob)))
    });
    let media = wide.media.as_ref().is_none_or(|wide| {
        let patterns = narrow.media.as_ref().map(|narrow| &narrow.value);
        patterns.is_some_and(|patterns| {
            patterns
                .iter()
                .all(|pattern| wide.value.iter().any(|wide| wide.covers(pattern)))
        })
    });
    let (wider, narrower) = (outcomes(wide), outcomes(narrow));
    let outcome = narrower.iter().all(|(kind, status)| {
        wider
            .iter()
            .any(|(wide_kind, wide_status)| wide_kind == kind && wide_status.covers(*status))
    });
    // A rule that matches nothing is another finding.
    paths && media && outcome && !narrower.is_empty()
}

/// Every kind the rule may be about, with each status it may be about.
fn outcomes(rule: &RawRule) -> Vec<(Kind, StatusPattern)> {
    let kinds = rule.kinds.as_ref().map(|kinds| kinds.value.clone());
    match &rule.statuses {
        Some(statuses) => {
            let kinds = kinds.unwrap_or_else(|| Kind::ALL.to_vec());
            let pairs = kinds
                .iter()
                .flat_map(|kind| statuses.value.iter().map(|status| (*kind, *status)));
            pairs
                .filter(|(kind, status)| can_be(*status, *kind))
                .collect()
        }
        None => kinds
            .unwrap_or_else(|| {
                Kind::ALL
                    .into_iter()
                    .filter(|kind| kind.is_success())
                    .collect()
            })
            .into_iter()
            .filter(|kind| *kind != Kind::Error)
            .map(|kind| {
                (
                    kind,
                    if kind == Kind::Redirect {
                        StatusPattern::Class(3)
                    } else {
                        StatusPattern::Exact(200)
                    },
                )
            })
            .collect(),
    }
}
