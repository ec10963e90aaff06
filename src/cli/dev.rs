//! `larder dev`: serves a site that is being made, and keeps the browsers that look at it up to date.
//!
//! Uses: site, dev, policy, snapshot, serve, watch · Never: request handling

mod desk;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use clap::Args;

use super::{
    error::CliError,
    output,
    serve::address,
    site::{Opened, Opening},
};
use crate::{
    build::Mode,
    dev::{self, Hub, Names},
    policy::Policy,
    serve::{self, Current, Limits, Options},
    watch::{Patience, Watching},
};
use desk::Desk;

/// Serve a site that is being made: save a file, see it.
///
/// Browsers are told of every change: style sheets and images are swapped in place, anything else reloads the page where it was scrolled to. What is wrong is
/// shown in the page and here. Caches keep nothing unasked, so that what is seen is what is on disk; --as-deployed shows production's caching instead.
#[derive(Debug, Args)]
pub(super) struct Dev {
    /// The folder that holds the site: sources without a build step, or the output of one.
    #[arg(default_value = ".", value_name = "SITE")]
    folder: PathBuf,

    /// The policy. Without it: policy.toml in SITE or beside it, and the defaults if there is none.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Where to listen; may be given several times. Port 0 picks a free one. [default: 127.0.0.1:8080, or the next port that is free]
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    listen: Vec<SocketAddr>,

    /// A name that this server is to answer to besides localhost and addresses, as given by a tunnel or a hosts file; may be given several times. One that
    /// begins with a dot stands for all below it.
    #[arg(long = "allow-host", value_name = "NAME")]
    allow_host: Vec<String>,

    /// Fingerprint the site and apply the real policy: each save is then a deploy, and the page shows what a returning visitor would have fetched.
    #[arg(long)]
    as_deployed: bool,

    /// Look at the files again and again instead of being told of changes.
    #[arg(long)]
    poll: bool,
}

/// How often to look where nobody tells.
const POLL: Duration = Duration::from_millis(300);
/// Where to begin to look for a free port.
const PORT: u16 = 8080;
/// How many ports to try.
const PORTS: u16 = 20;

impl Dev {
    pub(super) fn run(self) -> Result<(), CliError> {
        let (mode, adapt): (Mode, fn(Policy) -> Policy) = if self.as_deployed {
            (Mode::Fingerprint, |policy| policy)
        } else {
            (Mode::Plain, Policy::revalidating)
        };
        let opening = Opening {
            folder: &self.folder,
            policy: self.policy.as_deref(),
            mode,
            verify: false,
            adapt,
            patience: Patience::DEVELOPING,
            dress: Some(dev::dress()),
        };
        let Opened {
            keeper,
            policy,
            log: _log,
        } = opening.open()?;
        let snapshot = keeper.snapshot();
        let current = Arc::new(Current::new(Arc::clone(&snapshot)));
        let hub = Arc::new(Hub::new(&snapshot, self.as_deployed));
        let desk = Desk::new(snapshot, Arc::clone(&current), Arc::clone(&hub));
        let watching = if self.poll {
            Watching::Poll { every: POLL }
        } else {
            Watching::Events { poll: POLL }
        };
        let kept = keeper
            .start(Some(watching), desk)
            .map_err(CliError::Thread)?;
        let options = Options {
            listen: self.addresses(),
            // Browsers hold a connection open all the time: nobody waits for them to go.
            shutdown_timeout: Duration::ZERO,
            limits: Limits {
                keep_alive: policy.server.keep_alive,
                ..Limits::default()
            },
            ..Options::default()
        };
        let names = Names::new(self.allow_host);
        let shown = Arc::clone(&current);
        let application =
            move || dev::application(Arc::clone(&shown), Arc::clone(&hub), names.clone());
        let served = serve::run_application(&options, &current, application, output::urls);
        kept.stop();
        Ok(served?)
    }

    fn addresses(&self) -> Vec<SocketAddr> {
        if self.listen.is_empty() {
            vec![SocketAddr::from(([127, 0, 0, 1], free_port()))]
        } else {
            self.listen.clone()
        }
    }
}

/// The first of some ports that nobody listens on; the first of all if they are all taken, so that the error names it.
fn free_port() -> u16 {
    (PORT..PORT + PORTS)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap_or(PORT)
}
