//! The coded forms of a release: found in the cache or beside the site's files, or made, and written only if they pay.
//!
//! A file of the site that is named like a coded form (`app.js.gz`) is somebody's URL. It is used as one if it decodes to the resource's bytes. If those were
//! edited and it decodes to what they were, it is coded anew, because a server that sends such files unasked would mix the old bytes with the new site. If it
//! is neither, it stays, byte for byte, and ours lies where only larder looks.
//!
//! Implements RFC 9110 §8.4.1.
//!
//! Uses: cache, codings, coder, rayon · Never: what is to be coded at all (that is `is_negotiable`)

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
    sync::Arc,
};

use bytes::Bytes;
use rayon::prelude::*;

use super::{
    error::ReleaseError, input::Input, layout, notice::Notice, progress::Watch, staging::Staging,
    write::Made,
};
use crate::{
    build::{
        cache::Cache,
        coder::Job,
        codings::{Levels, decodes_to, is_negotiable, suffix},
        follower::{Followed, Follower},
        on_disk::OnDisk,
        stamp::Stamp,
    },
    fingerprint::{
        Digest,
        manifest::{Coded, Manifest, Resource},
    },
    http::{ContentCoding, MediaType},
    policy::Compress,
    snapshot::Content,
};

/// What codes the content of one release.
pub(super) struct Codings<'r> {
    pub(super) input: &'r Input,

    pub(super) staging: &'r Staging,
    pub(super) compress: &'r Compress,
    pub(super) cache: Option<&'r Cache>,
    /// Make coded forms, or only keep right what is there?
    pub(super) wanted: bool,
}

/// One content in one coding, for all paths that have it.
struct Unit<'m> {
    paths: Vec<&'m str>,
    coding: ContentCoding,
    digest: Digest,
    length: u64,
    /// The path of the file that is named like its coded form.
    beside: Option<String>,
}

/// The coded form that lies beside a resource, or what else lies there.
type Beside = (Option<(Content, Digest)>, Option<Notice>);

/// What came of a unit: the paths, the coding, and the coded form if it pays.
type Done = (Vec<String>, Coded, Option<Notice>);

impl Codings<'_> {
    /// Writes the followers, and all coded forms. Gives the manifest of what is there then.
    pub(super) fn run(
        &self,
        made: Vec<Made>,
        followers: &[Follower],
        watch: &Watch<'_>,
    ) -> Result<(Manifest, Vec<Notice>), ReleaseError> {
        let mut manifest = Manifest::default();
        for made in made {
            let resource = resource(&made);
            manifest
                .resources
                .entry(made.path)
                .and_modify(|known| known.immutable |= resource.immutable)
                .or_insert(resource);
        }
        let to_code = manifest
            .resources
            .iter()
            .filter(|(path, resource)| self.is_negotiable(path, resource.length))
            .map(|(_, resource)| resource.length)
            .sum();
        let levels = Levels::of(self.compress.quality, to_code);
        let mut notices = Vec::new();
        for follower in followers {
            let (made, notice) = self.follow(follower, &manifest, levels)?;
            manifest
                .resources
                .insert(made.path.clone(), resource(&made));
            notices.extend(notice);
        }
        if self.wanted {
            let done = self.code(&manifest, levels, watch)?;
            for (paths, coded, notice) in done {
                notices.extend(notice);
                for path in paths.iter().filter(|_| coded.length > 0) {
                    if let Some(resource) = manifest.resources.get_mut(path) {
                        resource.codings.push(coded.clone());
                    }
                }
            }
            let order: HashMap<&str, usize> = self
                .compress
                .codings
                .iter()
                .enumerate()
                .map(|(at, coding)| (coding.as_str(), at))
                .collect();
            for resource in manifest.resources.values_mut() {
                resource
                    .codings
                    .sort_by_key(|coded| order.get(coded.coding.as_str()).copied());
            }
        }
        notices.sort();
        notices.dedup();
        Ok((manifest, notices))
    }

    fn is_negotiable(&self, path: &str, length: u64) -> bool {
        is_negotiable(self.compress, path, length)
    }

    /// Writes what is named like the coded form of an edited resource.
    fn follow(
        &self,
        follower: &Follower,
        manifest: &Manifest,
        levels: Levels,
    ) -> Result<(Made, Option<Notice>), ReleaseError> {
        let (found, of) = (
            self.input.found(follower.file),
            self.input.found(follower.of),
        );
        let bytes = self.input.read(found)?;
        let last = fs::read(self.staging.file(&of.path))
            .map(Bytes::from)
            .map_err(ReleaseError::read(&of.file))?;
        let before = self.input.read(of)?;
        let digest = manifest
            .resources
            .get(&of.path)
            .map_or_else(|| Digest::of(&last), |of| of.digest);
        let outcome = follower
            .follow(&bytes, &before, (&last, digest), levels, self.cache)
            .map_err(ReleaseError::write(&found.file))?;
        let (path, other) = (found.path.clone(), of.path.clone());
        let (bytes, notice) = match outcome {
            Followed::Recoded(bytes) => (bytes, Some(Notice::Recoded { path, of: other })),
            Followed::Fits => (bytes, None),
            Followed::Other => (bytes, Some(Notice::Stale { path, of: other })),
        };
        self.staging.write(&found.path, &bytes)?;
        let made = Made {
            path: found.path.clone(),
            digest: Digest::of(&bytes),
            length: bytes.len() as u64,
            immutable: false,
        };
        Ok((made, notice))
    }

    fn code(
        &self,
        manifest: &Manifest,
        levels: Levels,
        watch: &Watch<'_>,
    ) -> Result<Vec<Done>, ReleaseError> {
        let units = self.units(manifest);
        watch.begin("coding", units.len());
        // One by one from the front of the queue, the longest first: whole halves, as rayon would deal them, end at different times.
        units
            .into_iter()
            .par_bridge()
            .map(|unit| {
                let done = self.code_one(manifest, &unit, levels);
                watch.step();
                done
            })
            .collect()
    }

    fn units<'m>(&self, manifest: &'m Manifest) -> Vec<Unit<'m>> {
        let mut units: BTreeMap<(Digest, usize, Option<String>), Unit<'m>> = BTreeMap::new();
        for (path, resource) in &manifest.resources {
            if !self.is_negotiable(path, resource.length) {
                continue;
            }
            for (order, coding) in self.compress.codings.iter().enumerate() {
                let beside = format!("{path}{}", suffix(*coding));
                let beside = self.input.at(&beside).map(|_| beside);
                units
                    .entry((resource.digest, order, beside.clone()))
                    .or_insert_with(|| Unit {
                        paths: Vec::new(),
                        coding: *coding,
                        digest: resource.digest,
                        length: resource.length,
                        beside,
                    })
                    .paths
                    .push(path);
            }
        }
        let mut units: Vec<Unit<'m>> = units.into_values().collect();
        units.sort_by_key(|unit| std::cmp::Reverse(unit.length));
        units
    }

    fn code_one(
        &self,
        manifest: &Manifest,
        unit: &Unit<'_>,
        levels: Levels,
    ) -> Result<Done, ReleaseError> {
        let nothing = Digest::of(b"");
        let (first, coding) = (unit.paths.first().copied().unwrap_or_default(), unit.coding);
        let content = on_disk(&self.staging.file(first))?;
        let (beside, notice) = match &unit.beside {
            None => (None, None),
            Some(path) => self.beside(path, first, coding)?,
        };
        let coded = Job::held((content, unit.digest), coding, levels, beside).run(self.cache);
        let mut done = Coded {
            coding: coding.as_str().to_owned(),
            length: 0,
            digest: nothing,
        };
        let paths = unit.paths.iter().map(|path| (*path).to_owned()).collect();
        let Some((Content::Held(bytes), digest)) = coded.map(|coded| (coded.content, coded.digest))
        else {
            return Ok((paths, done, notice));
        };
        done.length = bytes.len() as u64;
        done.digest = digest;
        let mut written: Option<String> = None;
        for path in &unit.paths {
            let place = layout::coded_place(manifest, path, coding, &digest);
            if manifest.resources.contains_key(&place) || written.as_ref() == Some(&place) {
                continue;
            }
            if let Some(written) = &written {
                self.staging.link(written, &place)?;
            } else {
                self.staging.make_folders(std::iter::once(place.as_str()))?;
                self.staging.write(&place, &bytes)?;
                written = Some(place);
            }
        }
        Ok((paths, done, notice))
    }

    /// The file that is named like the coded form of `of`, if it is that.
    fn beside(&self, path: &str, of: &str, coding: ContentCoding) -> Result<Beside, ReleaseError> {
        // In the release, if it is a resource: a follower was coded anew.
        let staged = self.staging.file(path);
        let bytes = match (fs::read(&staged), self.input.at(path)) {
            (Ok(bytes), _) => Bytes::from(bytes),
            (Err(_), Some(found)) => self.input.read(found)?,
            (Err(_), None) => return Ok((None, None)),
        };
        let identity = fs::read(self.staging.file(of)).map_err(ReleaseError::read(of))?;
        if decodes_to(coding, &bytes, &identity) {
            let digest = Digest::of(&bytes);
            return Ok((Some((Content::Held(bytes), digest)), None));
        }
        let notice = Notice::Stale {
            path: path.to_owned(),
            of: of.to_owned(),
        };
        Ok((None, Some(notice)))
    }
}

fn resource(made: &Made) -> Resource {
    Resource {
        digest: made.digest,
        length: made.length,
        media_type: Some(MediaType::of_path(&made.path).as_str().to_owned()),
        immutable: made.immutable,
        demoted: false,
        alias_of: None,
        codings: Vec::new(),
    }
}

/// Content that is read only if the cache does not know it.
fn on_disk(path: &Path) -> Result<Content, ReleaseError> {
    let metadata = fs::metadata(path).map_err(ReleaseError::read(path))?;
    Ok(Content::Stored(Arc::new(OnDisk::new(
        path,
        Stamp::of(&metadata),
        None,
    ))))
}
