//! Content that stays in its file: too large to hold, or beyond the memory budget.
//!
//! Each read is followed by a look at the file's stamp; when it moved, the bytes just read are thrown away and the reply breaks off short of its
//! `Content-Length`, which every client takes for what it is. A file that was replaced by a rename goes on being read through the handle that the
//! reply or, while there are handles to spare, the snapshot opened: it is still whole.
//!
//! actix-files is not used for this: its `NamedFile` makes its own validators from inode and time, and answers one range only (docs/adr/0004).
//!
//! Uses: std, snapshot · Never: actix

use std::{
    fs::File,
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;

use super::stamp::Stamp;
use crate::snapshot::{OpenContent, Stored, Unreadable};

/// What tells that a file still has the bytes of the snapshot.
#[derive(Clone, Copy, Debug)]
enum Checked {
    /// Its stamp: anybody may write to it.
    Stamp,
    /// Its length: it is named after its content and never written to, only replaced by the same bytes.
    Length,
}

/// A stretch of a file, as it was when the snapshot was made.
#[derive(Debug)]
pub(super) struct OnDisk {
    path: PathBuf,
    stamp: Stamp,
    /// Bytes before the content, as in a cache entry.
    skip: u64,
    how: Checked,
    /// Kept open while the snapshot lives, where there are handles to spare.
    handle: Option<Arc<File>>,
}

impl OnDisk {
    pub(super) fn new(path: &Path, stamp: Stamp, handle: Option<File>) -> Self {
        Self {
            path: path.to_owned(),
            stamp,
            skip: 0,
            how: Checked::Stamp,
            handle: handle.map(Arc::new),
        }
    }

    /// The content behind the first `skip` bytes of a file that is named after its content.
    pub(super) fn after(path: &Path, stamp: Stamp, skip: u64) -> Self {
        Self {
            path: path.to_owned(),
            stamp,
            skip,
            how: Checked::Length,
            handle: None,
        }
    }
}

impl Stored for OnDisk {
    fn length(&self) -> u64 {
        self.stamp.size() - self.skip
    }

    fn open(&self) -> Result<Arc<dyn OpenContent>, Unreadable> {
        let file = match &self.handle {
            Some(handle) => Arc::clone(handle),
            None => Arc::new(open_now(&self.path).map_err(|error| unreadable(&self.path, &error))?),
        };
        let open = Open {
            path: self.path.clone(),
            stamp: self.stamp,
            skip: self.skip,
            how: self.how,
            file,
        };
        open.check()?;
        Ok(Arc::new(open))
    }
}

struct Open {
    path: PathBuf,
    stamp: Stamp,
    skip: u64,
    how: Checked,
    file: Arc<File>,
}

impl Open {
    fn check(&self) -> Result<(), Unreadable> {
        let metadata = self
            .file
            .metadata()
            .map_err(|error| unreadable(&self.path, &error))?;
        let holds = match self.how {
            Checked::Stamp => self.stamp.still_holds(&metadata),
            Checked::Length => self.stamp.size() == metadata.len(),
        };
        if holds && metadata.is_file() {
            Ok(())
        } else {
            Err(changed(&self.path))
        }
    }
}

impl OpenContent for Open {
    fn read_at(&self, offset: u64, length: usize) -> Result<Bytes, Unreadable> {
        let mut read = vec![0; length];
        self.file
            .read_exact_at(&mut read, self.skip + offset)
            .map_err(|error| unreadable(&self.path, &error))?;
        self.check()?;
        Ok(read.into())
    }
}

/// Opens without waiting: a FIFO that took the place of the file would block for ever.
pub(super) fn open_now(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    File::options().read(true).custom_flags(flags).open(path)
}

fn changed(path: &Path) -> Unreadable {
    Unreadable::Changed {
        path: path.display().to_string(),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Unreadable {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => changed(path),
        _ => Unreadable::Failed {
            path: path.display().to_string(),
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn stored(path: &Path) -> OnDisk {
        let file = File::open(path).unwrap();
        let stamp = Stamp::of(&file.metadata().unwrap());
        OnDisk::new(path, stamp, Some(file))
    }

    #[test]
    fn a_file_replaced_by_a_rename_is_still_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        fs::write(&path, b"the old film").unwrap();
        let stored = stored(&path);
        fs::write(folder.path().join("new"), b"THE NEW FILM").unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        assert_eq!(
            &stored.open().unwrap().read_at(4, 8).unwrap()[..],
            b"old film"
        );
    }

    #[test]
    fn a_file_that_shrank_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        fs::write(&path, b"the old film").unwrap();
        let stored = stored(&path);
        let open = stored.open().unwrap();
        fs::write(&path, b"short").unwrap();
        assert!(matches!(
            open.read_at(4, 8),
            Err(Unreadable::Changed { .. })
        ));
        assert!(matches!(stored.open(), Err(Unreadable::Changed { .. })));
    }

    #[test]
    fn a_file_that_grew_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        fs::write(&path, b"the old film").unwrap();
        let stored = stored(&path);
        fs::write(&path, b"the old film, with more").unwrap();
        assert!(stored.open().is_err());
    }
}
