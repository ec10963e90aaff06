//! What a build did or would do, for programs: one JSON object on stdout.
//!
//! Sorted, and without times: two equal builds print the same. Keys are only ever added.
//!
//! Uses: build, `serde_json` · Never: printing (it gives a text)

use serde_json::{Value, json};

use crate::build::release::{Report, because, heading};

/// The report as JSON. `published` says whether the release is in its place.
pub(super) fn text(report: &Report, published: bool) -> String {
    let files: serde_json::Map<String, Value> = report
        .decisions
        .iter()
        .map(|(path, decision)| {
            let value = json!({
                "as": report.renamed.get(path),
                "decision": heading(decision),
                "because": because(decision),
            });
            (path.clone(), value)
        })
        .collect();
    let visit = report.visit.map(|visit| {
        json!({ "resources": visit.resources, "bytes": visit.bytes, "revalidated": visit.revalidated })
    });
    let text = json!({
        "site": report.site,
        "out": report.out,
        "published": published,
        "files": files,
        "bytes": report.read.1,
        "resources": report.manifest.resources.len(),
        "base": report.mount.as_ref().unwrap_or(&report.base),
        "visit": visit,
        "warnings": report.warnings(),
        "about_references": texts(&report.findings),
        "not_in_the_release": texts(&report.odd),
        "worth_knowing": texts(&report.notices),
    });
    format!("{text:#}")
}

fn texts(items: &[impl ToString]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}
