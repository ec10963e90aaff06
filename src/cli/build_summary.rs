//! What a build says when it is done: what became of the names, what the coded forms save, what a visitor will download, what is odd.
//!
//! Uses: build · Never: printing (it gives lines)

use std::{collections::BTreeMap, time::Duration};

use super::summary::{listed, size};
use crate::{
    build::release::{Report, because, heading},
    fingerprint::Decision,
};

/// The lines of the closing summary.
pub(super) fn lines(report: &Report, policy: &str) -> Vec<String> {
    let mut lines = vec![head(report), format!("  policy: {policy}")];
    lines.extend(names(report));
    if let Some(mount) = &report.mount {
        lines.push(format!(
            "  base:   {mount}, evident from its references (--base sets it)"
        ));
    } else if report.base != "/" {
        lines.push(format!("  base:   {}", report.base));
    }
    lines.extend(codings(report).map(|coding| format!("  coded:  {coding}")));
    if let Some(visit) = report.visit {
        lines.push(format!(
            "  visit:  at most {} in {} the first time; the next time {} to ask about, and nothing to download",
            size(visit.bytes),
            counted(visit.resources, "resource"),
            visit.revalidated
        ));
    }
    lines.extend(steps(report));
    let kept: Vec<String> = report
        .decisions
        .iter()
        .filter(|(_, decision)| matches!(decision, Decision::Pinned(_) | Decision::Locked(_)))
        .map(|(path, decision)| format!("{path}: {}", because(decision)))
        .collect();
    lines.extend(listed("kept their names", &kept));
    lines.extend(listed("about references", &texts(&report.findings)));
    lines.extend(listed("not in the release", &texts(&report.odd)));
    lines.extend(listed("worth knowing", &texts(&report.notices)));
    lines
}

/// One line for each file of the site: its new name, or why it has none.
pub(super) fn plan(report: &Report) -> Vec<String> {
    report
        .decisions
        .iter()
        .map(|(path, decision)| match report.renamed.get(path) {
            Some(renamed) => format!("{path} -> {renamed}"),
            None => format!("{path}: {}", because(decision)),
        })
        .collect()
}

fn head(report: &Report) -> String {
    let took: Duration = report.steps.iter().map(|(_, took)| *took).sum();
    let took = took.as_secs_f64();
    let (files, bytes) = report.read;
    let read = format!(
        "{} ({}) from {}",
        counted(files, "file"),
        size(bytes),
        report.site.display()
    );
    let compared = match report.compared {
        0 => String::new(),
        1 => ", compared with an earlier release".to_owned(),
        more => format!(", compared with {more} earlier releases"),
    };
    match &report.out {
        Some(out) if !report.manifest.resources.is_empty() || files == 0 => format!(
            "larder: {read} made {} in {}, in {took:.2} s{compared}",
            counted(report.manifest.resources.len(), "resource"),
            out.display()
        ),
        _ => format!("larder: {read} planned in {took:.2} s"),
    }
}

fn names(report: &Report) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for decision in report.decisions.values() {
        *counts.entry(heading(decision)).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(heading, count)| format!("{count} {heading}"))
        .collect();
    (!counts.is_empty()).then(|| format!("  names:  {}", counts.join(", ")))
}

/// Files and bytes of each coding. What lies twice in the release, under two names, is counted once.
fn codings(report: &Report) -> impl Iterator<Item = String> {
    let mut totals: BTreeMap<&str, BTreeMap<crate::fingerprint::Digest, (u64, u64)>> =
        BTreeMap::new();
    for resource in report.manifest.resources.values() {
        for coded in &resource.codings {
            totals
                .entry(&coded.coding)
                .or_default()
                .insert(resource.digest, (resource.length, coded.length));
        }
    }
    totals
        .into_iter()
        .map(|(coding, of)| {
            let before = of.values().map(|(before, _)| before).sum();
            let after = of.values().map(|(_, after)| after).sum();
            let files = counted(of.len(), "file");
            format!(
                "{files} as {coding}, {} instead of {}",
                size(after),
                size(before)
            )
        })
        .collect::<Vec<_>>()
        .into_iter()
}

fn steps(report: &Report) -> Option<String> {
    let mut steps = report.steps.clone();
    steps.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    let steps: Vec<String> = steps
        .iter()
        .map(|(step, took)| format!("{step} {:.2} s", took.as_secs_f64()))
        .collect();
    (!steps.is_empty()).then(|| format!("  time:   {}", steps.join(", ")))
}

fn texts(items: &[impl ToString]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 {what}")
    } else {
        format!("{count} {what}s")
    }
}
