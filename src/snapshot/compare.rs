//! What is different between two snapshots: whatever a browser that holds the one would have to fetch again.
//!
//! What two snapshots share is told by its address, so that comparing costs a look at a few pointers and no more.
//!
//! Uses: http, itertools · Never: files

use std::{cmp::Ordering, sync::Arc};

use itertools::{EitherOrBoth, Itertools as _};

use super::{Resource, Snapshot};

/// What became of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// It was not there before.
    Added,
    /// Another representation is there: its entity tag is a different one.
    Changed,
    /// It is there no more.
    Removed,
}

/// A resource that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Its own path, whatever URLs lead to it.
    pub path: Arc<str>,
    /// What became of it.
    pub difference: Difference,
}

/// What changed between `before` and `after`, sorted by path.
pub fn compare(before: &Snapshot, after: &Snapshot) -> Vec<Change> {
    let (before, after) = before.resources().apart(after.resources());
    let by_path = |old: &&Arc<Resource>, new: &&Arc<Resource>| {
        if Arc::ptr_eq(old, new) {
            Ordering::Equal
        } else {
            old.path.cmp(&new.path)
        }
    };
    before
        .into_iter()
        .merge_join_by(after, by_path)
        .filter_map(|pair| match pair {
            EitherOrBoth::Left(old) => Some((old, Difference::Removed)),
            EitherOrBoth::Right(new) => Some((new, Difference::Added)),
            EitherOrBoth::Both(old, new) if Arc::ptr_eq(old, new) || is_same(old, new) => None,
            EitherOrBoth::Both(_, new) => Some((new, Difference::Changed)),
        })
        .map(|(resource, difference)| Change {
            path: resource.path.clone(),
            difference,
        })
        .collect()
}

/// Would a cache that holds the one be told 304 when it asks for the other?
fn is_same(one: &Resource, other: &Resource) -> bool {
    one.identity.validators == other.identity.validators
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{
        fingerprint::Digest,
        policy::Policy,
        snapshot::{Generation, Lookup, ResourceId, SiteFile, assemble},
    };

    fn file(path: &str, content: &str) -> SiteFile {
        let content = Bytes::copy_from_slice(content.as_bytes());
        SiteFile::new(path, content.clone(), Digest::of(&content))
    }

    fn site(files: &[(&str, &str)]) -> Snapshot {
        let files = files
            .iter()
            .map(|(path, content)| file(path, content))
            .collect();
        assemble(files, &Policy::default(), Generation(1))
    }

    fn told(before: &Snapshot, after: &Snapshot) -> Vec<(String, Difference)> {
        compare(before, after)
            .into_iter()
            .map(|change| (change.path.to_string(), change.difference))
            .collect()
    }

    #[test]
    fn what_came_went_and_changed_is_told_and_nothing_else() {
        let before = site(&[("/a.js", "1"), ("/b.js", "1"), ("/c.js", "1")]);
        let after = site(&[("/a.js", "1"), ("/b.js", "2"), ("/d.js", "1")]);
        let expected = [
            ("/b.js".to_owned(), Difference::Changed),
            ("/c.js".to_owned(), Difference::Removed),
            ("/d.js".to_owned(), Difference::Added),
        ];
        assert_eq!(told(&before, &after), expected);
        assert_eq!(told(&after, &after), []);
        assert_ne!(before.mark(), after.mark());
    }

    #[test]
    fn a_patched_snapshot_is_the_one_that_would_be_assembled() {
        let before = site(&[("/a.js", "1"), ("/index.html", "one"), ("/z.css", "1")]);
        let policy = Policy::default();
        let changes = [
            ("/a.js".into(), Some(file("/a.js", "2"))),
            ("/b.html".into(), Some(file("/b.html", "new"))),
            ("/gone.css".into(), None),
            ("/z.css".into(), None),
        ];
        let patched = before
            .patched(&changes, &policy, Generation(2))
            .expect("no error document among them");
        let assembled = site(&[("/a.js", "2"), ("/b.html", "new"), ("/index.html", "one")]);
        assert_eq!(told(&patched, &assembled), []);
        assert_eq!(patched.mark(), assembled.mark());
        assert_eq!(patched.spa(), assembled.spa());
        assert!(before.fallback().is_some() && patched.fallback().is_none());
        let clean = crate::http::TargetPath::from_site("/b").unwrap();
        assert!(
            matches!(patched.look_up(&clean, None), Lookup::Resource(found, _) if &*found.path == "/b.html")
        );
        assert!(
            Arc::ptr_eq(
                &before.resources()[ResourceId(1)],
                &patched.resources()[ResourceId(2)]
            ),
            "what did not change is shared"
        );
    }

    #[test]
    fn the_error_document_is_in_more_places_than_its_own() {
        let before = site(&[("/404.html", "1")]);
        let changes = [("/404.html".into(), Some(file("/404.html", "2")))];
        let patched = before.patched(&changes, &Policy::default(), Generation(2));
        assert!(patched.is_none());
    }
}
