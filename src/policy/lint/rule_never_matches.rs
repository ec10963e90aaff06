//! A rule whose conditions exclude each other.
//!
//! Implements: RFC 9110 §15.3.7, §15.4.5 (why 206 and 304 are no conditions of their own).
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink, Span};

use super::super::raw::{RawPolicy, RawRule};
use super::super::{Kind, MediaPattern, StatusPattern};
use super::Lint;

pub(super) const LINT: Lint = Lint {
    code: Code::RuleNeverMatches,
    doc: DOC,
    check,
    raises: &[
        "[[rule]]\nname = \"a\"\nstatus = 404\nkind = \"fingerprinted\"\ncache-control = \"no-store\"",
        "[[rule]]\nname = \"a\"\nkind = \"error\"\ncache-control = \"no-store\"",
        "[[rule]]\nname = \"a\"\nstatus = 304\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nkind = \"redirect\"\nstatus = 200\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nkind = \"redirect\"\npaths = \"/old/**\"\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\npaths = []\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nkind = []\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nkind = \"document\"\nmedia = \"image/*\"\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\nmedia = \"text/html\"\ncache-control = \"no-cache\"",
    ],
    passes: &[
        "[[rule]]\nname = \"a\"\nstatus = 404\nkind = \"error\"\ncache-control = \"no-store\"",
        "[[rule]]\nname = \"a\"\nstatus = [200, 404]\nkind = \"document\"\ncache-control = \"no-store\"",
        "[[rule]]\nname = \"a\"\nkind = \"redirect\"\ncache-control = \"max-age=60\"",
        "[[rule]]\nname = \"a\"\nkind = \"redirect\"\nstatus = 301\ncache-control = \"max-age=60\"",
        "[[rule]]\nname = \"a\"\nkind = \"error\"\nstatus = \"5xx\"\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\nmedia = [\"text/html\", \"text/css\"]\ncache-control = \"no-cache\"",
        "[[rule]]\nname = \"a\"\nstatus = 404\nmedia = \"text/html\"\npaths = \"/404.html\"\ncache-control = \"no-store\"",
        "[[rule]]\nname = \"a\"\nkind = \"document\"\nmedia = [\"image/*\", \"text/*\"]\ncache-control = \"no-cache\"",
    ],
};

const DOC: &str = "
# What
No reply can fulfil all conditions of the rule.

# Why
All conditions of a rule have to hold. The status makes the kind: a 4xx or 5xx is an `error` whatever it carries, a redirect is a
`redirect`. A rule that names no status is never about errors. A 206 and a 304 are made from a 200 and have its fields, so `200` stands for
all three. A redirect carries no representation, so it has neither path nor media type.

# Example
`kind = \"error\"` alone. Write `status = [\"4xx\", \"5xx\"]`.

# Spec
RFC 9110 §15, §15.3.7 and §15.4.5.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for rule in policy.clear_rules() {
        if let Some((why, help, spans)) = contradiction(rule) {
            let name = &rule.name.value;
            let mut diagnostic = Diagnostic::error(
                Code::RuleNeverMatches,
                format!("rule \"{name}\" can never match: {why}"),
            )
            .help(help);
            let spans: Vec<Span> = spans.into_iter().flatten().collect();
            for span in if spans.is_empty() {
                vec![rule.place()]
            } else {
                spans
            } {
                diagnostic = diagnostic.label(span, "");
            }
            sink.push(diagnostic);
        }
    }
}

type Contradiction = (&'static str, &'static str, [Option<Span>; 2]);

/// The first reason that no reply fulfils the rule.
fn contradiction(rule: &RawRule) -> Option<Contradiction> {
    empty_list(rule)
        .or_else(|| outcome(rule))
        .or_else(|| no_representation(rule))
        .or_else(|| documents_of_another_type(rule))
}

fn empty_list(rule: &RawRule) -> Option<Contradiction> {
    let empty = [
        rule.paths
            .as_ref()
            .filter(|paths| paths.value.written().is_empty())
            .and_then(|paths| paths.span),
        rule.kinds
            .as_ref()
            .filter(|kinds| kinds.value.is_empty())
            .and_then(|kinds| kinds.span),
        rule.media
            .as_ref()
            .filter(|media| media.value.is_empty())
            .and_then(|media| media.span),
        rule.statuses
            .as_ref()
            .filter(|statuses| statuses.value.is_empty())
            .and_then(|statuses| statuses.span),
    ];
    let span = empty.into_iter().flatten().next()?;
    Some((
        "an empty list matches nothing",
        "name something, or leave the key out",
        [Some(span), None],
    ))
}

fn outcome(rule: &RawRule) -> Option<Contradiction> {
    let kind_span = rule.kinds.as_ref().and_then(|kinds| kinds.span);
    let Some(statuses) = &rule.statuses else {
        let only_errors = rule
            .kinds
            .as_ref()
            .is_some_and(|kinds| kinds.value.iter().all(|kind| *kind == Kind::Error));
        let why = "a rule that names no status is never about errors";
        return only_errors.then_some((
            why,
            "name the statuses, `status = [\"4xx\", \"5xx\"]`, or use `[cache] error`",
            [kind_span, None],
        ));
    };
    if statuses
        .value
        .iter()
        .all(|status| matches!(status, StatusPattern::Exact(206 | 304)))
    {
        let why = "a 206 and a 304 are made from a 200 and have its fields";
        return Some((
            why,
            "write `status = 200`, which stands for all three",
            [statuses.span, None],
        ));
    }
    let kinds = &rule.kinds.as_ref()?.value;
    // A status without its kind, or the other way round, is a condition that no reply fulfils.
    let possible = kinds
        .iter()
        .any(|kind| statuses.value.iter().any(|status| can_be(*status, *kind)));
    let why = "no reply of that status is of that kind: a 4xx or 5xx is an `error`, a 3xx a `redirect`, and only a 200 is what it serves";
    (!possible).then_some((why, "leave out one of the two", [statuses.span, kind_span]))
}

pub(super) fn can_be(status: StatusPattern, kind: Kind) -> bool {
    match kind {
        Kind::Document | Kind::Fingerprinted | Kind::Asset => status.matches(200),
        Kind::Redirect => status.class() == 3 && status != StatusPattern::Exact(304),
        Kind::Error => {
            status.class() >= 4 || (status.class() == 2 && status != StatusPattern::Exact(206))
        }
    }
}

fn no_representation(rule: &RawRule) -> Option<Contradiction> {
    let by_kind = rule
        .kinds
        .as_ref()
        .is_some_and(|kinds| kinds.value.iter().all(|kind| *kind == Kind::Redirect));
    let by_status = rule
        .statuses
        .as_ref()
        .is_some_and(|statuses| statuses.value.iter().all(|status| status.class() == 3));
    let paths = rule.paths.as_ref().and_then(|paths| paths.span);
    let media = rule.media.as_ref().and_then(|media| media.span);
    if !(by_kind || by_status) || (paths.is_none() && media.is_none()) {
        return None;
    }
    let why = "a redirect carries no representation, so it has neither path nor media type";
    Some((why, "leave out `paths` and `media`", [paths, media]))
}

/// HTML is a document, and nothing else is.
fn documents_of_another_type(rule: &RawRule) -> Option<Contradiction> {
    const DOCUMENTS: [&str; 2] = ["text/html", "application/xhtml+xml"];
    let (kinds, media) = (rule.kinds.as_ref()?, rule.media.as_ref()?);
    let can_be_html =
        |pattern: &MediaPattern| DOCUMENTS.iter().any(|document| pattern.matches(document));
    let is_html = |pattern: &MediaPattern| DOCUMENTS.contains(&pattern.to_string().as_str());
    let all_kinds = |test: fn(&Kind) -> bool| kinds.value.iter().all(test);
    let spans = [kinds.span, media.span];
    if all_kinds(|kind| *kind == Kind::Document) && !media.value.iter().any(can_be_html) {
        let help = "leave out `kind`, or name `text/html`";
        return Some(("a document is `text/html`", help, spans));
    }
    let others = all_kinds(|kind| matches!(kind, Kind::Fingerprinted | Kind::Asset));
    let none = others && media.value.iter().all(is_html);
    none.then_some((
        "what is `text/html` is a `document`, whatever its name",
        "write `kind = \"document\"`",
        spans,
    ))
}
