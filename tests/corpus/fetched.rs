//! The sites that `cargo xtask corpus --browser` fetched: a table, and a row of Markdown for each.

#![expect(
    clippy::print_stdout,
    reason = "the table is what the person who started it waits for"
)]

use std::{env, fs, path::Path};

use crate::{
    release::Release,
    rounds::{self, Compared},
};

/// Where `cargo xtask corpus` says which sites there are: a line for each, with tabs between name, generator, folder, entry
/// path and a file for the row.
const SITES: &str = "LARDER_CORPUS";

#[test]
#[ignore = "needs Chromium and the corpus: cargo xtask corpus --browser"]
fn a_real_site_is_the_same_after_building() {
    let sites = env::var(SITES).expect("`cargo xtask corpus --browser` says which sites");
    let mut failed = Vec::new();
    println!(
        "{:<38} {:>6} {:>7} {:>9} {:>8} {:>7} {:>7} {:>7}  verdict",
        "site", "files", "renamed", "documents", "requests", "scripts", "console", "build s"
    );
    for line in sites.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, generator, folder, entry, row] = fields[..] else {
            panic!("{SITES}: not five fields: {line}")
        };
        let (cells, verdict) = match compared(Path::new(folder), entry) {
            Ok((release, compared)) => (cells(&release, &compared), verdict(&compared)),
            Err(trouble) => (Default::default(), Verdict::failed(&trouble)),
        };
        let [files, renamed, documents, requests, scripts, console, took] = &cells;
        println!(
            "{name:<38} {files:>6} {renamed:>7} {documents:>9} {requests:>8} {scripts:>7} {console:>7} {took:>7}  {}",
            verdict.short
        );
        for line in verdict.lines.iter().chain(&verdict.now_and_then) {
            println!("      {line}");
        }
        fs::write(
            row,
            format!(
                "| {name} | {generator} | {} | {} |\n",
                cells.join(" | "),
                verdict.short
            ),
        )
        .expect("the row can be written");
        if !verdict.lines.is_empty() {
            failed.push(name.to_owned());
        }
    }
    assert!(failed.is_empty(), "not the same after building: {failed:?}");
}

fn compared(folder: &Path, entry: &str) -> Result<(Release, Compared), String> {
    let release = Release::of(folder)?;
    let compared = rounds::compare(&release, entry, &[])?;
    Ok((release, compared))
}

fn cells(release: &Release, compared: &Compared) -> [String; 7] {
    let after = &compared.after;
    [
        release.resources.to_string(),
        release.names.count().to_string(),
        compared.documents.to_string(),
        after.requests.len().to_string(),
        after.scripts.len().to_string(),
        after.console.len().to_string(),
        format!("{:.1}", release.took.as_secs_f64()),
    ]
}

struct Verdict {
    short: String,
    lines: Vec<String>,
    /// Worth a look, and no reason to fail.
    now_and_then: Vec<String>,
}

impl Verdict {
    fn failed(trouble: &str) -> Self {
        Self {
            short: "failed".to_owned(),
            lines: vec![trouble.to_owned()],
            now_and_then: Vec::new(),
        }
    }
}

fn verdict(compared: &Compared) -> Verdict {
    let lines: Vec<String> = compared
        .differences
        .iter()
        .map(ToString::to_string)
        .collect();
    let short = match (lines.len(), compared.rounds) {
        (0, 1) => "same".to_owned(),
        (0, rounds) => format!("same, round {rounds}"),
        (count, _) => format!("{count} differences"),
    };
    let now_and_then = &compared.now_and_then;
    Verdict {
        short,
        lines,
        now_and_then: now_and_then
            .iter()
            .map(|difference| format!("now and then: {difference}"))
            .collect(),
    }
}
