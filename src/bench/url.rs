//! Where a server under test is: an `http` or `https` URL, and whether it is on this machine.
//!
//! Implements RFC 9110 §4.2.
//!
//! Uses: url (the crate), std's resolver · Never: connections

use std::{
    fmt,
    net::{SocketAddr, ToSocketAddrs},
};

use super::BenchError;

/// An absolute URL of a server under test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Over TLS?
    pub is_https: bool,
    /// The host as it is written, an IPv6 address in brackets.
    pub host: String,
    /// The port, the scheme's own if none is written.
    pub port: u16,
    /// Path and query, percent-encoded as they are to be sent.
    pub target: String,
}

impl Url {
    /// Reads a URL.
    ///
    /// # Errors
    /// When it is not an absolute `http` or `https` URL with a host.
    pub fn parse(text: &str) -> Result<Self, BenchError> {
        let not = |why: &str| BenchError::NotAUrl {
            text: text.to_owned(),
            why: why.to_owned(),
        };
        let url = url::Url::parse(text).map_err(|error| not(&error.to_string()))?;
        let is_https = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(not("it has to begin with http:// or https://")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(not("credentials in a URL are not sent"));
        }
        let query = url.query().map(|query| format!("?{query}"));
        Ok(Self {
            is_https,
            host: url
                .host_str()
                .ok_or_else(|| not("it names no host"))?
                .to_owned(),
            port: url.port_or_known_default().unwrap_or(80),
            target: format!("{}{}", url.path(), query.unwrap_or_default()),
        })
    }

    /// The scheme.
    pub fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// The value of `Host` and `:authority`: without the port where it is the scheme's own (RFC 9110 §4.2.3).
    pub fn authority(&self) -> String {
        match (self.is_https, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// The host without the brackets of an IPv6 address.
    pub fn bare_host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The same server, asked for another target.
    #[must_use]
    pub fn with_target(&self, target: &str) -> Self {
        Self {
            target: target.to_owned(),
            ..self.clone()
        }
    }

    /// The first address of the host. One that is not of this machine is refused unless `any_host`: load is for one's own servers.
    ///
    /// # Errors
    /// When the name has no address, or one elsewhere that was not allowed.
    pub fn address(&self, any_host: bool) -> Result<SocketAddr, BenchError> {
        let addresses: Vec<SocketAddr> = (self.bare_host(), self.port)
            .to_socket_addrs()
            .map_err(|source| BenchError::NoAddress {
                host: self.host.clone(),
                source,
            })?
            .collect();
        let on_this_machine = addresses.iter().find(|address| is_loopback(address));
        match on_this_machine.or_else(|| addresses.first().filter(|_| any_host)) {
            Some(address) => Ok(*address),
            None => Err(BenchError::NotLoopback {
                url: self.to_string(),
            }),
        }
    }
}

fn is_loopback(address: &SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

impl fmt::Display for Url {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}://{}{}",
            self.scheme(),
            self.authority(),
            self.target
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_and_printed_again() {
        for text in [
            "http://127.0.0.1:8080/a%20b?c",
            "https://[::1]/",
            "http://localhost/",
        ] {
            assert_eq!(Url::parse(text).unwrap().to_string(), text);
        }
        let url = Url::parse("https://example.com:443").unwrap();
        assert_eq!((url.port, url.target.as_str()), (443, "/"));
        assert_eq!(url.authority(), "example.com");
    }

    #[test]
    fn what_is_no_url_of_a_server_says_why() {
        for (text, why) in [
            ("ftp://x/", "http://"),
            ("localhost:80", "http://"),
            ("http://me@x/", "credentials"),
        ] {
            let said = Url::parse(text).unwrap_err().to_string();
            assert!(said.contains(text) && said.contains(why), "{said}");
        }
    }

    #[test]
    fn only_this_machine_is_loaded_unless_allowed() {
        let elsewhere = Url::parse("http://192.0.2.1/").unwrap();
        assert!(matches!(
            elsewhere.address(false),
            Err(BenchError::NotLoopback { .. })
        ));
        assert!(elsewhere.address(true).is_ok());
        for here in ["http://127.0.0.9:1/", "http://[::1]:1/"] {
            assert!(Url::parse(here).unwrap().address(false).is_ok());
        }
        let mapped = Url::parse("http://[::ffff:127.0.0.1]:1/").unwrap();
        assert!(mapped.address(false).is_ok());
    }
}
