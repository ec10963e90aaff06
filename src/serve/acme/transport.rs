//! How messages to the authority travel: HTTP/1.1 over TLS, one connection for each. There are a dozen in a certificate's life.
//!
//! Uses: hyper, rustls, tokio, the trait of instant-acme · Never: what messages say

use std::{future::Future, io, path::Path, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::{Request, Uri, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use super::Failure;

/// How long one message and its answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The largest answer that is read, in bytes; a chain of certificates has some thousand.
const LARGEST: usize = 1024 * 1024;

/// The way to an authority.
pub(super) struct Transport(TlsConnector);

impl Transport {
    /// To one that is trusted by `ca`, or by the system.
    pub(super) fn new(ca: Option<&Path>) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        match ca {
            Some(file) => {
                for certificate in CertificateDer::pem_file_iter(file)
                    .map_err(|error| format!("{} cannot be read: {error}", file.display()))?
                {
                    roots.add(certificate?)?;
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if roots.is_empty() {
            return Err("this system trusts no certification authority: install its certificates (`ca-certificates`), or name one with `ca`".into());
        }
        let config = ClientConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }
}

impl HttpClient for Transport {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let connector = self.0.clone();
        Box::pin(async move {
            let uri = request.uri().clone();
            let answer = timeout(PATIENCE, ask(connector, request))
                .await
                .unwrap_or_else(|_| Err("no answer in time".into()));
            answer.map_err(|failure| Error::Other(format!("{uri}: {failure}").into()))
        })
    }
}

async fn ask(
    connector: TlsConnector,
    mut request: Request<BodyWrapper<Bytes>>,
) -> Result<BytesResponse, Failure> {
    let uri = std::mem::take(request.uri_mut());
    let authority = uri.authority().ok_or("this is no URL with a host")?.clone();
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    let port = authority.port_u16().unwrap_or(443);
    let stream = TcpStream::connect((host.as_str(), port)).await?;
    let name = ServerName::try_from(host).map_err(io::Error::other)?;
    let stream = connector.connect(name, stream).await?;
    let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    // To an origin server the target is a path (RFC 9112 §3.2.1).
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    *request.uri_mut() = path.parse::<Uri>()?;
    request
        .headers_mut()
        .insert(HOST, authority.as_str().parse()?);
    let (parts, content) = sender.send_request(request).await?.into_parts();
    // To its end: who waits for the rest of an answer later waits without a limit.
    let content = Limited::new(content, LARGEST).collect().await?.to_bytes();
    Ok(BytesResponse {
        parts,
        body: Box::new(content),
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, pin::pin};

    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::{ServerConfig, pki_types::PrivateKeyDer};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
        sync::Notify,
    };
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// Answers one request, and waits in the middle of the content until it is told to go on.
    async fn answer_slowly(listener: TcpListener, tls: TlsAcceptor, go_on: Arc<Notify>) {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = tls.accept(stream).await.unwrap();
        let mut asked = [0; 1024];
        assert!(stream.read(&mut asked).await.unwrap() > 0);
        let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab";
        stream.write_all(begun).await.unwrap();
        stream.flush().await.unwrap();
        go_on.notified().await;
        stream.write_all(b"cd").await.unwrap();
        stream.shutdown().await.unwrap();
    }

    #[actix_web::test]
    async fn an_answer_is_there_when_all_of_it_is() {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("ca.pem");
        fs::write(&authority, cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "https://localhost:{}/",
            listener.local_addr().unwrap().port()
        );
        let go_on = Arc::new(Notify::new());
        let tls = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(answer_slowly(listener, tls, Arc::clone(&go_on)));

        let Transport(connector) = Transport::new(Some(&authority)).unwrap();
        let request = Request::get(url).body(BodyWrapper::default()).unwrap();
        let mut asking = pin!(ask(connector, request));
        let early = timeout(Duration::from_millis(300), &mut asking).await;
        assert!(early.is_err(), "half of it is missing");
        go_on.notify_one();
        let mut answer = asking.await.unwrap();
        assert_eq!(answer.body.into_bytes().await.unwrap(), "abcd");
    }
}
