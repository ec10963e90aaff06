//! `larder dev`: serves a site that is being made, and keeps the browsers that look at it up to date.
//!
//! Uses: site, dev, policy, snapshot, serve, watch · Never: request handling

mod desk;
mod keys;
mod places;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use clap::Args;

use super::{
    error::CliError,
    explain, output,
    serve::address,
    site::{Opened, Opening},
};
use crate::{
    build::Mode,
    dev::{self, Hub, Names, Parts, Proxies},
    policy::Policy,
    serve::{self, Current, Limits, Options, TlsFiles},
    snapshot::Snapshot,
    watch::{Patience, Watching},
};
use desk::Desk;
use keys::{Key, Keys};

/// Serve a site that is being made: save a file, see it.
///
/// Browsers are told of every change: style sheets and images are swapped in place, anything else reloads the page where it was scrolled to. What is wrong is
/// shown in the page and here. Caches keep nothing unasked, so that what is seen is what is on disk; --as-deployed shows production's caching instead.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own, and any of them go together"
)]
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

    /// Open the site in the browser.
    #[arg(long)]
    open: bool,

    /// Listen on all addresses, for phones on the same network: prints the URLs, and one as a picture for the camera.
    #[arg(long, conflicts_with = "listen")]
    host: bool,

    /// Serve HTTPS with a certificate that is made on the spot, for what browsers do in a secure context only. The authority that signs it is kept in
    /// your data folder, and the first time it is said how to trust it.
    #[arg(long)]
    tls: bool,
}

/// How often to look where nobody tells.
const POLL: Duration = Duration::from_millis(300);

impl Dev {
    pub(super) fn run(self) -> Result<(), CliError> {
        let (mode, adapt): (Mode, fn(Policy) -> Policy) = if self.as_deployed {
            (Mode::Fingerprint, without_hsts)
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
            forgiving: true,
        };
        let Opened {
            keeper,
            policy,
            log: _log,
        } = opening.open()?;
        let snapshot = keeper.snapshot();
        warn_of_reserved(&snapshot);
        let hosts = [self.allow_host.clone(), policy.dev.hosts.clone()].concat();
        let listen = self.addresses();
        let certificate = self
            .tls
            .then(|| places::certificate(&hosts, &listen))
            .transpose()?;
        match &certificate {
            Some(certificate) if certificate.is_new => {
                output::line(places::how_to_trust(certificate));
            }
            Some(certificate) => output::prose(format_args!(
                "  signed by your own authority, {}",
                certificate.authority.display()
            )),
            None => {}
        }
        let parts = Parts {
            // Whoever develops may know why; only who sits at the machine is told.
            current: Arc::new(Current::new(Arc::clone(&snapshot)).explaining(explain::json)),
            hub: Arc::new(Hub::new(&snapshot, self.as_deployed)),
            proxies: Arc::new(Proxies::new(&policy.dev)),
            names: Arc::new(Names::new(&self.allow_host, &policy.dev.hosts)),
            authority: certificate
                .as_ref()
                .and_then(|certificate| std::fs::read_to_string(&certificate.authority).ok()),
        };
        let watching = if self.poll {
            Watching::Poll { every: POLL }
        } else {
            Watching::Events { poll: POLL }
        };
        let kept = keeper
            .start(Some(watching), Desk::new(snapshot, &parts, &policy))
            .map_err(CliError::Thread)?;
        let options = Options {
            listen,
            // Browsers hold a connection open all the time: nobody waits for them to go.
            shutdown_timeout: Duration::ZERO,
            tls: certificate
                .iter()
                .map(|certificate| TlsFiles {
                    certificate: certificate.certificate.clone(),
                    key: certificate.key.clone(),
                })
                .collect(),
            limits: Limits {
                keep_alive: policy.server.keep_alive,
                ..Limits::default()
            },
            ..Options::default()
        };
        let mut keys = None;
        let application = {
            let parts = parts.clone();
            move || dev::application(&parts)
        };
        let served = serve::run_application(&options, &parts.current, application, |urls| {
            keys = self.ready(urls, Arc::clone(&parts.hub));
        });
        drop(keys);
        kept.stop();
        Ok(served?)
    }

    /// Says where the site is, opens it if that is wanted, and listens to keys.
    fn ready(&self, urls: &[String], hub: Arc<Hub>) -> Option<Keys> {
        let places = places::reachable(urls);
        output::urls(&places);
        let is_for_phones = self.host
            || self
                .listen
                .iter()
                .any(|listen| listen.ip().is_unspecified());
        let seen_from_outside = places.get(1).filter(|_| is_for_phones);
        if let Some(code) = seen_from_outside.and_then(|place| places::code(place)) {
            output::picture(
                &places::picture(&code, false),
                &places::picture(&code, true),
            );
        }
        let home = places.first().cloned().unwrap_or_default();
        if self.open {
            open(&home);
        }
        let keys = Keys::listen(move |key| match key {
            Key::Reload => output::line(match hub.reload() {
                1 => "reload · 1 browser".to_owned(),
                many => format!("reload · {many} browsers"),
            }),
            Key::Open => open(&home),
            // The same way as from outside.
            Key::Quit => {
                let own = rustix::process::getpid();
                if let Err(error) =
                    rustix::process::kill_process(own, rustix::process::Signal::TERM)
                {
                    output::line(format_args!("cannot end myself ({error}): press Ctrl+C"));
                }
            }
        });
        if keys.is_some() {
            output::line(keys::HELP);
        }
        keys
    }

    fn addresses(&self) -> Vec<SocketAddr> {
        let all = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        match &self.listen[..] {
            [] if self.host => vec![places::free(all)],
            [] => vec![places::free(IpAddr::V4(Ipv4Addr::LOCALHOST))],
            listen => listen.to_vec(),
        }
    }
}

/// A browser would keep it for the whole host, whatever the port, so this server never sends it.
fn without_hsts(mut policy: Policy) -> Policy {
    policy.server.hsts = None;
    policy
}

fn open(url: &str) {
    if let Err(error) = open::that_detached(url) {
        tracing::debug!(%error, "no browser");
        output::prose(format_args!(
            "No program here opens a browser: go to {url} yourself"
        ));
    }
}

/// A site that has files where larder has its own would not see them served.
fn warn_of_reserved(snapshot: &Snapshot) {
    let hidden = snapshot
        .resources()
        .iter()
        .find(|resource| resource.path.starts_with(dev::RESERVED));
    if let Some(resource) = hidden {
        output::prose(format_args!(
            "{} is not served: larder dev keeps {} for itself",
            output::printable(&resource.path),
            dev::RESERVED
        ));
    }
}
