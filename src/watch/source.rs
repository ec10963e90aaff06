//! Who says that something changed: the platform's watcher where there is one, and a regular look for what it does not see.
//!
//! A watcher can lose a change — its queue overflows, a new folder is filled before it is watched, a network mount sends no events, the folder itself is
//! replaced — so it only ever says "look again", never what to look at, and a sweep looks again without being told.
//!
//! Uses: notify, std · Never: content

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tracing::{info, warn};

/// How often to look without being told, while a watcher stands.
const SWEEP: Duration = Duration::from_secs(30);
/// How often to look when nobody tells.
const POLL: Duration = Duration::from_secs(2);

/// What the folder's name leads to: replaced by a deploy that swaps a link, or that removes the folder and makes it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    canonical: PathBuf,
    device: u64,
    inode: u64,
}

impl Identity {
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let canonical = fs::canonicalize(folder).ok()?;
        let metadata = fs::metadata(&canonical).ok()?;
        Some(Self {
            canonical,
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// Watches a folder, the name that leads to it, and the policy beside it.
pub(super) struct Source {
    folder: PathBuf,
    policy: Option<PathBuf>,
    watcher: Option<RecommendedWatcher>,
    watched: Option<Identity>,
    tell: Box<dyn Fn() -> Box<dyn Fn() + Send> + Send>,
}

impl Source {
    /// Watches `folder` and `policy`; `changed` is called from the watcher's thread.
    pub(super) fn new(
        folder: &Path,
        policy: Option<&Path>,
        changed: impl Fn() + Send + Clone + 'static,
    ) -> Self {
        let mut source = Self {
            folder: absolute(folder),
            policy: policy.map(absolute),
            watcher: None,
            watched: None,
            tell: Box::new(move || Box::new(changed.clone())),
        };
        source.follow();
        source
    }

    /// How long to wait at most before looking without being told.
    pub(super) fn interval(&self) -> Duration {
        if self.watcher.is_some() { SWEEP } else { POLL }
    }

    /// Watches what the folder's name leads to now. Tells whether that is something else than before.
    pub(super) fn follow(&mut self) -> bool {
        let now = Identity::of(&self.folder);
        if self.watched == now && (self.watcher.is_some() || now.is_none()) {
            return false;
        }
        let moved = self.watched.is_some() && self.watched != now;
        let Some(identity) = &now else {
            self.watched = now;
            return moved;
        };
        match self.watch(&identity.canonical) {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(error) => {
                if self.watcher.take().is_some() || self.watched.is_none() {
                    explain(&error);
                }
            }
        }
        self.watched = now;
        moved
    }

    fn watch(&self, canonical: &Path) -> notify::Result<RecommendedWatcher> {
        let names = self.names();
        let ours = {
            let (names, root) = (names.clone(), canonical.to_owned());
            move |path: &PathBuf| path.starts_with(&root) || names.contains(path)
        };
        let changed = (self.tell)();
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                // Reading is what we do ourselves, and neighbours are nobody's business; everything else, an error or an overflow among it, means: look.
                let is_nothing = event.is_ok_and(|event| {
                    !event.need_rescan()
                        && (event.kind.is_access()
                            || (!event.paths.is_empty() && !event.paths.iter().any(&ours)))
                });
                if !is_nothing {
                    changed();
                }
            })?;
        watcher.watch(canonical, RecursiveMode::Recursive)?;
        for name in &names {
            let Some(folder) = name.parent() else {
                continue;
            };
            if let Err(error) = watcher.watch(folder, RecursiveMode::NonRecursive) {
                info!(folder = %folder.display(), %error, "not watched: a change there is seen a little later");
            }
        }
        Ok(watcher)
    }

    /// Names outside the site that decide what the site is: the folder's own, each link on the way to it, the policy's.
    fn names(&self) -> Vec<PathBuf> {
        let links = self
            .folder
            .ancestors()
            .filter(|name| name.is_symlink())
            .map(Path::to_owned);
        let mut names: Vec<PathBuf> = [self.folder.clone()]
            .into_iter()
            .chain(self.policy.clone())
            .chain(links)
            .collect();
        names.dedup();
        names
    }
}

/// Without touching links: they are what is watched.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn explain(error: &notify::Error) {
    if matches!(error.kind, notify::ErrorKind::MaxFilesWatch) {
        warn!(
            "the system's limit of watched folders is reached, so the site is looked at every {} s instead. \
             To be told at once, raise it: sysctl fs.inotify.max_user_watches=1048576",
            POLL.as_secs()
        );
    } else {
        warn!(%error, "the folder cannot be watched, so it is looked at every {} s instead", POLL.as_secs());
    }
}
