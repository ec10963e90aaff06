//! References of an import map (WHATWG HTML §8.1.5): its addresses are edited, its keys are not.
//!
//! A key that is a URL, and a prefix that maps a whole folder, apply to specifiers as they are written in modules: the files they cover keep
//! their names, or the specifier edited there would no longer match here.
//!
//! Uses: json, collector · Never: files, clock

use super::collector::Collector;
use super::json::{self, Step};
use crate::fingerprint::escape;
use crate::fingerprint::mapped::Mapped;
use crate::fingerprint::reference::{Mention, Place, Unreadable};

/// Finds the references in the import map `text`.
pub(crate) fn scan(collector: &mut Collector<'_>, text: &Mapped<'_>) -> Result<(), Unreadable> {
    let strings = json::strings(text.text()).ok_or(Unreadable::Syntax)?;
    for string in &strings {
        let path: Vec<&str> = string.path.iter().filter_map(Step::key).collect();
        let raw = text.slice(string.span.clone());
        let value = escape::json(&raw);
        match (path.as_slice(), string.is_key) {
            (["imports", _] | ["scopes", _, _], false) => address(collector, &value),
            (["imports"] | ["scopes", _], true) => key(collector, value.text()),
            (["scopes"], true) => scope(collector, value.text()),
            (["integrity"], true) => {
                collector.url(&value, Place::Evaluated);
            }
            (["integrity", url], false) => {
                let key = Mapped::plain(url, 0);
                if let Some(target) = collector.target(escape::json(&key).text()) {
                    collector.integrity(&value, target);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn address(collector: &mut Collector<'_>, value: &Mapped<'_>) {
    if value.text().ends_with('/') {
        collector.computed(value.text(), "");
    } else {
        collector.url(value, Place::Evaluated);
    }
}

/// A scope that does not end in a slash is for the one script whose URL it is.
fn scope(collector: &mut Collector<'_>, prefix: &str) {
    if let Some(target) = collector.target(prefix) {
        collector.pin(target, Mention::ImportMap);
    }
}

fn key(collector: &mut Collector<'_>, key: &str) {
    if !(key.starts_with('/') || key.starts_with('.') || key.contains("://")) {
        return;
    }
    if key.ends_with('/') {
        collector.computed(key, "");
    } else if let Some(target) = collector.target(key) {
        collector.pin(target, Mention::ImportMap);
    }
}
