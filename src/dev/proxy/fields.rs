//! Which fields are forwarded, and which are added.
//!
//! Implements RFC 9110 §7.6.1 (what belongs to one connection), §7.6.3 (`Via`).
//!
//! Uses: actix-web, hyper (both libraries' field types) · Never: content

use actix_web::{
    HttpRequest, HttpResponseBuilder,
    http::header::{ACCEPT, HeaderMap},
};
use hyper::{
    HeaderMap as OutgoingFields, Request,
    header::{
        CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, HeaderValue, TE, TRAILER,
        TRANSFER_ENCODING, UPGRADE, VIA,
    },
};

use super::{Outgoing, body::Asked, failure::Failure};
use crate::dev::server::authority_of;

/// What concerns one connection and not the message, besides what `Connection` itself names.
const OF_CONNECTION: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Is the field, in lower case, for this connection only, given the values of `Connection`?
fn is_of_connection<'v>(name: &str, connection: impl Iterator<Item = &'v str>) -> bool {
    OF_CONNECTION.contains(&name)
        || connection
            .flat_map(|value| value.split(','))
            .any(|option| option.trim().eq_ignore_ascii_case(name))
}

/// The protocol that a request wants to change to, if that is one that it can change to here. Any other is as if nobody had asked for it (RFC 9110 §7.8): the
/// request may have content, which comes before.
pub(super) fn upgrade(fields: &HeaderMap) -> Option<String> {
    let wants = fields
        .get_all("connection")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case("upgrade"));
    let protocol = fields.get("upgrade")?.to_str().ok()?;
    let has_content =
        fields.contains_key("content-length") || fields.contains_key("transfer-encoding");
    (wants && !has_content && protocol.eq_ignore_ascii_case("websocket"))
        .then(|| protocol.to_owned())
}

/// Does whoever asks read HTML?
pub(in crate::dev) fn wants_html(fields: &HeaderMap) -> bool {
    fields
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// The request as it is forwarded.
pub(super) fn outgoing(
    request: &HttpRequest,
    protocol: Option<&str>,
    is_secure: bool,
    asked: Asked,
) -> Result<Outgoing, Failure> {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let mut outgoing = Request::builder()
        .method(request.method().as_str())
        .uri(target)
        .body(asked)
        .map_err(|_| Failure::NotForwardable)?;
    let fields = outgoing.headers_mut();
    let connection = || {
        request
            .headers()
            .get_all("connection")
            .filter_map(|value| value.to_str().ok())
    };
    for (name, value) in request.headers() {
        // `Expect` was answered by us; the length is that of the content that we forward.
        let is_ours = [EXPECT.as_str(), CONTENT_LENGTH.as_str()].contains(&name.as_str());
        if is_ours || is_of_connection(name.as_str(), connection()) {
            continue;
        }
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_str().as_bytes()),
            HeaderValue::from_bytes(value.as_bytes()),
        ) {
            fields.append(name, value);
        }
    }
    if let Some(protocol) = protocol.and_then(|protocol| HeaderValue::from_str(protocol).ok()) {
        fields.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        fields.insert(UPGRADE, protocol);
    }
    // Not what the client says about itself in fields of this kind: it is the first of the chain.
    let authority = authority_of(request.head()).ok_or(Failure::NotForwardable)?;
    let host = HeaderValue::from_str(authority).map_err(|_| Failure::NotForwardable)?;
    // That of a target in absolute form counts, whatever `Host` says (RFC 9112 §3.2.2).
    fields.insert(HOST, host.clone());
    fields.insert("x-forwarded-host", host);
    let scheme = if is_secure { "https" } else { "http" };
    fields.insert("x-forwarded-proto", HeaderValue::from_static(scheme));
    if let Some(peer) = request.peer_addr() {
        append(fields, "x-forwarded-for", &peer.ip().to_string());
    }
    append(fields, VIA.as_str(), "1.1 larder");
    Ok(outgoing)
}

/// Adds an item to a list that may be there already.
fn append(fields: &mut OutgoingFields, name: &str, item: &str) {
    let before = fields
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .chain([item])
        .collect::<Vec<_>>()
        .join(", ");
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_str(&before),
    ) {
        fields.insert(name, value);
    }
}

/// The fields of the answer.
pub(super) fn pass_on(fields: &OutgoingFields, response: &mut HttpResponseBuilder) {
    let connection = || {
        fields
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
    };
    for (name, value) in fields {
        let is_ours = *name == CONTENT_LENGTH || [TE, TRAILER, TRANSFER_ENCODING].contains(name);
        if !is_ours && !is_of_connection(name.as_str(), connection()) {
            response.append_header((name.as_str(), value.as_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_connection_names_is_of_this_connection() {
        assert!(is_of_connection("x-mine", ["close, X-Mine"].into_iter()));
        assert!(is_of_connection("te", [].into_iter()));
        assert!(!is_of_connection("cookie", ["close"].into_iter()));
    }

    #[test]
    fn an_item_joins_the_list_that_is_there() {
        let mut fields = OutgoingFields::new();
        append(&mut fields, "x-forwarded-for", "1.1.1.1");
        append(&mut fields, "x-forwarded-for", "2.2.2.2");
        assert_eq!(fields["x-forwarded-for"], "1.1.1.1, 2.2.2.2");
    }
}
