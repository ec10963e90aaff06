//! A certificate for one test, and a client that trusts no other.

use std::{net::SocketAddr, net::TcpStream, sync::Arc};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
    pki_types::ServerName,
};
use tempfile::TempDir;

use super::eventually::DEADLINE;

/// The name that the certificate is for.
pub(crate) const HOST: &str = "larder.test";

/// A TLS connection of the test.
pub(crate) type TlsStream = StreamOwned<ClientConnection, TcpStream>;

/// A self-signed certificate in a folder of its own.
pub(crate) struct Certificate {
    folder: TempDir,
    roots: Arc<RootCertStore>,
}

impl Certificate {
    /// Makes one.
    pub(crate) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()])
            .expect("a certificate can be made");
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).expect("it is writable");
        let key = made.signing_key.serialize_pem();
        std::fs::write(folder.path().join("key.pem"), key).expect("it is writable");
        let mut roots = RootCertStore::empty();
        roots
            .add(made.cert.der().clone())
            .expect("it is a certificate");
        Self {
            folder,
            roots: roots.into(),
        }
    }

    /// What larder is told about it.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            "--tls-cert".to_owned(),
            path("cert.pem"),
            "--tls-key".to_owned(),
            path("key.pem"),
        ]
    }

    /// A client that speaks these versions of TLS and, by ALPN, these protocols.
    pub(crate) fn client(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
    ) -> ClientConfig {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let mut client = ClientConfig::builder_with_provider(provider.into())
            .with_protocol_versions(versions)
            .expect("the provider has these versions")
            .with_root_certificates(Arc::clone(&self.roots))
            .with_no_client_auth();
        client.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        client
    }

    /// Connects, and shakes hands with the first bytes that are sent.
    pub(crate) fn connect(address: SocketAddr, client: &Arc<ClientConfig>) -> TlsStream {
        let stream = TcpStream::connect(address).expect("the server accepts connections");
        stream
            .set_read_timeout(Some(DEADLINE))
            .expect("it is a socket");
        stream
            .set_write_timeout(Some(DEADLINE))
            .expect("it is a socket");
        stream.set_nodelay(true).expect("it is a socket");
        let name = ServerName::try_from(HOST).expect("it is a host name");
        let connection =
            ClientConnection::new(Arc::clone(client), name).expect("the client is configured");
        StreamOwned::new(connection, stream)
    }
}
