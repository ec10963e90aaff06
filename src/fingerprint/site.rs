//! The inventory of a site: which paths exist, and what a reference found in one of them refers to.
//!
//! Known before anything is read, so that a scanner keeps a file number for a reference instead of a string.
//!
//! Uses: class, resolve, `icu_normalizer` · Never: files, clock

use std::collections::HashMap;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::class::Class;
use super::settings::Settings;

/// The number of a file: its index in the order of the paths' bytes, so that the order of numbers is the same on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

impl FileId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Every path of the input.
pub struct Site {
    paths: Vec<Box<str>>,
    classes: Vec<Class>,
    by_path: HashMap<Box<str>, FileId>,
    by_name: HashMap<Box<str>, Vec<FileId>>,
    /// Renamable files by the ends of their names that begin at a boundary: `theme-dark.css` by `-dark.css` and `dark.css`.
    by_end: HashMap<Box<str>, Vec<FileId>>,
    /// Renamable files by what makes the name of a companion of them: `theme.css` by `-dark` and `-dark.css` if there is `theme-dark.css`.
    by_companion: HashMap<Box<str>, Vec<FileId>>,
    by_folded: HashMap<Box<str>, FileId>,
    /// Where the site is mounted: `/`, or `/docs/`.
    base: String,
    /// Did the references tell so, and not the author?
    evident: bool,
    /// The origin whose absolute URLs are ours.
    pub(crate) origin: Option<String>,
    /// Content security policies that its documents are sent with.
    pub(crate) sent_policies: Vec<String>,
}

impl Site {
    /// The inventory of `paths`, in any order; a path given twice counts once.
    pub fn new(paths: impl IntoIterator<Item = String>, settings: &Settings) -> Self {
        let mut site = Self::build(paths, settings.base_path(), settings.origin.clone());
        site.sent_policies.clone_from(&settings.sent_policies);
        site
    }

    /// The inventory of this site and `more` paths.
    pub(crate) fn with(&self, more: impl IntoIterator<Item = String>) -> Self {
        let own = self.paths.iter().map(ToString::to_string);
        let mut site = Self::build(own.chain(more), self.base.clone(), self.origin.clone());
        site.sent_policies.clone_from(&self.sent_policies);
        site
    }

    /// This site, mounted where its references say.
    pub(crate) fn mounted(&self, base: String) -> Self {
        let own = self.paths.iter().map(ToString::to_string);
        let mut site = Self::build(own, base, self.origin.clone());
        site.evident = true;
        site.sent_policies.clone_from(&self.sent_policies);
        site
    }

    fn build(
        paths: impl IntoIterator<Item = String>,
        base: String,
        origin: Option<String>,
    ) -> Self {
        let mut paths: Vec<Box<str>> = paths.into_iter().map(String::into_boxed_str).collect();
        paths.sort_unstable();
        paths.dedup();
        let mut site = Self {
            classes: paths.iter().map(|path| Class::of(path)).collect(),
            by_path: HashMap::with_capacity(paths.len()),
            by_name: HashMap::new(),
            by_end: HashMap::new(),
            by_companion: HashMap::new(),
            by_folded: HashMap::with_capacity(paths.len()),
            paths: Vec::new(),
            base,
            evident: false,
            origin,
            sent_policies: Vec::new(),
        };
        for (index, path) in paths.iter().enumerate() {
            let Ok(index) = u32::try_from(index) else {
                break;
            };
            let id = FileId(index);
            site.by_path.insert(path.clone(), id);
            site.by_folded.entry(folded(path).into()).or_insert(id);
            let name = path.rsplit('/').next().unwrap_or_default();
            site.by_name.entry(name.into()).or_default().push(id);
        }
        site.paths = paths;
        for id in site
            .ids()
            .filter(|id| site.class(*id).may_be_renamed())
            .collect::<Vec<_>>()
        {
            site.index_ends(id);
        }
        site
    }

    /// Scripts make one name from another (`src.replace('.png', '-hover.png')`) and look for the end of one: both fail on a fingerprinted name.
    fn index_ends(&mut self, id: FileId) {
        let path = self.path(id).to_owned();
        let start = path.rfind('/').map_or(0, |at| at + 1);
        let Some(dot) = path.rfind('.').filter(|dot| *dot > start) else {
            return;
        };
        for (at, byte) in path.bytes().enumerate().take(dot).skip(start + 1) {
            if !matches!(byte, b'-' | b'_' | b'.' | b'@' | b' ') {
                continue;
            }
            for end in [&path[at..], &path[at + 1..]] {
                self.by_end.entry(end.into()).or_default().push(id);
            }
            let original = format!("{}{}", &path[..at], &path[dot..]);
            if let Some(original) = self.find(&original) {
                for made in [&path[at..dot], &path[at..]] {
                    self.by_companion
                        .entry(made.into())
                        .or_default()
                        .push(original);
                }
            }
        }
    }

    /// The files whose name ends in `end`, on a boundary inside it.
    pub(crate) fn ending(&self, end: &str) -> &[FileId] {
        self.by_end.get(end).map_or(&[], Vec::as_slice)
    }

    /// The files that have a companion whose name is made with `made`.
    pub(crate) fn with_companion(&self, made: &str) -> &[FileId] {
        self.by_companion.get(made).map_or(&[], Vec::as_slice)
    }

    /// Where the site is mounted, with a slash at both ends.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where the site is mounted, if its references told it.
    pub(crate) fn evident_base(&self) -> Option<&str> {
        self.evident.then_some(&self.base)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Is there no file at all?
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// All files, in order.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.paths.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// The number of the file at `path`.
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The path of a file.
    pub fn path(&self, id: FileId) -> &str {
        &self.paths[id.index()]
    }

    /// The class of a file, by its name.
    pub fn class(&self, id: FileId) -> Class {
        self.classes[id.index()]
    }

    /// The files whose last segment is exactly `name`.
    pub(crate) fn named(&self, name: &str) -> &[FileId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The files whose path begins with `prefix`.
    pub(crate) fn starting_with(&self, prefix: &str) -> impl Iterator<Item = FileId> + use<> {
        let start = self.paths.partition_point(|path| &**path < prefix);
        let count = self.paths[start..]
            .iter()
            .take_while(|path| path.starts_with(prefix))
            .count();
        self.ids().skip(start).take(count)
    }

    /// A file whose path differs from `path` only in case, or in the Unicode form of its letters.
    pub(crate) fn other_case(&self, path: &str) -> Option<FileId> {
        self.by_folded.get(folded(path).as_str()).copied()
    }
}

/// The path as a disk sees it that regards neither case nor Unicode form, such as a Mac's.
fn folded(path: &str) -> String {
    if path.is_ascii() {
        path.to_ascii_lowercase()
    } else {
        ComposingNormalizerBorrowed::new_nfc()
            .normalize(&path.to_lowercase())
            .into_owned()
    }
}
