//! What kind of thing a resource is, as far as its references and its name are concerned.
//!
//! Decided by the extension, because that is what the server will decide the media type by; a document without one is known by its first bytes.
//!
//! Uses: nothing · Never: files, clock

/// The kind of a resource of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// HTML: never renamed, its references are edited.
    Document,
    /// CSS.
    Style,
    /// JavaScript, classic or module.
    Script,
    /// SVG: an image with references of its own.
    Svg,
    /// A web application manifest.
    WebManifest,
    /// Other JSON: read for what it mentions.
    Json,
    /// A source map.
    SourceMap,
    /// An image, a font, a WebAssembly module, a sound or a film: bytes without references.
    Asset,
    /// Anything else: published under its own name.
    Other,
}

impl Class {
    /// The class of the resource at `path`.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let Some((stem, extension)) = name.rsplit_once('.') else {
            return Self::Other;
        };
        match extension.to_ascii_lowercase().as_str() {
            "html" | "htm" | "xhtml" | "xht" => Self::Document,
            "css" => Self::Style,
            "js" | "mjs" | "cjs" => Self::Script,
            "svg" => Self::Svg,
            "webmanifest" => Self::WebManifest,
            "json" if stem.to_ascii_lowercase().ends_with("manifest") => Self::WebManifest,
            "json" | "geojson" => Self::Json,
            "map" => Self::SourceMap,
            "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "ico" | "bmp" | "apng" | "jxl"
            | "cur" | "woff" | "woff2" | "ttf" | "otf" | "eot" | "wasm" | "mp3" | "ogg" | "wav"
            | "m4a" | "flac" | "opus" | "mp4" | "webm" | "ogv" | "mov" | "vtt" => Self::Asset,
            _ => Self::Other,
        }
    }

    /// The class, for a path without a telling extension, of what the bytes begin with.
    pub(crate) fn refined(self, path: &str, content: &[u8]) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        if self != Self::Other || name.contains('.') {
            return self;
        }
        let start = content.trim_ascii_start();
        let is = |prefix: &[u8]| {
            start
                .get(..prefix.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        };
        if is(b"<!doctype html") || is(b"<html") {
            Self::Document
        } else {
            self
        }
    }

    /// May resources of this class have a second, fingerprinted name?
    pub fn may_be_renamed(self) -> bool {
        matches!(
            self,
            Self::Style | Self::Script | Self::Svg | Self::SourceMap | Self::Asset
        )
    }

    /// Is it evaluated, so that a second URL of it would be a second instance?
    pub(crate) fn has_identity(self) -> bool {
        self == Self::Script
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_read_without_regard_to_case() {
        assert_eq!(Class::of("/a/LOGO.PNG"), Class::Asset);
        assert_eq!(Class::of("/a.min.js"), Class::Script);
        assert_eq!(Class::of("/v1.2/readme"), Class::Other);
        assert_eq!(Class::of("/site.webmanifest"), Class::WebManifest);
    }

    #[test]
    fn a_document_without_extension_is_known_by_its_first_bytes() {
        assert_eq!(
            Class::Other.refined("/about", b"\n<!DOCTYPE html>"),
            Class::Document
        );
        assert_eq!(Class::Other.refined("/LICENSE", b"MIT"), Class::Other);
    }
}
