//! `REDbot`: asks a URL again with conditions, ranges and codings, and compares.

use super::{Finding, python, server::Server};

const SCRIPT: &str = include_str!("redbot.py");

/// URLs of the sample: a document, a style sheet, an error; of a bundler's output: something immutable.
pub(super) fn run() -> anyhow::Result<Vec<Finding>> {
    let sample = Server::serve("site", &[])?;
    let built = Server::serve("tests/sites/vite", &[])?;
    let mut urls: Vec<String> = ["/", "/favicon.svg", "/missing.js", "/a/route"]
        .iter()
        .map(|path| sample.url(path))
        .collect();
    urls.push(sample.style()?);
    urls.push(built.url("/"));
    urls.extend(built.fingerprinted()?);
    python::findings(SCRIPT, &urls)
}
