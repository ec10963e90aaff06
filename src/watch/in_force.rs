//! The policy in force, and the one that takes its place when policy.toml changes.
//!
//! Uses: policy, diagnostic, build (reads it) · Never: the site's files

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use tracing::warn;

use crate::{
    build::{Meaning, PolicyNow, PolicyText},
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

/// What a look at the policy gave.
#[derive(Debug)]
pub(super) enum Next {
    /// It is what it was.
    Same,
    /// It is another one.
    Other(Box<InForce>),
    /// Somebody may be writing to it: it has to rest for so long before it counts.
    BeingWritten(Duration),
}

impl InForce {
    /// Was there a file, and is there none in any of its places now?
    pub(super) fn is_gone(&self, folder: &Path) -> bool {
        self.named.is_none() && self.text.is_gone(folder)
    }

    /// Is the policy of the site in `folder` what it was when this one was compiled?
    pub(super) fn is_as_written(&self, folder: &Path) -> bool {
        self.text
            .now(self.named.as_deref(), folder, &BTreeSet::new())
            .is_ok_and(|now| matches!(now, PolicyNow::AtRest(text) if text == self.text))
    }

    /// The policy of the site in `folder`, if it is another one now, while somebody writes to the files `writing`.
    ///
    /// # Errors
    /// When there is one that cannot be used.
    pub(super) fn next(&self, folder: &Path, writing: &BTreeSet<PathBuf>) -> Result<Next, Refused> {
        let instead = match self.text.file {
            Some(_) => "the one before stays in force",
            None => "the defaults are in force",
        };
        let now = self.text.now(self.named.as_deref(), folder, writing);
        let text = match now {
            Ok(PolicyNow::AtRest(text)) if text == self.text => return Ok(Next::Same),
            Ok(PolicyNow::AtRest(text)) => text,
            Ok(PolicyNow::BeingWritten(rest)) => return Ok(Next::BeingWritten(rest)),
            Err(unreadable) => {
                return Err(Refused {
                    said: format!("{unreadable} ({}): {instead}", unreadable.source),
                    file: unreadable.path,
                    text: String::new(),
                    diagnostics: Vec::new(),
                    instead,
                });
            }
        };
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
        Ok(Next::Other(Box::new(Self {
            policy: (self.adapt)(policy),
            text,
            named: self.named.clone(),
            adapt: self.adapt,
        })))
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
    use std::{fs, io::Write, time::Instant};

    use super::*;

    /// What is next once it rests, if it is another one.
    fn next(in_force: &InForce, folder: &Path) -> Result<Option<InForce>, Refused> {
        loop {
            match in_force.next(folder, &BTreeSet::new())? {
                Next::Same => return Ok(None),
                Next::Other(other) => return Ok(Some(*other)),
                Next::BeingWritten(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

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
        assert!(next(&defaults(), &folder).unwrap().is_none());
        fs::write(&file, "[cache]\nasset = \"max-age=60\"\n").unwrap();
        let come = next(&defaults(), &folder).unwrap().expect("it has come");
        assert_ne!(come.policy, Policy::default());
        assert!(next(&come, &folder).unwrap().is_none(), "nothing new");
        fs::remove_file(&file).unwrap();
        let gone = next(&come, &folder).unwrap().expect("it is gone");
        assert_eq!(gone.policy, Policy::default());
    }

    #[test]
    fn one_with_errors_is_not_taken() {
        let (_parent, folder, file) = site();
        fs::write(&file, "[cache]\nassets = 3\n").unwrap();
        let said = next(&defaults(), &folder).unwrap_err().said;
        assert!(
            said.contains("assets") && said.contains("policy.toml:2:1"),
            "{said}"
        );
        assert!(said.contains("the defaults are in force"), "{said}");
        fs::write(&file, "[cache]\nasset = \"max-age=60\"\n").unwrap();
        let taken = next(&defaults(), &folder).unwrap().expect("it is mended");
        fs::write(&file, "[cache]\nassets = 3\n").unwrap();
        let said = next(&taken, &folder).unwrap_err().said;
        assert!(said.contains("the one before stays in force"), "{said}");
    }

    #[test]
    fn one_that_was_emptied_is_waited_for_and_one_that_is_open_for_longer() {
        let (_parent, folder, path) = site();
        let private = "[site]\nprivate = [\"/secret\"]\n";
        fs::write(&path, private).unwrap();
        let before = next(&defaults(), &folder).unwrap().expect("it has come");
        let since = Instant::now();
        let mut file = fs::File::create(&path).unwrap();
        let after = next(&before, &folder).unwrap().expect("it stayed empty");
        assert_eq!(after.policy, Policy::default());
        // The kernel's clock, which stamps files, is a tick of up to 10 ms behind.
        assert!(since.elapsed() >= Duration::from_millis(1950));

        file.write_all(private.as_bytes()).unwrap();
        let open = BTreeSet::from([folder.join("../policy.toml")]);
        // As old as one that nobody has open has to be.
        assert!(next(&after, &folder).unwrap().is_some());
        assert!(matches!(
            after.next(&folder, &open),
            Ok(Next::BeingWritten(_))
        ));
    }

    #[test]
    fn one_that_can_be_read_only_once_stays_and_no_pipe_takes_the_place_of_a_file() {
        let (_parent, folder, path) = site();
        let fifo = |path: &Path| {
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.unwrap().success());
        };
        fifo(&path);
        let text = "[cache]\nasset = \"max-age=60\"\n";
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || fs::write(path, text).unwrap())
        };
        let read = PolicyText::read(Some(&path), &folder).unwrap();
        writer.join().unwrap();
        assert_eq!(read.text, text);
        let piped = InForce {
            text: read,
            named: Some(path.clone()),
            ..defaults()
        };
        assert!(next(&piped, &folder).unwrap().is_none());
        assert!(piped.is_as_written(&folder));

        let named = InForce {
            named: Some(path),
            ..defaults()
        };
        let said = next(&named, &folder).unwrap_err().said;
        assert!(said.contains("no regular file"), "{said}");
    }
}
