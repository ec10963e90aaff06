//! Why there is no answer.
//!
//! Uses: std, hyper, rustls · Never: advice about the server's policy

use std::{fmt, io};

/// What the client was waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Name look-up, TCP and TLS.
    Connection,
    /// The head and the content.
    Answer,
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connection => "no connection",
            Self::Answer => "no complete answer",
        })
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The URL is none of HTTP.
    #[error("{url} is not an http:// or https:// URL with a host")]
    NotHttp {
        /// The URL.
        url: String,
    },
    /// The name has no address, or the look-up failed.
    #[error("cannot find the host {host}")]
    NoSuchHost {
        /// The name.
        host: String,
        /// What the resolver said.
        #[source]
        source: io::Error,
    },
    /// Nobody listens there, or the way is closed.
    #[error("cannot connect to {host}:{port}")]
    Unreachable {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// TLS failed: most often the certificate is not trusted or is for another name.
    #[error("no TLS connection with {host}")]
    Tls {
        /// The host.
        host: String,
        /// What rustls said.
        #[source]
        source: io::Error,
    },
    /// The server has no HTTP/2 where that was asked for.
    #[error("{host} does not offer HTTP/2")]
    NoHttp2 {
        /// The host.
        host: String,
    },
    /// The certificates to trust cannot be read.
    #[error("cannot read the certificates to trust: {0}")]
    NoTrust(String),
    /// The request cannot be sent as HTTP.
    #[error("the request cannot be written")]
    Unwritable(#[source] hyper::http::Error),
    /// What came back is no HTTP, or the connection broke before an answer.
    #[error("{host} did not answer in HTTP")]
    NoAnswer {
        /// The host.
        host: String,
        /// What hyper said.
        #[source]
        source: hyper::Error,
    },
    /// The time was up.
    #[error("{stage} within {seconds} seconds")]
    TooSlow {
        /// What it waited for.
        stage: Stage,
        /// How long.
        seconds: u64,
    },
}
