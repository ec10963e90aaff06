//! Why there is no answer.
//!
//! Uses: std, hyper, rustls · Never: advice about what the server answers

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

impl ClientError {
    /// What to do about it, for whoever named the URL.
    pub fn advice(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotHttp { .. } => {
                "write a URL that begins with http:// or https:// and has a host"
            }
            Self::NoSuchHost { .. } => {
                "look whether the name is spelt right, and whether this machine can look names up"
            }
            Self::Unreachable { source, .. }
                if source.kind() == io::ErrorKind::ConnectionRefused =>
            {
                "nothing listens there: start the server, or name the port that it says it listens on"
            }
            Self::Unreachable { .. } => {
                "look whether the address is right, and whether a firewall lets this machine through"
            }
            Self::Tls { source, .. } => {
                let said = source.to_string();
                if said.contains("certificate") {
                    "name the authority that signed it with --ca FILE, or look away with --insecure; visitors without either get a warning in place of the site"
                } else {
                    "look whether TLS is spoken on that port: without it, the URL begins with http://"
                }
            }
            Self::NoAnswer { .. } => {
                "look whether a web server listens there; if it speaks TLS, the URL begins with https://"
            }
            Self::TooSlow {
                stage: Stage::Connection,
                ..
            } => {
                "look whether the address is right: a firewall that drops what it does not know looks like this"
            }
            Self::TooSlow {
                stage: Stage::Answer,
                ..
            } => {
                "the connection was taken, so look into the server's log: what is behind it may hang"
            }
            Self::NoHttp2 { .. } | Self::NoTrust(_) | Self::Unwritable(_) => return None,
        })
    }
}
