//! From a URL as it is written to the file it means, and the place in it where a fingerprint would go.
//!
//! Follows the URL Standard as far as it concerns paths of one's own site: whitespace is trimmed, tabs and newlines inside are ignored,
//! backslashes are slashes, dot segments are removed and stop at the root. More permissive than the standard: `//` inside a path is taken as
//! `/` when looking up, because servers of files do so (7.7 % of the documents of a large sample rely on it).
//!
//! A fingerprint is *inserted* before the last dot of the last segment. Everything that stands there stays, however it is encoded, and
//! because the inserted text begins with the character that follows it, no escape before it can be read differently.
//!
//! Uses: mapped, site · Never: files, clock

use super::mapped::Mapped;
use super::site::{FileId, Site};

/// What a URL means for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    /// A file of the site.
    Local {
        /// The file.
        target: FileId,
        /// Where in the text a fingerprint goes; none if the last segment has no dot.
        insert: Option<usize>,
    },
    /// A path of the site where nothing is.
    Missing {
        /// The path.
        path: String,
    },
    /// Another origin, or a scheme that fetches nothing from us.
    External,
    /// Nothing but a fragment, or nothing at all.
    Same,
    /// A placeholder of a template language that will be filled in later.
    Template,
}

/// The URL that relative URLs are relative to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// The folder of a path, with slashes at both ends, as the browser sees it (deploy prefix included).
    Folder(String),
    /// Another origin: every relative URL is somebody else's.
    Foreign,
}

impl Base {
    /// The base URL of the resource at `path` of the site.
    pub(crate) fn of(site: &Site, path: &str) -> Self {
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        Self::Folder(format!("{}{}", site.base(), folder.trim_start_matches('/')))
    }

    /// The base after `<base href=value>` in a document whose own base is `self`.
    pub(crate) fn join(&self, site: &Site, href: &str) -> Self {
        let href = href.trim();
        let Some(path) = own_path(site, href) else {
            return Self::Foreign;
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        match self {
            Self::Foreign if !path.starts_with('/') => Self::Foreign,
            Self::Foreign => Self::Folder(normalise(&path[..=path.rfind('/').unwrap_or(0)])),
            Self::Folder(_) if path.is_empty() => self.clone(),
            Self::Folder(folder) => {
                let joined = if path.starts_with('/') {
                    path.to_owned()
                } else {
                    format!("{folder}{path}")
                };
                let whole = normalise(&joined);
                Self::Folder(whole[..=whole.rfind('/').unwrap_or(0)].to_owned())
            }
        }
    }
}

/// Resolves the URL `text` against `base`.
pub(crate) fn resolve(site: &Site, base: &Base, text: &str) -> Resolved {
    let (url, offsets) = compact(text);
    if url.is_empty() || url.starts_with('#') {
        return Resolved::Same;
    }
    if is_template(&url) {
        return Resolved::Template;
    }
    let Some(path) = own_path(site, &url) else {
        return Resolved::External;
    };
    let skipped = url.len() - path.len();
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let path = &path[..end];
    if path.is_empty() {
        return Resolved::Same;
    }
    let joined = match base {
        _ if path.starts_with(['/', '\\']) => path.to_owned(),
        Base::Folder(folder) => format!("{folder}{path}"),
        Base::Foreign => return Resolved::External,
    };
    let insert = last_dot(path).map(|at| offsets.original(skipped + at));
    let absolute = normalise(&joined);
    let Some(inner) = absolute.strip_prefix(site.base()) else {
        return if site.base() == "/" {
            Resolved::Missing { path: absolute }
        } else {
            Resolved::External
        };
    };
    let Some(decoded) = percent_decode(inner) else {
        return Resolved::Missing { path: absolute };
    };
    let path = format!("/{decoded}");
    match site.find(&path) {
        Some(target) => Resolved::Local { target, insert },
        None => Resolved::Missing { path },
    }
}

/// The query of the URL `text`, as it is written.
pub(crate) fn query(text: &str) -> Option<String> {
    let (url, _) = compact(text);
    let (_, query) = url.split('#').next()?.split_once('?')?;
    Some(query.to_owned())
}

/// Resolves a URL found in `mapped` and gives the place for a fingerprint as an offset in the file.
pub(crate) fn resolve_mapped(site: &Site, base: &Base, mapped: &Mapped<'_>) -> Resolved {
    match resolve(site, base, mapped.text()) {
        Resolved::Local { target, insert } => Resolved::Local {
            target,
            insert: insert.map(|at| mapped.raw(at)),
        },
        other => other,
    }
}

/// Where the characters of a compacted URL were before.
enum Offsets {
    Trimmed(usize),
    Table(Vec<usize>),
}

impl Offsets {
    fn original(&self, at: usize) -> usize {
        match self {
            Self::Trimmed(start) => start + at,
            Self::Table(table) => table.get(at).copied().unwrap_or_default(),
        }
    }
}

/// The URL as the browser reads it: without whitespace around it, without tabs and newlines in it.
fn compact(text: &str) -> (std::borrow::Cow<'_, str>, Offsets) {
    let blank = |c: char| c <= ' ';
    let start = text.len() - text.trim_start_matches(blank).len();
    let trimmed = text.trim_matches(blank);
    if !trimmed.contains(['\t', '\n', '\r']) {
        return (trimmed.into(), Offsets::Trimmed(start));
    }
    let mut url = String::with_capacity(trimmed.len());
    let mut table = Vec::with_capacity(trimmed.len());
    for (at, character) in trimmed.char_indices() {
        if !matches!(character, '\t' | '\n' | '\r') {
            url.push(character);
            table.extend((0..character.len_utf8()).map(|byte| start + at + byte));
        }
    }
    (url.into(), Offsets::Table(table))
}

/// Does the URL hold a placeholder that something will fill in after us?
pub(crate) fn is_template(url: &str) -> bool {
    if !url.contains(['{', '%', '}', '_']) {
        return false;
    }
    if ["{{", "{%", "<%", "${", "}}"]
        .iter()
        .any(|mark| url.contains(mark))
    {
        return true;
    }
    // `__PREFIX__/a.js`, `/static/__VERSION__/a.js`: upper case between double underscores.
    let mut parts = url.split("__");
    parts.next();
    parts.any(|part| {
        part.len() >= 3
            && part
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    }) && url.matches("__").count() >= 2
        || url.contains("REPLACE_ME")
        || url.contains("REPLACE_PLACEHOLDER")
}

/// The part of `url` that is a path of this site, or none if the URL belongs to another origin.
fn own_path<'u>(site: &Site, url: &'u str) -> Option<&'u str> {
    if let Some(origin) = &site.origin {
        let origin = origin.trim_end_matches('/');
        let host = origin.split_once("//").map(|(_, host)| host);
        let rest = strip_prefix_folded(url, origin).or_else(|| {
            let protocol_relative = url.strip_prefix("//")?;
            strip_prefix_folded(protocol_relative, host?)
        });
        if let Some(rest) = rest.filter(|rest| rest.starts_with('/')) {
            return Some(rest);
        }
    }
    let two_slashes = matches!(url.as_bytes(), [b'/' | b'\\', b'/' | b'\\', ..]);
    (!two_slashes && !has_scheme(url)).then_some(url)
}

fn strip_prefix_folded<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

/// RFC 3986 §3.1: a letter, then letters, digits, `+`, `-`, `.`, up to a colon.
fn has_scheme(url: &str) -> bool {
    let Some((scheme, _)) = url.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Removes dot segments and empty segments; keeps a trailing slash. The result begins with a slash.
fn normalise(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let mut trailing = true;
    for segment in path.split(['/', '\\']) {
        trailing = true;
        match segment {
            "" => {}
            dot if is_dot(dot, 1) => {}
            dots if is_dot(dots, 2) => {
                segments.pop();
            }
            other => {
                segments.push(other);
                trailing = false;
            }
        }
    }
    let mut result = String::with_capacity(path.len() + 1);
    for segment in &segments {
        result.push('/');
        result.push_str(segment);
    }
    if trailing {
        result.push('/');
    }
    result
}

/// `.` or `..`, also percent-encoded.
fn is_dot(segment: &str, count: usize) -> bool {
    if segment.len() > 6 || !segment.starts_with(['.', '%']) {
        return false;
    }
    let decoded = segment.replace("%2e", ".").replace("%2E", ".");
    decoded.len() == count && decoded.bytes().all(|b| b == b'.')
}

/// Decodes percent-encoding once. None if a slash was encoded or the result is not UTF-8: then nothing we know is meant.
pub(crate) fn percent_decode(path: &str) -> Option<String> {
    if !path.contains('%') {
        return Some(path.to_owned());
    }
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes
            .get(at..at + 3)
            .filter(|triple| triple[0] == b'%')
            .and_then(|triple| std::str::from_utf8(&triple[1..]).ok())
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(b'/' | b'\\' | 0) => return None,
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// The offset of the last dot, plain or percent-encoded, of the last segment of `path`.
fn last_dot(path: &str) -> Option<usize> {
    let start = path.rfind(['/', '\\']).map_or(0, |at| at + 1);
    let segment = &path[start..];
    let plain = segment.rfind('.');
    let encoded = segment.rfind("%2e").max(segment.rfind("%2E"));
    plain.max(encoded).map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::settings::Settings;

    fn site(base: &str, paths: &[&str]) -> Site {
        let settings = Settings {
            base: base.into(),
            ..Settings::default()
        };
        Site::new(paths.iter().map(ToString::to_string), &settings)
    }

    fn local(site: &Site, from: &str, url: &str) -> Option<(String, usize)> {
        match resolve(site, &Base::of(site, from), url) {
            Resolved::Local { target, insert } => Some((site.path(target).to_owned(), insert?)),
            _ => None,
        }
    }

    #[test]
    fn paths_are_resolved_as_browsers_do() {
        let site = site("/", &["/a.png", "/p/my pic.png", "/p/100%.png"]);
        assert_eq!(
            local(&site, "/p/i.html", " \n../a.png\t"),
            Some(("/a.png".into(), 6))
        );
        assert_eq!(
            local(&site, "/p/i.html", "../../../a.png?x#y"),
            Some(("/a.png".into(), 10))
        );
        assert_eq!(
            local(&site, "/p/i.html", "my%20pic.png"),
            Some(("/p/my pic.png".into(), 8))
        );
        assert_eq!(
            local(&site, "/p/i.html", "100%25%2epng"),
            Some(("/p/100%.png".into(), 6))
        );
        assert_eq!(
            local(&site, "/p/i.html", "..//.\\a\n.png"),
            Some(("/a.png".into(), 8))
        );
    }

    #[test]
    fn foreign_and_empty_urls_are_told_apart() {
        let site = site("/", &["/a.png"]);
        let base = Base::of(&site, "/i.html");
        for url in [
            "//cdn/a.png",
            "https://x/a.png",
            "data:image/png,a.png",
            "mailto:a@b.png",
        ] {
            assert_eq!(resolve(&site, &base, url), Resolved::External, "{url}");
        }
        for url in ["", "#a", "  ", "?q"] {
            assert_eq!(resolve(&site, &base, url), Resolved::Same, "{url}");
        }
        for url in ["{{ base }}a.png", "/__PREFIX__/a.png", "<%= x %>a.png"] {
            assert_eq!(resolve(&site, &base, url), Resolved::Template, "{url}");
        }
        assert_eq!(
            resolve(&site, &base, "b.png"),
            Resolved::Missing {
                path: "/b.png".into(),
            }
        );
    }

    #[test]
    fn a_deploy_prefix_is_dropped_for_looking_up() {
        let site = site("/docs/", &["/a.png"]);
        assert_eq!(
            local(&site, "/i.html", "/docs/a.png"),
            Some(("/a.png".into(), 7))
        );
        assert_eq!(local(&site, "/i.html", "a.png"), Some(("/a.png".into(), 1)));
        assert_eq!(local(&site, "/i.html", "/a.png"), None);
    }

    #[test]
    fn the_base_element_is_joined_first() {
        let site = site("/", &["/app/m.js"]);
        let base = Base::of(&site, "/x/i.html").join(&site, "/app/");
        assert!(matches!(
            resolve(&site, &base, "m.js"),
            Resolved::Local { .. }
        ));
        let foreign = Base::of(&site, "/x/i.html").join(&site, "https://cdn/");
        assert_eq!(resolve(&site, &foreign, "m.js"), Resolved::External);
    }
}
