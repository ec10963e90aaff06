//! What the origin sees of a request.
//!
//! Uses: http · Never: sockets, a server's own request type (an edge adapts it)

use crate::http::{FieldSource, accepts_html, names};

/// A borrowed view of one request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r, F> {
    /// The method, as sent: methods are case-sensitive (RFC 9110 §9.1).
    pub method: &'r str,
    /// The path of the request target, as sent: not decoded.
    pub path: &'r str,
    /// The query of the request target, without its `?`.
    pub query: Option<&'r str>,
    /// The fields of the request.
    pub fields: &'r F,
}

/// The methods that are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Head,
    Options,
}

impl Method {
    /// The method of this name; `None` for one that a static site has no use for.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "GET" => Some(Self::Get),
            "HEAD" => Some(Self::Head),
            "OPTIONS" => Some(Self::Options),
            _ => None,
        }
    }
}

/// Is this request a navigation: does somebody want to see a document?
///
/// Asked only about a path that no file has and that does not look like an asset's. `Sec-Fetch-Mode` and `Sec-Fetch-Dest` say it outright (Fetch
/// Metadata); where a client does not send them, `Accept` has to take HTML. A script's `fetch("/api/x")` says `empty`, and gets its 404.
pub(super) fn is_navigation(fields: &impl FieldSource) -> bool {
    let says = |name: &str, values: &[&[u8]]| {
        let mut lines = fields.lines(name).peekable();
        lines
            .peek()
            .is_some()
            .then(|| lines.all(|line| values.contains(&line.trim_ascii())))
    };
    let documents: &[&[u8]] = &[b"document", b"iframe", b"frame", b"embed", b"object"];
    if says(names::SEC_FETCH_MODE, &[b"navigate"]) == Some(true) {
        return true;
    }
    match says(names::SEC_FETCH_DEST, documents) {
        Some(answer) => answer,
        None => accepts_html(fields.lines(names::ACCEPT)),
    }
}
