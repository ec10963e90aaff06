//! What a resource makes a browser load: at once, or only when a script asks for it.
//!
//! Every reference counts, so that this is the most that a page can load: all widths of a `srcset`, all fonts of a style sheet. What a script imports
//! dynamically is loaded later.
//!
//! Uses: links, url, http · Never: files, sockets

use url::Url;

use crate::{bench::links::assets, http::MediaType};

/// Something that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// The request target.
    pub(super) target: String,
    /// Is it loaded only when a script imports it?
    pub(super) is_lazy: bool,
}

/// What `content` at `at` names.
pub(super) fn references(at: &Url, content: &[u8]) -> Vec<Reference> {
    assets(at, content)
        .into_iter()
        .map(|asset| Reference {
            is_lazy: is_script(&asset.path) && is_imported_later(&asset.path, content),
            target: asset.target,
        })
        .collect()
}

fn is_script(path: &str) -> bool {
    MediaType::of_path(path).essence() == "text/javascript"
}

/// Is the script at `path` named by `import(…)` and by no other import?
fn is_imported_later(path: &str, content: &[u8]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (mut later, mut at_once) = (false, false);
    for at in memchr::memmem::find_iter(content, name.as_bytes()) {
        let before = &content[at.saturating_sub(LONGEST)..at];
        let Some(quote) = before
            .iter()
            .rposition(|byte| matches!(byte, b'"' | b'\'' | b'`'))
        else {
            continue;
        };
        let before = before[..quote].trim_ascii_end();
        if let Some(call) = before.strip_suffix(b"(") {
            later |= call.trim_ascii_end().ends_with(b"import");
        } else {
            at_once |= [&b"import"[..], b"from", b"=", b"src"]
                .iter()
                .any(|word| before.ends_with(word));
        }
    }
    later && !at_once
}

/// How far before a name its quotation mark may be.
const LONGEST: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(target: &str) -> Url {
        let site = Url::parse("http://127.0.0.1/").unwrap();
        site.join(target).unwrap()
    }

    #[test]
    fn what_is_imported_dynamically_is_loaded_later() {
        let script = br#"import {a} from "./a.js"; import"./b.js"; const c = () => import( './c.js' ); import("./a.js");"#;
        let found = references(&at("/js/main.js"), script);
        let lazy: Vec<(&str, bool)> = found
            .iter()
            .map(|one| (one.target.as_str(), one.is_lazy))
            .collect();
        assert_eq!(
            lazy,
            [("/js/a.js", false), ("/js/b.js", false), ("/js/c.js", true)]
        );
    }

    #[test]
    fn a_document_at_its_folder_has_its_references_there() {
        let document =
            br#"<!doctype html><script type=module src="m.js"></script><img src="/a b.png">"#;
        let found = references(&at("/docs/"), document);
        let targets: Vec<&str> = found.iter().map(|one| one.target.as_str()).collect();
        assert_eq!(targets, ["/a%20b.png", "/docs/m.js"]);
        assert!(found.iter().all(|one| !one.is_lazy));
    }
}
