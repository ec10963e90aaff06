//! Judges written in Python, in an environment of their own.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, bail, ensure};

use super::Finding;
use crate::cargo::target;

/// What is installed: versions are fixed, so that a new one does not fail an old commit.
const PACKAGES: [&str; 3] = ["httplint==2026.10.4", "redbot==2.7.1", "sslyze==6.3.1"];

/// The folder of all judges.
pub(super) fn folder() -> anyhow::Result<PathBuf> {
    let folder = target()?.join("judges");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A program of the environment; makes it when it is not there.
///
/// # Errors
/// When it cannot be made: with what to run instead.
pub(super) fn program(name: &str) -> anyhow::Result<PathBuf> {
    let environment = folder()?.join("python");
    let made = environment.join("packages");
    if fs::read_to_string(&made).ok().as_deref() != Some(&PACKAGES.join("\n")) {
        println!("python3 -m venv; pip install {}", PACKAGES.join(" "));
        let environment_made = Command::new("python3")
            .args(["-m", "venv"])
            .arg(&environment)
            .status();
        ensure!(
            environment_made.is_ok_and(|status| status.success()),
            "the judges need Python 3 with `venv`. Debian: `sudo apt-get install python3-venv`"
        );
        let pip = Command::new(environment.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(PACKAGES)
            .status()?;
        if !pip.success() {
            bail!("the judges cannot be installed from PyPI: is there a network?");
        }
        fs::write(made, PACKAGES.join("\n"))?;
    }
    Ok(environment.join("bin").join(name))
}

/// Runs a script that prints a finding on each line, `code<TAB>about<TAB>text`.
pub(super) fn findings(script: &str, arguments: &[String]) -> anyhow::Result<Vec<Finding>> {
    let output = Command::new(program("python")?)
        .args(["-c", script])
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "the judge failed itself");
    let text = String::from_utf8(output.stdout).context("findings are text")?;
    let mut lines = text.lines().rev();
    // The last line tells how much was judged: a judge that saw nothing has found nothing.
    let seen: usize = lines
        .next()
        .and_then(|line| line.strip_prefix("judged\t")?.parse().ok())
        .context("the judge did not come to its end")?;
    ensure!(seen > 0, "the judge was shown nothing");
    println!("{seen} replies judged");
    lines
        .rev()
        .map(|line| {
            let mut parts = line.splitn(3, '\t').map(str::to_owned);
            let (Some(code), Some(about), Some(says)) = (parts.next(), parts.next(), parts.next())
            else {
                bail!("not a finding: {line}")
            };
            Ok(Finding { code, about, says })
        })
        .collect()
}
