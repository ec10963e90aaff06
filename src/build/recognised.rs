//! What was read, as the recogniser of fingerprinted names asks for it.
//!
//! Uses: fingerprint · Never: judgement (it is the recogniser's)

use bytes::Bytes;

use super::inventory::{Entry, find};
use crate::fingerprint::{
    Digest,
    recognise::{Recognised, Site, recognise as judge},
};

/// Judges the names of `entries`, which are sorted by path.
pub(super) fn recognise(entries: &[Entry]) -> Recognised {
    judge(&Entries(entries))
}

struct Entries<'e>(&'e [Entry]);

impl Entries<'_> {
    fn get(&self, path: &str) -> Option<&Entry> {
        find(self.0, path)
    }
}

impl Site for Entries<'_> {
    fn paths(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(|entry| entry.public)
            .map(|entry| &*entry.path)
    }

    fn digest(&self, path: &str) -> Option<Digest> {
        self.get(path).map(|entry| entry.digest)
    }

    fn content(&self, path: &str) -> Option<Bytes> {
        self.get(path)?.content.whole().ok()
    }
}
