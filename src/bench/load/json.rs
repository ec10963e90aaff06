//! The report for programs: one JSON object. docs/reference/bench.md has its keys; they are only ever added to.
//!
//! Uses: report, `serde_json` · Never: printing (it gives a text)

use serde_json::{Map, Value, json};

use super::{Comparison, Report, Round, ScenarioReport, Settings, TargetReport, rounds::Spread};

/// The report as JSON.
pub fn json(report: &Report) -> String {
    let text = json!({
        "format": 1,
        "settings": settings(&report.settings),
        "targets": report.targets.iter().map(target).collect::<Vec<_>>(),
        "comparisons": report.comparisons.iter().map(comparison).collect::<Vec<_>>(),
        "errors": report.errors(),
        "interrupted": report.is_interrupted,
    });
    format!("{text:#}")
}

fn settings(settings: &Settings) -> Value {
    json!({
        "scenarios": settings.scenarios.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        "mix": settings.mix.to_string(),
        "connections": settings.connections,
        "threads": settings.threads,
        "duration_s": settings.duration.as_secs_f64(),
        "requests": settings.requests,
        "rate": settings.rate,
        "warm_up_s": settings.warm_up.as_secs_f64(),
        "rounds": settings.rounds,
        "timeout_s": settings.timeout.as_secs_f64(),
        "accept_encoding": settings.accept_encoding,
        "http_version": if settings.http2 { "2" } else { "1.1" },
        "streams": if settings.http2 { settings.streams } else { 1 },
    })
}

fn target(target: &TargetReport) -> Value {
    json!({
        "name": target.name,
        "url": target.url,
        "server": target.server,
        "assets": target.assets,
        "content_bytes": target.content_bytes,
        "discovery_requests": target.discovery_requests,
        "notes": target.notes,
        "scenarios": target.scenarios.iter().map(scenario).collect::<Vec<_>>(),
    })
}

fn scenario(report: &ScenarioReport) -> Value {
    let tally = &report.tally;
    let statuses: Map<String, Value> = tally
        .statuses
        .iter()
        .map(|(status, count)| (status.to_string(), json!(count)))
        .collect();
    let errors: Vec<Value> = tally
        .errors
        .iter()
        .map(|(about, errors)| {
            json!({ "about": about, "count": errors.count, "example": errors.example })
        })
        .collect();
    json!({
        "scenario": report.scenario.as_str(),
        "requests": tally.requests(),
        "requests_per_second": report.requests_per_second(),
        "requests_per_second_spread": report.spread().map(spread),
        "bytes": tally.bytes,
        "content_bytes": tally.content_bytes,
        "statuses": statuses,
        "verified": tally.verified,
        "errors": tally.error_count(),
        "error_examples": errors,
        "latency_us": latency(report),
        "server_cpu_us_per_request": report.server_cpu_us_per_request(),
        "server_cpu_s": report.cpu.map(|cpu| cpu.as_secs_f64()),
        "connections_opened": tally.connections,
        "unmeasured_requests": tally.unmeasured,
        "elapsed_s": report.elapsed.as_secs_f64(),
        "rounds": report.rounds.iter().map(round).collect::<Vec<_>>(),
    })
}

/// The percentiles that are reported, and what they are called.
const PERCENTILES: [(&str, f64); 7] = [
    ("p50", 50.0),
    ("p75", 75.0),
    ("p90", 90.0),
    ("p95", 95.0),
    ("p99", 99.0),
    ("p999", 99.9),
    ("p9999", 99.99),
];

fn latency(report: &ScenarioReport) -> Value {
    let mut latency = Map::new();
    for (name, percent) in PERCENTILES {
        latency.insert(name.to_owned(), json!(report.tally.latency_us(percent)));
    }
    let names = ["mean", "stdev", "min", "max"];
    for (name, value) in names.iter().zip(report.tally.latency_moments_us()) {
        latency.insert((*name).to_owned(), json!(value));
    }
    latency.into()
}

fn round(round: &Round) -> Value {
    json!({
        "requests_per_second": round.requests_per_second,
        "server_cpu_us_per_request": round.server_cpu_us_per_request,
        "p50_us": round.p50_us,
        "p99_us": round.p99_us,
    })
}

fn comparison(comparison: &Comparison) -> Value {
    json!({
        "scenario": comparison.scenario.as_str(),
        "target": comparison.target,
        "versus": comparison.versus,
        "requests_per_second_ratio": comparison.requests_per_second.map(spread),
        "server_cpu_ratio": comparison.server_cpu.map(spread),
    })
}

fn spread(spread: Spread) -> Value {
    json!({ "median": spread.median, "min": spread.least, "max": spread.most })
}
