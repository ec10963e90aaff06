//! What a server has: its entry, what its documents name and link to, and what its own first answers say about each.
//!
//! Uses: drive, links, url, http · Never: load

use std::{
    cell::RefCell,
    collections::{BTreeSet, VecDeque},
};

use bytes::Bytes;

use super::{
    asset::{Asset, Prepared},
    drive::{Link, Wire},
    interrupt::Interrupt,
    scenario::Kind,
    verify::{Expected, value},
    wire::Sink,
};
use crate::{
    bench::{
        BenchError, Url,
        links::{assets, links},
    },
    http::{FieldSource, names},
};

/// The most assets that are asked for; a larger site is represented by those found first.
const MAX_ASSETS: usize = 2000;
/// How many redirects are followed from one asset.
const MAX_REDIRECTS: usize = 5;

/// What was learnt about a server.
#[derive(Clone, Debug, Default)]
pub(super) struct Learnt {
    pub(super) assets: Vec<Asset>,
    /// The content of each without content coding, in the order of `assets`.
    pub(super) plain: Vec<Bytes>,
    /// `Server`, as it calls itself.
    pub(super) server: Option<String>,
    /// How many requests it took.
    pub(super) requests: u64,
    /// What is odd: named and not there.
    pub(super) notes: Vec<String>,
}

/// Learns what is at `paths`, or if there are none what is found from `url`; whoever is told to stop has learnt less.
pub(super) fn learn(
    wire: &Wire,
    url: &Url,
    paths: &[String],
    accept_encoding: &str,
    interrupt: &Interrupt,
) -> Result<Learnt, BenchError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(BenchError::Generator)?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let mut learner = Learner {
            link: Link::new(wire),
            wire,
            url,
            accept_encoding,
            interrupt,
            scratch: RefCell::new(vec![0; 64 * 1024]),
            learnt: Learnt::default(),
        };
        if paths.is_empty() {
            learner.crawl().await?;
        } else {
            for path in paths {
                let Some((plain, recorded)) = learner.ask_twice(path).await? else {
                    break;
                };
                let asset = asset(path, &recorded);
                learner.learnt.plain.push(plain.content.into());
                if asset.status != 200 {
                    let note = format!(
                        "{path} answers {}: it is asked for all the same",
                        asset.status
                    );
                    learner.learnt.notes.push(note);
                }
                learner.learnt.assets.push(asset);
            }
        }
        Ok(learner.learnt)
    })
}

struct Learner<'l> {
    link: Link,
    wire: &'l Wire,
    url: &'l Url,
    accept_encoding: &'l str,
    interrupt: &'l Interrupt,
    scratch: RefCell<Vec<u8>>,
    learnt: Learnt,
}

impl Learner<'_> {
    async fn crawl(&mut self) -> Result<(), BenchError> {
        let entry = self.url.target.clone();
        let mut open = VecDeque::from([(entry.clone(), String::new(), 0)]);
        let mut seen = BTreeSet::from([entry.clone()]);
        let origin = format!("{}://{}", self.url.scheme(), self.url.authority());
        while let Some((target, by, redirects)) = open.pop_front() {
            if self.learnt.assets.len() == MAX_ASSETS {
                self.learnt.notes.push(format!(
                    "only the first {MAX_ASSETS} assets are asked for; name others with --path"
                ));
                break;
            }
            let Some(plain) = self.ask(&target, "identity").await? else {
                break;
            };
            if let Some(location) = plain.location(&origin)
                && redirects < MAX_REDIRECTS
            {
                if seen.insert(location.clone()) {
                    open.push_front((location, by, redirects + 1));
                }
                continue;
            }
            if plain.status != 200 {
                if self.learnt.assets.is_empty() {
                    return Err(BenchError::NoEntry {
                        url: self.url.with_target(&target).to_string(),
                        status: plain.status,
                    });
                }
                let note = format!(
                    "{target} (named by {by}) answers {}: left out",
                    plain.status
                );
                self.learnt.notes.push(note);
                continue;
            }
            let Some(recorded) = self.ask(&target, self.accept_encoding).await? else {
                break;
            };
            let asset = asset(&target, &recorded);
            for next in references(&target, &plain, asset.is_document, &origin) {
                if seen.insert(next.clone()) {
                    open.push_back((next, target.clone(), 0));
                }
            }
            self.learnt.assets.push(asset);
            self.learnt.plain.push(plain.content.into());
        }
        Ok(())
    }

    /// What is at `target` without content coding, and as it will be asked for.
    async fn ask_twice(
        &mut self,
        target: &str,
    ) -> Result<Option<(Recorded, Recorded)>, BenchError> {
        let plain = self.ask(target, "identity").await?;
        let recorded = self.ask(target, self.accept_encoding).await?;
        Ok(plain.zip(recorded))
    }

    /// The reply to GET of `target`; nothing if told to stop before it came.
    async fn ask(
        &mut self,
        target: &str,
        accept_encoding: &str,
    ) -> Result<Option<Recorded>, BenchError> {
        // Whether it is a document is known only by the answer: a browser that navigates takes anything, too.
        let asked = Asset {
            target: target.to_owned(),
            is_document: target == self.url.target,
            ..Asset::default()
        };
        let request = Prepared::new(&asked, Kind::First, &self.wire.authority, accept_encoding);
        let mut recorded = Recorded::default();
        let asking = self.link.ask(&request, &mut recorded, &self.scratch);
        self.learnt.requests += 1;
        let asked = tokio::select! {
            asked = tokio::time::timeout(self.wire.timeout, asking) => asked,
            () = self.interrupt.told() => return Ok(None),
        };
        let why = match asked {
            Ok(Ok(())) => {
                if self.learnt.server.is_none() {
                    self.learnt.server.clone_from(&recorded.server);
                }
                return Ok(Some(recorded));
            }
            Ok(Err(fault)) => fault.to_string(),
            Err(_) => format!("nothing within {:?}", self.wire.timeout),
        };
        Err(BenchError::NoAnswer {
            url: self.url.with_target(target).to_string(),
            why,
        })
    }
}

/// What `plain`, the answer at `target`, names and links to: request targets.
fn references(target: &str, plain: &Recorded, is_document: bool, origin: &str) -> Vec<String> {
    let Ok(at) = url::Url::parse(&format!("{origin}{target}")) else {
        return Vec::new();
    };
    let assets = assets(&at, &plain.content).into_iter();
    let mut references: Vec<String> = assets.map(|asset| asset.target).collect();
    if is_document {
        references.extend(links(&at, &plain.content));
    }
    references
}

fn asset(target: &str, recorded: &Recorded) -> Asset {
    let expected = &recorded.expected;
    Asset {
        target: target.to_owned(),
        is_document: recorded.is_html,
        status: recorded.status,
        cache_control: expected.cache_control.clone(),
        entity_tag: expected.entity_tag.clone(),
        last_modified: recorded.last_modified.clone(),
        vary: expected.vary.clone(),
        coding: recorded.coding.clone(),
        content: recorded.content.clone().into(),
    }
}

/// A reply, kept.
#[derive(Debug, Default)]
struct Recorded {
    status: u16,
    expected: Expected,
    last_modified: Option<Vec<u8>>,
    coding: Option<Vec<u8>>,
    location: Option<String>,
    server: Option<String>,
    is_html: bool,
    content: Vec<u8>,
}

impl Recorded {
    /// Where a redirect leads, if it stays on the server.
    fn location(&self, origin: &str) -> Option<String> {
        let location = self
            .location
            .as_deref()
            .filter(|_| (300..400).contains(&self.status))?;
        let path = location.strip_prefix(origin).unwrap_or(location);
        (path.starts_with('/') && !path.starts_with("//")).then(|| path.to_owned())
    }
}

impl Sink for Recorded {
    fn head(&mut self, status: u16, fields: &impl FieldSource) {
        let owned = |name| value(fields, name).map(std::borrow::Cow::into_owned);
        let text = |name| owned(name).map(|value| String::from_utf8_lossy(&value).into_owned());
        self.status = status;
        self.expected = Expected {
            status,
            cache_control: owned(names::CACHE_CONTROL),
            entity_tag: owned(names::ETAG),
            vary: owned(names::VARY),
            content: Bytes::new(),
        };
        self.last_modified = owned(names::LAST_MODIFIED);
        self.coding = owned("Content-Encoding");
        self.location = text(names::LOCATION);
        self.server = text(names::SERVER);
        self.is_html = text(names::CONTENT_TYPE).is_some_and(|text| {
            text.starts_with("text/html") || text.starts_with("application/xhtml")
        });
        self.content.clear();
    }

    fn content(&mut self, piece: &[u8]) {
        self.content.extend_from_slice(piece);
    }
}
