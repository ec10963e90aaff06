//! Which assets the documents of a site name, and which of those are not there.
//!
//! Uses: fingerprint, http · Never: files

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

use super::pending::{Pending, find};
use crate::{
    fingerprint::{self, Digest},
    http::MediaType,
    snapshot::{Content, SiteFile},
};

/// An asset that a document names and the site does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dangling {
    /// The path it names.
    pub asset: String,
    /// The document.
    pub document: Arc<str>,
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
    named: HashMap<(Arc<str>, Digest), Arc<[String]>>,
    /// How many there were when those that are no more were last forgotten.
    remembered: usize,
}

impl References {
    /// What will dangle once `pending` is shown, and does not dangle in `shown`, which is sorted by path.
    ///
    /// Looks into new and changed documents, and into all that may name it when an asset is gone.
    pub fn newly_dangling(&mut self, shown: &[SiteFile], pending: &Pending) -> Vec<Dangling> {
        let mut dangling = BTreeSet::new();
        for document in pending
            .iter()
            .filter_map(|(path, file)| file.filter(|_| is_document(path)))
        {
            let earlier = find(shown, &document.path);
            for asset in self.named(document).iter() {
                if has(asset, |path| pending.has(shown, path)) {
                    continue;
                }
                let dangled_before = earlier.is_some_and(|earlier| {
                    !has(asset, |path| find(shown, path).is_some())
                        && self.named(earlier).contains(asset)
                });
                if !dangled_before {
                    dangling.insert(Dangling {
                        asset: asset.clone(),
                        document: document.path.clone(),
                    });
                }
            }
        }
        let gone: Vec<&str> = pending
            .iter()
            .filter_map(|(path, file)| (file.is_none() && !is_document(path)).then_some(path))
            .collect();
        if !gone.is_empty() {
            let needles = Needles::of(&gone);
            let others = shown
                .iter()
                .filter(|file| is_document(&file.path) && !pending.touches(&file.path));
            for document in others.filter(|document| needles.may_be_in(&document.content)) {
                let named = self.named(document);
                let lost = named.iter().filter(|asset| {
                    has(asset, |path| gone.contains(&path))
                        && !has(asset, |path| pending.has(shown, path))
                });
                dangling.extend(lost.map(|asset| Dangling {
                    asset: asset.clone(),
                    document: document.path.clone(),
                }));
            }
        }
        self.forget(shown, pending);
        dangling.into_iter().collect()
    }

    /// Forgets documents that are no more, now and then.
    fn forget(&mut self, shown: &[SiteFile], pending: &Pending) {
        if self.named.len() < 2 * self.remembered.max(64) {
            return;
        }
        let fresh: HashMap<&str, Digest> = pending
            .iter()
            .filter_map(|(path, file)| Some((path, file?.digest)))
            .collect();
        self.named.retain(|(path, digest), _| {
            find(shown, path).is_some_and(|file| file.digest == *digest)
                || fresh.get(&**path) == Some(digest)
        });
        self.remembered = self.named.len();
    }

    fn named(&mut self, document: &SiteFile) -> Arc<[String]> {
        let key = (document.path.clone(), document.digest);
        let named = self.named.entry(key).or_insert_with(|| {
            let content = document.content.whole().ok().unwrap_or_default();
            fingerprint::named(&document.path, &content).into()
        });
        Arc::clone(named)
    }
}

fn is_document(path: &str) -> bool {
    MediaType::of_path(path).is_document()
}

/// Is `asset` there, as it is named or below a prefix under which the site will be mounted?
pub(super) fn has(asset: &str, is_there: impl Fn(&str) -> bool) -> bool {
    asset
        .match_indices('/')
        .any(|(slash, _)| is_there(&asset[slash..]))
}

/// Names of files, to be looked for in bytes: most of many documents need not be parsed to know that they do not name a file.
struct Needles<'n>(Option<Vec<memchr::memmem::Finder<'n>>>);

impl<'n> Needles<'n> {
    /// Up to this many names; with more, everything is parsed.
    const FEW: usize = 16;

    fn of(paths: &[&'n str]) -> Self {
        let names: BTreeSet<&str> = paths
            .iter()
            .map(|path| path.rsplit('/').next().unwrap_or(path))
            .collect();
        // Another name may be written in other ways.
        let is_plain = |name: &&str| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        };
        let few = names.len() <= Self::FEW && names.iter().all(is_plain);
        Self(few.then(|| names.into_iter().map(memchr::memmem::Finder::new).collect()))
    }

    fn may_be_in(&self, content: &Content) -> bool {
        match (&self.0, content) {
            (Some(finders), Content::Held(bytes)) => {
                finders.iter().any(|finder| finder.find(bytes).is_some())
            }
            _ => true,
        }
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
        let (mut shown, mut next) = (site(shown), site(next));
        shown.sort_by(|one, other| one.path.cmp(&other.path));
        next.sort_by(|one, other| one.path.cmp(&other.path));
        let pending = Pending::between(&shown, next);
        References::default()
            .newly_dangling(&shown, &pending)
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
