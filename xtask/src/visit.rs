//! Real sites in a browser, before and after `larder build`: which ones, made ready, and the table of what came of it.
//!
//! The comparison is the test program `tests/corpus`; it is handed a line for each site and writes a row for each. The rows
//! of all runs together are docs/reference/corpus.md.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, bail, ensure};
use toml::{Table, Value};

use crate::{
    cargo::{cargo, root, target},
    chromium,
    corpus::{Site, done},
    strip, toolchain,
};

/// A site to visit: a `[[visit]]` of tests/sites/corpus.toml.
struct Visit {
    /// What it is called in the table.
    name: String,
    /// Where it is from: a package of the list, `tests/…`, `toolchain/…`, `made/…`.
    of: String,
    generator: String,
    folder: Option<String>,
    entry: String,
    /// Where its server mounts it, when its references say so.
    mount: String,
    /// What its server replaces in documents, scripts and style sheets.
    replace: Vec<(String, String)>,
    /// What of the folder, when it is not everything.
    only: Vec<String>,
    /// A folder whose fingerprints are taken off, names and references alike.
    strip: Option<String>,
}

/// `cargo xtask corpus --browser [NAME…]`. A name that is a folder is visited as it is and kept out of the table.
pub(crate) fn run(names: &[String]) -> anyhow::Result<ExitCode> {
    let list: Table = fs::read_to_string(root().join("tests/sites/corpus.toml"))
        .context("tests/sites/corpus.toml")?
        .parse()?;
    let all = visits(&list)?;
    let rows = target()?.join("corpus/rows");
    fs::create_dir_all(&rows)?;
    let (mut lines, mut code) = (String::new(), ExitCode::SUCCESS);
    for folder in names.iter().map(PathBuf::from).filter(|name| name.is_dir()) {
        let folder = folder.canonicalize()?;
        let row = tempfile::NamedTempFile::new()?.path().to_owned();
        write_line(
            &mut lines,
            &folder.display().to_string(),
            "",
            &folder,
            "/",
            &row,
        )?;
    }
    let is_named = |visit: &&Visit| {
        names.is_empty() || names.iter().any(|name| visit.name.contains(name.as_str()))
    };
    for visit in all.iter().filter(is_named) {
        match visit.prepared(&list) {
            Ok(folder) => {
                let row = rows.join(visit.file_name());
                write_line(
                    &mut lines,
                    &visit.name,
                    &visit.generator,
                    &folder,
                    &visit.entry,
                    &row,
                )?;
            }
            Err(error) => {
                println!("{:<38} {error:#}", visit.name);
                code = ExitCode::FAILURE;
            }
        }
    }
    ensure!(
        !lines.is_empty(),
        "no [[visit]] of corpus.toml has {names:?} in its name"
    );
    let mut test = cargo(&["test", "--quiet", "--test", "corpus", "--"]);
    test.args(["--ignored", "--nocapture", "fetched::"])
        .env("LARDER_CHROMIUM", chromium::find_or_install()?)
        .env("LARDER_CORPUS", lines.trim_end());
    if !test.status()?.success() {
        code = ExitCode::FAILURE;
    }
    write_table(&all, &rows)?;
    Ok(code)
}

fn write_line(
    lines: &mut String,
    name: &str,
    generator: &str,
    folder: &Path,
    entry: &str,
    row: &Path,
) -> anyhow::Result<()> {
    let (folder, row) = (folder.display(), row.display());
    Ok(writeln!(
        lines,
        "{name}\t{generator}\t{folder}\t{entry}\t{row}"
    )?)
}

const HEAD: &str = "\
# Real sites before and after `larder build`

Written by `cargo xtask corpus --browser`; the sites are the `[[visit]]` of `tests/sites/corpus.toml`, the comparison is `tests/corpus`.

Each site was served as it came and as `larder build` made it, and crawled in headless Chromium: the entry document and up to seven more, those
that it links to first. *Same* means: the same console, the same URLs asked for and the same scripts and modules evaluated once fingerprints are undone by the
manifest, no module under two URLs, no request that fails afterwards and did not before, the same text of every document, and the same pixels of
the entry document at 1024 × 768 (at most one in a thousand off by more than 8 of 255). Without their servers many apps show a message that says so:
that message, too, is the same. What differs only now and then, because a script draws lots or races, is found out by repeating: *round 2* means that the
first round differed and the second did not. Nothing leaves the machine: what is on other hosts fails before and after. Nobody clicks: what a site asks for only when it is used, and what its
workers ask for, is not compared. *Build s* is what a debug build of larder took on two busy cores, without content codings.

| site | generator | resources | renamed | documents | requests | scripts | console | build s | verdict |
|---|---|---|---|---|---|---|---|---|---|
";

const FOOT: &str = "
*stripped*: the bundler's fingerprints were taken off all names and references first, so that larder has to name the whole module graph, circles included.
";

fn write_table(all: &[Visit], rows: &Path) -> anyhow::Result<()> {
    let mut text = HEAD.to_owned();
    for visit in all {
        text.push_str(&fs::read_to_string(rows.join(visit.file_name())).unwrap_or_default());
    }
    text.push_str(FOOT);
    let chromium = chromium::find_or_install()?;
    let tools = [
        (Path::new("date"), "--utc --iso-8601"),
        (&chromium, "--version"),
        (Path::new("rustc"), "--version"),
        (Path::new("sphinx-build"), "--version"),
        (Path::new("mkdocs"), "--version"),
        (Path::new("hugo"), "version"),
    ];
    let versions: Vec<String> = tools.iter().filter_map(|tool| first_line(*tool)).collect();
    writeln!(
        text,
        "\nLast run: larder {}, {}.",
        larder_version()?,
        versions.join(", ")
    )?;
    fs::write(root().join("docs/reference/corpus.md"), text).context("docs/reference/corpus.md")
}

/// What a program says about itself, without its place; nothing when it is not installed.
fn first_line((program, arguments): (&Path, &str)) -> Option<String> {
    let arguments = arguments.split(' ');
    let output = Command::new(program).args(arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().next()?;
    Some(line.split(" from ").next()?.trim().to_owned())
}

/// The version in the project's own Cargo.toml.
fn larder_version() -> anyhow::Result<String> {
    let manifest: Table = fs::read_to_string(root().join("Cargo.toml"))?.parse()?;
    let version = manifest
        .get("package")
        .and_then(|package| package.get("version")?.as_str());
    Ok(version.unwrap_or_default().to_owned())
}

fn visits(list: &Table) -> anyhow::Result<Vec<Visit>> {
    let tables = list.get("visit").and_then(Value::as_array);
    tables
        .context("corpus.toml has no [[visit]]")?
        .iter()
        .map(visit)
        .collect()
}

fn visit(table: &Value) -> anyhow::Result<Visit> {
    let text = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
    let needed =
        |key: &str| text(key).with_context(|| format!("a [[visit]] has no `{key}`: {table}"));
    let pair = |pair: &Value| {
        let side = |at| pair.get(at).and_then(Value::as_str).map(str::to_owned);
        side(0).zip(side(1)).context("`replace` is a list of pairs")
    };
    let replace = table.get("replace").and_then(Value::as_array);
    let only = table.get("only").and_then(Value::as_array);
    Ok(Visit {
        name: needed("name")?,
        of: needed("of")?,
        generator: needed("generator")?,
        folder: text("folder"),
        entry: text("entry").unwrap_or_else(|| "/".to_owned()),
        mount: text("mount").unwrap_or_default(),
        replace: replace
            .into_iter()
            .flatten()
            .map(pair)
            .collect::<Result<_, _>>()?,
        only: only
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect(),
        strip: text("strip"),
    })
}

impl Visit {
    fn file_name(&self) -> String {
        format!("{}.md", self.name.replace([' ', '/', ','], "_"))
    }

    /// The folder to visit: the site itself, or a copy in which is done what its server would do.
    fn prepared(&self, list: &Table) -> anyhow::Result<PathBuf> {
        let source = self.source(list)?;
        let is_ready = self.mount.is_empty() && self.replace.is_empty() && self.only.is_empty();
        if is_ready && self.strip.is_none() {
            return Ok(source);
        }
        let copy = target()?
            .join("corpus/ready")
            .join(self.file_name().trim_end_matches(".md"));
        let _ = fs::remove_dir_all(&copy);
        let mounted = copy.join(&self.mount);
        fs::create_dir_all(&mounted)?;
        if self.only.is_empty() {
            done(Command::new("cp").arg("-rT").arg(&source).arg(&mounted))?;
        }
        for name in &self.only {
            let from = source.join(name);
            done(Command::new("cp").arg("-r").arg(from).arg(&mounted))?;
        }
        if !self.replace.is_empty() {
            strip::replace(&mounted, &self.replace)?;
        }
        if let Some(folder) = &self.strip {
            strip::fingerprints(&mounted, folder)?;
        }
        if !self.mount.is_empty() {
            // The entry document is above what its references name.
            fs::rename(mounted.join("index.html"), copy.join("index.html"))?;
        }
        Ok(copy)
    }

    fn source(&self, list: &Table) -> anyhow::Result<PathBuf> {
        let folder = match self.of.split_once('/') {
            Some(("tests", name)) => root().join("tests/sites").join(name),
            Some(("toolchain", name)) => toolchain::place("sysroot")?
                .join("share/doc/rust/html")
                .join(name),
            Some(("made", tool)) => made(tool)?,
            _ => {
                let sites = crate::corpus::parse(list)?;
                let mut sites = sites.into_iter().filter(|site| self.is_of(site));
                sites
                    .next()
                    .with_context(|| format!("no [[site]] is {}", self.of))?
                    .fetched()?
            }
        };
        ensure!(folder.is_dir(), "there is no {}", folder.display());
        Ok(folder)
    }

    fn is_of(&self, site: &Site) -> bool {
        let folder = self.folder.as_ref();
        site.package == self.of && folder.is_none_or(|folder| *folder == site.folder)
    }
}

/// A site that a generator makes of `tests/sites/sources`, with the generator that is installed.
fn made(tool: &str) -> anyhow::Result<PathBuf> {
    let source = root().join("tests/sites/sources").join(tool);
    let out = target()?.join("corpus").join(format!("made-{tool}"));
    let _ = fs::remove_dir_all(&out);
    let mut command = match tool {
        "sphinx" => {
            let mut command = Command::new("sphinx-build");
            command.args(["-q", "-b", "html"]).arg(&source).arg(&out);
            command
        }
        "mkdocs" => {
            let mut command = Command::new("mkdocs");
            command
                .args(["build", "--quiet", "-f"])
                .arg(source.join("mkdocs.yml"));
            command.arg("-d").arg(&out);
            command
        }
        "hugo" => {
            let mut command = Command::new("hugo");
            command
                .args(["--quiet", "--minify", "--noBuildLock", "--source"])
                .arg(&source);
            command.arg("--destination").arg(&out);
            command
        }
        other => bail!("nobody knows how to make {other}"),
    };
    done(&mut command).with_context(|| format!("{tool} has to be installed for this site"))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::visits;
    use crate::cargo::root;

    #[test]
    fn every_visit_of_the_list_is_of_something_that_is_there() {
        let list = std::fs::read_to_string(root().join("tests/sites/corpus.toml")).unwrap();
        let list: toml::Table = list.parse().unwrap();
        let sites = crate::corpus::parse(&list).unwrap();
        for visit in visits(&list).unwrap() {
            let is_there = match visit.of.split_once('/') {
                Some(("tests", name)) => root().join("tests/sites").join(name).is_dir(),
                Some(("made", name)) => root().join("tests/sites/sources").join(name).is_dir(),
                Some(("toolchain", _)) => true,
                _ => sites.iter().any(|site| visit.is_of(site)),
            };
            assert!(is_there, "{}: {}", visit.name, visit.of);
        }
    }
}
