//! The bytes of a representation, held in memory or kept where a request can read them.
//!
//! What is small is held, so that a reply copies a pointer. What is too large to hold stays in its file, behind a handle that answers "these are
//! the bytes of this snapshot" or "they are gone" and never anything between: a reply that mixes two versions of a file under one entity tag
//! would poison every cache on its way.
//!
//! Uses: bytes · Never: files (an edge implements [`Stored`])

use std::{fmt, sync::Arc};

use bytes::Bytes;

/// The content of one representation, in one content coding.
#[derive(Clone, Debug)]
pub enum Content {
    /// In memory, whole.
    Held(Bytes),
    /// Outside memory; each read is checked against the snapshot.
    Stored(Arc<dyn Stored>),
}

impl Content {
    /// Length in bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::Stored(stored) => stored.length(),
        }
    }

    /// All its bytes.
    ///
    /// # Errors
    /// When it is stored and what is there cannot be read, or is not that of the snapshot any more.
    pub fn whole(&self) -> Result<Bytes, Unreadable> {
        match self {
            Self::Held(bytes) => Ok(bytes.clone()),
            Self::Stored(stored) => {
                let length = usize::try_from(stored.length()).unwrap_or(usize::MAX);
                stored.open()?.read_at(0, length)
            }
        }
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self::Held(bytes)
    }
}

/// Content that is read piece by piece when it is asked for.
pub trait Stored: Send + Sync + fmt::Debug {
    /// Length in bytes, as it was when the snapshot was made.
    fn length(&self) -> u64;

    /// Makes ready for reading: cheap, and called once per reply before any field is sent.
    ///
    /// # Errors
    /// When what is stored is no longer what the snapshot saw; the client is then told so with a status, not with a cut connection.
    fn open(&self) -> Result<Arc<dyn OpenContent>, Unreadable>;
}

/// Stored content that was opened for one reply.
pub trait OpenContent: Send + Sync {
    /// Reads exactly `length` bytes at `offset`.
    ///
    /// # Errors
    /// When they cannot be read, or when they may not be the bytes of the snapshot. No byte that was read is to be sent then.
    fn read_at(&self, offset: u64, length: usize) -> Result<Bytes, Unreadable>;
}

/// Why stored content cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It was written to, replaced or removed since the snapshot was made.
    #[error("{path} changed on disk after the snapshot was made")]
    Changed {
        /// Where it is stored.
        path: String,
    },
    /// The operating system refused.
    #[error("{path} cannot be read: {reason}")]
    Failed {
        /// Where it is stored.
        path: String,
        /// What the operating system said.
        reason: String,
    },
}
