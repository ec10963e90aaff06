//! The fingerprinted names of a site.
//!
//! Outside circles a name is the digest of the file's final bytes, so that anybody can check one against the other. Inside a circle no such
//! name exists; there it is a digest over all members with their references to each other blanked, and changes when any of them does.
//! Nothing here depends on the order of anything but the paths.
//!
//! Uses: graph, decide, splice · Never: files, clock

use std::collections::BTreeSet;

use bytes::Bytes;

use super::decide::{Decided, Decision, Pin};
use super::digest::Digest;
use super::graph;
use super::name;
use super::reference::Scanned;
use super::settings::Settings;
use super::site::{FileId, Site};
use super::source_map::{self, Patches};
use super::splice::{Edit, normalise, splice};

/// Changing what is digested in a circle, or how, changes names: then this changes too.
const DOMAIN: &str = "fp-scc-1";

/// The fingerprinted name of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// The path with the fingerprint.
    pub(crate) path: String,
    /// The fingerprint alone.
    pub(crate) fingerprint: String,
}

/// Gives the content of a file again; none if it cannot.
pub(crate) type Load<'l> = &'l dyn Fn(&str) -> Option<Bytes>;

/// The paths that references lead to where nothing is, as far as they look like names that could be given.
pub(crate) fn missing(scanned: &[Scanned]) -> BTreeSet<String> {
    scanned
        .iter()
        .flat_map(|file| &file.missing)
        .map(|missing| missing.path.as_str())
        .filter(|path| name::parts(path).is_some())
        .map(str::to_owned)
        .collect()
}

/// What names are computed from.
pub(crate) struct Naming<'n> {
    pub(crate) site: &'n Site,
    pub(crate) scanned: &'n [Scanned],
    pub(crate) settings: &'n Settings,
    pub(crate) load: Load<'n>,
    pub(crate) decided: &'n mut Decided,
    pub(crate) patches: &'n Patches,
    /// Paths that something refers to although nothing is there: a name must not come to be what was never meant.
    pub(crate) missing: BTreeSet<String>,
    pub(crate) names: Vec<Option<Name>>,
}

impl Naming<'_> {
    /// Names every file that is to be renamed.
    pub(crate) fn run(mut self) -> Vec<Option<Name>> {
        let edges = self.edges();
        for component in graph::components(&edges) {
            match component.as_slice() {
                [node] if !edges[*node].contains(node) => self.alone(*node),
                _ => self.circle(&component),
            }
        }
        self.names
    }

    fn is_renamed(&self, index: usize) -> bool {
        self.decided.decisions[index] == Decision::Renamed
    }

    /// What each renamed file's bytes depend on: the names it refers to.
    fn edges(&self) -> Vec<Vec<usize>> {
        let mut edges = vec![Vec::new(); self.scanned.len()];
        for file in self.scanned {
            let index = file.file.index();
            if !self.is_renamed(index) {
                continue;
            }
            let mut targets: Vec<usize> = self
                .decided
                .editable(file)
                .map(|reference| reference.target.index())
                .filter(|target| self.is_renamed(*target))
                .collect();
            targets.sort_unstable();
            targets.dedup();
            edges[index] = targets;
        }
        edges
    }

    fn edits(&self, index: usize, inside: &[usize]) -> Vec<Edit> {
        let file = &self.scanned[index];
        let edits = self
            .decided
            .editable(file)
            .filter_map(|reference| {
                let target = reference.target.index();
                let text = if inside.binary_search(&target).is_ok() {
                    format!("\0ref:{}\0", self.site.path(reference.target))
                } else {
                    format!(".{}", self.names[target].as_ref()?.fingerprint)
                };
                Some(Edit::insert(reference.insert, text))
            })
            .collect();
        normalise(edits, file.length)
    }

    fn alone(&mut self, index: usize) {
        if !self.is_renamed(index) {
            return;
        }
        let Some(digest) = self.digest(index, &[]) else {
            return self.keep(index, Pin::Unavailable);
        };
        let path = self
            .site
            .path(FileId(u32::try_from(index).unwrap_or(u32::MAX)));
        // Longer and longer, until the name is free: it still agrees with the bytes.
        let mut digits = self.settings.digits();
        loop {
            let fingerprint = digest.short(digits);
            match name::fingerprinted(path, &fingerprint) {
                Some(path) if self.is_free(&path, &digest) => {
                    self.names[index] = Some(Name { path, fingerprint });
                    return;
                }
                Some(_) if digits < 64 => digits = (digits + 8).min(64),
                Some(_) => return self.keep(index, Pin::NameTaken),
                None => return self.keep(index, Pin::NameTooLong),
            }
        }
    }

    /// The digest of the bytes with all edits; `inside` are the members of the circle.
    fn digest(&self, index: usize, inside: &[usize]) -> Option<Digest> {
        let file = &self.scanned[index];
        if let Some(insertions) = self.patches.get(&file.file) {
            let map = (self.load)(self.site.path(file.file))?;
            return Some(Digest::of(&source_map::patch(&map, insertions)));
        }
        let edits = self.edits(index, inside);
        if edits.is_empty() {
            return Some(file.digest);
        }
        let content = (self.load)(self.site.path(file.file))
            .filter(|content| content.len() == file.length)?;
        Some(Digest::of(&splice(&content, &edits)))
    }

    /// Is nothing else at `path`? The same bytes may be.
    fn is_free(&self, path: &str, digest: &Digest) -> bool {
        !self.missing.contains(path)
            && self
                .site
                .find(path)
                .is_none_or(|taken| self.scanned[taken.index()].digest == *digest)
    }

    fn keep(&mut self, index: usize, pin: Pin) {
        self.decided.decisions[index] = Decision::Pinned(pin);
    }

    fn circle(&mut self, members: &[usize]) {
        let digests: Option<Vec<Digest>> = members
            .iter()
            .map(|member| self.digest(*member, members))
            .collect();
        let Some(digests) = digests else {
            for member in members {
                self.keep(*member, Pin::Unavailable);
            }
            return;
        };
        // A second try only if a name is taken: the same length, so that nothing else moves.
        for attempt in 0_u8..16 {
            let names = self.circle_names(members, &digests, attempt);
            let is_free = |name: &Name| {
                self.site.find(&name.path).is_none() && !self.missing.contains(&name.path)
            };
            if names.iter().all(is_free) {
                for (member, name) in members.iter().zip(names) {
                    self.names[*member] = Some(name);
                }
                return;
            }
        }
        for member in members {
            self.keep(*member, Pin::NameTaken);
        }
    }

    fn circle_names(&self, members: &[usize], digests: &[Digest], attempt: u8) -> Vec<Name> {
        let path = |member: usize| self.site.path(self.scanned[member].file);
        let attempt = [attempt];
        let mut parts: Vec<&[u8]> = if attempt[0] == 0 {
            vec![]
        } else {
            vec![&attempt]
        };
        for (member, digest) in members.iter().zip(digests) {
            parts.push(path(*member).as_bytes());
            parts.push(digest.as_bytes());
        }
        let whole = Digest::of_parts(DOMAIN, &parts);
        members
            .iter()
            .zip(digests)
            .map(|(member, digest)| {
                let parts = [
                    whole.as_bytes().as_slice(),
                    path(*member).as_bytes(),
                    digest.as_bytes(),
                ];
                let mut digest = Digest::of_parts(DOMAIN, &parts);
                // A later build knows such a copy by its bytes alone, and takes digits for a date.
                while name::is_number(&digest.short(self.settings.digits())) {
                    digest = Digest::of_parts(DOMAIN, &[digest.as_bytes()]);
                }
                let fingerprint = digest.short(self.settings.digits());
                let path = name::fingerprinted(path(*member), &fingerprint).unwrap_or_default();
                Name { path, fingerprint }
            })
            .collect()
    }
}
