//! All resources of a snapshot, in an order and at places that requests find them by.
//!
//! They stand on shelves of a fixed size, and snapshots share the shelves on which nothing changed: to make the next snapshot of a large site, and to tell it
//! from the one before, costs what changed and one pointer for each shelf.
//!
//! Uses: representation · Never: files

use std::{ops::Index, sync::Arc};

use super::representation::{Resource, ResourceId};

/// How many resources stand on a shelf: about the square root of what a large site has, so that copying one shelf costs about as much as copying the list of
/// all.
const SHELF: usize = 256;

/// Resources, sorted by path. All shelves but the last are full.
#[derive(Clone, Debug)]
pub struct Resources(Vec<Arc<[Arc<Resource>]>>);

impl Resources {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self.0.split_last() {
            Some((last, full)) => full.len() * SHELF + last.len(),
            None => 0,
        }
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each, in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.0.iter().flat_map(|shelf| shelf.iter())
    }

    /// Where the resource whose own path this is stands.
    pub(super) fn place_of(&self, path: &str) -> Option<ResourceId> {
        let begun = self.0.partition_point(|shelf| *shelf[0].path <= *path);
        let last = begun.checked_sub(1)?;
        let place = self.0[last]
            .binary_search_by(|resource| (*resource.path).cmp(path))
            .ok()?;
        Some(number(last * SHELF + place))
    }

    /// Is what stands before one of the slashes of `path` the own path of a resource?
    ///
    /// What sorts last before `path` begins with that, too: whatever sorts between a text and one that it begins does. So of a path of any depth no more is looked
    /// at than these two have in common.
    pub(super) fn has_one_above(&self, path: &str) -> bool {
        let begun = self.0.partition_point(|shelf| *shelf[0].path <= *path);
        let Some(row) = begun.checked_sub(1).map(|last| &self.0[last]) else {
            return false;
        };
        let before = row.partition_point(|resource| *resource.path <= *path);
        let nearest = &row[before - 1].path;
        let common = nearest
            .bytes()
            .zip(path.bytes())
            .take_while(|(one, other)| one == other)
            .count();
        path.match_indices('/')
            .take_while(|(slash, _)| *slash <= common)
            .any(|(slash, _)| self.place_of(&path[..slash]).is_some())
    }

    /// Puts `resource` in the place of another of the same path.
    pub(super) fn replace(&mut self, id: ResourceId, resource: Arc<Resource>) {
        let (row, at) = place(id);
        Arc::make_mut(&mut self.0[row])[at] = resource;
    }

    /// The resources of the one and the other that are not shared at the same place.
    pub(super) fn apart<'r>(
        &'r self,
        other: &'r Self,
    ) -> (Vec<&'r Arc<Resource>>, Vec<&'r Arc<Resource>>) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for shelf in 0..self.0.len().max(other.0.len()) {
            match (self.0.get(shelf), other.0.get(shelf)) {
                (Some(one), Some(other)) if Arc::ptr_eq(one, other) => {}
                (one, other) => {
                    ours.extend(one.into_iter().flat_map(|shelf| shelf.iter()));
                    theirs.extend(other.into_iter().flat_map(|shelf| shelf.iter()));
                }
            }
        }
        (ours, theirs)
    }
}

impl Index<ResourceId> for Resources {
    type Output = Arc<Resource>;

    fn index(&self, id: ResourceId) -> &Self::Output {
        let (row, at) = place(id);
        &self.0[row][at]
    }
}

impl FromIterator<Arc<Resource>> for Resources {
    /// The resources, which have to come sorted by path.
    fn from_iter<I: IntoIterator<Item = Arc<Resource>>>(resources: I) -> Self {
        let mut coming = resources.into_iter().peekable();
        let mut filled = Vec::new();
        while coming.peek().is_some() {
            filled.push(coming.by_ref().take(SHELF).collect());
        }
        Self(filled)
    }
}

/// The number of the resource that is the `place`th.
///
/// # Panics
/// With more than 2³² resources.
pub(super) fn number(place: usize) -> ResourceId {
    ResourceId(u32::try_from(place).expect("resources are numbered by u32"))
}

fn place(id: ResourceId) -> (usize, usize) {
    let place = id.0 as usize;
    (place / SHELF, place % SHELF)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{
        fingerprint::Digest,
        policy::Policy,
        snapshot::{Difference, Generation, SiteFile, Snapshot, assemble, compare},
    };

    #[test]
    fn a_path_is_below_a_file_whatever_sorts_between_them() {
        let files = [
            "/a",
            "/a!",
            "/a/b.js",
            "/a/b.js-2",
            "/a/b/c",
            "/é.svg",
            "/z/y/x.css",
        ];
        let files = files.map(|path| SiteFile {
            path: path.into(),
            ..file(0, "")
        });
        let snapshot = assemble(files.into(), &Policy::default(), Generation(1));
        let below = |path: &str| snapshot.resources().has_one_above(path);
        for path in [
            "/a/",
            "/a/x",
            "/a/b.js/",
            "/a/b.js/x/y",
            "/a/b/c/d",
            "/é.svg/x",
            "/z/y/x.css/",
            "/a!/",
        ] {
            assert!(below(path), "{path}");
        }
        for path in [
            "/", "/b", "/b/", "/z/", "/z/y/", "/z/y/x", "/a\"/x", "/é.sv/x", "/!",
        ] {
            assert!(!below(path), "{path}");
        }
    }

    fn file(number: usize, content: &'static str) -> SiteFile {
        let content = Bytes::from_static(content.as_bytes());
        SiteFile::new(
            format!("/{number:04}.js"),
            content.clone(),
            Digest::of(&content),
        )
    }

    fn site(numbers: impl Iterator<Item = usize>) -> Snapshot {
        let files = numbers.map(|number| file(number, "1")).collect();
        assemble(files, &Policy::default(), Generation(1))
    }

    #[test]
    fn each_is_found_at_its_place_on_any_number_of_shelves() {
        for count in [0, 1, SHELF - 1, SHELF, SHELF + 1, 3 * SHELF] {
            let site = site((0..count).map(|number| 2 * number));
            let resources = site.resources();
            assert_eq!((resources.len(), resources.is_empty()), (count, count == 0));
            assert_eq!(resources.iter().count(), count);
            for (place, resource) in resources.iter().enumerate() {
                assert_eq!(resources.place_of(&resource.path), Some(number(place)));
                assert!(Arc::ptr_eq(&resources[number(place)], resource));
                let behind = format!("/{:04}.js", 2 * place + 1);
                assert_eq!(resources.place_of(&behind), None);
            }
            assert_eq!(resources.place_of("/"), None, "before all");
        }
    }

    #[test]
    fn a_change_costs_the_shelf_it_is_on() {
        let before = site(0..3 * SHELF);
        let number = SHELF + 7;
        let changes = [(format!("/{number:04}.js").into(), Some(file(number, "2")))];
        let after = before
            .patched(&changes, &Policy::default(), Generation(2))
            .expect("no error document");
        let is_shared =
            |shelf: usize| Arc::ptr_eq(&before.resources().0[shelf], &after.resources().0[shelf]);
        assert_eq!([0, 1, 2].map(is_shared), [true, false, true]);
        assert_eq!(before.resources().apart(after.resources()).0.len(), SHELF);
        let told = compare(&before, &after);
        assert_eq!(
            told.iter()
                .map(|change| (&*change.path, change.difference))
                .collect::<Vec<_>>(),
            [("/0263.js", Difference::Changed)]
        );
    }

    #[test]
    fn what_comes_and_goes_moves_what_is_behind_it_to_other_shelves() {
        let before = site((0..3 * SHELF).filter(|number| *number != 5));
        let last = 3 * SHELF - 1;
        let changes = [
            ("/0005.js".into(), Some(file(5, "1"))),
            ("/0300.js".into(), None),
            (format!("/{last:04}.js").into(), None),
        ];
        let patched = before
            .patched(&changes, &Policy::default(), Generation(2))
            .expect("no error document");
        let assembled = site((0..last).filter(|number| *number != 300));
        assert_eq!(compare(&patched, &assembled), []);
        assert_eq!(patched.resources().len(), assembled.resources().len());
        let told = compare(&before, &patched);
        let told: Vec<_> = told.iter().map(|change| change.difference).collect();
        let expected = [Difference::Added, Difference::Removed, Difference::Removed];
        assert_eq!(told, expected);
    }
}
