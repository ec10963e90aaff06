//! One connection, and one request after another on it.
//!
//! Uses: http, hyper, sockets, clock · Never: a second connection, a retry

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, Response, Uri,
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
};

use super::{Place, error::ClientError, trust::Connectors};
use crate::http::{
    exchange::{Answer, Ask, End, Protocol, Received, Timing, Version},
    names,
};

/// An open connection. The tasks that move its bytes end when it is dropped.
#[derive(Debug)]
pub(super) struct Connection {
    sender: Sender,
    host: String,
    secure: bool,
}

#[derive(Debug)]
enum Sender {
    Http1(http1::SendRequest<Empty<Bytes>>),
    Http2(http2::SendRequest<Empty<Bytes>>),
}

/// Makes a connection, and says how long that took.
pub(super) async fn connect(
    place: &Place,
    connectors: Option<Connectors>,
) -> Result<(Connection, Duration), ClientError> {
    let start = Instant::now();
    let stream = reach(place).await?;
    // Requests are small and whole: waiting for more to send with them would only cost time.
    let _ = stream.set_nodelay(true);
    let sender = match connectors {
        None => speak(stream, place.protocol == Protocol::Http2, place).await?,
        Some(connectors) => {
            let failed = |source| ClientError::Tls {
                host: place.host.clone(),
                source,
            };
            let name = ServerName::try_from(place.host.trim_matches(['[', ']']).to_owned())
                .map_err(|error| failed(std::io::Error::other(error)))?;
            let connector = connectors.for_protocol(place.protocol);
            let stream = connector.connect(name, stream).await.map_err(failed)?;
            let has_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            if place.protocol == Protocol::Http2 && !has_http2 {
                return Err(ClientError::NoHttp2 {
                    host: place.host.clone(),
                });
            }
            speak(stream, has_http2, place).await?
        }
    };
    let connection = Connection {
        sender,
        host: place.host.clone(),
        secure: place.secure,
    };
    Ok((connection, start.elapsed()))
}

/// The first address of the host that takes a connection.
async fn reach(place: &Place) -> Result<TcpStream, ClientError> {
    let host = place.host.trim_matches(['[', ']']);
    let unknown = |source| ClientError::NoSuchHost {
        host: host.to_owned(),
        source,
    };
    let addresses = lookup_host((host, place.port)).await.map_err(unknown)?;
    let mut last = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    match last {
        Some(source) => Err(ClientError::Unreachable {
            host: host.to_owned(),
            port: place.port,
            source,
        }),
        None => Err(unknown(std::io::Error::other("the name has no address"))),
    }
}

async fn speak<S>(stream: S, is_http2: bool, place: &Place) -> Result<Sender, ClientError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let failed = |source| ClientError::NoAnswer {
        host: place.host.clone(),
        source,
    };
    let stream = TokioIo::new(stream);
    if is_http2 {
        let (sender, driver) = http2::handshake(TokioExecutor::new(), stream)
            .await
            .map_err(failed)?;
        tokio::spawn(driver);
        Ok(Sender::Http2(sender))
    } else {
        let (sender, driver) = http1::handshake(stream).await.map_err(failed)?;
        tokio::spawn(driver);
        Ok(Sender::Http1(sender))
    }
}

impl Connection {
    /// Can another request be sent?
    pub(super) fn is_open(&self) -> bool {
        match &self.sender {
            Sender::Http1(sender) => !sender.is_closed(),
            Sender::Http2(sender) => !sender.is_closed(),
        }
    }

    pub(super) async fn ask(
        &mut self,
        ask: &Ask,
        user_agent: &str,
        most: usize,
    ) -> Result<Answer, ClientError> {
        let request = self.request(ask, user_agent)?;
        let failed = |source| ClientError::NoAnswer {
            host: self.host.clone(),
            source,
        };
        let start = Instant::now();
        let response = match &mut self.sender {
            Sender::Http1(sender) => {
                sender.ready().await.map_err(failed)?;
                sender.send_request(request).await.map_err(failed)?
            }
            Sender::Http2(sender) => {
                sender.ready().await.map_err(failed)?;
                sender.send_request(request).await.map_err(failed)?
            }
        };
        Ok(read(response, start, most).await)
    }

    fn request(&self, ask: &Ask, user_agent: &str) -> Result<Request<Empty<Bytes>>, ClientError> {
        let authority = &ask.url[url::Position::BeforeHost..url::Position::AfterPort];
        let target = &ask.url[url::Position::BeforePath..url::Position::AfterQuery];
        let is_http2 = matches!(self.sender, Sender::Http2(_));
        let uri = if is_http2 {
            let scheme = if self.secure { "https" } else { "http" };
            Uri::builder()
                .scheme(scheme)
                .authority(authority)
                .path_and_query(target)
                .build()
        } else {
            Uri::builder().path_and_query(target).build()
        };
        let mut request = Request::builder()
            .method(ask.method.as_ref())
            .uri(uri.map_err(ClientError::Unwritable)?);
        if !is_http2 && !ask.fields.contains(names::HOST) {
            request = request.header(names::HOST, authority);
        }
        if !ask.fields.contains("User-Agent") {
            request = request.header("User-Agent", user_agent);
        }
        for (name, value) in &ask.fields {
            request = request.header(name.as_str(), value.as_bytes());
        }
        request.body(Empty::new()).map_err(ClientError::Unwritable)
    }
}

/// Reads the content, at most `most` bytes of it. What breaks off now is a finding about the answer and no error.
async fn read(response: Response<Incoming>, start: Instant, most: usize) -> Answer {
    let (head, mut body) = response.into_parts();
    let timing = Timing {
        connected: None,
        head: start.elapsed(),
        whole: Duration::ZERO,
    };
    let mut fields = Received::default();
    for (name, value) in &head.headers {
        fields.push(name.as_str(), value.as_bytes());
    }
    let mut content = BytesMut::new();
    let end = loop {
        match body.frame().await {
            None => break End::Complete,
            Some(Err(error)) => break End::Broken(error.to_string()),
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else {
                    continue;
                };
                let room = most - content.len();
                content.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    break End::Cut;
                }
            }
        }
    };
    Answer {
        version: match head.version {
            hyper::Version::HTTP_10 | hyper::Version::HTTP_09 => Version::Http10,
            hyper::Version::HTTP_2 => Version::Http2,
            _ => Version::Http11,
        },
        status: head.status.as_u16(),
        fields,
        content: content.freeze(),
        end,
        timing: Timing {
            whole: start.elapsed(),
            ..timing
        },
    }
}
