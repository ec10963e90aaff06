//! Which canonical path leads where: the table that a request is looked up in.
//!
//! Built from the paths of the files alone. What a file is called exactly always wins; an index answers for its folder, a document without its
//! `.html` for its clean URL, and a folder asked for without its slash is redirected, because relative references inside it need the slash.
//!
//! Every path that leads somewhere follows from the own path of a resource, so none is kept here: a route is the resource and in which of five ways, eight
//! bytes.
//!
//! Uses: policy (its redirects) · Never: the query, fields of the request

use std::{borrow::Cow, hash::BuildHasher};

use hashbrown::{DefaultHashBuilder, HashTable, hash_table::Entry};

use super::representation::ResourceId;
use crate::policy::Redirect;

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// To a resource, found in the way that `by` says.
    Resource {
        /// Which.
        id: ResourceId,
        /// How the path leads to it.
        by: FoundBy,
    },
    /// To the same path with the slash that is missing at its end, or without the one too many: [`other_slash`].
    OtherSlash,
}

/// How a path leads to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// The path is the resource's own.
    OwnPath,
    /// The path is a folder's and the resource its index.
    Index,
    /// The path is the document's without its `.html`.
    CleanUrl,
    /// The path is nobody's and the request a navigation: the document of history-API routes.
    Fallback,
}

/// Who sends a request elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentBy<'p> {
    /// A redirect of the policy.
    Policy(&'p Redirect),
    /// A slash at the end, missing or one too many.
    Slash,
}

/// `path` with a slash at its end if it has none, without if it has one.
pub(super) fn other_slash(path: &str) -> Cow<'_, str> {
    match path.strip_suffix('/') {
        Some(without) => without.into(),
        None => format!("{path}/").into(),
    }
}

/// How a path follows from a resource's own; of two resources that one path would lead to, the one whose way stands first has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// The path is its own.
    OwnPath,
    /// The path is the folder's whose index it is.
    Index,
    /// The path is its own without `.html`.
    CleanUrl,
    /// The path is that of the folder, without the slash at its end.
    SlashMissing,
    /// The path is its own with a slash in place of `.html`.
    SlashTooMany,
}

impl Way {
    const ALL: [Self; 5] = [
        Self::OwnPath,
        Self::Index,
        Self::CleanUrl,
        Self::SlashMissing,
        Self::SlashTooMany,
    ];
}

/// Which of these ways a site has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ways {
    /// The name of a folder's index.
    pub(super) index: Box<str>,
    /// Do documents answer without their `.html`?
    pub(super) clean_urls: bool,
}

impl Ways {
    /// The path that leads in this way to the resource at `own`.
    fn path<'o>(&self, way: Way, own: &'o str) -> Option<Cow<'o, str>> {
        let folder = || {
            own.strip_suffix(&*self.index)
                .filter(|folder| folder.ends_with('/'))
        };
        let clean = || {
            own.strip_suffix(".html")
                .filter(|clean| self.clean_urls && !clean.ends_with('/'))
        };
        let path: Cow<'_, str> = match way {
            Way::OwnPath => own.into(),
            Way::Index => folder()?.into(),
            Way::CleanUrl => clean()?.into(),
            Way::SlashMissing => folder()?.trim_end_matches('/').into(),
            Way::SlashTooMany => format!("{}/", clean()?).into(),
        };
        (!path.is_empty()).then_some(path)
    }

    /// Is `leading` the route of `path`? Nearly always the path is the resource's own.
    fn leads<'p>(&self, leading: Leading, path: &str, own: impl Fn(ResourceId) -> &'p str) -> bool {
        match leading.way {
            Way::OwnPath => own(leading.id) == path,
            _ => self
                .path_of(leading, own)
                .is_some_and(|known| known == path),
        }
    }

    /// The path that `leading` is the route of.
    fn path_of<'p>(
        &self,
        leading: Leading,
        own: impl Fn(ResourceId) -> &'p str,
    ) -> Option<Cow<'p, str>> {
        self.path(leading.way, own(leading.id))
    }

    /// The own path of the resource that `path` leads to in this way, if there is such a one.
    fn own(&self, way: Way, path: &str) -> Option<String> {
        let own = match way {
            Way::OwnPath => path.to_owned(),
            Way::Index => format!("{path}{}", self.index),
            Way::CleanUrl => format!("{path}.html"),
            Way::SlashMissing => format!("{path}/{}", self.index),
            Way::SlashTooMany => format!("{}.html", path.strip_suffix('/')?),
        };
        let leads = self.path(way, &own).is_some_and(|leading| leading == path);
        leads.then_some(own)
    }
}

/// One route, as the table has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Leading {
    id: ResourceId,
    way: Way,
}

impl From<Leading> for Route {
    fn from(Leading { id, way }: Leading) -> Self {
        let resource = |by| Self::Resource { id, by };
        match way {
            Way::OwnPath => resource(FoundBy::OwnPath),
            Way::Index => resource(FoundBy::Index),
            Way::CleanUrl => resource(FoundBy::CleanUrl),
            Way::SlashMissing | Way::SlashTooMany => Self::OtherSlash,
        }
    }
}

/// The table of all routes of a site. Whoever asks it says what the own path of each resource is.
#[derive(Clone, Debug)]
pub(super) struct Routes {
    table: HashTable<Leading>,
    /// Quick, and no more: the paths are the site's own, and nobody who asks for one puts it into the table.
    hasher: DefaultHashBuilder,
    ways: Ways,
}

impl Routes {
    /// The table for `count` resources.
    pub(super) fn of<'p>(count: u32, own: impl Fn(ResourceId) -> &'p str, ways: Ways) -> Self {
        let mut routes = Self {
            table: HashTable::with_capacity(count as usize),
            hasher: DefaultHashBuilder::default(),
            ways,
        };
        for way in Way::ALL {
            for id in (0..count).map(ResourceId) {
                if let Some(path) = routes.ways.path(way, own(id)) {
                    routes.offer(&path, Leading { id, way }, &own);
                }
            }
        }
        routes
    }

    /// Takes a route for `path`, if it has none.
    fn offer<'p>(&mut self, path: &str, leading: Leading, own: &impl Fn(ResourceId) -> &'p str) {
        let Self {
            table,
            hasher,
            ways,
        } = self;
        let entry = table.entry(
            hasher.hash_one(path),
            |known| ways.leads(*known, path, own),
            |known| hasher.hash_one(ways.path_of(*known, own).unwrap_or_default()),
        );
        if let Entry::Vacant(place) = entry {
            place.insert(leading);
        }
    }

    /// The table after the files at `touched` came or went. `before` knows the own path of each resource by its old number, `after` by its new one;
    /// `renumbered` has the new number of each that stayed, in the place of its old one; `find` knows the resource at a path now.
    ///
    /// Only what those paths can lead to is decided anew.
    pub(super) fn patched<'b, 'a>(
        &self,
        touched: impl Iterator<Item = &'a str>,
        before: impl Fn(ResourceId) -> &'b str,
        renumbered: &[ResourceId],
        after: impl Fn(ResourceId) -> &'a str,
        find: impl Fn(&str) -> Option<ResourceId>,
    ) -> Self {
        let mut routes = self.clone();
        let paths = |own: &'a str| Way::ALL.map(|way| self.ways.path(way, own));
        let paths: Vec<Cow<'a, str>> = touched.flat_map(paths).flatten().collect();
        for path in &paths {
            let hash = self.hasher.hash_one(path);
            let known = routes
                .table
                .find_entry(hash, |known| self.ways.leads(*known, path, &before));
            if let Ok(known) = known {
                known.remove();
            }
        }
        for Leading { id, .. } in &mut routes.table {
            *id = renumbered[id.0 as usize];
        }
        for path in &paths {
            let leading = Way::ALL.into_iter().find_map(|way| {
                let id = find(&self.ways.own(way, path)?)?;
                Some(Leading { id, way })
            });
            if let Some(leading) = leading {
                routes.offer(path, leading, &after);
            }
        }
        routes
    }

    /// The own path of each resource that `path` would lead to, if there were one.
    pub(super) fn owns(&self, path: &str) -> impl Iterator<Item = String> {
        Way::ALL
            .into_iter()
            .filter_map(|way| self.ways.own(way, path))
    }

    /// Where `path`, canonical and decoded, leads.
    pub(super) fn get<'p>(&self, path: &str, own: impl Fn(ResourceId) -> &'p str) -> Option<Route> {
        let hash = self.hasher.hash_one(path);
        let found = self
            .table
            .find(hash, |known| self.ways.leads(*known, path, &own));
        found.copied().map(Route::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(paths: &[&str], clean_urls: bool) -> Routes {
        let count = u32::try_from(paths.len()).expect("a few");
        let index = "index.html".into();
        Routes::of(count, own(paths), Ways { index, clean_urls })
    }

    fn own<'p>(paths: &[&'p str]) -> impl Fn(ResourceId) -> &'p str {
        |id| paths[id.0 as usize]
    }

    fn all(routes: &Routes) -> Vec<Leading> {
        let mut all: Vec<_> = routes.table.iter().copied().collect();
        all.sort_unstable();
        all
    }

    /// Every site of some of these paths, and each path coming and going.
    #[test]
    fn a_patched_table_is_the_one_that_would_be_made() {
        const PATHS: [&str; 9] = [
            "/.html",
            "/a",
            "/a.html",
            "/a/index.html",
            "/a/index.html.html",
            "/a/x.html",
            "/a/x/index.html",
            "/index",
            "/index.html",
        ];
        let chosen = |set: u32| -> Vec<&str> {
            (0..PATHS.len())
                .filter(|place| set & (1 << place) != 0)
                .map(|place| PATHS[place])
                .collect()
        };
        for clean_urls in [true, false] {
            let of = |paths: &[&str]| routes(paths, clean_urls);
            for set in 0..1 << PATHS.len() {
                for (flipped, path) in PATHS.into_iter().enumerate() {
                    let (before, after) = (chosen(set), chosen(set ^ (1 << flipped)));
                    let number = |path: &str| {
                        let place = after.binary_search(&path).ok()?;
                        u32::try_from(place).ok().map(ResourceId)
                    };
                    let renumbered: Vec<ResourceId> = before
                        .iter()
                        .map(|path| number(path).unwrap_or(ResourceId(u32::MAX)))
                        .collect();
                    let patched = of(&before).patched(
                        [path].into_iter(),
                        own(&before),
                        &renumbered,
                        own(&after),
                        number,
                    );
                    let made = of(&after);
                    assert_eq!(all(&patched), all(&made), "{before:?} -> {after:?}");
                    for path in PATHS {
                        for path in Way::ALL
                            .map(|way| made.ways.path(way, path))
                            .iter()
                            .flatten()
                        {
                            let route = made.get(path, own(&after));
                            assert_eq!(patched.get(path, own(&after)), route, "{path}");
                        }
                    }
                }
            }
        }
    }

    fn found(paths: &[&str], asked: &str) -> Option<String> {
        routes(paths, true)
            .get(asked, own(paths))
            .map(|route| match route {
                Route::Resource { id, by } => format!("{} {by:?}", paths[id.0 as usize]),
                Route::OtherSlash => format!("-> {}", other_slash(asked)),
            })
    }

    #[test]
    fn an_exact_name_wins_over_a_clean_url() {
        assert_eq!(
            found(&["/about", "/about.html"], "/about").as_deref(),
            Some("/about OwnPath")
        );
    }

    #[test]
    fn a_document_answers_for_its_clean_url() {
        assert_eq!(
            found(&["/about.html"], "/about").as_deref(),
            Some("/about.html CleanUrl")
        );
        assert_eq!(
            found(&["/about.html"], "/about/").as_deref(),
            Some("-> /about")
        );
    }

    #[test]
    fn a_folder_without_its_slash_is_redirected_to_it() {
        assert_eq!(
            found(&["/docs/index.html"], "/docs").as_deref(),
            Some("-> /docs/")
        );
        assert_eq!(
            found(&["/docs/index.html"], "/docs/").as_deref(),
            Some("/docs/index.html Index")
        );
    }

    #[test]
    fn a_folder_beside_a_document_of_its_name_keeps_both() {
        let paths = ["/docs.html", "/docs/index.html"];
        assert_eq!(
            found(&paths, "/docs").as_deref(),
            Some("/docs.html CleanUrl")
        );
        assert_eq!(
            found(&paths, "/docs/").as_deref(),
            Some("/docs/index.html Index")
        );
    }

    #[test]
    fn the_root_needs_no_redirect() {
        assert_eq!(
            found(&["/index.html"], "/").as_deref(),
            Some("/index.html Index")
        );
        assert_eq!(found(&["/index.html"], ""), None);
    }

    #[test]
    fn without_clean_urls_only_names_and_folders_lead_anywhere() {
        let paths = ["/a.html", "/b/index.html"];
        let routes = routes(&paths, false);
        assert_eq!(routes.get("/a", own(&paths)), None);
        assert_eq!(routes.get("/b", own(&paths)), Some(Route::OtherSlash));
    }

    #[test]
    fn a_file_called_html_is_not_the_folder() {
        assert_eq!(found(&["/x/.html"], "/x/"), None);
    }
}
