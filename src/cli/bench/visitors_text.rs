//! The report of visitors for the terminal: a table for each site, and what it means in a sentence.
//!
//! Uses: bench · Never: printing (it gives a text)

use std::{fmt::Write, time::Duration};

use crate::{
    bench::visitors::{Cost, Journey, Report, Run, Visited},
    cli::summary::size,
};

/// How many loads that failed are named.
const NAMED: usize = 5;

/// The report as text.
pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    for run in &report.runs {
        table(&mut text, report, run);
    }
    if let [own, others @ ..] = report.runs.as_slice() {
        for sentence in own.visits.iter().filter_map(deploy) {
            let _ = writeln!(text, "{sentence}");
        }
        for other in others {
            compare(&mut text, own, other);
        }
    }
    let model = report.settings.model;
    let _ = write!(
        text,
        "time is reckoned: {:.1} Mbit/s, {} ms a round trip; references count whether or not they are used",
        model.bandwidth / 1e6,
        model.latency.as_millis()
    );
    text
}

fn table(text: &mut String, report: &Report, run: &Run) {
    let policy = run
        .policy
        .as_ref()
        .map(|policy| format!(", under {policy}"))
        .unwrap_or_default();
    let _ = writeln!(text, "{}{policy}", run.name);
    let width = run
        .visits
        .iter()
        .map(|visit| visit.journey.to_string().chars().count())
        .max()
        .unwrap_or(0);
    let _ = writeln!(
        text,
        "  {:<width$}  {:>8}  {:>5}  {:>10}  {:>9}  {:>11}  {:>8}",
        "", "requests", "304", "from cache", "received", "round trips", "time"
    );
    for Visited { journey, cost } in &run.visits {
        let time = report.settings.model.time(cost.round_trips, cost.bytes);
        let _ = write!(
            text,
            "  {:<width$}  {:>8}  {:>5}  {:>10}  {:>9}  {:>11}  {:>8}",
            journey.to_string(),
            cost.requests,
            cost.not_modified,
            cost.from_cache,
            size(cost.bytes),
            cost.round_trips,
            seconds(time),
        );
        if !cost.broken.is_empty() {
            let _ = write!(text, "  {} BROKEN", cost.broken.len());
        }
        text.push('\n');
    }
    for Visited { journey, cost } in &run.visits {
        for broken in cost.broken.iter().take(NAMED) {
            let _ = writeln!(text, "  {journey}: {}: {}", broken.target, broken.why);
        }
        if cost.broken.len() > NAMED {
            let more = cost.broken.len() - NAMED;
            let _ = writeln!(text, "  {journey}: … and {more} more");
        }
    }
    text.push('\n');
}

/// What a release costs those who come back.
fn deploy(visit: &Visited) -> Option<String> {
    let Journey::AfterDeploy(from) = &visit.journey else {
        return None;
    };
    Some(format!(
        "this release costs a visitor who returns from {from} {}",
        amount(&visit.cost)
    ))
}

fn amount(cost: &Cost) -> String {
    let requests = if cost.requests == 1 {
        "request"
    } else {
        "requests"
    };
    format!("{} in {} {requests}", size(cost.bytes), cost.requests)
}

/// Where two runs differ, visit by visit.
fn compare(text: &mut String, own: &Run, other: &Run) {
    let name = |run: &Run| match &run.policy {
        Some(policy) if own.name == other.name => policy.clone(),
        _ => run.name.clone(),
    };
    let _ = writeln!(text, "{} beside {}:", name(own), name(other));
    let mut differ = false;
    for one in &own.visits {
        let same = |two: &&Visited| two.journey == one.journey;
        let Some(two) = other.visits.iter().find(same) else {
            continue;
        };
        if one.cost == two.cost {
            continue;
        }
        differ = true;
        let broken = match (one.cost.broken.len(), two.cost.broken.len()) {
            (0, 0) => String::new(),
            (mine, theirs) => format!("; {mine} broken instead of {theirs}"),
        };
        let _ = writeln!(
            text,
            "  {}: {} instead of {}{broken}",
            one.journey,
            amount(&one.cost),
            amount(&two.cost)
        );
    }
    if !differ {
        let _ = writeln!(text, "  every visit costs the same");
    }
    text.push('\n');
}

fn seconds(time: Duration) -> String {
    match time {
        time if time.is_zero() => "0".to_owned(),
        time if time < Duration::from_secs(1) => format!("{} ms", time.as_millis()),
        time => format!("{:.1} s", time.as_secs_f64()),
    }
}
