//! Who answers visitors: a site in memory, or a server somewhere.
//!
//! In memory it is the origin itself, over a snapshot with all its coded forms; nothing is served. A server is asked as it is, and told apart from the
//! clock of the visits: they begin when it says that it is, its `Date` is taken for the time of the visit, and `Expires` is moved with it.
//!
//! Uses: client, origin, snapshot, http, tokio · Never: what to ask for

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;

use super::visitor::{Answered, Origin};
use crate::{
    bench::{BenchError, Url},
    client::{Client, Limits, Trust},
    http::{
        FieldName, FieldSource, FieldValue, Fields, HttpDate, TargetPath,
        exchange::{Answer, Ask, Protocol, Received},
        names,
    },
    origin::{self, Request, respond},
    snapshot::Snapshot,
};

/// A release in memory.
pub(super) struct Release {
    /// The site, coded.
    snapshot: Arc<Snapshot>,
    base: url::Url,
}

/// When visits to one begin, in seconds since 1970: any time would do, since nothing is dated.
const START: i64 = 1_795_694_400;

impl Release {
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Self {
        let base = url::Url::parse("http://site.invalid/").expect("a URL");
        Self { snapshot, base }
    }

    /// `target` as the site has it: a site that is made for a prefix is served without it here.
    fn own<'t>(&self, target: &'t str) -> &'t str {
        let path = target.split('?').next().unwrap_or(target);
        let has = |path: &str| {
            TargetPath::parse(path)
                .is_ok_and(|path| self.snapshot.resource_at(path.as_str()).is_some())
        };
        if has(path) {
            return target;
        }
        path.match_indices('/')
            .skip(1)
            .map(|(slash, _)| &target[slash..])
            .find(|shorter| has(shorter.split('?').next().unwrap_or(shorter)))
            .unwrap_or(target)
    }

    fn respond(&self, target: &str, fields: &Fields) -> (u16, Fields, u64, Option<Bytes>) {
        let target = self.own(target);
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let request = Request {
            method: "GET",
            path,
            query,
            fields,
        };
        let reply: origin::Reply<'_> = respond(&self.snapshot, &request, HttpDate::EPOCH);
        let content = match reply.content.pieces() {
            [piece] => piece.content.whole().ok(),
            _ => None,
        };
        let length = reply.content.length();
        (reply.status, reply.fields(&self.snapshot), length, content)
    }
}

impl Origin for Release {
    fn ask(&mut self, target: &str, fields: &Fields) -> Result<Answered, BenchError> {
        let (status, answer, length, _) = self.respond(target, fields);
        Ok(Answered {
            status,
            fields: Received::from(&answer),
            length,
        })
    }

    fn content(&mut self, target: &str) -> Result<Option<Bytes>, BenchError> {
        let accept = FieldValue::from_static("text/html,*/*");
        let fields = [(FieldName::from_static(names::ACCEPT), accept)]
            .into_iter()
            .collect();
        let (status, _, _, content) = self.respond(target, &fields);
        Ok(content.filter(|_| status == 200))
    }

    fn base(&self) -> &url::Url {
        &self.base
    }

    fn start(&self) -> HttpDate {
        HttpDate::from_unix_seconds(START).unwrap_or(HttpDate::EPOCH)
    }
}

/// A server somewhere.
pub(super) struct Live {
    url: Url,
    base: url::Url,
    client: Client,
    /// What its clock said at first.
    start: HttpDate,
    runtime: tokio::runtime::Runtime,
    contents: HashMap<(String, Option<Vec<u8>>), Bytes>,
    /// The entity tag of the last answer for each target.
    tags: HashMap<String, Option<Vec<u8>>>,
}

impl Live {
    /// The server at `url`, which is asked for `entry`.
    pub(super) fn new(url: Url, trust: Trust, entry: &str) -> Result<Self, BenchError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(BenchError::Generator)?;
        let text = url.with_target("/").to_string();
        let base = url::Url::parse(&text).map_err(|error| BenchError::NotAUrl {
            text,
            why: error.to_string(),
        })?;
        let mut live = Self {
            url,
            base,
            client: Client::with(trust, Limits::default()),
            start: HttpDate::from_unix_seconds(START).unwrap_or(HttpDate::EPOCH),
            runtime,
            contents: HashMap::new(),
            tags: HashMap::new(),
        };
        // `Last-Modified` is a time of its clock, too: what a browser makes of it (RFC 9111 §4.2.2) depends on the difference.
        let answer = live.get(entry, &Fields::default())?;
        if let Some(date) = date(&answer.fields, names::DATE) {
            live.start = date;
        }
        Ok(live)
    }

    fn get(&mut self, target: &str, fields: &Fields) -> Result<Answer, BenchError> {
        let url = self.url.with_target(target).to_string();
        let failed = |why: String| BenchError::NoAnswer {
            url: url.clone(),
            why,
        };
        let parsed = url::Url::parse(&url).map_err(|error| failed(error.to_string()))?;
        let mut ask = Ask::get(parsed).in_version(Protocol::Http1);
        ask.fields = fields.clone();
        self.runtime
            .block_on(self.client.ask(&ask))
            .map_err(|error| failed(error.to_string()))
    }
}

impl Origin for Live {
    fn ask(&mut self, target: &str, fields: &Fields) -> Result<Answered, BenchError> {
        let answer = self.get(target, fields)?;
        let tag = answer.fields.only_line(names::ETAG).map(<[u8]>::to_owned);
        self.tags.insert(target.to_owned(), tag);
        Ok(Answered {
            status: answer.status,
            fields: timeless(&answer.fields, self.start),
            length: answer.content.len() as u64,
        })
    }

    fn content(&mut self, target: &str) -> Result<Option<Bytes>, BenchError> {
        let key = (target.to_owned(), self.tags.get(target).cloned().flatten());
        if let (Some(known), true) = (self.contents.get(&key), key.1.is_some()) {
            return Ok(Some(known.clone()));
        }
        let field = |name, value| (FieldName::from_static(name), FieldValue::from_static(value));
        let fields = [
            field(names::ACCEPT, "text/html,*/*"),
            field(names::ACCEPT_ENCODING, "identity"),
        ]
        .into_iter()
        .collect();
        let answer = self.get(target, &fields)?;
        if answer.status != 200 {
            return Ok(None);
        }
        self.contents.insert(key, answer.content.clone());
        Ok(Some(answer.content))
    }

    fn base(&self) -> &url::Url {
        &self.base
    }

    fn start(&self) -> HttpDate {
        self.start
    }
}

/// The date in the only line `name` of `fields`.
fn date(fields: &Received, name: &str) -> Option<HttpDate> {
    HttpDate::parse(fields.only_line(name)?, HttpDate::EPOCH).ok()
}

/// The fields without the server's time, which is `start` where it does not say so: visits have their own. A lifetime given as a date becomes one in seconds.
fn timeless(fields: &Received, start: HttpDate) -> Received {
    let now = date(fields, names::DATE).unwrap_or(start);
    let lifetime =
        date(fields, names::EXPIRES).map(|expires| expires.saturating_since(now).as_secs());
    let has_max_age = fields
        .text(names::CACHE_CONTROL)
        .is_some_and(|text| text.contains("max-age"));
    let mut timeless = Received::default();
    for (name, value) in fields.iter() {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let is_time = is(names::DATE) || (is(names::EXPIRES) && lifetime.is_some());
        if !is_time {
            timeless.push(name, value);
        }
    }
    if let Some(lifetime) = lifetime.filter(|_| !has_max_age) {
        timeless.push(
            names::CACHE_CONTROL,
            format!("max-age={lifetime}").as_bytes(),
        );
    }
    timeless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_that_is_given_as_a_date_counts_from_the_servers_own_time() {
        let start = HttpDate::parse(b"Tue, 01 Dec 2026 12:00:00 GMT", HttpDate::EPOCH).unwrap();
        let expires = ("expires", "Tue, 01 Dec 2026 13:00:00 GMT");
        for (fields, control) in [
            (vec![expires], Some("max-age=3600")),
            (
                vec![expires, ("date", "Tue, 01 Dec 2026 12:30:00 GMT")],
                Some("max-age=1800"),
            ),
            (
                vec![expires, ("cache-control", "max-age=5")],
                Some("max-age=5"),
            ),
            // Not a date: it has expired (RFC 9111 §5.3), and stays for whoever reads it.
            (vec![("expires", "0")], None),
        ] {
            let answer: Received = fields.iter().copied().collect();
            let timeless = timeless(&answer, start);
            let text = timeless.text(names::CACHE_CONTROL);
            assert_eq!(text.as_deref(), control, "{fields:?}");
            let is_kept = timeless.only_line(names::EXPIRES).is_some();
            assert_eq!(is_kept, control.is_none(), "{fields:?}");
        }
    }
}
