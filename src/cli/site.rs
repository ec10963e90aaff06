//! A site, opened: what every command does first that serves one.
//!
//! Uses: build, policy, watch · Never: sockets

use std::path::Path;

use super::{
    error::CliError,
    output,
    policy_file::{Written, cache_folder},
    summary::summary,
};
use crate::{
    build::{Mode, Workshop},
    policy::Policy,
    watch::{Dress, InForce, Keeper, Patience},
};

/// How to open a site.
pub(super) struct Opening<'o> {
    /// Its folder.
    pub(super) folder: &'o Path,
    /// Its policy, if that was named.
    pub(super) policy: Option<&'o Path>,
    /// What is done with its files.
    pub(super) mode: Mode,
    /// Whether the digests of a release are compared with its manifest.
    pub(super) verify: bool,
    /// What becomes of a policy before it is in force.
    pub(super) adapt: fn(Policy) -> Policy,
    /// How long the next state is waited for.
    pub(super) patience: Patience,
    /// What becomes of files before they are served.
    pub(super) dress: Option<Dress>,
    /// Is the site opened even under a policy with errors, which are then told as those of one that changes are?
    pub(super) forgiving: bool,
}

/// A site that was looked at, and whose summary was printed.
pub(super) struct Opened {
    pub(super) keeper: Keeper,
    /// The policy as it is written.
    pub(super) policy: Policy,
    /// Ends the log, when dropped.
    pub(super) log: output::Log,
}

impl Opening<'_> {
    /// Reads the policy and the site, and says what was found.
    pub(super) fn open(self) -> Result<Opened, CliError> {
        let (Written { policy, text }, place) = self.policy()?;
        let log = output::start_log(policy.server.access_log)?;
        let mut workshop = Workshop::new(self.folder, self.mode, cache_folder(&policy).as_deref())?;
        if self.verify {
            workshop.verify_releases();
        }
        let in_force = InForce {
            policy: (self.adapt)(policy.clone()),
            text,
            named: self.policy.map(Path::to_owned),
            adapt: self.adapt,
        };
        let keeper = Keeper::new(workshop, in_force, self.patience, self.dress)?;
        for line in summary(keeper.site(), &keeper.snapshot(), &place, self.mode) {
            output::prose(line);
        }
        Ok(Opened {
            keeper,
            policy,
            log,
        })
    }

    /// The policy to begin with, and what is said about where it is written. Under the defaults, one with errors is one that changed and cannot be taken: the keeper's first look says so.
    fn policy(&self) -> Result<(Written, String), CliError> {
        match Written::read(self.policy, self.folder) {
            Err(CliError::Policy { path, .. }) if self.forgiving => {
                let place = format!("the defaults, as {} has errors", path.display());
                Ok((Written::default(), place))
            }
            read => read.map(|written| {
                let place = written.place();
                (written, place)
            }),
        }
    }
}
