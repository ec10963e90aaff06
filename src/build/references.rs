//! Which assets the documents of a site name, and which of those are not there.
//!
//! Uses: fingerprint, http · Never: files

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt,
    sync::Arc,
};

use super::coder::whole;
use crate::{
    fingerprint::{self, Digest},
    http::MediaType,
    snapshot::SiteFile,
};

/// An asset that a document names and the site does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dangling {
    /// The path it names.
    pub asset: String,
    /// The document.
    pub document: String,
}

impl Dangling {
    /// Is the document broken without it? A script or a style sheet is; an image leaves a gap.
    pub fn is_vital(&self) -> bool {
        matches!(
            MediaType::of_path(&self.asset).essence(),
            "text/javascript" | "text/css"
        )
    }
}

impl fmt::Display for Dangling {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (named by {})", self.asset, self.document)
    }
}

/// What documents name, remembered by content.
#[derive(Debug, Default)]
pub struct References {
    named: HashMap<(String, Digest), Arc<[String]>>,
}

impl References {
    /// What dangles in `next` and did not in `shown`.
    ///
    /// Looks into new and changed documents, and into all of them when an asset is gone.
    pub fn newly_dangling(&mut self, shown: &[SiteFile], next: &[SiteFile]) -> Vec<Dangling> {
        let before = Paths::of(shown);
        let after = Paths::of(next);
        let known: HashMap<&str, &SiteFile> = shown
            .iter()
            .map(|file| (file.path.as_str(), file))
            .collect();
        let asset_gone = before
            .0
            .iter()
            .any(|path| !after.0.contains(path) && !is_document(path));
        let mut dangling = BTreeSet::new();
        for document in next.iter().filter(|file| is_document(&file.path)) {
            let earlier = known.get(document.path.as_str());
            if !asset_gone && earlier.is_some_and(|earlier| earlier.digest == document.digest) {
                continue;
            }
            for asset in self
                .named(document)
                .iter()
                .filter(|asset| !after.has(asset))
            {
                let dangled_before = earlier.is_some_and(|earlier| {
                    !before.has(asset) && self.named(earlier).contains(asset)
                });
                if !dangled_before {
                    dangling.insert(Dangling {
                        asset: asset.clone(),
                        document: document.path.clone(),
                    });
                }
            }
        }
        let present: HashSet<(&str, Digest)> = shown
            .iter()
            .chain(next)
            .map(|file| (file.path.as_str(), file.digest))
            .collect();
        self.named
            .retain(|(path, digest), _| present.contains(&(path.as_str(), *digest)));
        dangling.into_iter().collect()
    }

    fn named(&mut self, document: &SiteFile) -> Arc<[String]> {
        let key = (document.path.clone(), document.digest);
        let named = self.named.entry(key).or_insert_with(|| {
            let content = whole(&document.content).unwrap_or_default();
            fingerprint::named(&document.path, &content).into()
        });
        Arc::clone(named)
    }
}

fn is_document(path: &str) -> bool {
    MediaType::of_path(path).is_document()
}

/// The paths of a site.
struct Paths<'f>(HashSet<&'f str>);

impl<'f> Paths<'f> {
    fn of(files: &'f [SiteFile]) -> Self {
        Self(files.iter().map(|file| file.path.as_str()).collect())
    }

    /// Is `asset` there, as it is named or below a prefix under which the site will be mounted?
    fn has(&self, asset: &str) -> bool {
        asset
            .match_indices('/')
            .any(|(slash, _)| self.0.contains(&asset[slash..]))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn site(files: &[(&str, &str)]) -> Vec<SiteFile> {
        files
            .iter()
            .map(|(path, content)| {
                let content = Bytes::copy_from_slice(content.as_bytes());
                SiteFile::new(*path, content.clone(), Digest::of(&content))
            })
            .collect()
    }

    fn dangling(shown: &[(&str, &str)], next: &[(&str, &str)]) -> Vec<String> {
        References::default()
            .newly_dangling(&site(shown), &site(next))
            .iter()
            .map(|dangling| dangling.asset.clone())
            .collect()
    }

    const OLD: (&str, &str) = ("/index.html", "<script src=/a-1.js></script>");
    const NEW: (&str, &str) = ("/index.html", "<script src=/a-2.js></script>");

    #[test]
    fn a_new_document_waits_for_its_script() {
        assert_eq!(
            dangling(&[OLD, ("/a-1.js", "1")], &[NEW, ("/a-1.js", "1")]),
            ["/a-2.js"]
        );
        assert!(dangling(&[OLD, ("/a-1.js", "1")], &[NEW, ("/a-2.js", "2")]).is_empty());
    }

    #[test]
    fn an_old_document_keeps_its_script() {
        assert_eq!(
            dangling(&[OLD, ("/a-1.js", "1")], &[OLD, ("/a-2.js", "2")]),
            ["/a-1.js"]
        );
    }

    #[test]
    fn what_was_missing_before_may_stay_missing() {
        let edited = ("/index.html", "<script src=/a-1.js></script> edited");
        assert!(dangling(&[OLD], &[edited]).is_empty());
    }

    #[test]
    fn a_site_made_for_a_prefix_finds_its_assets_without_it() {
        let document = ("/index.html", "<script src=/docs/js/a.js></script>");
        assert!(dangling(&[], &[document, ("/js/a.js", "1")]).is_empty());
    }
}
