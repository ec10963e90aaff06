//! What the server grants its clients, in numbers.
//!
//! Uses: std · Never: policy (which has the same words for the author), sockets

use std::time::Duration;

/// What holds for every connection. The defaults are those of `[server]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a client may take for its first request, from the first byte of the TLS handshake on.
    pub head_timeout: Duration,
    /// How long a client that is owed content may take none of it.
    pub send_timeout: Duration,
    /// How many replies may be under way on one HTTP/2 connection.
    pub max_streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(10),
            send_timeout: Duration::from_secs(30),
            max_streams: 100,
        }
    }
}
