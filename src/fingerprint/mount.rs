//! Where a site expects to be mounted, if its own references say so.
//!
//! Hugo, `MkDocs` and bundlers write `/docs/app.js` into a site whose folder holds `app.js`. If the absolute references fail at the root, but
//! nearly all are right after one common prefix is dropped, that prefix is where the site will be.
//!
//! That changes what every reference, record and computed name means, so the site is then scanned once more, as if the prefix had been given.
//!
//! Uses: reference, site · Never: files, clock

use std::collections::BTreeMap;

use super::reference::Scanned;
use super::site::Site;

/// How many of ten absolute references must be right under the prefix.
const OF_TEN: usize = 9;

/// The site where its own references say that it will be, to be scanned once more; none if they say nothing, or it was said before.
pub fn mounted(site: &Site, scanned: &[Scanned]) -> Option<Site> {
    detect(site, scanned).map(|prefix| site.mounted(prefix))
}

/// The prefix (`/docs/`) that makes the absolute references of the site right.
fn detect(site: &Site, scanned: &[Scanned]) -> Option<String> {
    if site.base() != "/" {
        return None;
    }
    let mut right: BTreeMap<&str, usize> = BTreeMap::new();
    let mut total: usize = scanned.iter().map(|file| file.absolute).sum();
    for missing in scanned.iter().flat_map(|file| &file.missing) {
        if !missing.absolute {
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
