//! Explanations of a running server's answers, for the person at the machine and nobody else.
//!
//! A request that has `Larder-Explain: GET` (the method that is meant) is explained in place of being answered, if explaining is switched on, the
//! peer is on the loopback interface, and `Host` is a name of it. Both are looked at: a page of another origin that was led to a loopback
//! address by its own name server has that name in `Host`, and a proxy passes on the name that its client asked for. A request that a
//! proxy says it has forwarded is not explained either.
//!
//! What is explained comes from a function that `cli` gives; serving knows nothing of it.
//!
//! Uses: http, adapt · Never: policy, explain

use ::http::StatusCode;
use bytes::Bytes;

use super::{
    adapt::{Asked, FieldMap, Head},
    content::{Body, Sending},
    state::{self, Published},
};
use crate::{
    http::{FieldName, FieldSource, FieldValue, Fields, HttpDate, names},
    snapshot::Snapshot,
};

/// Explains what a snapshot answers to a request with this method, target and fields: JSON.
pub type Explain = fn(&Snapshot, &str, &str, &Fields, HttpDate) -> String;

/// The field that asks for an explanation.
pub const EXPLAIN: &str = "Larder-Explain";

/// The media type of an explanation, by which it is told from an answer.
pub const MEDIA_TYPE: &str = "application/vnd.larder.explanation+json";

/// What proxies add.
const FORWARDED: [&str; 5] = [
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Real-IP",
];

/// The explanation, if one is asked for by somebody who may have it.
pub(super) fn answer<M: FieldMap, H: Head>(
    published: &Published,
    asked: &Asked<'_, M>,
    now: HttpDate,
) -> Option<(H, Body)> {
    let explain = published.explain?;
    let method = std::str::from_utf8(asked.only_line(EXPLAIN)?).ok()?;
    if !is_at_the_machine(asked) {
        return None;
    }
    let mut fields = Fields::new();
    fields.extend(asked.fields.all().filter_map(|(name, value)| {
        let name = FieldName::parse(name).ok()?;
        let value = FieldValue::parse(std::str::from_utf8(value).ok()?).ok()?;
        let is_of_the_way = ["host", "user-agent", "connection"]
            .iter()
            .any(|known| name.matches(known));
        (!is_of_the_way && !name.matches(EXPLAIN)).then_some((name, value))
    }));
    let text = explain(
        &published.snapshot,
        method.trim(),
        asked.target,
        &fields,
        now,
    );
    let own = [
        (names::CONTENT_TYPE, MEDIA_TYPE),
        (names::CACHE_CONTROL, "no-store"),
        (names::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let own: Fields = own
        .into_iter()
        .map(|(name, value)| (FieldName::from_static(name), FieldValue::from_static(value)))
        .collect();
    let head = H::of(StatusCode::OK, &state::Head::new(&own), None);
    Some((head, Body::Ready(Sending::Held(Bytes::from(text)))))
}

/// Does the request come from this machine, by a name of this machine, and straight?
fn is_at_the_machine<M: FieldMap>(asked: &Asked<'_, M>) -> bool {
    let is_near = asked
        .client
        .is_some_and(|client| client.ip().to_canonical().is_loopback());
    let host = match asked.authority {
        Some(authority) => Some(authority),
        None => asked
            .only_line("Host")
            .and_then(|host| std::str::from_utf8(host).ok()),
    };
    let is_forwarded = FORWARDED.iter().any(|name| asked.has_field(name));
    is_near && host.is_some_and(is_loopback_name) && !is_forwarded
}

/// `localhost`, `127.0.0.1` or `[::1]`, with a port or without.
fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1" || name == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_machine_itself_are_loopback_names() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:8080",
        ] {
            assert!(is_loopback_name(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com:80",
            "127.0.0.2",
            "::1",
            "localhost:x",
        ] {
            assert!(!is_loopback_name(host), "{host}");
        }
    }
}
