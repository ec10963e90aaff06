//! What `[server]` and the tables below it say: where to listen, what clients are granted, whom to be over TLS.
//!
//! Policy carries it to the edge that acts on it; it opens no socket and reads no certificate itself.
//!
//! Uses: http, std · Never: files, sockets

use std::net::SocketAddr;
use std::time::Duration;

use super::Location;
use crate::http::FieldValue;

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
    /// `http2-keep-alive`.
    pub http2_keep_alive: Duration,
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
    /// `explain`: whether answers are explained to clients on this machine.
    pub explain: bool,
    /// What clients are granted.
    pub limits: Limits,
    /// `tls-cert` with `tls-key`, and each `[[server.tls]]`, in this order. The first one is for clients that name nobody.
    pub tls: Vec<Tls>,
    /// `[server.acme]`.
    pub acme: Option<Acme>,
    /// `redirect-http`: where plain HTTP is answered with a redirect to HTTPS.
    pub redirect_http: Vec<SocketAddr>,
    /// `hsts`: the value of `Strict-Transport-Security`, sent over TLS only.
    pub hsts: Option<FieldValue>,
    /// Where that is written.
    pub hsts_location: Option<Location>,
    /// `admin`: where health and metrics are told.
    pub admin: Option<SocketAddr>,
}

impl Server {
    /// Are the addresses of `listen` for HTTPS?
    pub fn is_secure(&self) -> bool {
        !self.tls.is_empty() || self.acme.is_some()
    }
}

/// The limits of `[server]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `head-timeout`.
    pub head_timeout: Duration,
    /// `max-head-size`, in bytes.
    pub max_head_size: u64,
    /// `send-timeout`.
    pub send_timeout: Duration,
    /// `max-connections`.
    pub max_connections: usize,
    /// `max-connections-per-client`.
    pub max_connections_per_client: usize,
    /// Whether that was written, and so is meant for clients on this machine, too.
    pub limits_loopback: bool,
    /// `max-streams`.
    pub max_streams: usize,
}

/// Where a certificate and its key are, as written: `tls-cert` and `tls-key`, or one `[[server.tls]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// A PEM chain.
    pub certificate: String,
    /// A PEM key.
    pub key: String,
}

/// `[server.acme]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// `domains`: the names that the certificate is for, in lower case, at least one.
    pub domains: Vec<String>,
    /// `contact`: addresses of who is told about trouble, as URIs.
    pub contact: Vec<String>,
    /// `directory`: the URL of the certification authority.
    pub directory: String,
    /// `data`: the folder of account and certificates; without it, one of the service manager or of the user.
    pub data: Option<String>,
    /// `ca`: a PEM file with the one authority that `directory` itself is trusted by; without it, those of the system.
    pub ca: Option<String>,
}
