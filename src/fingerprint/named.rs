//! Which paths of its site a document names, there or not.
//!
//! Asked before a new state of a site is shown: a document is no use before what it names.
//!
//! Uses: scan, site · Never: files

use super::{reference::Scanned, scan::scan, settings::Settings, site::Site};

/// The paths of assets that the document `content` at `path` names: absolute, sorted, each once.
///
/// `paths` are those of the site; whether a named path is among them makes no difference.
pub fn named(path: &str, content: &[u8]) -> Vec<String> {
    let site = Site::new([path.to_owned()], &Settings::default());
    let Some(document) = site.find(path) else {
        return Vec::new();
    };
    let Scanned { missing, .. } = scan(&site, document, content);
    let mut named: Vec<String> = missing.into_iter().map(|missing| missing.path).collect();
    named.sort_unstable();
    named.dedup();
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_styles_and_images_are_named_and_links_are_not() {
        let document = br#"<!doctype html><link rel=stylesheet href=a.css><script src="/js/b.js"></script><img src=../c.png>
            <a href="/page.html">page</a><script src="https://elsewhere.example/d.js"></script>"#;
        assert_eq!(
            named("/app/index.html", document),
            ["/app/a.css", "/c.png", "/js/b.js"]
        );
    }
}
