//! Who says that something changed: the platform's watcher where there is one, and a regular look for what it does not see.
//!
//! A watcher can lose a change — its queue overflows, a new folder is filled before it is watched, a network mount sends no events, the folder itself is
//! replaced. So what it tells is only where to look; a folder that is newly watched is looked into once more; whatever it cannot be trusted with is looked
//! at without being told; and a sweep looks at everything now and then.
//!
//! Uses: watches, notify, rustix, std, build (where a policy is looked for) · Never: content, waiting for the watcher

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tracing::{info, warn};

use super::{
    FOLLOW,
    event::{self, Signal, is_limit, too_many_instances},
    scope::Touched,
    watches::{Part, Watches},
};
use crate::build::policy_places;

/// How often to look without being told, while a watcher stands.
const SWEEP: Duration = Duration::from_secs(30);

/// How to learn of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watching {
    /// From the platform's watcher; where it cannot be trusted, by looking.
    Events {
        /// How often to look then, at most.
        poll: Duration,
    },
    /// By looking again and again.
    Poll {
        /// How often, at most.
        every: Duration,
    },
}

/// On Linux each folder has a watch of its own, so that we know which stand. Elsewhere one watch covers the whole tree.
const ONE_EACH: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// A folder, whatever its name: replaced by a deploy that swaps a link, or that removes the folder and makes it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    fn of(folder: &Path) -> Option<Self> {
        let metadata = fs::metadata(folder).ok()?;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// What the folder's name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Root {
    canonical: PathBuf,
    identity: Identity,
}

impl Root {
    fn of(folder: &Path) -> Option<Self> {
        let canonical = fs::canonicalize(folder).ok()?;
        let identity = Identity::of(&canonical)?;
        Some(Self {
            canonical,
            identity,
        })
    }
}

/// Watches a folder, the name that leads to it, and the places of its policy.
pub(super) struct Source {
    folder: PathBuf,
    policy: Option<PathBuf>,
    how: Watching,
    watches: Option<Watches>,
    root: Option<Root>,
    /// The folders that are watched, or will be as soon as the watcher comes to it.
    watched: BTreeMap<PathBuf, Identity>,
    tell: Arc<dyn Fn(Signal) + Send + Sync>,
}

impl Source {
    /// Watches `folder` and `policy`; `tell` is called from other threads.
    pub(super) fn new(
        folder: &Path,
        policy: Option<&Path>,
        how: Watching,
        tell: impl Fn(Signal) + Send + Sync + 'static,
    ) -> Self {
        let mut source = Self {
            folder: absolute(folder),
            policy: policy.map(absolute),
            how,
            watches: None,
            root: None,
            watched: BTreeMap::new(),
            tell: Arc::new(tell),
        };
        source.follow();
        source
    }

    /// How long to wait at most before looking without being told, after a look that took `cost`.
    pub(super) fn interval(&self, cost: Duration) -> Duration {
        match self.how {
            Watching::Events { .. } if self.is_told() && !self.is_late() => SWEEP,
            // Never more than a tenth of one core.
            Watching::Events { poll } | Watching::Poll { every: poll } => poll.max(cost * 10),
        }
    }

    /// Is everything told, or will be soon?
    pub(super) fn is_told(&self) -> bool {
        self.watches.is_some()
    }

    /// Are there folders that should have been watched by now, and are not?
    pub(super) fn is_late(&self) -> bool {
        let watches = self.watches.as_ref();
        watches.is_some_and(|watches| watches.is_late(FOLLOW))
    }

    /// Watches what the folder's name leads to now. Tells whether that is something else than before.
    pub(super) fn follow(&mut self) -> bool {
        let now = Root::of(&self.folder);
        if self.root == now {
            return false;
        }
        let moved = self.root.is_some();
        self.root = now;
        self.start();
        moved
    }

    /// Starts the watcher anew, after it lost count of what it told.
    pub(super) fn start(&mut self) {
        self.watches = None;
        self.watched.clear();
        let (Watching::Events { poll }, Some(root)) = (self.how, &self.root) else {
            return;
        };
        if let Some(name) = silent_file_system(&root.canonical) {
            info!(
                "{name} does not tell of changes, so the folder is looked at every {} ms instead",
                poll.as_millis()
            );
            self.how = Watching::Poll { every: poll };
            return;
        }
        match self.watch(&root.canonical) {
            Ok(watches) => self.watches = Some(watches),
            Err(error) => self.give_up(&error),
        }
    }

    /// The watcher cannot be trusted any more: from now on, the folder is looked at without being told.
    pub(super) fn give_up(&mut self, error: &notify::Error) {
        warn!("{}", explain(error, self.interval_without()));
        self.distrust();
    }

    /// As [`Source::give_up`], for a reason that was said already.
    pub(super) fn distrust(&mut self) {
        self.how = Watching::Poll {
            every: self.interval_without(),
        };
        self.watches = None;
        self.watched.clear();
    }

    fn interval_without(&self) -> Duration {
        match self.how {
            Watching::Events { poll } | Watching::Poll { every: poll } => poll,
        }
    }

    /// Sees to it that `folders` are watched. Those that were not, or whose name stands for another one now, come back in [`Signal::Watched`]: between the look
    /// that found them and that moment, something may have come into them unseen. Tells whether there are any.
    pub(super) fn cover(&mut self, folders: &[PathBuf]) -> bool {
        let Some(watches) = self.watches.as_mut().filter(|_| ONE_EACH) else {
            return false;
        };
        let mut fresh = Vec::new();
        for folder in folders {
            let Some(now) = Identity::of(folder) else {
                continue;
            };
            match self.watched.insert(folder.clone(), now) {
                Some(before) if before == now => continue,
                Some(_) => watches.forget(folder.clone()),
                None => {}
            }
            fresh.push(folder.clone());
        }
        let is_fresh = !fresh.is_empty();
        watches.watch(fresh, Part::Folder);
        is_fresh
    }

    /// Is this the folder itself?
    pub(super) fn is_root(&self, folder: &Path) -> bool {
        let root = self.root.as_ref();
        root.is_some_and(|root| root.canonical == folder)
    }

    /// What was asked for is done, but for the folders `lost`.
    pub(super) fn answered(&mut self, lost: &[PathBuf]) {
        for folder in lost {
            self.watched.remove(folder);
        }
        if let Some(watches) = &mut self.watches {
            watches.answered();
        }
    }

    /// Something happened to `name` itself: if it was a folder, its watch and those below it may be gone.
    pub(super) fn touched(&mut self, name: &Path) {
        if !self.watched.contains_key(name) {
            return;
        }
        let below: Vec<PathBuf> = self
            .watched
            .range(name.to_owned()..)
            .map(|(folder, _)| folder)
            .take_while(|folder| folder.starts_with(name))
            .cloned()
            .collect();
        for folder in below {
            self.watched.remove(&folder);
            if let Some(watches) = &self.watches {
                watches.forget(folder);
            }
        }
    }

    fn watch(&self, root: &Path) -> notify::Result<Watches> {
        let names = self.names();
        let hear = {
            let (names, places, root) = (names.clone(), self.places(), root.to_owned());
            let tell = Arc::clone(&self.tell);
            move |event| {
                for signal in event::signals(event) {
                    match signal {
                        // Whether its writer is done matters, too.
                        Signal::Touched(Touched::Name(name, touch)) if places.contains(&name) => {
                            tell(Signal::Touched(Touched::Name(name, touch)));
                            tell(Signal::Touched(Touched::Everything));
                        }
                        Signal::Touched(Touched::Name(name, _) | Touched::Aside(name))
                            if names.contains(&name) || name == root =>
                        {
                            tell(Signal::Touched(Touched::Everything));
                        }
                        // The folders of names are watched too; what else is in them is nobody's business.
                        Signal::Touched(Touched::Name(ref name, _) | Touched::Aside(ref name))
                            if !name.starts_with(&root) => {}
                        signal => tell(signal),
                    }
                }
            }
        };
        let mut watches = Watches::new(hear, Arc::clone(&self.tell))?;
        if !ONE_EACH {
            watches.watch(vec![root.to_owned()], Part::Tree);
        }
        let mut beside: Vec<PathBuf> = names
            .iter()
            .filter_map(|name| name.parent())
            .filter(|folder| folder.is_dir() && !folder.starts_with(root))
            .map(Path::to_owned)
            .collect();
        beside.sort_unstable();
        beside.dedup();
        watches.watch(beside, Part::Beside);
        Ok(watches)
    }

    /// Names that decide what the site is: the folder's own, each link on the way to it, the places of its policy.
    fn names(&self) -> Vec<PathBuf> {
        let links = self
            .folder
            .ancestors()
            .filter(|name| name.is_symlink())
            .map(Path::to_owned);
        let mut names: Vec<PathBuf> = [self.folder.clone()]
            .into_iter()
            .chain(self.places())
            .chain(links)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Where the policy is or may be.
    fn places(&self) -> Vec<PathBuf> {
        match &self.policy {
            Some(policy) => vec![policy.clone()],
            None => self.policy_places(),
        }
    }

    /// Where a policy may come to be, under the names that events have.
    fn policy_places(&self) -> Vec<PathBuf> {
        let mut places = policy_places(&self.folder);
        if let Some(root) = &self.root {
            places.extend(policy_places(&root.canonical));
        }
        places
    }
}

/// Without touching links: they are what is watched.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// File systems that others write to, without a word to our kernel: inotify(7), "Limitations and caveats". The numbers are those of statfs(2).
const SILENT: [(u32, &str); 14] = [
    (0x6969, "NFS"),
    (0x0000_517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB2"),
    (
        0x0102_1997,
        "9P (a folder of the host, in WSL or a virtual machine)",
    ),
    (
        0x6573_5546,
        "FUSE (sshfs, or a folder of the host in a container)",
    ),
    (0x786F_4256, "a shared folder of VirtualBox"),
    (0xBACB_ACBC, "a shared folder of VMware"),
    (0x7C7C_6673, "a shared folder of Parallels"),
    (0x5346_4846, "a folder of Windows in WSL 1"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
];

/// The name of the file system of this kind, as statfs(2) numbers it, if it is one of the silent ones. An overlay is none: what is written through it, as in a
/// container, is told.
fn silent(kind: i128) -> Option<&'static str> {
    // The number is of 32 bits, and sign-extended on some machines.
    let kind = kind & 0xFFFF_FFFF;
    SILENT
        .iter()
        .find(|(number, _)| kind == i128::from(*number))
        .map(|(_, name)| *name)
}

/// The name of the file system that `folder` is on, if that is one of the silent ones.
fn silent_file_system(folder: &Path) -> Option<&'static str> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        silent(rustix::fs::statfs(folder).ok()?.f_type.into())
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = (folder, silent);
        None
    }
}

/// What stands in the way, what happens instead, and what to do.
fn explain(error: &notify::Error, poll: Duration) -> String {
    let instead = format!(
        "so the folder is looked at every {} ms instead",
        poll.as_millis()
    );
    if too_many_instances(error) {
        format!(
            "the system's limit of watchers is reached, {instead}. To be told at once, raise it: sysctl fs.inotify.max_user_instances=1024"
        )
    } else if is_limit(error) {
        format!(
            "the system's limit of watched folders is reached, {instead}. To be told at once, raise it: sysctl fs.inotify.max_user_watches=1048576"
        )
    } else {
        format!("the folder cannot be watched ({error}), {instead}")
    }
}

#[cfg(test)]
mod tests {
    use std::{
        slice::from_ref,
        sync::{
            Mutex,
            mpsc::{Receiver, channel},
        },
    };

    use super::*;

    #[test]
    fn a_limit_is_named_with_what_raises_it() {
        let text = |error| explain(&error, Duration::from_millis(500));
        let watches = text(notify::Error::new(notify::ErrorKind::MaxFilesWatch));
        assert!(watches.contains("fs.inotify.max_user_watches"), "{watches}");
        let errno = rustix::io::Errno::MFILE.raw_os_error();
        let instances = text(notify::Error::io(std::io::Error::from_raw_os_error(errno)));
        assert!(
            instances.contains("fs.inotify.max_user_instances"),
            "{instances}"
        );
        assert!(instances.contains("every 500 ms"), "{instances}");
    }

    #[test]
    fn file_systems_that_others_write_to_are_silent_and_local_ones_are_not() {
        // As `stat -f -c %t` prints them: sshfs, virtiofs and Docker Desktop's gRPC FUSE are all FUSE; WSL 2 mounts drives by 9P.
        for (kind, expected) in [
            (0x6969, "NFS"),
            (0xFE53_4D42, "SMB2"),
            (0xFF53_4D42, "CIFS"),
            (0x6573_5546, "FUSE"),
            (0x0102_1997, "9P"),
            (0x5346_4846, "WSL 1"),
            (0x786F_4256, "VirtualBox"),
        ] {
            let name = silent(kind).unwrap_or_else(|| panic!("{kind:x} is silent"));
            assert!(name.contains(expected), "{name}");
        }
        let sign_extended = i128::from(0xFE53_4D42_u32.cast_signed());
        assert_eq!(silent(sign_extended), silent(0xFE53_4D42));
        // ext4, XFS, Btrfs, tmpfs, overlay, ZFS, F2FS.
        for kind in [
            0xEF53,
            0x5846_5342,
            0x9123_683E,
            0x0102_1994,
            0x794C_7630,
            0x2FC1_2FC1,
            0xF2F5_2010,
        ] {
            assert_eq!(silent(kind), None, "{kind:x}");
        }
    }

    const TOLD: Watching = Watching::Events {
        poll: Duration::from_secs(1),
    };

    /// The folders that stand next.
    fn standing(signals: &Receiver<Signal>) -> Vec<PathBuf> {
        loop {
            let signal = signals.recv_timeout(Duration::from_secs(30));
            match signal.expect("what was asked for is answered") {
                // The folder beside the site.
                Signal::Watched { standing, .. } if standing.is_empty() => {}
                Signal::Watched { standing, .. } => return standing,
                Signal::Touched(_) => {}
                signal => panic!("{signal:?}"),
            }
        }
    }

    #[test]
    fn a_folder_is_fresh_once_and_again_when_it_was_made_anew() {
        let site = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(site.path()).unwrap();
        let (css, later) = (root.join("css"), root.join("later"));
        fs::create_dir(&css).unwrap();
        fs::create_dir(&later).unwrap();
        let (sender, signals) = channel();
        let mut source = Source::new(site.path(), None, TOLD, move |signal| {
            let _ = sender.send(signal);
        });
        if !ONE_EACH || !source.is_told() {
            return;
        }
        source.cover(from_ref(&css));
        assert_eq!(standing(&signals), from_ref(&css));
        source.cover(&[css.clone(), later.clone()]);
        assert_eq!(standing(&signals), [later], "the other one stands already");
        fs::rename(&css, root.join("old")).unwrap();
        fs::create_dir(&css).unwrap();
        source.cover(from_ref(&css));
        assert_eq!(standing(&signals), [css], "it is another folder now");
    }

    /// A watcher that is told of more than it can pass on comes to nothing else.
    #[test]
    fn nothing_waits_for_a_watcher_that_is_busy() {
        let site = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(site.path()).unwrap();
        let css = root.join("css");
        fs::create_dir(&css).unwrap();
        let (sender, signals) = channel();
        let (go_on, gone_on) = channel::<()>();
        let gone_on = Mutex::new(gone_on);
        let mut source = Source::new(site.path(), None, TOLD, move |signal| {
            let is_touched = matches!(signal, Signal::Touched(_));
            let _ = sender.send(signal);
            if is_touched {
                let _ = gone_on.lock().unwrap().recv();
            }
        });
        if !ONE_EACH || !source.is_told() {
            return;
        }
        source.cover(from_ref(&root));
        assert_eq!(standing(&signals), from_ref(&root));
        fs::write(root.join("busy"), "x").unwrap();
        let touched = signals.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(matches!(touched, Signal::Touched(_)), "{touched:?}");
        source.cover(from_ref(&css));
        source.touched(&css);
        source.cover(from_ref(&css));
        drop(go_on);
        assert_eq!(standing(&signals), [css]);
    }
}
