//! Names of assets inside any text: code, data, attributes nobody standardised.
//!
//! Rule P1: a piece of text that, without query, fragment and leading dots, is the end of an asset's path on a segment boundary may be used
//! to build a URL of it, or to recognise it. Such an asset keeps its name. Finding too many costs a cache hit; finding too few breaks a site.
//!
//! Uses: site · Never: files, clock

use crate::fingerprint::resolve::percent_decode;
use crate::fingerprint::site::{FileId, Site};

/// Calls `found` for each renamable asset that `text`, or a word of it, is the end of the path of.
pub(crate) fn mentioned(site: &Site, text: &str, mut found: impl FnMut(FileId)) {
    companions(site, text, &mut found);
    if !text.contains('.') {
        return;
    }
    let whole = text.trim();
    if whole.len() <= 1024 && whole.contains(is_separator) {
        candidate(site, whole, &mut found);
    }
    for word in text.split(is_separator) {
        if word.contains('.') {
            candidate(site, word, &mut found);
        }
    }
}

/// What ends a word: quotes, brackets and whatever is not written bare in a URL.
fn is_separator(character: char) -> bool {
    matches!(
        character,
        '"' | '\''
            | '`'
            | '\\'
            | '('
            | ')'
            | '<'
            | '>'
            | '['
            | ']'
            | '{'
            | '}'
            | ','
            | ';'
            | '|'
            | '='
            | '^'
            | '$'
            | '*'
    ) || character.is_whitespace()
}

fn candidate(site: &Site, word: &str, found: &mut impl FnMut(FileId)) {
    let path = word.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    if name.len() < 3 || !name.contains('.') {
        return;
    }
    lookup(site, path, name, found);
    if name == path {
        site.ending(name).iter().copied().for_each(&mut *found);
    }
    if name.contains('%')
        && let Some(decoded) = percent_decode(path)
    {
        let name = decoded.rsplit('/').next().unwrap_or_default();
        lookup(site, &decoded, name, found);
    }
}

/// `-dark`, `_hover.png`, `@2x`: what is put into the name of one file to make that of another.
fn companions(site: &Site, text: &str, found: &mut impl FnMut(FileId)) {
    if text.len() <= 32 && text.starts_with(['-', '_', '.', '@', ' ']) {
        site.with_companion(text)
            .iter()
            .copied()
            .for_each(&mut *found);
    }
}

fn lookup(site: &Site, path: &str, name: &str, found: &mut impl FnMut(FileId)) {
    for &id in site.named(name) {
        if site.class(id).may_be_renamed() && ends_alike(site.path(id), path) {
            found(id);
        }
    }
}

/// Is `mention`, without leading dot segments, the end of `asset`, or the other way round (under a deploy prefix), on a boundary?
fn ends_alike(asset: &str, mention: &str) -> bool {
    let of_asset = asset.rsplit('/').filter(|segment| !segment.is_empty());
    let mut mentioned = mention
        .rsplit(['/', '\\'])
        .filter(|segment| !matches!(*segment, "" | "." | ".."));
    let mut equal = 0;
    for segment in of_asset {
        match mentioned.next() {
            None => return true,
            Some(other) if other == segment => equal += 1,
            Some(_) => return false,
        }
    }
    // The asset's whole path is the end of the mention: a deploy prefix, or an asset of the root.
    equal > 1 || mentioned.next().is_none() || mention.starts_with(['/', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::settings::Settings;

    fn found(text: &str) -> Vec<String> {
        let paths = ["/img/logo.png", "/img/my pic.png", "/js/a.js", "/root.css"];
        let site = Site::new(paths.iter().map(ToString::to_string), &Settings::default());
        let mut found = Vec::new();
        mentioned(&site, text, |id| found.push(site.path(id).to_owned()));
        found.dedup();
        found
    }

    #[test]
    fn finds_what_ends_in_an_assets_path() {
        assert_eq!(found("/img/logo.png"), ["/img/logo.png"]);
        assert_eq!(found("logo.png?v=2"), ["/img/logo.png"]);
        assert_eq!(found("../img/my%20pic.png"), ["/img/my pic.png"]);
        assert_eq!(found("img/my pic.png"), ["/img/my pic.png"]);
        assert_eq!(
            found(r#"5:["$","img",{"src":"/img/logo.png"}]"#),
            ["/img/logo.png"]
        );
        assert_eq!(found("link[href$='root.css']"), ["/root.css"]);
        assert_eq!(found("https://example.com/docs/js/a.js"), ["/js/a.js"]);
    }

    #[test]
    fn finds_names_that_are_made_or_known_by_their_end() {
        let paths = [
            "/c/theme.css",
            "/c/theme-dark.css",
            "/i/btn.png",
            "/i/btn@2x.png",
            "/other.css",
        ];
        let site = Site::new(paths.iter().map(ToString::to_string), &Settings::default());
        let found = |text: &str| {
            let mut found = Vec::new();
            mentioned(&site, text, |id| found.push(site.path(id).to_owned()));
            found
        };
        assert_eq!(found("-dark.css"), ["/c/theme.css", "/c/theme-dark.css"]);
        assert_eq!(found("dark.css"), ["/c/theme-dark.css"]);
        assert_eq!(found("@2x"), ["/i/btn.png"]);
        assert_eq!(found(".css"), [""; 0]);
        assert_eq!(found("her.css"), [""; 0]);
    }

    #[test]
    fn a_mere_likeness_is_no_mention() {
        for text in [
            "vendor/root.css",
            "xlogo.png",
            "other/logo.png",
            "logo.png.bak",
            "Abc.prototype",
            "",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
