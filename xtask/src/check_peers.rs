//! `larder check` on real servers: every fault that is known of them has to be found, and larder itself has to be clean.
//!
//! `cargo xtask check-peers` starts all of [`peers::USUAL`] and prints the table of docs/reference/servers.md; `cargo xtask test` does it
//! with nginx.

mod deploys;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, ensure};
use serde_json::Value;
use tempfile::TempDir;

use deploys::Deploys;

use crate::{
    cargo::{cargo, root, target},
    measure::Server,
    peers::{USUAL, usual},
    splice::splice,
};

/// Where the table is kept.
const TABLE: &str = "docs/reference/servers.md";

/// What is known to be wrong with each setup, by single requests made by hand: see the setups themselves for why.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "nginx-tutorial",
        &[
            "reply/document-for-missing-asset",
            "reply/document-without-policy",
            "reply/fields-lost",
            "reply/immutable-without-hash",
            "reply/tag-of-time-and-size",
            "reply/vary-missing",
        ],
    ),
    (
        "nginx-careful",
        &[
            "reply/document-without-policy",
            "reply/error-kept",
            "reply/immutable-without-hash",
            "reply/tag-of-time-and-size",
        ],
    ),
    (
        "caddy",
        &[
            "reply/document-for-missing-asset",
            "reply/document-without-policy",
            "reply/immutable-without-hash",
            "reply/tag-of-time-and-size",
        ],
    ),
    (
        "lighttpd",
        &[
            "reply/document-for-missing-asset",
            "reply/document-without-policy",
            "reply/immutable-without-hash",
        ],
    ),
    (
        "h2o",
        &[
            "reply/document-without-policy",
            "reply/same-tag-for-codings",
            "reply/tag-list-ignored",
        ],
    ),
    (
        "static-web-server",
        &[
            "reply/deep-link-differs",
            "reply/document-for-missing-asset",
            "reply/head-differs",
            "reply/immutable-without-hash",
            "reply/no-validator",
            "reply/tag-of-time-and-size",
        ],
    ),
    (
        "serve",
        &[
            "reply/document-for-missing-asset",
            "reply/document-without-policy",
            "reply/same-tag-for-codings",
            "reply/tag-list-ignored",
        ],
    ),
    (
        "sirv",
        &[
            "reply/document-without-policy",
            "reply/range-wrong",
            "reply/tag-list-ignored",
        ],
    ),
    (
        "sirv-example",
        &[
            "reply/document-kept",
            "reply/immutable-without-hash",
            "reply/range-wrong",
        ],
    ),
    ("vite-preview", &["reply/document-for-missing-asset"]),
];

/// The name of larder's own column.
const LARDER: &str = "larder";

/// What was found on one server.
struct Column {
    name: String,
    version: String,
    about: String,
    /// Code and the heaviest level.
    found: BTreeMap<String, String>,
    /// What became of two deploys.
    deploys: Deploys,
}

/// `cargo xtask check-peers [NAME]…`: with names only these, and no table is written.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let names: Vec<&str> = if arguments.is_empty() {
        USUAL.iter().map(|setup| setup.name).collect()
    } else {
        arguments.iter().map(String::as_str).collect()
    };
    let (columns, missing) = compare(&names)?;
    println!("{}\n{}", table(&columns), deploys_table(&columns));
    for fault in &missing {
        println!("{fault}");
    }
    if arguments.is_empty() && missing.is_empty() {
        fs::write(root().join(TABLE), document(&columns)?)?;
        let readme = root().join("README.md");
        let page = fs::read_to_string(&readme)?;
        fs::write(
            &readme,
            splice(&page, "cargo xtask check-peers", &shown()?)?,
        )?;
        println!("{TABLE} and the output in README.md are written");
    }
    Ok(if missing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the README shows: the whole output of one command.
fn shown() -> anyhow::Result<String> {
    const URL: &str = "http://127.0.0.1:8081/";
    let site = tempfile::tempdir()?;
    copy(&root().join("tests/sites/vite"), site.path())?;
    let server = usual("nginx-tutorial")?.start(site.path())?;
    let url = server.url("/");
    let output = Command::new(target()?.join("debug/larder"))
        .args(["check", &url, "--severity", "error"])
        .env("COLUMNS", "100")
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8(output.stdout)?.replace(&url, URL);
    ensure!(text.contains("✗ error"), "nothing is found on nginx");
    Ok(format!(
        "```console\n$ larder check {URL} --severity error\n{}\n```",
        text.trim()
    ))
}

/// A step of `cargo xtask test`: checks made, and failed.
pub(crate) fn step() -> anyhow::Result<(usize, usize)> {
    let names = ["nginx-tutorial", "nginx-careful"];
    let (columns, missing) = compare(&names)?;
    for fault in &missing {
        println!("{fault}");
    }
    Ok((
        columns.len() - missing.len().min(columns.len()),
        missing.len(),
    ))
}

/// Checks these setups and larder; tells what was not as it should be.
fn compare(names: &[&str]) -> anyhow::Result<(Vec<Column>, Vec<String>)> {
    ensure!(
        cargo(&["build", "--quiet", "--bin", "larder"])
            .status()?
            .success(),
        "larder does not compile"
    );
    let larder = target()?.join("debug/larder");
    let (mut columns, mut missing) = (Vec::new(), Vec::new());
    for name in names {
        let setup = usual(name)?;
        let site = site()?;
        let server = setup.start(site.path())?;
        let column = Column {
            name: server.name.clone(),
            version: server.version.clone(),
            about: setup.about.to_owned(),
            found: check(&larder, &server.url("/"))?,
            deploys: deploys::replay(server.address, site.path())?,
        };
        missing.extend(disproved(&column));
        let known = KNOWN.iter().find(|(known, _)| known == name);
        for code in known.map_or(&[][..], |(_, codes)| codes) {
            if !column.found.contains_key(*code) {
                missing.push(format!("{name}: {code} is not found, and it is there"));
            }
        }
        columns.push(column);
    }
    let (site, codings) = (site()?, tempfile::tempdir()?);
    let server = Server::start(&larder, site.path(), codings.path())?;
    let found = check(&larder, &server.url)?;
    let address = server
        .url
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let deploys = deploys::replay(address.parse()?, site.path())?;
    if deploys.changed != 200 || !deploys.has_new_route {
        missing.push(format!("larder itself: {deploys:?}"));
    }
    for (code, level) in &found {
        if is_fault(level) {
            missing.push(format!("larder itself: {level} {code}"));
        }
    }
    columns.push(Column {
        name: LARDER.to_owned(),
        version: version(&larder)?,
        about: "`larder serve`, without a policy".to_owned(),
        found,
        deploys,
    });
    Ok((columns, missing))
}

/// What check says of tags and routes has to be what a deploy shows.
fn disproved(column: &Column) -> Option<String> {
    let says = |code| column.found.contains_key(code);
    let Deploys {
        changed,
        has_new_route,
    } = column.deploys;
    let name = &column.name;
    if says("reply/tag-of-time-and-size") && changed != 304 {
        return Some(format!(
            "{name}: its tag is said to be of time and size, and other bytes get {changed}"
        ));
    }
    (!has_new_route && !says("reply/deep-link-differs"))
        .then(|| format!("{name}: a route shows the old document, and nothing is said of it"))
}

/// What Vite built, and a script that somebody put beside it under a name without a hash.
fn site() -> anyhow::Result<TempDir> {
    let site = tempfile::tempdir()?;
    copy(&root().join("tests/sites/vite"), site.path())?;
    let index = site.path().join("index.html");
    let text = fs::read_to_string(&index)?;
    let script = "<script src=\"/assets/plain.js\"></script></head>";
    ensure!(text.contains("</head>"), "tests/sites/vite has no head");
    fs::write(&index, text.replace("</head>", script))?;
    let plain = "console.log('not hashed, and long enough to be worth compressing');\n".repeat(20);
    fs::write(site.path().join("assets/plain.js"), plain)?;
    Ok(site)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}

/// Runs `larder check URL --json`: each code with its heaviest level.
fn check(larder: &Path, url: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let output = Command::new(larder)
        .args(["check", url, "--json"])
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let told: Value = serde_json::from_slice(&output.stdout).with_context(|| said)?;
    let mut found = BTreeMap::new();
    for finding in told["findings"].as_array().context("no findings")? {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        // They come with the heaviest first.
        found.entry(text("code")).or_insert_with(|| text("level"));
    }
    Ok(found)
}

fn version(larder: &Path) -> anyhow::Result<String> {
    let output = Command::new(larder).arg("--version").output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text
        .split_whitespace()
        .last()
        .unwrap_or_default()
        .to_owned())
}

fn is_fault(level: &str) -> bool {
    matches!(level, "error" | "warning")
}

fn table(columns: &[Column]) -> String {
    let codes: BTreeSet<&str> = columns
        .iter()
        .flat_map(|column| &column.found)
        .filter(|(_, level)| level.as_str() != "good")
        .map(|(code, _)| code.as_str())
        .collect();
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut out = format!(
        "| finding | {} |\n|---{}|\n",
        names.join(" | "),
        "|:-:".repeat(names.len())
    );
    for code in codes {
        let cells: Vec<&str> = columns
            .iter()
            .map(|column| match column.found.get(code).map(String::as_str) {
                Some("error") => "**error**",
                Some("warning") => "warning",
                Some("note") => "note",
                _ => "",
            })
            .collect();
        let _ = writeln!(out, "| `{code}` | {} |", cells.join(" | "));
    }
    out
}

/// What the two deploys show.
fn deploys_table(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let row = |name: &str, cell: fn(Deploys) -> &'static str| {
        let cells: Vec<_> = columns.iter().map(|column| cell(column.deploys)).collect();
        format!("| {name} | {} |\n", cells.join(" | "))
    };
    format!(
        "| after a deploy | {} |\n|---{}|\n{}{}",
        names.join(" | "),
        "|:-:".repeat(names.len()),
        row(
            "a script with other bytes, of the same length and time, is asked for with its old validators",
            |deploys| match deploys.changed {
                304 => "**304**",
                200 => "200",
                _ => "neither 200 nor 304",
            }
        ),
        row("a route shows the new document", |deploys| {
            if deploys.has_new_route {
                "yes"
            } else {
                "**no**"
            }
        }),
    )
}

fn document(columns: &[Column]) -> anyhow::Result<String> {
    let date = Command::new("date").args(["-u", "+%Y-%m-%d"]).output()?;
    let date = String::from_utf8(date.stdout)?;
    let mut out = format!(
        "# What `larder check` finds on other servers\n\nPrinted by `cargo xtask check-peers` on {}; edit `xtask/src/check_peers.rs`, not this text.\n\n\
         Each server serves the same site, which Vite built, in the configuration that people usually copy for a single-page app\n\
         (`xtask/src/peers/usual.rs`). The findings are explained in [findings.md](findings.md). None of this says that a server cannot be\n\
         configured well: it says what a check finds where nobody did.\n\n| server | version | configuration |\n|---|---|---|\n",
        date.trim()
    );
    for column in columns {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            column.name, column.version, column.about
        );
    }
    out.push('\n');
    out.push_str(&table(columns));
    out.push_str(
        "\nTwo deploys into the folder that each server serves, replayed. The first is what a reproducible build makes: its files have a fixed date, and a\n\
         304 leaves visitors with the old code (RFC 9110 §8.8.1).\n\n",
    );
    out.push_str(&deploys_table(columns));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{KNOWN, USUAL};

    #[test]
    fn every_setup_has_faults_that_have_to_be_found() {
        for setup in USUAL {
            assert!(
                KNOWN
                    .iter()
                    .any(|(name, codes)| *name == setup.name && !codes.is_empty()),
                "{}",
                setup.name
            );
        }
    }
}
