//! `[dev]`: what `larder dev` is to know of a developer's machine.
//!
//! Uses: std · Never: files, sockets

use std::time::Duration;

/// `[dev]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dev {
    /// `proxy`: what other servers answer, the longest prefix first.
    pub proxy: Vec<Proxy>,
    /// `proxy-ca`: a PEM file with the certificates that those servers, or their authorities, have; else whoever the system trusts is trusted.
    pub proxy_ca: Option<String>,
    /// `proxy-timeout`: how long they may take to begin an answer.
    pub proxy_timeout: Duration,
    /// `hosts`: names that are answered to besides localhost and addresses.
    pub hosts: Vec<String>,
}

impl Default for Dev {
    fn default() -> Self {
        Self {
            proxy: Vec::new(),
            proxy_ca: None,
            // Somebody may be at a breakpoint.
            proxy_timeout: Duration::from_mins(5),
            hosts: Vec::new(),
        }
    }
}

/// Paths that another server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// The path, and all below it.
    pub prefix: String,
    /// Is it spoken to under TLS?
    pub secure: bool,
    /// The host and the port of that server.
    pub authority: String,
}

impl Proxy {
    /// Where that server is, as a URL without a path.
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }

    /// The host of that server, an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        let (host, _) = self
            .authority
            .rsplit_once(':')
            .unwrap_or((&self.authority, ""));
        host.trim_matches(['[', ']'])
    }

    /// Is `path` the prefix, or below it? `/api` is about `/api/users` and not about `/apiary`.
    pub fn covers(&self, path: &str) -> bool {
        path.strip_prefix(self.prefix.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_about_whole_segments() {
        let proxy = Proxy {
            prefix: "/api".to_owned(),
            secure: false,
            authority: "127.0.0.1:3000".to_owned(),
        };
        assert!(proxy.covers("/api") && proxy.covers("/api/users"));
        assert!(!proxy.covers("/apiary") && !proxy.covers("/"));
    }
}
