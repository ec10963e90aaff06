//! A site, fingerprinted in memory: what `larder build` would write, ready to be served.
//!
//! The same steps as for a release, so that both answer alike. What is too large to hold stays in its file; only if references in it are edited is the
//! result held.
//!
//! Uses: engine, fingerprint, rayon · Never: files (the inventory has them)

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use rayon::prelude::*;

use super::{
    cache::Cache,
    codings::{Levels, is_negotiable},
    engine::{self, Name},
    follower::{Followed, Follower},
    inventory::{Entry, find},
};
use crate::{
    fingerprint::{
        Digest, FileId, Finding, Plan, Scanned, Settings, Site, Verifier, leave, mounted, scan,
    },
    policy::Compress,
    snapshot::{Content, SiteFile},
};

/// How a file that is named like the coded form of an edited resource is coded anew.
pub(super) struct Recoding<'r> {
    pub(super) compress: &'r Compress,
    pub(super) cache: Option<&'r Cache>,
}

/// What is served instead of `entries`, which are sorted by path, and what there is to say about them.
pub(super) fn fingerprinted(
    entries: &[Entry],
    settings: &Settings,
    recoding: &Recoding<'_>,
) -> (Vec<SiteFile>, Vec<Finding>) {
    let source = Source(entries);
    let public = entries.iter().filter(|entry| entry.public);
    let mut site = Site::new(public.map(|entry| entry.path.to_string()), settings);
    let mut scanned = source.scan(&site);
    if let Some(mounted) = mounted(&site, &scanned) {
        site = mounted;
        scanned = source.scan(&site);
    }
    let load = |path: &str| source.load(path);
    let mut plan = Plan::new(site, scanned, settings, &load);
    loop {
        match source.render(&plan) {
            Ok(mut files) => {
                source.follow(&plan, &mut files, recoding);
                return (files, plan.findings());
            }
            // Each round leaves at least one more resource alone, so that there is a last one.
            Err(faulty) => plan = leave(plan, &faulty, settings, &load),
        }
    }
}

struct Source<'e>(&'e [Entry]);

impl Source<'_> {
    fn get(&self, path: &str) -> Option<&Entry> {
        find(self.0, path)
    }

    fn load(&self, path: &str) -> Option<Bytes> {
        self.get(path)?.content.whole().ok()
    }

    /// What cannot be read a second time keeps its name and its bytes: the engine takes the missing scan for that.
    fn scan(&self, site: &Site) -> Vec<Scanned> {
        let ids: Vec<FileId> = site.ids().collect();
        ids.par_iter()
            .filter_map(|file| self.scan_one(site, *file))
            .collect()
    }

    fn scan_one(&self, site: &Site, file: FileId) -> Option<Scanned> {
        let entry = self.get(site.path(file))?;
        let length = entry.content.length();
        if engine::is_only_named(site.class(file), length) {
            let length = usize::try_from(length).ok()?;
            return Some(Scanned::new(file, site.class(file), entry.digest, length));
        }
        Some(scan(site, file, &entry.content.whole().ok()?))
    }

    /// Every file of the site, or those that were not rendered as they should be.
    fn render(&self, plan: &Plan) -> Result<Vec<SiteFile>, Vec<FileId>> {
        let verifier = Verifier::new(plan);
        let ids: Vec<FileId> = plan.site().ids().collect();
        let rendered: Vec<Result<Vec<SiteFile>, FileId>> = ids
            .par_iter()
            .map(|file| self.render_one(plan, &verifier, *file))
            .collect();
        let faulty: Vec<FileId> = rendered
            .iter()
            .filter_map(|one| one.as_ref().err().copied())
            .collect();
        if !faulty.is_empty() {
            return Err(faulty);
        }
        let mut files: BTreeMap<Arc<str>, SiteFile> = BTreeMap::new();
        for file in rendered.into_iter().flatten().flatten() {
            files
                .entry(file.path.clone())
                .and_modify(|known| known.fingerprinted |= file.fingerprinted)
                .or_insert(file);
        }
        Ok(files.into_values().collect())
    }

    /// Codes anew what was the coded form of an edited resource, as a release does.
    fn follow(&self, plan: &Plan, files: &mut [SiteFile], recoding: &Recoding<'_>) {
        let followers: Vec<Follower> = plan
            .site()
            .ids()
            .filter_map(|file| Follower::find(plan, file))
            .collect();
        if followers.is_empty() {
            return;
        }
        let to_code = files
            .iter()
            .map(|file| (&file.path, file.content.length()))
            .filter(|(path, length)| is_negotiable(recoding.compress, path, *length))
            .map(|(_, length)| length)
            .sum();
        let levels = Levels::of(recoding.compress.quality, to_code);
        let place = |files: &[SiteFile], file: FileId| {
            let path = plan.site().path(file);
            files.binary_search_by(|known| (*known.path).cmp(path))
        };
        for follower in followers {
            let (Ok(own), Ok(of)) = (place(files, follower.file), place(files, follower.of)) else {
                continue;
            };
            let digest = files[of].digest;
            let (Some(bytes), Some(now), Some(before)) = (
                files[own].content.whole().ok(),
                files[of].content.whole().ok(),
                self.load(plan.site().path(follower.of)),
            ) else {
                continue;
            };
            let followed = follower.follow(&bytes, &before, (&now, digest), levels, recoding.cache);
            if let Ok(Followed::Recoded(bytes)) = followed {
                files[own].digest = Digest::of(&bytes);
                files[own].content = Content::Held(bytes);
            }
        }
    }

    fn render_one(
        &self,
        plan: &Plan,
        verifier: &Verifier<'_>,
        file: FileId,
    ) -> Result<Vec<SiteFile>, FileId> {
        let Some(entry) = self.get(plan.site().path(file)) else {
            return Ok(Vec::new());
        };
        let original = plan
            .has_edits(file)
            .then(|| entry.content.whole().ok())
            .flatten();
        let (content, digest) = if let Some(original) = original {
            let rendered = plan.render(file, &original);
            verifier
                .verify(file, &original, &rendered)
                .map_err(|_| file)?;
            let digest = Digest::of(&rendered);
            (Content::Held(rendered), digest)
        } else {
            (entry.content.clone(), entry.digest)
        };
        let (renamed, own) = engine::names(plan, file);
        let site_file = |name: Name| SiteFile {
            fingerprinted: name.immutable,
            ..SiteFile::new(name.path, content.clone(), digest)
        };
        Ok(renamed.into_iter().chain([own]).map(site_file).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{Mode, Workshop};
    use crate::policy::Policy;

    #[test]
    fn what_is_too_large_to_hold_is_fingerprinted_too() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |path: &str, content: &[u8]| std::fs::write(folder.path().join(path), content).unwrap();
        write(
            "index.html",
            b"<!doctype html><video src=film.mp4></video><script type=module src=big.js></script>",
        );
        write("film.mp4", &vec![7; 3_000_000]);
        let mut script = b"import './small.js';\n".to_vec();
        script.resize(2_000_000, b' ');
        write("big.js", &script);
        write("small.js", b"1");
        let mut workshop = Workshop::new(folder.path(), Mode::Fingerprint, None).unwrap();
        let site = workshop.look(&Policy::default()).unwrap();
        let fingerprinted: Vec<&SiteFile> = site
            .files
            .iter()
            .filter(|file| file.fingerprinted)
            .collect();
        assert_eq!(fingerprinted.len(), 3, "{fingerprinted:?}");
        let film = fingerprinted
            .iter()
            .find(|file| file.path.starts_with("/film."))
            .unwrap();
        assert!(matches!(film.content, Content::Stored(_)));
        let big = fingerprinted
            .iter()
            .find(|file| file.path.starts_with("/big."))
            .unwrap();
        let big = big.content.whole().unwrap();
        assert!(
            big.starts_with(b"import './small."),
            "its references are edited"
        );
        assert_eq!(big.len(), script.len() + 17);
    }
}
