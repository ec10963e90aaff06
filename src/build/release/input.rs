//! The site that a release is made from, read from disk as often as it is needed and never held as a whole.
//!
//! Every reading is compared with the stamp that the first look at the folder took: a build that saw two states of a file publishes neither.
//!
//! Uses: walk, stamp, rayon, fingerprint · Never: decisions

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use rayon::prelude::*;

use super::{error::ReleaseError, layout, notice::Notice, previous, progress::Watch};
use crate::{
    build::{
        engine::is_only_named,
        inventory::read_through,
        stamp::Stamp,
        walk::{self, Found, Odd, Rules, Why},
    },
    fingerprint::{Digest, FileId, Scanned, Settings, Site, mounted, scan},
};

/// What is in the folder.
pub(super) struct Input {
    /// The files with a URL, in the order of their numbers.
    pub(super) files: Vec<Found>,
    /// What is not served and goes along: a bundler's manifest under a hidden name tells the next build whose names to trust.
    pub(super) evidence: Vec<Found>,
    /// Coded forms that an earlier build wrote, if the folder is a release itself: they are no resources.
    coded: Vec<Found>,
    pub(super) odd: Vec<Odd>,
    pub(super) notices: Vec<Notice>,
    /// Where the site has something that is not in the release, or had when it was built before.
    withheld: BTreeSet<String>,
    /// What was written to since the first look.
    unsettled: Mutex<BTreeSet<String>>,
}

/// A kernel stamps times by its clock tick, 1 to 10 ms: within one, a second writing shows no new time.
const TICK: Duration = Duration::from_millis(20);

impl Input {
    /// Looks at the folder `root`, which is canonical.
    pub(super) fn look(root: &Path, rules: Rules<'_>) -> Self {
        let began = SystemTime::now();
        let walk::Walked { found, odd, .. } = walk::walk(root, rules);
        if found
            .iter()
            .any(|found| !found.stamp.is_older_than(TICK, began))
        {
            std::thread::sleep(TICK);
        }
        // A manifest that cannot be read makes the folder an ordinary one.
        let release = previous::read(root).ok();
        let made = release
            .as_ref()
            .map(layout::coded_places)
            .unwrap_or_default();
        let (files, evidence): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|found| found.public);
        let (coded, files): (Vec<Found>, Vec<Found>) = files
            .into_iter()
            .partition(|found| made.contains(&found.path));
        let mut notices = case_collisions(&files);
        notices.extend(files.is_empty().then_some(Notice::Empty));
        Self {
            notices,
            withheld: release.map(|release| release.withheld).unwrap_or_default(),
            odd,
            files,
            evidence,
            coded,
            unsettled: Mutex::default(),
        }
    }

    /// The file with this number.
    pub(super) fn found(&self, file: FileId) -> &Found {
        &self.files[file.index()]
    }

    /// What lies at `path`, be it a resource, a coded form or evidence.
    pub(super) fn at(&self, path: &str) -> Option<&Found> {
        [&self.files, &self.coded, &self.evidence]
            .into_iter()
            .find_map(|files| {
                let place = files
                    .binary_search_by(|found| found.path.as_str().cmp(path))
                    .ok()?;
                Some(&files[place])
            })
    }

    /// The paths below `root` where something is that is not in the release.
    pub(super) fn withheld(&self, root: &Path) -> BTreeSet<String> {
        let odd = crate::build::withheld(root, &self.odd, &[]);
        self.withheld.iter().cloned().chain(odd).collect()
    }

    /// The content at `path`, for what the plan has to look into.
    pub(super) fn load(&self, path: &str) -> Option<Bytes> {
        self.read(self.at(path)?).ok()
    }

    /// All bytes of a file.
    pub(super) fn read(&self, found: &Found) -> Result<Bytes, ReleaseError> {
        self.opened(found, |file| {
            let mut content = Vec::with_capacity(usize::try_from(found.stamp.size()).unwrap_or(0));
            file.read_to_end(&mut content)?;
            Ok(Bytes::from(content))
        })
    }

    /// Opens a file, lets `take` have it, and sees to it that it was the same all the time.
    pub(super) fn opened<T>(
        &self,
        found: &Found,
        take: impl FnOnce(&mut File) -> io::Result<T>,
    ) -> Result<T, ReleaseError> {
        let taken: io::Result<(T, bool)> = (|| {
            let mut file = open(&found.file)?;
            let before = Stamp::of(&file.metadata()?);
            let taken = take(&mut file)?;
            Ok((
                taken,
                before == found.stamp && Stamp::of(&file.metadata()?) == found.stamp,
            ))
        })();
        match taken {
            Ok((taken, true)) => Ok(taken),
            Ok((_, false)) => Err(self.moved(found)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(self.moved(found)),
            Err(error) => Err(ReleaseError::read(&found.file)(error)),
        }
    }

    fn moved(&self, found: &Found) -> ReleaseError {
        let mut unsettled = self
            .unsettled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        unsettled.insert(found.path.clone());
        ReleaseError::Unsettled {
            path: found.path.clone(),
        }
    }

    /// Has anything been written to since the first look?
    pub(super) fn settled(&self) -> Result<(), ReleaseError> {
        let unsettled = self
            .unsettled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match unsettled.first() {
            None => Ok(()),
            Some(path) => Err(ReleaseError::Unsettled { path: path.clone() }),
        }
    }

    /// Reads every file, on all cores: once, and once more where the references say that the site will be mounted elsewhere. What cannot be read is
    /// left out of the site, and said.
    pub(super) fn scan(&mut self, settings: &Settings, watch: &Watch<'_>) -> (Site, Vec<Scanned>) {
        let mut elsewhere = None;
        loop {
            let site = elsewhere.take().unwrap_or_else(|| {
                Site::new(self.files.iter().map(|found| found.path.clone()), settings)
            });
            let ids: Vec<FileId> = site.ids().collect();
            watch.begin("reading", ids.len());
            let scanned: Vec<Result<Scanned, (FileId, Why)>> = ids
                .into_par_iter()
                .map(|file| {
                    let scanned = self.scan_one(&site, file);
                    watch.step();
                    scanned
                })
                .collect();
            let refused: BTreeMap<FileId, Why> = scanned
                .iter()
                .filter_map(|scanned| scanned.as_ref().err().cloned())
                .collect();
            if refused.is_empty() {
                let scanned = scanned.into_iter().flatten().collect::<Vec<_>>();
                elsewhere = mounted(&site, &scanned);
                if elsewhere.is_none() {
                    return (site, scanned);
                }
            }
            // What refers to them was scanned as if they were there: once more, without.
            for (file, why) in refused.into_iter().rev() {
                let found = self.files.remove(file.index());
                self.odd.push(Odd {
                    file: found.file,
                    why,
                });
            }
        }
    }

    fn scan_one(&self, site: &Site, file: FileId) -> Result<Scanned, (FileId, Why)> {
        let found = self.found(file);
        let class = site.class(file);
        let scanned = if is_only_named(class, found.stamp.size()) {
            self.opened(found, read_through).map(|digest| {
                let length = usize::try_from(found.stamp.size()).unwrap_or(usize::MAX);
                Scanned::new(file, class, digest, length)
            })
        } else {
            self.read(found).map(|content| scan(site, file, &content))
        };
        match scanned {
            Ok(scanned) => Ok(scanned),
            // Reported before anything is published, with all that was written to.
            Err(ReleaseError::Unsettled { .. }) => {
                Ok(Scanned::new(file, class, Digest::of(b""), 0))
            }
            Err(ReleaseError::Read { source, .. }) => Err((file, Why::of(&source))),
            Err(error) => Err((file, Why::Unreadable(error.to_string()))),
        }
    }
}

/// Opens without waiting: a FIFO that took the place of the file must not block us.
fn open(path: &Path) -> io::Result<File> {
    File::options()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
}

/// Names that a disk without regard to case cannot hold side by side.
fn case_collisions(files: &[Found]) -> Vec<Notice> {
    let mut by_folded: BTreeMap<String, &str> = BTreeMap::new();
    let mut notices = Vec::new();
    for found in files {
        if let Some(first) = by_folded.insert(found.path.to_lowercase(), &found.path) {
            notices.push(Notice::CaseCollision {
                one: first.to_owned(),
                other: found.path.clone(),
            });
        }
    }
    notices
}

/// Where the folder really is, or why it cannot be read.
pub(super) fn root(folder: &Path) -> Result<PathBuf, crate::build::BuildError> {
    use crate::build::BuildError;
    let path = || folder.to_owned();
    let root = std::fs::canonicalize(folder).map_err(|source| BuildError::NoSuchFolder {
        path: path(),
        source,
    })?;
    if !root.is_dir() {
        return Err(BuildError::NotAFolder { path: path() });
    }
    std::fs::read_dir(&root).map_err(|source| BuildError::Unreadable {
        path: path(),
        source,
    })?;
    Ok(root)
}
