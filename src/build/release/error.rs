//! Why a release was not made. Whatever it is, the folder it was to replace is as it was.
//!
//! Uses: std · Never: what concerns single files of the site (that is reported, not raised)

use std::{io, path::PathBuf};

use crate::{build::BuildError, fingerprint::manifest::ManifestError};

/// Why a release was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// The site cannot be read.
    #[error(transparent)]
    Site(#[from] BuildError),
    /// The release would become a part of what it is made from.
    #[error("{out} lies inside {site}: the next build would take the release for a part of the site; give a folder beside it, such as -o {suggestion}",
        out = out.display(), site = site.display(), suggestion = suggestion.display())]
    OutInsideSite {
        /// Where the release was to go.
        out: PathBuf,
        /// The site.
        site: PathBuf,
        /// A folder that would do.
        suggestion: PathBuf,
    },
    /// The site would go with the folder that is replaced.
    #[error("{site} lies inside {out}: publishing would replace the site itself; give a folder that does not hold it", out = out.display(), site = site.display())]
    SiteInsideOut {
        /// Where the release was to go.
        out: PathBuf,
        /// The site.
        site: PathBuf,
    },
    /// Something else is there.
    #[error("{path} is there and is not a folder: a release is a folder; give another name", path = path.display())]
    NotAFolder {
        /// Where the release was to go.
        path: PathBuf,
    },
    /// It has no name that could be given to another folder.
    #[error("{path} cannot be replaced: give the name of a folder, such as -o release", path = path.display())]
    NoName {
        /// Where the release was to go.
        path: PathBuf,
    },
    /// Another file system is mounted there.
    #[error("{path} is a mount point, and a mount point cannot be replaced in one step; give a folder inside it, such as -o {inside}",
        path = path.display(), inside = path.join("site").display())]
    MountPoint {
        /// Where the release was to go.
        path: PathBuf,
    },
    /// Somebody else's files would be lost.
    #[error("{path} is not empty, and larder did not write it (there is no .larder/manifest.json): nothing was touched; give a new folder, or empty this one yourself",
        path = path.display())]
    NotOurs {
        /// Where the release was to go.
        path: PathBuf,
    },
    /// Files that were put into a release would be lost.
    #[error("{path} holds {count} that larder did not write, such as {first}, and publishing would lose them: nothing was touched; move them into the site or elsewhere",
        path = path.display(), count = if *count == 1 { "a file".to_owned() } else { format!("{count} files") })]
    Added {
        /// Where the release was to go.
        path: PathBuf,
        /// The first of them, below `path`.
        first: String,
        /// How many there are.
        count: usize,
    },
    /// Its manifest is none.
    #[error("{path} cannot be told from somebody else's folder: nothing was touched; give a new folder, or remove this one yourself", path = path.display())]
    UnreadableManifest {
        /// The release.
        path: PathBuf,
        /// What is wrong with its manifest.
        #[source]
        source: ManifestError,
    },
    /// Two builds at once.
    #[error("another build is writing {path}{by}: wait for it, or give another folder", path = path.display(),
        by = process.map_or_else(String::new, |process| format!(" (process {process})")))]
    Locked {
        /// Where the release was to go.
        path: PathBuf,
        /// Which process, if it says so.
        process: Option<u32>,
    },
    /// The earlier release cannot be compared with.
    #[error("there is no release at {path} to compare with (no .larder/manifest.json)", path = path.display())]
    NoPrevious {
        /// What was given.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The earlier release's manifest cannot be read.
    #[error("the release at {path} cannot be compared with", path = path.display())]
    PreviousUnreadable {
        /// What was given.
        path: PathBuf,
        /// What is wrong with its manifest.
        #[source]
        source: ManifestError,
    },
    /// A file was written to during the build.
    #[error(
        "{path} was written to while the site was built: nothing was published; build again when it rests"
    )]
    Unsettled {
        /// Its path on the site.
        path: String,
    },
    /// A file could be read once and then not again.
    #[error("cannot read {path}", path = path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The release cannot be written.
    #[error("cannot write {path}: nothing was published", path = path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The release is written and cannot take its place.
    #[error("cannot put the new release in the place of {path}: the folder is as it was", path = path.display())]
    Publish {
        /// Where it was to go.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
}

impl ReleaseError {
    pub(super) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }

    pub(super) fn read(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }
}
