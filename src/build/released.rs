//! A folder that `larder build` wrote, taken at its manifest's word: no digest is computed again and no name judged.
//!
//! The manifest is believed if the folder holds exactly the files it lists, with the lengths it says; where somebody wants to know for sure, with the digests
//! it says. If not, somebody edited the release, and it is read like any other folder: less is cached then, and nothing is wrong.
//!
//! Uses: release (layout), walk, `on_disk`, rayon · Never: judgement of names

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use rayon::prelude::*;
use tracing::warn;

use super::{
    inventory::{Limits, read_through, what_to_hold},
    on_disk::OnDisk,
    release::layout,
    stamp::Stamp,
    walk::{self, Odd, Rules},
};
use crate::{
    fingerprint::{Digest, manifest::Manifest},
    http::{ContentCoding, TargetPath},
    snapshot::{CodedContent, Content, SiteFile},
};

/// What is remembered of a release between two looks.
#[derive(Debug, Default)]
pub(super) struct Released {
    /// Compute every digest at every look?
    pub(super) verify: bool,
    /// The manifest's text at the last look that believed it.
    manifest: Option<Digest>,
    contents: HashMap<Digest, (Stamp, Content)>,
    said: Option<String>,
}

/// What a look at a release gives.
pub(super) struct Taken {
    pub(super) files: Vec<SiteFile>,
    pub(super) odd: Vec<Odd>,
    /// What the site had that is not in the release.
    pub(super) withheld: Vec<String>,
    /// Was something written to just now?
    pub(super) unsettled: bool,
    pub(super) folders: Vec<std::path::PathBuf>,
}

/// Why a manifest is not believed.
#[derive(Debug, PartialEq, Eq)]
enum Doubt {
    Gone(String),
    Length {
        path: String,
        listed: u64,
        found: u64,
    },
    Digest(String),
    Added(String),
    Unreadable {
        path: String,
        reason: String,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(path) => write!(formatter, "{path} is gone"),
            Self::Length {
                path,
                listed,
                found,
            } => {
                write!(formatter, "{path} has {found} bytes instead of {listed}")
            }
            Self::Digest(path) => write!(formatter, "{path} has other bytes than were built"),
            Self::Added(path) => write!(formatter, "{path} was added"),
            Self::Unreadable { path, reason } => {
                write!(formatter, "{path} cannot be read: {reason}")
            }
        }
    }
}

/// How often to look again when the release was replaced meanwhile.
const TRIES: usize = 3;
/// A file stamped this recently could be written to again under the same stamp.
const TICK: Duration = Duration::from_millis(20);

/// A file of the release: where it lies and what the manifest says of it.
struct Listed {
    place: String,
    length: u64,
    digest: Digest,
}

impl Released {
    /// Looks at `root`. Nothing, if there is no manifest, or one that is not to be believed (then it is said why).
    pub(super) fn look(
        &mut self,
        root: &Path,
        rules: Rules<'_>,
        limits: Limits,
        codings: &[ContentCoding],
    ) -> Option<Taken> {
        for _ in 0..TRIES {
            let text = manifest_text(root).ok()?;
            let taken = match Manifest::parse(&text) {
                Ok(manifest) => self
                    .take(root, &manifest, Digest::of(&text), rules, limits, codings)
                    .map_err(|doubt| format!("it is not as it was built: {doubt}")),
                Err(error) => Err(error.to_string()),
            };
            // Replaced meanwhile: what was seen was half of this and half of that.
            if manifest_text(root).is_ok_and(|now| now != text) {
                continue;
            }
            return match taken {
                Ok(taken) => {
                    self.said = None;
                    Some(taken)
                }
                Err(why) => {
                    self.say(format!(
                        "{} is read like any other folder and not as a release, because {why}",
                        root.display()
                    ));
                    None
                }
            };
        }
        None
    }

    fn say(&mut self, text: String) {
        if self.said.as_ref() != Some(&text) {
            warn!("{text}");
            self.said = Some(text);
        }
    }

    fn take(
        &mut self,
        root: &Path,
        manifest: &Manifest,
        identity: Digest,
        rules: Rules<'_>,
        limits: Limits,
        codings: &[ContentCoding],
    ) -> Result<Taken, Doubt> {
        let walk::Walked {
            found,
            odd,
            folders,
            ..
        } = walk::walk(root, rules);
        let made = layout::coded_places(manifest);
        let added = found.iter().find(|found| {
            found.public
                && !manifest.resources.contains_key(&found.path)
                && !made.contains(&found.path)
        });
        if let Some(added) = added {
            return Err(Doubt::Added(added.path.clone()));
        }
        let listed = listed(manifest, rules, codings);
        let stamps = stamps(root, &listed)?;
        let now = SystemTime::now();
        let unsettled = stamps.values().any(|stamp| !stamp.is_older_than(TICK, now));
        // An edit under an unchanged manifest shows in the stamp, if not in the length.
        let is_same_release = self.manifest == Some(identity);
        self.load(root, &listed, &stamps, limits, is_same_release)?;
        self.manifest = Some(identity);
        Ok(Taken {
            files: self.files(manifest, rules, codings),
            odd,
            withheld: manifest.withheld.iter().cloned().collect(),
            unsettled,
            folders,
        })
    }

    /// Reads what is not known yet: each content once, however many names it has.
    fn load(
        &mut self,
        root: &Path,
        listed: &[Listed],
        stamps: &BTreeMap<String, Stamp>,
        limits: Limits,
        is_same_release: bool,
    ) -> Result<(), Doubt> {
        let mut once: BTreeMap<Digest, &Listed> = BTreeMap::new();
        for listed in listed {
            once.entry(listed.digest).or_insert(listed);
        }
        let once: Vec<&Listed> = once.into_values().collect();
        let sizes: Vec<u64> = once.iter().map(|listed| listed.length).collect();
        let held = what_to_hold(&sizes, limits);
        let keep_open = held.iter().filter(|held| !**held).count() <= super::inventory::HANDLES;
        let contents: Result<HashMap<Digest, (Stamp, Content)>, Doubt> = once
            .into_par_iter()
            .zip(held)
            .map(|(listed, hold)| {
                let stamp = stamps[&listed.place];
                let known = self.contents.get(&listed.digest);
                let known = known.filter(|(known, content)| {
                    *known == stamp && matches!(content, Content::Held(_)) == hold
                });
                let content = match known {
                    Some((_, content)) => content.clone(),
                    None => read(root, listed, stamp, hold, keep_open, is_same_release)?,
                };
                Ok((listed.digest, (stamp, content)))
            })
            .collect();
        if self.verify {
            listed
                .par_iter()
                .try_for_each(|listed| verify(root, listed))?;
        }
        self.contents = contents?;
        Ok(())
    }

    fn files(
        &self,
        manifest: &Manifest,
        rules: Rules<'_>,
        codings: &[ContentCoding],
    ) -> Vec<SiteFile> {
        let content = |digest: &Digest| {
            self.contents
                .get(digest)
                .map(|(_, content)| content.clone())
        };
        manifest
            .resources
            .iter()
            .filter(|(path, _)| is_public(path, rules))
            .filter_map(|(path, resource)| {
                let mut coded: Vec<CodedContent> = layout::coded(manifest, path, resource)
                    .filter_map(|(coding, _, digest, _)| {
                        Some(CodedContent {
                            coding,
                            content: content(&digest)?,
                            digest,
                        })
                    })
                    .collect();
                coded
                    .sort_by_key(|coded| codings.iter().position(|coding| *coding == coded.coding));
                Some(SiteFile {
                    fingerprinted: resource.immutable,
                    coded,
                    ..SiteFile::new(path.clone(), content(&resource.digest)?, resource.digest)
                })
            })
            .collect()
    }
}

fn manifest_text(root: &Path) -> io::Result<Vec<u8>> {
    fs::read(place(root, layout::MANIFEST))
}

fn place(root: &Path, path: &str) -> PathBuf {
    root.join(&path[1..])
}

/// May visitors see it? Never what is hidden, whatever a manifest says.
fn is_public(path: &str, rules: Rules<'_>) -> bool {
    !path.starts_with(layout::OWN)
        && TargetPath::from_site(path).is_ok()
        && rules.makes_public(path)
}

/// Every file that will be served.
fn listed(manifest: &Manifest, rules: Rules<'_>, codings: &[ContentCoding]) -> Vec<Listed> {
    manifest
        .resources
        .iter()
        .filter(|(path, _)| is_public(path, rules))
        .flat_map(|(path, resource)| {
            let coded = layout::coded(manifest, path, resource)
                .filter(|(coding, ..)| codings.contains(coding))
                .map(|(_, length, digest, place)| Listed {
                    place,
                    length,
                    digest,
                });
            let own = Listed {
                place: path.clone(),
                length: resource.length,
                digest: resource.digest,
            };
            std::iter::once(own).chain(coded)
        })
        .collect()
}

/// What the file system says of every file, if that is what the manifest says. A release has no links.
fn stamps(root: &Path, listed: &[Listed]) -> Result<BTreeMap<String, Stamp>, Doubt> {
    listed
        .par_iter()
        .map(|listed| {
            let path = || listed.place.clone();
            let metadata = fs::symlink_metadata(place(root, &listed.place))
                .ok()
                .filter(fs::Metadata::is_file)
                .ok_or_else(|| Doubt::Gone(path()))?;
            if metadata.len() == listed.length {
                Ok((path(), Stamp::of(&metadata)))
            } else {
                Err(Doubt::Length {
                    path: path(),
                    listed: listed.length,
                    found: metadata.len(),
                })
            }
        })
        .collect()
}

fn read(
    root: &Path,
    listed: &Listed,
    stamp: Stamp,
    hold: bool,
    keep_open: bool,
    verify: bool,
) -> Result<Content, Doubt> {
    let path = place(root, &listed.place);
    let taken = || -> io::Result<(Content, Option<Digest>, bool)> {
        let mut file = File::open(&path)?;
        let (content, digest) = if hold {
            let mut bytes = Vec::with_capacity(usize::try_from(listed.length).unwrap_or(0));
            file.read_to_end(&mut bytes)?;
            let digest = verify.then(|| Digest::of(&bytes));
            (Content::Held(Bytes::from(bytes)), digest)
        } else {
            let digest = verify.then(|| read_through(&mut file)).transpose()?;
            let stored = OnDisk::new(
                &path,
                stamp,
                keep_open.then(|| file.try_clone()).transpose()?,
            );
            (Content::Stored(Arc::new(stored)), digest)
        };
        Ok((content, digest, Stamp::of(&file.metadata()?) == stamp))
    };
    match taken() {
        Ok((content, digest, true)) if digest.is_none_or(|digest| digest == listed.digest) => {
            Ok(content)
        }
        Ok(_) => Err(Doubt::Digest(listed.place.clone())),
        Err(error) => Err(Doubt::Unreadable {
            path: listed.place.clone(),
            reason: error.to_string(),
        }),
    }
}

fn verify(root: &Path, listed: &Listed) -> Result<(), Doubt> {
    let digest =
        File::open(place(root, &listed.place)).and_then(|mut file| read_through(&mut file));
    match digest {
        Ok(digest) if digest == listed.digest => Ok(()),
        Ok(_) => Err(Doubt::Digest(listed.place.clone())),
        Err(error) => Err(Doubt::Unreadable {
            path: listed.place.clone(),
            reason: error.to_string(),
        }),
    }
}
