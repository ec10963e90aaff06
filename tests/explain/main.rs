//! `larder explain`: what it says is what is served, and it reads well.
//!
//! `tests/properties.rs` compares it with the origin over random sites; here are the program and a socket, the look of the text, and
//! (with an installed browser, `cargo xtask test`) what Chromium really does.

#[path = "../support/mod.rs"]
mod support;

mod looks;
mod program;
mod reasons;

use bytes::Bytes;
use larder::{
    Policy, assemble, compile,
    explain::{Explanation, explain},
    fingerprint::Digest,
    http::{ContentCoding, FieldName, FieldValue, Fields, HttpDate},
    snapshot::{CodedContent, Generation, SiteFile, Snapshot},
};

/// Sun, 31 May 2026 00:00:00 GMT.
fn now() -> HttpDate {
    HttpDate::from_unix_seconds(1_780_185_600).expect("a time in this millennium")
}

/// A file with a coded form of each coding: the content less a byte, two, three.
fn file(path: &str, content: &str) -> SiteFile {
    let bytes = Bytes::copy_from_slice(content.as_bytes());
    let coded = ContentCoding::ALL.into_iter().zip(1..);
    SiteFile {
        coded: coded
            .filter(|_| bytes.len() > 20)
            .map(|(coding, less)| {
                let coded = bytes.slice(less..);
                CodedContent {
                    coding,
                    digest: Digest::of(&coded),
                    content: coded.into(),
                }
            })
            .collect(),
        ..SiteFile::new(path, bytes.clone(), Digest::of(&bytes))
    }
}

/// An app: a document, a fingerprinted script, a picture.
fn app() -> Vec<SiteFile> {
    let mut script = file(
        "/assets/app-0123456789abcdef.js",
        &"console.log();\n".repeat(40),
    );
    script.fingerprinted = true;
    vec![
        file("/index.html", "<!doctype html><title>App</title>"),
        script,
        file("/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ]
}

/// Several documents.
fn pages() -> Vec<SiteFile> {
    vec![
        file("/index.html", "<!doctype html><title>Home</title>"),
        file("/about.html", "<!doctype html><title>About</title>"),
        file("/docs/index.html", "<!doctype html><title>Docs</title>"),
        file("/404.html", "<!doctype html><title>Nothing here</title>"),
        file("/fonts/a.woff2", "wOF2"),
    ]
}

fn policy(text: &str) -> Policy {
    let compiled = compile("policy.toml", text);
    compiled
        .policy
        .unwrap_or_else(|| panic!("{text}\n{:?}", compiled.diagnostics))
}

fn site(files: Vec<SiteFile>, text: &str) -> Snapshot {
    assemble(files, &policy(text), Generation(1)).withholding(["/secret".to_owned()])
}

/// Field lines, one a line.
fn fields(lines: &str) -> Fields {
    let lines = lines.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(':').expect("a name and a value");
            (
                FieldName::parse(name).expect("a name"),
                FieldValue::parse(value).expect("a value"),
            )
        })
        .collect()
}

fn get(site: &Snapshot, target: &str, lines: &str) -> Explanation {
    explain(site, "GET", target, &fields(lines), now())
}
