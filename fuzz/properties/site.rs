//! Whole sites: whatever the files hold, nothing but names changes, and building what was built changes nothing.

use std::collections::BTreeMap;

use bytes::Bytes;
use larder::fingerprint::{
    Finding, Fingerprinted, OutputOrigin, Settings, Source, Unreadable, fingerprint,
};

/// A line that begins with this begins a file; the rest of the line is its path.
const MARK: &[u8] = b"=== ";

/// A site written down in one text: `=== /a.css`, then its bytes up to the next such line.
pub(crate) fn survives(data: &[u8]) {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut path = None;
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(MARK) {
            let name = String::from_utf8_lossy(name);
            let name = name.trim_end_matches('\n').trim_start_matches('/');
            let is_path =
                !name.is_empty() && name.split('/').all(|part| !matches!(part, "" | "." | ".."));
            path = is_path.then(|| format!("/{name}"));
            if let Some(path) = &path {
                files.entry(path.clone()).or_default();
            }
        } else if let Some(content) = path.as_ref().and_then(|path| files.get_mut(path)) {
            content.extend_from_slice(line);
        }
    }
    let sources = files.into_iter().map(|(path, content)| Source {
        path,
        content: content.into(),
    });
    check(&sources.collect::<Vec<_>>());
}

/// Builds a site, and looks at everything that must hold of the result.
pub(crate) fn check(sources: &[Source]) {
    let reversed = sources.iter().rev().cloned().collect();
    let built = fingerprint(sources.to_vec(), &Settings::default());
    let faults: Vec<String> = built
        .findings
        .iter()
        .filter(|finding| {
            matches!(
                finding,
                Finding::Unreadable {
                    why: Unreadable::Unverified,
                    ..
                }
            )
        })
        .map(ToString::to_string)
        .collect();
    assert!(
        faults.is_empty(),
        "only the last look caught it: {faults:?}"
    );

    let fingerprints = fingerprints(&built);
    let outputs = tree(built);
    for source in sources {
        let after = outputs
            .get(&source.path)
            .unwrap_or_else(|| panic!("{} is gone", source.path));
        if !may_change_otherwise(source) {
            assert_eq!(
                String::from_utf8_lossy(&without(after, &fingerprints)),
                String::from_utf8_lossy(&without(&source.content, &fingerprints)),
                "more than names changed in {}",
                source.path
            );
        }
    }
    assert_eq!(
        tree(fingerprint(reversed, &Settings::default())),
        outputs,
        "the order of the files matters"
    );
    let again = outputs.iter().map(|(path, content)| Source {
        path: path.clone(),
        content: content.clone(),
    });
    assert_eq!(
        tree(fingerprint(again.collect(), &Settings::default())),
        outputs,
        "building what was built changes something"
    );
}

/// Every file of the fingerprinted site, by path.
pub(crate) fn build(sources: Vec<Source>) -> BTreeMap<String, Bytes> {
    tree(fingerprint(sources, &Settings::default()))
}

fn tree(built: Fingerprinted) -> BTreeMap<String, Bytes> {
    let outputs = built.outputs.into_iter();
    outputs
        .map(|output| (output.path, output.content))
        .collect()
}

/// Integrity records and digests of inline scripts are renewed, and the columns of a source map move.
fn may_change_otherwise(source: &Source) -> bool {
    let has = |word: &[u8]| {
        source
            .content
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    source.path.to_ascii_lowercase().ends_with(".map")
        || has(b"sha256-")
        || has(b"sha384-")
        || has(b"sha512-")
}

/// What was inserted, with its dot, for each file that got a name.
fn fingerprints(built: &Fingerprinted) -> Vec<String> {
    let mut fingerprints: Vec<String> = built
        .outputs
        .iter()
        .filter_map(|output| match &output.origin {
            OutputOrigin::Renamed { from, .. } => {
                let dot = from.rfind('.')?;
                let inserted = output.path.len() - from.len();
                Some(output.path[dot..dot + inserted].to_owned())
            }
            OutputOrigin::Original => None,
        })
        .collect();
    fingerprints.sort();
    fingerprints.dedup();
    fingerprints
}

/// `content` without any of the fingerprints.
fn without(content: &[u8], fingerprints: &[String]) -> Vec<u8> {
    let mut left = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some((first, more)) = rest.split_first() {
        let inserted = fingerprints
            .iter()
            .find(|fingerprint| rest.starts_with(fingerprint.as_bytes()));
        if let Some(inserted) = inserted {
            rest = &rest[inserted.len()..];
        } else {
            left.push(*first);
            rest = more;
        }
    }
    left
}
