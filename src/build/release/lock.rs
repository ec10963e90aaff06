//! One build at a time writes a release.
//!
//! The lock is the kernel's (`flock`), on a file beside the release: it ends with the process, however that ends, so a killed build locks nobody out. The
//! file is removed by whoever holds the lock; who gets a lock on a removed file tries again.
//!
//! Uses: rustix, std · Never: waiting

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::{fs::FlockOperation, io::Errno};

use super::error::ReleaseError;

/// The right to write a release; given back when dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock at `path`, for the release `out`.
    pub(super) fn take(path: &Path, out: &Path) -> Result<Self, ReleaseError> {
        loop {
            let mut file = File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)
                .map_err(ReleaseError::write(path))?;
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => {
                    return Err(ReleaseError::Locked {
                        path: out.to_owned(),
                        process: holder(&mut file),
                    });
                }
                Err(error) => return Err(ReleaseError::write(path)(error.into())),
            }
            if is_still_at(&file, path) {
                // Only for the message of the other build: a failure takes nothing but the number from it.
                let _ = file
                    .set_len(0)
                    .and_then(|()| write!(file, "{}", std::process::id()));
                return Ok(Self {
                    path: path.to_owned(),
                    _file: file,
                });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A lock file that stays locks nobody out.
        let _ = fs::remove_file(&self.path);
    }
}

fn is_still_at(file: &File, path: &Path) -> bool {
    let same = || -> io::Result<bool> {
        let (ours, there) = (file.metadata()?, fs::metadata(path)?);
        Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino()))
    };
    same().unwrap_or(false)
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_a_lock_and_then_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".out.lock");
        let first = Lock::take(&path, folder.path()).unwrap();
        let Err(ReleaseError::Locked { process, .. }) = Lock::take(&path, folder.path()) else {
            panic!("two hold it");
        };
        assert_eq!(process, Some(std::process::id()));
        drop(first);
        assert!(!path.exists());
        Lock::take(&path, folder.path()).unwrap();
    }

    #[test]
    fn what_a_killed_build_left_locks_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".out.lock");
        fs::write(&path, "4194303").unwrap();
        Lock::take(&path, folder.path()).unwrap();
    }
}
