//! What was asked and answered, and what caches make of it.
//!
//! Uses: http, policy · Never: judgement

use std::{borrow::Cow, collections::BTreeSet};

use url::Url;

use super::{decode::decode, site::Site};
use crate::http::{
    CacheControl, ContentCoding, DirectiveName, EntityTag, FieldSource, Fields, HttpDate,
    MediaType, TargetPath,
    exchange::{Answer, Ask, End},
    freshness::{Cache, Lifetime, LifetimeSource, Response, Storage, storage},
    names,
    targeted::KNOWN,
};
use crate::policy;

macro_rules! purposes {
    ($($(#[doc = $doc:literal])+ $variant:ident => $name:literal,)+) => {
        /// Why something was asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Purpose {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Purpose {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

purposes! {
    /// The document that was named, as a navigation.
    Start => "start",
    /// Something that a document, style or script refers to.
    Asset => "asset",
    /// A navigation to a path that no file has.
    DeepLink => "deep-link",
    /// A document that is not there, by its suffix.
    MissingDocument => "missing-document",
    /// A file that is not there, in a folder where assets are.
    MissingAsset => "missing-asset",
    /// A script that browsers may have registered as a service worker.
    ServiceWorker => "service-worker",
    /// A path that often redirects: a folder without its slash.
    Folder => "folder",
    /// A path that a policy redirects.
    Redirect => "redirect",
    /// A path that a policy calls private.
    Private => "private",
    /// The same, with another `Host`.
    OtherHost => "other-host",
    /// What should not be public.
    Hidden => "hidden",
    /// The source map of a script.
    SourceMap => "source-map",
    /// HEAD of something known.
    Head => "head",
    /// `If-None-Match` with its tag.
    Tag => "tag",
    /// `If-None-Match` with its tag as the second of two.
    TagInList => "tag-in-list",
    /// `If-None-Match` with the weak form of its strong tag.
    WeakTag => "weak-tag",
    /// `If-None-Match: *`.
    AnyTag => "any-tag",
    /// `If-None-Match` with a tag that it never had.
    OtherTag => "other-tag",
    /// `If-Modified-Since` with its date.
    Date => "date",
    /// The first bytes.
    Range => "range",
    /// The last bytes.
    Suffix => "suffix",
    /// Bytes beyond the end.
    Beyond => "beyond",
    /// The first bytes, if it is still the same.
    IfRange => "if-range",
    /// The first bytes, if it is what it never was.
    IfOtherRange => "if-other-range",
    /// In gzip.
    Gzip => "gzip",
    /// In brotli.
    Brotli => "br",
    /// In zstd.
    Zstd => "zstd",
    /// `If-None-Match` with the tag of a coded form, and the same codings accepted.
    CodedTag => "coded-tag",
    /// The same again, on another connection.
    Again => "again",
    /// The same in HTTP/2.
    Http2 => "http2",
    /// The same with a query.
    Query => "query",
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Why it was asked.
    pub purpose: Purpose,
    /// What was asked.
    pub ask: Ask,
    /// What came back.
    pub answer: Answer,
}

/// Everything that was asked and answered, and what else is known.
#[derive(Clone, Debug)]
pub struct Record {
    /// In the order they were made.
    pub exchanges: Vec<Exchange>,
    /// What was asked and not answered: the URL, and why not.
    pub unanswered: Vec<(String, String)>,
    /// How much was to be asked, and was not.
    pub unasked: usize,
    /// The time of judgement.
    pub now: HttpDate,
    /// The paths whose names are known to carry a hash of their content; without it, names are judged by their looks.
    pub fingerprinted: Option<BTreeSet<String>>,
    /// What a policy says is for nobody, where there is a policy.
    pub private: Option<policy::Site>,
    /// The files, where they are known.
    pub site: Site,
}

/// The query that is put to what is known, after its own.
pub(super) const PROBE_QUERY: &str = "larder-check=1";

/// What a private cache does with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// Nothing is stored.
    Not,
    /// It is stored and validated before each use.
    Validated,
    /// It is used without asking, for so many seconds; the origin says so.
    For(u64),
    /// It is used without asking for as long as the cache guesses, at the time of judgement so many seconds.
    Guessed(u64),
}

impl Keeps {
    /// For how long, in words that follow "for".
    pub(crate) fn spelt(self) -> String {
        match self {
            Self::Guessed(_) => {
                "as long as each guesses, often a tenth of the time since the last change"
                    .to_owned()
            }
            known => super::words::spell(known.seconds()),
        }
    }

    /// May it be used without a question, at least some time?
    pub(crate) fn is_kept(self) -> bool {
        matches!(self, Self::For(_) | Self::Guessed(_))
    }

    /// The one of both that keeps it longer.
    fn longer(self, other: Self) -> Self {
        let rank = |keeps: Self| match keeps {
            Self::Not => (0, 0),
            Self::Validated => (1, 0),
            Self::For(_) | Self::Guessed(_) => (2, keeps.seconds()),
        };
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }

    /// Seconds without a question.
    pub fn seconds(self) -> u64 {
        match self {
            Self::Not | Self::Validated => 0,
            Self::For(seconds) | Self::Guessed(seconds) => seconds,
        }
    }
}

impl Record {
    /// An empty one.
    pub fn new(now: HttpDate) -> Self {
        Self {
            exchanges: Vec::new(),
            unanswered: Vec::new(),
            unasked: 0,
            now,
            fingerprinted: None,
            private: None,
            site: Site::default(),
        }
    }

    /// All exchanges of this purpose.
    pub fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Exchange> {
        self.exchanges
            .iter()
            .filter(move |exchange| exchange.purpose == purpose)
    }

    /// The plain GET of the same URL, with which a probe is compared: a success, if there is one. What had a query put to it is compared with what has none.
    pub(crate) fn plain(&self, probe: &Exchange) -> Option<&Exchange> {
        let query = probe.url().query().map(|query| {
            let own = query.strip_suffix(PROBE_QUERY).unwrap_or(query);
            own.strip_suffix('&').unwrap_or(own)
        });
        let query = query.filter(|own| !own.is_empty());
        let is_same = |url: &Url| url.path() == probe.url().path() && url.query() == query;
        let plain = || {
            let exchanges = self.exchanges.iter();
            exchanges.filter(|exchange| exchange.purpose.is_plain() && is_same(exchange.url()))
        };
        let is_success = |exchange: &&Exchange| exchange.answer.status == 200;
        plain().find(is_success).or_else(|| plain().next())
    }

    /// Probes of this purpose with the plain GET they belong to, where that was a success.
    pub(crate) fn pairs(&self, purpose: Purpose) -> impl Iterator<Item = (&Exchange, &Exchange)> {
        self.of(purpose)
            .filter_map(|probe| Some((self.plain(probe)?, probe)))
            .filter(|(plain, _)| plain.answer.status == 200)
    }

    /// Successful documents: the one that was named, and what deep links got.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter().filter(|exchange| {
            matches!(exchange.purpose, Purpose::Start | Purpose::DeepLink)
                && exchange.answer.status == 200
                && exchange.is_html()
        })
    }

    /// Assets that are there: successes that are no document.
    pub(crate) fn assets(&self) -> impl Iterator<Item = &Exchange> {
        self.of(Purpose::Asset)
            .filter(|exchange| exchange.answer.status == 200 && !exchange.is_html())
    }

    /// Does the name carry a hash of the content: known, or else by its looks?
    pub(crate) fn is_hashed(&self, path: &str) -> bool {
        match &self.fingerprinted {
            Some(known) => known.contains(path),
            None => crate::fingerprint::recognise::looks_hashed(path),
        }
    }

    /// Does a policy say that what was asked for is for nobody?
    pub(crate) fn is_private(&self, exchange: &Exchange) -> bool {
        let path = TargetPath::parse(exchange.path());
        self.private
            .as_ref()
            .zip(path.ok())
            .is_some_and(|(site, path)| site.is_private(path.as_str()))
    }

    /// What a private cache does with the answer.
    pub fn keeps(&self, exchange: &Exchange) -> Keeps {
        kept_by(Cache::Private, &exchange.response(self.now))
    }

    /// What caches on the way do with it, those of CDNs included, which may be told something else (RFC 9111 §5.2.2.10, RFC 9213 §2.2): the longest of all.
    pub(crate) fn keeps_shared(&self, exchange: &Exchange) -> Keeps {
        let fields = &exchange.answer.fields;
        let told = KNOWN.iter().filter(|(name, _)| fields.has_field(name));
        let told = told.map(|(name, _)| {
            let response =
                Response::read_targeted(exchange.answer.status, fields, &[name], self.now);
            kept_by(Cache::Shared, &response)
        });
        let usual = kept_by(Cache::Shared, &exchange.response(self.now));
        told.fold(usual, Keeps::longer)
    }

    /// The longest that anybody keeps it.
    pub(crate) fn keeps_at_most(&self, exchange: &Exchange) -> Keeps {
        self.keeps(exchange).longer(self.keeps_shared(exchange))
    }
}

fn kept_by(cache: Cache, response: &Response) -> Keeps {
    if let Storage::Refused(_) = storage(cache, "GET", &Fields::new(), response) {
        return Keeps::Not;
    }
    if response.control.is_no_cache() {
        return Keeps::Validated;
    }
    let Lifetime { length, source } = response.lifetime(cache);
    match (length.get(), source) {
        // Zero right after a deploy, and more with every day.
        (seconds, LifetimeSource::Heuristic { .. } | LifetimeSource::Permanent) => {
            Keeps::Guessed(u64::from(seconds))
        }
        (0, _) => Keeps::Validated,
        (seconds, _) => Keeps::For(u64::from(seconds)),
    }
}

impl Purpose {
    /// The purpose of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|purpose| purpose.as_str() == name)
    }

    /// A request with a condition or a range.
    pub(crate) fn is_conditional(self) -> bool {
        matches!(
            self,
            Self::Tag
                | Self::TagInList
                | Self::WeakTag
                | Self::AnyTag
                | Self::OtherTag
                | Self::Date
                | Self::Range
                | Self::Suffix
                | Self::Beyond
                | Self::IfRange
                | Self::IfOtherRange
                | Self::CodedTag
        )
    }

    /// A GET of something that no document leads to.
    pub(crate) fn is_uninvited(self) -> bool {
        matches!(self, Self::Hidden | Self::SourceMap | Self::Private)
    }

    /// A GET without conditions, ranges or codings.
    pub(crate) fn is_plain(self) -> bool {
        matches!(
            self,
            Self::Start | Self::Asset | Self::DeepLink | Self::ServiceWorker
        )
    }
}

impl Exchange {
    /// The answer as a cache reads it.
    pub(crate) fn response(&self, now: HttpDate) -> Response {
        Response::read(self.answer.status, &self.answer.fields, now)
    }

    /// Where it was asked for.
    pub(crate) fn url(&self) -> &Url {
        &self.ask.url
    }

    pub(crate) fn path(&self) -> &str {
        self.ask.url.path()
    }

    /// The value of a field of the answer.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.answer.fields.text(name)
    }

    pub(crate) fn control(&self) -> CacheControl {
        self.field(names::CACHE_CONTROL)
            .map(|text| CacheControl::parse(&text).0)
            .unwrap_or_default()
    }

    pub(crate) fn is_immutable(&self) -> bool {
        self.control().has(DirectiveName::Immutable)
    }

    pub(crate) fn tag(&self) -> Option<EntityTag> {
        EntityTag::parse(self.field(names::ETAG)?.as_str()).ok()
    }

    pub(crate) fn has_validator(&self) -> bool {
        self.answer.fields.has_field(names::ETAG)
            || self.answer.fields.has_field(names::LAST_MODIFIED)
    }

    pub(crate) fn media(&self) -> Option<MediaType> {
        MediaType::parse(&self.field(names::CONTENT_TYPE)?).ok()
    }

    pub(crate) fn is_html(&self) -> bool {
        self.media().is_some_and(|media| media.is_document())
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.answer.end == End::Complete
    }

    /// Does `Vary` name `Accept-Encoding`, or everything?
    pub(crate) fn varies_by_coding(&self) -> bool {
        self.field(names::VARY).is_some_and(|text| {
            text.split(',').any(|member| {
                matches!(member.trim(), "*")
                    || member.trim().eq_ignore_ascii_case(names::ACCEPT_ENCODING)
            })
        })
    }

    /// Does it say that there were too many requests, or too many visitors, and not what there is?
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.answer.status, 429 | 503)
    }

    /// `Content-Encoding`, as it is written.
    pub(crate) fn coding(&self) -> Option<String> {
        self.field(names::CONTENT_ENCODING)
    }

    /// The content without its coding, if it is in one that is known.
    pub(crate) fn decoded(&self) -> Cow<'_, [u8]> {
        self.coding()
            .and_then(|name| ContentCoding::parse(name.trim()))
            .and_then(|coding| decode(coding, &self.answer.content))
            .map_or(Cow::Borrowed(&*self.answer.content), Cow::Owned)
    }

    /// `Cache-Control: …` and what CDNs are told besides; or else `Expires: …`; or that there is none.
    pub(crate) fn seen_control(&self) -> String {
        let fields = &self.answer.fields;
        let is_dated = !fields.has_field(names::CACHE_CONTROL) && fields.has_field(names::EXPIRES);
        let first = if is_dated {
            names::EXPIRES
        } else {
            names::CACHE_CONTROL
        };
        let told = KNOWN.iter().filter(|(name, _)| fields.has_field(name));
        let told = told.map(|(name, _)| self.seen(name));
        let all: Vec<String> = std::iter::once(self.seen(first)).chain(told).collect();
        all.join("; ")
    }

    /// `Name: value`, or that there is none.
    pub(crate) fn seen(&self, name: &str) -> String {
        match self.field(name) {
            Some(value) => format!("{name}: {value}"),
            None => format!("no {name}"),
        }
    }

    /// `200 text/html`.
    pub(crate) fn seen_status(&self) -> String {
        match self.media() {
            Some(media) => format!("{} {}", self.answer.status, media.essence()),
            None => self.answer.status.to_string(),
        }
    }
}
