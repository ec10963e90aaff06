//! Where a site expects to be mounted, if its own references say so.
//!
//! Hugo, `MkDocs` and bundlers write `/docs/app.js` into a site whose folder holds `app.js`. If the absolute references fail at the root, but
//! nearly all are right after one common prefix is dropped, that prefix is where the site will be.
//!
//! That changes what every reference, record and computed name means, so the site is then scanned once more, as if the prefix had been given.
//!
//! Uses: reference, site · Never: files, clock

use std::collections::{BTreeMap, BTreeSet};

use super::class::Class;
use super::reference::{Says, Scanned};
use super::site::{FileId, Site};

/// How many of ten absolute references must be right under the prefix.
const OF_TEN: usize = 9;

/// The site where its own references say that it will be, to be scanned once more; none if they say nothing, or it was said before.
pub fn mounted(site: &Site, scanned: &[Scanned]) -> Option<Site> {
    detect(site, scanned).map(|prefix| site.mounted(prefix))
}

/// What speaks for a prefix.
#[derive(Default)]
struct Evidence {
    /// How many references are right under it.
    right: usize,
    /// What they lead to.
    targets: BTreeSet<FileId>,
    /// Does a `<base>` element say so?
    by_element: bool,
}

/// The prefix (`/docs/`) that makes the absolute references of the site right.
fn detect(site: &Site, scanned: &[Scanned]) -> Option<String> {
    if site.base() != "/" {
        return None;
    }
    let mut prefixes: BTreeMap<&str, Evidence> = BTreeMap::new();
    let mut total: usize = scanned.iter().map(|file| file.absolute).sum();
    for missing in scanned.iter().flat_map(|file| &file.missing) {
        let Some(says) = missing.says else { continue };
        total += 1;
        let path = missing.path.as_str();
        for (slash, _) in path.match_indices('/').skip(1) {
            if let Some(target) = site.find(&path[slash..]) {
                let evidence = prefixes.entry(&path[..=slash]).or_default();
                evidence.right += 1;
                evidence.targets.insert(target);
                evidence.by_element |= says == Says::Base;
            }
        }
    }
    // The shortest of equally good ones, so that the answer is always the same.
    let (prefix, evidence) = prefixes
        .into_iter()
        .max_by_key(|(prefix, evidence)| (evidence.right, usize::MAX - prefix.len()))?;
    // That the neighbour's /shared/css/style.css has a namesake here may be a coincidence where documents are otherwise written without a root (style
    // sheets and modules are everywhere).
    let is_relative =
        |file: &Scanned| file.class == Class::Document && file.references.len() > file.absolute;
    let is_evident =
        evidence.by_element || evidence.targets.len() > 1 || !scanned.iter().any(is_relative);
    (is_evident && evidence.right * 10 >= total * OF_TEN).then(|| prefix.to_owned())
}
