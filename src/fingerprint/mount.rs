//! Where a site expects to be mounted, if its own references say so.
//!
//! Hugo, `MkDocs` and bundlers write `/docs/app.js` into a site whose folder holds `app.js`. If the absolute references fail at the root, but
//! nearly all are right after one common prefix is dropped, that prefix is where the site will be.
//!
//! Uses: reference, site · Never: files, clock

use std::collections::BTreeMap;

use super::reference::{Missing, Reference, Scanned};
use super::site::{FileId, Site};

/// How many of ten absolute references must be right under the prefix.
const OF_TEN: usize = 9;

/// The prefix (`/docs/`) that makes the absolute references of the site right.
pub(crate) fn detect(site: &Site, scanned: &[Scanned]) -> Option<String> {
    if site.base() != "/" {
        return None;
    }
    let mut right: BTreeMap<&str, usize> = BTreeMap::new();
    let mut total: usize = scanned.iter().map(|file| file.absolute).sum();
    for missing in scanned.iter().flat_map(|file| &file.missing) {
        if missing.retry.is_none() {
            continue;
        }
        total += 1;
        let path = missing.path.as_str();
        for (slash, _) in path.match_indices('/').skip(1) {
            if site.find(&path[slash..]).is_some() {
                *right.entry(&path[..=slash]).or_default() += 1;
            }
        }
    }
    // The shortest of equally good ones, so that the answer is always the same.
    let (prefix, count) = right
        .into_iter()
        .max_by_key(|(prefix, count)| (*count, usize::MAX - prefix.len()))?;
    (count * 10 >= total * OF_TEN).then(|| prefix.to_owned())
}

/// Turns those missing references of `file` into real ones that exist under `prefix`.
pub(crate) fn apply(site: &Site, file: &mut Scanned, prefix: &str) {
    let found = |missing: &Missing| -> Option<(FileId, Reference)> {
        let target = site.find(&format!("/{}", missing.path.strip_prefix(prefix)?))?;
        let (insert, place) = missing.retry?;
        Some((
            target,
            Reference {
                insert,
                target,
                place,
            },
        ))
    };
    let references: Vec<Reference> = file
        .missing
        .iter()
        .filter_map(|missing| found(missing).map(|(_, reference)| reference))
        .collect();
    file.missing.retain(|missing| found(missing).is_none());
    file.references.extend(references);
    file.references.sort_unstable();
    file.references.dedup_by_key(|reference| reference.insert);
}
