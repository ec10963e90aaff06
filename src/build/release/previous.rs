//! What an earlier release served as immutable, and whether this one serves the same.
//!
//! A cache that was told `immutable` keeps its bytes for a year and does not ask. A URL whose bytes have changed since is therefore served as one that must be
//! revalidated, for good: the mark stays in every later manifest, so that the third release does not forget what the second one knew.
//!
//! Implements: the condition of RFC 8246 §2.
//!
//! Uses: `fingerprint::manifest` · Never: decisions of its own

use std::{fs, io, path::Path};

use super::{error::ReleaseError, layout};
use crate::fingerprint::manifest::{Conflict, Manifest, ManifestError};

/// Why there is no manifest.
pub(in crate::build) enum Unreadable {
    /// There is no such file.
    Missing(io::Error),
    /// It is no manifest that this version reads.
    Broken(ManifestError),
}

/// The manifest of the release in `folder`.
pub(in crate::build) fn read(folder: &Path) -> Result<Manifest, Unreadable> {
    let text = fs::read(folder.join(&layout::MANIFEST[1..])).map_err(Unreadable::Missing)?;
    Manifest::parse(&text).map_err(Unreadable::Broken)
}

/// The manifest at `path`, a release or a manifest itself, which the author wants compared.
pub(super) fn read_given(path: &Path) -> Result<Manifest, ReleaseError> {
    let manifest = if path.is_file() {
        fs::read(path)
            .map_err(Unreadable::Missing)
            .and_then(|text| Manifest::parse(&text).map_err(Unreadable::Broken))
    } else {
        read(path)
    };
    let path = path.to_owned();
    manifest.map_err(|why| match why {
        Unreadable::Missing(source) => ReleaseError::NoPrevious { path, source },
        Unreadable::Broken(source) => ReleaseError::PreviousUnreadable { path, source },
    })
}

/// Takes `immutable` from every resource that an earlier release served with other bytes. Tells which were taken.
pub(super) fn demote(manifest: &mut Manifest, previous: &[Manifest]) -> Vec<Conflict> {
    let mut demoted = Vec::new();
    for conflict in previous
        .iter()
        .flat_map(|previous| manifest.conflicts(previous))
        .collect::<Vec<_>>()
    {
        let Some(resource) = manifest.resources.get_mut(&conflict.path) else {
            continue;
        };
        let was_immutable = std::mem::replace(&mut resource.immutable, false);
        resource.demoted = true;
        if was_immutable {
            demoted.push(conflict);
        }
    }
    demoted
}
