//! What kind of file a name belongs to, as far as fingerprints go.
//!
//! Some files are never fingerprinted whatever their name looks like: documents and service workers, because browsers come back to
//! the same URL for ever, and source maps, because they change without their script. The rest are the assets among which a
//! folder's share of fingerprinted names is counted.
//!
//! Uses: std · Never: files, clock

/// What a name's ending says the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A script or style sheet: what bundlers name.
    Code,
    /// An image, font, sound, film or WebAssembly module: bundlers copy them, and so do people.
    Media,
    /// Data such as JSON: fingerprinted seldom, so never counted.
    Data,
    /// `x.js.map`.
    SourceMap,
    /// A document or a service worker.
    Identity,
}

const CODE: &[&str] = &["js", "mjs", "cjs", "css"];
const MEDIA: &[&str] = &[
    "avif", "bmp", "cur", "eot", "gif", "ico", "jpeg", "jpg", "jxl", "m4a", "m4v", "mov", "mp3",
    "mp4", "ogg", "ogv", "opus", "otf", "png", "svg", "tif", "tiff", "ttf", "wasm", "wav", "webm",
    "webp", "woff", "woff2",
];
const IDENTITY: &[&str] = &["htm", "html", "md", "pdf", "shtml", "txt", "xhtml", "xml"];

/// Endings that bundlers put between the fingerprint and the last ending: `main.617c794d.chunk.js`.
const DECORATIONS: &[&str] = &[
    "async", "bundle", "chunk", "digested", "entry", "esm", "lean", "legacy", "min", "module",
    "otf", "ttf", "worker",
];

/// A name taken apart: `main.617c794d.chunk.js` has the stem `main.617c794d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'n> {
    pub(super) stem: &'n str,
    pub(super) kind: Kind,
}

/// Takes the last segment of a path apart; `None` if it has no ending.
pub(super) fn parse_name(segment: &str) -> Option<Name<'_>> {
    let (mut stem, mut extension) = segment.rsplit_once('.')?;
    let mut map = false;
    if extension == "map" {
        map = true;
        (stem, extension) = stem.rsplit_once('.')?;
    }
    let kind = if map {
        Kind::SourceMap
    } else {
        kind_of(stem, extension)
    };
    while let Some((rest, last)) = stem.rsplit_once('.') {
        if rest.is_empty() || !DECORATIONS.contains(&last) {
            break;
        }
        stem = rest;
    }
    if extension == "wasm" {
        // wasm-bindgen: `app-<fingerprint>_bg.wasm`.
        stem = stem.strip_suffix("_bg").unwrap_or(stem);
    }
    (!stem.is_empty()).then_some(Name { stem, kind })
}

fn kind_of(stem: &str, extension: &str) -> Kind {
    if IDENTITY.contains(&extension) || is_service_worker(stem, extension) {
        Kind::Identity
    } else if CODE.contains(&extension) {
        Kind::Code
    } else if MEDIA.contains(&extension) {
        Kind::Media
    } else {
        Kind::Data
    }
}

/// Whether a script's name says that it is a service worker or imported by one.
///
/// A browser compares the worker's bytes under one URL, and the scripts it imports with it; an `immutable` one would freeze the
/// site's own updates.
fn is_service_worker(stem: &str, extension: &str) -> bool {
    if !matches!(extension, "js" | "mjs") {
        return false;
    }
    let lower = stem.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "sw" | "service-worker" | "serviceworker" | "service_worker" | "registersw"
    ) || lower.starts_with("workbox-")
        || lower.starts_with("ngsw-worker")
        || lower.starts_with("sw.")
        || lower.starts_with("sw-")
        || lower.starts_with("service-worker")
        || lower.starts_with("precache-manifest")
        || lower.ends_with("-sw")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(segment: &str) -> Option<Kind> {
        parse_name(segment).map(|name| name.kind)
    }

    #[test]
    fn the_stem_ends_with_the_fingerprint() {
        for (segment, stem) in [
            ("index-DSXtc1GT.js", "index-DSXtc1GT"),
            ("4028.24118451.chunk.css", "4028.24118451"),
            ("index.md.DHYPl-Ga.lean.js", "index.md.DHYPl-Ga"),
            (
                "SourceCodePro-It-fc8b9304.ttf.woff2",
                "SourceCodePro-It-fc8b9304",
            ),
            ("app-0123456789abcdef_bg.wasm", "app-0123456789abcdef"),
            ("main.617c794d.js.map", "main.617c794d"),
            ("min.js", "min"),
        ] {
            assert_eq!(
                parse_name(segment).map(|name| name.stem),
                Some(stem),
                "{segment}"
            );
        }
        assert_eq!(parse_name("LICENSE"), None);
    }

    #[test]
    fn service_workers_and_documents_keep_their_identity() {
        for segment in [
            "index.html",
            "sw.js",
            "service-worker.js",
            "workbox-7a5e81cd.js",
            "firebase-messaging-sw.js",
            "ngsw-worker.js",
            "sw.617c794d.js",
            "main.617c794d.js.LICENSE.txt",
        ] {
            assert_eq!(kind(segment), Some(Kind::Identity), "{segment}");
        }
        assert_eq!(kind("swap.js"), Some(Kind::Code));
        assert_eq!(kind("main.617c794d.js.map"), Some(Kind::SourceMap));
    }
}
