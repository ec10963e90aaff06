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
        (asked.len() / 2).max(3)
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
    near.sort_unstable();
    near.into_iter()
        .take(NAMED)
        .map(|(_, known)| known.to_owned())
        .collect()
}
