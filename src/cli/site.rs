//! A site, opened: what every command does first that serves one.
//!
//! Uses: build, policy, watch · Never: sockets

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;

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
}

/// A site that was looked at, and whose summary was printed.
pub(super) struct Opened {
    pub(super) keeper: Keeper,
    /// The policy as it is written.
    pub(super) policy: Policy,
    /// Ends the log, when dropped.
    pub(super) log: WorkerGuard,
}

impl Opening<'_> {
    /// Reads the policy and the site, and says what was found.
    pub(super) fn open(self) -> Result<Opened, CliError> {
        let written = Written::read(self.policy, self.folder)?;
        let place = written.place();
        let Written { policy, text, file } = written;
        let log = output::start_log(policy.server.access_log);
        let mut workshop = Workshop::new(self.folder, self.mode, cache_folder(&policy).as_deref())?;
        if self.verify {
            workshop.verify_releases();
        }
        let in_force = InForce {
            policy: (self.adapt)(policy.clone()),
            text,
            file,
            is_named: self.policy.is_some(),
            adapt: self.adapt,
        };
        let keeper = Keeper::new(workshop, in_force, self.patience, self.dress)?;
        for line in summary(keeper.site(), &keeper.snapshot(), &place, self.mode) {
            output::line(line);
        }
        Ok(Opened {
            keeper,
            policy,
            log,
        })
    }
}
