//! The table of the README: a row per scenario, a column per server, the cheapest of them in bold.

use std::{fmt::Write as _, fs, path::Path};

use super::{
    SHARED,
    load::Protocol,
    record::Run,
    servers::{FLOOR, LARDER},
};
use crate::splice::splice;

/// Puts the table into a document.
pub(super) fn insert(document: &Path, run: &Run) -> anyhow::Result<()> {
    let text = fs::read_to_string(document)?;
    fs::write(
        document,
        splice(&text, "cargo xtask bench-peers", &table(run))?,
    )?;
    Ok(())
}

/// The columns, in the order of what they cost on the whole.
pub(super) const COLUMNS: [&str; 7] = [
    FLOOR,
    LARDER,
    "nginx",
    "h2o",
    "lighttpd",
    "static-web-server",
    "Caddy",
];

fn table(run: &Run) -> String {
    let mut text = format!("| CPU µs per request | {} |\n|---|", COLUMNS.join(" | "));
    text.push_str(&"--:|".repeat(COLUMNS.len()));
    text.push('\n');
    for protocol in [Protocol::Http1, Protocol::Http2] {
        for scenario in &SHARED {
            let cost = |server: &str| run.cpu(protocol, scenario.name, server);
            let best = COLUMNS[1..]
                .iter()
                .filter_map(|server| cost(server))
                .fold(f64::INFINITY, f64::min);
            let _ = write!(text, "| {}, {} |", protocol.name(), scenario.name);
            for server in COLUMNS {
                let cell = match cost(server) {
                    None => String::new(),
                    Some(cost) if server != FLOOR && cost <= best => format!("**{}**", short(cost)),
                    Some(cost) => short(cost),
                };
                let _ = write!(text, " {cell} |");
            }
            text.push('\n');
        }
    }
    text
}

/// Two digits that mean something.
pub(super) fn short(cost: f64) -> String {
    if cost < 10.0 {
        format!("{cost:.1}")
    } else {
        format!("{cost:.0}")
    }
}
