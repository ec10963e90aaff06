//! What a server has, and the requests for it.
//!
//! Uses: http, bytes · Never: sockets, clock

use bytes::Bytes;

use super::{
    scenario::{Kind, Lane},
    verify::Expected,
};
use crate::http::{CacheControl, DirectiveName};

/// The fields of every request: what browsers send, as far as it can matter for a cache.
const ACCEPT_DOCUMENT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const ACCEPT_ANY: &str = "*/*";

/// One thing a server has, as its own first answer shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asset {
    /// The request target: path and query, percent-encoded.
    pub target: String,
    /// Is it a document, asked for by a navigation?
    pub is_document: bool,
    /// The status of the answer to a request without validators.
    pub status: u16,
    /// `Cache-Control`, its lines joined.
    pub cache_control: Option<Vec<u8>>,
    /// `ETag`.
    pub entity_tag: Option<Vec<u8>>,
    /// `Last-Modified`.
    pub last_modified: Option<Vec<u8>>,
    /// `Vary`.
    pub vary: Option<Vec<u8>>,
    /// `Content-Encoding`.
    pub coding: Option<Vec<u8>>,
    /// The content, in that coding.
    pub content: Bytes,
}

impl Asset {
    /// Does `immutable` keep browsers from asking, even at a reload (RFC 8246 §2)?
    pub fn is_immutable(&self) -> bool {
        let text = String::from_utf8_lossy(self.cache_control.as_deref().unwrap_or_default());
        CacheControl::parse(&text).0.has(DirectiveName::Immutable)
    }

    /// Can it be asked about, or only asked for?
    pub fn has_validator(&self) -> bool {
        self.status == 200 && (self.entity_tag.is_some() || self.last_modified.is_some())
    }

    /// The fields of a request of this `kind` for it, without `Host`.
    pub fn request_fields(
        &self,
        kind: Kind,
        accept_encoding: &str,
    ) -> Vec<(&'static str, Vec<u8>)> {
        let accept = if self.is_document {
            ACCEPT_DOCUMENT
        } else {
            ACCEPT_ANY
        };
        let mut fields = vec![("accept", accept.as_bytes().to_vec())];
        if !accept_encoding.is_empty() {
            fields.push(("accept-encoding", accept_encoding.as_bytes().to_vec()));
        }
        if kind == Kind::Reload {
            fields.push(("cache-control", b"max-age=0".to_vec()));
        }
        if kind != Kind::First && self.has_validator() {
            match (&self.entity_tag, &self.last_modified) {
                (Some(tag), _) => fields.push(("if-none-match", tag.clone())),
                (None, Some(date)) => fields.push(("if-modified-since", date.clone())),
                (None, None) => {}
            }
        }
        fields
    }

    /// The right reply to a request of this `kind`: a 304 says what the 200 would have said (RFC 9110 §15.4.5).
    pub fn expected(&self, kind: Kind) -> Expected {
        let is_conditional = kind != Kind::First && self.has_validator();
        Expected {
            status: if is_conditional { 304 } else { self.status },
            cache_control: self.cache_control.clone(),
            entity_tag: self.entity_tag.clone(),
            vary: self.vary.clone(),
            content: if is_conditional {
                Bytes::new()
            } else {
                self.content.clone()
            },
        }
    }
}

/// A request, ready to be sent over and over, and the reply it has to get.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The request target.
    pub target: String,
    /// With or without validators.
    pub kind: Kind,
    /// Its fields, without `Host`.
    pub fields: Vec<(&'static str, Vec<u8>)>,
    /// The whole request as HTTP/1.1 has it.
    pub http1: Bytes,
    /// The right reply.
    pub expected: Expected,
}

impl Prepared {
    /// The request of this `kind` for `asset`.
    pub fn new(asset: &Asset, kind: Kind, authority: &str, accept_encoding: &str) -> Self {
        let fields = asset.request_fields(kind, accept_encoding);
        let mut http1 =
            format!("GET {} HTTP/1.1\r\nhost: {authority}\r\n", asset.target).into_bytes();
        for (name, value) in &fields {
            http1.extend_from_slice(name.as_bytes());
            http1.extend_from_slice(b": ");
            http1.extend_from_slice(value);
            http1.extend_from_slice(b"\r\n");
        }
        http1.extend_from_slice(b"\r\n");
        Self {
            target: asset.target.clone(),
            kind,
            fields,
            http1: http1.into(),
            expected: asset.expected(kind),
        }
    }
}

/// All requests of a scenario, lane after lane.
pub fn prepare(
    assets: &[Asset],
    weights: &[(Kind, u32)],
    authority: &str,
    accept_encoding: &str,
) -> (Vec<Prepared>, Vec<Lane>) {
    let mut requests = Vec::new();
    let mut lanes = Vec::new();
    for &(kind, weight) in weights {
        let start = requests.len();
        requests.extend(
            assets
                .iter()
                .filter(|asset| kind != Kind::Reload || !asset.is_immutable())
                .map(|asset| Prepared::new(asset, kind, authority, accept_encoding)),
        );
        lanes.push(Lane {
            requests: start..requests.len(),
            weight,
        });
    }
    (requests, lanes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(cache_control: &str, tag: Option<&str>) -> Asset {
        Asset {
            target: "/a.css".to_owned(),
            status: 200,
            cache_control: Some(cache_control.into()),
            entity_tag: tag.map(Into::into),
            content: Bytes::from_static(b"a{}"),
            ..Asset::default()
        }
    }

    fn text(asset: &Asset, kind: Kind) -> String {
        let prepared = Prepared::new(asset, kind, "x.example", "br");
        String::from_utf8(prepared.http1.to_vec()).unwrap()
    }

    #[test]
    fn a_first_request_has_no_validator_and_a_later_one_the_servers_own() {
        let asset = asset("no-cache", Some("\"1\""));
        assert_eq!(
            text(&asset, Kind::First),
            "GET /a.css HTTP/1.1\r\nhost: x.example\r\naccept: */*\r\naccept-encoding: br\r\n\r\n"
        );
        assert!(text(&asset, Kind::Revalidate).contains("if-none-match: \"1\"\r\n"));
        assert!(text(&asset, Kind::Reload).contains("cache-control: max-age=0\r\n"));
    }

    #[test]
    fn a_date_stands_in_for_a_missing_tag() {
        let mut asset = asset("no-cache", None);
        assert_eq!(
            asset.expected(Kind::Revalidate).status,
            200,
            "nothing to compare"
        );
        asset.last_modified = Some(b"Thu, 01 Jan 1970 00:00:00 GMT".to_vec());
        assert!(text(&asset, Kind::Revalidate).contains("if-modified-since: Thu"));
        assert_eq!(asset.expected(Kind::Revalidate).status, 304);
    }

    #[test]
    fn a_304_has_the_fields_of_the_200_and_no_content() {
        let asset = asset("no-cache", Some("\"1\""));
        let (first, again) = (
            asset.expected(Kind::First),
            asset.expected(Kind::Revalidate),
        );
        assert_eq!((first.status, again.status), (200, 304));
        assert_eq!(first.cache_control, again.cache_control);
        assert_eq!(first.entity_tag, again.entity_tag);
        assert!(again.content.is_empty());
    }

    #[test]
    fn a_reload_asks_for_nothing_immutable() {
        let assets = [
            asset("no-cache", Some("\"1\"")),
            asset("public, max-age=31536000, immutable", Some("\"2\"")),
        ];
        let (requests, lanes) = prepare(
            &assets,
            &[(Kind::First, 1), (Kind::Reload, 3)],
            "x.example",
            "",
        );
        assert_eq!(requests.len(), 3);
        assert_eq!(lanes[1].requests, 2..3);
        assert_eq!((requests[2].kind, lanes[1].weight), (Kind::Reload, 3));
    }
}
