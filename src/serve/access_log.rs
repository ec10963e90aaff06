//! One line per request, for those who want it: combined or JSON.
//!
//! Made as a `tracing` event under a target of its own; the subscriber writes it from another thread. Switched off, it costs the look at one atomic.
//!
//! Values are logged as they came; whoever writes the line escapes them.
//!
//! Uses: tracing, actix-web · Never: the reply's content

use actix_web::{HttpRequest, HttpResponse, body::BodySize, body::MessageBody, http::header};

use super::content::Sending;

/// The target of access log events.
pub const TARGET: &str = "larder::access";

/// Logs a request and its response.
pub(super) fn log(request: &HttpRequest, response: &HttpResponse<Sending>) {
    if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
        return;
    }
    let bytes = match (response.body(), response.body().size()) {
        (Sending::Announced(_), _) => 0,
        (_, BodySize::Sized(length)) => length,
        _ => 0,
    };
    let field = |name| {
        let value = request
            .headers()
            .get(name)
            .map_or(&b"-"[..], header::HeaderValue::as_bytes);
        String::from_utf8_lossy(value).into_owned()
    };
    tracing::info!(
        target: TARGET,
        client = request.peer_addr().map_or_else(|| "-".to_owned(), |address| address.ip().to_string()),
        method = request.method().as_str(),
        target = %request.uri().path_and_query().map_or("*", |target| target.as_str()),
        version = ?request.version(),
        status = response.status().as_u16(),
        bytes,
        referer = field(header::REFERER),
        user_agent = field(header::USER_AGENT),
    );
}
