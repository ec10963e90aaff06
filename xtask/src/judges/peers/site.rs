//! The folder that all are asked about.

use std::{
    fs::{self, File},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

/// Ten bytes.
pub(super) const TEN: &[u8] = b"0123456789";

/// A site, fresh for each server.
pub(super) struct Site {
    _folder: TempDir,
    root: PathBuf,
}

impl Site {
    pub(super) fn new() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().join("www");
        for below in ["", "docs", ".well-known", "assets"] {
            fs::create_dir_all(root.join(below))?;
        }
        let write = |path: &str, content: &[u8]| fs::write(root.join(path), content);
        write("index.html", b"<!doctype html><title>Start</title>")?;
        write("about.html", b"<!doctype html><title>About</title>")?;
        write("docs/index.html", b"<!doctype html><title>Docs</title>")?;
        write("ten.bin", TEN)?;
        write("touched.css", b"body { color: teal }")?;
        write("rewritten.css", b"body { color: teal }")?;
        write("future.css", b"body { color: teal }")?;
        write(
            "style.css",
            "body { color: teal; background: white }\n"
                .repeat(100)
                .as_bytes(),
        )?;
        write(".env", b"SECRET=1")?;
        write(".well-known/security.txt", b"Contact: mailto:a@example.com")?;
        fs::write(folder.path().join("secret.txt"), "SECRET=2")?;
        symlink("../secret.txt", root.join("link.txt"))?;
        let made = Command::new("mkfifo").arg(root.join("pipe.css")).status()?;
        anyhow::ensure!(made.success(), "a pipe cannot be made");
        let site = Self {
            _folder: folder,
            root,
        };
        // Servers that take "written this second" for "may still change" are asked about settled files.
        for name in [
            "index.html",
            "style.css",
            "ten.bin",
            "touched.css",
            "rewritten.css",
        ] {
            site.set_modified(name, SystemTime::now() - Duration::from_hours(24));
        }
        site.set_modified("future.css", SystemTime::now() + Duration::from_hours(24));
        // The folder above the root is readable for servers that give up being root.
        let parent = site.root.parent().expect("the root is in a folder");
        fs::set_permissions(parent, fs::Permissions::from_mode(0o755))?;
        Ok(site)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Writes content and then a time, as a reproducible build does.
    pub(super) fn rewrite(&self, name: &str, content: &[u8]) {
        let path = self.root.join(name);
        let time = fs::metadata(&path).and_then(|metadata| metadata.modified());
        fs::write(&path, content).expect("it is ours");
        self.set_modified(name, time.expect("it has a time"));
    }

    pub(super) fn set_modified(&self, name: &str, time: SystemTime) {
        let file = File::options()
            .write(true)
            .open(self.root.join(name))
            .expect("it is there");
        file.set_modified(time).expect("it is ours");
    }
}
