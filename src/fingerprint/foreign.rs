//! Names that already carry a fingerprint, ours from an earlier build or a bundler's.
//!
//! Two decisions, not one: such a file is left byte for byte in any case; it may be cached for good only if the name is known to change with
//! the bytes.
//!
//! Uses: name, recognise, site · Never: files, clock

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::digest::Digest;
use super::name;
use super::naming::Load;
use super::recognise::{self, Verdict, recognise};
use super::reference::Scanned;
use super::site::{FileId, Site};

/// What is known about a name that carries a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// May be served as immutable: the name is known to follow the bytes.
    pub immutable: bool,
    /// Why, in words.
    pub because: String,
}

/// The files whose names carry a fingerprint already.
pub(crate) fn foreign(
    site: &Site,
    scanned: &[Scanned],
    load: Load<'_>,
) -> BTreeMap<FileId, Foreign> {
    // An earlier build's copies are no evidence about the names among which they lie: a release is judged like the site it was made from.
    let copies = scanned
        .iter()
        .filter(|file| is_copy(site, scanned, file))
        .map(|file| file.file)
        .collect();
    let recognised = recognise(&View {
        site,
        scanned,
        copies,
        load,
    });
    let mut found = BTreeMap::new();
    for file in scanned {
        let path = site.path(file.file);
        let foreign = own(site, scanned, file).or_else(|| match recognised.verdict(path) {
            Verdict::Plain => None,
            verdict => Some(Foreign {
                immutable: verdict.is_fingerprinted(),
                because: verdict.to_string(),
            }),
        });
        if let Some(foreign) = foreign.filter(|_| file.class.may_be_renamed()) {
            found.insert(file.file, foreign);
        }
    }
    found
}

/// A name that an earlier build gave.
fn own(site: &Site, scanned: &[Scanned], file: &Scanned) -> Option<Foreign> {
    let path = site.path(file.file);
    let because = if name::tells_the_truth(path, &file.digest) {
        "its name is the digest of its content"
    } else {
        // In a circle of references the name is not the digest of the bytes alone; but the original, which a build keeps, is equal.
        is_copy(site, scanned, file)
            .then_some("it is an earlier build's copy of the file it is named after")?
    };
    Some(Foreign {
        immutable: true,
        because: because.to_owned(),
    })
}

/// Does `file` have the bytes of the file that it would be the fingerprinted copy of? One with a date in its name may have them by chance; we give no such names.
fn is_copy(site: &Site, scanned: &[Scanned], file: &Scanned) -> bool {
    name::parts(site.path(file.file))
        .filter(|(_, fingerprint)| !name::is_number(fingerprint))
        .and_then(|(original, _)| scanned.get(site.find(&original)?.index()))
        .is_some_and(|original| original.digest == file.digest)
}

/// The site, as the recogniser asks for it.
struct View<'v> {
    site: &'v Site,
    scanned: &'v [Scanned],
    copies: BTreeSet<FileId>,
    load: Load<'v>,
}

impl recognise::Site for View<'_> {
    fn paths(&self) -> impl Iterator<Item = &str> {
        self.site
            .ids()
            .filter(|file| !self.copies.contains(file))
            .map(|file| self.site.path(file))
    }

    fn digest(&self, path: &str) -> Option<Digest> {
        let file = self.site.find(path)?;
        Some(self.scanned.get(file.index())?.digest)
    }

    fn content(&self, path: &str) -> Option<Bytes> {
        (self.load)(path)
    }
}
