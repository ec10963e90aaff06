//! The policy in force, and the one that takes its place when policy.toml changes.
//!
//! Uses: policy, diagnostic, build (reads it) · Never: the site's files

use std::path::{Path, PathBuf};

use tracing::warn;

use crate::{
    build::{Meaning, PolicyText},
    diagnostic::Diagnostic,
    policy::Policy,
};

/// A policy and where it comes from.
#[derive(Debug)]
pub struct InForce {
    /// The policy.
    pub policy: Policy,
    /// What it was compiled from.
    pub text: PolicyText,
    /// The place of the policy, if that was named: else it is looked for.
    pub named: Option<PathBuf>,
    /// What becomes of a policy before it is in force: itself, or what a developer gets to see.
    pub adapt: fn(Policy) -> Policy,
}

/// Why a policy is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where it is written.
    pub file: PathBuf,
    /// What is written there; nothing if it cannot be read.
    pub text: String,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// The same for a terminal.
    pub said: String,
    /// Which one is in force meanwhile, in words.
    pub instead: &'static str,
}

impl InForce {
    /// Is the policy of the site in `folder` what it was when this one was compiled?
    pub(super) fn is_as_written(&self, folder: &Path) -> bool {
        PolicyText::read(self.named.as_deref(), folder).is_ok_and(|text| text == self.text)
    }

    /// The policy of the site in `folder`, if it is another one now.
    ///
    /// # Errors
    /// When there is one that cannot be used.
    pub(super) fn next(&self, folder: &Path) -> Result<Option<Self>, Refused> {
        let instead = match self.text.file {
            Some(_) => "the one before stays in force",
            None => "the defaults are in force",
        };
        let text =
            PolicyText::read(self.named.as_deref(), folder).map_err(|unreadable| Refused {
                said: format!("{unreadable} ({}): {instead}", unreadable.source),
                file: unreadable.path,
                text: String::new(),
                diagnostics: Vec::new(),
                instead,
            })?;
        if text == self.text {
            return Ok(None);
        }
        let Meaning {
            policy,
            diagnostics,
        } = text.compile();
        let said = text.render(&diagnostics, false);
        let Some(policy) = policy else {
            return Err(Refused {
                file: text.file.unwrap_or_default(),
                text: text.text,
                diagnostics,
                said: format!("the policy has errors, and {instead}\n{said}"),
                instead,
            });
        };
        if !said.is_empty() {
            warn!("{said}");
        }
        if listens_otherwise(&self.policy, &policy) {
            warn!(
                "`[server]` changed in {}: where to listen, limits and TLS are as they were until larder is started again",
                text.name()
            );
        }
        Ok(Some(Self {
            policy: (self.adapt)(policy),
            text,
            named: self.named.clone(),
            adapt: self.adapt,
        }))
    }
}

/// Is there a change in `[server]` that a running server does not follow? What it may hold in memory is looked up each time.
fn listens_otherwise(before: &Policy, now: &Policy) -> bool {
    let mut before = before.server.clone();
    before.memory_budget = now.server.memory_budget;
    before.max_file_in_memory = now.server.max_file_in_memory;
    before != now.server
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn defaults() -> InForce {
        InForce {
            policy: Policy::default(),
            text: PolicyText::default(),
            named: None,
            adapt: |policy| policy,
        }
    }

    fn site() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("dist");
        fs::create_dir(&folder).unwrap();
        let policy = parent.path().join("policy.toml");
        (parent, folder, policy)
    }

    #[test]
    fn a_policy_may_come_and_go() {
        let (_parent, folder, file) = site();
        assert!(defaults().next(&folder).unwrap().is_none());
        fs::write(&file, "[cache]\nasset = \"max-age=60\"\n").unwrap();
        let come = defaults().next(&folder).unwrap().expect("it has come");
        assert_ne!(come.policy, Policy::default());
        assert!(come.next(&folder).unwrap().is_none(), "nothing new");
        fs::remove_file(&file).unwrap();
        let gone = come.next(&folder).unwrap().expect("it is gone");
        assert_eq!(gone.policy, Policy::default());
    }

    #[test]
    fn one_with_errors_is_not_taken() {
        let (_parent, folder, file) = site();
        fs::write(&file, "[cache]\nassets = 3\n").unwrap();
        let said = defaults().next(&folder).unwrap_err().said;
        assert!(
            said.contains("assets") && said.contains("policy.toml:2:1"),
            "{said}"
        );
        assert!(said.contains("the defaults are in force"), "{said}");
        fs::write(&file, "[cache]\nasset = \"max-age=60\"\n").unwrap();
        let taken = defaults().next(&folder).unwrap().expect("it is mended");
        fs::write(&file, "[cache]\nassets = 3\n").unwrap();
        let said = taken.next(&folder).unwrap_err().said;
        assert!(said.contains("the one before stays in force"), "{said}");
    }
}
