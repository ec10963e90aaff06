//! A policy and what there is to say about it, as findings among the others.
//!
//! Uses: policy, diagnostic, findings · Never: the wording of diagnostics

use std::{fs, path::Path};

use super::super::error::CliError;
use crate::{
    build::find_policy,
    diagnostic::{Diagnostic, Severity},
    findings::{Finding, Level, Lines},
    policy::{self, Policy},
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
    let Some(path) = named.map(Path::to_owned).or_else(|| find_policy(folder)) else {
        return Ok(Read {
            policy: Policy::default(),
            place: "the default policy".to_owned(),
            findings: Vec::new(),
        });
    };
    let text = fs::read_to_string(&path).map_err(|source| CliError::PolicyUnreadable {
        path: path.clone(),
        source,
    })?;
    let name = path.display().to_string();
    let compiled = policy::compile(&name, &text);
    let findings = compiled
        .diagnostics
        .iter()
        .map(|diagnostic| finding(diagnostic, &name, &text))
        .collect();
    Ok(Read {
        place: if compiled.policy.is_some() {
            name
        } else {
            format!("the default policy, as {name} has errors")
        },
        policy: compiled.policy.unwrap_or_default(),
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
