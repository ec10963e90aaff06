//! One line per request, for those who want it: combined or JSON.
//!
//! Made as a `tracing` event under a target of its own; the subscriber writes it from another thread. Switched off, it costs the look at one atomic.
//!
//! Values are logged as they came; whoever writes the line escapes them.
//!
//! Uses: tracing, actix-web · Never: the reply's content

use super::adapt::{Asked, FieldMap};

/// The target of access log events.
pub const TARGET: &str = "larder::access";

/// Logs a request and its reply.
pub(super) fn log<M: FieldMap>(asked: &Asked<'_, M>, status: u16, bytes: u64) {
    if !is_on() {
        return;
    }
    let field = |name: &str| {
        let value = asked.fields.values(name).next().unwrap_or(b"-");
        String::from_utf8_lossy(value).into_owned()
    };
    tracing::info!(
        target: TARGET,
        client = asked.client.map_or_else(|| "-".to_owned(), |address| address.ip().to_string()),
        method = asked.method,
        target = asked.target,
        version = ?asked.version,
        status,
        bytes,
        referer = field("Referer"),
        user_agent = field("User-Agent"),
    );
}

/// Does anybody want lines?
pub(super) fn is_on() -> bool {
    tracing::enabled!(target: TARGET, tracing::Level::INFO)
}
