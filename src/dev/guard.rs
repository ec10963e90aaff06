//! Which names a development server answers to, and to which pages.
//!
//! A page of anybody's can have a name that leads to this machine (DNS rebinding), and then read what is served here as its own; and it can open a WebSocket to
//! any address. So a request has to name this server by an address, by a name for this machine that nobody else can give away, or by one that its user gave;
//! and a WebSocket has to come from a page of this server (RFC 6455 §10.2).
//!
//! Uses: std, arc-swap · Never: sockets

use std::{net::IpAddr, sync::Arc};

use arc_swap::ArcSwap;

/// The names that are answered to, besides addresses and `localhost`.
#[derive(Debug, Default)]
pub struct Names {
    given: Vec<String>,
    written: ArcSwap<Vec<String>>,
}

impl Names {
    /// Names that the user `gave` at the start, and those that the policy has `written`; one that begins with a dot stands for all below it.
    pub fn new(given: &[String], written: &[String]) -> Self {
        Self {
            given: in_one_form(given),
            written: ArcSwap::from_pointee(in_one_form(written)),
        }
    }

    /// From now on, what the policy has `written` is this.
    pub fn replace(&self, written: &[String]) {
        self.written.store(Arc::new(in_one_form(written)));
    }

    /// Is `authority`, the value of a `Host` field or the authority of a request, this server's?
    pub fn allow(&self, authority: &str) -> bool {
        let host = host(authority).to_ascii_lowercase();
        let host = host.trim_end_matches('.');
        let literal = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        literal.parse::<IpAddr>().is_ok()
            || host == "localhost"
            || host.ends_with(".localhost")
            || self.given.iter().any(|name| stands_for(name, host))
            || self
                .written
                .load()
                .iter()
                .any(|name| stands_for(name, host))
    }
}

fn in_one_form(names: &[String]) -> Vec<String> {
    names
        .iter()
        .map(|name| name.trim_end_matches('.').to_ascii_lowercase())
        .collect()
}

/// Does `name`, one of the user's, stand for `host`?
fn stands_for(name: &str, host: &str) -> bool {
    host == name.trim_start_matches('.') || (name.starts_with('.') && host.ends_with(name))
}

/// The host of an authority, without its port.
fn host(authority: &str) -> &str {
    let end = if authority.starts_with('[') {
        authority.find(']').map(|at| at + 1)
    } else {
        authority.find(':')
    };
    &authority[..end.unwrap_or(authority.len())]
}

/// Is a page of `origin`, the value of an `Origin` field, one that was served under `authority`?
pub(super) fn is_same_origin(origin: &str, authority: &str) -> bool {
    let page = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    page.is_some_and(|page| page.eq_ignore_ascii_case(authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_localhost_are_always_ours() {
        for authority in [
            "127.0.0.1:8080",
            "[::1]:8080",
            "[::1]",
            "192.168.1.7:8080",
            "localhost",
            "LOCALHOST.:8080",
            "app.localhost:80",
        ] {
            assert!(Names::default().allow(authority), "{authority}");
        }
    }

    #[test]
    fn a_name_that_was_not_given_is_not() {
        let names = Names::new(&["my.test".to_owned()], &[".Tunnel.example".to_owned()]);
        for authority in ["my.test:8080", "a.tunnel.example", "tunnel.example"] {
            assert!(names.allow(authority), "{authority}");
        }
        for authority in [
            "evil.example",
            "my.test.evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "eviltunnel.example",
            "notmy.test",
            "",
            "[::1",
        ] {
            assert!(!names.allow(authority), "{authority}");
        }
    }

    #[test]
    fn names_of_the_policy_may_change_and_given_ones_stay() {
        let names = Names::new(&["my.test".to_owned()], &["old.test".to_owned()]);
        names.replace(&["new.test".to_owned()]);
        assert!(names.allow("my.test") && names.allow("new.test"));
        assert!(!names.allow("old.test"));
    }

    #[test]
    fn only_a_page_of_the_same_authority_is_of_the_same_origin() {
        assert!(is_same_origin("http://localhost:8080", "localhost:8080"));
        assert!(is_same_origin("https://LOCALHOST:8080", "localhost:8080"));
        for origin in [
            "http://localhost:3000",
            "http://evil.example",
            "null",
            "",
            "http://localhost:8080.evil.example",
        ] {
            assert!(!is_same_origin(origin, "localhost:8080"), "{origin}");
        }
    }
}
