//! Plain HTTP, for a site that is served over HTTPS: every request is sent there.
//!
//! The host in the target is one of those that the certificates are for, or the request gets 421, and 400 if it is no host at all: what a client writes into
//! `Host` leads nobody anywhere else.
//! `/.well-known/acme-challenge/` is answered, with larder's own proof or with the site's file: a certification authority begins with plain HTTP.
//!
//! RFC 9110 §7.4 (misdirected requests), §15.4.9 (308), §15.5.20 (421); RFC 8555 §8.3 (HTTP-01).
//!
//! Uses: actix-http, certificates · Never: the site's content (the application has it)

use std::{
    future::Future,
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use actix_http::{
    Request, Response, StatusCode,
    body::{BoxBody, MessageBody},
    header::{
        CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue, LOCATION, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use actix_service::{Service, ServiceFactory};

use super::{
    adapt::Asked,
    certificates::{Certificates, host_of},
};

/// Where a certification authority looks for the proof of a name.
const CHALLENGES: &str = "/.well-known/acme-challenge/";

/// In front of the application `S`: it sees the challenges, and nothing else.
pub(super) struct ToHttps<S> {
    pub(super) inner: S,
    pub(super) certificates: Arc<Certificates>,
    /// The port of HTTPS, as clients reach it.
    pub(super) port: u16,
}

impl<S> ToHttps<S> {
    /// The reply of this module, or none: then it is for the application.
    fn reply(&self, request: &Request) -> Option<Response<BoxBody>> {
        if let Some(token) = request.path().strip_prefix(CHALLENGES) {
            let proof = self.certificates.tokens().get(token).cloned()?;
            return Some(text(StatusCode::OK, proof));
        }
        if !Asked::of_actix(request.head()).host_is_valid() {
            let why = "The host of this request is none.\n";
            return Some(text(StatusCode::BAD_REQUEST, why.to_owned()));
        }
        let host = host(request).filter(|host| self.certificates.is_for(host));
        let Some(host) = host else {
            let why = "This server is not the one of that host.\n";
            return Some(text(StatusCode::MISDIRECTED_REQUEST, why.to_owned()));
        };
        let port = match self.port {
            443 => String::new(),
            port => format!(":{port}"),
        };
        let target = request
            .uri()
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let (slash, target) = match target {
            "*" => ("/", ""),
            // An empty path is that of the root (RFC 9110 §4.2.3).
            _ if target.starts_with('?') => ("/", target),
            // It may begin with two slashes, and after `https://host` still is a path.
            _ => ("", target),
        };
        let location = format!("https://{host}{port}{slash}{target}");
        let location = HeaderValue::from_str(&location).ok()?;
        let mut response = text(StatusCode::PERMANENT_REDIRECT, String::new());
        response.headers_mut().insert(LOCATION, location);
        let ask_again = HeaderValue::from_static("no-cache");
        response.headers_mut().insert(CACHE_CONTROL, ask_again);
        Some(response)
    }
}

/// The host that the request is for, without a port, as certificates have it.
fn host(request: &Request) -> Option<String> {
    let of_target = request.uri().host();
    let of_field = || request.head().headers().get(HOST)?.to_str().ok();
    let authority = of_target.or_else(of_field)?;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match bare.unwrap_or(host).parse::<IpAddr>() {
        Ok(address) if address.is_ipv6() == bare.is_some() => Some(host_of(address)),
        _ => Some(host.trim_end_matches('.').to_ascii_lowercase()),
    }
}

fn text(status: StatusCode, text: String) -> Response<BoxBody> {
    let mut response = Response::with_body(status, BoxBody::new(text));
    let fields = response.headers_mut();
    fields.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

impl<S> ServiceFactory<Request> for ToHttps<S>
where
    S: ServiceFactory<Request, Config = ()>,
    S::Future: 'static,
    S::InitError: 'static,
    ToHttps<S::Service>: Service<Request>,
    S::Service: 'static,
{
    type Response = <ToHttps<S::Service> as Service<Request>>::Response;
    type Error = <ToHttps<S::Service> as Service<Request>>::Error;
    type Config = ();
    type Service = ToHttps<S::Service>;
    type InitError = S::InitError;
    type Future = Boxed<Result<Self::Service, Self::InitError>>;

    fn new_service(&self, (): ()) -> Self::Future {
        let inner = self.inner.new_service(());
        let (certificates, port) = (Arc::clone(&self.certificates), self.port);
        Box::pin(async move {
            let inner = inner.await?;
            Ok(ToHttps {
                inner,
                certificates,
                port,
            })
        })
    }
}

impl<S, B> Service<Request> for ToHttps<S>
where
    S: Service<Request, Response = Response<B>>,
    S::Future: 'static,
    S::Error: Into<Response<BoxBody>>,
    B: MessageBody + 'static,
{
    type Response = Response<BoxBody>;
    type Error = Response<BoxBody>;
    type Future = Boxed<Result<Self::Response, Self::Error>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&self, request: Request) -> Self::Future {
        if let Some(reply) = self.reply(&request) {
            return Box::pin(std::future::ready(Ok(reply)));
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut answer = answer.await.map_err(Into::into)?;
            // Nothing here is secure (RFC 6797 §7.2).
            answer.headers_mut().remove(STRICT_TRANSPORT_SECURITY);
            Ok(answer.map_into_boxed_body())
        })
    }
}
