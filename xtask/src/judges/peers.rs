//! The table of docs/conformance.md: the same questions to larder and to the servers that people use today, in one go.
//!
//! A question is a row of `rows.rs`: it asks, and says whether the answer is what the section wants. Each server serves the same folder, set up as
//! its own documentation shows for a static site with gzip, and nothing more. Rows that change the folder come last.

mod rows;
mod setups;
mod site;

use std::{
    fmt::Write as _,
    fs,
    process::{Command, ExitCode},
};

use anyhow::ensure;

use crate::{cargo::root, splice::splice};
use rows::{ROWS, Verdict};
use site::Site;

/// Where the table goes.
const PAGE: &str = "docs/conformance.md";

/// `cargo xtask judges --peers`.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    let mut columns = Vec::new();
    for setup in setups::all() {
        let site = Site::new()?;
        let server = (setup.start)(site.root())?;
        println!("{} {}", server.name(), server.version());
        let verdicts: Vec<Verdict> = ROWS
            .iter()
            .map(|row| (row.ask)(server.address(), &site))
            .collect();
        let right = verdicts.iter().filter(|verdict| verdict.is_right()).count();
        println!("  {right} of {} as the RFCs say", verdicts.len());
        columns.push((
            server.name().to_owned(),
            server.version().to_owned(),
            verdicts,
        ));
    }
    let larder = &columns[0];
    let wrong: Vec<&str> = ROWS
        .iter()
        .zip(&larder.2)
        .filter(|(_, verdict)| !verdict.is_right())
        .map(|(row, _)| row.asks)
        .collect();
    let page = fs::read_to_string(root().join(PAGE))?;
    fs::write(
        root().join(PAGE),
        splice(&page, "cargo xtask judges --peers", &table(&columns)?)?,
    )?;
    println!("written: {PAGE}");
    for row in &wrong {
        println!("✗ larder: {row}");
    }
    Ok(if wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn table(columns: &[(String, String, Vec<Verdict>)]) -> anyhow::Result<String> {
    let date = Command::new("date").args(["-u", "+%-d %B %Y"]).output()?;
    ensure!(date.status.success(), "there is no date");
    let mut text = format!(
        "Asked on {}: ",
        String::from_utf8_lossy(&date.stdout).trim()
    );
    let versions: Vec<_> = columns
        .iter()
        .map(|(name, version, _)| format!("{name} {version}"))
        .collect();
    writeln!(text, "{}.\n", versions.join(", "))?;
    let names: Vec<_> = columns.iter().map(|(name, ..)| name.as_str()).collect();
    writeln!(text, "| asked | wanted | {} |", names.join(" | "))?;
    writeln!(text, "|---|---|{}", "---|".repeat(columns.len()))?;
    for (place, row) in ROWS.iter().enumerate() {
        let cells: Vec<_> = columns
            .iter()
            .map(|(.., verdicts)| verdicts[place].to_string())
            .collect();
        writeln!(
            text,
            "| {} | {} | {} |",
            row.asks,
            row.wants,
            cells.join(" | ")
        )?;
    }
    let sums: Vec<_> = columns
        .iter()
        .map(|(.., verdicts)| {
            let right = verdicts.iter().filter(|verdict| verdict.is_right()).count();
            format!("**{right}**")
        })
        .collect();
    writeln!(
        text,
        "| **as wanted, of {}** | | {} |",
        ROWS.len(),
        sums.join(" | ")
    )?;
    Ok(text)
}
