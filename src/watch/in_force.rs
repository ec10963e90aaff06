//! The policy in force, and the one that takes its place when policy.toml changes.
//!
//! Uses: policy, diagnostic, build (where a policy is looked for) · Never: the site's files

use std::path::{Path, PathBuf};

use tracing::warn;

use crate::{
    build::find_policy,
    diagnostic::{self, Diagnostic},
    policy::{self, Policy},
};

/// A policy and where it comes from.
#[derive(Debug)]
pub struct InForce {
    /// The policy.
    pub policy: Policy,
    /// The text it was compiled from; empty for the defaults.
    pub text: String,
    /// Where that is written; `None` for the defaults.
    pub file: Option<PathBuf>,
    /// Was the place named, or was the policy found there?
    pub is_named: bool,
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
}

impl InForce {
    /// The policy of the site in `folder`, if it is another one now.
    ///
    /// # Errors
    /// When there is one that cannot be used.
    pub(super) fn next(&self, folder: &Path) -> Result<Option<Self>, Refused> {
        let file = if self.is_named {
            self.file.clone()
        } else {
            find_policy(folder)
        };
        let Some(path) = &file else {
            // Taken away: the defaults hold again.
            return Ok(self.file.is_some().then(|| Self {
                policy: (self.adapt)(Policy::default()),
                text: String::new(),
                file: None,
                is_named: false,
                adapt: self.adapt,
            }));
        };
        let text = std::fs::read_to_string(path).map_err(|error| Refused {
            file: path.clone(),
            text: String::new(),
            diagnostics: Vec::new(),
            said: format!(
                "{} cannot be read ({error}): the policy as it was stays in force",
                path.display()
            ),
        })?;
        if text == self.text && file == self.file {
            return Ok(None);
        }
        let name = path.display().to_string();
        let compiled = policy::compile(&name, &text);
        let style = diagnostic::Style::Text { colour: false };
        let said = diagnostic::render(&compiled.diagnostics, &name, &text, style);
        let Some(policy) = compiled.policy else {
            return Err(Refused {
                file: path.clone(),
                text,
                diagnostics: compiled.diagnostics,
                said: format!("the policy has errors, and the one before stays in force\n{said}"),
            });
        };
        if !said.is_empty() {
            warn!("{said}");
        }
        if listens_otherwise(&self.policy, &policy) {
            warn!(
                "`[server]` changed in {name}: where to listen, limits and TLS are as they were until larder is started again"
            );
        }
        let is_named = self.is_named;
        Ok(Some(Self {
            policy: (self.adapt)(policy),
            text,
            file,
            is_named,
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
            text: String::new(),
            file: None,
            is_named: false,
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
    }
}
