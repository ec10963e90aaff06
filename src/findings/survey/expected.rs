//! What a policy says and no document names: where it redirects, and what is for nobody.
//!
//! Uses: policy · Never: judgement

use url::Url;

use super::{NOWHERE, Probe};
use crate::{findings::Purpose, http::exchange::Ask, policy::Policy};

/// How many redirects of a policy, and how many private paths, are asked for.
const MOST: usize = 50;

/// The requests that show whether the host of `start` does what `policy` says.
pub(super) fn probes(policy: &Policy, start: &Url) -> Vec<Probe> {
    let at = |path: &str, query: Option<&str>| {
        let mut url = start.clone();
        url.set_path(path);
        url.set_query(query);
        url
    };
    // With a query, because it goes along unless the target has its own.
    let moved = policy.redirects.iter().map(|redirect| {
        let url = at(&redirect.from.sample(NOWHERE), Some("larder-check=1"));
        (Purpose::Redirect, url)
    });
    // A glob with places stands for paths that nobody can guess.
    let is_path =
        |glob: &&String| glob.starts_with('/') && !glob.contains(['*', '?', '[', '{', '\\']);
    let private = policy.site.private.written().iter().filter(is_path);
    let private = private.map(|path| (Purpose::Private, at(path, None)));
    moved
        .take(MOST)
        .chain(private.take(MOST))
        .map(|(purpose, url)| Probe {
            purpose,
            ask: Ask::get(url),
            afresh: false,
        })
        .collect()
}
