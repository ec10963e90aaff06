//! What to ask a server: from one URL to its assets, then the same things again under every condition that caches use.
//!
//! Polite by construction: bounded, one host, only what documents of that host refer to, and never a request that could change anything.
//! It holds no connection: whoever runs it sends [`Survey::next`] and hands the answer to [`Survey::take`].
//!
//! RFC 9110 §13 (conditions), §14 (ranges), §12.5.3 (codings).
//!
//! Uses: http, fingerprint (its scanner), policy · Never: sockets, clock, judgement

mod expected;

use std::collections::{BTreeSet, HashSet, VecDeque};

use url::Url;

use super::record::{Exchange, PROBE_QUERY, Purpose, Record};
use crate::{
    fingerprint,
    http::{
        EntityTag, FieldSource, HttpDate, MediaType, TargetPath,
        exchange::{Answer, Ask, Protocol},
        names,
    },
    policy::{self, Policy},
};

/// A name that no site has.
const NOWHERE: &str = "larder-check-no-such";

/// Of how many assets every condition is tried.
const SAMPLES: usize = 8;

/// How many requests a survey makes at most besides those that it finds its way with, whatever it finds.
const MOST_PROBES: usize = 400;

/// After how many requests without an answer it looks for nothing more, and after how many again it ends: a server that hangs is not to be waited for a hundred
/// times.
const MOST_UNANSWERED: usize = 3;

/// How often the same is asked again on a new connection, to meet another replica.
const REPEATS: usize = 3;

/// How many service workers are asked for that documents and scripts register.
const MOST_WORKERS: usize = 8;

/// Where service workers usually are, registered by something that was seen or not.
const WORKERS: [&str; 2] = ["/sw.js", "/service-worker.js"];

/// How many redirects of the named URL are followed, on its own host.
const MOST_REDIRECTS: usize = 4;

/// A request to make.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Why.
    pub purpose: Purpose,
    /// What.
    pub ask: Ask,
    /// On a connection of its own.
    pub afresh: bool,
}

/// A survey under way.
#[derive(Debug)]
pub struct Survey {
    queue: VecDeque<Probe>,
    seen: HashSet<String>,
    /// Service workers that are registered, relative to the document.
    workers: BTreeSet<String>,
    /// What is asked because a policy says something about it.
    expected: Vec<Probe>,
    private: Option<policy::Site>,
    crawl: usize,
    asked: usize,
    /// What it found and did not ask for.
    dropped: usize,
    redirects: usize,
    has_probed: bool,
    secure: bool,
    exchanges: Vec<Exchange>,
    unanswered: Vec<(String, String)>,
}

impl Survey {
    /// A survey that begins at `start` and fetches at most `crawl` URLs before it begins to probe.
    pub fn new(start: Url, crawl: usize) -> Self {
        let mut survey = Self {
            queue: VecDeque::new(),
            seen: HashSet::from([resource(&start)]),
            workers: BTreeSet::new(),
            expected: Vec::new(),
            private: None,
            crawl,
            asked: 0,
            dropped: 0,
            redirects: 0,
            has_probed: false,
            secure: start.scheme() == "https",
            exchanges: Vec::new(),
            unanswered: Vec::new(),
        };
        survey.add(Purpose::Start, navigation(start));
        survey
    }

    /// The same, looking besides at what only `policy` tells of: where it redirects, and what is for nobody.
    #[must_use]
    pub fn expecting(mut self, policy: &Policy) -> Self {
        if let Some(start) = self.queue.front() {
            self.expected = expected::probes(policy, &start.ask.url);
        }
        self.private = Some(policy.site.clone());
        self
    }

    /// The next request, until there is none.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator cannot be told the answers"
    )]
    pub fn next(&mut self) -> Option<Probe> {
        if self.asked >= self.crawl + MOST_PROBES {
            return None;
        }
        let most = MOST_UNANSWERED * (1 + usize::from(self.has_probed));
        if self.unanswered.len() >= most {
            if self.has_probed {
                return None;
            }
            self.dropped += self.queue.len();
            self.queue.clear();
        }
        if self.queue.is_empty() && !self.has_probed {
            self.has_probed = true;
            self.plan_probes();
        }
        let probe = self.queue.pop_front()?;
        self.asked += 1;
        Some(probe)
    }

    /// Takes the answer to a request.
    pub fn take(&mut self, probe: Probe, answer: Answer) {
        let exchange = Exchange {
            purpose: probe.purpose,
            ask: probe.ask,
            answer,
        };
        match exchange.purpose {
            Purpose::Start => self.follow(&exchange),
            Purpose::Asset => self.crawl(&exchange),
            Purpose::Gzip | Purpose::Brotli | Purpose::Zstd => self.validate_coded(&exchange),
            _ => {}
        }
        self.exchanges.push(exchange);
    }

    /// Takes that there is no answer, and why.
    pub fn give_up(&mut self, probe: &Probe, why: &str) {
        // Whether HTTP/2 is spoken is what was asked.
        if probe.purpose != Purpose::Http2 {
            let url = probe.ask.url.to_string();
            self.unanswered.push((url, why.to_owned()));
        }
    }

    /// What was asked and answered.
    pub fn finish(self, now: HttpDate) -> Record {
        Record {
            exchanges: self.exchanges,
            unasked: self.dropped + self.queue.len(),
            unanswered: self.unanswered,
            private: self.private,
            ..Record::new(now)
        }
    }

    fn add(&mut self, purpose: Purpose, ask: Ask) {
        self.queue.push_back(Probe {
            purpose,
            ask,
            afresh: purpose == Purpose::Again,
        });
    }

    /// A redirect of the start is followed on its own host; a document is searched for assets.
    fn follow(&mut self, start: &Exchange) {
        let target = start
            .field(names::LOCATION)
            .filter(|_| (300..400).contains(&start.answer.status))
            .and_then(|location| start.url().join(&location).ok())
            .filter(|url| url.origin() == start.url().origin());
        match target {
            Some(url) if self.redirects < MOST_REDIRECTS => {
                self.redirects += 1;
                self.seen.insert(resource(&url));
                self.add(Purpose::Start, navigation(url));
            }
            _ => self.crawl(start),
        }
    }

    fn crawl(&mut self, exchange: &Exchange) {
        if exchange.answer.status != 200 || !exchange.is_whole() {
            return;
        }
        // A document may have a name that does not say so; the scanner goes by names.
        let path = match exchange.path() {
            folder if folder.ends_with('/') => format!("{folder}index.html"),
            path if exchange.is_html() && !MediaType::of_path(path).is_document() => {
                format!("{}/index.html", &path[..path.rfind('/').unwrap_or(0)])
            }
            path => path.to_owned(),
        };
        if exchange.is_html() && exchange.purpose == Purpose::Asset {
            return;
        }
        let origin = exchange.url().origin().ascii_serialization();
        let fingerprint::Named {
            targets, workers, ..
        } = fingerprint::named_on(Some(&origin), &path, &exchange.decoded());
        self.workers.extend(workers);
        for named in targets {
            let Ok(path) = TargetPath::from_site(&named.path) else {
                continue;
            };
            let mut url = exchange.url().clone();
            url.set_path(&path.encoded());
            url.set_query(named.query.as_deref());
            url.set_fragment(None);
            if self.seen.len() < self.crawl && self.seen.insert(resource(&url)) {
                self.add(Purpose::Asset, Ask::get(url));
            }
        }
    }

    /// The second half: everything that is asked about what was found.
    fn plan_probes(&mut self) {
        let Some(start) = self
            .exchanges
            .iter()
            .rev()
            .find(|exchange| exchange.purpose == Purpose::Start)
            .cloned()
        else {
            return;
        };
        let assets = self.samples();
        self.probe_routes(start.url());
        for asset in &assets {
            self.probe_neighbours(asset);
        }
        for plain in std::iter::once(&start).chain(&assets) {
            if plain.answer.status == 200 {
                self.probe_codings(plain);
                self.probe_conditions(plain);
                self.probe_ranges(plain);
                self.probe_ways(plain);
            }
        }
    }

    /// One asset for each folder and suffix: what a configuration treats alike.
    fn samples(&self) -> Vec<Exchange> {
        let mut kinds = BTreeSet::new();
        let assets = self.exchanges.iter().filter(|exchange| {
            exchange.purpose == Purpose::Asset
                && exchange.answer.status == 200
                && !exchange.is_html()
        });
        assets
            .filter(|asset| {
                let (folder, name) = asset.path().rsplit_once('/').unwrap_or(("", ""));
                let suffix = name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
                kinds.insert((folder.to_owned(), suffix.to_owned()))
            })
            .take(SAMPLES)
            .cloned()
            .collect()
    }

    fn probe_routes(&mut self, start: &Url) {
        let at = |path: &str| {
            let mut url = start.clone();
            url.set_query(None);
            url.set_path(path);
            url
        };
        let deep = at(&format!("/{NOWHERE}/route"));
        self.add(Purpose::DeepLink, navigation(deep.clone()));
        self.add(Purpose::Head, navigation(deep).method("HEAD"));
        let document = at(&format!("/{NOWHERE}.html"));
        self.add(Purpose::MissingDocument, Ask::get(document));
        for path in ["/.git/HEAD", "/.env"] {
            self.add(Purpose::Hidden, Ask::get(at(path)));
        }
        self.queue.extend(std::mem::take(&mut self.expected));
        for url in self.worker_urls(start) {
            let ask = Ask::get(url).field(names::SERVICE_WORKER, "script");
            self.add(Purpose::ServiceWorker, ask);
        }
        let icon = at("/favicon.ico");
        if self.seen.insert(icon.path().to_owned()) {
            self.add(Purpose::MissingAsset, Ask::get(icon));
        }
    }

    /// The usual places, and those that are registered on this host: relative to the document, as Service Workers §3.4.3 has it.
    fn worker_urls(&self, start: &Url) -> Vec<Url> {
        let registered = self.workers.iter().map(String::as_str).take(MOST_WORKERS);
        let mut urls: Vec<Url> = WORKERS
            .into_iter()
            .chain(registered)
            .filter_map(|written| start.join(written).ok())
            .filter(|url| url.origin() == start.origin())
            .collect();
        for url in &mut urls {
            url.set_fragment(None);
        }
        let mut seen = HashSet::new();
        urls.retain(|url| seen.insert(url.clone()));
        urls
    }

    /// What is not there beside what is: an old release's file, a source map, the folder itself.
    fn probe_neighbours(&mut self, asset: &Exchange) {
        let Some((folder, name)) = asset.path().rsplit_once('/') else {
            return;
        };
        let sibling = |name: &str| {
            let mut url = asset.url().clone();
            url.set_query(None);
            url.set_path(&format!("{folder}/{name}"));
            url
        };
        let suffix = name.rsplit_once('.').map_or("js", |(_, suffix)| suffix);
        let missing = sibling(&format!("{NOWHERE}-deadbeef.{suffix}"));
        self.add(Purpose::MissingAsset, Ask::get(missing));
        if matches!(suffix, "js" | "mjs" | "css") {
            let map = sibling(&format!("{name}.map"));
            self.add(Purpose::SourceMap, Ask::get(map));
        }
        if !folder.is_empty() && self.seen.insert(folder.to_owned()) {
            let mut url = asset.url().clone();
            url.set_query(None);
            url.set_path(folder);
            self.add(Purpose::Folder, Ask::get(url.clone()));
            let other = format!("{NOWHERE}.example");
            self.add(
                Purpose::OtherHost,
                Ask::get(url)
                    .field(names::HOST, &other)
                    .in_version(Protocol::Http1),
            );
        }
    }

    fn probe_codings(&mut self, plain: &Exchange) {
        for (purpose, coding) in [
            (Purpose::Gzip, "gzip"),
            (Purpose::Brotli, "br"),
            (Purpose::Zstd, "zstd"),
        ] {
            let ask = same(plain).field(names::ACCEPT_ENCODING, coding);
            self.add(purpose, ask);
        }
    }

    fn validate_coded(&mut self, coded: &Exchange) {
        let is_coded = coded.answer.fields.has_field(names::CONTENT_ENCODING);
        if let Some(tag) = coded.tag().filter(|_| is_coded) {
            let ask = coded.ask.clone().field(names::IF_NONE_MATCH, tag.as_str());
            self.queue.push_front(Probe {
                purpose: Purpose::CodedTag,
                ask,
                afresh: false,
            });
        }
    }

    fn probe_conditions(&mut self, plain: &Exchange) {
        if let Some(tag) = plain.tag() {
            let weak = EntityTag::weak(tag.opaque()).map(|tag| tag.as_str().to_owned());
            let list = format!("\"{NOWHERE}\", {}", tag.as_str());
            self.condition(plain, Purpose::Tag, names::IF_NONE_MATCH, tag.as_str());
            self.condition(plain, Purpose::TagInList, names::IF_NONE_MATCH, &list);
            if let Ok(weak) = weak
                && !tag.is_weak()
            {
                self.condition(plain, Purpose::WeakTag, names::IF_NONE_MATCH, &weak);
            }
            self.condition(plain, Purpose::AnyTag, names::IF_NONE_MATCH, "*");
            let other = format!("\"{NOWHERE}\"");
            self.condition(plain, Purpose::OtherTag, names::IF_NONE_MATCH, &other);
        }
        if let Some(date) = plain.field(names::LAST_MODIFIED)
            && date.is_ascii()
        {
            self.condition(plain, Purpose::Date, names::IF_MODIFIED_SINCE, &date);
        }
    }

    fn condition(&mut self, plain: &Exchange, purpose: Purpose, name: &'static str, value: &str) {
        self.add(purpose, same(plain).field(name, value));
    }

    fn probe_ranges(&mut self, plain: &Exchange) {
        let length = plain.answer.content.len();
        if length < 16 || !plain.is_whole() {
            return;
        }
        self.condition(plain, Purpose::Range, names::RANGE, "bytes=0-9");
        self.condition(plain, Purpose::Suffix, names::RANGE, "bytes=-5");
        let beyond = format!("bytes={length}-");
        self.condition(plain, Purpose::Beyond, names::RANGE, &beyond);
        let tag = plain.tag().filter(|tag| !tag.is_weak());
        let first = same(plain).field(names::RANGE, "bytes=0-9");
        if let Some(tag) = tag {
            let ask = first.clone().field(names::IF_RANGE, tag.as_str());
            self.add(Purpose::IfRange, ask);
        }
        let other = format!("\"{NOWHERE}\"");
        self.add(Purpose::IfOtherRange, first.field(names::IF_RANGE, &other));
    }

    fn probe_ways(&mut self, plain: &Exchange) {
        self.add(Purpose::Head, same(plain).method("HEAD"));
        let mut query = same(plain);
        let own = query.url.query().map(|own| format!("{own}&"));
        let asked = own.unwrap_or_default() + PROBE_QUERY;
        query.url.set_query(Some(&asked));
        self.add(Purpose::Query, query);
        if plain.purpose == Purpose::Start || self.queue.len() < MOST_PROBES / 2 {
            for _ in 0..REPEATS {
                self.add(Purpose::Again, same(plain));
            }
        }
        // Without TLS nobody offers HTTP/2: a client has to know (RFC 9113 §3.3). Who does not speak it answers nothing, and once is enough.
        if self.secure || plain.purpose == Purpose::Start {
            self.add(Purpose::Http2, same(plain).in_version(Protocol::Http2));
        }
    }
}

/// The same request once more, in the version that conditions are tried in.
fn same(plain: &Exchange) -> Ask {
    plain.ask.clone()
}

/// Path and query.
fn resource(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// What a browser sends for a page, as far as servers look at it.
fn navigation(url: Url) -> Ask {
    Ask::get(url)
        .field(
            names::ACCEPT,
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        )
        .field(names::SEC_FETCH_DEST, "document")
        .field(names::SEC_FETCH_MODE, "navigate")
}
