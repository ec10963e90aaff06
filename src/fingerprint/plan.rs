//! The plan for a whole site: every decision, every name. Small beside the site, so that the site itself can stream through it.
//!
//! Three steps, of which the outer two may run on any number of threads and in any order: scan each resource (and all of them once more where
//! [`mounted`](super::mounted) finds that the site has another base), plan once, render each resource. Rendering needs nothing but the plan and the resource's bytes.
//!
//! Uses: decide, naming, splice · Never: files, clock, threads

use std::collections::BTreeMap;

use bytes::Bytes;

use super::decide::{Decided, Decision, decide};
use super::digest::Digest;
use super::findings::{self, Finding};
use super::integrity;
use super::locks;
use super::naming::{self, Load, Name, Naming};
use super::reference::{IntegrityRecord, Reference, Scanned, Unreadable};
use super::settings::Settings;
use super::site::{FileId, Site};
use super::source_map::{self, Patches};
use super::splice::{Edit, normalise, splice};
use super::{foreign, reference};

/// What will be done with every file of a site.
pub struct Plan {
    site: Site,
    scanned: Vec<Scanned>,
    decided: Decided,
    names: Vec<Option<Name>>,
    patches: Patches,
    /// What an `integrity` value is to become, by the file it is about and the old value.
    renewed: BTreeMap<(FileId, String), String>,
    /// The record to add where there is none, by file.
    added: BTreeMap<FileId, String>,
}

impl Plan {
    /// Plans the site. `scanned` holds the scan of every file of `site`, in any order (one that is missing keeps its name); `load` gives the content of those few that are
    /// renamed and refer to others.
    pub fn new(
        site: Site,
        scanned: Vec<Scanned>,
        settings: &Settings,
        load: &dyn Fn(&str) -> Option<Bytes>,
    ) -> Self {
        let scanned = complete(&site, scanned);
        let load: Load<'_> = load;
        let foreign = foreign::foreign(&site, &scanned, load);
        let locked = locks::locks(&site, &scanned, &foreign, load);
        let mut decided = decide(&site, &scanned, settings, &foreign, &locked);
        let patches = source_map::patches(&site, &scanned, &decided, settings.digits(), load);
        let names = Naming {
            site: &site,
            scanned: &scanned,
            settings,
            load,
            decided: &mut decided,
            patches: &patches,
            missing: naming::missing(&scanned),
            names: vec![None; scanned.len()],
        }
        .run();
        let mut plan = Self {
            site,
            scanned,
            decided,
            names,
            patches,
            renewed: BTreeMap::new(),
            added: BTreeMap::new(),
        };
        plan.renew_integrity(load);
        if settings.integrity {
            plan.add_integrity(load);
        }
        plan
    }

    /// The site that is planned.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// What is done with a file.
    pub fn decision(&self, file: FileId) -> &Decision {
        &self.decided.decisions[file.index()]
    }

    /// The fingerprinted path of a file that has one.
    pub fn renamed(&self, file: FileId) -> Option<&str> {
        self.names[file.index()]
            .as_ref()
            .map(|name| name.path.as_str())
    }

    /// The final bytes of `file`, of which `content` are the original ones: the same under its original and its fingerprinted name.
    ///
    /// A content other than the one that was scanned is returned as it is.
    pub fn render(&self, file: FileId, content: &Bytes) -> Bytes {
        let scanned = &self.scanned[file.index()];
        if scanned.length != content.len() {
            return content.clone();
        }
        if let Some(insertions) = self.patches.get(&file) {
            return source_map::patch(content, insertions);
        }
        splice(content, &self.edits(scanned, content))
    }

    fn edits(&self, scanned: &Scanned, content: &Bytes) -> Vec<Edit> {
        let mut edits: Vec<Edit> = self
            .decided
            .editable(scanned)
            .filter_map(|reference| {
                let name = self.names[reference.target.index()].as_ref()?;
                Some(Edit::insert(
                    reference.insert,
                    format!(".{}", name.fingerprint),
                ))
            })
            .collect();
        if !self.decided.is_editable(scanned) {
            return normalise(edits, scanned.length);
        }
        for record in &scanned.integrity {
            if let Some(text) = self.renewed.get(&(record.target, record.value.clone())) {
                edits.push(Edit {
                    span: record.span.clone(),
                    text: text.clone(),
                });
            }
        }
        for (at, target) in &scanned.integrity_gaps {
            if let Some(record) = self.added.get(target) {
                edits.push(Edit::insert(*at, format!(" integrity=\"{record}\"")));
            }
        }
        let mut edits = normalise(edits, scanned.length);
        let policies = policy_edits(scanned, content, &edits);
        if !policies.is_empty() {
            edits.extend(policies);
            edits = normalise(edits, scanned.length);
        }
        edits
    }

    /// Finds out what every integrity record about edited bytes becomes.
    fn renew_integrity(&mut self, load: Load<'_>) {
        let mut wanted: Vec<(FileId, String)> = self
            .scanned
            .iter()
            .filter(|file| self.decided.is_editable(file))
            .flat_map(|file| {
                file.integrity
                    .iter()
                    .map(|record| (record.target, record.value.clone()))
            })
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        for (target, value) in wanted {
            let Some(original) = load(self.site.path(target)) else {
                continue;
            };
            let last = self.render(target, &original);
            if last != original
                && let Some(text) = integrity::renewed(&value, &original, &last)
            {
                self.renewed.insert((target, value), text);
            }
        }
    }

    /// Records for what is loaded under a name that never changes its bytes. Elsewhere a record would forbid the next release.
    fn add_integrity(&mut self, load: Load<'_>) {
        let mut wanted: Vec<FileId> = self
            .scanned
            .iter()
            .flat_map(|file| file.integrity_gaps.iter().map(|(_, target)| *target))
            .filter(|target| self.is_immutable(*target))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        for target in wanted {
            if let Some(original) = load(self.site.path(target)) {
                let last = self.render(target, &original);
                self.added
                    .insert(target, reference::Algorithm::Sha384.record(&last));
            }
        }
    }

    /// Is every reference to this file to a URL whose bytes never change?
    fn is_immutable(&self, file: FileId) -> bool {
        match self.decision(file) {
            Decision::Renamed => true,
            Decision::Foreign(foreign) => foreign.immutable,
            _ => false,
        }
    }

    /// For each reference of a file, if it is edited, the fingerprinted path of its target and the fingerprint.
    pub(crate) fn renamed_references<'r>(
        &'r self,
        scanned: &'r Scanned,
    ) -> impl Iterator<Item = (&'r Reference, Option<(&'r str, &'r str)>)> {
        let editable = self.decided.is_editable(scanned);
        scanned.references.iter().map(move |reference| {
            let edited = editable && self.decided.place_is_editable(scanned, reference.place);
            let name = self.names[reference.target.index()]
                .as_ref()
                .filter(|_| edited);
            (
                reference,
                name.map(|name| (name.path.as_str(), name.fingerprint.as_str())),
            )
        })
    }

    /// What an integrity record has become.
    pub(crate) fn renewed(&self, record: &IntegrityRecord) -> Option<&str> {
        self.renewed
            .get(&(record.target, record.value.clone()))
            .map(String::as_str)
    }

    /// What was found in a file.
    pub(crate) fn scanned(&self, file: FileId) -> &Scanned {
        &self.scanned[file.index()]
    }

    /// Is the file a source map that is told of insertions?
    pub(crate) fn is_patched_map(&self, file: FileId) -> bool {
        self.patches.contains_key(&file)
    }

    /// Does rendering change the file?
    pub fn has_edits(&self, file: FileId) -> bool {
        let scanned = &self.scanned[file.index()];
        self.is_patched_map(file)
            || self
                .decided
                .editable(scanned)
                .any(|reference| self.names[reference.target.index()].is_some())
            || self.decided.is_editable(scanned)
                && !(scanned.integrity.is_empty() && scanned.integrity_gaps.is_empty())
    }

    /// Takes the plan apart, for planning again.
    pub(crate) fn into_parts(self) -> (Site, Vec<Scanned>) {
        (self.site, self.scanned)
    }

    /// The prefix under which the site expects to be mounted, if that was evident.
    pub fn mount(&self) -> Option<&str> {
        self.site.evident_base()
    }

    /// What the author should know.
    pub fn findings(&self) -> Vec<Finding> {
        findings::of(&self.site, &self.scanned)
    }
}

/// One scan for each file of the site, in order.
fn complete(site: &Site, mut scanned: Vec<Scanned>) -> Vec<Scanned> {
    scanned.sort_unstable_by_key(|file| file.file);
    scanned.dedup_by_key(|file| file.file);
    let mut given = scanned.into_iter().peekable();
    site.ids()
        .map(|id| {
            given.next_if(|file| file.file == id).unwrap_or_else(|| {
                let mut missing = Scanned::new(id, site.class(id), Digest::of(b""), 0);
                missing.unreadable = Some(Unreadable::Unavailable);
                missing
            })
        })
        .collect()
}

/// Digests of inline scripts in a policy of the same document, after the `edits` (which are normal) to those scripts.
fn policy_edits(scanned: &Scanned, content: &Bytes, edits: &[Edit]) -> Vec<Edit> {
    scanned
        .inline
        .iter()
        .filter_map(|record| {
            let inside: Vec<Edit> = edits
                .iter()
                .filter(|edit| {
                    edit.span.start >= record.content.start && edit.span.end <= record.content.end
                })
                .map(|edit| Edit {
                    span: edit.span.start - record.content.start
                        ..edit.span.end - record.content.start,
                    text: edit.text.clone(),
                })
                .collect();
            if inside.is_empty() {
                return None;
            }
            let inline = splice(&content.slice(record.content.clone()), &inside);
            Some(Edit {
                span: record.span.clone(),
                text: record
                    .algorithm
                    .digest(&integrity::normalise_newlines(&inline)),
            })
        })
        .collect()
}
