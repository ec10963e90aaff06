//! The tables of policy.toml that are plain values: what `[site]`, `[compress]`, `[server]` and `[fingerprint]` say.
//!
//! Policy carries them to the edges that act on them; it reads no folder and opens no socket itself.
//!
//! Uses: http, std · Never: files, sockets

use std::net::SocketAddr;
use std::time::Duration;

use crate::http::ContentCoding;

use super::PathGlobs;

/// Which document answers navigations to paths that have none of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spa {
    /// `/200.html` if the site has it, else `/index.html` if that is the only document.
    Auto,
    /// None: such a path is a 404.
    Off,
    /// The document at this path.
    Document(String),
}

/// `[site]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `spa`.
    pub spa: Spa,
    /// `not-found`: a path.
    pub not_found: String,
    /// `clean-urls`.
    pub clean_urls: bool,
    /// `index`: a name without slashes.
    pub index: String,
    /// `symlinks`: whether links out of the root are followed.
    pub symlinks: bool,
    /// `hidden`: dotted names that are served besides `/.well-known/`.
    pub hidden: PathGlobs,
}

/// `[compress] quality`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Best for what is kept, less for very large content.
    Auto,
    /// Little time.
    Fast,
    /// Few bytes.
    Best,
}

/// `[compress]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compress {
    /// `codings`, in the server's order of preference; empty turns compression off.
    pub codings: Vec<ContentCoding>,
    /// `min-size`, in bytes.
    pub min_size: u64,
    /// `quality`.
    pub quality: Quality,
    /// `cache-dir`; without it, the user's cache folder.
    pub cache_dir: Option<String>,
}

/// `[server] access-log`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessLog {
    /// None.
    Off,
    /// The combined log format.
    Combined,
    /// One JSON object a line.
    Json,
}

/// `[server]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `listen`, at least one.
    pub listen: Vec<SocketAddr>,
    /// `workers`; `None` is one a core.
    pub workers: Option<usize>,
    /// `keep-alive`.
    pub keep_alive: Duration,
    /// `shutdown-timeout`.
    pub shutdown_timeout: Duration,
    /// `max-file-in-memory`, in bytes.
    pub max_file_in_memory: u64,
    /// `memory-budget`, in bytes.
    pub memory_budget: u64,
    /// `watch`.
    pub watch: bool,
    /// `access-log`.
    pub access_log: AccessLog,
    /// `tls-cert` and `tls-key`, both or neither.
    pub tls: Option<Tls>,
}

/// Where the certificate and its key are, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// `tls-cert`: a PEM chain.
    pub certificate: String,
    /// `tls-key`: a PEM key.
    pub key: String,
}

/// `[fingerprint]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FingerprintSettings {
    /// `include`.
    pub include: PathGlobs,
    /// `exclude`; wins over `include`.
    pub exclude: PathGlobs,
    /// `length` of the fingerprint, in hexadecimal digits.
    pub length: usize,
    /// `base`: where the site will be mounted.
    pub base: String,
    /// `origin`: the site's own, without a path.
    pub origin: Option<String>,
    /// `integrity`.
    pub integrity: bool,
}
