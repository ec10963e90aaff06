//! `larder serve`: reads the site, serves it, and keeps it up to date.
//!
//! Uses: site, policy, snapshot, serve, watch · Never: request handling

use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use tracing::{info, warn};

use super::{
    error::CliError,
    explain, output,
    policy_file::data_folder,
    site::{self, Opened},
};
use crate::{
    build::Mode,
    policy::{self, Policy},
    serve::{
        self, Acme, Current, Inherited, Limits, LookAgain, Options, TlsFiles,
        metrics::{self, Reload},
    },
    snapshot::Snapshot,
    watch::{Audience, Complaint, Kept, News, Patience, Watching},
};

/// A server that nobody waits in front of may look less often, where nobody tells it of changes.
const WATCHING: Watching = Watching::Events {
    poll: Duration::from_secs(2),
};

/// Serve a finished site, with the right cache fields on every answer.
///
/// The first line on stdout is the URL, printed once connections are accepted; with several listeners it is one line each. Everything else goes to stderr.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(super) struct Serve {
    /// The folder that holds the finished site.
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,

    /// The policy. Without it: policy.toml in DIR or beside it, and the defaults if there is none.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Where to listen; may be given several times. Port 0 picks a free one. [default: 127.0.0.1:8080, or what the policy says]
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    listen: Vec<SocketAddr>,

    /// How many threads answer. [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    workers: Option<u16>,

    /// A certificate chain in PEM form: serves HTTPS, with HTTP/2.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The certificate's key in PEM form.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Fingerprint the site in memory first: css, js, images and fonts get a hash into their names, and every reference follows.
    #[arg(long)]
    build: bool,

    /// Where DIR was made by `larder build`: compare every digest with the manifest before serving, and not only the lengths.
    #[arg(long)]
    verify: bool,

    /// Do not look for changes of the folder and the policy.
    #[arg(long)]
    no_watch: bool,

    /// Explain answers to `larder explain http://127.0.0.1:8080/path` on this machine. Not behind a proxy on the same machine that hides whom it asks for.
    #[arg(long)]
    explain: bool,

    /// Listen nowhere but where --listen says, without the policy's certificates, redirects to HTTPS and admin listener: as `larder bench` starts it.
    #[arg(long, hide = true, requires = "listen")]
    only_site: bool,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CliError> {
        let mode = if self.build {
            Mode::Fingerprint
        } else {
            Mode::AsTheyAre
        };
        let opening = site::Opening {
            folder: &self.folder,
            policy: self.policy.as_deref(),
            mode,
            verify: self.verify,
            adapt: |policy| policy,
            patience: Patience::SERVING,
            dress: None,
            forgiving: false,
        };
        let Opened {
            keeper,
            policy,
            log: _log,
        } = opening.open()?;
        let policy = if self.only_site {
            only_site(policy)
        } else {
            policy
        };
        let mut current = Current::new(keeper.snapshot());
        if self.explain || policy.server.explain {
            current = current.explaining(explain::json);
        }
        let current = Arc::new(current);
        let audience = Log(Arc::clone(&current));
        let watching = (policy.server.watch && !self.no_watch).then_some(WATCHING);
        let kept = keeper.start(watching, audience).map_err(CliError::Thread)?;
        let served = self
            .options(&policy, &kept)
            .and_then(|options| Ok(serve::run(&options, &current, output::urls)?));
        kept.stop();
        served
    }

    fn options(&self, policy: &Policy, kept: &Kept) -> Result<Options, CliError> {
        let server = &policy.server;
        let own = TlsFiles::of(self.tls_cert.as_deref(), self.tls_key.as_deref());
        let written = server.tls.iter().map(|tls| TlsFiles {
            certificate: tls.certificate.clone().into(),
            key: tls.key.clone().into(),
        });
        Ok(Options {
            listen: if self.listen.is_empty() {
                server.listen.clone()
            } else {
                self.listen.clone()
            },
            workers: self.workers.map(usize::from).or(server.workers),
            shutdown_timeout: server.shutdown_timeout,
            limits: limits(server),
            tls: own.map_or_else(|| written.collect(), |own| vec![own]),
            acme: server.acme.as_ref().map(acme).transpose()?,
            redirect_http: server.redirect_http.clone(),
            hsts: server.hsts.as_ref().map(serve::field_value),
            admin: server.admin,
            inherited: Inherited::all()?,
            look_again: LookAgain::by(kept.asker()),
        })
    }
}

/// The policy without what concerns other listeners than those that are named.
fn only_site(mut policy: Policy) -> Policy {
    let server = &mut policy.server;
    server.tls.clear();
    server.redirect_http.clear();
    (server.admin, server.acme) = (None, None);
    policy
}

fn acme(written: &policy::Acme) -> Result<Acme, CliError> {
    Ok(Acme {
        domains: written.domains.clone(),
        contact: written.contact.clone(),
        directory: written.directory.clone(),
        data: data_folder(written.data.as_deref()).ok_or(CliError::NoDataFolder)?,
        ca: written.ca.as_ref().map(PathBuf::from),
    })
}

fn limits(server: &policy::Server) -> Limits {
    let limits = &server.limits;
    Limits {
        keep_alive: server.keep_alive,
        http2_keep_alive: server.http2_keep_alive,
        head_timeout: limits.head_timeout,
        max_head_size: usize::try_from(limits.max_head_size).unwrap_or(usize::MAX),
        send_timeout: limits.send_timeout,
        max_connections: limits.max_connections,
        max_connections_per_client: limits.max_connections_per_client,
        limits_loopback: limits.limits_loopback,
        max_streams: limits.max_streams,
    }
}

/// News of the site, for the log.
struct Log(Arc<Current>);

impl Audience for Log {
    fn publish(&mut self, snapshot: Arc<Snapshot>) {
        self.0.publish(snapshot);
    }

    fn hear(&mut self, news: News<'_>) {
        match news {
            News::Shown {
                generation,
                changes,
                work,
                ..
            } => {
                metrics::reloaded(Reload::Site);
                info!(
                    generation = generation.0,
                    "{changes} {} changed, served after {} ms",
                    if changes == 1 { "file" } else { "files" },
                    work.as_millis()
                );
            }
            News::Coded {
                generation,
                forms,
                took,
            } => info!(
                generation = generation.0,
                "{forms} coded forms ready after {:.1} s",
                took.as_secs_f32()
            ),
            News::Policy(_) => {
                metrics::reloaded(Reload::Policy);
                info!("the policy changed, and is in force");
            }
            News::NotServed(odd) => warn!("not served: {odd}"),
            News::Kept(complaint) => {
                match complaint {
                    Complaint::Policy(_) => metrics::reload_failed(Reload::Policy),
                    Complaint::Folder(_) => metrics::reload_failed(Reload::Site),
                    // Waiting for the rest of a deploy is no failure.
                    Complaint::Held(_) => {}
                }
                warn!("{complaint}");
            }
            News::Mended => {}
        }
    }
}

/// An address and a port; a name, such as localhost, stands for its first address.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let text = if text.starts_with(':') {
        format!("0.0.0.0{text}")
    } else {
        text.to_owned()
    };
    text.to_socket_addrs()
        .map_err(|error| {
            format!("{error}: give an address and a port, such as 127.0.0.1:8080 or [::1]:8080")
        })?
        .next()
        .ok_or_else(|| "this name has no address".to_owned())
}
