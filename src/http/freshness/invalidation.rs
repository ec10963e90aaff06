//! What a request that changed something drops from the caches it passed.
//!
//! Implements RFC 9111 §4.4, RFC 9110 §9.2.1.
//!
//! Uses: std · Never: stored responses

/// Does a response with this status to a request with this method invalidate what is stored for its target URI?
///
/// Only one that tells of a success or leads on (2xx, 3xx) to a method that is not safe does: a refused change has changed nothing. A method
/// that nobody knows might have changed something. (§4.4 lets a cache drop what `Location` and `Content-Location` name at the same origin,
/// too.)
pub fn invalidates(method: &str, status: u16) -> bool {
    let is_safe = matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE");
    !is_safe && (200..400).contains(&status)
}
