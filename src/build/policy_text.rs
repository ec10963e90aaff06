//! A policy as it is written: looked for, read and compiled in the same way by every command, and by whoever follows changes.
//!
//! Every text up to its end may be a policy, the empty one too, so that half of one would take away what it keeps private. Whoever follows changes waits
//! until nobody writes to it.
//!
//! Uses: policy, diagnostic, inventory (when a file rests), std · Never: printing, decisions of the policy itself

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{find_policy, inventory::rest_of, on_disk::open_now, stamp::Stamp, walk::Touch};
use crate::{
    diagnostic::{self, Diagnostic},
    policy::{self, Policy},
};

/// The text of a policy, and where it is; the default is that of the defaults, which is nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyText {
    /// The file; `None` for the defaults.
    pub file: Option<PathBuf>,
    /// What is in it.
    pub text: String,
    /// Can it be read only once, as a pipe can?
    pub is_read_once: bool,
}

/// What a policy is now that was read before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyNow {
    /// This, and nobody writes to it.
    AtRest(PolicyText),
    /// Somebody may be writing to it: it counts when it has not changed for so long, or when its writer closes it.
    BeingWritten(Duration),
}

/// There is a policy, and it cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the policy {path}", path = path.display())]
pub struct PolicyUnreadable {
    /// Where it should be.
    pub path: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
}

/// What a text means.
#[derive(Clone, Debug)]
pub struct Meaning {
    /// The policy; `None` if the text has errors.
    pub policy: Option<Policy>,
    /// What there is to say about it, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl PolicyText {
    /// The policy that was `named`, or that lies in `folder` or beside it, or that a release was built under, or the defaults.
    ///
    /// # Errors
    /// When there is one and it cannot be read.
    pub fn read(named: Option<&Path>, folder: &Path) -> Result<Self, PolicyUnreadable> {
        let Some(path) = named.map(Path::to_owned).or_else(|| find_policy(folder)) else {
            return Ok(Self::default());
        };
        let is_read_once = fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file());
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self {
                file: Some(path),
                text,
                is_read_once,
            }),
            Err(source) => Err(PolicyUnreadable { path, source }),
        }
    }

    /// What there is in the place of this one now, while somebody writes to the files `writing`.
    ///
    /// # Errors
    /// When there is one and it cannot be read.
    pub fn now(
        &self,
        named: Option<&Path>,
        folder: &Path,
        writing: &BTreeSet<PathBuf>,
    ) -> Result<PolicyNow, PolicyUnreadable> {
        // The second time, a pipe has nothing more to say, which would be the policy that has no rules.
        if self.is_read_once {
            return Ok(PolicyNow::AtRest(self.clone()));
        }
        let Some(path) = named.map(Path::to_owned).or_else(|| find_policy(folder)) else {
            return Ok(PolicyNow::AtRest(Self::default()));
        };
        match self.read_again(&path, writing) {
            Ok(Ok(text)) => Ok(PolicyNow::AtRest(Self {
                file: Some(path),
                text,
                is_read_once: false,
            })),
            Ok(Err(rest)) => Ok(PolicyNow::BeingWritten(rest)),
            Err(source) => Err(PolicyUnreadable { path, source }),
        }
    }

    /// Was this found in a file, and is there none in any of the places of `folder` now? One that can be read only once stays.
    pub fn is_gone(&self, folder: &Path) -> bool {
        self.file.is_some() && !self.is_read_once && find_policy(folder).is_none()
    }

    /// What is in the file at `path`, or how long it has to rest before that counts.
    fn read_again(
        &self,
        path: &Path,
        writing: &BTreeSet<PathBuf>,
    ) -> io::Result<Result<String, Duration>> {
        let mut file = open_now(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is no regular file any more"));
        }
        let stamp = Stamp::of(&metadata);
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        if text != self.text.as_bytes() {
            let rest = if is_among(writing, &stamp) {
                REST_IF_OPEN
            } else {
                rest_of(
                    self.text.len() as u64,
                    text.len() as u64,
                    false,
                    Touch::Unknown,
                )
            };
            let was_moved = Stamp::of(&file.metadata()?) != stamp;
            if was_moved || !stamp.is_older_than(rest, SystemTime::now()) {
                return Ok(Err(rest));
            }
        }
        String::from_utf8(text).map(Ok).map_err(io::Error::other)
    }

    /// The name of the file; of the defaults, nothing.
    pub fn name(&self) -> String {
        let file = self.file.as_deref();
        file.map_or_else(String::new, |file| file.display().to_string())
    }

    /// What it means.
    pub fn compile(&self) -> Meaning {
        if self.file.is_none() {
            return Meaning {
                policy: Some(Policy::default()),
                diagnostics: Vec::new(),
            };
        }
        let compiled = policy::compile(&self.name(), &self.text);
        Meaning {
            policy: compiled.policy,
            diagnostics: compiled.diagnostics,
        }
    }

    /// `diagnostics` of this text, for people to read.
    pub fn render(&self, diagnostics: &[Diagnostic], colour: bool) -> String {
        let style = diagnostic::Style::Text { colour };
        diagnostic::render(diagnostics, &self.name(), &self.text, style)
    }
}

/// How long a policy is waited for that somebody was seen to write to and not to close: longer than any file of the site, as what decrypts it or sends it may
/// ask somebody for a password first, and the one before serves meanwhile.
const REST_IF_OPEN: Duration = Duration::from_mins(1);

/// Is the file with this stamp one of `files`, under whatever name?
fn is_among(files: &BTreeSet<PathBuf>, stamp: &Stamp) -> bool {
    files.iter().any(|file| {
        fs::metadata(file).is_ok_and(|metadata| Stamp::of(&metadata).is_same_inode(stamp))
    })
}
