//! What the server grants its clients, in numbers.
//!
//! Uses: std, rustix · Never: policy (which has the same words for the author), connections

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::warn;

use super::{room, sealed};

/// What holds for every connection. `[server]` of the policy has each under the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long an idle HTTP/1.1 connection is kept for the next request.
    pub keep_alive: Duration,
    /// The same for HTTP/2, where a browser has one connection and keeps it for long.
    pub http2_keep_alive: Duration,
    /// How long a client may take for its TLS handshake, and then for the head of each request.
    pub head_timeout: Duration,
    /// How large the head of a request may be: target and fields, in bytes.
    pub max_head_size: usize,
    /// How long a client that is owed content may take next to none of it.
    pub send_timeout: Duration,
    /// How many connections may be open.
    pub max_connections: usize,
    /// How many of them one client may have.
    pub max_connections_per_client: usize,
    /// Does that hold for clients on this machine, too?
    pub limits_loopback: bool,
    /// How many replies may be under way on one HTTP/2 connection.
    pub max_streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            keep_alive: Duration::from_secs(5),
            http2_keep_alive: Duration::from_mins(1),
            head_timeout: Duration::from_secs(10),
            max_head_size: 32 * 1024,
            send_timeout: Duration::from_secs(20),
            max_connections: 16_384,
            max_connections_per_client: 256,
            limits_loopback: false,
            max_streams: 100,
        }
    }
}

/// File descriptors for everything but connections that are served: listeners, the site's large files, the log, the watcher, and connections that are refused.
const RESERVED: u64 = 256 + sealed::MOST as u64 + room::REFUSALS as u64;

impl Limits {
    /// These limits, with no more connections than this process may have file descriptors. Asks the system for as many as it gives.
    pub(super) fn within_descriptors(mut self) -> Self {
        let allowed = raise_descriptors();
        let connections = allowed
            .map(|allowed| allowed.saturating_sub(RESERVED).max(1))
            .and_then(|allowed| usize::try_from(allowed).ok())
            .unwrap_or(usize::MAX);
        if connections < self.max_connections {
            warn!(
                "this process may open {} files, which is enough for {connections} connections and not for the {} of max-connections: raise it \
                 (`ulimit -n`, or LimitNOFILE= in a unit file)",
                allowed.unwrap_or_default(),
                self.max_connections
            );
            self.max_connections = connections;
        }
        self
    }
}

/// Raises the soft limit of open files to the hard one, and says what it is then; `None` is no limit.
fn raise_descriptors() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    if current == maximum || setrlimit(Resource::Nofile, raised).is_err() {
        current
    } else {
        maximum
    }
}
