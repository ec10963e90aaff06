//! The manifest of a release: what is at every URL, so that a server need not hash or guess again.
//!
//! One JSON text, its keys sorted, the same for the same release on every machine:
//!
//! ```json
//! {
//!   "format": "larder-manifest",
//!   "version": 1,
//!   "resources": {
//!     "/a.css": { "sha256": "…64 hexadecimal digits…", "length": 12, "immutable": false, "alias_of": "/a.0123456789abcdef.css" },
//!     "/a.0123456789abcdef.css": {
//!       "sha256": "…", "length": 12, "immutable": true, "media_type": "text/css; charset=utf-8",
//!       "codings": [{ "coding": "br", "length": 9, "sha256": "…" }]
//!     }
//!   }
//! }
//! ```
//!
//! Uses: `serde_json`, digest · Never: files, clock

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{digest::Digest, name};

const FORMAT: &str = "larder-manifest";

/// The version this code writes. A change that an older reader would misunderstand counts it up.
pub const VERSION: u32 = 1;

/// What is at every URL of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// By path: absolute, decoded.
    pub resources: BTreeMap<String, Resource>,
    /// Where the site has something that is not in the release: a server answers 404 there, and never with the document of an application.
    pub withheld: BTreeSet<String>,
}

/// What is at one URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The digest of the content without any coding.
    pub digest: Digest,
    /// The length of that content in bytes.
    pub length: u64,
    /// The media type, if the release fixes it.
    pub media_type: Option<String>,
    /// May it be served as immutable (RFC 8246 §2)?
    pub immutable: bool,
    /// Did an earlier release serve other bytes here as immutable? Then it never is again: caches may hold those.
    pub demoted: bool,
    /// The fingerprinted path with the same content.
    pub alias_of: Option<String>,
    /// The contents in content codings, the preferred first.
    pub codings: Vec<Coded>,
}

/// A content in a content coding (RFC 9110 §8.4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coded {
    /// The coding: `br`, `zstd`, `gzip`.
    pub coding: String,
    /// The length in bytes.
    pub length: u64,
    /// The digest of the coded bytes.
    pub digest: Digest,
}

/// Why a text is not a manifest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It is not JSON of the right shape.
    #[error("the manifest cannot be read")]
    Json(#[from] serde_json::Error),
    /// It is something else, or of a newer version.
    #[error(
        "the manifest is `{format}` version {version}; this larder reads `{FORMAT}` version {VERSION}: build the site again"
    )]
    Version {
        /// The format it names.
        format: String,
        /// The version it names.
        version: u32,
    },
    /// A digest is not 64 hexadecimal digits.
    #[error("the manifest's digest of {path} is not 64 hexadecimal digits: build the site again")]
    Digest {
        /// The path.
        path: String,
    },
    /// A path does not begin with a slash, or leads out of the release.
    #[error("the manifest names {path}, which is no path of a site: build the site again")]
    Path {
        /// The path.
        path: String,
    },
}

/// Two releases that serve different bytes under one immutable URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The URL.
    pub path: String,
    /// The digest in the earlier release, which caches may keep for a year.
    pub before: Digest,
    /// The digest now.
    pub now: Digest,
}

#[derive(Serialize, Deserialize)]
struct RawManifest {
    format: String,
    version: u32,
    #[serde(default)]
    resources: BTreeMap<String, RawResource>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    withheld: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
struct RawResource {
    sha256: String,
    length: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    immutable: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    demoted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alias_of: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    codings: Vec<RawCoded>,
}

#[derive(Serialize, Deserialize)]
struct RawCoded {
    coding: String,
    length: u64,
    sha256: String,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// If `text` is not a manifest, or one this version cannot read.
    pub fn parse(text: &[u8]) -> Result<Self, ManifestError> {
        let raw: RawManifest = serde_json::from_slice(text)?;
        if raw.format != FORMAT || raw.version != VERSION {
            return Err(ManifestError::Version {
                format: raw.format,
                version: raw.version,
            });
        }
        let resources = raw
            .resources
            .into_iter()
            .map(|(path, resource)| {
                if !is_path(&path)
                    || resource
                        .alias_of
                        .as_deref()
                        .is_some_and(|path| !is_path(path))
                {
                    return Err(ManifestError::Path { path });
                }
                let resource = resource
                    .parsed()
                    .ok_or_else(|| ManifestError::Digest { path: path.clone() })?;
                Ok((path, resource))
            })
            .collect::<Result<_, _>>()?;
        match raw.withheld.iter().find(|path| !is_path(path)) {
            Some(path) => Err(ManifestError::Path { path: path.clone() }),
            None => Ok(Self {
                resources,
                withheld: raw.withheld,
            }),
        }
    }

    /// Writes the manifest: sorted, indented, with a newline at its end.
    ///
    /// # Panics
    ///
    /// Never: a map with strings for keys is always JSON.
    pub fn write(&self) -> String {
        let raw = RawManifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            resources: self
                .resources
                .iter()
                .map(|(path, resource)| (path.clone(), RawResource::of(resource)))
                .collect(),
            withheld: self.withheld.clone(),
        };
        let mut text = serde_json::to_string_pretty(&raw).expect("a map with string keys is JSON");
        text.push('\n');
        text
    }

    /// Notes of every original path under which fingerprinted path it has the same bytes. Found by names and digests alone, so that building a release
    /// again finds the same.
    pub fn note_aliases(&mut self) {
        let aliases: Vec<(String, String)> = self
            .resources
            .iter()
            .filter(|(_, resource)| resource.immutable)
            .filter_map(|(path, resource)| {
                let (original, _) = name::parts(path)?;
                let same = self.resources.get(&original)?.digest == resource.digest;
                same.then(|| (original, path.clone()))
            })
            .collect();
        // The first of several, by path.
        for (original, path) in aliases.into_iter().rev() {
            if let Some(resource) = self.resources.get_mut(&original) {
                resource.alias_of = Some(path);
            }
        }
    }

    /// URLs that `previous`, or a release before it, served as immutable and that have other bytes here: caches would keep the old ones.
    pub fn conflicts(&self, previous: &Self) -> Vec<Conflict> {
        previous
            .resources
            .iter()
            .filter(|(_, before)| before.immutable || before.demoted)
            .filter_map(|(path, before)| {
                let now = self.resources.get(path)?;
                (before.demoted || now.digest != before.digest).then(|| Conflict {
                    path: path.clone(),
                    before: before.digest,
                    now: now.digest,
                })
            })
            .collect()
    }
}

impl RawResource {
    fn of(resource: &Resource) -> Self {
        Self {
            sha256: resource.digest.hex(),
            length: resource.length,
            media_type: resource.media_type.clone(),
            immutable: resource.immutable,
            demoted: resource.demoted,
            alias_of: resource.alias_of.clone(),
            codings: resource
                .codings
                .iter()
                .map(|coded| RawCoded {
                    coding: coded.coding.clone(),
                    length: coded.length,
                    sha256: coded.digest.hex(),
                })
                .collect(),
        }
    }

    fn parsed(self) -> Option<Resource> {
        let codings = self
            .codings
            .into_iter()
            .map(|coded| {
                Some(Coded {
                    digest: parse_digest(&coded.sha256)?,
                    coding: coded.coding,
                    length: coded.length,
                })
            })
            .collect::<Option<_>>()?;
        Some(Resource {
            digest: parse_digest(&self.sha256)?,
            length: self.length,
            media_type: self.media_type,
            immutable: self.immutable,
            demoted: self.demoted,
            alias_of: self.alias_of,
            codings,
        })
    }
}

fn parse_digest(text: &str) -> Option<Digest> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(Digest::from_bytes(bytes))
}

/// Absolute, and nowhere out of the release: a manifest is a file, and files can be tampered with.
fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.contains(['\0', '\\'])
        && !path
            .split('/')
            .any(|segment| segment == ".." || segment == ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(content: &[u8], immutable: bool) -> Resource {
        Resource {
            digest: Digest::of(content),
            length: content.len() as u64,
            media_type: None,
            immutable,
            demoted: false,
            alias_of: None,
            codings: Vec::new(),
        }
    }

    fn manifest(resources: Vec<(&str, Resource)>) -> Manifest {
        Manifest {
            resources: resources
                .into_iter()
                .map(|(path, resource)| (path.to_owned(), resource))
                .collect(),
            withheld: BTreeSet::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let coded = Coded {
            coding: "br".into(),
            length: 1,
            digest: Digest::of(b"x"),
        };
        let full = Resource {
            media_type: Some("text/css".into()),
            alias_of: Some("/b é.css".into()),
            codings: vec![coded],
            ..resource(b"abc", true)
        };
        let mut manifest = manifest(vec![
            ("/a \".css", full),
            ("/b é.css", resource(b"", false)),
        ]);
        assert!(
            !manifest.write().contains("withheld"),
            "only if there is any"
        );
        manifest.withheld.insert("/dangling.css".into());
        let text = manifest.write();
        assert_eq!(Manifest::parse(text.as_bytes()).expect("read"), manifest);
        assert_eq!(
            Manifest::parse(text.as_bytes()).expect("read").write(),
            text
        );
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        for text in [
            "",
            "{}",
            r#"{"format":"larder-manifest","version":2}"#,
            r#"{"format":"other","version":1}"#,
            r#"{"format":"larder-manifest","version":1,"resources":{"/a":{"sha256":"00","length":1,"immutable":true}}}"#,
        ] {
            assert!(Manifest::parse(text.as_bytes()).is_err(), "{text}");
        }
        let out = manifest(vec![("/../etc/passwd", resource(b"", false))]).write();
        assert!(matches!(
            Manifest::parse(out.as_bytes()),
            Err(ManifestError::Path { .. })
        ));
    }

    #[test]
    fn case_66_a_lying_name_is_a_conflict_between_releases() {
        let searcher = "/searcher-c2a407aa.js";
        let before = manifest(vec![
            (searcher, resource(b"1.95", true)),
            ("/i.html", resource(b"1", false)),
        ]);
        let now = manifest(vec![
            (searcher, resource(b"1.97", true)),
            ("/i.html", resource(b"2", false)),
        ]);
        let conflicts: Vec<String> = now
            .conflicts(&before)
            .into_iter()
            .map(|conflict| conflict.path)
            .collect();
        assert_eq!(conflicts, [searcher]);
        assert!(now.conflicts(&now).is_empty());
    }

    #[test]
    fn what_was_demoted_once_stays_demoted_when_its_bytes_rest() {
        let searcher = "/searcher-c2a407aa.js";
        let demoted = Resource {
            demoted: true,
            ..resource(b"1.97", false)
        };
        let before = manifest(vec![(searcher, demoted)]);
        let now = manifest(vec![(searcher, resource(b"1.97", true))]);
        assert_eq!(now.conflicts(&before).len(), 1);
        assert_eq!(
            Manifest::parse(before.write().as_bytes()).expect("read"),
            before
        );
    }
}
