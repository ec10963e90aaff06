//! Lighthouse: does the browser keep what it may, and can one go back to the page without loading it again?

use std::{
    fs,
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};

use super::{Finding, python, server::Server};
use crate::chromium;

const PACKAGE: &str = "lighthouse@12";
const AUDITS: [&str; 2] = ["cache-insight", "bf-cache"];
const CHROMIUM: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
                        --disable-component-update --disable-sync";

/// Prints `audit score` for each audit of a report.
const READ: &str = "const r=JSON.parse(require('fs').readFileSync(process.argv[1]));\
                    for(const [k,a] of Object.entries(r.audits)) console.log(k, a.score)";

/// A finding for each audit whose score is not 1.
pub(super) fn run() -> anyhow::Result<Vec<Finding>> {
    let chromium = chromium::find_or_install()?;
    let folder = python::folder()?.join("node");
    let program = folder.join("node_modules/.bin/lighthouse");
    if !program.is_file() {
        fs::create_dir_all(&folder)?;
        println!("npm install {PACKAGE}");
        let installed = Command::new("npm")
            .args([
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                PACKAGE,
                "--prefix",
            ])
            .arg(&folder)
            .stdout(Stdio::null())
            .status()
            .context("Lighthouse needs Node.js. Debian: `sudo apt-get install npm`")?;
        ensure!(
            installed.success(),
            "npm cannot install {PACKAGE}: is there a network?"
        );
    }
    let mut findings = Vec::new();
    for (site, arguments) in [("site", &["--build"][..]), ("tests/sites/vite", &[])] {
        let server = Server::serve(site, arguments)?;
        let report = folder.join("report.json");
        let _ = fs::remove_file(&report);
        let status = Command::new(&program)
            .arg(server.url("/"))
            .args([
                "--quiet",
                "--output=json",
                "--only-audits",
                &AUDITS.join(","),
            ])
            .arg(format!("--output-path={}", report.display()))
            .arg(format!("--chrome-flags={CHROMIUM}"))
            .env("CHROME_PATH", &chromium)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        ensure!(
            status.success() && report.is_file(),
            "Lighthouse came to no report"
        );
        let read = Command::new("node")
            .args(["-e", READ])
            .arg(&report)
            .output()?;
        let scores = String::from_utf8_lossy(&read.stdout).into_owned();
        for audit in AUDITS {
            let score = scores
                .lines()
                .find_map(|line| line.strip_prefix(audit)?.strip_prefix(' '))
                .with_context(|| format!("Lighthouse has no audit `{audit}`: {scores}"))?;
            println!("  {site}: {audit} {score}");
            if score != "1" {
                findings.push(Finding {
                    code: audit.to_owned(),
                    about: site.to_owned(),
                    says: format!("score {score}"),
                });
            }
        }
    }
    Ok(findings)
}
