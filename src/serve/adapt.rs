//! A request of actix, h2 or [`direct`](super::direct) into the origin's, and the origin's reply into theirs: nothing is decided here.
//!
//! Each has fields in a form of its own. What is particular to a form is in the two traits below; the rest is written once, and generic.
//!
//! The types are those of `http` 1, h2's and hyper's; actix has those of an older one.
//!
//! Uses: origin, snapshot, actix-http, http 1 · Never: policy, files

use std::{net::SocketAddr, time::SystemTime};

use ::http::{
    HeaderName, HeaderValue, StatusCode, Version,
    header::{self, ETAG},
    request::Parts,
};
use actix_http::{RequestHead, header as actix};

use super::{
    content::{Body, Sending},
    explained,
    metrics::{self, Tally},
    state::{self, Published},
};
use crate::{
    http::{EntityTag, FieldSource, HttpDate, host_is_valid, is_host, is_same_host, names},
    origin,
    snapshot::Error,
};

/// A request, as any of them has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'r, M> {
    pub(super) client: Option<SocketAddr>,
    pub(super) method: &'r str,
    /// Of an absolute target, or of HTTP/2.
    pub(super) scheme: Option<&'r str>,
    /// That of an absolute target, or `:authority` (RFC 9113 §8.3.1).
    pub(super) authority: Option<&'r str>,
    /// Path and query, as sent; `*`; or nothing, for a target that has neither.
    pub(super) target: &'r str,
    pub(super) version: Version,
    pub(super) fields: &'r M,
}

/// The fields of a request.
pub(super) trait FieldMap {
    /// The values of `name`, in order.
    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]>;

    /// All lines.
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])>;
}

impl FieldMap for actix::HeaderMap {
    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.get_all(name).map(actix::HeaderValue::as_bytes)
    }

    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
    }
}

impl FieldMap for header::HeaderMap {
    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        field_name(name)
            .into_iter()
            .flat_map(|name| self.get_all(name))
            .map(HeaderValue::as_bytes)
    }

    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
    }
}

/// The head of a response.
pub(super) trait Head {
    /// One without fields.
    fn new(status: StatusCode) -> Self;

    /// One with the fields of a section that it shares with others, and its entity tag.
    fn of(status: StatusCode, shared: &state::Head, tag: Option<&EntityTag>) -> Self;

    /// Sets a field, in place of one of the same name.
    fn set(&mut self, name: HeaderName, value: HeaderValue);
}

impl Head for actix_http::Response<()> {
    fn new(status: StatusCode) -> Self {
        let status = actix_http::StatusCode::from_u16(status.as_u16());
        let status = status.expect("it is a status code there, too");
        Self::with_body(status, ())
    }

    fn of(status: StatusCode, shared: &state::Head, tag: Option<&EntityTag>) -> Self {
        let mut head: Self = Head::new(status);
        for (name, value) in &shared.lines {
            head.headers_mut().insert(name.clone(), value.clone());
        }
        if let Some(tag) = tag {
            head.set(ETAG, field_value(tag));
        }
        head
    }

    fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers_mut()
            .insert(state::actix_name(&name), state::actix_value(&value));
    }
}

impl Head for ::http::Response<()> {
    fn new(status: StatusCode) -> Self {
        let mut head = Self::new(());
        *head.status_mut() = status;
        head
    }

    fn of(status: StatusCode, shared: &state::Head, tag: Option<&EntityTag>) -> Self {
        let mut head: Self = Head::new(status);
        *head.headers_mut() = shared.map.clone();
        match tag {
            Some(tag) => drop(head.headers_mut().insert(ETAG, field_value(tag))),
            None => drop(head.headers_mut().remove(ETAG)),
        }
        head
    }

    fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers_mut().insert(name, value);
    }
}

impl<'r> Asked<'r, header::HeaderMap> {
    /// A request of h2.
    pub(super) fn of(parts: &'r Parts, client: Option<SocketAddr>) -> Self {
        let uri = &parts.uri;
        Self {
            client,
            method: parts.method.as_str(),
            scheme: uri.scheme_str(),
            authority: uri.authority().map(::http::uri::Authority::as_str),
            target: uri.path_and_query().map_or("", |target| target.as_str()),
            version: parts.version,
            fields: &parts.headers,
        }
    }
}

impl<'r> Asked<'r, actix::HeaderMap> {
    /// A request of actix.
    pub(super) fn of_actix(head: &'r RequestHead) -> Self {
        let uri = &head.uri;
        Self {
            client: head.peer_addr,
            method: head.method.as_str(),
            scheme: uri.scheme_str(),
            authority: uri.authority().map(actix_http::uri::Authority::as_str),
            target: uri.path_and_query().map_or("", |target| target.as_str()),
            version: match head.version {
                actix_http::Version::HTTP_09 => Version::HTTP_09,
                actix_http::Version::HTTP_10 => Version::HTTP_10,
                actix_http::Version::HTTP_2 => Version::HTTP_2,
                _ => Version::HTTP_11,
            },
            fields: &head.headers,
        }
    }
}

impl<M: FieldMap> Asked<'_, M> {
    /// Is it clear which host is asked, whichever that is? Only a bad request leaves it open (RFC 9112 §3.2).
    pub(super) fn host_is_valid(&self) -> bool {
        self.authority_is_valid() && host_is_valid(self)
    }

    /// What `Host` is in HTTP/1.1, `:authority` is in HTTP/2, and the authority of an absolute target in both.
    ///
    /// In HTTP/2 a `Host` that says otherwise makes the request malformed (RFC 9113 §8.3.1): what one program on the way takes from the one, the next may
    /// take from the other. In HTTP/1.1 it must be ignored where the target is absolute (RFC 9112 §3.2.2).
    fn authority_is_valid(&self) -> bool {
        let Some(authority) = self.authority.map(str::as_bytes) else {
            return true;
        };
        let port = match self.scheme {
            Some("https") => Some(443),
            Some("http") => Some(80),
            _ => None,
        };
        let agrees = |host: &[u8]| is_same_host(host, authority, port);
        is_host(authority)
            && (self.version != Version::HTTP_2 || self.lines(names::HOST).all(agrees))
    }
}

impl<M: FieldMap> FieldSource for Asked<'_, M> {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.fields.values(name)
    }
}

/// The name as a `HeaderName`. Those that a request is always asked for are not parsed each time: that cost more than all the looking-up.
fn field_name(name: &str) -> Option<HeaderName> {
    Some(match name {
        names::ACCEPT => header::ACCEPT,
        names::ACCEPT_ENCODING => header::ACCEPT_ENCODING,
        names::HOST => header::HOST,
        names::IF_MATCH => header::IF_MATCH,
        names::IF_MODIFIED_SINCE => header::IF_MODIFIED_SINCE,
        names::IF_NONE_MATCH => header::IF_NONE_MATCH,
        names::IF_RANGE => header::IF_RANGE,
        names::IF_UNMODIFIED_SINCE => header::IF_UNMODIFIED_SINCE,
        names::RANGE => header::RANGE,
        other => return HeaderName::try_from(other).ok(),
    })
}

/// Answers one request: a head, and a body that may have to be opened first.
pub(super) fn answer<M: FieldMap, H: Head>(
    published: &Published,
    asked: &Asked<'_, M>,
    now: HttpDate,
) -> (H, Body) {
    if !asked.authority_is_valid() {
        let (head, sending) = failure(published, Error::BadHost);
        return (head, Body::Ready(sending));
    }
    if let Some(explanation) = explained::answer(published, asked, now) {
        return explanation;
    }
    let (path, query) = match asked.target.split_once('?') {
        // The empty path of an absolute target is that of the root (RFC 9110 §4.2.3).
        Some(("", query)) if asked.authority.is_some() => ("/", Some(query)),
        Some((path, query)) => (path, Some(query)),
        None => (asked.target, None),
    };
    let request = origin::Request {
        method: asked.method,
        path,
        query,
        fields: asked,
    };
    let reply = origin::respond(&published.snapshot, &request, now);
    let tally = Tally::of(&reply, request.path);
    let shared = published.head(reply.head);
    let mut head = H::of(status(reply.status), shared, reply.entity_tag);
    for (name, value) in &reply.extra {
        if let (Some(name), Ok(value)) = (field_name(name), HeaderValue::from_str(value.as_str())) {
            head.set(name, value);
        }
    }
    (head, Body::of(reply.length, reply.content, tally))
}

/// The answer of a server that cannot do what it decided to do.
pub(super) fn failure<H: Head>(published: &Published, error: Error) -> (H, Sending) {
    let answer = published.snapshot.error(error);
    metrics::failed(answer.status);
    let head = H::of(status(answer.status), published.head(answer.head), None);
    (head, Sending::at_once(&answer.content))
}

/// The value of `ETag`, in the memory of the tag itself.
fn field_value(tag: &EntityTag) -> HeaderValue {
    HeaderValue::from_maybe_shared(tag.to_bytes()).expect("a tag is visible ASCII")
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The time of a reply.
pub(super) fn now() -> HttpDate {
    HttpDate::from_system_time(SystemTime::now()).unwrap_or(HttpDate::EPOCH)
}
