//! Which canonical path leads where: the table that a request is looked up in.
//!
//! Built from the paths of the files alone. What a file is called exactly always wins; an index answers for its folder, a document without its
//! `.html` for its clean URL, and a folder asked for without its slash is redirected, because relative references inside it need the slash.
//!
//! Uses: policy (its redirects) · Never: the query, fields of the request

use std::{borrow::Cow, collections::HashMap, sync::Arc};

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

/// The table of all routes of a site. Made whole, it shares a resource's own path with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes(HashMap<Arc<str>, Route>);

impl Routes {
    /// The table for `paths`, where the position of a path is its resource.
    pub(super) fn of<'p>(
        paths: &(impl Iterator<Item = &'p Arc<str>> + Clone),
        index: &str,
        clean_urls: bool,
    ) -> Self {
        let mut table = HashMap::with_capacity(paths.clone().count());
        let numbered = || (0_u32..).map(ResourceId).zip(paths.clone());
        for (id, path) in numbered() {
            table.insert(
                Arc::clone(path),
                Route::Resource {
                    id,
                    by: FoundBy::OwnPath,
                },
            );
        }
        let mut offer = |path: &str, route: Route| {
            if !path.is_empty() {
                table.entry(path.into()).or_insert(route);
            }
        };
        for (id, path) in numbered() {
            if let Some(folder) = path
                .strip_suffix(index)
                .filter(|folder| folder.ends_with('/'))
            {
                offer(
                    folder,
                    Route::Resource {
                        id,
                        by: FoundBy::Index,
                    },
                );
            }
        }
        if clean_urls {
            for (id, path) in numbered() {
                if let Some(clean) = path
                    .strip_suffix(".html")
                    .filter(|clean| !clean.ends_with('/'))
                {
                    offer(
                        clean,
                        Route::Resource {
                            id,
                            by: FoundBy::CleanUrl,
                        },
                    );
                }
            }
        }
        for (_, path) in numbered() {
            if let Some(folder) = path
                .strip_suffix(index)
                .filter(|folder| folder.ends_with('/'))
            {
                offer(folder.trim_end_matches('/'), Route::OtherSlash);
            }
        }
        if clean_urls {
            for (_, path) in numbered() {
                if let Some(clean) = path
                    .strip_suffix(".html")
                    .filter(|clean| !clean.ends_with('/'))
                {
                    offer(&format!("{clean}/"), Route::OtherSlash);
                }
            }
        }
        Self(table)
    }

    /// The table after the files at `touched` came or went. `renumbered` has the new number of each resource that stayed, in the place of its old one; `find`
    /// knows the resource at a path now.
    ///
    /// Only what those paths can lead to is decided anew.
    pub(super) fn patched<'p>(
        &self,
        touched: impl Iterator<Item = &'p str>,
        renumbered: &[ResourceId],
        find: impl Fn(&str) -> Option<ResourceId>,
        index: &str,
        clean_urls: bool,
    ) -> Self {
        let mut table = self.0.clone();
        for route in table.values_mut() {
            if let Route::Resource { id, .. } = route
                && let Some(now) = renumbered.get(id.0 as usize)
            {
                *id = *now;
            }
        }
        for key in touched.flat_map(|path| keys(path, index)) {
            match decide(&key, &find, index, clean_urls) {
                Some(route) => table.insert(key.into(), route),
                None => table.remove(key.as_str()),
            };
        }
        Self(table)
    }

    /// Where `path`, canonical and decoded, leads.
    pub(super) fn get(&self, path: &str) -> Option<Route> {
        self.0.get(path).copied()
    }
}

/// All paths that may lead to the file at `path`.
fn keys(path: &str, index: &str) -> Vec<String> {
    let mut keys = vec![path.to_owned()];
    if let Some(folder) = path
        .strip_suffix(index)
        .filter(|folder| folder.ends_with('/'))
    {
        keys.push(folder.to_owned());
        keys.push(folder.trim_end_matches('/').to_owned());
    }
    if let Some(clean) = path.strip_suffix(".html") {
        keys.push(clean.to_owned());
        keys.push(format!("{clean}/"));
    }
    keys.retain(|key| !key.is_empty());
    keys
}

/// Where `key` leads: the order of [`Routes::of`], asked for one path.
fn decide(
    key: &str,
    find: &impl Fn(&str) -> Option<ResourceId>,
    index: &str,
    clean_urls: bool,
) -> Option<Route> {
    let to = |id, by| Route::Resource { id, by };
    let is_folder = key.ends_with('/');
    let clean = key.strip_suffix('/').unwrap_or(key);
    let document = || {
        let is_clean = clean_urls && !clean.is_empty() && !clean.ends_with('/');
        is_clean.then(|| find(&format!("{clean}.html"))).flatten()
    };
    let own = find(key).map(|id| to(id, FoundBy::OwnPath));
    if is_folder {
        own.or_else(|| Some(to(find(&format!("{key}{index}"))?, FoundBy::Index)))
            .or_else(|| document().map(|_| Route::OtherSlash))
    } else {
        own.or_else(|| Some(to(document()?, FoundBy::CleanUrl)))
            .or_else(|| find(&format!("{key}/{index}")).map(|_| Route::OtherSlash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(paths: &[&str], clean_urls: bool) -> Routes {
        let paths: Vec<Arc<str>> = paths.iter().map(|path| Arc::from(*path)).collect();
        Routes::of(&paths.iter(), "index.html", clean_urls)
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
                        &renumbered,
                        number,
                        "index.html",
                        clean_urls,
                    );
                    assert_eq!(patched.0, of(&after).0, "{before:?} -> {after:?}");
                }
            }
        }
    }

    fn found(paths: &[&str], asked: &str) -> Option<String> {
        routes(paths, true).get(asked).map(|route| match route {
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
        let routes = routes(&["/a.html", "/b/index.html"], false);
        assert_eq!(routes.get("/a"), None);
        assert_eq!(routes.get("/b"), Some(Route::OtherSlash));
    }

    #[test]
    fn a_file_called_html_is_not_the_folder() {
        assert_eq!(found(&["/x/.html"], "/x/"), None);
    }
}
