//! The routes in front of the origin: what is larder's own, and who may not ask at all.
//!
//! Uses: serve, guard, socket, actix-web, rustls · Never: the site (it is the origin's)

use std::sync::Arc;

use actix_web::{
    App, HttpResponse,
    body::MessageBody,
    dev::{RequestHead, ServiceFactory, ServiceRequest, ServiceResponse},
    guard::{Guard, GuardContext, fn_guard},
    http::{
        StatusCode,
        header::{self, CacheControl, CacheDirective, HeaderName},
    },
    web,
};

use super::{
    LIVE, SCRIPT,
    guard::{Names, is_same_origin},
    hub::Hub,
    socket::live,
};
use crate::serve::{self, Current};

/// The browser's half.
const LIVE_JS: &str = include_str!("live.js");

/// The application: what is larder's own, and behind it the origin, as in production.
pub fn application(
    current: Arc<Current>,
    hub: Arc<Hub>,
    names: Names,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    serve::app(current).configure(|routes| own_routes(routes, web::Data::from(hub), names))
}

/// Everything that is answered before the origin is asked.
fn own_routes(routes: &mut web::ServiceConfig, hub: web::Data<Hub>, names: Names) {
    let refused = move |context: &GuardContext<'_>| {
        !authority(context.head()).is_some_and(|authority| names.allow(authority))
    };
    routes
        .app_data(hub)
        .service(anything(fn_guard(refused)).to(refuse_host))
        .service(anything(fn_guard(is_foreign_socket)).to(refuse_origin))
        .service(web::resource(SCRIPT).to(script))
        .service(web::resource(LIVE).to(live));
}

/// A route for whatever `guard` takes, under any path.
fn anything(guard: impl Guard + 'static) -> actix_web::Resource {
    web::resource("{path:.*}").guard(guard)
}

/// Whom a request is for (RFC 9110 §7.2).
fn authority(head: &RequestHead) -> Option<&str> {
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
            let pair = origin.to_str().ok().zip(authority(head));
            !pair.is_some_and(|(origin, authority)| is_same_origin(origin, authority))
        })
}

/// The fields of what nobody is to keep, or to take for a page.
fn plain(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header(CacheControl(vec![CacheDirective::NoStore]))
        .insert_header((HeaderName::from_static("x-content-type-options"), "nosniff"))
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
    HttpResponse::Ok()
        .insert_header(CacheControl(vec![CacheDirective::NoCache]))
        .insert_header((HeaderName::from_static("x-content-type-options"), "nosniff"))
        .content_type("text/javascript; charset=utf-8")
        .body(LIVE_JS)
}
