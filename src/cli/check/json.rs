//! Findings as JSON: stable, and documented in docs/guide/check.md.
//!
//! Uses: findings, `serde_json` · Never: anything else

use serde_json::{Value, json};

use super::Checked;
use crate::findings::{Finding, Level};

pub(super) fn render(checked: &Checked) -> String {
    let count = |level: Level| {
        checked
            .findings
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    };
    let findings: Vec<Value> = checked.findings.iter().map(finding).collect();
    let all = json!({
        "target": checked.target,
        "counts": {
            "error": count(Level::Error),
            "warning": count(Level::Warning),
            "note": count(Level::Note),
            "good": count(Level::Good),
        },
        "findings": findings,
    });
    serde_json::to_string_pretty(&all).expect("a value of JSON can be written")
}

fn finding(finding: &Finding) -> Value {
    let lines = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "code": finding.code,
        "level": finding.level.as_str(),
        "url": finding.url,
        "message": finding.message,
        "seen": finding.seen,
        "means": finding.means,
        "fix": finding.fix,
        "lines": {
            "larder": lines(finding.lines.larder),
            "nginx": lines(finding.lines.nginx),
            "caddy": lines(finding.lines.caddy),
        },
        "spec": finding.spec,
        "policy": finding.policy,
    })
}
