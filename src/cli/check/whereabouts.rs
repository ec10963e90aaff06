//! Where a finding is, for programs that show it beside a file: the policy's line, else the file of the folder, else the URL.
//!
//! Uses: findings, url, files (whether there is one) · Never: text

use std::path::{Path, PathBuf};

use url::Url;

use super::Checked;
use crate::findings::Finding;

/// A place that can be pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// A line of a policy.
    Line(PathBuf, usize),
    /// A file, or the folder if the finding is about none of its files.
    File(PathBuf),
    /// Something on a server.
    Url(String),
}

impl Whereabouts {
    pub(super) fn of(finding: &Finding, checked: &Checked) -> Self {
        if let Some((file, line)) = finding.policy.as_deref().and_then(line_of) {
            return Self::Line(file.into(), line);
        }
        if !finding.url.starts_with('/') {
            return Self::Url(finding.url.clone());
        }
        let root = Path::new(&checked.target);
        let path = finding.url.split('?').next().unwrap_or_default();
        let decoded = crate::http::TargetPath::parse(path)
            .map_or_else(|_| path.to_owned(), |path| path.as_str().to_owned());
        let names = [decoded.clone(), format!("{decoded}/index.html")];
        names
            .iter()
            .map(|name| root.join(name.trim_start_matches('/')))
            .find(|file| file.is_file())
            .map_or_else(|| Self::File(root.to_owned()), Self::File)
    }

    /// A URI reference (RFC 3986 §4.1): relative where the file was named so, because a code host knows its files by their place below the root.
    pub(super) fn uri(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Line(file, _) | Self::File(file) => {
                let text = file.to_string_lossy();
                let mut url = Url::parse("file:///").expect("a constant URL");
                url.set_path(text.trim_start_matches("./"));
                if file.is_absolute() {
                    url.into()
                } else {
                    url.path().trim_start_matches('/').to_owned()
                }
            }
        }
    }

    /// The line, where one is meant.
    pub(super) fn line(&self) -> Option<usize> {
        match self {
            Self::Line(_, line) => Some(*line),
            Self::File(_) | Self::Url(_) => None,
        }
    }
}

/// File and line of `policy.toml:3:5, cache.document`.
fn line_of(policy: &str) -> Option<(&str, usize)> {
    let written = policy.split(", ").next()?;
    let mut parts = written.split(':');
    let file = parts.next()?;
    let line = parts.next()?.parse().ok()?;
    Some((file, line))
}
