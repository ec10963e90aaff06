//! Content security policies that a document sets for itself, as far as they hold digests of its own inline scripts and styles (CSP 3 §8.3).
//!
//! Editing an inline module changes its digest, so the policy is edited with it. What a policy of a header says cannot be seen here.
//!
//! Uses: collector, integrity · Never: files, clock

use std::ops::Range;

use super::collector::Collector;
use crate::fingerprint::escape;
use crate::fingerprint::integrity;
use crate::fingerprint::mapped::Mapped;
use crate::fingerprint::reference::{Algorithm, InlineRecord, Mention};

/// Records which digest in `policies` is that of which text in `inline`; all ranges are in `text`.
pub(crate) fn apply(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
    policies: &[Range<usize>],
    inline: &[Range<usize>],
    styles: &[Range<usize>],
) {
    for policy in policies {
        let raw = text.slice(policy.clone());
        let value = escape::html(&raw);
        if value.text().contains("'unsafe-hashes'") {
            leave(collector, text, styles);
        }
        for (algorithm, range) in digests(value.text()) {
            let digest = &value.text()[range.clone()];
            for content in inline {
                let content = text.raw_range(content);
                let bytes = integrity::normalise_newlines(collector.content(content.clone()));
                if integrity::same(digest, &algorithm.digest(&bytes)) {
                    collector.scanned().inline.push(InlineRecord {
                        content,
                        span: value.raw_range(&range),
                        algorithm,
                    });
                }
            }
        }
    }
}

/// With `'unsafe-hashes'` the digests may be those of `style` attributes, which are therefore left as they are.
fn leave(collector: &mut Collector<'_>, text: &Mapped<'_>, styles: &[Range<usize>]) {
    let ranges: Vec<Range<usize>> = styles.iter().map(|range| text.raw_range(range)).collect();
    let scanned = collector.scanned();
    let (inside, outside) = std::mem::take(&mut scanned.references)
        .into_iter()
        .partition(|reference| ranges.iter().any(|range| range.contains(&reference.insert)));
    scanned.references = outside;
    let inside: Vec<_> = inside;
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
