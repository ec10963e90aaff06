//! The policy that a command works under, and what is said about it.
//!
//! Uses: build (reads it), policy, std · Never: decisions of the policy itself

use std::path::{Path, PathBuf};

use super::{error::CliError, output};
use crate::{
    build::{Meaning, PolicyText},
    policy::Policy,
};

/// A policy without errors, and how it is written.
#[derive(Default)]
pub(super) struct Written {
    pub(super) policy: Policy,
    pub(super) text: PolicyText,
}

impl Written {
    /// The policy that was `named`, or that of the site in `folder`; says what is worth saying about it.
    pub(super) fn read(named: Option<&Path>, folder: &Path) -> Result<Self, CliError> {
        let text = PolicyText::read(named, folder)?;
        let Meaning {
            policy,
            diagnostics,
        } = text.compile();
        let rendered = text.render(&diagnostics, output::colour());
        match (policy, &text.file) {
            (None, path) => Err(CliError::Policy {
                path: path.clone().unwrap_or_default(),
                rendered,
            }),
            (Some(policy), _) => {
                if !rendered.is_empty() {
                    output::line(rendered);
                }
                Ok(Self { policy, text })
            }
        }
    }

    /// What is said about where it is written.
    pub(super) fn place(&self) -> String {
        self.text.file.as_deref().map_or_else(
            || "the defaults (no policy.toml in the folder or beside it)".to_owned(),
            |file| file.display().to_string(),
        )
    }
}

/// Where coded content is kept between starts and builds.
pub(super) fn cache_folder(policy: &Policy) -> Option<PathBuf> {
    policy
        .compress
        .cache_dir
        .as_ref()
        .map(PathBuf::from)
        .or_else(|| variable("LARDER_CACHE_DIR"))
        .or_else(|| variable("XDG_CACHE_HOME").map(|folder| folder.join("larder")))
        .or_else(|| variable("HOME").map(|folder| folder.join(".cache/larder")))
}

/// Where the server keeps what it may not lose: the folder that is `written`, the one of the service manager, or one of the user's.
pub(super) fn data_folder(written: Option<&str>) -> Option<PathBuf> {
    let first = |folders: PathBuf| {
        // systemd names several with colons between them.
        let text = folders.to_str()?;
        text.split(':').next().map(PathBuf::from)
    };
    written
        .map(PathBuf::from)
        .or_else(|| variable("STATE_DIRECTORY").and_then(first))
        .or_else(|| variable("XDG_DATA_HOME").map(|folder| folder.join("larder")))
        .or_else(|| variable("HOME").map(|folder| folder.join(".local/share/larder")))
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
