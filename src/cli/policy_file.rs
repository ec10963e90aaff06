//! The policy that a command works under: where it is looked for, and what is said about it.
//!
//! Uses: policy, diagnostic, std · Never: decisions of the policy itself

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{error::CliError, output};
use crate::{
    build::find_policy,
    diagnostic,
    policy::{self, Policy},
};

/// A policy and where it is written.
pub(super) struct Written {
    pub(super) policy: Policy,
    pub(super) text: String,
    pub(super) file: Option<PathBuf>,
}

impl Written {
    /// The policy that was `named`, or that lies in `folder` or beside it, or that a release was built under, or the defaults.
    pub(super) fn read(named: Option<&Path>, folder: &Path) -> Result<Self, CliError> {
        let Some(path) = named.map(Path::to_owned).or_else(|| find_policy(folder)) else {
            return Ok(Self {
                policy: Policy::default(),
                text: String::new(),
                file: None,
            });
        };
        let text = fs::read_to_string(&path).map_err(|source| CliError::PolicyUnreadable {
            path: path.clone(),
            source,
        })?;
        let name = path.display().to_string();
        let compiled = policy::compile(&name, &text);
        let style = diagnostic::Style::Text {
            colour: output::colour(),
        };
        let rendered = diagnostic::render(&compiled.diagnostics, &name, &text, style);
        match compiled.policy {
            Some(policy) => {
                if !rendered.is_empty() {
                    output::line(rendered);
                }
                Ok(Self {
                    policy,
                    text,
                    file: Some(path),
                })
            }
            None => Err(CliError::Policy { path, rendered }),
        }
    }

    /// What is said about where it is written.
    pub(super) fn place(&self) -> String {
        self.file.as_deref().map_or_else(
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
