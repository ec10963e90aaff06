//! Findings as SARIF 2.1.0, which code scanning reads.
//!
//! OASIS SARIF 2.1.0 §3.13 (log), §3.14 (run), §3.27 (result), §3.49 (rules), §3.4.3 (URIs).
//!
//! Uses: findings, policy and diagnostic (their docs), `serde_json` · Never: anything else

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Checked, whereabouts::Whereabouts};
use crate::{
    diagnostic::Code,
    findings::{CHECKS, Finding, Level},
    policy::lint::LINTS,
};

pub(super) fn render(checked: &Checked) -> String {
    let told: Vec<&Finding> = checked
        .findings
        .iter()
        .filter(|finding| finding.level > Level::Good)
        .collect();
    let codes: BTreeSet<&str> = told.iter().map(|finding| finding.code.as_str()).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let results: Vec<Value> = told
        .iter()
        .map(|finding| result(finding, &codes, checked))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "larder check",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).expect("a value of JSON can be written")
}

/// A kind of finding: its What is the short text, its Why the long one.
fn rule(code: &str) -> Value {
    let Some(doc) = doc(code) else {
        return json!({
            "id": code,
            "shortDescription": {"text": summary(code)},
            "fullDescription": {"text": summary(code)},
            "help": {"text": summary(code)},
        });
    };
    let part = |heading: &str| {
        let after = doc.split_once(heading).map_or("", |(_, after)| after);
        after
            .split("\n\n")
            .next()
            .unwrap_or_default()
            .trim()
            .replace('\n', " ")
    };
    json!({
        "id": code,
        "shortDescription": {"text": part("# What\n")},
        "fullDescription": {"text": part("# Why\n")},
        "help": {"text": doc.trim(), "markdown": doc.trim()},
    })
}

/// The doc of a finding about a site or about a policy.
fn doc(code: &str) -> Option<&'static str> {
    let of_site = CHECKS.iter().find(|check| check.code == code);
    let of_policy = LINTS.iter().find(|lint| lint.code.as_str() == code);
    of_site
        .map(|check| check.doc)
        .or(of_policy.map(|lint| lint.doc))
}

/// A sentence about what has no doc: a policy that cannot be read as it is written, or a deployment that is not as its policy says.
fn summary(code: &str) -> &'static str {
    let known = Code::ALL.iter().find(|known| known.as_str() == code);
    known.map_or("A reply is not what the policy says.", |code| {
        code.summary()
    })
}

fn result(finding: &Finding, codes: &BTreeSet<&str>, checked: &Checked) -> Value {
    let index = codes.iter().position(|code| *code == finding.code);
    let text = format!(
        "{}: {}. Seen at {}: {}. Instead: {} ({})",
        finding.message,
        finding.means,
        finding.url,
        finding.seen,
        finding.fix.as_deref().unwrap_or("nothing"),
        finding.spec
    );
    let whereabouts = Whereabouts::of(finding, checked);
    json!({
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note | Level::Good => "note",
        },
        "message": {"text": text},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": whereabouts.uri()},
            // What is about no line is about the whole, which code hosts want to see at its beginning.
            "region": {"startLine": whereabouts.line().unwrap_or(1)},
        }}],
    })
}
