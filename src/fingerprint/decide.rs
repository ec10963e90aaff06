//! What is done with each file, and why.
//!
//! A file gets a fingerprinted name only if something refers to it by a reference we can edit, nothing refers to it in a way we cannot, and
//! no code is known to care about its name. Everything else keeps its name: it is revalidated, and never wrong.
//!
//! Uses: foreign, reference, site, pattern · Never: files, clock

use std::collections::{BTreeMap, BTreeSet};

use super::class::Class;
use super::foreign::Foreign;
use super::name;
use super::pattern;
use super::reference::{Mention, Place, Reference, Scanned, Unreadable};
use super::resolve::is_template;
use super::settings::Settings;
use super::site::{FileId, Site};
use super::swap;

/// What is done with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is also served under a name that carries its fingerprint.
    Renamed,
    /// Its name already carries somebody's fingerprint: it is left byte for byte.
    Foreign(Foreign),
    /// Its name matters to code.
    Pinned(Pin),
    /// A record that cannot be updated holds its digest: it is left byte for byte.
    Locked(Lock),
    /// Nothing refers to it in a way that could be edited: a second name would never be asked for.
    Unreferenced,
    /// The author excluded it.
    Excluded,
    /// Its kind is published under its own name: documents, data, feeds.
    Published,
}

/// Why a file keeps its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pin {
    /// Text in `by` mentions it.
    Mentioned {
        /// How.
        how: Mention,
        /// The resource that does.
        by: String,
    },
    /// A regular expression in `by` matches its name, and would not match the fingerprinted one.
    Matched {
        /// The expression.
        pattern: String,
        /// The resource that holds it.
        by: String,
    },
    /// `by` imports modules by computed names, of which it may be one.
    Computed {
        /// The resource that does.
        by: String,
    },
    /// A resource that is left byte for byte evaluates it under its own name; a second URL would be a second instance.
    Evaluated {
        /// The resource that does.
        by: String,
    },
    /// A link asks for it ahead, and `by` uses it under its own name: under another one it would be fetched twice.
    Preloaded {
        /// The resource that uses it.
        by: String,
    },
    /// The fingerprinted name would be longer than file systems allow, or the name has no extension.
    NameTooLong,
    /// The fingerprinted name belongs to another file already.
    NameTaken,
    /// Its content could not be read again.
    Unavailable,
}

/// Why a file's bytes must not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A record in `by` covers it: a service worker's list of digests or revisions, or an integrity attribute that cannot be edited.
    ServiceWorkerRecord {
        /// The path of the record.
        by: String,
    },
    /// A digest of it stands in the data or code of `by`.
    DigestInText {
        /// The resource that holds the digest.
        by: String,
    },
}

/// Everything decided about a site, by file.
pub(crate) struct Decided {
    pub(crate) decisions: Vec<Decision>,
    /// Custom properties whose URLs may be edited, by the file that sets them.
    pub(crate) properties: BTreeSet<(FileId, String)>,
}

impl Decided {
    /// May the bytes of this file be edited?
    pub(crate) fn is_editable(&self, scanned: &Scanned) -> bool {
        scanned.unreadable.is_none()
            && !matches!(
                self.decisions[scanned.file.index()],
                Decision::Foreign(_) | Decision::Locked(_)
            )
    }

    /// The references of `scanned` that may be edited.
    pub(crate) fn editable<'r>(
        &'r self,
        scanned: &'r Scanned,
    ) -> impl Iterator<Item = &'r Reference> {
        let editable = self.is_editable(scanned);
        scanned
            .references
            .iter()
            .filter(move |reference| editable && self.place_is_editable(scanned, reference.place))
    }

    /// May references in such a place of this resource be edited, if it may be edited at all?
    pub(crate) fn place_is_editable(&self, scanned: &Scanned, place: Place) -> bool {
        match place {
            Place::CustomProperty(index) => scanned
                .properties
                .get(index as usize)
                .is_some_and(|name| self.properties.contains(&(scanned.file, name.clone()))),
            Place::Resource
            | Place::Evaluated
            | Place::Ahead
            | Place::Preloaded
            | Place::SourceMap => true,
        }
    }
}

/// Decides about every file. `scanned` is in the order of files; `foreign` and `locked` say what is known from elsewhere.
pub(crate) fn decide(
    site: &Site,
    scanned: &[Scanned],
    settings: &Settings,
    foreign: &BTreeMap<FileId, Foreign>,
    locked: &BTreeMap<FileId, Lock>,
) -> Decided {
    let initial = |file: &Scanned| {
        let path = site.path(file.file);
        if file.unreadable == Some(Unreadable::Unavailable) {
            Decision::Pinned(Pin::Unavailable)
        } else if let Some(lock) = locked.get(&file.file) {
            Decision::Locked(lock.clone())
        } else if let Some(foreign) = foreign.get(&file.file) {
            Decision::Foreign(foreign.clone())
        } else if !file.class.may_be_renamed() || is_stable(path) || is_template(path) {
            Decision::Published
        } else if (settings.exclude)(path) || !(settings.include)(path) {
            Decision::Excluded
        } else {
            Decision::Unreferenced
        }
    };
    let mut decided = Decided {
        decisions: scanned.iter().map(initial).collect(),
        properties: same_folder_properties(site, scanned),
    };
    for file in referenced(&decided, scanned) {
        let decision = &mut decided.decisions[file.index()];
        if *decision == Decision::Unreferenced {
            let long =
                name::fingerprinted(site.path(file), &"0".repeat(settings.digits())).is_none();
            *decision = if long {
                Decision::Pinned(Pin::NameTooLong)
            } else {
                Decision::Renamed
            };
        }
    }
    for (file, pin) in pins(site, scanned, settings, &decided) {
        let decision = &mut decided.decisions[file.index()];
        if *decision == Decision::Renamed {
            *decision = Decision::Pinned(pin);
        }
    }
    leave_idle_maps(&mut decided, scanned);
    decided
}

/// A source map gets a new name only where its script does: otherwise a script would change for nothing but a comment.
fn leave_idle_maps(decided: &mut Decided, scanned: &[Scanned]) {
    let is_named_in_renamed: BTreeSet<FileId> = scanned
        .iter()
        .filter(|file| decided.decisions[file.file.index()] == Decision::Renamed)
        .flat_map(|file| &file.references)
        .map(|reference| reference.target)
        .collect();
    for file in scanned.iter().filter(|file| file.class == Class::SourceMap) {
        let decision = &mut decided.decisions[file.file.index()];
        if *decision == Decision::Renamed && !is_named_in_renamed.contains(&file.file) {
            *decision = Decision::Unreferenced;
        }
    }
}

/// Names with a meaning of their own, which clients ask for without a reference and compare by name.
fn is_stable(path: &str) -> bool {
    path.starts_with("/.well-known/")
}

/// The files that somebody else refers to by an editable reference.
fn referenced(decided: &Decided, scanned: &[Scanned]) -> BTreeSet<FileId> {
    scanned
        .iter()
        .flat_map(|file| {
            decided
                .editable(file)
                .map(|reference| reference.target)
                .filter(|target| *target != file.file)
        })
        .collect()
}

/// Every reason to keep a name, in the order of the resources that give it; the first one for a file is reported.
fn pins(
    site: &Site,
    scanned: &[Scanned],
    settings: &Settings,
    decided: &Decided,
) -> Vec<(FileId, Pin)> {
    let mut pins = Vec::new();
    let ahead: BTreeSet<FileId> = scanned
        .iter()
        .flat_map(|file| &file.references)
        .filter(|reference| reference.place == Place::Ahead)
        .map(|reference| reference.target)
        .collect();
    for file in scanned {
        let by = || site.path(file.file).to_owned();
        for (target, how) in &file.mentions {
            pins.push((
                *target,
                Pin::Mentioned {
                    how: *how,
                    by: by(),
                },
            ));
        }
        let is_editable = decided.is_editable(file);
        let left = file
            .references
            .iter()
            .filter(|reference| !(is_editable && decided.place_is_editable(file, reference.place)));
        for Reference { target, place, .. } in left {
            if *place == Place::Preloaded || site.class(*target).has_identity() {
                pins.push((*target, Pin::Evaluated { by: by() }));
            } else if ahead.contains(target) {
                pins.push((*target, Pin::Preloaded { by: by() }));
            }
        }
        for computed in &file.computed {
            for target in site.starting_with(&computed.prefix) {
                let fits = site.path(target).ends_with(&computed.suffix);
                if fits && site.class(target).has_identity() {
                    pins.push((target, Pin::Computed { by: by() }));
                }
            }
        }
    }
    let candidates: Vec<FileId> = site
        .ids()
        .filter(|file| decided.decisions[file.index()] == Decision::Renamed)
        .collect();
    pins.extend(pattern::pins(site, scanned, settings, &candidates));
    pins.extend(swap::pins(site, scanned, &candidates));
    pins
}

/// The custom properties that are used by nobody outside the folder of the sheet that sets them (their URLs are resolved where they are
/// used, says one reading of the standard, and where they are set, says the other).
fn same_folder_properties(site: &Site, scanned: &[Scanned]) -> BTreeSet<(FileId, String)> {
    let folder = |file: FileId| {
        let path = site.path(file);
        path.rfind('/').map_or("/", |at| &path[..=at])
    };
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in scanned {
        for name in &file.property_uses {
            uses.entry(name).or_default().insert(folder(file.file));
        }
    }
    let mut same = BTreeSet::new();
    for file in scanned {
        for name in &file.properties {
            let folders = uses.get(name.as_str());
            if folders
                .is_some_and(|folders| folders.len() == 1 && folders.contains(folder(file.file)))
            {
                same.insert((file.file, name.clone()));
            }
        }
    }
    same
}
