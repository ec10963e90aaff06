//! The origin itself: a snapshot, a request and a time in, a reply out.

use larder::{
    http::{FieldSource, HttpDate},
    origin::{self, ReplyContent},
    snapshot::Content,
};

use super::{Answer, Ask, Site};

struct Lines<'a>(&'a [(String, String)]);

impl FieldSource for Lines<'_> {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_bytes())
    }
}

/// 2026-06-01 00:00:00: later than every date of the sites but the one that is meant to lie in the future.
fn now() -> HttpDate {
    HttpDate::from_unix_seconds(1_780_272_000).expect("a time in this millennium")
}

pub(super) fn ask(site: Site, ask: &Ask) -> Answer {
    let snapshot = site.snapshot();
    let (path, query) = match ask.target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (ask.target.as_str(), None),
    };
    let fields = Lines(&ask.fields);
    let reply = origin::respond(
        snapshot,
        &origin::Request {
            method: &ask.method,
            path,
            query,
            fields: &fields,
        },
        now(),
    );
    let lines = reply
        .fields(snapshot)
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_ascii_lowercase(),
                value.as_str().to_owned(),
            )
        })
        .collect();
    Answer {
        status: reply.status,
        fields: lines,
        content: bytes(&reply.content),
    }
}

fn bytes(content: &ReplyContent) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in content.pieces() {
        let at = |place: u64| usize::try_from(place).expect("sites of the suite are small");
        match &piece.content {
            Content::Held(held) => {
                bytes.extend_from_slice(&held[at(piece.offset)..at(piece.offset + piece.length)]);
            }
            Content::Stored(_) => panic!("the sites of the suite are held in memory"),
        }
    }
    bytes
}
