//! Reads `[server]` and the tables below it.
//!
//! Uses: toml, diagnostic, http · Never: files, sockets

use std::net::SocketAddr;

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::FieldValue;

use super::super::server::{AccessLog, Acme, Limits, Server, Tls};
use super::Written;
use super::node::Node;
use super::table::TableReader;
use super::value::{boolean, choice, duration, each, integer, size, text};

pub(super) fn server(table: &TableReader<'_>, sink: &mut Sink) -> Server {
    let acme = table.below("acme", "server.acme", sink);
    let server = Server {
        listen: table.with_default("listen", listen, sink).value,
        workers: Some(table.with_default("workers", workers, sink).value)
            .filter(|count| *count > 0),
        keep_alive: table.with_default("keep-alive", duration, sink).value,
        http2_keep_alive: table.with_default("http2-keep-alive", duration, sink).value,
        shutdown_timeout: table.with_default("shutdown-timeout", duration, sink).value,
        max_file_in_memory: table.with_default("max-file-in-memory", size, sink).value,
        memory_budget: table.with_default("memory-budget", size, sink).value,
        watch: table.with_default("watch", boolean, sink).value,
        access_log: table.with_default("access-log", access_log, sink).value,
        explain: table.with_default("explain", boolean, sink).value,
        limits: limits(table, sink),
        tls: certificates(table, sink),
        acme: acme.iter().find_map(|table| self::acme(table, sink)),
        redirect_http: table
            .optional("redirect-http", addresses, sink)
            .map(|written| written.value)
            .unwrap_or_default(),
        hsts: table
            .optional("hsts", hsts, sink)
            .map(|written| written.value),
        // Only who has the whole text can tell the line.
        hsts_location: None,
        admin: table
            .optional("admin", address, sink)
            .map(|written| written.value),
    };
    needs_tls(table, &server, sink);
    table.finish(sink);
    server
}

/// `max-connections-per-client` where it is not written: an office behind one address, and not a machine that opens all it can.
const PER_CLIENT: usize = 256;

fn limits(table: &TableReader<'_>, sink: &mut Sink) -> Limits {
    let per_client = table.optional("max-connections-per-client", connections, sink);
    Limits {
        head_timeout: table.with_default("head-timeout", duration, sink).value,
        max_head_size: table.with_default("max-head-size", head_size, sink).value,
        send_timeout: table.with_default("send-timeout", duration, sink).value,
        max_connections: table
            .with_default("max-connections", connections, sink)
            .value,
        limits_loopback: per_client.is_some(),
        max_connections_per_client: per_client.map_or(PER_CLIENT, |written| written.value),
        max_streams: table.with_default("max-streams", streams, sink).value,
    }
}

/// Of `tls-cert` with `tls-key`, and of each `[[server.tls]]`.
fn certificates(table: &TableReader<'_>, sink: &mut Sink) -> Vec<Tls> {
    let certificate = table.optional("tls-cert", text, sink);
    let key = table.optional("tls-key", text, sink);
    let mut all = Vec::from_iter(pair(certificate, key, "`tls-cert` and `tls-key`", sink));
    for table in table.below("tls", "server.tls", sink) {
        let certificate = table.required("cert", text, sink);
        let key = table.required("key", text, sink);
        table.finish(sink);
        if let (Some(certificate), Some(key)) = (certificate, key) {
            all.push(Tls {
                certificate: certificate.value,
                key: key.value,
            });
        }
    }
    all
}

fn pair(
    certificate: Option<Written<String>>,
    key: Option<Written<String>>,
    both: &str,
    sink: &mut Sink,
) -> Option<Tls> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(Tls {
            certificate: certificate.value,
            key: key.value,
        }),
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => {
            let mut diagnostic = Diagnostic::error(
                Code::MissingKey,
                "TLS needs both a certificate and its key, and one is missing",
            )
            .help(format!("write both {both}"));
            if let Some(span) = one.span {
                diagnostic = diagnostic.label(span, "the other one is not here");
            }
            sink.push(diagnostic);
            None
        }
    }
}

fn acme(table: &TableReader<'_>, sink: &mut Sink) -> Option<Acme> {
    let domains = table.required("domains", domains, sink);
    let read = Acme {
        domains: domains.map(|written| written.value).unwrap_or_default(),
        contact: table
            .optional("contact", contacts, sink)
            .map(|written| written.value)
            .unwrap_or_default(),
        directory: table.with_default("directory", https, sink).value,
        data: table
            .optional("data", text, sink)
            .map(|written| written.value),
        ca: table
            .optional("ca", text, sink)
            .map(|written| written.value),
    };
    table.finish(sink);
    (!read.domains.is_empty()).then_some(read)
}

/// What is of use over TLS alone does nothing without it.
fn needs_tls(table: &TableReader<'_>, server: &Server, sink: &mut Sink) {
    if server.is_secure() {
        return;
    }
    for key in ["redirect-http", "hsts"] {
        if let Some(node) = table.find(key) {
            let message = format!("`server.{key}` does nothing here: this server has no HTTPS");
            let help = "write `tls-cert` and `tls-key`, `[[server.tls]]` or `[server.acme]`, too; or take it out (a proxy that does \
                        TLS in front of larder is the one to redirect and to send HSTS)";
            node.bad(Code::MissingKey, message, help, sink);
        }
    }
}

fn listen(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<SocketAddr>> {
    let addresses = each(node, address, sink)?;
    if addresses.is_empty() {
        node.bad(
            Code::BadValue,
            "a server that listens nowhere cannot be reached",
            "write `[\"127.0.0.1:8080\"]`",
            sink,
        );
        return None;
    }
    Some(addresses)
}

fn addresses(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<SocketAddr>> {
    each(node, address, sink)
}

/// `127.0.0.1:8080`, or `:8080` for every interface.
fn address(node: &Node<'_>, sink: &mut Sink) -> Option<SocketAddr> {
    let written = text(node, sink)?;
    let address = match written.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}").parse().ok(),
        None => written.parse().ok(),
    };
    if address.is_none() {
        let help = "write an IP address and a port: `\"127.0.0.1:8080\"`, `\"[::1]:8080\"`, or `\"0.0.0.0:8080\"` for every interface";
        node.bad(
            Code::BadValue,
            format!("\"{written}\" is no address to listen on"),
            help,
            sink,
        );
    }
    address
}

/// 0 means as many as there are cores, which only an edge can count. 512 is as many as the server can have.
fn workers(node: &Node<'_>, sink: &mut Sink) -> Option<usize> {
    usize::try_from(integer(node, 0, 512, sink)?).ok()
}

fn connections(node: &Node<'_>, sink: &mut Sink) -> Option<usize> {
    usize::try_from(integer(node, 1, 1 << 20, sink)?).ok()
}

fn streams(node: &Node<'_>, sink: &mut Sink) -> Option<usize> {
    usize::try_from(integer(node, 1, 1 << 16, sink)?).ok()
}

/// What HTTP/1.1 messages are read into holds 128 KiB: no limit beyond that could be kept.
fn head_size(node: &Node<'_>, sink: &mut Sink) -> Option<u64> {
    let bytes = size(node, sink)?;
    if (1024..=128 * 1024).contains(&bytes) {
        return Some(bytes);
    }
    let message = format!("`{}` cannot be {bytes} bytes", node.key);
    let help = "write a size from 1KiB to 128KiB; browsers with many cookies need some 16KiB";
    node.bad(Code::BadValue, message, help, sink);
    None
}

fn access_log(node: &Node<'_>, sink: &mut Sink) -> Option<AccessLog> {
    let words = [
        ("off", AccessLog::Off),
        ("combined", AccessLog::Combined),
        ("json", AccessLog::Json),
    ];
    choice(node, &words, sink)
}

/// The value of `Strict-Transport-Security` (RFC 6797 §6.1): without a `max-age` it would do nothing.
fn hsts(node: &Node<'_>, sink: &mut Sink) -> Option<FieldValue> {
    let written = text(node, sink)?;
    let has_age = written.split(';').any(|directive| {
        let age = directive.trim().to_ascii_lowercase();
        age.strip_prefix("max-age=").is_some_and(|seconds| {
            let seconds = seconds.trim_matches('"');
            !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    let value = FieldValue::parse(&written).ok().filter(|_| has_age);
    if value.is_none() {
        let message =
            format!("\"{written}\" does not turn on HSTS: a browser needs to know for how long");
        let help = "write `\"max-age=31536000\"`, with `; includeSubDomains` only if every name below this one has HTTPS";
        node.bad(Code::BadValue, message, help, sink);
    }
    value
}

fn domains(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<String>> {
    let domains = each(node, domain, sink)?;
    if domains.is_empty() {
        let message = "a certificate for no name cannot be had";
        let help = "write the names that visitors use: `[\"example.com\", \"www.example.com\"]`";
        node.bad(Code::BadValue, message, help, sink);
        return None;
    }
    Some(domains)
}

fn domain(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    let written = text(node, sink)?;
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if written.split('.').all(is_label) && written.len() <= 253 {
        return Some(written.to_ascii_lowercase());
    }
    let help = if written.starts_with("*.") {
        "a wildcard needs a proof by DNS, which larder cannot give: name each host"
    } else {
        "write a host name and nothing else, such as `\"www.example.com\"`; a name with other letters in its ASCII form, `xn--…`"
    };
    node.bad(
        Code::BadValue,
        format!("a certificate for \"{written}\" cannot be had"),
        help,
        sink,
    );
    None
}

fn contacts(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<String>> {
    each(node, contact, sink)
}

fn contact(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    let written = text(node, sink)?;
    let address = written.strip_prefix("mailto:").unwrap_or(&written);
    if address
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
    {
        return Some(format!("mailto:{address}"));
    }
    let message = format!("\"{written}\" is no mail address");
    let help = "write `\"ops@example.com\"`, or leave the key out";
    node.bad(Code::BadValue, message, help, sink);
    None
}

fn https(node: &Node<'_>, sink: &mut Sink) -> Option<String> {
    let written = text(node, sink)?;
    if written.starts_with("https://") {
        return Some(written);
    }
    let message = format!("`{}` is no URL with https: \"{written}\"", node.key);
    let help = "write the URL of an ACME directory, such as `\"https://acme-v02.api.letsencrypt.org/directory\"`";
    node.bad(Code::BadValue, message, help, sink);
    None
}
