//! The way to the developer's back end: requests, and the sockets of RFC 6455, for some paths are answered by another server.
//!
//! hyper does the talking, on a connection of its own for each request; content streams through in both directions. What belongs to one connection only is
//! not forwarded (RFC 9110 §7.6.1); where a request came from is added. `Host` stays, so that a back end that compares it with `Origin` is content.
//!
//! Uses: policy (where to), hyper, actix-web, arc-swap · Never: the site

mod body;
mod failure;
mod fields;
mod tunnel;

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, rt, web};
use arc_swap::ArcSwap;
use hyper::{Request, Response, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::server::Authority;
use crate::policy::Proxy;
use body::{Answered, Asked};
use failure::Failure;

/// How long the back end may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long it may take to begin an answer: somebody may be at a breakpoint.
const ANSWER: Duration = Duration::from_mins(5);

/// What is answered elsewhere, as the policy in force says.
#[derive(Debug, Default)]
pub struct Proxies(ArcSwap<Vec<Proxy>>);

impl Proxies {
    /// What `proxies` say, the longest prefix first.
    pub fn new(proxies: &[Proxy]) -> Self {
        Self(ArcSwap::from_pointee(proxies.to_vec()))
    }

    /// From now on, what `proxies` say.
    pub fn replace(&self, proxies: &[Proxy]) {
        self.0.store(Arc::new(proxies.to_vec()));
    }

    /// Who answers `path`, if that is not the site.
    pub(super) fn find(&self, path: &str) -> Option<Proxy> {
        self.0
            .load()
            .iter()
            .find(|proxy| proxy.covers(path))
            .cloned()
    }
}

/// Forwards a request, and its answer.
pub(super) async fn forward(
    request: HttpRequest,
    payload: web::Payload,
    proxies: web::Data<Proxies>,
    authority: web::Data<Authority>,
) -> HttpResponse {
    let Some(proxy) = proxies.find(request.path()) else {
        // Between the guard and here, the policy changed.
        return HttpResponse::ServiceUnavailable().finish();
    };
    match exchange(&request, payload, &proxy, authority.is_secure()).await {
        Ok(response) => response,
        Err(failure) => failure.page(&proxy, fields::wants_html(request.headers())),
    }
}

async fn exchange(
    request: &HttpRequest,
    payload: web::Payload,
    proxy: &Proxy,
    is_secure: bool,
) -> Result<HttpResponse, Failure> {
    let stream = timeout(CONNECT, TcpStream::connect(&proxy.authority))
        .await
        .map_err(|_| Failure::Silent("accept a connection"))?
        .map_err(Failure::Unreachable)?;
    // Small messages of a WebSocket are not to wait for each other; where that cannot be had they are only slower.
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(Failure::Broken)?;
    rt::spawn(async move {
        // What goes wrong on the connection is told to whoever waits for the answer.
        let _ = connection.with_upgrades().await;
    });
    let protocol = fields::upgrade(request.headers());
    let (asked, mut rest) = Asked::split(payload, request.headers(), protocol.is_some());
    let outgoing = fields::outgoing(request, protocol.as_deref(), is_secure, asked)?;
    let answer = timeout(ANSWER, sender.send_request(outgoing))
        .await
        .map_err(|_| Failure::Silent("begin an answer"))?
        .map_err(Failure::Broken)?;
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
    response.body(Answered::new(answer.into_body(), status, is_head, length))
}

type Outgoing = Request<Asked>;
