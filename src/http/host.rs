//! Is this a host? A request whose `Host` is none is refused before anything else is looked at.
//!
//! larder serves one site whatever the host is called, so the value chooses nothing and is repeated nowhere. It is read all the same: what one
//! program on the way takes for a host and the next one for something else is how caches are poisoned and requests smuggled.
//!
//! An empty value is one: it says that the target has no authority (RFC 9110 §7.2).
//!
//! RFC 9112 §3.2, RFC 9110 §7.2, RFC 9113 §8.3.1; RFC 3986 §3.2.2, §3.2.3.
//!
//! Uses: `byte_set`, `fields` · Never: resolving; comparing with a list of names.

use super::byte_set::ByteSet;
use super::fields::{FieldSource, names};

/// unreserved and sub-delims of RFC 3986 §2.2, §2.3.
const PLAIN: ByteSet = ByteSet::UNRESERVED.with(b"!$&'()*+,;=");

/// What an IP-literal is made of, in its brackets.
const ADDRESS: ByteSet = PLAIN.with(b":");

/// May a request with these fields be answered: is there at most one `Host`, and is it one?
///
/// That HTTP/1.1 asks for at least one is the edge's business: HTTP/1.0 and HTTP/2 need none.
pub fn host_is_valid(fields: &impl FieldSource) -> bool {
    let mut lines = fields.lines(names::HOST);
    match (lines.next(), lines.next()) {
        (None, _) => true,
        (Some(host), None) => is_host(host),
        (Some(_), Some(_)) => false,
    }
}

/// Is this `uri-host [ ":" port ]`, without user information?
///
/// ```abnf
/// Host       = uri-host [ ":" port ]
/// uri-host   = IP-literal / IPv4address / reg-name
/// reg-name   = *( unreserved / pct-encoded / sub-delims )
/// port       = *DIGIT
/// ```
///
/// # Examples
/// ```
/// use larder::http::is_host;
/// assert!(is_host(b"example.com:8080"));
/// assert!(is_host(b"[::1]"));
/// assert!(!is_host(b"user@example.com"));
/// assert!(!is_host(b"example.com/path"));
/// ```
pub fn is_host(value: &[u8]) -> bool {
    let port = if let [b'[', rest @ ..] = value {
        let Some(end) = rest.iter().position(|&byte| byte == b']') else {
            return false;
        };
        if !is_address(&rest[..end]) {
            return false;
        }
        &rest[end + 1..]
    } else {
        let end = value.iter().position(|&byte| byte == b':');
        let (name, port) = value.split_at(end.unwrap_or(value.len()));
        if !is_registered_name(name) {
            return false;
        }
        port
    };
    match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Do two hosts name the same place: in any case, and with the port of the scheme written or left out (RFC 9110 §4.2.3)?
///
/// # Examples
/// ```
/// use larder::http::is_same_host;
/// assert!(is_same_host(b"Example.com:443", b"example.com", Some(443)));
/// assert!(!is_same_host(b"example.com:8443", b"example.com", Some(443)));
/// ```
pub fn is_same_host(one: &[u8], other: &[u8], default_port: Option<u16>) -> bool {
    let ((one, one_port), (other, other_port)) = (parts(one), parts(other));
    one.eq_ignore_ascii_case(other) && one_port.or(default_port) == other_port.or(default_port)
}

/// Name and port. A port that is no number of a port is none of ours, and stays with the name.
fn parts(host: &[u8]) -> (&[u8], Option<u16>) {
    // Only an address has colons before the one of the port, and it ends in a bracket.
    let Some(colon) = host.iter().rposition(|&byte| byte == b':') else {
        return (host, None);
    };
    let (name, port) = (&host[..colon], &host[colon + 1..]);
    if port.is_empty() {
        return (name, None);
    }
    let number = std::str::from_utf8(port)
        .ok()
        .and_then(|port| port.parse().ok());
    match number {
        Some(number) if port.iter().all(u8::is_ascii_digit) => (name, Some(number)),
        _ => (host, None),
    }
}

/// The inside of an IP-literal: what an IPv6 address or one of a later version is made of.
fn is_address(bytes: &[u8]) -> bool {
    bytes.contains(&b':') && ADDRESS.has_all(bytes)
}

fn is_registered_name(mut bytes: &[u8]) -> bool {
    loop {
        bytes = match bytes {
            [] => return true,
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest
            }
            [byte, rest @ ..] if PLAIN.has(*byte) => rest,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{is_host, is_same_host};

    #[test]
    fn hosts_are_compared_in_any_case_and_with_the_port_of_the_scheme() {
        for (one, other, is_same) in [
            ("example.com", "EXAMPLE.com", true),
            ("example.com", "example.com:443", true),
            ("example.com:", "example.com", true),
            ("example.com:0443", "example.com", true),
            ("[::1]", "[::1]:443", true),
            ("[::1]:8443", "[::1]", false),
            ("[::1]", "[::2]", false),
            ("example.com", "example.com:80", false),
            ("example.com", "example.com.evil.example", false),
            ("example.com", "", false),
            ("example.com:99999", "example.com", false),
        ] {
            let (one, other) = (one.as_bytes(), other.as_bytes());
            assert_eq!(is_same_host(one, other, Some(443)), is_same);
            assert_eq!(is_same_host(other, one, Some(443)), is_same);
        }
        assert!(!is_same_host(b"a:443", b"a", None));
    }

    #[test]
    fn names_addresses_and_ports_are_hosts() {
        for host in [
            "",
            "localhost",
            "example.com",
            "example.com.",
            "EXAMPLE.com:443",
            "example.com:",
            "xn--bcher-kva.example",
            "under_score.example",
            "127.0.0.1:8080",
            "[::1]",
            "[2001:db8::1]:8443",
            "[::ffff:192.0.2.1]",
            "b%C3%BCcher.example",
        ] {
            assert!(is_host(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn what_somebody_on_the_way_could_read_otherwise_is_none() {
        for not in [
            "a b",
            "a@b",
            "user:word@host",
            "a/b",
            "a\\b",
            "a?b",
            "a#b",
            "http://a",
            "a:b",
            "a:80:81",
            "a:-1",
            "[::1",
            "[]",
            "[::1]x",
            "[::1]:x",
            "[a/b:]",
            "::1",
            "a%",
            "a%4",
            "a%zz",
            "a\"b",
            "a<b>",
            "a\tb",
            "é.example",
        ] {
            assert!(!is_host(not.as_bytes()), "{not}");
        }
    }
}
