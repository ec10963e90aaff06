//! Certificate and key, as rustls wants them.
//!
//! TLS 1.2 and 1.3; HTTP/2 and HTTP/1.1 are offered by ALPN (RFC 7301).
//!
//! Uses: rustls, files (these two) · Never: requests

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio_rustls::TlsAcceptor;

use super::error::ServeError;

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// A PEM chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// A PEM key.
    pub key: PathBuf,
}

/// What is offered by ALPN, the favourite first.
pub(super) fn protocols(http2: bool) -> &'static [&'static [u8]] {
    let all: &[&[u8]] = &[b"h2", b"http/1.1"];
    if http2 { all } else { &all[1..] }
}

/// What makes TLS of a TCP connection, with this certificate.
///
/// # Errors
/// When certificate or key cannot be read, or do not go together.
pub(super) fn acceptor(files: &TlsFiles, protocols: &[&[u8]]) -> Result<TlsAcceptor, ServeError> {
    let mut config = configure(files)?;
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The configuration of a server with this certificate.
fn configure(files: &TlsFiles) -> Result<ServerConfig, ServeError> {
    let pem = |path: &Path, what| {
        let path = path.to_owned();
        move |source| ServeError::Pem { path, what, source }
    };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(pem(&files.certificate, "a certificate chain"))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(pem(&files.key, "a private key"))?;
    let provider = rustls::crypto::ring::default_provider();
    ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|source| ServeError::Tls {
            certificate: files.certificate.clone(),
            key: files.key.clone(),
            source,
        })
}
