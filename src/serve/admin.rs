//! What the operator and the machines of the operator ask: is it alive, is it ready, what has it done.
//!
//! Answered on a listener of its own. Where the site is served `/-/` belongs to the site, and what is here is nobody's business outside.
//!
//! Uses: actix-http, metrics, state · Never: the site's content

use std::{sync::Arc, time::SystemTime};

use actix_http::{
    Method, Request, Response, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS},
};

use super::{
    adapt::Asked,
    certificates::Certificates,
    metrics::{self, State},
    room::Room,
    state::Current,
};

/// What can be told.
#[derive(Clone)]
pub(super) struct Admin {
    pub(super) current: Arc<Current>,
    pub(super) room: Arc<Room>,
    pub(super) max_connections: usize,
    pub(super) certificates: Arc<Certificates>,
    pub(super) started: SystemTime,
}

impl Admin {
    /// Answers one request.
    pub(super) fn answer(&self, request: &Request) -> Response<String> {
        if !Asked::of_actix(request.head()).host_is_valid() {
            return text(
                StatusCode::BAD_REQUEST,
                "The host of this request is none.\n",
            );
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD.\n");
            let allow = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, allow);
            return response;
        }
        match request.path() {
            // That this is answered is the answer.
            "/-/health" => text(StatusCode::OK, "alive\n"),
            "/-/ready" if self.current.generation().0 > 0 => text(StatusCode::OK, "ready\n"),
            "/-/ready" => text(StatusCode::SERVICE_UNAVAILABLE, "no snapshot yet\n"),
            "/-/metrics" => {
                let mut response = text(StatusCode::OK, &metrics::text(&self.state()));
                let format = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
                response.headers_mut().insert(CONTENT_TYPE, format);
                response
            }
            _ => text(
                StatusCode::NOT_FOUND,
                "Here are /-/health, /-/ready and /-/metrics.\n",
            ),
        }
    }

    fn state(&self) -> State {
        let started = self.started.duration_since(SystemTime::UNIX_EPOCH);
        State {
            generation: self.current.generation().0,
            resources: self.current.resources(),
            snapshots: self.current.held(),
            connections: self.room.open(),
            max_connections: self.max_connections,
            certificates: self.certificates.ends(),
            started: started.map_or(0, |since| since.as_secs()),
        }
    }
}

fn text(status: StatusCode, text: &str) -> Response<String> {
    let mut response = Response::with_body(status, text.to_owned());
    let fields = response.headers_mut();
    fields.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
