//! The table of cases a build must get right, by place: each test is named after its row.
//!
//! `expect` compares the whole text of a resource, with `{a.css}` standing for the fingerprinted name of `a.css`: bytes outside a reference
//! that changed would show. Every case also asserts that all original paths are served.

mod css;
mod html;
mod js;
mod site;

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{Decision, Fingerprinted, Output, OutputOrigin, Settings, Source, fingerprint};

/// A built site.
pub(super) struct Built {
    pub(super) result: Fingerprinted,
}

/// Builds a site of these files.
pub(super) fn build(files: &[(&str, &str)]) -> Built {
    build_with(files, &Settings::default())
}

pub(super) fn build_with(files: &[(&str, &str)], settings: &Settings) -> Built {
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, text)| (*path, text.as_bytes()))
        .collect();
    build_bytes(&files, settings)
}

pub(super) fn build_bytes(files: &[(&str, &[u8])], settings: &Settings) -> Built {
    let sources = files
        .iter()
        .map(|(path, content)| Source {
            path: (*path).to_owned(),
            content: Bytes::copy_from_slice(content),
        })
        .collect();
    let result = fingerprint(sources, settings);
    for (path, _) in files {
        assert!(
            result.outputs.iter().any(|output| output.path == *path),
            "{path} is still served"
        );
    }
    Built { result }
}

impl Built {
    /// What is served at `path`.
    pub(super) fn output(&self, path: &str) -> &Output {
        let output = self
            .result
            .outputs
            .iter()
            .find(|output| output.path == path);
        output.unwrap_or_else(|| panic!("{path} is in the output"))
    }

    /// The final bytes at `path`.
    pub(super) fn bytes(&self, path: &str) -> &[u8] {
        &self.output(path).content
    }

    /// The final text at `path`.
    pub(super) fn text(&self, path: &str) -> &str {
        std::str::from_utf8(self.bytes(path)).expect("UTF-8")
    }

    /// The fingerprinted path of `path`, if it has one.
    pub(super) fn renamed(&self, path: &str) -> Option<&str> {
        self.result
            .outputs
            .iter()
            .find_map(|output| match &output.origin {
                OutputOrigin::Renamed { from, .. } if from == path => Some(output.path.as_str()),
                _ => None,
            })
    }

    pub(super) fn decision(&self, path: &str) -> &Decision {
        &self.result.decisions[path]
    }

    /// `template` with `{/path}` replaced by the fingerprint that `/path` got.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{/") {
            let (path, tail) = after.split_once('}').expect("closed");
            let path = format!("/{path}");
            let renamed = self
                .renamed(&path)
                .unwrap_or_else(|| panic!("{path} is renamed; it was {:?}", self.decision(&path)));
            let (stem, _) = path.rsplit_once('.').expect("extension");
            let fingerprint = renamed[stem.len() + 1..]
                .split('.')
                .next()
                .expect("fingerprint");
            filled.push_str(before);
            filled.push_str(fingerprint);
            rest = tail;
        }
        filled + rest
    }

    /// Asserts that the text at `path` is `template`, filled.
    #[track_caller]
    pub(super) fn expect(&self, path: &str, template: &str) {
        assert_eq!(self.text(path), self.fill(template), "{path}");
    }

    /// All outputs, for comparing builds.
    pub(super) fn tree(&self) -> BTreeMap<String, Bytes> {
        self.result
            .outputs
            .iter()
            .map(|output| (output.path.clone(), output.content.clone()))
            .collect()
    }
}

/// Builds a document beside `assets`, and asserts what becomes of it.
#[track_caller]
pub(super) fn document(source: &str, assets: &[&str], expected: &str) -> Built {
    let mut files = vec![("/i.html", source)];
    files.extend(assets.iter().map(|path| (*path, "")));
    let built = build(&files);
    built.expect("/i.html", expected);
    built
}
