use std::collections::BTreeSet;

use super::super::compile;
use super::*;

fn codes(text: &str) -> Vec<Code> {
    compile("policy.toml", text)
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn every_lint_is_raised_by_its_cases() {
    for lint in LINTS {
        assert!(
            !lint.raises.is_empty(),
            "{} has no case that raises it",
            lint.code
        );
        for case in lint.raises {
            assert!(
                codes(case).contains(&lint.code),
                "{} is not raised by:\n{case}\nbut {:?}",
                lint.code,
                codes(case)
            );
        }
    }
}

#[test]
fn no_lint_is_raised_by_what_only_looks_like_it() {
    for lint in LINTS {
        assert!(
            !lint.passes.is_empty(),
            "{} has no case that must not raise it",
            lint.code
        );
        for case in lint.passes {
            assert!(
                !codes(case).contains(&lint.code),
                "{} is raised by:\n{case}",
                lint.code
            );
            let syntax = [
                Code::Syntax,
                Code::UnknownKey,
                Code::WrongType,
                Code::BadValue,
                Code::MissingKey,
            ];
            assert!(
                !codes(case).iter().any(|code| syntax.contains(code)),
                "this case is misspelt, so it shows nothing:\n{case}\n{:?}",
                codes(case)
            );
        }
    }
}

#[test]
fn every_lint_has_a_doc_with_four_headings() {
    for lint in LINTS {
        let headings: Vec<_> = lint
            .doc
            .lines()
            .filter(|line| line.starts_with("# "))
            .collect();
        assert_eq!(
            headings,
            ["# What", "# Why", "# Example", "# Spec"],
            "{}",
            lint.code
        );
    }
}

#[test]
fn every_lint_has_a_code_of_its_own() {
    let codes: BTreeSet<_> = LINTS.iter().map(|lint| lint.code).collect();
    assert_eq!(codes.len(), LINTS.len());
}

#[test]
fn every_finding_of_a_lint_points_at_a_place_and_says_what_to_write() {
    for lint in LINTS {
        for case in lint.raises {
            let found = compile("policy.toml", case).diagnostics;
            for diagnostic in found
                .iter()
                .filter(|diagnostic| diagnostic.code == lint.code)
            {
                assert!(
                    diagnostic.span().is_some_and(|span| span.end <= case.len()),
                    "{}\n{case}",
                    lint.code
                );
                assert!(diagnostic.help.is_some(), "{}", lint.code);
                assert!(!diagnostic.message.ends_with('.'), "{}", diagnostic.message);
            }
        }
    }
}

#[test]
fn the_defaults_raise_nothing() {
    assert_eq!(codes(""), []);
}

#[test]
fn the_reference_has_every_lint() {
    let text = reference_markdown();
    for lint in LINTS {
        assert!(text.contains(lint.code.as_str()));
    }
}
