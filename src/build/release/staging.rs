//! The folder in which a release is written before it takes its place, in one step.
//!
//! It lies beside the release, so that a rename is enough, and carries the number of the process. Whatever kills the build, the old release is whole until
//! the rename and the new one after it; what is left over is removed by the next build, which holds the lock and therefore knows that nobody uses it.
//!
//! Uses: std, rustix, walkdir · Never: the site's own folder, but for reading

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, RenameFlags},
    io::Errno,
};
use walkdir::WalkDir;

use super::{error::ReleaseError, place::Place};

/// A release that is being written; removed when dropped unless it was published.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    published: bool,
}

impl Staging {
    /// An empty folder beside `place`.
    pub(super) fn new(place: &Place) -> Result<Self, ReleaseError> {
        let folder = place.beside(&format!("new-{}", std::process::id()));
        fs::create_dir_all(&place.parent).map_err(ReleaseError::write(&place.parent))?;
        fs::create_dir(&folder).map_err(ReleaseError::write(&folder))?;
        Ok(Self {
            folder,
            published: false,
        })
    }

    /// Removes what killed builds left beside `place`, and brings back the release that one of them had moved aside.
    pub(super) fn clean_up(place: &Place) -> Result<(), ReleaseError> {
        let remove = |path: PathBuf| remove(&path).map_err(ReleaseError::write(path));
        for old in place.all_beside("old-") {
            if place.out.exists() {
                remove(old)?;
            } else {
                fs::rename(&old, &place.out).map_err(ReleaseError::write(&place.out))?;
            }
        }
        place.all_beside("new-").into_iter().try_for_each(remove)
    }

    /// Where the resource `path` is written.
    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.folder.join(&path[1..])
    }

    /// Makes the folders of all `paths`.
    pub(super) fn make_folders<'p>(
        &self,
        paths: impl Iterator<Item = &'p str>,
    ) -> Result<(), ReleaseError> {
        let folders: BTreeSet<&str> = paths
            .filter_map(|path| path.rsplit_once('/'))
            .map(|(folder, _)| folder)
            .filter(|folder| !folder.is_empty())
            .collect();
        for folder in folders {
            let folder = self.file(folder);
            fs::create_dir_all(&folder).map_err(ReleaseError::write(folder))?;
        }
        Ok(())
    }

    /// Writes `content` at `path`.
    pub(super) fn write(&self, path: &str, content: &[u8]) -> Result<(), ReleaseError> {
        let file = self.file(path);
        File::create(&file)
            .and_then(|mut file| file.write_all(content))
            .map_err(ReleaseError::write(file))
    }

    /// Copies the file `from` to `path`; where the file system can share the blocks of two files, it does. Gives how many bytes there were.
    pub(super) fn copy(&self, from: &mut File, path: &str) -> Result<u64, ReleaseError> {
        let file = self.file(path);
        File::create(&file)
            .and_then(|mut file| io::copy(from, &mut file))
            .map_err(ReleaseError::write(file))
    }

    /// Gives what is at `path` the name `other` as well. Never a name of the site's folder: an edit there would reach into the release.
    pub(super) fn link(&self, path: &str, other: &str) -> Result<(), ReleaseError> {
        let (path, other) = (self.file(path), self.file(other));
        fs::hard_link(&path, &other)
            .or_else(|_| fs::copy(&path, &other).map(drop))
            .map_err(ReleaseError::write(other))
    }

    /// Removes everything that was written, to begin again.
    pub(super) fn empty(&self) -> Result<(), ReleaseError> {
        remove(&self.folder)
            .and_then(|()| fs::create_dir(&self.folder))
            .map_err(ReleaseError::write(&self.folder))
    }

    /// Puts the release into its place: safe on disk first, then renamed. Gives what it replaced, if something was there.
    pub(super) fn publish(mut self, place: &Place) -> Result<Option<Replaced>, ReleaseError> {
        let failed = |source: io::Error| ReleaseError::Publish {
            path: place.out.clone(),
            source,
        };
        if let Ok(metadata) = fs::metadata(&place.out) {
            fs::set_permissions(&self.folder, metadata.permissions()).map_err(failed)?;
        }
        sync(&self.folder).map_err(ReleaseError::write(&self.folder))?;
        let old = swap(&self.folder, place).map_err(failed)?;
        self.published = true;
        // Published, whatever comes now: the rename is made durable.
        let _ = File::open(&place.parent).and_then(|parent| parent.sync_all());
        Ok(old.map(Replaced))
    }
}

/// The release that was in the place before, beside it now.
#[must_use]
#[derive(Debug)]
pub(super) struct Replaced(PathBuf);

impl Replaced {
    /// Removes it. Needs no lock: of two builds that do the same, each does a part. The next build removes what this one cannot.
    pub(super) fn remove(self) {
        let _ = remove(&self.0);
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.published {
            let _ = remove(&self.folder);
        }
    }
}

/// How many files are being removed at any moment. Each waits for the journal of the file system and not for a processor: one after the other, 50,000 files
/// took from 4 s to 85 s on a disk that others were writing to, eight at a time 2 s to 7 s.
const REMOVALS: usize = 8;

/// Removes a folder and all that is in it, also while somebody else does the same.
fn remove(folder: &Path) -> io::Result<()> {
    let files: Vec<PathBuf> = WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| !entry.file_type().is_dir())
        .map(walkdir::DirEntry::into_path)
        .collect();
    // What cannot be removed here is met again below, and said.
    std::thread::scope(|scope| {
        for part in files.chunks(files.len().div_ceil(REMOVALS).max(64)) {
            scope.spawn(move || part.iter().map(fs::remove_file).for_each(drop));
        }
    });
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && folder.exists() => remove(folder),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Renames `new` to the place. Gives where that which was there is now.
fn swap(new: &Path, place: &Place) -> io::Result<Option<PathBuf>> {
    if !place.out.exists() {
        fs::rename(new, &place.out)?;
        return Ok(None);
    }
    match rustix::fs::renameat_with(CWD, new, CWD, &place.out, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(Some(new.to_owned())),
        // A file system that cannot exchange two names: for a moment there is none, and the old one is beside it for the next build to bring back.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            let old = place.beside(&format!("old-{}", std::process::id()));
            fs::rename(&place.out, &old)?;
            fs::rename(new, &place.out).inspect_err(|_| {
                let _ = fs::rename(&old, &place.out);
            })?;
            Ok(Some(old))
        }
        Err(error) => Err(error.into()),
    }
}

/// Waits until everything below `folder` is on disk.
///
/// One call for the whole file system: a flush of each of 50,000 files would take minutes.
#[cfg(target_os = "linux")]
fn sync(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

/// Waits until everything below `folder` is on disk.
#[cfg(not(target_os = "linux"))]
fn sync(folder: &Path) -> io::Result<()> {
    for entry in WalkDir::new(folder).contents_first(true) {
        File::open(entry?.path())?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path) -> Place {
        fs::create_dir(folder.join("site")).unwrap();
        Place::of(
            &folder.join("site").canonicalize().unwrap(),
            &folder.join("out"),
        )
        .unwrap()
    }

    fn write_release(place: &Place, text: &[u8]) -> Staging {
        let staging = Staging::new(place).unwrap();
        staging.make_folders(["/a/b.css"].into_iter()).unwrap();
        staging.write("/a/b.css", text).unwrap();
        staging
    }

    fn publish(place: &Place, text: &[u8]) -> Option<Replaced> {
        write_release(place, text).publish(place).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_release_takes_the_place_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        assert!(publish(&place, b"1").is_none());
        publish(&place, b"2").unwrap().remove();
        assert_eq!(fs::read(place.out.join("a/b.css")).unwrap(), b"2");
        assert_eq!(names(folder.path()), ["out", "site"]);
    }

    #[test]
    fn two_may_remove_the_same_folder() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old");
        for number in 0..300 {
            let inner = old.join(format!("{}/deep", number % 30));
            fs::create_dir_all(&inner).unwrap();
            fs::write(inner.join(number.to_string()), "old").unwrap();
        }
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| remove(&old).unwrap());
            }
        });
        assert!(!old.exists());
    }

    #[test]
    fn what_is_not_published_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        drop(write_release(&place, b"1"));
        assert_eq!(names(folder.path()), ["site"]);
    }

    #[test]
    fn a_release_that_was_moved_aside_is_brought_back() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(folder.path());
        assert!(publish(&place, b"1").is_none());
        fs::rename(&place.out, place.beside("old-1")).unwrap();
        fs::create_dir(place.beside("new-1")).unwrap();
        Staging::clean_up(&place).unwrap();
        assert_eq!(fs::read(place.out.join("a/b.css")).unwrap(), b"1");
        assert_eq!(names(folder.path()), ["out", "site"]);
    }
}
