//! The report of a load for the terminal: what was found first, how it was measured last.
//!
//! Uses: bench · Never: printing (it gives a text)

use std::fmt::Write;

use crate::{
    bench::load::{Report, Scenario, TargetReport, rounds::Spread},
    cli::summary::size,
};

/// The report as text.
pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    for target in &report.targets {
        head(&mut text, target);
    }
    for (place, scenario) in report.settings.scenarios.iter().enumerate() {
        table(&mut text, report, place, *scenario);
    }
    for target in &report.targets {
        errors(&mut text, target);
    }
    let _ = write!(text, "\n{}", how(report));
    text
}

fn head(text: &mut String, target: &TargetReport) {
    let server = target
        .server
        .as_ref()
        .map(|server| format!(" ({server})"))
        .unwrap_or_default();
    let _ = writeln!(
        text,
        "{}{server}: {} {}, {}",
        target.name,
        target.assets,
        if target.assets == 1 {
            "asset"
        } else {
            "assets"
        },
        size(target.content_bytes),
    );
    for note in target.notes.iter().take(5) {
        let _ = writeln!(text, "  {note}");
    }
    if target.notes.len() > 5 {
        let _ = writeln!(text, "  … and {} more", target.notes.len() - 5);
    }
}

const COLUMNS: [&str; 8] = [
    "requests/s",
    "p50",
    "p90",
    "p99",
    "p99.9",
    "CPU/request",
    "received",
    "wrong",
];

fn table(text: &mut String, report: &Report, place: usize, scenario: Scenario) {
    let names: Vec<&str> = report
        .targets
        .iter()
        .map(|target| target.name.as_str())
        .collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0)
        .max(scenario.as_str().len());
    let _ = write!(text, "\n{:<width$}", scenario.as_str());
    for column in COLUMNS {
        let _ = write!(text, "  {column:>11}");
    }
    text.push('\n');
    for target in &report.targets {
        let of = &target.scenarios[place];
        let tally = &of.tally;
        let _ = write!(text, "{:<width$}", target.name);
        let cells = [
            grouped(of.requests_per_second()),
            latency(tally.latency_us(50.0)),
            latency(tally.latency_us(90.0)),
            latency(tally.latency_us(99.0)),
            latency(tally.latency_us(99.9)),
            of.server_cpu_us_per_request()
                .map_or_else(|| "-".to_owned(), |cpu| format!("{cpu:.2} µs")),
            size(tally.bytes),
            tally.error_count().to_string(),
        ];
        for cell in cells {
            let _ = write!(text, "  {cell:>11}");
        }
        text.push('\n');
    }
    for comparison in report
        .comparisons
        .iter()
        .filter(|one| one.scenario == scenario)
    {
        if let Some(rate) = comparison.requests_per_second {
            let _ = write!(
                text,
                "  {} × the rate of {}",
                ratio(rate),
                comparison.versus
            );
            if let Some(cpu) = comparison.server_cpu {
                let _ = write!(text, ", {} × its CPU per request", ratio(cpu));
            }
            text.push('\n');
        }
    }
}

fn ratio(spread: Spread) -> String {
    format!(
        "{:.2} ({:.2} to {:.2})",
        spread.median, spread.least, spread.most
    )
}

fn errors(text: &mut String, target: &TargetReport) {
    for of in &target.scenarios {
        for (about, errors) in &of.tally.errors {
            let _ = write!(
                text,
                "\n{} wrong in `{}` at {}: {about}\n  {}\n",
                errors.count, of.scenario, target.name, errors.example
            );
        }
    }
}

/// One line: what the numbers mean.
fn how(report: &Report) -> String {
    let settings = &report.settings;
    let loop_ = settings.rate.map_or_else(
        || "closed loop".to_owned(),
        |rate| format!("{rate} requests/s, latency from when each was due"),
    );
    let amount = settings.requests.map_or_else(
        || format!("{} s", settings.duration.as_secs_f64()),
        |requests| format!("{requests} requests"),
    );
    let rounds = if settings.rounds == 1 {
        "round"
    } else {
        "rounds"
    };
    format!(
        "{}; {} connections, {loop_}, {amount} for each target and scenario in {} {rounds}",
        report.verdict(),
        settings.connections,
        settings.rounds
    )
}

/// Microseconds as people read them.
fn latency(microseconds: f64) -> String {
    match microseconds {
        us if us < 1000.0 => format!("{us:.0} µs"),
        us if us < 1e6 => format!("{:.2} ms", us / 1e3),
        us => format!("{:.2} s", us / 1e6),
    }
}

/// A whole number in groups of three digits.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(grouped(1_234_567.4), "1,234,567");
        assert_eq!(grouped(12.0), "12");
        assert_eq!(latency(999.4), "999 µs");
        assert_eq!(latency(1500.0), "1.50 ms");
        assert_eq!(latency(2e6), "2.00 s");
    }
}
