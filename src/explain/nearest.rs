//! Paths that might have been meant.
//!
//! Uses: snapshot, policy (its measure of a slip) · Never: answering under another path

use crate::{http::TargetPath, policy::nearest::distance, snapshot::Snapshot};

/// How many are named.
const NAMED: usize = 3;

/// The site's own paths nearest to `path`; fewer slips are forgiven where something else answered in its place.
pub(super) fn paths(snapshot: &Snapshot, path: &str, is_missing: bool) -> Vec<String> {
    let Ok(path) = TargetPath::parse(path) else {
        return Vec::new();
    };
    let asked: Vec<char> = path.as_str().to_lowercase().chars().collect();
    let limit = if is_missing {
        (asked.len() / 3).max(3)
    } else {
        2
    };
    let mut near: Vec<(usize, &str)> = snapshot
        .resources()
        .iter()
        .flat_map(|resource| {
            let path = &*resource.path;
            let clean = path
                .strip_suffix("index.html")
                .or(path.strip_suffix(".html"));
            [Some(path), clean].into_iter().flatten()
        })
        .filter(|known| known.chars().count().abs_diff(asked.len()) <= limit)
        .map(|known| {
            let letters: Vec<char> = known.to_lowercase().chars().collect();
            (distance(&asked, &letters), known)
        })
        .filter(|(edits, _)| *edits <= limit)
        .collect();
    // A name that has got a fingerprint since is what was meant, however long that is.
    let paths = snapshot.resources().iter().map(|resource| &*resource.path);
    let renamed = paths.filter(|known| is_missing && is_fingerprinted(known, path.as_str()));
    near.extend(renamed.map(|known| (0, known)));
    near.sort_unstable();
    let mut named: Vec<String> = Vec::new();
    for (_, known) in near {
        if named.len() < NAMED && !named.iter().any(|name| name == known) {
            named.push(known.to_owned());
        }
    }
    named
}

/// Is `known` the path that was asked for, with something between its stem and its suffix?
fn is_fingerprinted(known: &str, asked: &str) -> bool {
    let Some((stem, suffix)) = asked.rsplit_once('.') else {
        return false;
    };
    let between = known
        .strip_prefix(stem)
        .and_then(|rest| rest.strip_suffix(suffix)?.strip_suffix('.'));
    between.is_some_and(|between| {
        between.len() > 6 && between.starts_with(['-', '.', '_']) && !between.contains('/')
    })
}
