//! A site and its release, each under a path of its own, and the names of the one in terms of the other.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::{Larder, larder::PROGRAM};

/// Nothing is compressed: this is not about codings, and the machine has better things to do.
const POLICY: &str = "[compress]\ncodings = []\n";

/// What `larder build` made of a site.
pub(crate) struct Release {
    site: PathBuf,
    work: TempDir,
    /// How long the build took.
    pub(crate) took: Duration,
    /// How many resources the release has, without its second names.
    pub(crate) resources: usize,
    /// From a fingerprinted path to the path in the site.
    pub(crate) names: Names,
}

impl Release {
    /// Builds `site`.
    ///
    /// # Errors
    /// What larder said when it did not.
    pub(crate) fn of(site: &Path) -> Result<Self, String> {
        let work = tempfile::tempdir().expect("a temporary folder can be made");
        fs::write(work.path().join("policy.toml"), POLICY).expect("a file can be written");
        let start = Instant::now();
        let output = Command::new(PROGRAM)
            .arg("build")
            .arg(site)
            .arg("-o")
            .arg(work.path().join("out"))
            .arg("--policy")
            .arg(work.path().join("policy.toml"))
            .arg("--no-compress")
            .env("LARDER_CACHE_DIR", work.path().join("codings"))
            .output()
            .expect("cargo built the program");
        let took = start.elapsed();
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("larder build: {}\n{said}", output.status));
        }
        let manifest = fs::read_to_string(work.path().join("out/.larder/manifest.json"))
            .map_err(|error| format!("the manifest: {error}"))?;
        let (resources, names) = names_in(&manifest)?;
        Ok(Self {
            site: site.to_owned(),
            work,
            took,
            resources,
            names,
        })
    }

    /// The folder of the release.
    pub(crate) fn out(&self) -> PathBuf {
        self.work.path().join("out")
    }

    /// The documents of the site, nearest to the root first: some are linked to by nothing that a crawler sees.
    pub(crate) fn documents(&self) -> Vec<String> {
        let is_plain = |path: &str| {
            let mut letters = path.chars();
            letters.all(|letter| letter.is_ascii_alphanumeric() || "/-_.".contains(letter))
        };
        let mut documents: Vec<String> = WalkDir::new(&self.site)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let path = entry.path().strip_prefix(&self.site).ok()?.to_str()?;
                let is_document = entry.path().extension() == Some(OsStr::new("html"));
                (is_document && path != "index.html" && is_plain(path)).then(|| format!("/{path}"))
            })
            .collect();
        documents.sort_by_key(|path| (path.matches('/').count(), path.clone()));
        documents
    }

    /// Serves the site as it came.
    pub(crate) fn serve_before(&self) -> Larder {
        self.serve(&self.site)
    }

    /// Serves the release.
    pub(crate) fn serve_after(&self) -> Larder {
        self.serve(&self.out())
    }

    fn serve(&self, folder: &Path) -> Larder {
        let policy = self.work.path().join("policy.toml").display().to_string();
        Larder::folder(folder, &["--no-watch", "--policy", &policy])
    }
}

/// From fingerprinted paths back to those of the site.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    /// How many resources have a name with a fingerprint now, and had none before.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Some of the fingerprinted paths.
    pub(crate) fn fingerprinted(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The path that the site has for a path of the release, percent-encoding undone.
    pub(crate) fn undone(&self, path: &str) -> String {
        let path = percent_decoded(path);
        self.0.get(&path).cloned().unwrap_or(path)
    }

    /// A text in which every fingerprinted name is the name of the site.
    pub(crate) fn undone_in(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (new, old) in &self.0 {
            let (new, old) = (last_segment(new), last_segment(old));
            if text.contains(new) {
                text = text.replace(new, old);
            }
        }
        text
    }
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn names_in(manifest: &str) -> Result<(usize, Names), String> {
    let manifest: Value =
        serde_json::from_str(manifest).map_err(|error| format!("the manifest: {error}"))?;
    let resources = manifest["resources"]
        .as_object()
        .ok_or("the manifest has no resources")?;
    let names: BTreeMap<String, String> = resources
        .iter()
        .filter_map(|(path, resource)| {
            Some((resource["alias_of"].as_str()?.to_owned(), path.clone()))
        })
        .collect();
    Ok((resources.len() - names.len(), Names(names)))
}

fn percent_decoded(path: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = digit(bytes.get(at + 1)).zip(digit(bytes.get(at + 2)));
        let octet = pair.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        let octet = octet.filter(|_| *byte == b'%');
        decoded.push(octet.unwrap_or(*byte));
        at += if octet.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::names_in;

    const MANIFEST: &str = r#"{ "resources": {
        "/": {}, "/a b.js": { "alias_of": "/a b.0123456789abcdef.js" }, "/a b.0123456789abcdef.js": {}
    } }"#;

    #[test]
    fn a_fingerprinted_path_is_undone_in_a_url_and_in_a_sentence() {
        let (resources, names) = names_in(MANIFEST).unwrap();
        assert_eq!((resources, names.count()), (2, 1));
        assert_eq!(names.undone("/a%20b.0123456789abcdef.js"), "/a b.js");
        assert_eq!(names.undone("/100%.png"), "/100%.png");
        assert_eq!(
            names.undone_in("no such thing: a b.0123456789abcdef.js!"),
            "no such thing: a b.js!"
        );
    }
}
