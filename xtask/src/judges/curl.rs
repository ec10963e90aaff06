//! curl: what a careful client makes of validators, codings, ranges and HTTP/2.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, ensure};

use super::{Finding, python, server::Server, tls};

/// What was tried, what came of it, what should have.
type Seen = (&'static str, String, &'static str);

/// Each difference is a finding.
pub(super) fn run() -> anyhow::Result<Vec<Finding>> {
    let server = Server::serve("site", &[])?;
    let url = server.style()?;
    let mut seen = content(&url, &python::folder()?)?;
    seen.extend(connection(&url)?);
    seen.extend(secure()?);
    let mut findings = Vec::new();
    for (what, found, wanted) in seen {
        println!("  {what}: {found}");
        if found != wanted {
            findings.push(Finding {
                code: "curl".to_owned(),
                about: what.to_owned(),
                says: format!("`{found}` and not `{wanted}`"),
            });
        }
    }
    Ok(findings)
}

/// Validators, codings, ranges: whatever way the content comes, it is the content.
fn content(url: &str, folder: &Path) -> anyhow::Result<Vec<Seen>> {
    let (tag, plain, other) = (
        folder.join("tag"),
        folder.join("plain"),
        folder.join("other"),
    );
    let text = |path: &Path| path.display().to_string();
    let (tag, plain_path, other_path) = (text(&tag), text(&plain), text(&other));
    let same = || -> anyhow::Result<String> {
        let same = fs::read(&plain)? == fs::read(&other)?;
        Ok(if same { "same" } else { "other" }.to_owned())
    };
    let mut seen = Vec::new();
    let first = status(&["-o", &plain_path, "--etag-save", &tag, url])?;
    seen.push(("a first visit", first, "200"));
    let second = status(&["-o", "/dev/null", "--etag-compare", &tag, url])?;
    seen.push(("a second one with its tag", second, "304"));
    let coded = status(&["--compressed", "-o", &other_path, url])?;
    seen.push(("a coding", coded, "200"));
    seen.push(("… and the bytes after decoding", same()?, "same"));
    let whole = fs::read(&plain)?;
    ensure!(whole.len() > 1000, "{url} is too short to be resumed");
    fs::write(&other, &whole[..1000])?;
    let resumed = status(&["-C", "-", "-o", &other_path, url])?;
    seen.push(("a download resumed in its middle", resumed, "206"));
    seen.push(("… and its bytes", same()?, "same"));
    Ok(seen)
}

/// Methods, versions, connections.
fn connection(url: &str) -> anyhow::Result<Vec<Seen>> {
    let devnull = ["-o", "/dev/null", "-o", "/dev/null"];
    let twice = [&["-w", "%{num_connects}"], &devnull[..], &[url, url]].concat();
    Ok(vec![
        ("HEAD", status(&["-I", "-o", "/dev/null", url])?, "200"),
        ("two requests: new connections of each", curl(&twice)?, "10"),
        (
            "an upload",
            status(&["-o", "/dev/null", "-T", "/etc/hostname", url])?,
            "405",
        ),
        (
            "HTTP/1.0",
            status(&["--http1.0", "-o", "/dev/null", url])?,
            "200",
        ),
    ])
}

/// TLS, and what is spoken over it.
fn secure() -> anyhow::Result<Vec<Seen>> {
    let certificate = tls::certificate()?;
    let server = Server::serve("site", &certificate.arguments())?;
    // The certificate has the name, too.
    let url = server.style()?.replace("127.0.0.1", "localhost");
    let trusted = certificate.chain.display().to_string();
    let mut seen = Vec::new();
    for (what, flags, wanted) in [
        ("HTTP/2 over TLS", &["--http2"][..], "200 2"),
        ("HTTP/1.1 over TLS", &["--http1.1"], "200 1.1"),
        ("TLS 1.2", &["--tls-max", "1.2"], "200 2"),
    ] {
        let asked = ["-w", "%{http_code} %{http_version}", "-o", "/dev/null"];
        let arguments = [&asked, flags, &["--cacert", &trusted, &url]].concat();
        seen.push((what, curl(&arguments)?, wanted));
    }
    Ok(seen)
}

fn status(arguments: &[&str]) -> anyhow::Result<String> {
    curl(&[&["-w", "%{http_code}"], arguments].concat())
}

fn curl(arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("curl")
        .args(["--silent", "--max-time", "20"])
        .args(arguments)
        .output()
        .context("curl is not installed. Debian: `sudo apt-get install curl`")?;
    ensure!(
        output.status.success(),
        "curl {}: {}",
        arguments.join(" "),
        output.status
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
