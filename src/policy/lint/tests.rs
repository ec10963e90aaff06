use std::collections::BTreeSet;

use super::super::compile;
use super::*;
use crate::diagnostic::cases::Kind;

fn codes(text: &str) -> Vec<Code> {
    compile("policy.toml", text)
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

#[test]
fn every_lint_has_its_cases_and_its_doc() {
    let faults = LINTS.iter().flat_map(|lint| {
        let kind = Kind {
            code: lint.code,
            doc: lint.doc,
            raises: lint.raises,
            passes: lint.passes,
        };
        kind.faults(codes)
    });
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn no_case_that_must_not_raise_a_lint_is_misspelt() {
    let syntax = [
        Code::Syntax,
        Code::UnknownKey,
        Code::WrongType,
        Code::BadValue,
        Code::MissingKey,
    ];
    for case in LINTS.iter().flat_map(|lint| lint.passes) {
        let found = codes(case);
        assert!(
            !found.iter().any(|code| syntax.contains(code)),
            "this case is misspelt, so it shows nothing:\n{case}\n{found:?}"
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
