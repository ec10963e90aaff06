//! Web manifests, the records of service workers, and other JSON.
//!
//! Of a web manifest the images are fetched by the browser: references (W3C Web Application Manifest, `icons`, `screenshots`, `shortcuts`).
//! Its other URLs are identities. In `ngsw.json` Angular's service worker keeps the SHA-1 of every file and refuses the whole version if one
//! differs, so the files it lists are locked. Any other JSON is data that some script reads: what it names keeps its name.
//!
//! Uses: json, collector · Never: files, clock

use super::collector::Collector;
use super::json::{self, JsonString, Step};
use crate::fingerprint::escape;
use crate::fingerprint::mapped::Mapped;
use crate::fingerprint::reference::{Mention, Place, Unreadable};

/// Finds the references in the web manifest `text`; a manifest of a bundler has none.
pub(crate) fn web_manifest(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
) -> Result<(), Unreadable> {
    let strings = json::strings(text.text()).ok_or(Unreadable::Syntax)?;
    for string in strings.iter().filter(|string| !string.is_key) {
        if matches!(
            keys(string).as_slice(),
            ["icons" | "screenshots", "src"] | ["shortcuts", "icons", "src"]
        ) {
            let raw = text.slice(string.span.clone());
            collector.url(&escape::json(&raw), Place::Resource);
        }
    }
    Ok(())
}

/// Reads JSON that is neither.
pub(crate) fn scan(collector: &mut Collector<'_>, text: &Mapped<'_>) -> Result<(), Unreadable> {
    let name = collector.path().rsplit('/').next().unwrap_or_default();
    if name == "ngsw.json" {
        return service_worker_record(collector, text);
    }
    // What tools left lying about tells nothing to the site's code.
    let of_tools = matches!(
        name,
        "package.json"
            | "package-lock.json"
            | "composer.json"
            | "tsconfig.json"
            | "stats.json"
            | "hashmap.json"
    );
    if !of_tools {
        collector.mention(text.text(), Mention::Text);
    }
    Ok(())
}

fn service_worker_record(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
) -> Result<(), Unreadable> {
    let strings = json::strings(text.text()).ok_or(Unreadable::Syntax)?;
    for string in strings.iter().filter(|string| string.is_key) {
        if keys(string).as_slice() == ["hashTable"] {
            let raw = text.slice(string.span.clone());
            if let Some(target) = collector.target(escape::json(&raw).text()) {
                collector.lock(target);
            }
        }
    }
    Ok(())
}

fn keys(string: &JsonString) -> Vec<&str> {
    string.path.iter().filter_map(Step::key).collect()
}
