//! Content security policies that a document sets for itself, as far as they hold digests of its scripts and styles (CSP 3 §8.3).
//!
//! Editing an inline module changes its digest, so the policy is edited with it; so it is with the integrity record of a script that is a file. A policy that
//! is sent with the document cannot be edited here: what it has the digest of stays as it is.
//!
//! Uses: collector, integrity · Never: files, clock

use std::collections::BTreeSet;
use std::ops::Range;

use super::collector::Collector;
use crate::fingerprint::escape;
use crate::fingerprint::integrity;
use crate::fingerprint::mapped::Mapped;
use crate::fingerprint::reference::{Algorithm, InlineRecord, Mention};
use crate::fingerprint::site::FileId;

/// The scripts and styles that stand in a document, those of documents inside it included: its policies are theirs, too.
#[derive(Debug, Default)]
pub(crate) struct Inline {
    texts: Vec<Text>,
    /// The values of `style` attributes.
    attributes: Vec<Range<usize>>,
}

/// The text of an inline script or style.
#[derive(Debug)]
struct Text {
    /// Its bytes in the resource.
    raw: Range<usize>,
    /// What the browser digests, where that is not what stands there.
    decoded: Option<String>,
}

impl Text {
    /// Is that its digest?
    fn has(&self, collector: &Collector<'_>, algorithm: Algorithm, digest: &str) -> bool {
        let bytes = match &self.decoded {
            Some(decoded) => integrity::normalise_newlines(decoded.as_bytes()),
            None => integrity::normalise_newlines(collector.content(self.raw.clone())),
        };
        integrity::same(digest, &algorithm.digest(&bytes))
    }
}

/// How much was gathered before a certain document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    texts: usize,
    attributes: usize,
}

impl Inline {
    /// The text of a script or a style.
    pub(crate) fn text(&mut self, text: &Mapped<'_>) {
        let raw = text.raw_range(&(0..text.text().len()));
        let decoded = (raw.len() != text.text().len()).then(|| text.text().to_owned());
        self.texts.push(Text { raw, decoded });
    }

    /// The value of a `style` attribute.
    pub(crate) fn attribute(&mut self, value: &Mapped<'_>) {
        self.attributes
            .push(value.raw_range(&(0..value.text().len())));
    }

    /// Where the next document begins.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            texts: self.texts.len(),
            attributes: self.attributes.len(),
        }
    }
}

/// Records which digest in `policies`, which are ranges of `text`, is that of which script or style gathered since `start`.
pub(crate) fn apply(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
    policies: &[Range<usize>],
    start: Mark,
) {
    if policies.is_empty() {
        return;
    }
    let gathered = std::mem::take(&mut collector.inline);
    let texts = gathered.texts.get(start.texts..).unwrap_or_default();
    for policy in policies {
        let raw = text.slice(policy.clone());
        let value = escape::html(&raw);
        if value.text().contains("'unsafe-hashes'") {
            let attributes = gathered.attributes.get(start.attributes..);
            leave(collector, attributes.unwrap_or_default());
        }
        for (algorithm, range) in digests(value.text()) {
            let is_inline = inline(collector, &value, (algorithm, &range), texts);
            let is_record = external(collector, &value, (algorithm, &range));
            if !is_inline && !is_record {
                // Perhaps of a script that is a file: then its bytes stay.
                let digest = format!("{}-{}", algorithm.name(), &value.text()[range]);
                collector.scanned().foreign_digests.insert(digest);
            }
        }
    }
    collector.inline = gathered;
}

/// Leaves as it is what was gathered since `start` and a policy that is sent with documents has the digest of.
pub(crate) fn keep(collector: &mut Collector<'_>, start: Mark) {
    let site = collector.site();
    if site.sent_policies.is_empty() {
        return;
    }
    let gathered = std::mem::take(&mut collector.inline);
    let texts = gathered.texts.get(start.texts..).unwrap_or_default();
    for policy in &site.sent_policies {
        if policy.contains("'unsafe-hashes'") {
            let attributes = gathered.attributes.get(start.attributes..);
            leave(collector, attributes.unwrap_or_default());
        }
        for (algorithm, range) in digests(policy) {
            let digest = &policy[range];
            let is_meant = |text: &&Text| text.has(collector, algorithm, digest);
            let meant = texts.iter().filter(is_meant);
            let meant: Vec<Range<usize>> = meant.map(|text| text.raw.clone()).collect();
            if meant.is_empty() {
                let digest = format!("{}-{digest}", algorithm.name());
                collector.scanned().foreign_digests.insert(digest);
            } else {
                leave(collector, &meant);
            }
        }
    }
    collector.inline = gathered;
}

/// Records the inline scripts and styles that `digest`, in the policy `value`, is of; says whether there are any.
fn inline(
    collector: &mut Collector<'_>,
    value: &Mapped<'_>,
    digest: (Algorithm, &Range<usize>),
    texts: &[Text],
) -> bool {
    let (algorithm, range) = digest;
    let mut found = false;
    for text in texts {
        if !text.has(collector, algorithm, &value.text()[range.clone()]) {
            continue;
        }
        found = true;
        if text.decoded.is_some() {
            // Its digest after an edit would be that of the decoded text.
            leave(collector, std::slice::from_ref(&text.raw));
        } else {
            collector.scanned().inline.push(InlineRecord {
                content: text.raw.clone(),
                span: value.raw_range(range),
                algorithm,
            });
        }
    }
    found
}

/// A script that is a file may be allowed by the digest in its `integrity` (CSP 3 §6.7.2.4): the policy is renewed with the record.
fn external(
    collector: &mut Collector<'_>,
    value: &Mapped<'_>,
    digest: (Algorithm, &Range<usize>),
) -> bool {
    let (algorithm, range) = digest;
    let is_same = |record: &str| {
        Algorithm::of(record).is_some_and(|(other, digest)| {
            let digest = digest.split('?').next().unwrap_or_default();
            other == algorithm && integrity::same(digest, &value.text()[range.clone()])
        })
    };
    let targets: BTreeSet<FileId> = collector
        .scanned()
        .integrity
        .iter()
        .filter(|record| record.value.split_ascii_whitespace().any(is_same))
        .map(|record| record.target)
        .collect();
    let start = range.start - algorithm.name().len() - 1;
    match targets.first() {
        Some(target) if targets.len() == 1 => {
            collector.integrity(&value.slice(start..range.end), *target);
        }
        // One digest cannot become those of two files.
        _ => targets.iter().for_each(|target| collector.lock(*target)),
    }
    !targets.is_empty()
}

/// Leaves as it is what stands in `ranges` of the resource: `style` attributes, of which with `'unsafe-hashes'` the digests may be.
fn leave(collector: &mut Collector<'_>, ranges: &[Range<usize>]) {
    let scanned = collector.scanned();
    let (inside, outside): (Vec<_>, Vec<_>) = std::mem::take(&mut scanned.references)
        .into_iter()
        .partition(|reference| ranges.iter().any(|range| range.contains(&reference.insert)));
    scanned.references = outside;
    for reference in inside {
        collector.pin(reference.target, Mention::Unreadable);
    }
}

/// The digests in a policy: `'sha256-…'`.
fn digests(policy: &str) -> Vec<(Algorithm, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    for token in policy.split('\'') {
        if let Some((algorithm, digest)) = Algorithm::of(token) {
            let start = at + token.len() - digest.len();
            found.push((algorithm, start..start + digest.len()));
        }
        at += token.len() + 1;
    }
    found
}
