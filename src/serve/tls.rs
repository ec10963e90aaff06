//! TLS: how it is spoken, and the files that certificates and keys are read from, again when they change.
//!
//! TLS 1.2 and 1.3; HTTP/2 and HTTP/1.1 are offered by ALPN (RFC 7301). No early data: it can be replayed (RFC 8446 §8).
//!
//! Uses: rustls, certificates, files (these) · Never: requests

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::ResolvesServerCert,
    sign::CertifiedKey,
};
use tokio_rustls::TlsAcceptor;

use super::{
    certificates::{CHALLENGE_PROTOCOL, Certificates, Certified},
    error::ServeError,
};

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// A PEM chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// A PEM key.
    pub key: PathBuf,
}

/// What makes TLS of a TCP connection, with the certificate that `certificates` has for it at that time.
///
/// # Errors
/// Never with the cryptography that larder is built with.
pub(super) fn acceptor(
    certificates: &Arc<Certificates>,
    has_http2: bool,
    answers_challenges: bool,
) -> Result<TlsAcceptor, rustls::Error> {
    let resolver: Arc<dyn ResolvesServerCert> = Arc::clone(certificates) as _;
    let mut config = ServerConfig::builder_with_provider(default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    let offers: [(bool, &[u8]); 3] = [
        (has_http2, b"h2"),
        (true, b"http/1.1"),
        (answers_challenges, CHALLENGE_PROTOCOL),
    ];
    config.alpn_protocols = offers
        .iter()
        .filter(|(is_offered, _)| *is_offered)
        .map(|(_, name)| name.to_vec())
        .collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl TlsFiles {
    /// Both, or nothing.
    pub fn of(certificate: Option<&Path>, key: Option<&Path>) -> Option<Self> {
        Some(Self {
            certificate: certificate?.to_owned(),
            key: key?.to_owned(),
        })
    }

    /// Reads them.
    ///
    /// # Errors
    /// When one cannot be read, or they do not go together.
    pub(super) fn read(&self) -> Result<Certified, ServeError> {
        let read = |path: &Path, what| {
            fs::read(path).map_err(|error| pem_error(path, what, pem::Error::Io(error)))
        };
        let chain = read(&self.certificate, CHAIN)?;
        let key = read(&self.key, KEY)?;
        self.certified(&chain, &key)
    }

    /// What they would be with these texts in them.
    ///
    /// # Errors
    /// When one is none of its kind, or they do not go together.
    pub(super) fn certified(&self, chain: &[u8], key: &[u8]) -> Result<Certified, ServeError> {
        let chain = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| pem_error(&self.certificate, CHAIN, error))?;
        let key =
            PrivateKeyDer::from_pem_slice(key).map_err(|error| pem_error(&self.key, KEY, error))?;
        let key = CertifiedKey::from_der(chain, key, &default_provider()).map_err(|source| {
            ServeError::Tls {
                certificate: self.certificate.clone(),
                key: self.key.clone(),
                source,
            }
        })?;
        Certified::new(key).map_err(|reason| ServeError::Certificate {
            certificate: self.certificate.clone(),
            reason,
        })
    }

    /// What changes when one of the two is written to or replaced.
    pub(super) fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let found = fs::metadata(path).ok()?;
            Some((
                found.ino(),
                found.size(),
                found.mtime(),
                found.mtime_nsec(),
                found.ctime_nsec(),
            ))
        })
    }
}

const CHAIN: &str = "a certificate chain";
const KEY: &str = "a private key";

fn pem_error(path: &Path, what: &'static str, source: pem::Error) -> ServeError {
    ServeError::Pem {
        path: path.to_owned(),
        what,
        source,
    }
}

/// How a pair of files looks from outside; `None` for one that is not there.
pub(super) type Stamp = [Option<(u64, u64, i64, i64, i64)>; 2];

/// Reads all of them.
///
/// # Errors
/// That of the first that cannot be used.
pub(super) fn read_all(files: &[TlsFiles]) -> Result<Vec<Certified>, ServeError> {
    files.iter().map(TlsFiles::read).collect()
}
