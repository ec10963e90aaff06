//! What can keep a site from being read at all; what concerns single files is reported, not raised.
//!
//! Uses: std · Never: diagnostics for the author of a policy

use std::{io, path::PathBuf};

/// Why a site could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no such folder.
    #[error("there is no folder {path}", path = path.display())]
    NoSuchFolder {
        /// What was asked for.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// It is there, and not a folder.
    #[error("{path} is not a folder: larder serves the folder that holds the finished site", path = path.display())]
    NotAFolder {
        /// What was asked for.
        path: PathBuf,
    },
    /// The walk broke off.
    #[error("cannot read {path}", path = path.display())]
    Unreadable {
        /// Which file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Many threads could not be started.
    #[error("cannot start threads to read the site with")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}
