//! The right side of a redirect: `/new/:splat`, `https://docs.example.com/:id`.
//!
//! Implements: RFC 3986 §3.2 (authority), §4.2 (why `//host` is a host and not a path).
//! Uses: std · Never: the Host of a request

use std::fmt;

use super::encode;
use super::pattern::{Captures, Pattern, is_name};

/// Where a redirect sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    written: String,
    /// `https://host:port`, or empty for this site.
    origin: String,
    path: Vec<Piece>,
    query: Option<Vec<Piece>>,
    fragment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Place(String),
}

/// Why a target cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadTarget {
    /// Neither `/…` nor `https://…`.
    Neither,
    /// `//host`, or a backslash, which browsers read as a slash.
    LooksLikeAHost,
    /// A place, `*` or user in the host part: whoever writes the link would choose the host.
    OpenHost,
    /// A host that cannot be one.
    BadHost,
    /// A place that the pattern does not fill.
    UnknownPlace(String),
    /// A `*`; what `*` stood for is `:splat`.
    Star,
}

impl Target {
    /// Reads a target whose places have to be filled by `from`.
    ///
    /// # Errors
    /// Why it is no target, or not a safe one.
    pub fn parse(text: &str, from: &Pattern) -> Result<Self, BadTarget> {
        if text.contains('\\') || text.starts_with("//") || text.contains(char::is_control) {
            return Err(BadTarget::LooksLikeAHost);
        }
        let (origin, rest) = if let Some(after) = text.strip_prefix("https://") {
            let end = after.find(['/', '?', '#']).unwrap_or(after.len());
            check_host(&after[..end])?;
            (format!("https://{}", &after[..end]), &after[end..])
        } else if text.starts_with('/') {
            (String::new(), text)
        } else {
            return Err(BadTarget::Neither);
        };
        let (rest, fragment) = match rest.split_once('#') {
            Some((rest, fragment)) => (rest, Some(encode::as_written(fragment))),
            None => (rest, None),
        };
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(pieces(query, from)?)),
            None => (rest, None),
        };
        Ok(Self {
            written: text.to_owned(),
            origin,
            path: pieces(path, from)?,
            query,
            fragment,
        })
    }

    /// Whether it stays on this site.
    pub fn is_local(&self) -> bool {
        self.origin.is_empty()
    }

    /// The value of `Location`.
    pub(super) fn fill(&self, captures: &Captures<'_>, request_query: Option<&str>) -> String {
        let path = fill(&self.path, captures, encode::for_path);
        let mut out = self.origin.clone();
        // A place may have been filled with nothing: `/:splat/x` must not become `//x`, which is a host (RFC 3986 §4.2).
        out.push('/');
        out.push_str(path.trim_start_matches('/'));
        let query = match &self.query {
            Some(own) => Some(fill(own, captures, encode::for_query)),
            None => request_query.map(encode::query_of_request),
        };
        for (sign, part) in [('?', &query), ('#', &self.fragment)] {
            if let Some(part) = part {
                out.push(sign);
                out.push_str(part);
            }
        }
        out
    }
}

fn fill(pieces: &[Piece], captures: &Captures<'_>, encode: fn(&str) -> String) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(literal) => literal.clone(),
            Piece::Place(name) => encode(captures.get(name).unwrap_or_default()),
        })
        .collect()
}

/// A name or an address, and a port. No user, no place, no other character.
fn check_host(authority: &str) -> Result<(), BadTarget> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_place = |port: &str| !port.bytes().all(|byte| byte.is_ascii_digit());
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    if authority.contains(['*', '@'])
        || host.contains(':') && !host.starts_with('[')
        || port.is_some_and(is_place)
    {
        return Err(BadTarget::OpenHost);
    }
    if !port.is_none_or(is_port) {
        return Err(BadTarget::BadHost);
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let valid = match bare {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        }
    };
    if valid {
        Ok(())
    } else {
        Err(BadTarget::BadHost)
    }
}

/// Splits at places: a `:` and a name. Any other `:` stands for itself.
fn pieces(text: &str, from: &Pattern) -> Result<Vec<Piece>, BadTarget> {
    if text.contains('*') {
        return Err(BadTarget::Star);
    }
    let mut pieces = Vec::new();
    let mut left = text;
    while let Some(colon) = left.find(':') {
        let after = &left[colon + 1..];
        let end = after
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(after.len());
        let name = &after[..end];
        if is_name(name) {
            if !from.fills(name) {
                return Err(BadTarget::UnknownPlace(name.to_owned()));
            }
            pieces.push(Piece::Literal(encode::as_written(&left[..colon])));
            pieces.push(Piece::Place(name.to_owned()));
            left = &after[end..];
        } else {
            pieces.push(Piece::Literal(encode::as_written(&left[..=colon])));
            left = after;
        }
    }
    pieces.push(Piece::Literal(encode::as_written(left)));
    Ok(pieces)
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
    }
}
