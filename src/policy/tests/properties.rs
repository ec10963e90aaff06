//! What holds for every policy there can be.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::*;
use crate::diagnostic::{Code, Severity, Sink, Style, render};

const VALUES: &[&str] = &[
    "no-cache",
    "no-store",
    "max-age=60",
    "public, max-age=31536000, immutable",
    "max-age=60, IMMUTABLE",
    "private, max-age=5, stale-while-revalidate=9",
];
const TARGETED: &[&str] = &[
    "max-age=60",
    "max-age=60, immutable",
    "no-store",
    "max-age=60, immutable=?1",
];
const PATHS: &[&str] = &["/**", "/assets/**", "*.js", "/index.html", "/[ab]/*"];
const KINDS: &[&str] = &["document", "fingerprinted", "asset", "redirect", "error"];
const STATUSES: &[&str] = &["200", "404", "\"2xx\"", "\"4xx\"", "\"3xx\"", "500"];

prop_compose! {
    fn rule(number: usize)(
        paths in proptest::option::of(select(PATHS)),
        kinds in proptest::option::of(proptest::sample::subsequence(KINDS, 1..=5)),
        media in proptest::option::of(select(&["text/*", "text/javascript"][..])),
        status in proptest::option::of(select(STATUSES)),
        value in proptest::option::of(select(VALUES)),
        targeted in proptest::option::of(select(TARGETED)),
        header in any::<bool>(),
    ) -> String {
        let mut text = format!("[[rule]]\nname = \"rule {number}\"\n");
        let mut line = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                writeln!(text, "{key} = {value}").unwrap();
            }
        };
        line("paths", paths.map(|glob| format!("\"{glob}\"")));
        line("kind", kinds.map(|kinds| format!("{kinds:?}")));
        line("media", media.map(|media| format!("\"{media}\"")));
        line("status", status.map(str::to_owned));
        line("cache-control", value.map(|value| format!("\"{value}\"")));
        line("cdn-cache-control", targeted.map(|value| format!("\"{value}\"")));
        line("headers", header.then(|| "{ X-A = \"1\" }".to_owned()));
        text
    }
}

/// Policies that compile; those with a rule that is refused lose that rule.
fn policies() -> impl Strategy<Value = Policy> {
    let rules = (0_usize..6).prop_flat_map(|count| (0..count).map(rule).collect::<Vec<_>>());
    rules.prop_map(|rules| {
        let sound: String = rules
            .into_iter()
            .filter(|rule| compile("p", rule).policy.is_some())
            .collect();
        compile("p", &sound)
            .policy
            .expect("rules that compile alone compile together")
    })
}

fn subjects() -> impl Strategy<
    Value = (
        u16,
        Option<(&'static str, RepresentationKind, &'static str)>,
    ),
> {
    let kinds = [
        RepresentationKind::Document,
        RepresentationKind::Fingerprinted,
        RepresentationKind::Asset,
    ];
    let facts = (
        select(&["/index.html", "/assets/app.js", "/a/b", "/x"][..]),
        select(kinds.to_vec()),
        select(&["text/html", "text/javascript", "image/png"][..]),
    );
    (
        select(vec![200_u16, 204, 206, 301, 304, 308, 404, 405, 416, 500]),
        proptest::option::of(facts),
    )
}

/// Every outcome that the rules above can tell apart.
fn all_subjects() -> Vec<Subject<'static>> {
    let kinds = [
        RepresentationKind::Document,
        RepresentationKind::Fingerprinted,
        RepresentationKind::Asset,
    ];
    let mut subjects = Vec::new();
    for status in [200, 204, 206, 301, 304, 308, 404, 405, 500, 503] {
        // A redirect carries no representation.
        if !(300..=399).contains(&status) || status == 304 {
            for path in ["/index.html", "/assets/app.js", "/a/b", "/x"] {
                for media_type in ["text/html", "text/javascript", "image/png"] {
                    // HTML is a document, and nothing else is.
                    let is_html = media_type == "text/html";
                    let possible = kinds
                        .into_iter()
                        .filter(|kind| (*kind == RepresentationKind::Document) == is_html);
                    subjects.extend(possible.map(|kind| {
                        let facts = Facts {
                            path,
                            kind,
                            media_type,
                        };
                        Subject::new(status, Some(facts))
                    }));
                }
            }
        }
        subjects.push(Subject::new(status, None));
    }
    subjects
}

/// The fields of a decision, in an order of their own.
fn fields_of(policy: &Policy, subject: &Subject<'_>) -> Vec<String> {
    let decision = policy.decide(subject);
    let mut lines: Vec<_> = decision
        .fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines.sort();
    lines
}

proptest! {
    #[test]
    fn a_rule_that_is_said_never_to_match_never_does(rule in rule(0)) {
        let found = compile("p", &rule).diagnostics;
        if found.iter().any(|found| found.code == Code::RuleNeverMatches) {
            let conditions = raw::read(&rule, &mut Sink::new()).rules[0].conditions();
            for subject in all_subjects() {
                prop_assert!(!conditions.matches(&subject), "{rule}\n{subject:?}");
            }
        }
    }

    #[test]
    fn a_rule_that_is_said_to_decide_nothing_can_be_left_out(rules in (rule(0), rule(1), rule(2))) {
        let rules: Vec<String> = [rules.0, rules.1, rules.2].into_iter().filter(|rule| compile("p", rule).policy.is_some()).collect();
        let all = compile("p", &rules.concat());
        let policy = all.policy.unwrap();
        for (place, name) in policy.rules().iter().map(|rule| rule.name.to_string()).enumerate() {
            let said = format!("rule \"{name}\" decides nothing");
            if all.diagnostics.iter().any(|found| found.message.starts_with(&said)) {
                let mut others = rules.clone();
                others.remove(place);
                let without = compile("p", &others.concat()).policy.unwrap();
                for subject in all_subjects() {
                    prop_assert_eq!(fields_of(&policy, &subject), fields_of(&without, &subject), "{}\n{:?}", rules.concat(), subject);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn immutable_only_comes_with_a_success_of_something_fingerprinted(policy in policies(), (status, facts) in subjects()) {
        let facts = facts.map(|(path, kind, media_type)| Facts { path, kind, media_type });
        let decision = policy.decide(&Subject::new(status, facts));
        let says_so = decision.fields.iter().any(|(_, value)| value.as_str().to_ascii_lowercase().contains("immutable"));
        if says_so {
            prop_assert!(matches!(status, 200 | 206 | 304));
            prop_assert_eq!(facts.map(|facts| facts.kind), Some(RepresentationKind::Fingerprinted));
        }
    }

    #[test]
    fn every_field_has_exactly_one_reason_and_every_reply_its_floor(policy in policies(), (status, facts) in subjects()) {
        let facts = facts.map(|(path, kind, media_type)| Facts { path, kind, media_type });
        let decision = policy.decide(&Subject::new(status, facts));
        for (name, value) in &decision.fields {
            let set: Vec<_> = decision.because.iter().filter(|reason| reason.field == *name && reason.outcome == Outcome::Set).collect();
            prop_assert_eq!(set.len(), 1);
            prop_assert_eq!(&set[0].value, value);
            if let Source::Rule(id, rule) = &set[0].source {
                prop_assert_eq!(&policy.rules()[id.0].name, rule);
                prop_assert!(set[0].location.is_some());
            }
        }
        prop_assert!(decision.fields.contains("Cache-Control") && decision.fields.contains("X-Content-Type-Options"));
        prop_assert_eq!(decision.because.iter().filter(|reason| reason.outcome == Outcome::Set).count(), decision.fields.len());
    }

    #[test]
    fn an_error_is_not_stored_unless_a_rule_names_a_status(policy in policies(), (status, facts) in subjects()) {
        let facts = facts.map(|(path, kind, media_type)| Facts { path, kind, media_type });
        let named = policy.rules().iter().any(|rule| rule.conditions.statuses.is_some());
        if status >= 400 && !named {
            let decision = policy.decide(&Subject::new(status, facts));
            prop_assert_eq!(decision.fields.get("Cache-Control").map(FieldValue::as_str), Some("no-store"));
        }
    }

    #[test]
    fn any_text_compiles_to_a_policy_or_to_findings(text in "[ -~\n]{0,200}") {
        let compiled = compile("p", &text);
        prop_assert_eq!(compiled.policy.is_none(), compiled.diagnostics.iter().any(|found| found.severity == Severity::Error));
    }

    #[test]
    fn any_edit_of_the_documented_policy_is_survived(start in 0_usize..9000, length in 0_usize..40, insert in "[ -~\n]{0,8}") {
        let file = include_str!("../../../policy.toml");
        let mut text: Vec<char> = file.chars().collect();
        let start = start.min(text.len());
        let end = (start + length).min(text.len());
        text.splice(start..end, insert.chars());
        let text: String = text.into_iter().collect();
        let compiled = compile("p", &text);
        for found in &compiled.diagnostics {
            for label in &found.labels {
                prop_assert!(label.span.start <= label.span.end && label.span.end <= text.len(), "{found:?}");
            }
        }
        render(&compiled.diagnostics, "p", &text, Style::Text { colour: false });
    }
}
