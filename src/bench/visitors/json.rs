//! The report for programs: one JSON object. docs/reference/bench.md has its keys; they are only ever added to.
//!
//! Uses: `serde_json` · Never: printing (it gives a text)

use serde_json::{Value, json};

use super::{Model, Report, Run, Visited};

/// The report as JSON.
pub fn json(report: &Report) -> String {
    let settings = &report.settings;
    let text = json!({
        "format": 1,
        "entry": settings.entry,
        "browser": settings.engine.as_str(),
        "accept_encoding": settings.accept_encoding.as_str(),
        "model": {
            "bandwidth_bits_per_second": settings.model.bandwidth,
            "latency_ms": settings.model.latency.as_secs_f64() * 1e3,
        },
        "runs": report.runs.iter().map(|one| run(one, settings.model)).collect::<Vec<_>>(),
        "broken": report.broken(),
    });
    format!("{text:#}")
}

fn run(run: &Run, model: Model) -> Value {
    json!({
        "name": run.name,
        "policy": run.policy,
        "visits": run.visits.iter().map(|one| visit(one, model)).collect::<Vec<_>>(),
    })
}

fn visit(visit: &Visited, model: Model) -> Value {
    let cost = &visit.cost;
    let broken: Vec<Value> = cost
        .broken
        .iter()
        .map(|broken| json!({ "target": broken.target, "why": broken.why }))
        .collect();
    json!({
        "visit": visit.journey.as_str(),
        "about": visit.journey.about(),
        "requests": cost.requests,
        "not_modified": cost.not_modified,
        "from_cache": cost.from_cache,
        "bytes": cost.bytes,
        "content_bytes": cost.content_bytes,
        "round_trips": cost.round_trips,
        "time_ms": model.time(cost.round_trips, cost.bytes).as_secs_f64() * 1e3,
        "broken": broken,
    })
}
