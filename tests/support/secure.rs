//! TLS for tests: certificates made on the spot, and a client that trusts just one.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use super::eventually::DEADLINE;

/// A certificate and its key, as files.
pub(crate) struct Pair {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Pair {
    /// Writes one for `names` into `folder`, key first, each by a rename, as tools do that fetch certificates.
    pub(crate) fn write(folder: &Path, name: &str, names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names).expect("names can be signed");
        let pair = Self {
            certificate: folder.join(format!("{name}.pem")),
            key: folder.join(format!("{name}.key")),
        };
        let beside = folder.join("new.pem");
        for (place, text) in [
            (&pair.key, signing_key.serialize_pem()),
            (&pair.certificate, cert.pem()),
        ] {
            fs::write(&beside, text).expect("the folder is ours");
            fs::rename(&beside, place).expect("both are in one folder");
        }
        pair
    }

    /// `[[server.tls]]`
    pub(crate) fn table(&self) -> String {
        format!(
            "[[server.tls]]\ncert = \"{}\"\nkey = \"{}\"\n",
            self.certificate.display(),
            self.key.display()
        )
    }

    fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(&self.certificate).expect("it was written whole")
    }
}

impl Pair {
    /// A client that trusts nobody but whoever has this certificate, and offers `protocols`.
    pub(crate) fn client(&self, protocols: &[&str]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.der()).expect("it is a certificate");
        let mut client = ClientConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("they are there")
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        client
    }
}

/// A connection under TLS.
pub(crate) type Secure = StreamOwned<ClientConnection, TcpStream>;

/// Connects to `host` at `address`, offering `protocols`, and speaks TLS with whoever has the certificate of `pair`.
///
/// # Errors
/// When the handshake fails: another certificate, no common protocol.
pub(crate) fn connect(
    address: SocketAddr,
    host: &str,
    pair: &Pair,
    protocols: &[&str],
) -> std::io::Result<Secure> {
    let config = Arc::new(pair.client(protocols));
    let name = ServerName::try_from(host.to_owned()).expect("a host name");
    let session = ClientConnection::new(config, name).expect("a client");
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(DEADLINE))?;
    socket.set_write_timeout(Some(DEADLINE))?;
    let mut stream = StreamOwned::new(session, socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}
