//! `larder serve`: reads the site, serves it, and keeps it up to date.
//!
//! Uses: build, policy, snapshot, serve, watch · Never: request handling

use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;

use super::{
    error::CliError,
    output,
    policy_file::{Written, cache_folder},
    summary::summary,
};
use crate::{
    build::{Mode, Workshop},
    policy::Policy,
    serve::{self, Current, Limits, Options, TlsFiles},
    snapshot::{Generation, assemble},
    watch::{InForce, Keeper},
};

/// Serve a finished site, with the right cache fields on every answer.
///
/// The first line on stdout is the URL, printed once connections are accepted; with several listeners it is one line each. Everything else goes to stderr.
#[derive(Debug, Args)]
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
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CliError> {
        let Written { policy, text, file } = Written::read(self.policy.as_deref(), &self.folder)?;
        let _guard = output::start_log(policy.server.access_log);
        let mode = if self.build {
            Mode::Fingerprint
        } else {
            Mode::AsTheyAre
        };
        let mut workshop = Workshop::new(&self.folder, mode, cache_folder(&policy).as_deref())?;
        if self.verify {
            workshop.verify_releases();
        }
        let site = workshop.look(&policy)?;
        let generation = Generation(1);
        let mut files = site.files.clone();
        workshop.add_codings(&policy, &mut files);
        let snapshot = assemble(files, &policy, generation).withholding(site.withheld.clone());
        let written = file.as_deref().map_or_else(
            || "the defaults (no policy.toml in the folder or beside it)".to_owned(),
            |file| file.display().to_string(),
        );
        for line in summary(&site, &snapshot, &written, mode) {
            output::line(line);
        }

        let options = self.options(&policy);
        let current = Arc::new(Current::new(snapshot));
        let published = Arc::clone(&current);
        let keeper = Keeper {
            workshop,
            watch: policy.server.watch && !self.no_watch,
            in_force: InForce {
                policy,
                text,
                file,
                is_named: self.policy.is_some(),
            },
            unsettled: site.unsettled,
            files: site.files,
            odd: site.odd,
            withheld: site.withheld,
            generation,
            held_since: None,
            publish: Box::new(move |snapshot| published.publish(snapshot)),
        };
        let kept = keeper.start().map_err(CliError::Thread)?;
        let served = serve::run(&options, current, output::urls);
        kept.stop();
        Ok(served?)
    }

    fn options(&self, policy: &Policy) -> Options {
        let server = &policy.server;
        let tls_files = |certificate: &Path, key: &Path| TlsFiles {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        Options {
            listen: if self.listen.is_empty() {
                server.listen.clone()
            } else {
                self.listen.clone()
            },
            workers: self.workers.map(usize::from).or(server.workers),
            keep_alive: server.keep_alive,
            shutdown_timeout: server.shutdown_timeout,
            limits: Limits::default(),
            tls: match (&self.tls_cert, &self.tls_key) {
                (Some(certificate), Some(key)) => Some(tls_files(certificate, key)),
                _ => server
                    .tls
                    .as_ref()
                    .map(|tls| tls_files(Path::new(&tls.certificate), Path::new(&tls.key))),
            },
        }
    }
}

/// An address and a port; a name, such as localhost, stands for its first address.
fn address(text: &str) -> Result<SocketAddr, String> {
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
