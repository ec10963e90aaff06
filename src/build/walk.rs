//! What is in the folder: which files can be served, and what is odd about the others.
//!
//! Nothing is read here. Hidden files stay out, `.well-known` does not; links that lead out of the root are not followed unless the policy says so; what
//! is neither a file nor a folder (a FIFO would block whoever opens it) is reported and left.
//!
//! Uses: walkdir, rustix, http, policy · Never: content

use std::{
    fmt, fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::io::Errno;
use walkdir::WalkDir;

use super::{POLICY, error::BuildError, stamp::Stamp};
use crate::{http::TargetPath, policy::Site};

/// A file that can be read.
#[derive(Debug)]
pub(super) struct Found {
    /// Its path on the site.
    pub(super) path: String,
    /// Where it is.
    pub(super) file: PathBuf,
    /// What the file system says of it.
    pub(super) stamp: Stamp,
    /// Is it for visitors? A bundler's manifest under a hidden folder is only for us.
    pub(super) public: bool,
    /// What is known about who writes to it.
    pub(super) touch: Touch,
}

/// What a watcher saw of a file, as far as it tells whether the file is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Touch {
    /// Nothing that tells: its rest has to.
    #[default]
    Unknown,
    /// Somebody has it open and writes to it.
    Writing,
    /// Its writer closed it, or it was renamed into its place: it is as whole as it was meant to be.
    Finished,
}

/// What is below a folder, or at one name.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The files, sorted by path.
    pub(super) found: Vec<Found>,
    /// What is odd about others.
    pub(super) odd: Vec<Odd>,
    /// The folders that were looked into, the first one included.
    pub(super) folders: Vec<PathBuf>,
    /// Has some file a second name within reach, so that a change under the one is not told under the other?
    pub(super) has_aliases: bool,
}

/// A file that cannot be served, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Odd {
    /// Which.
    pub file: PathBuf,
    /// Why.
    pub why: Why,
}

/// Why a file is not served.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Why {
    /// A symbolic link out of the root.
    LinkOut,
    /// A symbolic link to nothing, or in a circle.
    BrokenLink,
    /// A FIFO, a socket, a device.
    NotAFile,
    /// The operating system does not let us.
    Unreadable(String),
    /// The disk or the system failed. What is served of it, if anything, stays up.
    Failing(String),
    /// No URL can name it.
    NoUrl,
    /// It was written to each time it was read.
    BeingWritten,
    /// The policy says that it is for nobody.
    Private,
}

impl Why {
    /// What refuses for good, as a permission does, is told apart from what fails and may come back: a disk, memory, file descriptors.
    pub(super) fn of(error: &io::Error) -> Self {
        match Errno::from_io_error(error) {
            Some(
                Errno::IO
                | Errno::NOMEM
                | Errno::MFILE
                | Errno::NFILE
                | Errno::STALE
                | Errno::TIMEDOUT
                | Errno::HOSTDOWN
                | Errno::NOTCONN,
            ) => Self::Failing(error.to_string()),
            Some(Errno::ACCESS | Errno::PERM) => Self::Unreadable(
                "this user may not read it; give the permission, or take it out of the folder"
                    .to_owned(),
            ),
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

impl Odd {
    /// Is it news? What the policy asked for is none.
    pub fn is_news(&self) -> bool {
        self.why != Why::Private
    }

    /// The error that it is, if the disk or the system failed.
    pub(super) fn failing(&self) -> Option<BuildError> {
        match &self.why {
            Why::Failing(reason) => Some(BuildError::Unreadable {
                path: self.file.clone(),
                source: io::Error::other(reason.clone()),
            }),
            _ => None,
        }
    }
}

impl fmt::Display for Odd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name may hold anything, also what a terminal would obey.
        let file = self.file.display().to_string();
        let file = file.replace(char::is_control, "\u{fffd}");
        match &self.why {
            Why::LinkOut => write!(
                formatter,
                "{file}: a link out of the site's folder, not followed (site.symlinks = true follows it)"
            ),
            Why::BrokenLink => write!(formatter, "{file}: a link to nothing, or in a circle"),
            Why::NotAFile => write!(formatter, "{file}: neither a file nor a folder"),
            Why::Unreadable(reason) | Why::Failing(reason) => write!(formatter, "{file}: {reason}"),
            Why::NoUrl => write!(
                formatter,
                "{file}: no URL can name it (not UTF-8, a backslash or a control character)"
            ),
            Why::BeingWritten => write!(formatter, "{file}: was written to while it was read"),
            Why::Private => write!(formatter, "{file}: for nobody (site.private)"),
        }
    }
}

/// What the policy says about walking.
#[derive(Clone, Copy)]
pub(super) struct Rules<'p>(pub(super) &'p Site);

impl Rules<'_> {
    /// Is a hidden path served all the same?
    fn shows(self, path: &str) -> bool {
        self.0.hidden.matches(path)
    }

    /// May visitors see what lies at the path?
    pub(super) fn makes_public(self, path: &str) -> bool {
        (!is_hidden(path) || self.shows(path)) && !self.0.is_private(path)
    }
}

/// All files below `root`, which is canonical, and all oddities.
pub(super) fn walk(root: &Path, rules: Rules<'_>) -> Walked {
    walk_at(root, root, rules)
}

/// What `name`, which is `root` or something below it, is or has in it now: nothing, if it is gone or lies in a folder that is not looked into.
pub(super) fn walk_at(root: &Path, name: &Path, rules: Rules<'_>) -> Walked {
    let mut walked = Walked::default();
    let parents = name.ancestors().skip(1);
    if parents
        .take_while(|folder| *folder != root)
        .any(|folder| is_shut(root, folder, rules))
        || (name != root && fs::symlink_metadata(name).is_err())
    {
        return walked;
    }
    let Walked {
        found,
        odd,
        folders,
        has_aliases,
    } = &mut walked;
    let mut entries = WalkDir::new(name).follow_links(true).into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                odd.push(oddity(&error));
                continue;
            }
        };
        if entry.path() == root {
            folders.push(root.to_owned());
            continue;
        }
        *has_aliases |= entry.path_is_symlink();
        let is_folder = entry.file_type().is_dir();
        let path = site_path(root, entry.path());
        let hidden = path
            .as_deref()
            .is_some_and(|path| is_hidden(path) && !rules.shows(path));
        let public = !hidden;
        if hidden && !path.as_deref().is_some_and(is_evidence) {
            if is_folder
                && !path
                    .as_deref()
                    .is_some_and(|path| may_hold_shown(path, rules))
            {
                entries.skip_current_dir();
            }
            continue;
        }
        let is_private = path
            .as_deref()
            .is_some_and(|path| public && rules.0.is_private(path));
        let is_out =
            || entry.path_is_symlink() && !rules.0.symlinks && leads_out(root, entry.path());
        if is_private || is_out() {
            odd.push(Odd {
                file: entry.path().to_owned(),
                why: if is_private {
                    Why::Private
                } else {
                    Why::LinkOut
                },
            });
            if is_folder {
                entries.skip_current_dir();
            }
            continue;
        }
        if is_folder {
            folders.push(entry.into_path());
            continue;
        }
        // larder's own configuration is not for visitors, whether it is in force or not.
        if path.as_deref().and_then(|path| path.strip_prefix('/')) == Some(POLICY) {
            continue;
        }
        let why = match (path, entry.metadata()) {
            (None, _) => Why::NoUrl,
            (Some(_), Err(error)) => why(&error),
            (Some(_), Ok(metadata)) if !metadata.is_file() => Why::NotAFile,
            (Some(path), Ok(metadata)) => {
                *has_aliases |= metadata.nlink() > 1;
                found.push(Found {
                    path,
                    file: entry.into_path(),
                    stamp: Stamp::of(&metadata),
                    public,
                    touch: Touch::Unknown,
                });
                continue;
            }
        };
        odd.push(Odd {
            file: entry.into_path(),
            why,
        });
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    odd.sort();
    walked
}

/// Is nothing below this folder looked at?
fn is_shut(root: &Path, folder: &Path, rules: Rules<'_>) -> bool {
    site_path(root, folder).is_some_and(|path| {
        let is_hidden = is_hidden(&path)
            && !rules.shows(&path)
            && !is_evidence(&path)
            && !may_hold_shown(&path, rules);
        is_hidden || rules.0.is_private(&path)
    })
}

/// The canonical path on the site, if a URL can name it.
pub(super) fn site_path(root: &Path, file: &Path) -> Option<String> {
    let relative = file.strip_prefix(root).ok()?.to_str()?;
    let path = format!("/{relative}");
    TargetPath::from_site(&path).ok()?;
    Some(path)
}

pub(super) fn is_hidden(path: &str) -> bool {
    TargetPath::from_site(path).is_ok_and(|path| path.is_hidden() || path.is_backup())
}

/// Some bundlers keep the manifest of what they hashed under a hidden name.
pub(super) fn is_evidence(path: &str) -> bool {
    matches!(path, "/.vite" | "/.vite/manifest.json" | "/.manifest.json")
}

/// Could a path below this hidden folder be shown? Asked of the policy's globs with a name that any `*` matches.
fn may_hold_shown(folder: &str, rules: Rules<'_>) -> bool {
    rules.shows(&format!("{folder}/x"))
}

fn leads_out(root: &Path, link: &Path) -> bool {
    fs::canonicalize(link).map_or(true, |target| !target.starts_with(root))
}

fn oddity(error: &walkdir::Error) -> Odd {
    let file = error.path().map(Path::to_owned).unwrap_or_default();
    let is_link = fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_symlink());
    let why = if error.loop_ancestor().is_some() || is_link {
        Why::BrokenLink
    } else {
        why(error)
    };
    Odd { file, why }
}

fn why(error: &walkdir::Error) -> Why {
    match error.io_error() {
        Some(error) => Why::of(error),
        None => Why::Unreadable(error.to_string()),
    }
}
