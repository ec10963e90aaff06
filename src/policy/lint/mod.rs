//! Findings about a policy that is well written: one file each, with its doc, its check and its cases.
//!
//! To add one: copy a neighbour, give it a code in `diagnostic::Code`, name it in [`LINTS`]. The tests below fail until it has a case that
//! raises it, a case that must not, and a doc with the four headings.
//!
//! Uses: http, diagnostic · Never: files

mod cache_control_in_headers;
mod conflicting_directives;
mod heuristic_lifetime;
mod immutable_without_fingerprint;
mod immutable_without_lifetime;
mod long_lifetime_on_document;
mod long_lifetime_on_error;
mod owned_field;
mod private_document;
mod redirect_loop;
mod redirect_shadowed;
mod rule_never_matches;
mod rule_shadowed;
mod unknown_directive;
mod unknown_targeted_field;
mod unreadable_directive;

use std::fmt::Write as _;

use crate::diagnostic::{Code, Diagnostic, Severity, Sink};
use crate::http::Explanation;

use super::raw::RawPolicy;

/// One kind of finding.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Its code.
    pub code: Code,
    /// Markdown with the headings What, Why, Example and Spec.
    pub doc: &'static str,
    pub(super) check: fn(&RawPolicy, &mut Sink),
    /// Policies that have to raise it.
    pub raises: &'static [&'static str],
    /// Policies that look like it and must not raise it.
    pub passes: &'static [&'static str],
}

/// All of them, in the order they are run.
pub const LINTS: &[&Lint] = &[
    &unreadable_directive::LINT,
    &unknown_directive::LINT,
    &unknown_targeted_field::LINT,
    &conflicting_directives::LINT,
    &immutable_without_lifetime::LINT,
    &immutable_without_fingerprint::LINT,
    &heuristic_lifetime::LINT,
    &long_lifetime_on_document::LINT,
    &long_lifetime_on_error::LINT,
    &rule_never_matches::LINT,
    &rule_shadowed::LINT,
    &cache_control_in_headers::LINT,
    &owned_field::LINT,
    &redirect_loop::LINT,
    &redirect_shadowed::LINT,
    &private_document::LINT,
];

/// The text of `docs/reference/lints.md`.
pub fn reference_markdown() -> String {
    let mut out = String::from(
        "# Findings about a policy\n\nPrinted from `src/policy/lint/`; edit the lint, not this text.\n",
    );
    for lint in LINTS {
        let doc = lint.doc.trim().replace("# ", "### ");
        write!(out, "\n## `{}`\n\n{doc}\n", lint.code).expect("a string takes any text");
    }
    out
}

/// A finding in the words of `http`: what was found and what a cache does, then what to write instead.
fn explained(code: Code, severity: Severity, explanation: &Explanation) -> Diagnostic {
    let effect = explanation.effect_within();
    let help = if explanation.instead.starts_with("did you mean") {
        explanation.instead.clone()
    } else {
        format!("write instead: {}", explanation.instead)
    };
    Diagnostic::new(code, severity, format!("{}: {effect}", explanation.found))
        .help(help)
        .spec(explanation.section.to_string())
}

#[cfg(test)]
mod tests;
