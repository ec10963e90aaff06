//! Which documents of its own site a document links to, where a visitor may go next, and which assets it names.
//!
//! Uses: `lol_html`, url (the URL Standard), fingerprint (scanners), http · Never: files, sockets

use std::{cell::RefCell, collections::BTreeSet};

use lol_html::{HtmlRewriter, Settings, element};
use url::Url;

use crate::{
    fingerprint::{Target, named_on},
    http::{TargetPath, media_type::known_suffix},
};

/// An asset that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asset {
    /// Its path.
    pub(super) path: String,
    /// What a browser asks for: the path percent-encoded, with the query.
    pub(super) target: String,
}

/// The assets of its own site that `content`, the resource at `at`, names: sorted, each once.
pub(super) fn assets(at: &Url, content: &[u8]) -> Vec<Asset> {
    let Ok(path) = TargetPath::parse(at.path()) else {
        return Vec::new();
    };
    let name = if path.is_directory() {
        "index.html"
    } else {
        ""
    };
    let path = format!("{}{name}", path.as_str());
    let origin = at.origin().ascii_serialization();
    let mut assets: Vec<Asset> = named_on(Some(&origin), &path, content)
        .targets
        .into_iter()
        .filter_map(|Target { path, query, .. }| {
            let encoded = TargetPath::from_site(&path).ok()?.encoded();
            let mut url = at.join(&encoded).ok()?;
            url.set_query(query.as_deref());
            let query = url.query().map(|query| format!("?{query}"));
            let target = format!("{encoded}{}", query.unwrap_or_default());
            Some(Asset { path, target })
        })
        .collect();
    assets.dedup();
    assets
}

/// The paths that `content`, the document at `at`, links to on its own site: percent-encoded, each once, in the order of the links.
pub(super) fn links(at: &Url, content: &[u8]) -> Vec<String> {
    let (hrefs, base) = (RefCell::new(Vec::new()), RefCell::new(None));
    let settings = Settings::new()
        .with_strict(false)
        .append_element_content_handler(element!("base[href]", |element| {
            base.borrow_mut()
                .get_or_insert(element.get_attribute("href"));
            Ok(())
        }))
        .append_element_content_handler(element!("a[href], area[href]", |element| {
            hrefs.borrow_mut().extend(element.get_attribute("href"));
            Ok(())
        }));
    let mut reader = HtmlRewriter::new(settings, |_: &[u8]| {});
    // What cannot be read has the links that were found before.
    let _ = reader.write(content).and_then(|()| reader.end());
    let base = base.take().flatten();
    let base = base
        .and_then(|base| at.join(&base).ok())
        .unwrap_or_else(|| at.clone());
    let mut seen = BTreeSet::new();
    hrefs
        .take()
        .iter()
        .filter(|href| !href.trim_start().starts_with('#'))
        .filter_map(|href| base.join(href).ok())
        .filter(|to| to.origin() == at.origin())
        .filter_map(|to| Some(TargetPath::parse(to.path()).ok()?.encoded()))
        .filter(|path| is_document(path) && seen.insert(path.clone()))
        .collect()
}

/// May a document be there? What has the suffix of another media type is a download.
fn is_document(path: &str) -> bool {
    known_suffix(path).is_none_or(|media_type| media_type.is_document())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Url {
        Url::parse(url).unwrap()
    }

    #[test]
    fn links_to_documents_of_the_same_site_are_found() {
        let document = br##"<!doctype html><a href="guide/">g</a><a href=/about.html#team>a</a><a href="../up?x">u</a>
            <a href="#here">h</a><a href="mailto:a@b">m</a><a href="https://elsewhere.example/">e</a><a href="//elsewhere/">p</a>
            <a href="http://127.0.0.1:1/own">o</a><a href="/paper.pdf">p</a><a href="guide/">again</a><a href="a b">s</a>"##;
        assert_eq!(
            links(&at("http://127.0.0.1:1/docs/index.html"), document),
            ["/docs/guide/", "/about.html", "/up", "/own", "/docs/a%20b"]
        );
    }

    #[test]
    fn assets_have_their_queries_and_may_be_named_with_the_origin() {
        let document = br#"<!doctype html><link rel=stylesheet href="a.css?v=1#x"><link rel=stylesheet href="a.css?v=2">
            <script src="http://127.0.0.1:1/b c.js?d e"></script><img src="http://127.0.0.1:2/e.png"><img src=f.png?>"#;
        let assets = assets(&at("http://127.0.0.1:1/docs/"), document);
        let targets: Vec<&str> = assets.iter().map(|asset| asset.target.as_str()).collect();
        assert_eq!(
            targets,
            [
                "/b%20c.js?d%20e",
                "/docs/a.css?v=1",
                "/docs/a.css?v=2",
                "/docs/f.png?"
            ]
        );
        assert_eq!(assets[0].path, "/b c.js");
    }

    #[test]
    fn a_base_moves_what_is_relative() {
        let document = br#"<base href="/other/"><a href="x">x</a>"#;
        assert_eq!(links(&at("http://x/docs/"), document), ["/other/x"]);
    }
}
