//! How long an answer is over HTTP/1.1, so that a timeline counts what a browser's network panel counts.
//!
//! Implements RFC 9112 §4 and §5 (status line, field lines).
//!
//! Uses: http · Never: sockets

use super::status::phrase;
use crate::http::Fields;

/// Bytes from the status line to the empty line.
pub(super) fn head_bytes(status: u16, fields: &Fields) -> u64 {
    let status_line = "HTTP/1.1 200 \r\n".len() + phrase(status).len();
    let lines: usize = fields
        .iter()
        .map(|(name, value)| name.as_str().len() + ": ".len() + value.as_str().len() + "\r\n".len())
        .sum();
    (status_line + lines + "\r\n".len()) as u64
}
