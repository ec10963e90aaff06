//! What the file system says of a file without reading it: enough to know that it has not been written to.
//!
//! Never part of a validator: times and inodes differ between replicas and lie after a restore. They only save reading a file again, and the change time —
//! which no ordinary program can set — is among them, so that new bytes of the same size and modification time are noticed.
//!
//! Uses: std · Never: digests

use std::{
    fs::Metadata,
    os::unix::fs::MetadataExt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The identity and state of a file's inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// In nanoseconds since 1970, as `changed` is; beyond the years 1677 to 2262, the nearest that can be told.
    modified: i64,
    changed: i64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Length in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Is it the same file, whatever was written to it?
    pub(super) fn is_same_inode(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Does `metadata`, of an open handle, still speak of the same bytes?
    ///
    /// Taking away the last name of a file (another was renamed over it) stamps a new change time without touching a byte.
    pub(super) fn still_holds(&self, metadata: &Metadata) -> bool {
        let now = Self::of(metadata);
        let unlinked = metadata.nlink() == 0;
        *self == now
            || (unlinked
                && Self {
                    changed: now.changed,
                    ..*self
                } == now)
    }

    /// Was the file last written to longer than `age` before `now`?
    ///
    /// A time in the future — a clock set back, a mount from elsewhere — tells nothing, and the file is taken to rest.
    pub(super) fn is_older_than(&self, age: Duration, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let changed = Duration::from_nanos(u64::try_from(self.changed).unwrap_or_default());
        now.checked_sub(changed).is_none_or(|since| since > age)
    }
}

fn nanoseconds(seconds: i64, more: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(more)
}
