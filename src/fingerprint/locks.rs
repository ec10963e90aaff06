//! Files whose bytes must not change, because a record that cannot be updated holds their digest.
//!
//! Uses: integrity, reference · Never: files, clock

use std::collections::BTreeMap;

use super::class::Class;
use super::decide::Lock;
use super::foreign::Foreign;
use super::integrity;
use super::naming::Load;
use super::reference::{Algorithm, Scanned};
use super::site::{FileId, Site};

/// Every lock of the site.
pub(crate) fn locks(
    site: &Site,
    scanned: &[Scanned],
    foreign: &BTreeMap<FileId, Foreign>,
    load: Load<'_>,
) -> BTreeMap<FileId, Lock> {
    let mut locks = BTreeMap::new();
    for file in scanned {
        for target in &file.locks {
            let by = site.path(file.file).to_owned();
            locks
                .entry(*target)
                .or_insert(Lock::ServiceWorkerRecord { by });
        }
    }
    by_digest(site, scanned, load, &mut locks);
    // What is left byte for byte keeps its integrity attributes too.
    let left: Vec<&Scanned> = scanned
        .iter()
        .filter(|file| locks.contains_key(&file.file) || foreign.contains_key(&file.file))
        .collect();
    for file in left {
        for record in &file.integrity {
            let by = site.path(file.file).to_owned();
            locks
                .entry(record.target)
                .or_insert(Lock::DigestInText { by });
        }
    }
    locks
}

/// Digests in strings of scripts or data, such as webpack's table of its chunks.
fn by_digest(site: &Site, scanned: &[Scanned], load: Load<'_>, locks: &mut BTreeMap<FileId, Lock>) {
    let mut wanted: Vec<(Algorithm, &str, FileId)> = scanned
        .iter()
        .flat_map(|file| {
            file.foreign_digests
                .iter()
                .map(move |record| (record, file.file))
        })
        .filter_map(|(record, by)| {
            let (algorithm, digest) = Algorithm::of(record.split_ascii_whitespace().next()?)?;
            (digest.len() >= 43).then_some((algorithm, digest, by))
        })
        .collect();
    if wanted.is_empty() {
        return;
    }
    wanted.sort_unstable_by_key(|(_, digest, by)| (*by, *digest));
    for file in scanned {
        // Only bytes that could be edited need a lock.
        if !matches!(file.class, Class::Script | Class::Style) || file.references.is_empty() {
            continue;
        }
        let Some(content) = load(site.path(file.file)) else {
            continue;
        };
        let digests = [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512]
            .map(|a| (a, a.digest(&content)));
        let record = wanted.iter().find(|(algorithm, digest, _)| {
            digests
                .iter()
                .any(|(own, value)| own == algorithm && integrity::same(value, digest))
        });
        if let Some((_, _, by)) = record {
            let by = site.path(*by).to_owned();
            locks.entry(file.file).or_insert(Lock::DigestInText { by });
        }
    }
}
