//! The way to the developer's back end: requests, and the sockets of RFC 6455, for some paths are answered by another server.
//!
//! hyper does the talking, on a connection of its own for each request; content streams through in both directions. What belongs to one connection only is
//! not forwarded (RFC 9110 §7.6.1); where a request came from is added. `Host` stays, so that a back end that compares it with `Origin` is content.
//!
//! Uses: policy (where to), client (whom to trust), hyper, actix-web, arc-swap · Never: the site

mod body;
mod failure;
mod fields;
mod tunnel;

use std::{fs, sync::Arc, time::Duration};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{StatusCode, Version},
    rt, web,
};
use arc_swap::ArcSwap;
use hyper::{Request, Response, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{timeout, timeout_at},
};
use tokio_rustls::TlsConnector;

use super::{page::NotOurs, server::Authority};
use crate::{
    client::Trust,
    http::exchange::Protocol,
    policy::{Dev, Proxy},
};
use body::{Answered, Asked};
use failure::Failure;

pub(super) use fields::wants_html;

/// How long the back end may take to accept a connection, and again for a TLS handshake.
const CONNECT: Duration = Duration::from_secs(5);

/// What is answered elsewhere, as the policy in force says.
#[derive(Debug, Default)]
pub struct Proxies(ArcSwap<Dev>);

impl Proxies {
    /// What `dev` says.
    pub fn new(dev: &Dev) -> Self {
        Self(ArcSwap::from_pointee(dev.clone()))
    }

    /// From now on, what `dev` says.
    pub fn replace(&self, dev: &Dev) {
        self.0.store(Arc::new(dev.clone()));
    }

    /// Who answers `path`, if that is not the site.
    pub(super) fn find(&self, path: &str) -> Option<Way> {
        let dev = self.0.load();
        let proxy = dev.proxy.iter().find(|proxy| proxy.covers(path))?;
        Some(Way {
            proxy: proxy.clone(),
            ca: dev.proxy_ca.clone(),
            patience: dev.proxy_timeout,
        })
    }
}

/// How a request gets to the back end.
#[derive(Clone, Debug)]
pub(super) struct Way {
    proxy: Proxy,
    ca: Option<String>,
    patience: Duration,
}

/// Forwards a request, and its answer.
pub(super) async fn forward(
    request: HttpRequest,
    payload: web::Payload,
    proxies: web::Data<Proxies>,
    authority: web::Data<Authority>,
) -> HttpResponse {
    let Some(way) = proxies.find(request.path()) else {
        // Between the guard and here, the policy changed.
        return HttpResponse::ServiceUnavailable().finish();
    };
    request.extensions_mut().insert(NotOurs);
    match reach(&request, payload, &way, authority.is_secure()).await {
        Ok(response) => response,
        Err(failure) => failure.page(&way.proxy, fields::wants_html(request.headers())),
    }
}

/// Connects to the back end, under TLS if that is wanted, and asks it.
async fn reach(
    request: &HttpRequest,
    payload: web::Payload,
    way: &Way,
    is_secure: bool,
) -> Result<HttpResponse, Failure> {
    let stream = timeout(CONNECT, TcpStream::connect(&way.proxy.authority))
        .await
        .map_err(|_| Failure::Silent("accept a connection"))?
        .map_err(Failure::Unreachable)?;
    // Small messages of a WebSocket are not to wait for each other; where that cannot be had they are only slower.
    let _ = stream.set_nodelay(true);
    if !way.proxy.secure {
        return exchange(request, payload, stream, way.patience, is_secure).await;
    }
    let ca = way.ca.clone();
    // Reading what the system trusts takes some milliseconds; a certificate made anew is taken at the next request.
    let connector = web::block(move || connector(ca.as_deref()))
        .await
        .map_err(|_| Failure::NoTrust("the program is ending".to_owned()))??;
    let name = ServerName::try_from(way.proxy.host().to_owned())
        .map_err(|error| Failure::NoTrust(error.to_string()))?;
    let stream = timeout(CONNECT, connector.connect(name, stream))
        .await
        .map_err(|_| Failure::NoHandshake)?
        .map_err(Failure::NotTrusted)?;
    exchange(request, payload, stream, way.patience, is_secure).await
}

/// What speaks TLS with whoever has one of the certificates in the file `ca`, or with whom the system trusts.
fn connector(ca: Option<&str>) -> Result<TlsConnector, Failure> {
    let trust = match ca {
        None => Trust::System,
        Some(file) => Trust::Only(
            fs::read(file).map_err(|error| Failure::NoTrust(format!("{file}: {error}")))?,
        ),
    };
    trust
        .connector(Protocol::Http1)
        .map_err(|error| Failure::NoTrust(error.to_string()))
}

async fn exchange(
    request: &HttpRequest,
    payload: web::Payload,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    patience: Duration,
    is_secure: bool,
) -> Result<HttpResponse, Failure> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(Failure::Broken)?;
    rt::spawn(async move {
        // What goes wrong on the connection is told to whoever waits for the answer.
        let _ = connection.with_upgrades().await;
    });
    let protocol = fields::upgrade(request.headers());
    let (asked, mut rest) = Asked::split(payload, request.headers(), protocol.is_some());
    let moved = asked.moved();
    let outgoing = fields::outgoing(request, protocol.as_deref(), is_secure, asked)?;
    let mut answer = std::pin::pin!(sender.send_request(outgoing));
    let answer = loop {
        // As long as it takes what it is sent, it is not silent.
        let end = moved.get() + patience;
        match timeout_at(end, answer.as_mut()).await {
            Ok(answer) => break answer.map_err(Failure::Broken)?,
            Err(_) if moved.get() + patience > end => {}
            Err(_) => return Err(Failure::Silent("begin an answer")),
        }
    };
    if answer.status() == hyper::StatusCode::SWITCHING_PROTOCOLS
        && let Some(payload) = rest.take()
    {
        return tunnel::open(answer, payload).await;
    }
    Ok(response(request, answer))
}

/// The answer of the back end, as it is passed on.
fn response(request: &HttpRequest, answer: Response<Incoming>) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(status);
    fields::pass_on(answer.headers(), &mut response);
    let length = answer
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let is_head = request.method() == actix_web::http::Method::HEAD;
    // Who speaks HTTP/1.0 knows no chunks: the end of the connection is that of the content (RFC 9112 §6.3).
    let is_old = request.version() < Version::HTTP_11;
    if is_old {
        response.force_close();
    }
    let content = Answered::new(answer.into_body(), status, is_head, length);
    let mut response = response.body(content);
    response.head_mut().no_chunking(is_old);
    response
}

type Outgoing = Request<Asked>;
