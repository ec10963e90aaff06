//! What a bundler's manifest says about names.
//!
//! A manifest is trusted only where it shows the renaming: the name of the output has a fingerprint that the name of its source has
//! not. Vite lists `assets/baby-carriage.svg` just as well when it is told to write `assets/[name].[ext]`, and every manifest lists
//! documents.
//!
//! Understood: Vite (`.vite/manifest.json`, `manifest.json`), Create React App and webpack (`asset-manifest.json`, `manifest.json`,
//! `stats.json`), Django (`staticfiles.json`), Sprockets and Propshaft (`.manifest.json`), gulp-rev, Parcel, `VitePress`
//! (`hashmap.json`). `ngsw.json` is not among them: it lists all files, and their digests, not names.
//!
//! Uses: `serde_json` · Never: files, clock

use std::collections::BTreeMap;

use serde_json::Value;

use super::Site;
use super::bundler::{Bundler, resolve};
use super::name::{Kind, parse_name};
use super::reader::Reader;
use super::token::{Strength, parse_token};

/// Manifests in hidden folders, which a site need not list.
const HIDDEN: [&str; 2] = ["/.vite/manifest.json", "/.manifest.json"];
const NAMES: [&str; 11] = [
    ".manifest.json",
    "asset-manifest.json",
    "assets-manifest.json",
    "build-manifest.json",
    "hashmap.json",
    "manifest.json",
    "parcel-manifest.json",
    "rev-manifest.json",
    "staticfiles.json",
    "stats.json",
    "vite-manifest.json",
];
/// A larger manifest is left unread: webpack's `stats.json` can be larger than its site.
const LARGEST: usize = 8 << 20;

/// Whether `segment` is a manifest's usual name.
pub(super) fn is_manifest(segment: &str) -> bool {
    NAMES.binary_search(&segment).is_ok()
}

/// The fingerprinted names that the site's manifests vouch for, each with its manifest.
#[derive(Debug, Default)]
pub(super) struct Manifests {
    pub(super) vouched: BTreeMap<String, String>,
    pub(super) bundlers: Vec<Bundler>,
}

/// Reads the manifests at `paths`, and the well-known hidden ones.
pub(super) fn read_manifests<S: Site>(
    site: &S,
    reader: &Reader<'_, S>,
    paths: &[&str],
) -> Manifests {
    let mut manifests = Manifests::default();
    let hidden = HIDDEN.iter().copied().filter(|path| !paths.contains(path));
    for path in hidden.chain(paths.iter().copied()) {
        let Some(content) = reader.for_manifest(path) else {
            continue;
        };
        if content.len() > LARGEST {
            continue;
        }
        let Ok(json) = serde_json::from_slice::<Value>(&content) else {
            continue;
        };
        if path.ends_with("/hashmap.json") {
            vitepress(site, path, &json, &mut manifests);
        }
        let root = path.replace("/.vite/", "/");
        let before = manifests.vouched.len();
        for (source, output) in pairs(&json) {
            if shows_renaming(source, output)
                && let Some(asset) = resolve(site, &root, output)
            {
                manifests.vouched.insert(asset, path.to_owned());
            }
        }
        if manifests.vouched.len() > before && path.ends_with("/.vite/manifest.json") {
            manifests.bundlers.push(Bundler::Vite);
        }
    }
    manifests
}

/// Every output named in a manifest, with its source where that is told.
fn pairs(json: &Value) -> Vec<(Option<&str>, &str)> {
    let mut found = Vec::new();
    let Some(table) = json.as_object() else {
        return found;
    };
    for (key, value) in table {
        match value {
            Value::String(output) => found.push((Some(key.as_str()), output.as_str())),
            Value::Object(entry) if entry.get("file").is_some_and(Value::is_string) => {
                let text = |name: &str| entry.get(name).and_then(Value::as_str);
                if let Some(file) = text("file") {
                    found.push((text("src").or_else(|| text("name")), file));
                }
                for list in ["css", "assets"] {
                    let items = entry
                        .get(list)
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten();
                    found.extend(items.filter_map(Value::as_str).map(|item| (None, item)));
                }
            }
            Value::Object(entries) if matches!(key.as_str(), "files" | "paths" | "assets") => {
                found.extend(entries.iter().filter_map(|(source, output)| {
                    Some((Some(source.as_str()), output.as_str()?))
                }));
            }
            // webpack's statistics say it in so many words.
            Value::Array(assets) if key == "assets" => found.extend(
                assets
                    .iter()
                    .filter(|asset| asset.pointer("/info/immutable") == Some(&Value::Bool(true)))
                    .filter_map(|asset| Some((None, asset.get("name")?.as_str()?))),
            ),
            _ => {}
        }
    }
    found
}

/// Whether `output` is `source` renamed to hold a fingerprint.
fn shows_renaming(source: Option<&str>, output: &str) -> bool {
    let Some(name) = parse_name(last_segment(output)) else {
        return false;
    };
    if matches!(name.kind, Kind::Identity | Kind::SourceMap) {
        return false;
    }
    let Some(token) = parse_token(name.stem) else {
        return false;
    };
    let Some(source) = source else {
        return token.strength == Strength::Strong;
    };
    let source = last_segment(source);
    let source = parse_name(source).map_or(source, |name| name.stem);
    let set_off = name.stem.len() - token.text.len();
    let before = name.stem[..set_off].trim_end_matches(['-', '.', '_']);
    !source.ends_with(token.text) && (token.strength != Strength::Word || before == source)
}

fn last_segment(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, segment)| segment)
}

/// `VitePress` writes `{"guide_start.md": "DHYPl-Ga"}` for `assets/guide_start.md.DHYPl-Ga.js` and `….lean.js`.
fn vitepress<S: Site>(site: &S, path: &str, json: &Value, manifests: &mut Manifests) {
    let base = path.trim_end_matches("hashmap.json");
    for (document, hash) in json.as_object().into_iter().flatten() {
        let Some(hash) = hash.as_str() else { continue };
        for ending in ["js", "lean.js"] {
            let asset = format!(
                "{base}assets/{}.{hash}.{ending}",
                document.replace('/', "_")
            );
            if site.digest(&asset).is_some() {
                manifests.vouched.insert(asset, path.to_owned());
                if !manifests.bundlers.contains(&Bundler::VitePress) {
                    manifests.bundlers.push(Bundler::VitePress);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_names_are_sorted_for_the_search() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn only_a_renaming_counts() {
        assert!(shows_renaming(
            Some("src/assets/react.svg"),
            "assets/react-CHdo91hT.svg"
        ));
        assert!(shows_renaming(Some("cobol.ts"), "assets/cobol-carriage.js"));
        assert!(shows_renaming(
            Some("main.js"),
            "/static/js/main.617c794d.js"
        ));
        assert!(shows_renaming(Some("js/app.js"), "js/app-24118451.js"));
        assert!(!shows_renaming(
            Some("src/baby-carriage.svg"),
            "assets/baby-carriage.svg"
        ));
        assert!(!shows_renaming(
            Some("src/icon-darkMode.svg"),
            "assets/icon-darkMode.svg"
        ));
        assert!(!shows_renaming(Some("index.html"), "/index.html"));
        assert!(!shows_renaming(
            Some("app.js"),
            "/js/app.js?id=0123456789abcdef0123"
        ));
        assert!(!shows_renaming(None, "assets/baby-carriage.css"));
        assert!(!shows_renaming(
            Some("main.js.map"),
            "/static/js/main.617c794d.js.map"
        ));
    }
}
