//! The answers of a snapshot, without a server: what larder would serve of a folder.
//!
//! Uses: origin, snapshot · Never: sockets, files (content that is not held in memory counts as its beginning)

use bytes::BytesMut;
use url::Url;

use super::{Exchange, Purpose, Survey};
use crate::{
    http::{
        FieldName, HttpDate,
        exchange::{Answer, Ask, End, Received, Timing, Version},
        names,
    },
    origin::{self, Request},
    snapshot::{Content, Snapshot},
};

/// Runs a whole survey against `snapshot`.
pub fn run(survey: &mut Survey, snapshot: &Snapshot, now: HttpDate) {
    while let Some(probe) = survey.next() {
        let answer = answer(snapshot, &probe.ask, now);
        survey.take(probe, answer);
    }
}

/// One plain request more, and its answer.
pub fn exchange(snapshot: &Snapshot, purpose: Purpose, url: Url, now: HttpDate) -> Exchange {
    let ask = Ask::get(url);
    Exchange {
        purpose,
        answer: answer(snapshot, &ask, now),
        ask,
    }
}

/// What larder would answer.
fn answer(snapshot: &Snapshot, ask: &Ask, now: HttpDate) -> Answer {
    let request = Request {
        method: &ask.method,
        path: ask.url.path(),
        query: ask.url.query(),
        fields: &ask.fields,
    };
    let reply = origin::respond(snapshot, &request, now);
    let mut fields = reply.fields(snapshot);
    fields.set(FieldName::from_static(names::DATE), now.field_value());
    let (mut content, mut end) = (BytesMut::new(), End::Complete);
    for piece in reply.content.pieces() {
        match &piece.content {
            Content::Held(bytes) => {
                let first = usize::try_from(piece.offset).unwrap_or(usize::MAX);
                let length = usize::try_from(piece.length).unwrap_or(usize::MAX);
                content.extend_from_slice(
                    bytes
                        .get(first..first.saturating_add(length))
                        .unwrap_or_default(),
                );
            }
            Content::Stored(_) => end = End::Cut,
        }
    }
    Answer {
        version: Version::Http11,
        status: reply.status,
        fields: Received::from(&fields),
        content: content.freeze(),
        end,
        timing: Timing::default(),
    }
}
