//! The answer: for each path, whether it may be `immutable`, and why or why not.
//!
//! Uses: std · Never: files, clock

use std::collections::BTreeMap;
use std::fmt;

use super::bundler::Bundler;
use super::content_hash::Algorithm;
use super::summary::Summary;

/// Why a name is known to carry its content's digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// The bundler's manifest lists this name as the fingerprinted name of a source.
    Manifest {
        /// The manifest's path.
        manifest: String,
    },
    /// The framework keeps only fingerprinted files in this folder, and this name has a fingerprint.
    Folder {
        /// The folder's path, with a slash at its end.
        folder: String,
    },
    /// The name holds the beginning of a digest of the bytes, recomputed here.
    ContentHash {
        /// The algorithm that gave the digest in the name.
        algorithm: Algorithm,
    },
    /// The folder's names are of one make that only a bundler's fingerprints have.
    Cohort {
        /// The folder's path, with a slash at its end.
        directory: String,
        /// How many names of that make the folder holds.
        members: usize,
    },
}

impl fmt::Display for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest { manifest } => write!(
                formatter,
                "{manifest} lists it as the fingerprinted name of a source"
            ),
            Self::Folder { folder } => write!(
                formatter,
                "the framework keeps only fingerprinted files in {folder}"
            ),
            Self::ContentHash { algorithm } => {
                write!(formatter, "its name equals the {algorithm} of its content")
            }
            Self::Cohort { directory, members } => write!(
                formatter,
                "one of {members} names in {directory} that a bundler fingerprinted"
            ),
        }
    }
}

/// Why a name that looks fingerprinted is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// No manifest, folder, digest or company vouches for it.
    Unproven,
    /// Its neighbours' names equal a digest of their bytes; this one's does not.
    Disproved,
    /// It stands among fingerprinted names, but its last part reads like a word, a date or a number.
    WordLike,
    /// A source map may change while the script it belongs to, and so its name, stays the same.
    SourceMap,
    /// A document or a service worker: its URL is its identity, whatever its name looks like.
    Identity,
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unproven => "its name looks fingerprinted, but nothing proves it",
            Self::Disproved => {
                "its name looks fingerprinted like its neighbours', but is no digest of its content"
            }
            Self::WordLike => {
                "it stands among fingerprinted files, but its name reads like a word or a date"
            }
            Self::SourceMap => "a source map can change while its script's name stays",
            Self::Identity => "a document or service worker is asked for by the same URL for ever",
        })
    }
}

/// What a name says about its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Known to carry its content's digest: may be `immutable`.
    Fingerprinted(Evidence),
    /// Looks like it, but is not trusted: must be revalidated.
    LooksFingerprinted(Doubt),
    /// An ordinary name.
    Plain,
}

impl Verdict {
    /// Whether the name may be `immutable` (RFC 8246 §2).
    pub fn is_fingerprinted(&self) -> bool {
        matches!(self, Self::Fingerprinted(_))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fingerprinted(evidence) => evidence.fmt(formatter),
            Self::LooksFingerprinted(doubt) => doubt.fmt(formatter),
            Self::Plain => formatter.write_str("its name has no fingerprint"),
        }
    }
}

/// The verdicts on a site's names, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognised {
    pub(super) verdicts: BTreeMap<String, Verdict>,
    pub(super) bundlers: Vec<Bundler>,
}

impl Recognised {
    /// The verdict on `path`; [`Verdict::Plain`] for one never seen.
    pub fn verdict(&self, path: &str) -> &Verdict {
        self.verdicts.get(path).unwrap_or(&Verdict::Plain)
    }

    /// Whether `path` may be `immutable`.
    pub fn is_fingerprinted(&self, path: &str) -> bool {
        self.verdict(path).is_fingerprinted()
    }

    /// Every verdict that is not [`Verdict::Plain`], in ascending order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Verdict)> {
        self.verdicts
            .iter()
            .map(|(path, verdict)| (path.as_str(), verdict))
    }

    /// What was found, for people.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }
}
