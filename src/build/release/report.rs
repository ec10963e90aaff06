//! What a build did, in numbers and reasons.
//!
//! Uses: fingerprint, notice · Never: printing

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use super::notice::Notice;
use crate::{
    build::Odd,
    fingerprint::{
        Class, Decision, FileId, Finding, Plan,
        manifest::{Manifest, Resource},
    },
};

/// What a build did, or would do.
#[derive(Clone, Debug)]
pub struct Report {
    /// Where the site is.
    pub site: PathBuf,
    /// Where the release is.
    pub out: Option<PathBuf>,
    /// How many files of the site were read, and how many bytes they have.
    pub read: (usize, u64),
    /// What was decided about each, by path.
    pub decisions: BTreeMap<String, Decision>,
    /// The fingerprinted path of each that has one.
    pub renamed: BTreeMap<String, String>,
    /// Where the site will be mounted, as it was told: `/`, or `/docs/`.
    pub base: String,
    /// The prefix under which the site expects to be mounted, if it was not told and evident.
    pub mount: Option<String>,
    /// What the engine found.
    pub findings: Vec<Finding>,
    /// What is not in the release.
    pub odd: Vec<Odd>,
    /// What else is worth knowing.
    pub notices: Vec<Notice>,
    /// How many releases it was compared with.
    pub compared: usize,
    /// The manifest of the release; empty until it is made.
    pub manifest: Manifest,
    /// What a visit to the site's entry downloads.
    pub visit: Option<Visit>,
    /// How long each step took.
    pub steps: Vec<(&'static str, Duration)>,
}

impl Report {
    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.findings.len()
            + self.odd.len()
            + self
                .notices
                .iter()
                .filter(|notice| notice.is_warning())
                .count()
    }
}

/// What a browser that opens `/index.html` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// How many resources the first visit needs.
    pub resources: usize,
    /// How many bytes that is, each in its smallest coded form.
    pub bytes: u64,
    /// How many of them the next visit has to ask about; it downloads none of them.
    pub revalidated: usize,
}

impl Visit {
    /// Follows the references from the entry document: all of them, so that this is the most that a visit can need.
    pub(super) fn of(plan: &Plan, manifest: &Manifest) -> Option<Self> {
        let entry = plan.site().find("/index.html")?;
        let mut seen: BTreeSet<FileId> = BTreeSet::from([entry]);
        let mut next = vec![entry];
        let mut visit = Self::default();
        while let Some(file) = next.pop() {
            let path = plan.renamed(file).unwrap_or_else(|| plan.site().path(file));
            let resource = manifest.resources.get(path)?;
            visit.resources += 1;
            visit.bytes += smallest(resource);
            visit.revalidated += usize::from(!resource.immutable);
            let targets = plan
                .scanned(file)
                .references
                .iter()
                .map(|reference| reference.target);
            next.extend(
                targets
                    .filter(|target| plan.site().class(*target) != Class::SourceMap)
                    .filter(|target| seen.insert(*target)),
            );
        }
        Some(visit)
    }
}

fn smallest(resource: &Resource) -> u64 {
    resource
        .codings
        .iter()
        .map(|coded| coded.length)
        .fold(resource.length, u64::min)
}
