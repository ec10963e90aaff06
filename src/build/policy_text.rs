//! A policy as it is written: looked for, read and compiled in the same way by every command, and by whoever follows changes.
//!
//! Uses: policy, diagnostic, std · Never: printing, decisions of the policy itself

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::find_policy;
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
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self {
                file: Some(path),
                text,
            }),
            Err(source) => Err(PolicyUnreadable { path, source }),
        }
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
