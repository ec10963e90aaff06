//! What a target on the command line means: a folder, or the URL of a server; and whom to trust there.
//!
//! Uses: bench, client, policy · Never: measuring

use std::{fs, path::Path};

use crate::{
    bench::{
        Url,
        load::{Place, Serving},
    },
    cli::{
        error::CliError,
        policy_file::{Written, cache_folder},
    },
    client::Trust,
};

/// How folders are served.
pub(super) struct Places<'p> {
    pub(super) policy: Option<&'p Path>,
    pub(super) build: bool,
    pub(super) workers: u16,
    pub(super) tls: bool,
}

impl Places<'_> {
    /// Where the target is, and for a folder what is said about its policy.
    pub(super) fn of(&self, text: &str) -> Result<(Place, Option<String>), CliError> {
        let folder = Path::new(text);
        if !folder.is_dir() {
            return Ok((Place::Server(Url::parse(text)?), None));
        }
        let written = Written::read(self.policy, folder)?;
        let said = written.text.file.as_ref().map_or_else(
            || "the defaults".to_owned(),
            |file| file.display().to_string(),
        );
        let cache = cache_folder(&written.policy)
            .unwrap_or_else(|| std::env::temp_dir().join("larder-bench"));
        let serving = Serving {
            site: folder.to_owned(),
            policy_file: self.policy.map(Path::to_owned),
            policy: written.policy,
            build: self.build,
            workers: self.workers,
            tls: self.tls,
            cache,
        };
        Ok((Place::Site(Box::new(serving)), Some(said)))
    }
}

/// Whose certificates are trusted.
pub(super) fn trust(insecure: bool, ca: Option<&Path>) -> Result<Trust, CliError> {
    match ca {
        _ if insecure => Ok(Trust::Any),
        None => Ok(Trust::System),
        Some(file) => {
            let pem = fs::read(file).map_err(|source| crate::bench::BenchError::File {
                what: "read",
                path: file.to_owned(),
                source,
            })?;
            Ok(Trust::Only(pem))
        }
    }
}
