//! What a build has to say besides what the engine found: nothing is broken, but somebody should know.
//!
//! Uses: std · Never: printing

use std::fmt;

/// One thing worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Notice {
    /// The site has no file.
    Empty,
    /// An earlier release served other bytes as immutable.
    Demoted {
        /// The URL.
        path: String,
    },
    /// Two names differ in case only.
    CaseCollision {
        /// One path.
        one: String,
        /// The other.
        other: String,
    },
    /// What looks like a coded form is another thing.
    Stale {
        /// The path that looks like it.
        path: String,
        /// What it should be a coded form of.
        of: String,
    },
    /// The coded form of an edited resource was made anew.
    Recoded {
        /// Its path.
        path: String,
        /// What it is a coded form of.
        of: String,
    },
}

impl Notice {
    /// Is it a warning, or only news?
    pub fn is_warning(&self) -> bool {
        !matches!(self, Self::Recoded { .. })
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(
                formatter,
                "there is no file in the site: whatever is asked of this release is answered with 404. Did the step fail that should have written them?"
            ),
            Self::Demoted { path } => write!(
                formatter,
                "{path}: an earlier release served other bytes under this name as immutable, and caches may keep them for a year; \
                 from now on it has to be revalidated. Give the file a new name"
            ),
            Self::CaseCollision { one, other } => write!(
                formatter,
                "{one} and {other} differ in case only: a disk that ignores case holds one of them"
            ),
            Self::Stale { path, of } => write!(
                formatter,
                "{path} does not decode to {of}: it is served under its own name and not as a coded form; \
                 a server that sends such files instead of the original would send the wrong bytes. Remove it, or code {of} again"
            ),
            Self::Recoded { path, of } => {
                write!(formatter, "{path} was coded anew, because {of} was edited")
            }
        }
    }
}
