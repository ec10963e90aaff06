//! Coding content in the background, on all cores, while the site is already served.
//!
//! Jobs are sent to threads of low priority; each result comes back as a message. What was coded once is remembered by content, so that a changed file
//! costs one coding and a moved one none.
//!
//! Uses: rayon, `codings`, `cache` · Never: the snapshot that is being served

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use rayon::prelude::*;
use tracing::warn;

use super::{
    cache::{Cache, Known},
    codings::{Levels, decodes_to, pays, suffix},
    error::BuildError,
};
use crate::{
    fingerprint::Digest,
    http::ContentCoding,
    snapshot::{CodedContent, Content, SiteFile},
};

/// What the coded form of some content depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    digest: Digest,
    coding: ContentCoding,
    level: String,
    /// The digest of the coded form that lies beside the file.
    beside: Option<Digest>,
}

/// One content to be coded.
pub(super) struct Job {
    key: Key,
    levels: Levels,
    content: Content,
    /// The coded form that lies beside the file, if there is one.
    beside: Option<Content>,
    /// Whether memory has room for the result.
    hold: bool,
}

/// A job that was done.
#[derive(Debug)]
pub struct Done {
    key: Key,
    /// Nothing, if the coded form does not pay.
    coded: Option<CodedContent>,
    round: u64,
}

/// Codes content, and remembers what it coded.
pub(super) struct Coder {
    threads: rayon::ThreadPool,
    cache: Option<Cache>,
    known: HashMap<Key, Option<CodedContent>>,
    round: Arc<AtomicU64>,
    pending: usize,
}

impl Coder {
    pub(super) fn new(cache: Option<Cache>) -> Result<Self, BuildError> {
        let threads = rayon::ThreadPoolBuilder::new()
            .thread_name(|number| format!("coder-{number}"))
            .start_handler(|_| {
                // Requests come first. A system without priorities serves all the same, only less evenly for some seconds.
                let _ = rustix::process::setpriority_process(None, 19);
            })
            .build()?;
        Ok(Self {
            threads,
            cache,
            known: HashMap::new(),
            round: Arc::default(),
            pending: 0,
        })
    }

    /// Where coded content is kept.
    pub(super) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Gives `files` the coded forms that are known, and tells which are not.
    pub(super) fn fill(
        &self,
        files: &mut [SiteFile],
        codings: &[ContentCoding],
        levels: Levels,
        budget: u64,
    ) -> Vec<Job> {
        let forms = forms(files);
        let mut left = budget;
        let mut missing = Vec::new();
        for file in files {
            for coding in codings {
                let is_there = file.coded.iter().any(|coded| coded.coding == *coding);
                if !file.negotiable || is_there {
                    continue;
                }
                let beside = (!forms.is_empty())
                    .then(|| forms.get(format!("{}{}", file.path, suffix(*coding)).as_str()))
                    .flatten();
                let key = Key {
                    digest: file.digest,
                    coding: *coding,
                    level: levels.key(*coding),
                    beside: beside.map(|(_, digest)| *digest),
                };
                match self.known.get(&key) {
                    Some(Some(coded)) => {
                        if let Content::Held(bytes) = &coded.content {
                            left = left.saturating_sub(bytes.len() as u64);
                        }
                        file.coded.push(coded.clone());
                    }
                    Some(None) => {}
                    None => {
                        // A guess at the length of what is not coded yet: a third.
                        let guess = file.content.length() / 3;
                        let hold = guess <= left;
                        left = left.saturating_sub(guess);
                        let content = file.content.clone();
                        missing.push(Job {
                            key,
                            levels,
                            content,
                            beside: beside.map(|(content, _)| content.clone()),
                            hold,
                        });
                    }
                }
            }
            // A release brings some, and others were made since.
            file.coded
                .sort_by_key(|coded| codings.iter().position(|coding| *coding == coded.coding));
        }
        missing
    }

    /// Starts `jobs`, and forgets those of an earlier round that have not begun.
    pub(super) fn start(
        &mut self,
        mut jobs: Vec<Job>,
        tell: impl Fn(Done) + Send + Sync + Clone + 'static,
    ) {
        let round = self.round.fetch_add(1, Ordering::Relaxed) + 1;
        self.pending = jobs.len();
        // The small ones first: soonest, most files are there in every coding.
        jobs.sort_by_key(|job| job.content.length());
        for job in jobs {
            let (current, cache, tell) =
                (Arc::clone(&self.round), self.cache.clone(), tell.clone());
            self.threads.spawn_fifo(move || {
                if current.load(Ordering::Relaxed) == round {
                    let coded = job.run(cache.as_ref());
                    tell(Done {
                        key: job.key,
                        coded,
                        round,
                    });
                }
            });
        }
    }

    /// Does `jobs` at once, and remembers what came of them.
    pub(super) fn run(&mut self, jobs: &[Job]) {
        let cache = self.cache.as_ref();
        let done: Vec<_> = self
            .threads
            .install(|| jobs.par_iter().map(|job| job.run(cache)).collect());
        let keys = jobs.iter().map(|job| job.key.clone());
        self.known.extend(keys.zip(done));
    }

    /// Remembers what was coded. Tells whether that was the last job of the round.
    pub(super) fn take(&mut self, done: Done) -> bool {
        if done.round == self.round.load(Ordering::Relaxed) {
            self.pending = self.pending.saturating_sub(1);
        }
        self.known.insert(done.key, done.coded);
        self.pending == 0
    }

    /// Forgets everything about content that `files` no longer have.
    pub(super) fn forget_others(&mut self, files: &[SiteFile]) {
        if self.known.is_empty() {
            return;
        }
        let present: std::collections::HashSet<Digest> =
            files.iter().map(|file| file.digest).collect();
        self.known.retain(|key, _| present.contains(&key.digest));
    }

    /// Is something gone from the cache that is to be served from there?
    pub(super) fn has_lost(&self) -> bool {
        let cache = self.cache.as_ref();
        self.known
            .iter()
            .any(|(key, coded)| key.is_lost(coded.as_ref(), cache))
    }

    /// Forgets what is gone from the cache, so that it is coded again. Tells how much that was.
    pub(super) fn forget_lost(&mut self) -> usize {
        let before = self.known.len();
        let cache = self.cache.as_ref();
        self.known
            .retain(|key, coded| !key.is_lost(coded.as_ref(), cache));
        before - self.known.len()
    }

    /// Removes from the cache what nobody used for a month, on a thread of low priority.
    pub(super) fn clean_up(&self) {
        if let Some(cache) = self.cache.clone() {
            self.threads.spawn_fifo(move || cache.clean_up());
        }
    }
}

/// What has the name of a coded form, by its path.
fn forms(files: &[SiteFile]) -> HashMap<Arc<str>, (Content, Digest)> {
    files
        .iter()
        .filter(|file| {
            ContentCoding::ALL
                .iter()
                .any(|coding| file.path.ends_with(suffix(*coding)))
        })
        .map(|file| (file.path.clone(), (file.content.clone(), file.digest)))
        .collect()
}

impl Key {
    /// Should `coded`, its coded form, be in the cache, and is not there any more?
    fn is_lost(&self, coded: Option<&CodedContent>, cache: Option<&Cache>) -> bool {
        let (Some(coded), Some(cache)) = (coded, cache) else {
            return false;
        };
        // What lies beside the file is looked at with the site.
        let is_cached =
            matches!(coded.content, Content::Stored(_)) && self.beside != Some(coded.digest);
        is_cached && !cache.keeps(&self.digest, &self.level, coded.content.length())
    }
}

impl Job {
    /// Is it about content with this digest?
    pub(super) fn is_about(&self, digest: &Digest) -> bool {
        self.key.digest == *digest
    }

    /// A job whose result is wanted in memory.
    pub(super) fn held(
        (content, digest): (Content, Digest),
        coding: ContentCoding,
        levels: Levels,
        beside: Option<(Content, Digest)>,
    ) -> Self {
        Self {
            key: Key {
                digest,
                coding,
                level: levels.key(coding),
                beside: beside.as_ref().map(|(_, digest)| *digest),
            },
            levels,
            content,
            beside: beside.map(|(content, _)| content),
            hold: true,
        }
    }

    /// Codes, or finds it coded in the cache or beside the file. Nothing, if the coded form does not pay.
    pub(super) fn run(&self, cache: Option<&Cache>) -> Option<CodedContent> {
        let coded = |content: Content, digest: Digest| {
            Some(CodedContent {
                coding: self.key.coding,
                content,
                digest,
            })
        };
        let known = cache.and_then(|cache| cache.get(&self.key.digest, &self.key.level));
        if self.beside.is_none() {
            match known {
                Some(Known::NoGain) => return None,
                Some(Known::Coded(bytes, digest)) => {
                    return coded(self.place(bytes, cache), digest);
                }
                None => {}
            }
        }
        let identity = self.content.whole().ok()?;
        if Digest::of(&identity) != self.key.digest {
            return None;
        }
        let length = identity.len() as u64;
        if let (Some(beside), Some(digest)) = (&self.beside, self.key.beside) {
            let bytes = beside
                .whole()
                .ok()
                .filter(|bytes| Digest::of(bytes) == digest)?;
            if decodes_to(self.key.coding, &bytes, &identity) && pays(length, bytes.len() as u64) {
                return coded(beside.clone(), digest);
            }
        }
        let bytes = match self.levels.encode(self.key.coding, &identity) {
            Ok(bytes) if pays(length, bytes.len() as u64) => Bytes::from(bytes),
            Ok(_) => Bytes::new(),
            Err(error) => {
                warn!(%error, coding = self.key.coding.as_str(), "content could not be coded, and is sent as it is");
                return None;
            }
        };
        if let Some(cache) = cache {
            cache.put(&self.key.digest, &self.key.level, &bytes);
        }
        let digest = Digest::of(&bytes);
        if bytes.is_empty() {
            None
        } else {
            coded(self.place(bytes, cache), digest)
        }
    }

    /// In memory if there is room, else in the cache.
    fn place(&self, bytes: Bytes, cache: Option<&Cache>) -> Content {
        if self.hold {
            return Content::Held(bytes);
        }
        cache
            .and_then(|cache| cache.stored(&self.key.digest, &self.key.level))
            .unwrap_or(Content::Held(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Quality;

    #[test]
    fn what_is_gone_from_the_cache_is_coded_again_and_what_is_there_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut coder = Coder::new(Some(Cache::new(folder.path()))).unwrap();
        let text = Bytes::from("a rose is a rose is a rose. ".repeat(100));
        let mut plain = SiteFile::new("/rose.txt", Content::Held(text.clone()), Digest::of(&text));
        plain.negotiable = true;
        let fill = |coder: &Coder| {
            let mut files = [plain.clone()];
            let levels = Levels::of(Quality::Auto, 0);
            // Without a budget, so that what is coded stays in the cache.
            let jobs = coder.fill(&mut files, &[ContentCoding::Gzip], levels, 0);
            let [file] = files;
            (file.coded, jobs)
        };
        let (_, jobs) = fill(&coder);
        coder.run(&jobs);
        assert!(!coder.has_lost());
        assert_eq!(coder.forget_lost(), 0);
        let (forms, jobs) = fill(&coder);
        assert!(matches!(forms[0].content, Content::Stored(_)));
        assert!(jobs.is_empty());

        std::fs::remove_dir_all(folder.path()).unwrap();
        assert!(forms[0].content.whole().is_err());
        assert!(coder.has_lost());
        assert_eq!(coder.forget_lost(), 1);
        let (forms, jobs) = fill(&coder);
        assert!(forms.is_empty());
        coder.run(&jobs);
        let (forms, _) = fill(&coder);
        assert!(forms[0].content.whole().is_ok());
    }
}
