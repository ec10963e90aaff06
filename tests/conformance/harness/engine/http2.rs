//! A server behind TLS, asked over HTTP/2 by a bare client: one connection for each site and thread.

use std::{
    cell::RefCell,
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use actix_web::rt::{self, Runtime, net::TcpStream};
use bytes::Bytes;
use h2::client::{self, SendRequest};
use http::{HeaderName, HeaderValue, Method, Request, Uri, uri::PathAndQuery};
use larder::serve::TlsFiles;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tempfile::TempDir;
use tokio_rustls::TlsConnector;

use super::{Answer, Ask, Site, server};

const HOST: &str = "larder.test";

/// A certificate for this run, and a client that trusts no other.
struct Trust {
    _folder: TempDir,
    files: TlsFiles,
    client: Arc<ClientConfig>,
}

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let made =
        rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("a certificate can be made");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let files = TlsFiles {
        certificate: folder.path().join("certificate.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&files.certificate, made.cert.pem()).expect("the folder is writable");
    std::fs::write(&files.key, made.signing_key.serialize_pem()).expect("the folder is writable");

    let mut roots = RootCertStore::empty();
    roots
        .add(made.cert.der().clone())
        .expect("it is a certificate");
    let mut client =
        ClientConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("the provider has the default versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    Trust {
        _folder: folder,
        files,
        client: client.into(),
    }
});

static SERVERS: Mutex<Option<HashMap<Site, SocketAddr>>> = Mutex::new(None);

thread_local! {
    static RUNTIME: Runtime = Runtime::new().expect("a runtime can be started");
    static CONNECTIONS: RefCell<HashMap<Site, SendRequest<Bytes>>> = RefCell::default();
}

/// `None` for what HTTP/2 has no way to say.
pub(super) fn ask(site: Site, ask: &Ask) -> Option<Answer> {
    let request = request(ask)?;
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let known = CONNECTIONS.with_borrow(|known| known.get(&site).cloned());
            let connection = match known {
                Some(known) => known,
                None => connect(address(site)).await,
            };
            let mut ready = connection.ready().await.expect("the connection stays open");
            CONNECTIONS.with_borrow_mut(|known| known.insert(site, ready.clone()));
            let (response, _) = ready
                .send_request(request, true)
                .expect("cases are well-formed requests");
            let (head, mut data) = response
                .await
                .unwrap_or_else(|error| panic!("no answer to {ask:?}: {error}"))
                .into_parts();
            let mut content = Vec::new();
            while let Some(chunk) = data.data().await {
                let chunk =
                    chunk.unwrap_or_else(|error| panic!("content of {ask:?} was cut: {error}"));
                data.flow_control()
                    .release_capacity(chunk.len())
                    .expect("no more than came");
                content.extend_from_slice(&chunk);
            }
            let fields = head
                .headers
                .iter()
                .map(|(name, value)| {
                    (
                        name.as_str().to_owned(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect();
            Some(Answer {
                status: head.status.as_u16(),
                fields,
                content,
            })
        })
    })
}

fn request(ask: &Ask) -> Option<Request<()>> {
    let host = ask
        .fields
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map_or(HOST, |(_, value)| value);
    let path: PathAndQuery = ask.target.parse().ok()?;
    let uri = Uri::builder()
        .scheme("https")
        .authority(host)
        .path_and_query(path)
        .build()
        .ok()?;
    let mut request = Request::new(());
    *request.method_mut() = ask.method.parse::<Method>().ok()?;
    *request.uri_mut() = uri;
    for (name, value) in ask
        .fields
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
    {
        request.headers_mut().append(
            name.parse::<HeaderName>().ok()?,
            HeaderValue::from_bytes(value.trim().as_bytes()).ok()?,
        );
    }
    Some(request)
}

async fn connect(address: SocketAddr) -> SendRequest<Bytes> {
    let stream = TcpStream::connect(address)
        .await
        .expect("the server accepts connections");
    let name = ServerName::try_from(HOST).expect("a host name");
    let stream = TlsConnector::from(Arc::clone(&TRUST.client))
        .connect(name, stream)
        .await
        .expect("the certificate is trusted");
    assert_eq!(
        stream.get_ref().1.alpn_protocol(),
        Some(&b"h2"[..]),
        "the server chooses HTTP/2"
    );
    let (connection, driver) = client::handshake(stream)
        .await
        .expect("the server speaks HTTP/2");
    rt::spawn(async move {
        // It ends when the suite does; what goes wrong before is seen by whoever waits for an answer.
        let _ = driver.await;
    });
    connection
}

/// Where the server of `site` listens; started when it is first asked for.
fn address(site: Site) -> SocketAddr {
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    *servers
        .get_or_insert_default()
        .entry(site)
        .or_insert_with(|| server::start(site, Some(TRUST.files.clone())))
}
