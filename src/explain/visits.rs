//! A browser, visit by visit: the model says what leaves it, and the origin answers.
//!
//! Every status and every byte is an answer of [`respond`] to the request that the model lets leave. A deploy that changed the file is played by
//! a browser that holds another representation of it, with another validator.
//!
//! Uses: origin, snapshot, http · Never: statuses of its own

use super::{
    Asked, Elsewhere, Visited, caches::duration, explanation::lines, hsts, trail::Trail,
    wire::head_bytes,
};
use crate::{
    http::{
        DeltaSeconds, EntityTag, FieldName, FieldSource, FieldValue, Fields, HttpDate,
        freshness::{
            Cache, Exchange, Response, Storage, Stored,
            browser::{Ask, Engine, FromCache, Role, Visit, ask},
            storage,
        },
        media_type::is_asset_path,
        names,
    },
    origin::{Request, respond},
    policy::Kind,
    snapshot::Snapshot,
};

/// What comes back.
#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    fields: Fields,
    content: u64,
}

impl Answer {
    fn bytes(&self) -> u64 {
        head_bytes(self.status, &self.fields) + self.content
    }
}

/// A browser in front of a snapshot.
struct Browser<'a> {
    snapshot: &'a Snapshot,
    path: &'a str,
    query: Option<&'a str>,
    /// What it sends in any case.
    fields: Fields,
    role: Role,
    now: HttpDate,
}

/// The visits of a browser to the URL of `asked`; none if that is no GET.
pub(super) fn of(
    snapshot: &Snapshot,
    trail: &Trail<'_>,
    asked: &Request<'_, Fields>,
    now: HttpDate,
) -> Vec<Visited> {
    if asked.method != "GET" {
        return Vec::new();
    }
    let kind = trail.resource.map(|resource| resource.kind);
    let role = match kind {
        Some(Kind::Document) => Role::Document,
        Some(_) => Role::Subresource,
        None if is_asset_path(asked.path) => Role::Subresource,
        None => Role::Document,
    };
    let browser = Browser {
        snapshot,
        path: asked.path,
        query: asked.query,
        fields: of_browser(role, asked.fields),
        role,
        now,
    };
    browser.timeline(kind == Some(Kind::Fingerprinted))
}

/// What a browser adds because of its cache.
const OF_CACHES: [&str; 8] = [
    names::IF_MATCH,
    names::IF_NONE_MATCH,
    names::IF_MODIFIED_SINCE,
    names::IF_UNMODIFIED_SINCE,
    names::IF_RANGE,
    names::RANGE,
    names::CACHE_CONTROL,
    names::PRAGMA,
];

/// What Chromium sends, but for what the request that is explained says otherwise; without its preconditions, which are the cache's business.
fn of_browser(role: Role, request: &Fields) -> Fields {
    let accept = match role {
        Role::Document => "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        Role::Subresource => "*/*",
    };
    let mut fields = Fields::new();
    for (name, value) in [
        (names::ACCEPT, accept),
        (names::ACCEPT_ENCODING, "gzip, deflate, br, zstd"),
    ] {
        if !request.has_field(name) {
            fields.set(
                FieldName::from_static(name),
                FieldValue::parse(value).expect("visible ASCII"),
            );
        }
    }
    let lines = request.iter();
    fields.extend(
        lines
            .filter(|(name, _)| !OF_CACHES.iter().any(|of_caches| name.matches(of_caches)))
            .cloned(),
    );
    fields
}

impl Browser<'_> {
    fn timeline(&self, is_fingerprinted: bool) -> Vec<Visited> {
        let first = self.answer(&Fields::new());
        let response = Response::read(first.status, &first.fields, self.now);
        let may = storage(Cache::Private, "GET", &self.fields, &response);
        let stored = matches!(may, Storage::Allowed(_))
            .then(|| Stored::new(response, &self.fields, Exchange::at(self.now)));
        let stored = stored.as_ref();

        let mut visits = vec![
            self.visit("first-visit", "first visit", Visit::First, stored),
            self.visit("link", "a link leads here", Visit::Link, stored),
            self.visit("back", "back button", Visit::Back, stored),
            self.visit("typed", "address typed", Visit::Typed, stored),
            self.visit("reload", "reload (F5)", Visit::Reload, stored),
            self.visit("hard-reload", "hard reload", Visit::HardReload, stored),
        ];
        visits.extend(stored.and_then(|stored| self.later(stored)));
        let unchanged = "deploy, this file the same";
        visits.push(self.visit("deploy-unchanged", unchanged, Visit::Link, stored));
        visits.push(self.changed(stored, is_fingerprinted));
        visits
    }

    /// When the response has gone stale, if it was fresh.
    fn later(&self, stored: &Stored) -> Option<Visited> {
        let lifetime = stored.response().lifetime(Cache::Private).length;
        let is_fresh_at_first = matches!(
            self.ask(Engine::Chromium, Visit::Link, Some(stored)),
            Ask::Nothing(FromCache::Fresh)
        );
        if !is_fresh_at_first || lifetime == DeltaSeconds::MAX {
            return None;
        }
        let later = Browser {
            snapshot: self.snapshot,
            fields: self.fields.clone(),
            now: self.now.saturating_add(lifetime.duration()),
            ..*self
        };
        let title = format!("again after {}", duration(lifetime));
        Some(later.visit("later", &title, Visit::Link, Some(stored)))
    }

    /// After a deploy that changed the file: what the browser holds is another representation.
    fn changed(&self, stored: Option<&Stored>, is_fingerprinted: bool) -> Visited {
        let (code, title) = ("deploy-changed", "deploy, this file changed");
        if is_fingerprinted {
            let mut visit = self.visit(code, title, Visit::First, None);
            "under its new name; nobody asks for this one any more".clone_into(&mut visit.note);
            return visit;
        }
        let old = stored.map(|stored| {
            let mut response = stored.response().clone();
            if response.validators.entity_tag.is_some() {
                response.validators.entity_tag = EntityTag::strong("of-what-it-was-before").ok();
            }
            // What was changed was last modified before the change.
            let before = HttpDate::EPOCH;
            response.validators.last_modified = response.validators.last_modified.map(|_| before);
            Stored::new(response, &self.fields, Exchange::at(self.now))
        });
        let mut visit = self.visit(code, title, Visit::Link, old.as_ref());
        if let (Asked::Nothing | Asked::Background, Some(stored)) = (visit.asked, stored) {
            let lifetime = stored.response().lifetime(Cache::Private).length;
            visit.note = match visit.asked {
                Asked::Nothing => format!("OLD for up to {}", duration(lifetime)),
                _ => "OLD, this once".to_owned(),
            };
        }
        visit
    }

    fn visit(&self, code: &str, title: &str, visit: Visit, stored: Option<&Stored>) -> Visited {
        let ask = self.ask(Engine::Chromium, visit, stored);
        let (asked, added) = said(&ask);
        let answer = added.as_ref().map(|added| self.answer(added));
        let elsewhere = [Engine::Firefox, Engine::WebKit]
            .into_iter()
            .filter_map(|engine| {
                let (other, added) = said(&self.ask(engine, visit, stored));
                let answer = added.map(|added| self.answer(&added));
                let status = answer.as_ref().map(|answer| answer.status);
                (other != asked).then(|| Elsewhere {
                    engine: engine.as_str().to_owned(),
                    asked: other,
                    status,
                    bytes: answer.as_ref().map_or(0, Answer::bytes),
                })
            })
            .collect();
        let note = match (&ask, stored) {
            (Ask::Nothing(FromCache::Fresh), _) => "from the cache",
            (Ask::Nothing(FromCache::History), _) => "shown as it was",
            (Ask::InBackground(_), _) => "from the cache; the question follows",
            _ => "",
        };
        Visited {
            visit: code.to_owned(),
            title: title.to_owned(),
            asked,
            fields: lines(&added.unwrap_or_default()),
            status: answer.as_ref().map(|answer| answer.status),
            bytes: answer.as_ref().map_or(0, Answer::bytes),
            content_bytes: answer.map_or(0, |answer| answer.content),
            note: note.to_owned(),
            elsewhere,
        }
    }

    fn ask(&self, engine: Engine, visit: Visit, stored: Option<&Stored>) -> Ask {
        ask(engine, visit, self.role, stored, &self.fields, self.now)
    }

    /// What the origin answers, with these fields added.
    fn answer(&self, added: &Fields) -> Answer {
        let mut fields = self.fields.clone();
        fields.extend(added.iter().cloned());
        let request = Request {
            method: "GET",
            path: self.path,
            query: self.query,
            fields: &fields,
        };
        let reply = respond(self.snapshot, &request, self.now);
        let mut fields = reply.fields(self.snapshot);
        fields.set(FieldName::from_static(names::DATE), self.now.field_value());
        hsts::add(self.snapshot, &mut fields);
        Answer {
            status: reply.status,
            content: reply.content.length(),
            fields,
        }
    }
}

/// What leaves, and the fields that are added; the background asks, too.
fn said(ask: &Ask) -> (Asked, Option<Fields>) {
    match ask {
        Ask::Nothing(_) => (Asked::Nothing, None),
        Ask::Conditional { .. } => (Asked::Conditional, ask.fields()),
        Ask::InBackground(with) => (Asked::Background, Some(with.fields())),
        Ask::Unconditional { .. } => (Asked::Unconditional, ask.fields()),
    }
}
