//! The three steps in one call, for a site that is in memory anyway.
//!
//! Uses: scan, plan · Never: files, clock, threads

use std::collections::BTreeMap;

use bytes::Bytes;

use super::decide::Decision;
use super::digest::Digest;
use super::findings::Finding;
use super::mount::mounted;
use super::plan::Plan;
use super::reference::Scanned;
use super::scan::{scan, scan_verbatim};
use super::settings::Settings;
use super::site::{FileId, Site};
use super::verify::Verifier;

/// One file of the input.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path: absolute, decoded, `/css/a b.css`.
    pub path: String,
    /// The bytes.
    pub content: Bytes,
}

/// Where a file of the output comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputOrigin {
    /// It has its own name.
    Original,
    /// It is the same bytes under a name that says so.
    Renamed {
        /// The original path, which is also in the output.
        from: String,
        /// The digest of the final bytes.
        digest: Digest,
    },
}

/// One file of the output.
#[derive(Clone, Debug)]
pub struct Output {
    /// The path.
    pub path: String,
    /// The final bytes: references in them are edited. An original and its fingerprinted copy share them.
    pub content: Bytes,
    /// Where it comes from.
    pub origin: OutputOrigin,
    /// May it be served as immutable? The name changes whenever the bytes do.
    pub fingerprinted: bool,
    /// What was decided about the file it comes from.
    pub reason: Decision,
}

/// A whole site, fingerprinted.
#[derive(Clone, Debug)]
pub struct Fingerprinted {
    /// Every file, original paths and fingerprinted ones, in the order of the paths' bytes.
    pub outputs: Vec<Output>,
    /// What was decided about each file of the input, by path.
    pub decisions: BTreeMap<String, Decision>,
    /// What the author should know.
    pub findings: Vec<Finding>,
}

/// Fingerprints a site. Of two sources with one path, the last counts.
pub fn fingerprint(sources: Vec<Source>, settings: &Settings) -> Fingerprinted {
    let contents: BTreeMap<String, Bytes> = sources
        .into_iter()
        .map(|source| (source.path, source.content))
        .collect();
    let scan_all = |site: &Site| -> Vec<Scanned> {
        site.ids()
            .filter_map(|file| Some(scan(site, file, contents.get(site.path(file))?)))
            .collect()
    };
    let mut site = Site::new(contents.keys().cloned(), settings);
    let mut scanned = scan_all(&site);
    if let Some(mounted) = mounted(&site, &scanned) {
        site = mounted;
        scanned = scan_all(&site);
    }
    let load = |path: &str| contents.get(path).cloned();
    let plan = verified(Plan::new(site, scanned, settings, &load), settings, &load);
    let mut outputs: BTreeMap<String, Output> = BTreeMap::new();
    let mut decisions = BTreeMap::new();
    for file in plan.site().ids() {
        let path = plan.site().path(file);
        let Some(original) = contents.get(path) else {
            continue;
        };
        let content = plan.render(file, original);
        let reason = plan.decision(file).clone();
        decisions.insert(path.to_owned(), reason.clone());
        if let Some(renamed) = plan.renamed(file) {
            let output = Output {
                path: renamed.to_owned(),
                content: content.clone(),
                origin: OutputOrigin::Renamed {
                    from: path.to_owned(),
                    digest: Digest::of(&content),
                },
                fingerprinted: true,
                reason: reason.clone(),
            };
            outputs.insert(output.path.clone(), output);
        }
        let output = Output {
            path: path.to_owned(),
            content,
            origin: OutputOrigin::Original,
            fingerprinted: matches!(&reason, Decision::Foreign(foreign) if foreign.immutable),
            reason,
        };
        // A name that is in the input already with the same bytes was put here first, as fingerprinted.
        outputs.entry(path.to_owned()).or_insert(output);
    }
    Fingerprinted {
        outputs: outputs.into_values().collect(),
        decisions,
        findings: plan.findings(),
    }
}

/// Plans again until every output passes the last look; what does not is left byte for byte.
fn verified(mut plan: Plan, settings: &Settings, load: &dyn Fn(&str) -> Option<Bytes>) -> Plan {
    // Each round leaves at least one more resource alone, so that the last one edits nothing.
    for _ in 0..plan.site().len() {
        let verifier = Verifier::new(&plan);
        let faulty: Vec<FileId> = plan
            .site()
            .ids()
            .filter(|file| {
                load(plan.site().path(*file)).is_some_and(|original| {
                    let rendered = plan.render(*file, &original);
                    verifier.verify(*file, &original, &rendered).is_err()
                })
            })
            .collect();
        if faulty.is_empty() {
            break;
        }
        plan = leave(plan, &faulty, settings, load);
    }
    plan
}

/// Plans the site again, leaving the resources `faulty` byte for byte.
pub fn leave(
    plan: Plan,
    faulty: &[FileId],
    settings: &Settings,
    load: &dyn Fn(&str) -> Option<Bytes>,
) -> Plan {
    let (site, mut scanned) = plan.into_parts();
    for file in faulty {
        if let Some(content) = load(site.path(*file)) {
            scanned[file.index()] = scan_verbatim(&site, *file, &content);
        }
    }
    Plan::new(site, scanned, settings, load)
}
