//! Takes the fingerprints off a site: the same site, as if its bundler had named nothing.
//!
//! What is left is the hardest input there is: a module graph with circles, every edge of which larder has to follow.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What has references in it.
const TEXT: [&str; 8] = [
    "html",
    "js",
    "mjs",
    "css",
    "json",
    "webmanifest",
    "svg",
    "map",
];

/// `-` or `.` and so many characters before the suffix are a fingerprint of Vite and Rollup.
const FINGERPRINT: usize = 8;

/// Renames everything with a fingerprint below `folder` and replaces the names wherever they occur in `site`.
pub(crate) fn fingerprints(site: &Path, folder: &str) -> anyhow::Result<()> {
    let mut named = files(&site.join(folder))?;
    named.sort();
    let taken: BTreeSet<String> = named.iter().filter_map(|file| name_of(file)).collect();
    let (mut new_names, mut used) = (BTreeMap::new(), taken.clone());
    for name in taken {
        if let Some((stem, suffix)) = split(&name) {
            let new = (0..=named.len())
                .map(|count| match count {
                    0 => format!("{stem}{suffix}"),
                    count => format!("{stem}{count}{suffix}"),
                })
                .find(|new| !used.contains(new))
                .unwrap_or_else(|| name.clone());
            used.insert(new.clone());
            new_names.insert(name, new);
        }
    }
    for file in &named {
        if let Some(new) = name_of(file).and_then(|name| new_names.get(&name)) {
            fs::rename(file, file.with_file_name(new))?;
        }
    }
    rewrite(site, |text| renamed(text, &new_names))
}

/// A text in which every whole word that is an old name is the new one. Word by word, because there are a thousand names.
fn renamed(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut new = String::with_capacity(text.len());
    for part in text.split_inclusive(|letter| !is_of_a_name(letter)) {
        let word = part.trim_end_matches(|letter| !is_of_a_name(letter));
        new.push_str(names.get(word).map_or(word, String::as_str));
        new.push_str(&part[word.len()..]);
    }
    new
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_-.$@".contains(letter)
}

/// Replaces texts in everything that may have references.
pub(crate) fn replace(site: &Path, pairs: &[(String, String)]) -> anyhow::Result<()> {
    rewrite(site, |text| {
        let texts = pairs.iter();
        texts.fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
    })
}

fn rewrite(site: &Path, edit: impl Fn(&str) -> String) -> anyhow::Result<()> {
    for file in files(site)? {
        let suffix = file.extension().and_then(|suffix| suffix.to_str());
        if !suffix.is_some_and(|suffix| TEXT.contains(&suffix)) {
            continue;
        }
        // What is not UTF-8 has no references that we could follow.
        if let Ok(text) = fs::read_to_string(&file) {
            let new = edit(&text);
            if new != text {
                fs::write(&file, new)?;
            }
        }
    }
    Ok(())
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn name_of(file: &Path) -> Option<String> {
    file.file_name()?.to_str().map(str::to_owned)
}

/// `index-BqQ1x_-7.js` is `index` and `.js`.
fn split(name: &str) -> Option<(&str, &str)> {
    let (whole, suffix) = name.split_at(name.find(".js.map").or_else(|| name.rfind('.'))?);
    let at = whole.len().checked_sub(FINGERPRINT + 1)?;
    let (stem, fingerprint) = (whole.get(..at)?, whole.get(at..)?);
    let is_one = fingerprint.starts_with(['-', '.'])
        && fingerprint[1..]
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter));
    (is_one && !stem.is_empty()).then_some((stem, suffix))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{fingerprints, split};

    #[test]
    fn a_fingerprint_is_found_before_the_suffix() {
        assert_eq!(split("index-BqQ1x_-7.js"), Some(("index", ".js")));
        assert_eq!(split("a.CQuTfZUF.js.map"), Some(("a", ".js.map")));
        assert_eq!(split("-BqQ1x_-7.js"), None);
        assert_eq!(split("short.js"), None);
    }

    #[test]
    fn names_and_references_lose_their_fingerprints_together() {
        let site = tempfile::tempdir().unwrap();
        let file = |name: &str| site.path().join(name);
        fs::create_dir(file("assets")).unwrap();
        fs::write(file("index.html"), "<script src=assets/a-AAAAAAAA.js>").unwrap();
        fs::write(file("assets/a-AAAAAAAA.js"), "import './a-BBBBBBBB.js'").unwrap();
        fs::write(file("assets/a-BBBBBBBB.js"), "").unwrap();
        fingerprints(site.path(), "assets").unwrap();
        let read = |name: &str| fs::read_to_string(file(name)).unwrap();
        assert_eq!(read("index.html"), "<script src=assets/a.js>");
        assert_eq!(read("assets/a.js"), "import './a1.js'");
        assert_eq!(read("assets/a1.js"), "");
    }
}
