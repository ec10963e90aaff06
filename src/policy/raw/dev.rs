//! Reads `[dev]`.
//!
//! Uses: toml, diagnostic · Never: files, sockets

use toml::de::DeValue;

use crate::diagnostic::{Code, Sink};

use super::super::{Dev, Proxy};
use super::node::Node;
use super::table::TableReader;
use super::value::{duration, each, text};

pub(super) fn dev(table: &TableReader<'_>, sink: &mut Sink) -> Dev {
    let mut dev = Dev {
        proxy: table.with_default("proxy", proxies, sink).value,
        proxy_ca: table.optional("proxy-ca", text, sink).map(|ca| ca.value),
        proxy_timeout: table.with_default("proxy-timeout", duration, sink).value,
        hosts: table.with_default("hosts", hosts, sink).value,
    };
    table.finish(sink);
    dev.proxy
        .sort_by_key(|proxy| std::cmp::Reverse(proxy.prefix.len()));
    dev
}

fn proxies(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<Proxy>> {
    let DeValue::Table(table) = node.value else {
        node.wrong_type(
            "a table of paths: `{ \"/api\" = \"http://127.0.0.1:3000\" }`",
            sink,
        );
        return None;
    };
    let table = TableReader::new("proxy", table, node.span, node.text);
    let read: Vec<Option<Proxy>> = table
        .entries()
        .iter()
        .map(|entry| proxy(entry.key, &table.node(entry), sink))
        .collect();
    read.into_iter().collect()
}

/// `"/api" = "http://127.0.0.1:3000"`.
fn proxy(prefix: &str, node: &Node<'_>, sink: &mut Sink) -> Option<Proxy> {
    let origin = text(node, sink)?;
    if !prefix.starts_with('/') || prefix.contains(['?', '#', '*', ' ']) {
        node.bad(
            Code::BadValue,
            format!("\"{prefix}\" is no path, so nothing would be forwarded"),
            "write a path; all below it is meant, too: `\"/api\" = \"http://127.0.0.1:3000\"`",
            sink,
        );
        return None;
    }
    let secure = origin.starts_with("https://");
    let authority = origin
        .strip_prefix(if secure { "https://" } else { "http://" })
        .map(|rest| rest.strip_suffix('/').unwrap_or(rest))
        .filter(|rest| !rest.contains(['/', '?', '#', '@', ' ']) && is_authority(rest));
    let Some(authority) = authority else {
        node.bad(
            Code::BadValue,
            format!("\"{origin}\" is not where a server of yours can be reached from here"),
            "write `http://` or `https://`, a host and a port, and nothing behind them: the path of a request is kept; `\"http://127.0.0.1:3000\"`",
            sink,
        );
        return None;
    };
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.ends_with(']'));
    Some(Proxy {
        prefix: prefix.to_owned(),
        secure,
        authority: if has_port {
            authority.to_owned()
        } else {
            format!("{authority}:{}", if secure { 443 } else { 80 })
        },
    })
}

/// A host, and a port that somebody can listen on, if there is one.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    let address = host
        .strip_prefix('[')
        .map(|rest| rest.strip_suffix(']').unwrap_or_default());
    let is_host = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && !host.contains([':', '[', ']']),
    };
    is_host && port.is_none_or(is_port)
}

fn hosts(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<String>> {
    each(node, host, sink)
}

fn host(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    let name = text(node, sink)?;
    let is_name = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
    if !name.is_empty() && name.chars().all(is_name) {
        return Some(name);
    }
    node.bad(
        Code::BadValue,
        format!("\"{name}\" is no name of a host, so no request could bear it"),
        "write the name alone, without scheme and port, such as `\"my-app.test\"`; with a dot before it, it stands for all below it",
        sink,
    );
    None
}

#[cfg(test)]
mod tests {
    use crate::policy::{Proxy, compile};

    fn proxies(text: &str) -> Result<Vec<Proxy>, String> {
        let compiled = compile("policy.toml", text);
        compiled
            .policy
            .map(|policy| policy.dev.proxy)
            .ok_or_else(|| compiled.diagnostics[0].message.clone())
    }

    #[test]
    fn where_nobody_can_be_reached_is_said_at_once() {
        for origin in [
            "http://127.0.0.1:99999",
            "http://127.0.0.1:0",
            "http://127.0.0.1:",
            "http://127.0.0.1:x",
            "http://[::1",
            "http://::1",
            "http://a@b",
            "ftp://a",
        ] {
            let text = format!("[dev]\nproxy = {{ \"/api\" = \"{origin}\" }}\n");
            assert!(proxies(&text).is_err(), "{origin}");
        }
        assert!(proxies("[dev]\nproxy = { \"/api\" = \"http://[::1]:8080\" }\n").is_ok());
    }

    #[test]
    fn the_longest_prefix_is_asked_first() {
        let text = "[dev]\nproxy = { \"/api\" = \"http://127.0.0.1:3000/\", \"/api/live\" = \"http://localhost\", \"/s\" = \"https://[::1]\" }\n";
        let read = proxies(text).unwrap();
        let read: Vec<(&str, &str)> = read
            .iter()
            .map(|proxy| (&*proxy.prefix, &*proxy.authority))
            .collect();
        let expected = [
            ("/api/live", "localhost:80"),
            ("/api", "127.0.0.1:3000"),
            ("/s", "[::1]:443"),
        ];
        assert_eq!(read, expected);
        let secure = proxies(text).unwrap().remove(2);
        assert_eq!(
            (secure.origin().as_str(), secure.host()),
            ("https://[::1]:443", "::1")
        );
    }

    #[test]
    fn what_cannot_be_forwarded_to_is_reported() {
        for (line, expected) in [
            ("proxy = { \"api\" = \"http://127.0.0.1:3000\" }", "no path"),
            (
                "proxy = { \"/api\" = \"ftp://example.com\" }",
                "cannot be reached|not where",
            ),
            (
                "proxy = { \"/api\" = \"http://127.0.0.1:3000/v1\" }",
                "not where",
            ),
            ("proxy = [\"/api\"]", "cannot be a list"),
            ("proxy = { \"/api\" = 3000 }", ""),
            ("hosts = [\"http://a.test\"]", "no name of a host"),
        ] {
            let said = proxies(&format!("[dev]\n{line}\n")).unwrap_err();
            let fits = expected.split('|').any(|part| said.contains(part));
            assert!(fits, "{line}: {said}");
        }
    }
}
