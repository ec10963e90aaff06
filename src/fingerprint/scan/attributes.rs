//! Which attributes of which elements hold URLs that are fetched (WHATWG HTML, SVG 2), and which may be read by code.
//!
//! Three answers. Fetched by the browser: a reference. Published to the world (`<a href>`, `og:image`, canonical): ignored, the original URL
//! stays. Anything else that names an asset, such as `data-src` or an attribute of a custom element: read by somebody's script, a mention.
//!
//! Uses: nothing of ours but Place · Never: files, clock

use std::borrow::Cow;
use std::ops::Range;

use crate::fingerprint::reference::Place;

/// An attribute: its lower-case name, and where its value is.
#[derive(Clone, Debug)]
pub(crate) struct Attribute<'s> {
    pub(crate) name: Cow<'s, str>,
    pub(crate) value: Range<usize>,
}

/// What the value of an attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing for us.
    Ignored,
    /// One URL.
    Url(Place),
    /// A list of image candidates.
    SourceSet(Place),
    /// CSS declarations.
    Style,
    /// An HTML document.
    Document,
    /// Something a script may read.
    Mention,
}

/// What the `type` of a `script` element makes of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScriptType {
    Classic,
    Module,
    ImportMap,
    /// Data for search engines: its URLs are published.
    Published,
    /// Data for the document's own scripts.
    Data,
}

fn value<'s>(source: &'s str, attributes: &[Attribute<'_>], name: &str) -> Option<&'s str> {
    let attribute = attributes.iter().find(|attribute| attribute.name == name)?;
    source.get(attribute.value.clone())
}

/// What the text of a `script` element with these attributes is (WHATWG HTML §4.12.1.1).
pub(crate) fn script_type(source: &str, attributes: &[Attribute<'_>]) -> ScriptType {
    let Some(kind) = value(source, attributes, "type") else {
        return ScriptType::Classic;
    };
    let essence = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "" => ScriptType::Classic,
        "module" => ScriptType::Module,
        "importmap" => ScriptType::ImportMap,
        "application/ld+json" => ScriptType::Published,
        other
            if other.ends_with("javascript")
                || other.ends_with("ecmascript")
                || other.ends_with("jscript") =>
        {
            ScriptType::Classic
        }
        _ => ScriptType::Data,
    }
}

/// Does the `rel` of a `link` hold `token`?
fn has_rel(source: &str, attributes: &[Attribute<'_>], token: &str) -> bool {
    value(source, attributes, "rel").is_some_and(|rel| {
        rel.split_ascii_whitespace()
            .any(|own| own.eq_ignore_ascii_case(token))
    })
}

/// Those links whose target the browser fetches for the document itself.
const FETCHED: &[&str] = &[
    "stylesheet",
    "preload",
    "modulepreload",
    "prefetch",
    "icon",
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "apple-touch-startup-image",
    "mask-icon",
    "fluid-icon",
];

fn link(source: &str, attributes: &[Attribute<'_>]) -> Kind {
    if !FETCHED
        .iter()
        .any(|token| has_rel(source, attributes, token))
    {
        return Kind::Ignored;
    }
    let destination = value(source, attributes, "as").unwrap_or_default();
    let evaluated =
        has_rel(source, attributes, "modulepreload") || destination.eq_ignore_ascii_case("script");
    Kind::Url(if evaluated {
        Place::Evaluated
    } else if is_ahead(source, attributes) {
        Place::Ahead
    } else {
        Place::Resource
    })
}

/// Does this link only ask for what something else will use?
fn is_ahead(source: &str, attributes: &[Attribute<'_>]) -> bool {
    ["preload", "prefetch"]
        .iter()
        .any(|token| has_rel(source, attributes, token))
}

/// May this element carry `integrity` for what it loads?
pub(crate) fn takes_integrity(source: &str, element: &str, attributes: &[Attribute<'_>]) -> bool {
    if element == "script" {
        return matches!(
            script_type(source, attributes),
            ScriptType::Classic | ScriptType::Module
        );
    }
    let destination = value(source, attributes, "as").unwrap_or_default();
    has_rel(source, attributes, "stylesheet")
        || has_rel(source, attributes, "modulepreload")
        || has_rel(source, attributes, "preload")
            && ["script", "style"]
                .iter()
                .any(|kind| destination.eq_ignore_ascii_case(kind))
}

/// The policy a `meta` element sets.
pub(crate) fn policy(
    source: &str,
    element: &str,
    attributes: &[Attribute<'_>],
) -> Option<Range<usize>> {
    let sets = element == "meta"
        && value(source, attributes, "http-equiv")
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("content-security-policy"));
    sets.then(|| {
        let content = attributes
            .iter()
            .find(|attribute| attribute.name == "content")?;
        Some(content.value.clone())
    })?
}

/// Where the attribute holds code that is run: an event's, or that of a `javascript:` URL.
pub(crate) fn code(source: &str, attribute: &Attribute<'_>) -> Option<Range<usize>> {
    let Range { start, end } = attribute.value;
    match &*attribute.name {
        event if event.starts_with("on") => Some(start..end),
        "href" | "xlink:href" | "src" | "action" | "formaction" => {
            let url = source.get(start..end)?.trim_start();
            let scheme = url.get(.."javascript:".len())?;
            scheme
                .eq_ignore_ascii_case("javascript:")
                .then(|| end - url.len() + scheme.len()..end)
        }
        _ => None,
    }
}

/// What the value of the attribute `name` of an element is.
pub(crate) fn kind(source: &str, element: &str, name: &str, attributes: &[Attribute<'_>]) -> Kind {
    let resource = Kind::Url(Place::Resource);
    match (element, name) {
        // The presentation attributes of SVG hold CSS values, too.
        (
            _,
            "style" | "fill" | "stroke" | "filter" | "mask" | "clip-path" | "marker-start"
            | "marker-mid" | "marker-end" | "cursor",
        ) => Kind::Style,
        ("iframe", "srcdoc") => Kind::Document,
        ("script", "src" | "href" | "xlink:href") => match script_type(source, attributes) {
            ScriptType::Classic | ScriptType::Module => Kind::Url(Place::Evaluated),
            _ => Kind::Mention,
        },
        ("link", "href") => link(source, attributes),
        ("link", "imagesrcset") if is_ahead(source, attributes) => Kind::SourceSet(Place::Ahead),
        ("link", "imagesrcset") | ("img" | "source", "srcset") => Kind::SourceSet(Place::Resource),
        ("img" | "source" | "video" | "audio" | "track" | "embed" | "input", "src")
        | ("video", "poster")
        | ("object", "data")
        | ("image" | "use" | "feimage", "href" | "xlink:href")
        | ("body" | "table" | "tr" | "td" | "th" | "thead" | "tbody" | "tfoot", "background") => {
            resource
        }
        // Published, or prose.
        (
            "a" | "area" | "form" | "meta" | "base" | "iframe" | "frame" | "blockquote" | "q"
            | "param",
            _,
        ) if !name.starts_with("data-") && !name.starts_with("on") => Kind::Ignored,
        (
            _,
            "class" | "id" | "title" | "alt" | "lang" | "type" | "rel" | "integrity" | "name"
            | "width" | "height" | "d" | "viewbox" | "placeholder" | "aria-label" | "sizes"
            | "media" | "content" | "download" | "cite",
        ) => Kind::Ignored,
        _ => Kind::Mention,
    }
}
