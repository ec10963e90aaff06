//! A site on disk, alone in a temporary folder that goes when the test ends.
//!
//! The site is `www` inside that folder, so that a test can put things beside it: a secret that no request may reach, a
//! policy, the next release.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use tempfile::TempDir;

/// A folder of files to serve.
pub(crate) struct Site {
    folder: TempDir,
}

impl Site {
    /// A site of these files: path without its leading slash, and content.
    pub(crate) fn of<C: AsRef<[u8]>>(files: &[(&str, C)]) -> Self {
        Self::in_folder(&env::temp_dir(), files)
    }

    /// The same on a file system in memory, where there is one: a write never waits for a disk between its first byte and
    /// its last, however busy the machine is.
    pub(crate) fn in_memory<C: AsRef<[u8]>>(files: &[(&str, C)]) -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() {
            Self::in_folder(memory, files)
        } else {
            Self::of(files)
        }
    }

    fn in_folder<C: AsRef<[u8]>>(folder: &Path, files: &[(&str, C)]) -> Self {
        let folder = tempfile::tempdir_in(folder).expect("a temporary folder can be made");
        let site = Self { folder };
        fs::create_dir(site.root()).expect("the folder is new");
        for (path, content) in files {
            site.write(path, content);
        }
        site
    }

    /// The folder that larder serves.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("www")
    }

    /// Something beside the served folder, out of reach of any request.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where `path` of the site is on disk.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes in place, as `cp` and most build tools do: the name never moves, the bytes change under it.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        write(&self.path(path), content.as_ref());
    }

    /// Writes beside and renames over: whoever has the old content open keeps it.
    pub(crate) fn replace(&self, path: &str, content: impl AsRef<[u8]>) {
        let new = self.beside("new-content");
        write(&new, content.as_ref());
        fs::rename(&new, self.path(path)).expect("both are in one folder");
    }

    /// Sets the time of last change, as reproducible builds and `cp -p` do.
    pub(crate) fn set_modified(&self, path: &str, time: SystemTime) {
        let file = fs::File::options()
            .write(true)
            .open(self.path(path))
            .expect("the file is there");
        file.set_modified(time).expect("the owner may set the time");
    }

    /// Takes a file or a whole folder away.
    pub(crate) fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() {
            fs::remove_dir_all(&path).expect("the folder can go");
        } else {
            fs::remove_file(&path).expect("the file is there");
        }
    }

    /// Writes a policy beside the site and gives its path for `--policy`.
    pub(crate) fn policy(&self, toml: &str) -> String {
        let path = self.beside("policy.toml");
        write(&path, toml.as_bytes());
        path.display().to_string()
    }
}

fn write(path: &Path, content: &[u8]) {
    let parent = path.parent().expect("a file is in a folder");
    fs::create_dir_all(parent).expect("the folder can be made");
    fs::write(path, content).expect("the file can be written");
}
