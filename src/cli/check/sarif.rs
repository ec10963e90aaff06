//! Findings as SARIF 2.1.0, which code scanning reads.
//!
//! OASIS SARIF 2.1.0 §3.13 (log), §3.14 (run), §3.27 (result), §3.49 (rules).
//!
//! Uses: findings, `serde_json` · Never: anything else

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Checked, github::place};
use crate::findings::{CHECKS, Finding, Level};

pub(super) fn render(checked: &Checked) -> String {
    let told: Vec<&Finding> = checked
        .findings
        .iter()
        .filter(|finding| finding.level > Level::Good)
        .collect();
    let codes: BTreeSet<&str> = told.iter().map(|finding| finding.code.as_str()).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let results: Vec<Value> = told.iter().map(|finding| result(finding, &codes)).collect();
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

fn rule(code: &str) -> Value {
    let known = CHECKS.iter().find(|check| check.code == code);
    let what = known
        .and_then(|check| check.doc.split("# What\n").nth(1)?.split("\n\n").next())
        .unwrap_or(code)
        .replace('\n', " ");
    let help = known.map_or(code, |check| check.doc.trim());
    json!({
        "id": code,
        "shortDescription": {"text": what},
        "help": {"text": help, "markdown": help},
    })
}

fn result(finding: &Finding, codes: &BTreeSet<&str>) -> Value {
    let index = codes.iter().position(|code| *code == finding.code);
    let text = format!(
        "{} (seen: {}). {}. Instead: {}. {}",
        finding.message,
        finding.seen,
        finding.means,
        finding.fix.as_deref().unwrap_or("nothing"),
        finding.spec
    );
    let (uri, region) = match finding.policy.as_deref().and_then(place) {
        Some((file, line)) => (file.to_owned(), Some(json!({"startLine": line}))),
        None => (finding.url.clone(), None),
    };
    let mut physical = json!({"artifactLocation": {"uri": uri}});
    if let Some(region) = region {
        physical["region"] = region;
    }
    json!({
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note | Level::Good => "note",
        },
        "message": {"text": text},
        "locations": [{"physicalLocation": physical}],
    })
}
