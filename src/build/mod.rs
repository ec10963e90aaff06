//! From a folder to the files of a snapshot: walk, read, recognise or fingerprint, code.
//!
//! A [`Workshop`] keeps what it learnt, so that the next look at the folder reads and codes only what changed.
//!
//! Uses: snapshot, policy, fingerprint, http, std, rayon · Never: actix, request handling

mod cache;
mod coder;
mod codings;
mod engine;
mod error;
mod follower;
mod in_memory;
mod inventory;
mod on_disk;
mod part;
mod pending;
mod policy_text;
mod recognised;
mod references;
pub mod release;
mod released;
mod stamp;
mod survey;
mod walk;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

pub use coder::Done;
pub use error::BuildError;
pub use part::{Part, Seen};
pub use pending::Pending;
pub use policy_text::{Meaning, PolicyNow, PolicyText, PolicyUnreadable};
pub use references::{Dangling, References};
pub use survey::{Survey, Surveyor};
pub use walk::{Odd, Touch, Why};

use crate::{
    fingerprint::{Finding, recognise::Recognised},
    policy::Policy,
    snapshot::{Content, SiteFile},
};
use cache::Cache;
use coder::{Coder, Job};
use codings::{Levels, is_negotiable};
use inventory::{Entry, Limits};
use released::{Released, Taken};

/// What to do with the files of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Serve them as they are, whatever their names may carry: for whoever lets caches keep nothing unasked.
    Plain,
    /// Serve them as they are, and recognise the names that carry a hash.
    AsTheyAre,
    /// Fingerprint them in memory.
    Fingerprint,
}

/// A folder and all that is known about it.
pub struct Workshop {
    folder: PathBuf,
    mode: Mode,
    /// What was read, sorted by path.
    entries: Vec<Entry>,
    odd: Vec<Odd>,
    /// The last look at everything; nothing before the first one.
    whole: Option<part::Whole>,
    coder: Coder,
    jobs: Vec<Job>,
    released: Released,
}

/// The files of a site, and what there is to say about them.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where the folder really is: a link that leads there may lead elsewhere tomorrow.
    pub root: PathBuf,
    /// What is served.
    pub files: Vec<SiteFile>,
    /// What is not, and why.
    pub odd: Vec<Odd>,
    /// The paths of what is not: answered 404, and never taken for a route.
    pub withheld: Vec<String>,
    /// Whose names were recognised, where the site was taken as it is.
    pub recognised: Option<Recognised>,
    /// What fingerprinting has to say.
    pub findings: Vec<Finding>,
    /// Was it taken at the word of a release's manifest?
    pub is_release: bool,
    /// How long it took.
    pub took: Duration,
    /// Files that were written to so recently that they have to be looked at again.
    pub unsettled: Vec<PathBuf>,
    /// The folders that were looked into.
    pub folders: Vec<PathBuf>,
}

impl Workshop {
    /// A workshop for `folder`, with a cache of coded content below `cache`.
    ///
    /// # Errors
    /// When no threads can be started.
    pub fn new(folder: &Path, mode: Mode, cache: Option<&Path>) -> Result<Self, BuildError> {
        let coder = Coder::new(cache.map(Cache::new))?;
        coder.clean_up();
        Ok(Self {
            folder: folder.to_owned(),
            mode,
            entries: Vec::new(),
            odd: Vec::new(),
            whole: None,
            coder,
            jobs: Vec::new(),
            released: Released::default(),
        })
    }

    /// Compares every digest of a release with its manifest, at every look, and not only the lengths.
    pub fn verify_releases(&mut self) {
        self.released.verify = true;
    }

    /// The folder, as it was named.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Looks at the folder and reads what changed since the last time.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be read.
    pub fn look(&mut self, policy: &Policy) -> Result<Site, BuildError> {
        self.look_while(policy, &BTreeSet::new())
    }

    /// The same while somebody writes to the files `writing`, absolute and below the canonical folder: these are waited for longer.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be read.
    pub fn look_while(
        &mut self,
        policy: &Policy,
        writing: &BTreeSet<PathBuf>,
    ) -> Result<Site, BuildError> {
        let began = Instant::now();
        let root = fs::canonicalize(&self.folder).map_err(|source| BuildError::NoSuchFolder {
            path: self.folder.clone(),
            source,
        })?;
        if !root.is_dir() {
            return Err(BuildError::NotAFolder {
                path: self.folder.clone(),
            });
        }
        fs::read_dir(&root).map_err(|source| BuildError::Unreadable {
            path: root.clone(),
            source,
        })?;
        let limits = limits(policy);
        let rules = walk::Rules(&policy.site);
        if let Some(taken) = self
            .released
            .look(&root, rules, limits, &policy.compress.codings)
        {
            self.whole = None;
            return Ok(self.of_release(policy, root, taken, began));
        }
        let mut walked = walk::walk(&root, rules);
        for found in &mut walked.found {
            if writing.contains(&found.file) {
                found.touch = Touch::Writing;
            }
        }
        // A folder that cannot be listed has lost nothing: while it was listed before, the site as it was is the better one.
        if self.whole.is_some()
            && let Some(failing) = walked.odd.iter().find_map(Odd::failing)
        {
            return Err(failing);
        }
        let previous = self.whole.is_some().then_some(self.entries.as_slice());
        let reading = inventory::read(walked.found, limits, previous);
        self.odd = walked.odd;
        self.odd.extend(reading.odd);
        self.entries = reading.entries;
        self.whole = Some(part::Whole {
            root: root.clone(),
            has_aliases: walked.has_aliases,
            held: self.entries.iter().map(Entry::held).sum(),
        });
        Ok(self.site(policy, root, walked.folders, reading.unsettled, began))
    }

    /// The site, of what was read.
    fn site(
        &mut self,
        policy: &Policy,
        root: PathBuf,
        folders: Vec<PathBuf>,
        unsettled: Vec<PathBuf>,
        began: Instant,
    ) -> Site {
        let mut site = Site {
            withheld: withheld(&root, &self.odd, &self.entries),
            root,
            files: Vec::new(),
            odd: self.odd.clone(),
            recognised: None,
            findings: Vec::new(),
            is_release: false,
            took: Duration::ZERO,
            unsettled,
            folders,
        };
        match self.mode {
            Mode::Plain => site.files = self.as_is(|_| false),
            Mode::AsTheyAre => self.as_they_are(&mut site),
            Mode::Fingerprint => self.fingerprinted(policy, &mut site),
        }
        mark_negotiable(policy, &mut site.files);
        self.coder.forget_others(&site.files);
        site.took = began.elapsed();
        site
    }

    fn of_release(&mut self, policy: &Policy, root: PathBuf, taken: Taken, began: Instant) -> Site {
        let mut files = taken.files;
        mark_negotiable(policy, &mut files);
        self.coder.forget_others(&files);
        Site {
            withheld: taken
                .withheld
                .into_iter()
                .chain(withheld(&root, &taken.odd, &[]))
                .collect(),
            files,
            odd: taken.odd,
            recognised: None,
            findings: Vec::new(),
            is_release: true,
            took: began.elapsed(),
            unsettled: taken
                .unsettled
                .then_some(root.clone())
                .into_iter()
                .collect(),
            folders: taken.folders,
            root,
        }
    }

    fn public(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.public)
    }

    /// The public files as they are. The list lasts, so that it is no longer than it has to be; most files are public.
    fn as_is(&self, is_fingerprinted: impl Fn(&Entry) -> bool) -> Vec<SiteFile> {
        let mut files = Vec::with_capacity(self.entries.len());
        files.extend(
            self.public()
                .map(|entry| plain(entry, is_fingerprinted(entry))),
        );
        files
    }

    fn as_they_are(&self, site: &mut Site) {
        let recognised = recognised::recognise(&self.entries);
        site.files = self.as_is(|entry| recognised.is_fingerprinted(&entry.path));
        site.recognised = Some(recognised);
    }

    fn fingerprinted(&self, policy: &Policy, site: &mut Site) {
        let settings = engine::settings(policy, None);
        let recoding = in_memory::Recoding {
            compress: &policy.compress,
            cache: self.coder.cache(),
        };
        (site.files, site.findings) = in_memory::fingerprinted(&self.entries, &settings, &recoding);
    }

    /// Gives `files` all coded forms that are known, and notes which are missing.
    pub fn add_codings(&mut self, policy: &Policy, files: &mut [SiteFile]) {
        let compress = &policy.compress;
        let to_code: u64 = files
            .iter()
            .filter(|file| file.negotiable)
            .map(|file| file.content.length())
            .sum();
        let held: u64 = files
            .iter()
            .map(|file| {
                if let Content::Held(bytes) = &file.content {
                    bytes.len() as u64
                } else {
                    0
                }
            })
            .sum();
        let budget = policy.server.memory_budget.saturating_sub(held);
        self.jobs = self.coder.fill(
            files,
            &compress.codings,
            Levels::of(compress.quality, to_code),
            budget,
        );
    }

    /// Is a coded form gone that stayed in the cache?
    pub fn has_lost_codings(&self) -> bool {
        self.coder.has_lost()
    }

    /// Forgets the coded forms that are gone from the cache, so that they are missing. Tells how many that are.
    pub fn forget_lost_codings(&mut self) -> usize {
        self.coder.forget_lost()
    }

    /// Makes at once the coded forms of the file at `path` that were missing, and gives them to `files`.
    pub fn code_now(&mut self, policy: &Policy, files: &mut [SiteFile], path: &str) {
        let Some(file) = files.iter().find(|file| *file.path == *path) else {
            return;
        };
        let digest = file.digest;
        let jobs: Vec<Job> = std::mem::take(&mut self.jobs)
            .into_iter()
            .filter(|job| job.is_about(&digest))
            .collect();
        self.coder.run(&jobs);
        self.add_codings(policy, files);
    }

    /// How many coded forms were missing when [`Workshop::add_codings`] last looked.
    pub fn missing_codings(&self) -> usize {
        self.jobs.len()
    }

    /// Starts to make the coded forms that were missing. Each is handed to `tell` when it is done.
    pub fn start_coding(&mut self, tell: impl Fn(Done) + Send + Sync + Clone + 'static) {
        let jobs = std::mem::take(&mut self.jobs);
        self.coder.start(jobs, tell);
    }

    /// Remembers a coded form. Tells whether that was the last one that was missing.
    pub fn take_coded(&mut self, done: Done) -> bool {
        self.coder.take(done)
    }
}

/// The name under which a policy is looked for.
const POLICY: &str = "policy.toml";

/// The policy of the site in `folder`: in the folder, else beside it, else the one that a release was built under. A folder that is a link has two places beside it; the link's own comes first.
pub fn find_policy(folder: &Path) -> Option<PathBuf> {
    policy_places(folder)
        .into_iter()
        .find(|file| file.is_file())
}

/// Where the policy of the site in `folder` may be, in the order of asking.
pub fn policy_places(folder: &Path) -> Vec<PathBuf> {
    let inside = folder.join(POLICY);
    let beside_name = std::path::absolute(folder)
        .ok()
        .map(|folder| folder.with_file_name(POLICY));
    let beside = fs::canonicalize(folder)
        .ok()
        .map(|folder| folder.with_file_name(POLICY));
    let carried = place_below(folder, release::layout::POLICY);
    [Some(inside), beside_name, beside, Some(carried)]
        .into_iter()
        .flatten()
        .collect()
}

/// Says of each file whether it is or will be there in content codings.
fn mark_negotiable(policy: &Policy, files: &mut [SiteFile]) {
    for file in files {
        file.negotiable = is_negotiable(&policy.compress, &file.path, file.content.length());
    }
}

/// Where the file of `path` is below `root`.
fn place_below(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

/// The paths on the site of what is not served. What is odd and was read before is in `entries`, sorted by path, and served as it was.
fn withheld(root: &Path, odd: &[Odd], entries: &[Entry]) -> Vec<String> {
    odd.iter()
        .filter_map(|odd| Some(format!("/{}", odd.file.strip_prefix(root).ok()?.to_str()?)))
        .filter(|path| inventory::find(entries, path).is_none())
        .collect()
}

fn plain(entry: &Entry, fingerprinted: bool) -> SiteFile {
    SiteFile {
        fingerprinted,
        ..SiteFile::new(Arc::clone(&entry.path), entry.content.clone(), entry.digest)
    }
}

fn limits(policy: &Policy) -> Limits {
    Limits {
        file: policy.server.max_file_in_memory,
        total: policy.server.memory_budget,
    }
}
