//! The sections larder claims to follow. A claim without a case is no claim, and a case outside the claims is one that nobody would look for.

use std::collections::{BTreeMap, BTreeSet};

use crate::tables;

/// Section → what it is about.
pub(crate) const CLAIMED: &[(&str, &str)] = &[
    ("RFC 3986 §2.1", "percent-encoding"),
    ("RFC 3986 §2.4", "decoded once"),
    ("RFC 3986 §2.5", "UTF-8"),
    ("RFC 3986 §3.3", "path"),
    ("RFC 3986 §3.4", "query"),
    ("RFC 3986 §6.2.2", "one spelling of a path"),
    ("RFC 3986 §6.2.2.1", "case of escapes"),
    ("RFC 3986 §6.2.2.2", "escapes of unreserved characters"),
    ("RFC 3986 §6.2.3", "the empty path"),
    ("RFC 9110 §8.3", "Content-Type"),
    ("RFC 9110 §8.3.2", "charset"),
    ("RFC 9110 §8.4", "Content-Encoding"),
    ("RFC 9110 §8.4.1", "content codings"),
    ("RFC 9110 §8.4.1.3", "gzip"),
    ("RFC 9110 §8.6", "Content-Length"),
    ("RFC 9110 §8.8.1", "weak and strong validators"),
    ("RFC 9110 §8.8.2", "Last-Modified"),
    ("RFC 9110 §8.8.2.1", "Last-Modified is not in the future"),
    ("RFC 9110 §8.8.3", "ETag"),
    ("RFC 9110 §8.8.3.3", "entity tags of content codings"),
    ("RFC 9110 §8.8.4", "when to send which validator"),
    ("RFC 9110 §9.1", "methods"),
    ("RFC 9110 §9.3.1", "GET"),
    ("RFC 9110 §9.3.2", "HEAD"),
    ("RFC 9110 §9.3.3", "POST"),
    ("RFC 9110 §9.3.4", "PUT"),
    ("RFC 9110 §9.3.5", "DELETE"),
    ("RFC 9110 §9.3.7", "OPTIONS"),
    ("RFC 9110 §9.3.8", "TRACE"),
    ("RFC 9110 §10.1.3", "Referer"),
    ("RFC 9110 §10.1.5", "User-Agent"),
    ("RFC 9110 §10.2.1", "Allow"),
    ("RFC 9110 §10.2.2", "Location"),
    ("RFC 9110 §10.2.4", "Server"),
    ("RFC 9110 §12.5.1", "Accept"),
    ("RFC 9110 §12.5.2", "Accept-Charset"),
    ("RFC 9110 §12.5.3", "Accept-Encoding"),
    ("RFC 9110 §12.5.4", "Accept-Language"),
    ("RFC 9110 §12.5.5", "Vary"),
    ("RFC 9110 §13.1.1", "If-Match"),
    ("RFC 9110 §13.1.2", "If-None-Match"),
    ("RFC 9110 §13.1.3", "If-Modified-Since"),
    ("RFC 9110 §13.1.4", "If-Unmodified-Since"),
    ("RFC 9110 §13.1.5", "If-Range"),
    ("RFC 9110 §13.2.1", "when conditions are evaluated"),
    ("RFC 9110 §13.2.2", "precedence of conditions"),
    ("RFC 9110 §14.1", "range units"),
    ("RFC 9110 §14.1.1", "range specifiers"),
    ("RFC 9110 §14.1.2", "byte ranges"),
    ("RFC 9110 §14.2", "Range"),
    ("RFC 9110 §14.3", "Accept-Ranges"),
    ("RFC 9110 §14.4", "Content-Range"),
    ("RFC 9110 §14.6", "multipart/byteranges"),
    ("RFC 9110 §15.3.1", "200"),
    ("RFC 9110 §15.3.5", "204"),
    ("RFC 9110 §15.3.7", "206"),
    ("RFC 9110 §15.3.7.1", "206 with one part"),
    ("RFC 9110 §15.3.7.2", "206 with several parts"),
    ("RFC 9110 §15.4.2", "301"),
    ("RFC 9110 §15.4.3", "302"),
    ("RFC 9110 §15.4.4", "303"),
    ("RFC 9110 §15.4.5", "304"),
    ("RFC 9110 §15.4.8", "307"),
    ("RFC 9110 §15.4.9", "308"),
    ("RFC 9110 §15.5.1", "400"),
    ("RFC 9110 §15.5.5", "404"),
    ("RFC 9110 §15.5.6", "405"),
    ("RFC 9110 §15.5.7", "406"),
    ("RFC 9110 §15.5.13", "412"),
    ("RFC 9110 §15.5.15", "414"),
    ("RFC 9110 §15.5.17", "416"),
    ("RFC 9110 §17.15", "denial of service with Range"),
    ("RFC 9111 §3", "what may be stored for whom"),
    ("RFC 9111 §3.5", "Authorization"),
    ("RFC 9111 §4.1", "cache keys and Vary"),
    ("RFC 9111 §4.3.4", "freshening what is stored"),
    ("RFC 9111 §5.1", "Age"),
    ("RFC 9111 §5.2.1.1", "max-age of a request"),
    ("RFC 9111 §5.2.1.4", "no-cache of a request"),
    ("RFC 9111 §5.2.1.7", "only-if-cached"),
    ("RFC 9111 §5.2.2.1", "max-age"),
    ("RFC 9111 §5.2.2.4", "no-cache"),
    ("RFC 9111 §5.2.2.5", "no-store"),
    ("RFC 9111 §5.2.2.9", "public"),
    ("RFC 9111 §5.3", "Expires"),
    ("RFC 9111 §5.4", "Pragma"),
    ("RFC 9111 §5.5", "Warning"),
    ("RFC 9111 §7.1", "cache poisoning"),
    ("RFC 9112 §3.2", "request targets"),
    ("RFC 9112 §3.2.2", "absolute-form"),
    ("RFC 9112 §6.1", "Transfer-Encoding"),
    ("RFC 9112 §6.3", "where content ends"),
    ("RFC 9112 §9.3", "persistence"),
    ("RFC 9112 §9.6", "close"),
    ("RFC 9113 §8.1.1", "well-formed messages"),
    ("RFC 9113 §8.2.2", "fields about the connection"),
    ("RFC 9113 §8.3.1", "authority"),
    ("RFC 8246 §2", "immutable"),
    ("RFC 5861 §3", "stale-while-revalidate"),
    ("RFC 5861 §4", "stale-if-error"),
    ("RFC 9213 §2", "targeted fields"),
    ("RFC 9213 §2.1", "their syntax"),
    ("RFC 9213 §2.2", "what caches do with them"),
    ("RFC 9213 §3.1", "CDN-Cache-Control"),
    ("choice spa", "what the routes of an app get"),
    ("choice urls", "which URLs a document has"),
    ("choice hidden", "what is never served"),
    ("choice errors", "the texts of errors"),
    ("choice headers", "fields of the policy"),
];

#[test]
fn every_claimed_section_has_a_case() {
    let cited: BTreeSet<String> = tables()
        .iter()
        .flat_map(|(_, cases)| cases)
        .map(crate::harness::Case::section)
        .collect();
    let empty: Vec<_> = CLAIMED
        .iter()
        .filter(|(section, _)| !cited.contains(*section))
        .collect();
    assert!(empty.is_empty(), "claimed, and no case shows it: {empty:?}");
}

#[test]
fn every_case_cites_a_claimed_section() {
    let claimed: BTreeSet<&str> = CLAIMED.iter().map(|(section, _)| *section).collect();
    let unclaimed: Vec<String> = tables()
        .iter()
        .flat_map(|(_, cases)| cases)
        .filter(|case| !claimed.contains(case.section().as_str()))
        .map(|case| format!("{} cites {}", case.id, case.section()))
        .collect();
    assert!(
        unclaimed.is_empty(),
        "cases of sections that are not claimed: {unclaimed:#?}"
    );
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (_, cases) in tables() {
        for case in cases {
            *names.entry(case.id).or_default() += 1;
        }
    }
    let twice: Vec<_> = names.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_case_expects_a_status_and_says_why() {
    for (_, cases) in tables() {
        for case in cases {
            assert!(
                !case.expect.status.is_empty(),
                "{} expects nothing",
                case.id
            );
            assert!(!case.says.is_empty(), "{} says nothing", case.id);
        }
    }
}

/// For people: `cargo test --test conformance -- counted --nocapture`.
#[test]
#[expect(
    clippy::print_stderr,
    reason = "shown only to those who ask for it with --nocapture"
)]
fn cases_are_counted() {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut all = 0;
    for (table, cases) in tables() {
        for case in cases {
            *counts
                .entry((table, format!("{:?}", case.level)))
                .or_default() += 1;
            all += 1;
        }
    }
    eprintln!("{all} cases: {counts:#?}");
    assert!(all >= 200, "the suite has shrunk to {all} cases");
}
