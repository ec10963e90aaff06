//! Where things lie in the folder of a release.
//!
//! Every resource lies under its own path, so that any server can serve the folder; what only larder reads lies below `.larder`, which no server of ours
//! ever serves. A coded form lies beside its resource, as `app.js.br`, unless that is a path of the site itself.
//!
//! Uses: `fingerprint::manifest` · Never: files

use std::{collections::BTreeSet, ops::Bound};

use crate::{
    build::codings::suffix,
    fingerprint::{
        Digest,
        manifest::{Manifest, Resource},
    },
    http::ContentCoding,
};

/// The folder that is larder's own.
pub(in crate::build) const OWN: &str = "/.larder";
/// The manifest.
pub(in crate::build) const MANIFEST: &str = "/.larder/manifest.json";
/// The policy that the release was built under, where there was one.
pub(in crate::build) const POLICY: &str = "/.larder/policy.toml";

/// The longest name most file systems take, in bytes.
const LONGEST: usize = 255;

/// Where the coded form of `path` lies, whose bytes have `digest`.
pub(in crate::build) fn coded_place(
    resources: &Manifest,
    path: &str,
    coding: ContentCoding,
    digest: &Digest,
) -> String {
    let beside = format!("{path}{}", suffix(coding));
    let name = beside.rsplit('/').next().unwrap_or_default();
    let is_free = match resources.resources.get(&beside) {
        Some(resource) => resource.digest == *digest,
        None => name.len() <= LONGEST && !is_folder(resources, &beside),
    };
    if is_free {
        beside
    } else {
        format!("{OWN}/coded/{}{}", digest.hex(), suffix(coding))
    }
}

fn is_folder(resources: &Manifest, path: &str) -> bool {
    let inside = format!("{path}/");
    resources
        .resources
        .range::<str, _>((Bound::Included(inside.as_str()), Bound::Unbounded))
        .next()
        .is_some_and(|(next, _)| next.starts_with(&inside))
}

/// The coded forms of a resource that this version knows, with their places.
pub(in crate::build) fn coded<'m>(
    manifest: &'m Manifest,
    path: &'m str,
    resource: &'m Resource,
) -> impl Iterator<Item = (ContentCoding, u64, Digest, String)> + 'm {
    resource.codings.iter().filter_map(move |coded| {
        let coding = ContentCoding::parse(&coded.coding)?;
        let place = coded_place(manifest, path, coding, &coded.digest);
        Some((coding, coded.length, coded.digest, place))
    })
}

/// Every path below the folder that belongs to the release, and is no resource.
pub(in crate::build) fn coded_places(manifest: &Manifest) -> BTreeSet<String> {
    manifest
        .resources
        .iter()
        .flat_map(|(path, resource)| coded(manifest, path, resource))
        .map(|(.., place)| place)
        .filter(|place| !manifest.resources.contains_key(place))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(content: &[u8]) -> Resource {
        Resource {
            digest: Digest::of(content),
            length: content.len() as u64,
            media_type: None,
            immutable: false,
            demoted: false,
            alias_of: None,
            codings: Vec::new(),
        }
    }

    fn place(others: &[(&str, &[u8])], path: &str) -> String {
        let manifest = Manifest {
            resources: others
                .iter()
                .map(|(path, content)| ((*path).to_owned(), resource(content)))
                .collect(),
            ..Manifest::default()
        };
        coded_place(&manifest, path, ContentCoding::Gzip, &Digest::of(b"coded"))
    }

    #[test]
    fn a_coded_form_lies_beside_its_resource() {
        assert_eq!(place(&[("/a.js", b"a")], "/a.js"), "/a.js.gz");
        assert_eq!(place(&[("/a.js.gz", b"coded")], "/a.js"), "/a.js.gz");
    }

    #[test]
    fn a_coded_form_never_takes_the_place_of_something_else() {
        let own = format!("/.larder/coded/{}.gz", Digest::of(b"coded").hex());
        assert_eq!(place(&[("/a.js.gz", b"another")], "/a.js"), own);
        assert_eq!(place(&[("/a.js.gz/b.css", b"b")], "/a.js"), own);
        assert_eq!(place(&[], &format!("/{}.js", "a".repeat(250))), own);
        assert_eq!(place(&[("/a.js.gz-b/c", b"")], "/a.js"), "/a.js.gz");
    }
}
