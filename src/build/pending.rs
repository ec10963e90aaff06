//! What the next snapshot will have and the one that is shown has not.
//!
//! Uses: snapshot, itertools · Never: files

use std::{collections::BTreeMap, sync::Arc};

use itertools::{EitherOrBoth, Itertools as _};

use crate::snapshot::{Content, SiteFile};

/// The differences to the site that is shown, by path: another file, or none.
#[derive(Clone, Debug, Default)]
pub struct Pending(BTreeMap<Arc<str>, Option<SiteFile>>);

impl Pending {
    /// What is different in `next`; both are sorted by path.
    pub fn between(shown: &[SiteFile], next: Vec<SiteFile>) -> Self {
        let different = shown
            .iter()
            .merge_join_by(next, |shown, next| shown.path.cmp(&next.path))
            .filter_map(|pair| match pair {
                EitherOrBoth::Left(gone) => Some((gone.path.clone(), None)),
                EitherOrBoth::Both(shown, next) if is_same(shown, &next) => None,
                EitherOrBoth::Both(_, next) | EitherOrBoth::Right(next) => {
                    Some((next.path.clone(), Some(next)))
                }
            });
        Self(different.collect())
    }

    /// `path` has `file` now, or nothing.
    pub fn update(&mut self, shown: &[SiteFile], path: Arc<str>, file: Option<SiteFile>) {
        let known = find(shown, &path);
        let is_shown = match (known, &file) {
            (Some(known), Some(file)) => is_same(known, file),
            (None, None) => true,
            _ => false,
        };
        if is_shown {
            self.0.remove(&*path);
        } else {
            self.0.insert(path, file);
        }
    }

    /// Is what is shown what there is?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many paths are different.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The paths, and what will be there.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&SiteFile>)> {
        self.0.iter().map(|(path, file)| (&**path, file.as_ref()))
    }

    /// Will there be a file at `path`, which `shown` has or has not?
    pub fn has(&self, shown: &[SiteFile], path: &str) -> bool {
        self.0
            .get(path)
            .map_or_else(|| find(shown, path).is_some(), Option::is_some)
    }

    /// Was there something at `path` that will be gone?
    pub fn removes(&self, path: &str) -> bool {
        matches!(self.0.get(path), Some(None))
    }

    /// Is there something about `path`?
    pub fn touches(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// Makes it so: `shown` becomes the next site. Gives what was different, sorted by path.
    pub fn apply(self, shown: &mut Vec<SiteFile>) -> Vec<(Arc<str>, Option<SiteFile>)> {
        let places: Option<Vec<usize>> = self
            .iter()
            .map(|(path, file)| place(shown, path).filter(|_| file.is_some()))
            .collect();
        if let Some(places) = places {
            for (place, file) in places.into_iter().zip(self.0.values().flatten()) {
                shown[place] = file.clone();
            }
        } else {
            shown.retain(|file| !self.0.contains_key(&file.path));
            shown.extend(self.0.values().flatten().cloned());
            // Two sorted runs: the sort only merges them.
            shown.sort_by(|one, other| one.path.cmp(&other.path));
        }
        self.0.into_iter().collect()
    }
}

fn place(files: &[SiteFile], path: &str) -> Option<usize> {
    files.binary_search_by(|file| (*file.path).cmp(path)).ok()
}

/// The file at `path` of a list sorted by path.
pub(super) fn find<'f>(files: &'f [SiteFile], path: &str) -> Option<&'f SiteFile> {
    Some(&files[place(files, path)?])
}

/// Would the same be served of both? One that stays on disk is different when it was read again: what is served of it is checked against the stamp
/// it had then.
fn is_same(one: &SiteFile, other: &SiteFile) -> bool {
    let stored = |file: &SiteFile| match &file.content {
        Content::Held(_) => None,
        Content::Stored(stored) => Some(Arc::as_ptr(stored).cast::<()>().addr()),
    };
    (one.digest, one.fingerprinted, stored(one))
        == (other.digest, other.fingerprinted, stored(other))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::fingerprint::Digest;

    fn site(files: &[(&str, &str)]) -> Vec<SiteFile> {
        let file = |(path, content): &(&str, &str)| {
            let content = Bytes::copy_from_slice(content.as_bytes());
            SiteFile::new(*path, content.clone(), Digest::of(&content))
        };
        files.iter().map(file).collect()
    }

    fn told(pending: &Pending) -> Vec<(&str, bool)> {
        pending
            .iter()
            .map(|(path, file)| (path, file.is_some()))
            .collect()
    }

    #[test]
    fn what_came_went_and_changed_is_pending() {
        let shown = site(&[("/a", "1"), ("/b", "1"), ("/c", "1")]);
        let next = site(&[("/a", "1"), ("/b", "2"), ("/d", "1")]);
        let pending = Pending::between(&shown, next);
        assert_eq!(told(&pending), [("/b", true), ("/c", false), ("/d", true)]);
        assert!(pending.removes("/c") && !pending.removes("/b"));
        assert!(pending.has(&shown, "/a") && !pending.has(&shown, "/c"));
    }

    #[test]
    fn what_went_and_came_back_is_not() {
        let shown = site(&[("/a", "1")]);
        let mut pending = Pending::between(&shown, Vec::new());
        assert_eq!(pending.len(), 1);
        pending.update(&shown, "/a".into(), shown.first().cloned());
        assert!(pending.is_empty());
    }

    #[test]
    fn applied_it_makes_the_next_site() {
        let mut shown = site(&[("/a", "1"), ("/b", "1")]);
        let next = site(&[("/0", "1"), ("/b", "2")]);
        let changes = Pending::between(&shown, next.clone()).apply(&mut shown);
        assert_eq!(changes.len(), 3, "{changes:?}");
        let paths: Vec<&str> = shown.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["/0", "/b"]);
        assert!(Pending::between(&shown, next).is_empty());
        let edited = site(&[("/0", "1"), ("/b", "3")]);
        let changes = Pending::between(&shown, edited).apply(&mut shown);
        assert_eq!(changes.len(), 1, "only content changed: {changes:?}");
    }
}
