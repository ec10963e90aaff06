//! slowhttptest: hundreds of clients that take their time, and whether the next one is still answered.

use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::{Finding, server::Server};
use crate::debian;

/// Attack and its flags.
const ATTACKS: [(&str, &[&str]); 4] = [
    ("slow heads", &["-H", "-i", "3"]),
    ("slow content", &["-B", "-i", "3", "-s", "8192"]),
    (
        "many ranges",
        &["-R", "-a", "10", "-b", "3000", "-t", "HEAD"],
    ),
    (
        "slow readers",
        &["-X", "-w", "1", "-y", "2", "-n", "3", "-z", "8", "-k", "3"],
    ),
];

/// Each attack, 300 connections for 20 s; a finding when a probe was not answered.
pub(super) fn run() -> anyhow::Result<Vec<Finding>> {
    debian::find_or_install("slowhttptest", &["slowhttptest"])?;
    let server = Server::serve("site", &[])?;
    let mut findings = Vec::new();
    for (attack, flags) in ATTACKS {
        let output = Command::new("slowhttptest")
            .args(["-c", "300", "-r", "100", "-l", "20", "-p", "3", "-u"])
            .arg(server.style()?)
            .args(flags)
            .stdin(Stdio::null())
            .output()
            .context("slowhttptest cannot be run")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let probes = text.matches("service available:").count();
        ensure!(probes > 0, "slowhttptest probed nothing: {text}");
        let refused = text
            .lines()
            .filter(|line| line.contains("service available:") && line.contains("NO"))
            .count();
        let end = text
            .lines()
            .rev()
            .find(|line| line.contains("Exit status:"))
            .unwrap_or_default();
        println!(
            "  {attack}: {probes} probes, {refused} refused; {}",
            end.trim()
        );
        if refused > 0 {
            findings.push(Finding {
                code: "service-not-available".to_owned(),
                about: attack.to_owned(),
                says: format!("{refused} of {probes} probes were not answered"),
            });
        }
    }
    Ok(findings)
}
