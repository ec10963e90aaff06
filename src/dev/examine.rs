//! What is wrong with the files of a site: kept up to date change by change.
//!
//! Uses: snapshot, fingerprint, http · Never: files (content reads itself)

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use super::{RESERVED, inject, problem::Problem};
use crate::{
    fingerprint::{Wrong, examine},
    http::{MediaType, TargetPath},
    policy::Kind,
    snapshot::{Change, Difference, Lookup, Resource, Snapshot},
};

/// What is known to be wrong, by the path of the file it is in.
#[derive(Debug, Default)]
pub struct Examiner {
    found: BTreeMap<Arc<str>, Vec<Found>>,
    /// Paths below these are somebody else's to answer.
    elsewhere: Vec<String>,
}

#[derive(Clone, Debug)]
struct Found {
    problem: Problem,
    /// The path that is missing, if that is it.
    missing: Option<String>,
}

/// A site with more files than this is examined as far as it changes.
const WHOLE: usize = 1000;
/// Larger scripts than this are somebody's library, not what is being written.
const LARGEST: u64 = 2 * 1024 * 1024;
/// How many problems are shown.
const SHOWN: usize = 12;

impl Examiner {
    /// Examines a site; paths below one of `elsewhere` are answered by another server.
    pub fn new(snapshot: &Snapshot, elsewhere: Vec<String>) -> Self {
        let mut examiner = Self {
            found: BTreeMap::new(),
            elsewhere,
        };
        examiner.all(snapshot);
        examiner
    }

    /// Examines what changed, and what names what came or went.
    pub fn update(&mut self, snapshot: &Snapshot, changes: &[Change]) {
        for change in changes {
            self.found.remove(&change.path);
            if let Some(resource) = snapshot.resource_at(&change.path) {
                self.one(snapshot, resource);
            }
        }
        let went = |change: &Change| change.difference == Difference::Removed;
        if changes.iter().any(went) {
            self.all(snapshot);
        } else if changes
            .iter()
            .any(|change| change.difference == Difference::Added)
        {
            let lacking: Vec<Arc<str>> = self
                .found
                .iter()
                .filter(|(_, found)| found.iter().any(|found| found.missing.is_some()))
                .map(|(path, _)| path.clone())
                .collect();
            for path in lacking {
                self.found.remove(&path);
                if let Some(resource) = snapshot.resource_at(&path) {
                    self.one(snapshot, resource);
                }
            }
        }
    }

    /// What is broken: scripts that do not parse, scripts and style sheets that are named and missing.
    pub fn problems(&self) -> Vec<Problem> {
        self.found
            .values()
            .flatten()
            .filter(|found| found.missing.as_deref().is_none_or(is_vital))
            .map(|found| found.problem.clone())
            .take(SHOWN)
            .collect()
    }

    /// What leaves a gap: images and the like that are named and missing.
    pub fn gaps(&self) -> impl Iterator<Item = &Problem> {
        self.found
            .values()
            .flatten()
            .filter(|found| found.missing.as_deref().is_some_and(|path| !is_vital(path)))
            .map(|found| &found.problem)
    }

    fn all(&mut self, snapshot: &Snapshot) {
        let resources: Vec<&Arc<Resource>> = snapshot
            .resources()
            .iter()
            .filter(|resource| is_examined(resource))
            .take(WHOLE + 1)
            .collect();
        if resources.len() > WHOLE {
            return;
        }
        self.found.clear();
        for resource in resources {
            self.one(snapshot, resource);
        }
    }

    fn one(&mut self, snapshot: &Snapshot, resource: &Resource) {
        if !is_examined(resource) {
            return;
        }
        let Ok(sent) = resource.identity.content.whole() else {
            return;
        };
        let content = without_element(&sent);
        let troubles = examine(&resource.path, &content, |path| {
            self.is_there(snapshot, path)
        });
        if troubles.is_empty() {
            return;
        }
        let text = String::from_utf8_lossy(&content);
        let found = troubles.into_iter().map(|trouble| {
            let missing = match &trouble.wrong {
                Wrong::Missing(path) => Some(path.clone()),
                Wrong::Syntax(_) => None,
            };
            let nearest = missing.as_deref().and_then(|path| nearest(snapshot, path));
            let problem = Problem::of_trouble(&resource.path, &text, &trouble, nearest);
            Found { problem, missing }
        });
        self.found.insert(resource.path.clone(), found.collect());
    }

    /// Is there something at `path`, or below a prefix under which the site will be mounted?
    fn is_there(&self, snapshot: &Snapshot, path: &str) -> bool {
        let elsewhere = |prefix: &String| {
            path.strip_prefix(prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        let leads_somewhere = |path: &str| {
            TargetPath::from_site(path)
                .is_ok_and(|path| !matches!(snapshot.look_up(&path, None), Lookup::Nothing))
        };
        path.starts_with(RESERVED)
            || self.elsewhere.iter().any(elsewhere)
            || path
                .match_indices('/')
                .any(|(slash, _)| leads_somewhere(&path[slash..]))
    }
}

/// Is it something that a person writes, and that can be wrong?
fn is_examined(resource: &Resource) -> bool {
    let is_source = resource.media_type.is_document()
        || matches!(
            resource.media_type.essence(),
            "text/javascript" | "text/css" | "application/manifest+json"
        );
    is_source
        && resource.kind != Kind::Fingerprinted
        && resource.identity.content.length() <= LARGEST
}

/// Is a page broken without it?
fn is_vital(path: &str) -> bool {
    matches!(
        MediaType::of_path(path).essence(),
        "text/javascript" | "text/css" | "application/wasm"
    )
}

/// The document as it was written.
fn without_element(sent: &[u8]) -> Cow<'_, [u8]> {
    for element in [inject::ELEMENT, inject::XML_ELEMENT] {
        if let Some(at) = memchr::memmem::find(sent, element.as_bytes()) {
            let mut written = sent[..at].to_vec();
            written.extend_from_slice(&sent[at + element.len()..]);
            return written.into();
        }
    }
    sent.into()
}

/// The path that was perhaps meant: of the same name in another case or another folder.
fn nearest<'s>(snapshot: &'s Snapshot, missing: &str) -> Option<&'s str> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let wanted = name(missing);
    snapshot
        .resources()
        .iter()
        .map(|resource| &*resource.path)
        .find(|path| name(path) == wanted)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::{
        fingerprint::Digest,
        policy::Policy,
        snapshot::{Generation, SiteFile, assemble, compare},
    };

    fn site(files: &[(&str, &str)]) -> Snapshot {
        let file = |(path, text): &(&str, &str)| {
            let content = Bytes::copy_from_slice(text.as_bytes());
            SiteFile::new(*path, content.clone(), Digest::of(&content))
        };
        let files = crate::dev::dress()(files.iter().map(file).collect());
        assemble(files, &Policy::default(), Generation(1))
    }

    const PAGE: (&str, &str) = (
        "/index.html",
        "<!doctype html><head>\n<script src=app.js></script><img src=gone.png><img src=/api/me.png>",
    );

    #[test]
    fn a_missing_script_is_a_problem_until_it_comes() {
        let before = site(&[PAGE, ("/js/App.js", "1")]);
        let mut examiner = Examiner::new(&before, vec!["/api".to_owned()]);
        let problems = examiner.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!((problems[0].line, problems[0].column), (Some(2), Some(13)));
        assert!(problems[0].help.as_deref().unwrap().contains("/js/App.js"));
        assert_eq!(
            examiner.gaps().count(),
            1,
            "the image, and not what the back end has"
        );

        let after = site(&[PAGE, ("/app.js", "1")]);
        examiner.update(&after, &compare(&before, &after));
        assert_eq!(examiner.problems(), []);
    }

    #[test]
    fn a_script_that_goes_is_missed_by_the_page_that_names_it() {
        let before = site(&[PAGE, ("/app.js", "1")]);
        let mut examiner = Examiner::new(&before, Vec::new());
        assert_eq!(examiner.problems(), []);
        let after = site(&[PAGE]);
        examiner.update(&after, &compare(&before, &after));
        assert_eq!(examiner.problems().len(), 1);
    }

    #[test]
    fn a_module_that_does_not_parse_is_a_problem_until_it_does() {
        let broken = site(&[("/a.js", "const = 1")]);
        let mut examiner = Examiner::new(&broken, Vec::new());
        assert!(examiner.problems()[0].title.contains("a.js does not parse"));
        let mended = site(&[("/a.js", "const a = 1")]);
        examiner.update(&mended, &compare(&broken, &mended));
        assert_eq!(examiner.problems(), []);
    }
}
