//! A policy and what there is to say about it, as findings among the others.
//!
//! Uses: build (reads it), policy, diagnostic, findings · Never: the wording of diagnostics

use std::path::Path;

use super::super::error::CliError;
use crate::{
    build::{Meaning, PolicyText},
    diagnostic::{Diagnostic, Severity},
    findings::{Finding, Level, Lines},
    policy::Policy,
};

/// A policy, and its findings.
pub(super) struct Read {
    pub(super) policy: Policy,
    /// Where it is written, in words.
    pub(super) place: String,
    pub(super) findings: Vec<Finding>,
}

/// Reads the policy that was `named`, or that lies in `folder` or beside it, or the defaults.
///
/// One with errors is a finding, and the rest is judged under the defaults.
pub(super) fn read(named: Option<&Path>, folder: &Path) -> Result<Read, CliError> {
    let written = PolicyText::read(named, folder)?;
    let Meaning {
        policy,
        diagnostics,
    } = written.compile();
    let name = written.name();
    let findings = diagnostics
        .iter()
        .map(|diagnostic| finding(diagnostic, &name, &written.text))
        .collect();
    Ok(Read {
        place: match &policy {
            _ if written.file.is_none() => "the default policy".to_owned(),
            Some(_) => name,
            None => format!("the default policy, as {name} has errors"),
        },
        policy: policy.unwrap_or_default(),
        findings,
    })
}

fn finding(diagnostic: &Diagnostic, file: &str, text: &str) -> Finding {
    let start = diagnostic.span().map(|span| span.start.min(text.len()));
    let line = start.map(|at| text[..at].matches('\n').count());
    let url = line.map_or_else(|| file.to_owned(), |line| format!("{file}:{}", line + 1));
    let seen = line
        .and_then(|line| text.lines().nth(line))
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .unwrap_or_else(|| file.to_owned());
    let (message, means) = diagnostic
        .message
        .split_once(": ")
        .unwrap_or((&diagnostic.message, diagnostic.code.summary()));
    Finding {
        code: diagnostic.code.as_str().to_owned(),
        level: match diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Advice => Level::Note,
        },
        url: url.clone(),
        message: message.to_owned(),
        seen,
        means: means.trim_end_matches('.').to_owned(),
        fix: diagnostic.help.clone(),
        lines: Lines::NONE,
        spec: diagnostic.spec.clone().unwrap_or_default(),
        policy: Some(url),
    }
}
