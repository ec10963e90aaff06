//! Where a release is to go, and everything that forbids it to go there.
//!
//! Asked before anything is written: a refusal loses nothing.
//!
//! Uses: std, layout · Never: writing

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::{error::ReleaseError, layout, previous};
use crate::fingerprint::manifest::Manifest;

/// A folder that a release may replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The folder, without links on the way.
    pub(super) out: PathBuf,
    /// The folder it is in.
    pub(super) parent: PathBuf,
    name: String,
}

impl Place {
    /// The place `out`, for a release of `site`, which is canonical.
    pub(super) fn of(site: &Path, out: &Path) -> Result<Self, ReleaseError> {
        let out = resolved(out)?;
        if out.starts_with(site) {
            let mut name = site.file_name().unwrap_or_default().to_owned();
            name.push("-release");
            return Err(ReleaseError::OutInsideSite {
                suggestion: site.with_file_name(name),
                site: site.to_owned(),
                out,
            });
        }
        if site.starts_with(&out) {
            return Err(ReleaseError::SiteInsideOut {
                site: site.to_owned(),
                out,
            });
        }
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(ReleaseError::NoName { path: out });
        };
        let name = name
            .to_str()
            .ok_or_else(|| ReleaseError::NoName { path: out.clone() })?;
        Ok(Self {
            parent: parent.to_owned(),
            name: name.to_owned(),
            out,
        })
    }

    /// A name beside the release, of the files that a build makes there: `.OUT.new-123`.
    pub(super) fn beside(&self, what: &str) -> PathBuf {
        self.parent.join(format!(".{}.{what}", self.name))
    }

    /// Everything beside the release whose name begins with `what`.
    pub(super) fn all_beside(&self, what: &str) -> Vec<PathBuf> {
        let prefix = format!(".{}.{what}", self.name);
        fs::read_dir(&self.parent)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| {
                entry
                    .file_name()
                    .to_str()
                    .is_some_and(|name| name.starts_with(&prefix))
            })
            .map(|entry| entry.path())
            .collect()
    }

    /// May what is there be replaced? Gives the manifest of the release that is there, if one is.
    pub(super) fn check(&self) -> Result<Option<Manifest>, ReleaseError> {
        let path = || self.out.clone();
        let metadata = match fs::symlink_metadata(&self.out) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(ReleaseError::Read {
                    path: path(),
                    source,
                });
            }
        };
        if !metadata.is_dir() {
            return Err(ReleaseError::NotAFolder { path: path() });
        }
        if fs::metadata(&self.parent).is_ok_and(|parent| parent.dev() != metadata.dev()) {
            return Err(ReleaseError::MountPoint { path: path() });
        }
        let is_empty = fs::read_dir(&self.out)
            .map_err(ReleaseError::read(&self.out))?
            .next()
            .is_none();
        if is_empty {
            return Ok(None);
        }
        let manifest = match previous::read(&self.out) {
            Ok(manifest) => manifest,
            Err(previous::Unreadable::Missing(_)) => {
                return Err(ReleaseError::NotOurs { path: path() });
            }
            Err(previous::Unreadable::Broken(source)) => {
                return Err(ReleaseError::UnreadableManifest {
                    path: path(),
                    source,
                });
            }
        };
        self.refuse_added(&manifest)?;
        Ok(Some(manifest))
    }

    /// Refuses if somebody put files of their own into the release.
    fn refuse_added(&self, manifest: &Manifest) -> Result<(), ReleaseError> {
        let coded = layout::coded_places(manifest);
        let mut added: Vec<String> = WalkDir::new(&self.out)
            .min_depth(1)
            .into_iter()
            .flatten()
            .filter(|entry| !entry.file_type().is_dir())
            .map(|entry| {
                let below = entry.path().strip_prefix(&self.out).unwrap_or(entry.path());
                format!("/{}", below.display())
            })
            .filter(|path| {
                !manifest.resources.contains_key(path)
                    && !coded.contains(path)
                    && !path.starts_with("/.larder/")
                    && !crate::build::walk::is_evidence(path)
            })
            .collect();
        added.sort();
        match added.first() {
            None => Ok(()),
            Some(first) => Err(ReleaseError::Added {
                path: self.out.clone(),
                first: first[1..].to_owned(),
                count: added.len(),
            }),
        }
    }
}

/// `path` without links, dots and trailing slashes, as far as it exists.
fn resolved(path: &Path) -> Result<PathBuf, ReleaseError> {
    if let Ok(real) = fs::canonicalize(path) {
        return Ok(real);
    }
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        // A link to nothing: publishing would replace the link, which is somebody's.
        return Err(ReleaseError::NotAFolder {
            path: path.to_owned(),
        });
    }
    let name = path.file_name().ok_or_else(|| ReleaseError::NoName {
        path: path.to_owned(),
    })?;
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => resolved(parent)?,
        _ => fs::canonicalize(".").map_err(ReleaseError::read("."))?,
    };
    Ok(parent.join(name))
}
