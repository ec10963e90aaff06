//! Which canonical path leads where: the table that a request is looked up in.
//!
//! Built from the paths of the files alone. What a file is called exactly always wins; an index answers for its folder, a document without its
//! `.html` for its clean URL, and a folder asked for without its slash is redirected, because relative references inside it need the slash.
//!
//! Uses: policy (its redirects) · Never: the query, fields of the request

use std::collections::HashMap;

use super::representation::ResourceId;
use crate::policy::Redirect;

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// To a resource, found in the way that `by` says.
    Resource {
        /// Which.
        id: ResourceId,
        /// How the path leads to it.
        by: FoundBy,
    },
    /// To another path of this site: the slash that was missing, or one too many. Canonical, not percent-encoded.
    OtherSlash(Box<str>),
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

/// The table of all routes of a site.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes(HashMap<Box<str>, Route>);

impl Routes {
    /// The table for `paths`, where the position of a path is its resource.
    pub(super) fn of<'p>(
        paths: &(impl Iterator<Item = &'p str> + Clone),
        index: &str,
        clean_urls: bool,
    ) -> Self {
        let mut table = HashMap::with_capacity(paths.size_hint().0 * 2);
        let numbered = || (0_u32..).map(ResourceId).zip(paths.clone());
        for (id, path) in numbered() {
            table.insert(
                path.into(),
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
                offer(
                    folder.trim_end_matches('/'),
                    Route::OtherSlash(folder.into()),
                );
            }
        }
        if clean_urls {
            for (_, path) in numbered() {
                if let Some(clean) = path
                    .strip_suffix(".html")
                    .filter(|clean| !clean.ends_with('/'))
                {
                    offer(&format!("{clean}/"), Route::OtherSlash(clean.into()));
                }
            }
        }
        Self(table)
    }

    /// Where `path`, canonical and decoded, leads.
    pub(super) fn get(&self, path: &str) -> Option<&Route> {
        self.0.get(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[&str], asked: &str) -> Option<String> {
        let routes = Routes::of(&paths.iter().copied(), "index.html", true);
        routes.get(asked).map(|route| match route {
            Route::Resource { id, by } => format!("{} {by:?}", paths[id.0 as usize]),
            Route::OtherSlash(to) => format!("-> {to}"),
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
        let routes = Routes::of(
            &["/a.html", "/b/index.html"].into_iter(),
            "index.html",
            false,
        );
        assert_eq!(routes.get("/a"), None);
        assert!(matches!(routes.get("/b"), Some(Route::OtherSlash(_))));
    }

    #[test]
    fn a_file_called_html_is_not_the_folder() {
        assert_eq!(found(&["/x/.html"], "/x/"), None);
    }
}
