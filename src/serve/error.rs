//! What can keep the server from starting.
//!
//! Uses: std · Never: replies to clients

use std::{io, net::SocketAddr, path::PathBuf};

/// Why the server cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {hint}", hint = hint(source, key))]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What it was written into.
        key: &'static str,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A socket that was handed over cannot be used.
    #[error(
        "a socket that the service manager handed over (LISTEN_FDS) cannot be used: it has to listen for TCP"
    )]
    Inherited(#[source] io::Error),
    /// A file with a certificate or a key cannot be read.
    #[error("cannot read {path} as {what} in PEM form", path = path.display())]
    Pem {
        /// Which file.
        path: PathBuf,
        /// A certificate chain or a private key.
        what: &'static str,
        /// What is wrong with it.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// Certificate and key are there, and do not go together.
    #[error("certificate {certificate} and key {key} cannot be used together", certificate = certificate.display(), key = key.display())]
    Tls {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        #[source]
        source: rustls::Error,
    },
    /// A file is there, and no certificate is in it.
    #[error("{certificate} holds no certificate that can be used: {reason}", certificate = certificate.display())]
    Certificate {
        /// The file.
        certificate: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Cryptography(#[source] rustls::Error),
    /// The runtime failed.
    #[error("the server stopped")]
    Runtime(#[source] io::Error),
}

/// An error with its causes, for the log.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn hint(source: &io::Error, key: &str) -> String {
    match source.kind() {
        io::ErrorKind::AddrInUse => format!(
            "another program listens there already. Stop it, or choose another port with {key} (port 0 finds a free one)"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("ports below 1024 need a privilege. Choose a higher one with {key}")
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("this machine has no such address. {key} 0.0.0.0:PORT listens on all it has")
        }
        _ => "the operating system refused".to_owned(),
    }
}
