//! Who answers visitors: a site in memory, or a server somewhere.
//!
//! In memory it is the origin itself, over a snapshot with all its coded forms; nothing is served. A server is asked as it is, and told apart from the
//! clock of the visits: its `Date` is taken for the time of the visit, and `Expires` is moved with it.
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
    snapshot::{Content, Snapshot},
};

/// A release in memory.
pub(super) struct Release {
    /// The site, coded.
    snapshot: Arc<Snapshot>,
}

impl Release {
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Self {
        Self { snapshot }
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
            [piece] => match &piece.content {
                Content::Held(bytes) => Some(bytes.clone()),
                Content::Stored(_) => None,
            },
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
}

/// A server somewhere.
pub(super) struct Live {
    url: Url,
    client: Client,
    runtime: tokio::runtime::Runtime,
    contents: HashMap<(String, Option<Vec<u8>>), Bytes>,
    /// The entity tag of the last answer for each target.
    tags: HashMap<String, Option<Vec<u8>>>,
}

impl Live {
    /// The server at `url`.
    pub(super) fn new(url: Url, trust: Trust) -> Result<Self, BenchError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(BenchError::Generator)?;
        Ok(Self {
            url,
            client: Client::with(trust, Limits::default()),
            runtime,
            contents: HashMap::new(),
            tags: HashMap::new(),
        })
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
            fields: timeless(&answer.fields),
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
}

/// The fields without the server's time: visits have their own. A lifetime given as a date becomes one in seconds.
fn timeless(fields: &Received) -> Received {
    let parsed = |name: &str| {
        let line = fields.only_line(name)?;
        HttpDate::parse(line, HttpDate::EPOCH).ok()
    };
    let lifetime = parsed(names::EXPIRES)
        .zip(parsed(names::DATE))
        .map(|(expires, date)| expires.saturating_since(date).as_secs());
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
