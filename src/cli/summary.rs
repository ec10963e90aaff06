//! What a start says: what was found, what it was taken for, what is odd.
//!
//! Uses: build, snapshot · Never: printing (it gives lines)

use std::fmt::Write;

use crate::{
    build::{Mode, Site},
    policy::Kind,
    snapshot::Snapshot,
};

/// How many oddities are named before they are only counted.
const NAMED: usize = 5;

/// The lines of the start-up summary.
pub(super) fn summary(site: &Site, snapshot: &Snapshot, policy: &str, mode: Mode) -> Vec<String> {
    let mut lines = vec![
        files(site, snapshot, mode),
        format!("  policy: {policy}"),
        format!("  routes: {}", snapshot.spa()),
    ];
    if let Some(recognised) = &site.recognised {
        let summary = recognised.summary();
        if summary.fingerprinted + summary.doubted > 0 {
            lines.push(format!("  names:  {summary}"));
        }
    }
    let findings: Vec<String> = site.findings.iter().map(ToString::to_string).collect();
    lines.extend(listed("about fingerprinting", &findings));
    let odd: Vec<String> = site.odd.iter().map(ToString::to_string).collect();
    lines.extend(listed("not served", &odd));
    lines.extend(listed(
        "asked for immutable, and not given it (no hash in the name)",
        &refused(snapshot),
    ));
    lines
}

fn files(site: &Site, snapshot: &Snapshot, mode: Mode) -> String {
    let count = |kind| {
        snapshot
            .resources()
            .iter()
            .filter(|resource| resource.kind == kind)
            .count()
    };
    let bytes: u64 = site.files.iter().map(|file| file.content.length()).sum();
    let (documents, fingerprinted, assets) = (
        count(Kind::Document),
        count(Kind::Fingerprinted),
        count(Kind::Asset),
    );
    let how = match mode {
        _ if site.is_release => "as they were released",
        Mode::Fingerprint => "fingerprinted in memory",
        Mode::AsTheyAre | Mode::Plain => "as they are",
    };
    format!(
        "larder: {} files ({}) from {}, {how}, in {:.2} s: {documents} {}, {fingerprinted} fingerprinted, {assets} other",
        site.files.len(),
        size(bytes),
        site.root.display(),
        site.took.as_secs_f64(),
        if documents == 1 {
            "document"
        } else {
            "documents"
        },
    )
}

/// Bytes as people read them.
pub(super) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let bytes = bytes as f64;
    match bytes {
        b if b < 1024.0 => format!("{b} B"),
        b if b < 1024.0 * 1024.0 => format!("{:.0} KiB", b / 1024.0),
        b => format!("{:.1} MiB", b / 1024.0 / 1024.0),
    }
}

pub(super) fn listed(title: &str, items: &[String]) -> Vec<String> {
    if items.is_empty() {
        return Vec::new();
    }
    let mut text = format!("  {title}: {}", items.len());
    for item in items.iter().take(NAMED) {
        let _ = write!(text, "\n    {item}");
    }
    if items.len() > NAMED {
        let _ = write!(text, "\n    … and {} more", items.len() - NAMED);
    }
    vec![text]
}

/// What rules asked to be `immutable` and policy did not allow.
fn refused(snapshot: &Snapshot) -> Vec<String> {
    use crate::policy::{Outcome, Source};
    snapshot
        .resources()
        .iter()
        .flat_map(|resource| {
            snapshot
                .decision(resource.decision)
                .because
                .iter()
                .filter(|reason| reason.outcome == Outcome::Refused)
                .map(|reason| {
                    let rule = match &reason.source {
                        Source::Rule(_, name) => format!("rule `{name}`"),
                        Source::Default(key) => format!("`{key}`"),
                        Source::BuiltIn => "larder".to_owned(),
                    };
                    let place = reason
                        .location
                        .as_ref()
                        .map(|place| format!(" ({place})"))
                        .unwrap_or_default();
                    format!("{} by {rule}{place}", resource.path)
                })
        })
        .collect()
}
