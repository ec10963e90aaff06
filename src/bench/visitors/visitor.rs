//! A browser with a private cache, and what one page load costs it.
//!
//! What a page needs is loaded in waves: the document, what it names, what those name. What can be asked for at the same time is one round trip.
//!
//! Implements RFC 9111 through `http::freshness`.
//!
//! Uses: http, url, page, model · Never: sockets, the clock

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use url::Url;

use super::{
    model::SET_UP,
    page::{Reference, references},
};
use crate::{
    bench::BenchError,
    http::{
        FieldName, FieldSource, FieldValue, Fields, HttpDate, MediaType,
        exchange::Received,
        freshness::{
            Cache, Exchange, Response, Storage, Stored,
            browser::{Ask, Engine, Role, Visit, ask},
            storage,
        },
        media_type::known_suffix,
        names,
    },
};

/// Whoever answers requests.
pub(super) trait Origin {
    /// The answer to GET.
    fn ask(&mut self, target: &str, fields: &Fields) -> Result<Answered, BenchError>;

    /// What is at `target` without content coding, to look into; nothing if it is not there.
    fn content(&mut self, target: &str) -> Result<Option<Bytes>, BenchError>;

    /// The URL that request targets are relative to.
    fn base(&self) -> &Url;

    /// When the visits to it begin.
    fn start(&self) -> HttpDate;
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) fields: Received,
    /// Bytes of content as sent.
    pub(super) length: u64,
}

impl Answered {
    /// Bytes of the head, about as HTTP/1.1 has it.
    fn head_length(&self) -> u64 {
        let lines = self.fields.iter();
        let lines: usize = lines
            .map(|(name, value)| name.len() + value.len() + 4)
            .sum();
        lines as u64 + 17
    }
}

/// What a visit costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Requests that left the browser.
    pub requests: u64,
    /// How many of them were answered 304.
    pub not_modified: u64,
    /// What was taken from the cache without a question.
    pub from_cache: u64,
    /// Bytes received, fields included.
    pub bytes: u64,
    /// Bytes of content among them, coded as a browser takes them.
    pub content_bytes: u64,
    /// One after the other: connection, document, what it names, and so on.
    pub round_trips: u32,
    /// What did not load.
    pub broken: Vec<Broken>,
}

/// Something that did not load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What was asked for.
    pub target: String,
    /// What came instead.
    pub why: String,
}

/// What the cache has of one target.
#[derive(Clone, Debug)]
struct Kept {
    stored: Stored,
    is_html: bool,
    location: Option<String>,
    /// To look into.
    content: Option<Bytes>,
}

/// A browser.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    engine: Engine,
    accept_encoding: FieldValue,
    now: HttpDate,
    cache: BTreeMap<String, Kept>,
    is_connected: bool,
    /// What the page that is shown would load later.
    later: BTreeSet<String>,
}

/// What came of one fetch.
struct Fetched {
    status: u16,
    is_html: bool,
    content: Option<Bytes>,
    /// Where it ended, after redirects.
    target: String,
    /// How many requests one after the other.
    trips: u32,
}

/// How many redirects are followed.
const REDIRECTS: usize = 10;
/// The status of a page that is redirected for ever: "Loop Detected" (RFC 5842 §7.2).
const ENDLESS: u16 = 508;

impl Visitor {
    /// One who was never here. The time is `now`.
    pub(super) fn new(engine: Engine, accept_encoding: FieldValue, now: HttpDate) -> Self {
        Self {
            engine,
            accept_encoding,
            now,
            cache: BTreeMap::new(),
            is_connected: false,
            later: BTreeSet::new(),
        }
    }

    /// The same one so many seconds later. Connections last for a minute.
    pub(super) fn later(&self, seconds: u64) -> Self {
        let mut visitor = self.clone();
        visitor.now = self
            .now
            .saturating_add(std::time::Duration::from_secs(seconds));
        visitor.is_connected &= seconds <= 60;
        visitor
    }

    /// Goes to `page`.
    pub(super) fn load(
        &mut self,
        origin: &mut dyn Origin,
        page: &str,
        visit: Visit,
    ) -> Result<Cost, BenchError> {
        let mut cost = Cost::default();
        self.later.clear();
        let document = self.fetch(origin, page, visit, Role::Document, &mut cost)?;
        cost.round_trips += document.trips;
        let status = document.status;
        let why = match status {
            ENDLESS => Some("redirects without end".to_owned()),
            400.. => Some(format!("status {status}")),
            _ if is_redirect(status) => Some(format!("status {status}, to another site")),
            _ => None,
        };
        if let Some(why) = why {
            cost.broken.push(Broken {
                target: document.target,
                why,
            });
        } else {
            let first = named(origin, &document);
            self.load_all(origin, first, visit, &mut cost)?;
        }
        self.connect(&mut cost);
        Ok(cost)
    }

    /// Loads what the page that is shown has left for later: routes and dialogs of an app that runs in an open tab.
    pub(super) fn go_on(&mut self, origin: &mut dyn Origin) -> Result<Cost, BenchError> {
        let mut cost = Cost::default();
        let later = std::mem::take(&mut self.later);
        let at_once = later.into_iter().map(|target| Reference {
            target,
            is_lazy: false,
        });
        self.load_all(origin, at_once.collect(), Visit::Link, &mut cost)?;
        self.connect(&mut cost);
        Ok(cost)
    }

    fn connect(&mut self, cost: &mut Cost) {
        if cost.requests > 0 && !self.is_connected {
            cost.round_trips += SET_UP;
            self.is_connected = true;
        }
    }

    /// Loads `first` and all that it names, wave by wave.
    fn load_all(
        &mut self,
        origin: &mut dyn Origin,
        first: Vec<Reference>,
        visit: Visit,
        cost: &mut Cost,
    ) -> Result<(), BenchError> {
        let mut seen = BTreeSet::new();
        let mut wave = first;
        while !wave.is_empty() {
            let mut next = Vec::new();
            let mut trips = 0;
            for reference in wave {
                if reference.is_lazy {
                    self.later.insert(reference.target);
                    continue;
                }
                if !seen.insert(reference.target.clone()) {
                    continue;
                }
                let target = &reference.target;
                let fetched = self.fetch(origin, target, visit, Role::Subresource, cost)?;
                trips = trips.max(fetched.trips);
                match why_broken(target, &fetched) {
                    Some(why) => cost.broken.push(Broken {
                        target: reference.target,
                        why,
                    }),
                    None => next.extend(named(origin, &fetched)),
                }
            }
            cost.round_trips += trips;
            wave = next;
        }
        self.later.retain(|target| !seen.contains(target));
        Ok(())
    }

    /// Gets one resource, from the cache or from the origin, and follows where it is redirected.
    fn fetch(
        &mut self,
        origin: &mut dyn Origin,
        target: &str,
        visit: Visit,
        role: Role,
        cost: &mut Cost,
    ) -> Result<Fetched, BenchError> {
        let mut target = target.to_owned();
        let mut trips = 0;
        for _ in 0..REDIRECTS {
            trips += u32::from(self.fetch_one(origin, &target, visit, role, cost)?);
            let kept = self.cache.get(&target);
            let Some(location) = kept.and_then(|kept| kept.location.clone()) else {
                break;
            };
            self.drop_unless_storable(&target);
            target = location;
        }
        let kept = self
            .cache
            .get(&target)
            .filter(|kept| kept.location.is_none());
        let fetched = Fetched {
            status: kept.map_or(ENDLESS, |kept| kept.stored.response().status),
            is_html: kept.is_some_and(|kept| kept.is_html),
            content: kept.and_then(|kept| kept.content.clone()),
            target: target.clone(),
            trips,
        };
        self.drop_unless_storable(&target);
        Ok(fetched)
    }

    /// What may not be stored served one load only.
    fn drop_unless_storable(&mut self, target: &str) {
        let request = self.request(Role::Subresource);
        let is_storable = self.cache.get(target).is_some_and(|kept| {
            let storage = storage(Cache::Private, "GET", &request, kept.stored.response());
            matches!(storage, Storage::Allowed(_))
        });
        if !is_storable {
            self.cache.remove(target);
        }
    }

    /// Asks for `target` if the cache cannot answer. Says whether that had to be waited for.
    fn fetch_one(
        &mut self,
        origin: &mut dyn Origin,
        target: &str,
        visit: Visit,
        role: Role,
        cost: &mut Cost,
    ) -> Result<bool, BenchError> {
        let mut request = self.request(role);
        let kept = self.cache.get_mut(target);
        let stored = kept.as_ref().map(|kept| &kept.stored);
        let asked = ask(self.engine, visit, role, stored, &request, self.now);
        let is_waited_for = match &asked {
            Ask::Nothing(_) => {
                cost.from_cache += 1;
                return Ok(false);
            }
            Ask::InBackground(with) => {
                cost.from_cache += 1;
                request.extend(with.fields().iter().cloned());
                false
            }
            Ask::Conditional { .. } | Ask::Unconditional { .. } => {
                request.extend(asked.fields().unwrap_or_default().iter().cloned());
                true
            }
        };
        let answered = origin.ask(target, &request)?;
        cost.requests += 1;
        cost.content_bytes += answered.length;
        cost.bytes += answered.length + answered.head_length();
        let exchange = Exchange::at(self.now);
        if let (304, Some(kept)) = (answered.status, kept) {
            cost.not_modified += 1;
            kept.stored.renew(&answered.fields, exchange);
            return Ok(is_waited_for);
        }
        let response = Response::read(answered.status, &answered.fields, self.now);
        let stored = Stored::new(response, &request, exchange);
        let content = match answered.status {
            200 => origin.content(target)?,
            _ => None,
        };
        let kept = Kept {
            stored,
            is_html: is_html(&answered.fields),
            location: location(origin.base(), target, &answered),
            content,
        };
        self.cache.insert(target.to_owned(), kept);
        Ok(is_waited_for)
    }

    /// The fields a browser sends in any case.
    fn request(&self, role: Role) -> Fields {
        let field = |name, value| (FieldName::from_static(name), FieldValue::from_static(value));
        let mut fields: Fields = match role {
            Role::Document => [
                field(
                    names::ACCEPT,
                    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                ),
                field(names::SEC_FETCH_MODE, "navigate"),
                field(names::SEC_FETCH_DEST, "document"),
            ]
            .into_iter()
            .collect(),
            Role::Subresource => [field(names::ACCEPT, "*/*")].into_iter().collect(),
        };
        if !self.accept_encoding.is_empty() {
            fields.append(
                FieldName::from_static(names::ACCEPT_ENCODING),
                self.accept_encoding.clone(),
            );
        }
        fields
    }
}

/// What a resource that was loaded names.
fn named(origin: &dyn Origin, fetched: &Fetched) -> Vec<Reference> {
    let at = origin.base().join(&fetched.target).ok();
    at.zip(fetched.content.as_ref())
        .map(|(at, content)| references(&at, content))
        .unwrap_or_default()
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

fn is_html(fields: &impl FieldSource) -> bool {
    fields.only_line(names::CONTENT_TYPE).is_some_and(|line| {
        std::str::from_utf8(line)
            .ok()
            .and_then(|text| MediaType::parse(text).ok())
            .is_some_and(|media_type| media_type.is_document())
    })
}

/// A page where a script or an image should be is what single-page servers answer for what is gone.
fn why_broken(target: &str, fetched: &Fetched) -> Option<String> {
    let is_asset = known_suffix(target.split('?').next().unwrap_or_default())
        .is_some_and(|media_type| !media_type.is_document());
    match fetched.status {
        ENDLESS => Some("redirects without end".to_owned()),
        status if status >= 400 => Some(format!("status {status}")),
        _ if is_asset && fetched.is_html => Some("an HTML document in its place".to_owned()),
        _ => None,
    }
}

/// Where a redirect leads, if it stays on the site.
fn location(base: &Url, target: &str, answered: &Answered) -> Option<String> {
    if !is_redirect(answered.status) {
        return None;
    }
    let location = answered.fields.text(names::LOCATION)?;
    let here = base.join(target).ok()?;
    let there = here.join(&location).ok()?;
    let query = there
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    (there.origin() == here.origin()).then(|| format!("{}{query}", there.path()))
}
