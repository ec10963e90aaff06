//! Asks the site for content, and stops asking when enough was read.
//!
//! The recogniser must never turn a start that has its digests ready into one that reads every file. Each purpose has its own
//! allowance, and when it is spent the answer is what it would be for an unreadable file: less is known, so fewer names are trusted.
//!
//! Uses: bytes · Never: files, clock

use std::cell::Cell;

use bytes::Bytes;

use super::Site;

/// How many contents are read to find out which bundler made the site: a few documents and the scripts they name.
pub(super) const MARKER_READS: usize = 16;
/// How many manifests are read.
pub(super) const MANIFEST_READS: usize = 16;
/// How many contents are read to compare their digest with their name, at most.
pub(super) const DIGEST_READS: usize = 4096;
/// How many bytes are digested for that purpose, at most, each counted once per algorithm that is tried.
pub(super) const DIGEST_BYTES: usize = 256 << 20;

/// A site with allowances.
pub(super) struct Reader<'s, S> {
    site: &'s S,
    markers: Cell<usize>,
    manifests: Cell<usize>,
    digests: Cell<usize>,
    bytes: Cell<usize>,
}

impl<'s, S: Site> Reader<'s, S> {
    pub(super) fn new(site: &'s S) -> Self {
        Self {
            site,
            markers: Cell::new(MARKER_READS),
            manifests: Cell::new(MANIFEST_READS),
            digests: Cell::new(DIGEST_READS),
            bytes: Cell::new(DIGEST_BYTES),
        }
    }

    pub(super) fn for_markers(&self, path: &str) -> Option<Bytes> {
        spend(&self.markers, 1)?;
        self.site.content(path)
    }

    pub(super) fn for_manifest(&self, path: &str) -> Option<Bytes> {
        spend(&self.manifests, 1)?;
        self.site.content(path)
    }

    /// The content at `path`, to be digested with `algorithms` algorithms.
    pub(super) fn for_digest(&self, path: &str, algorithms: usize) -> Option<Bytes> {
        if self.bytes.get() == 0 {
            return None;
        }
        spend(&self.digests, 1)?;
        let content = self.site.content(path)?;
        let cost = content.len().saturating_mul(algorithms);
        if spend(&self.bytes, cost).is_none() {
            self.bytes.set(0);
            return None;
        }
        Some(content)
    }
}

fn spend(allowance: &Cell<usize>, cost: usize) -> Option<()> {
    allowance.set(allowance.get().checked_sub(cost)?);
    Some(())
}
