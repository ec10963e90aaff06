//! Whose certificates are trusted.
//!
//! RFC 9110 §4.3.4: a client that does not verify has to be told so; only [`Trust::Any`] does.
//!
//! Uses: rustls, the system's certificates · Never: requests

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_rustls::TlsConnector;

use super::error::ClientError;
use crate::http::exchange::Protocol;

/// Whose certificates are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Whom this system trusts.
    #[default]
    System,
    /// Only these: PEM text of one or more certificates, a server's own or its authority's. A server's own is trusted whatever else it says: for an
    /// authority, as `openssl req -x509` makes it, or for another name.
    Only(Vec<u8>),
    /// Everybody. For one's own server with a makeshift certificate.
    Any,
}

/// One way to TLS for each [`Protocol`]: they differ in what ALPN offers.
#[derive(Clone)]
pub(super) struct Connectors {
    best: TlsConnector,
    http1: TlsConnector,
    http2: TlsConnector,
}

impl std::fmt::Debug for Connectors {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Connectors")
    }
}

impl Connectors {
    pub(super) fn for_protocol(&self, protocol: Protocol) -> &TlsConnector {
        match protocol {
            Protocol::Best => &self.best,
            Protocol::Http1 => &self.http1,
            Protocol::Http2 => &self.http2,
        }
    }
}

impl Trust {
    /// One way to TLS, for whoever needs a lean path of its own.
    ///
    /// # Errors
    /// [`ClientError::NoTrust`] when there is no certificate to trust.
    pub fn connector(&self, protocol: Protocol) -> Result<TlsConnector, ClientError> {
        Ok(self.connectors()?.for_protocol(protocol).clone())
    }

    pub(super) fn connectors(&self) -> Result<Connectors, ClientError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| ClientError::NoTrust(error.to_string()))?;
        let config = match self {
            Self::Any => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(TrustAnybody(provider)))
                .with_no_client_auth(),
            Self::System => builder
                .with_root_certificates(system()?)
                .with_no_client_auth(),
            Self::Only(pem) => {
                let (roots, own) = only(pem)?;
                let chains = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
                    .build()
                    .map_err(|error| ClientError::NoTrust(error.to_string()))?;
                builder
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(TrustOwn { own, chains }))
                    .with_no_client_auth()
            }
        };
        let offering = |names: &[&[u8]]| {
            let mut config = config.clone();
            config.alpn_protocols = names.iter().map(|name| name.to_vec()).collect();
            TlsConnector::from(Arc::new(config))
        };
        Ok(Connectors {
            best: offering(&[b"h2", b"http/1.1"]),
            http1: offering(&[b"http/1.1"]),
            http2: offering(&[b"h2"]),
        })
    }
}

fn system() -> Result<RootCertStore, ClientError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(found.certs);
    if taken == 0 {
        let reason = found.errors.first().map_or_else(
            || "this system has none (Debian: the package ca-certificates)".to_owned(),
            ToString::to_string,
        );
        return Err(ClientError::NoTrust(reason));
    }
    Ok(roots)
}

type Own = Vec<CertificateDer<'static>>;

fn only(pem: &[u8]) -> Result<(RootCertStore, Own), ClientError> {
    let mut roots = RootCertStore::empty();
    let mut own = Own::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate =
            certificate.map_err(|error| ClientError::NoTrust(format!("{error:?}")))?;
        roots
            .add(certificate.clone())
            .map_err(|error| ClientError::NoTrust(error.to_string()))?;
        own.push(certificate);
    }
    if roots.is_empty() {
        return Err(ClientError::NoTrust(
            "there is no certificate in it: PEM begins with -----BEGIN CERTIFICATE-----".into(),
        ));
    }
    Ok((roots, own))
}

/// Takes a certificate that is one of ours, byte for byte, and what one of ours signed for that name.
///
/// A certificate that signed itself and says that it is an authority is no server's by RFC 5280; but whoever has it before them, and named it, means this very
/// server.
#[derive(Debug)]
struct TrustOwn {
    own: Own,
    chains: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for TrustOwn {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.own.contains(end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        self.chains
            .verify_server_cert(end_entity, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

/// Takes any certificate; signatures are checked all the same, as a handshake needs them.
#[derive(Debug)]
struct TrustAnybody(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
