//! sslyze: versions, suites, renegotiation, known attacks, against Mozilla's intermediate configuration.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};

use super::{Finding, python, server::Server};

/// A certificate for the judges, made once.
pub(super) struct Certificate {
    pub(super) chain: PathBuf,
    key: PathBuf,
    chain_text: String,
    key_text: String,
}

impl Certificate {
    /// What larder is told about it.
    pub(super) fn arguments(&self) -> [&str; 4] {
        ["--tls-cert", &self.chain_text, "--tls-key", &self.key_text]
    }
}

/// Makes one with openssl, as an operator would.
pub(super) fn certificate() -> anyhow::Result<Certificate> {
    let folder = python::folder()?;
    let (chain, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "30",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
        ])
        .arg(&key)
        .arg("-out")
        .arg(&chain)
        .stderr(Stdio::null())
        .status()
        .context("openssl is not installed. Debian: `sudo apt-get install openssl`")?;
    ensure!(made.success(), "openssl made no certificate");
    Ok(Certificate {
        chain_text: chain.display().to_string(),
        key_text: key.display().to_string(),
        chain,
        key,
    })
}

/// Each line of the verdict is a finding.
pub(super) fn run() -> anyhow::Result<Vec<Finding>> {
    let certificate = certificate()?;
    ensure!(certificate.key.is_file(), "there is no key");
    let server = Server::serve("site", &certificate.arguments())?;
    let output = Command::new(python::program("sslyze")?)
        .args(["--mozilla_config=intermediate", server.authority()])
        .stderr(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (scan, verdict) = text
        .split_once("COMPLIANCE AGAINST")
        .context("sslyze came to no verdict")?;
    ensure!(
        scan.contains("TLS 1.3 Cipher Suites"),
        "sslyze saw no server"
    );
    let about = "the sample over TLS";
    let mut findings: Vec<Finding> = verdict
        .lines()
        .filter_map(|line| line.trim().strip_prefix("* ")?.split_once(": "))
        .map(|(code, says)| finding(code, about, says))
        .collect();
    // What is wrong whatever the configuration: it says VULNERABLE, or INSECURE.
    findings.extend(
        scan.lines()
            .filter(|line| line.contains("VULNERABLE -") || line.contains("INSECURE"))
            .map(|line| finding("vulnerable", about, line.trim())),
    );
    Ok(findings)
}

fn finding(code: &str, about: &str, says: &str) -> Finding {
    Finding {
        code: code.to_owned(),
        about: about.to_owned(),
        says: says.to_owned(),
    }
}
