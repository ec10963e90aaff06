//! The counts as Prometheus reads them: its text format, version 0.0.4, a dozen lines of code.
//!
//! Names end in what they count; `_total` is a counter. A series that has a label appears once it is not zero, but the first of its family always does, so that
//! a query finds the family.
//!
//! Uses: std · Never: sockets

use std::{
    fmt::Write as _,
    sync::{Arc, PoisonError},
};

use super::{ALL, CLASSES, Count, Counts, STATUSES};

/// What the server is now, beside what it has done.
#[derive(Debug)]
pub(in super::super) struct State {
    /// Which snapshot is served.
    pub(in super::super) generation: u64,
    /// How many resources it has.
    pub(in super::super) resources: usize,
    /// How many snapshots are in memory.
    pub(in super::super) snapshots: usize,
    /// Open connections.
    pub(in super::super) connections: usize,
    /// How many may be.
    pub(in super::super) max_connections: usize,
    /// The names of each certificate, and its end in Unix time.
    pub(in super::super) certificates: Vec<(Vec<String>, i64)>,
    /// When the process began to serve, in Unix time.
    pub(in super::super) started: u64,
}

/// The whole page.
pub(in super::super) fn text(state: &State) -> String {
    let all = ALL.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let sum = |of: &dyn Fn(&Counts) -> &Count| all.iter().map(|counts| of(counts).get()).sum();
    let mut page = Page(String::with_capacity(8 * 1024));

    page.requests(&all);
    for (name, help, count) in [
        (
            "larder_sent_bytes_total",
            "Bytes given to the network: content, heads of replies, and what TLS and HTTP/2 add.",
            sum(&|counts| &counts.sent),
        ),
        (
            "larder_saved_by_validation_bytes_total",
            "Content that was not sent, because a 304 said that the client has it.",
            sum(&|counts| &counts.saved_by_validation),
        ),
        (
            "larder_saved_by_coding_bytes_total",
            "Content that was not sent, because it went in a content coding.",
            sum(&|counts| &counts.saved_by_coding),
        ),
        (
            "larder_missing_fingerprinted_total",
            "404 for a name with a fingerprint: somebody runs an older release than the one that is served.",
            sum(&|counts| &counts.missing_fingerprinted),
        ),
        (
            "larder_connections_accepted_total",
            "Connections that came.",
            sum(&|counts| &counts.accepted),
        ),
        (
            "larder_tls_handshakes_failed_total",
            "TLS handshakes that came to nothing.",
            sum(&|counts| &counts.handshakes_failed),
        ),
        (
            "larder_heads_too_large_total",
            "Requests answered 431.",
            sum(&|counts| &counts.heads_too_large),
        ),
        (
            "larder_panics_total",
            "Requests that met a mistake of larder's own, and were answered 500.",
            sum(&|counts| &counts.panics),
        ),
        (
            "larder_access_log_lines_lost_total",
            "Lines of the access log that could not be written, or not as fast as they came.",
            sum(&|counts| &counts.lines_lost),
        ),
    ] {
        page.single(name, "counter", help, count);
    }
    page.labelled(
        "larder_refused_total",
        "Refused with 503: connections beyond max-connections or max-connections-per-client, requests of HTTP/1.1 beyond max-streams.",
        "reason",
        ["connections", "client", "streams"]
            .into_iter()
            .enumerate()
            .map(|(place, reason)| (reason, sum(&|counts| &counts.refused[place]))),
    );
    page.labelled(
        "larder_connections_cut_total",
        "Connections cut off: content was not taken, a head did not come, HTTP/2 without a request.",
        "waited_for",
        ["send", "head", "request"]
            .into_iter()
            .enumerate()
            .map(|(place, reason)| (reason, sum(&|counts| &counts.cut[place]))),
    );
    let what = ["policy", "site", "certificate"];
    page.labelled(
        "larder_reloads_total",
        "What was read again and is in force.",
        "what",
        what.into_iter()
            .enumerate()
            .map(|(place, what)| (what, sum(&|counts| &counts.reloads[place]))),
    );
    page.labelled(
        "larder_reload_failures_total",
        "What was read again and cannot be used; what was in force stays.",
        "what",
        what.into_iter()
            .enumerate()
            .map(|(place, what)| (what, sum(&|counts| &counts.reloads_failed[place]))),
    );
    state.write(&mut page);
    page.0
}

impl State {
    fn write(&self, page: &mut Page) {
        for (name, help, value) in [
            (
                "larder_snapshot_generation",
                "Which snapshot is served: counts up with each change of site or policy, and as content codings become ready.",
                self.generation,
            ),
            (
                "larder_snapshot_resources",
                "How many resources it has.",
                self.resources as u64,
            ),
            (
                "larder_snapshots",
                "How many snapshots are in memory: the one that is served, and earlier ones that replies in flight began with.",
                self.snapshots as u64,
            ),
            (
                "larder_connections",
                "Open connections.",
                self.connections as u64,
            ),
            (
                "larder_max_connections",
                "How many may be open.",
                self.max_connections as u64,
            ),
            (
                "larder_start_time_seconds",
                "When the server began to listen, in Unix time.",
                self.started,
            ),
        ] {
            page.single(name, "gauge", help, value);
        }
        if self.certificates.is_empty() {
            return;
        }
        page.family(
            "larder_tls_not_after_seconds",
            "gauge",
            "When a certificate expires, in Unix time.",
        );
        for (names, end) in &self.certificates {
            let name = names.first().map_or("", String::as_str);
            let labels = format!("name=\"{}\"", escaped(name));
            page.line("larder_tls_not_after_seconds", &labels, end);
        }
    }
}

/// A label's value: a certificate may name what it likes.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// A page being written.
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.add(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn requests(&mut self, all: &[Arc<Counts>]) {
        self.family(
            "larder_requests_total",
            "counter",
            "Requests answered, by what was found and by status; `error` is whatever found nothing.",
        );
        for (class, name) in CLASSES.iter().enumerate() {
            for place in 0..=STATUSES.len() {
                let count: u64 = all
                    .iter()
                    .map(|counts| counts.requests[class][place].get())
                    .sum();
                let status = STATUSES
                    .get(place)
                    .map_or("other".to_owned(), u16::to_string);
                if count > 0 || (class, place) == (0, 0) {
                    let labels = format!("class=\"{name}\",status=\"{status}\"");
                    self.line("larder_requests_total", &labels, count);
                }
            }
        }
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.family(name, kind, help);
        self.add(format_args!("{name} {value}\n"));
    }

    fn labelled<'w>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl Iterator<Item = (&'w str, u64)>,
    ) {
        self.family(name, "counter", help);
        for (value, count) in values {
            self.line(name, &format!("{label}=\"{value}\""), count);
        }
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        self.add(format_args!("{name}{{{labels}}} {value}\n"));
    }

    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        self.0.write_fmt(text).expect("a string takes any text");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> String {
        text(&State {
            generation: 7,
            resources: 3,
            snapshots: 1,
            connections: 1,
            max_connections: 10,
            certificates: vec![(vec!["a\"b".to_owned()], 12)],
            started: 5,
        })
    }

    #[test]
    fn every_family_is_announced_once_and_has_a_value() {
        let page = page();
        let names: Vec<_> = page
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE "))
            .map(|rest| rest.split(' ').next().unwrap())
            .collect();
        for name in &names {
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1);
            let has_value = page.lines().any(|line| {
                line.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with([' ', '{']))
            });
            assert!(has_value, "{name}");
        }
    }

    #[test]
    fn what_a_certificate_says_cannot_end_its_label() {
        assert!(page().contains("larder_tls_not_after_seconds{name=\"a\\\"b\"} 12\n"));
    }

    #[test]
    fn counts_of_all_threads_are_added_up() {
        let failures = || {
            let page = page();
            let line = page
                .lines()
                .find(|line| line.starts_with("larder_tls_handshakes_failed_total "))
                .unwrap();
            line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
        };
        let before = failures();
        let count = || super::super::handshake_failed();
        std::thread::spawn(count).join().unwrap();
        std::thread::spawn(count).join().unwrap();
        assert!(failures() >= before + 2);
    }
}
