//! The routes in front of the origin: what is larder's own, and who may not ask at all.
//!
//! Uses: serve, guard, socket, actix-web, rustls · Never: the site (it is the origin's)

use std::sync::Arc;

use actix_web::{
    App, HttpResponse, HttpResponseBuilder,
    body::MessageBody,
    dev::{RequestHead, ServiceFactory, ServiceRequest, ServiceResponse},
    guard::{Guard, GuardContext, fn_guard},
    http::{
        StatusCode,
        header::{self, CacheControl, CacheDirective, HeaderName},
    },
    middleware::from_fn,
    web,
};

use super::{
    AUTHORITY, LIVE, SCRIPT,
    guard::{Names, is_same_origin},
    hub::Hub,
    page,
    proxy::{Proxies, forward},
    socket::live,
};
use crate::serve::{self, Current};

/// The browser's half.
const LIVE_JS: &str = include_str!("live.js");

/// What a development server is made of.
#[derive(Clone)]
pub struct Parts {
    /// What is served.
    pub current: Arc<Current>,
    /// The connected browsers.
    pub hub: Arc<Hub>,
    /// What another server answers.
    pub proxies: Arc<Proxies>,
    /// The names that are answered to.
    pub names: Arc<Names>,
    /// The certificate of the authority that signed ours, in PEM form.
    pub authority: Option<String>,
}

/// The certificate of the authority that signed ours, if we have one.
pub(super) struct Authority(Option<String>);

impl Authority {
    /// Is HTTPS spoken here?
    pub(super) fn is_secure(&self) -> bool {
        self.0.is_some()
    }
}

/// The application: what is larder's own, what is the back end's, and behind them the origin, as in production.
pub fn application(
    parts: &Parts,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let parts = parts.clone();
    serve::app(Arc::clone(&parts.current))
        .wrap(from_fn(page::of_errors))
        .configure(|routes| own_routes(routes, parts))
}

/// Everything that is answered before the origin is asked.
fn own_routes(routes: &mut web::ServiceConfig, parts: Parts) {
    let Parts {
        hub,
        proxies,
        names,
        authority,
        ..
    } = parts;
    let refused = move |context: &GuardContext<'_>| {
        !authority_of(context.head()).is_some_and(|authority| names.allow(authority))
    };
    let elsewhere = Arc::clone(&proxies);
    let is_proxied =
        move |context: &GuardContext<'_>| elsewhere.find(context.head().uri.path()).is_some();
    routes
        .app_data(web::Data::from(hub))
        .app_data(web::Data::from(proxies))
        .app_data(web::Data::new(Authority(authority)))
        .service(anything(fn_guard(refused)).to(refuse_host))
        .service(anything(fn_guard(is_foreign_socket)).to(refuse_origin))
        .service(web::resource(SCRIPT).to(script))
        .service(web::resource(LIVE).to(live))
        .service(web::resource(AUTHORITY).to(authority_certificate))
        .service(anything(fn_guard(is_proxied)).to(forward));
}

/// A route for whatever `guard` takes, under any path.
fn anything(guard: impl Guard + 'static) -> actix_web::Resource {
    web::resource("{path:.*}").guard(guard)
}

/// Whom a request is for (RFC 9110 §7.2).
pub(super) fn authority_of(head: &RequestHead) -> Option<&str> {
    let in_target = head
        .uri
        .authority()
        .map(actix_web::http::uri::Authority::as_str);
    in_target.or_else(|| head.headers.get(header::HOST)?.to_str().ok())
}

/// Is it a WebSocket, or another protocol, that a page of somebody else's wants to speak?
fn is_foreign_socket(context: &GuardContext<'_>) -> bool {
    let head = context.head();
    let origin = head.headers.get(header::ORIGIN);
    head.headers.contains_key(header::UPGRADE)
        && origin.is_some_and(|origin| {
            let pair = origin.to_str().ok().zip(authority_of(head));
            !pair.is_some_and(|(origin, authority)| is_same_origin(origin, authority))
        })
}

/// An answer that nobody is to keep, or to take for something else than it is.
pub(super) fn unkept(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header(CacheControl(vec![CacheDirective::NoStore]))
        .insert_header((HeaderName::from_static("x-content-type-options"), "nosniff"));
    response
}

fn plain(status: StatusCode, text: &'static str) -> HttpResponse {
    unkept(status)
        .content_type("text/plain; charset=utf-8")
        .body(text)
}

async fn refuse_host() -> HttpResponse {
    plain(
        StatusCode::MISDIRECTED_REQUEST,
        "421 Misdirected Request: this development server answers to addresses and to localhost only, so that no other site can read it \
         through a name of its own. If the name is yours, start it with --allow-host NAME, or write it into [dev] hosts of policy.toml.\n",
    )
}

async fn refuse_origin() -> HttpResponse {
    plain(
        StatusCode::FORBIDDEN,
        "403 Forbidden: a page of another origin may not open a WebSocket here.\n",
    )
}

async fn script() -> HttpResponse {
    unkept(StatusCode::OK)
        .content_type("text/javascript; charset=utf-8")
        .body(LIVE_JS)
}

/// The certificate that a phone has to trust: it is no secret.
async fn authority_certificate(authority: web::Data<Authority>) -> HttpResponse {
    match &authority.0 {
        Some(pem) => unkept(StatusCode::OK)
            .content_type("application/x-x509-ca-cert")
            .body(pem.clone()),
        None => plain(StatusCode::NOT_FOUND, "404 Not Found\n"),
    }
}
