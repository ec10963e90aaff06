//! A larder for a judge, on a free port of the loopback address, ended with the judging.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, ensure};

use crate::cargo::{cargo, root, target};

/// A style sheet of the sample, `site`.
const STYLE: &str = "/style/larder.css";

/// A running server.
pub(super) struct Server {
    child: Child,
    url: String,
    site: PathBuf,
    _cache: tempfile::TempDir,
}

impl Server {
    /// Serves a folder of the project.
    pub(super) fn serve(site: &str, arguments: &[&str]) -> anyhow::Result<Self> {
        Self::serve_folder(&root().join(site), arguments)
    }

    /// Serves any folder.
    pub(super) fn serve_folder(site: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let built = cargo(&["build", "--quiet", "--bin", "larder"]).status()?;
        ensure!(built.success(), "larder does not compile");
        let site = site.to_owned();
        let cache = tempfile::tempdir()?;
        let mut child = Command::new(target()?.join("debug/larder"))
            .arg("serve")
            .arg(&site)
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("LARDER_CACHE_DIR", cache.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("larder cannot be started")?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        let url = url.trim().trim_end_matches('/').to_owned();
        let server = Self {
            child,
            url,
            site,
            _cache: cache,
        };
        ensure!(server.url.starts_with("http"), "larder told no URL");
        Ok(server)
    }

    /// A URL of it.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The URL of a style sheet, if the sample is what is served.
    ///
    /// # Errors
    /// When the sample has it no more: a judge would be shown a 404 and find nothing.
    pub(super) fn style(&self) -> anyhow::Result<String> {
        let file = self.site.join(STYLE.trim_start_matches('/'));
        ensure!(
            file.is_file(),
            "{} is no file of the sample",
            file.display()
        );
        Ok(self.url(STYLE))
    }

    /// `127.0.0.1:PORT`.
    pub(super) fn authority(&self) -> &str {
        self.url.split("//").nth(1).unwrap_or_default()
    }

    /// URLs of what a bundler named after its content.
    pub(super) fn fingerprinted(&self) -> anyhow::Result<Vec<String>> {
        let mut urls = Vec::new();
        for entry in std::fs::read_dir(self.site.join("assets"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            urls.push(self.url(&format!("/assets/{name}")));
        }
        urls.sort();
        ensure!(!urls.is_empty(), "the site has no assets");
        Ok(urls)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
