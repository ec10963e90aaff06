//! References of a document: its attributes, and the languages inside it.
//!
//! The tokenizer only tells where things are; the bytes are edited by us, so that a tag that is not concerned keeps its every blank.
//!
//! Uses: `lol_html`, collector, css, js, srcset, attributes · Never: files, clock

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use lol_html::html_content::{self, Element, TextChunk};
use lol_html::{HtmlRewriter, Settings, doc_comments, element, text};

use super::attributes::{self, Attribute, Kind};
use super::collector::Collector;
use super::{css, encoding, import_map, js, policy, srcset, xml};
use crate::fingerprint::escape;
use crate::fingerprint::mapped::Mapped;
use crate::fingerprint::reference::{Mention, Place, Unreadable};
use crate::fingerprint::site::FileId;

/// How deep documents may lie inside documents (`srcdoc`, `noscript`).
const NESTING: usize = 4;

/// Finds the references in the document `text`.
pub(crate) fn scan(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
    depth: usize,
) -> Result<(), Unreadable> {
    if depth > NESTING {
        return Err(Unreadable::TooDeep);
    }
    let whole = 0..text.text().len();
    let mut pieces = Vec::from([whole]);
    if depth == 0 {
        if is_xml(collector.path()) && !sets_policy(text.text()) {
            pieces = xml::pieces(text.text());
        }
        let base = pieces
            .iter()
            .find_map(|piece| first_base(text.slice(piece.clone()).text()));
        if let Some(href) = base {
            let raw = Mapped::plain(&href, 0);
            let href = escape::html(&raw).text().to_owned();
            collector.set_base(&href);
        }
        if is_fragment(text.text()) {
            collector.set_fragment();
        }
    }
    pieces
        .into_iter()
        .try_for_each(|piece| scan_piece(collector, &text.slice(piece), depth))
}

/// Finds the references in `text`, a document as HTML reads one.
fn scan_piece(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
    depth: usize,
) -> Result<(), Unreadable> {
    let start = collector.inline.mark();
    let reader = RefCell::new(Reader {
        collector,
        text,
        depth,
        open: None,
        policies: Vec::new(),
    });
    let settings = Settings::new()
        .with_strict(false)
        .append_element_content_handler(element!("*", |element| {
            reader.borrow_mut().element(element);
            Ok(())
        }))
        .append_element_content_handler(text!("script, style, noscript", |chunk| {
            reader.borrow_mut().chunk(chunk);
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            let range = comment.source_location().bytes();
            reader.borrow_mut().comment(range);
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let outcome = rewriter
        .write(text.text().as_bytes())
        .and_then(|()| rewriter.end());
    let mut reader = reader.into_inner();
    reader.close();
    let policies = reader.policies;
    policy::apply(collector, text, &policies, start);
    policy::keep(collector, start);
    outcome.map_err(|_| Unreadable::Syntax)
}

/// Is the document served as XML (RFC 7303)?
fn is_xml(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    ["xhtml", "xht"]
        .iter()
        .any(|xml| extension.eq_ignore_ascii_case(xml))
}

/// May there be a policy that lists digests of the document's own scripts? Then it has to be read as one piece.
fn sets_policy(source: &str) -> bool {
    memchr::memmem::find(source.as_bytes(), b"ecurity-").is_some()
        || memchr::memmem::find(source.as_bytes(), b"ECURITY-").is_some()
}

/// Has the text none of the tags that every whole document is written with?
fn is_fragment(source: &str) -> bool {
    let start = &source.as_bytes()[..source.len().min(4096)];
    !has_tag(start, &["!doctype", "html", "head", "body", "?xml", "svg"])
}

/// Does one of `tags` begin somewhere, as far as bytes can tell?
fn has_tag(source: &[u8], tags: &[&str]) -> bool {
    memchr::memchr_iter(b'<', source).any(|at| {
        tags.iter().any(|tag| {
            source
                .get(at + 1..at + 1 + tag.len())
                .is_some_and(|name| name.eq_ignore_ascii_case(tag.as_bytes()))
        })
    })
}

/// The `href` of the first `<base>` that has one: it applies to the whole document, also to what precedes it.
fn first_base(source: &str) -> Option<String> {
    if !has_tag(source.as_bytes(), &["base"]) {
        return None;
    }
    let found = RefCell::new(None);
    let settings = Settings::new()
        .with_strict(false)
        .append_element_content_handler(element!("base[href]", |element| {
            found
                .borrow_mut()
                .get_or_insert(element.get_attribute("href"));
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let _ = rewriter
        .write(source.as_bytes())
        .and_then(|()| rewriter.end());
    found.into_inner().flatten()
}

/// What the text of the open element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text {
    Script(js::Goal),
    ImportMap,
    Data,
    Style,
    ForeignStyle,
    ForeignScript,
    NoScript,
}

/// An element whose text is being gathered.
struct Open {
    kind: Text,
    /// Filled when the first piece of text arrives.
    range: Option<Range<usize>>,
}

struct Reader<'r, 's> {
    collector: &'r mut Collector<'s>,
    text: &'r Mapped<'r>,
    depth: usize,
    open: Option<Open>,
    /// The values of policies in `meta` elements.
    policies: Vec<Range<usize>>,
}

impl Reader<'_, '_> {
    fn element(&mut self, element: &mut Element<'_, '_>) {
        self.close();
        let name = tag_name(self.text.text(), element);
        let has_text = matches!(&*name, "script" | "style" | "noscript");
        // As most are, with nothing to look at.
        if !has_text && element.attributes().is_empty() {
            return;
        }
        let foreign = !element.namespace_uri().ends_with("xhtml");
        let source = self.text.text();
        let mut attributes: Vec<Attribute<'_>> = Vec::with_capacity(element.attributes().len());
        for attribute in element.attributes() {
            let name = attribute_name(source, attribute);
            // The tokenizer reports duplicates; browsers take the first.
            if attributes.iter().any(|known| known.name == name) {
                continue;
            }
            let value = attribute
                .value_source_location()
                .map_or(0..0, |value| value.bytes());
            attributes.push(Attribute { name, value });
        }
        let mut target = None;
        let mut target_end = 0;
        for attribute in &attributes {
            let kind = attributes::kind(source, &name, &attribute.name, &attributes);
            let found = self.attribute(attribute, kind);
            if matches!(kind, Kind::Url(_)) && found.is_some() && target.is_none() {
                target = found;
                target_end = attribute.value.end;
            }
        }
        self.integrity(&name, &attributes, target, target_end);
        self.policies
            .extend(attributes::policy(self.text.text(), &name, &attributes));
        self.open = open(self.text.text(), &name, foreign, &attributes);
    }

    /// Reads one attribute; gives the file it refers to, if it is one URL.
    fn attribute(&mut self, attribute: &Attribute<'_>, kind: Kind) -> Option<FileId> {
        if attribute.value.is_empty() {
            return None;
        }
        if let Some(code) = attributes::code(self.text.text(), attribute) {
            self.code(&self.text.slice(code));
            return None;
        }
        if kind == Kind::Ignored {
            return None;
        }
        let raw = self.text.slice(attribute.value.clone());
        let collector = &mut *self.collector;
        match kind {
            Kind::Url(place) => return collector.url(&escape::html(&raw), place),
            Kind::SourceSet(place) => {
                let value = escape::html(&raw);
                for range in srcset::candidates(value.text()) {
                    collector.url(&value.slice(range), place);
                }
            }
            Kind::Style => {
                collector.inline.attribute(&raw);
                let value = escape::html(&raw);
                if css::scan(collector, &value, css::Start::Declarations).is_err() {
                    collector.doubt(value.text());
                }
            }
            // A base of its own changes what every reference in it means.
            Kind::Document if has_base(&escape::html(&raw)) => {
                collector.doubt(escape::html(&raw).text());
            }
            Kind::Document => {
                let value = escape::html(&raw);
                if scan(collector, &value, self.depth + 1).is_err() {
                    collector.doubt(value.text());
                }
            }
            Kind::Ignored => {}
            Kind::Mention => {
                if raw.text().contains('.') {
                    collector.mention(escape::html(&raw).text(), Mention::Text);
                }
            }
        }
        None
    }

    /// The code of an event attribute or of a `javascript:` URL: evidence, and nothing that is edited.
    fn code(&mut self, raw: &Mapped<'_>) {
        if raw.text().contains('.') {
            self.collector
                .mention(escape::html(raw).text(), Mention::Text);
        }
        // What does not parse there was a mention already.
        if raw.text().contains("repl") {
            let _ = js::evidence(self.collector, &escape::html(raw));
        }
    }

    fn integrity(
        &mut self,
        element: &str,
        attributes: &[Attribute<'_>],
        target: Option<FileId>,
        end: usize,
    ) {
        if !matches!(element, "script" | "link") {
            return;
        }
        if let Some(attribute) = attributes
            .iter()
            .find(|attribute| attribute.name == "integrity")
        {
            let raw = self.text.slice(attribute.value.clone());
            let value = escape::html(&raw);
            if let Some(target) = target.or_else(|| self.postponed(attributes)) {
                self.collector.integrity(&value, target);
            }
            return;
        }
        let Some(target) = target else { return };
        if self.depth > 0 || !attributes::takes_integrity(self.text.text(), element, attributes) {
            return;
        }
        // Behind the quote that ends the URL; an unquoted value is followed by a blank or `>`.
        let quoted = matches!(self.text.text().as_bytes().get(end), Some(b'"' | b'\''));
        let at = self.text.raw(end + usize::from(quoted));
        self.collector.scanned().integrity_gaps.push((at, target));
    }

    /// What an element is about that fetches nothing until a script makes it: then the browser compares, too.
    fn postponed(&self, attributes: &[Attribute<'_>]) -> Option<FileId> {
        let is_url = |name: &str| matches!(name, "src" | "href" | "data-src" | "data-href");
        attributes
            .iter()
            .filter(|attribute| is_url(&attribute.name))
            .find_map(|attribute| {
                let raw = self.text.slice(attribute.value.clone());
                self.collector.target(escape::html(&raw).text())
            })
    }

    fn chunk(&mut self, chunk: &TextChunk<'_>) {
        let bytes = chunk.source_location().bytes();
        let Some(open) = &mut self.open else { return };
        match &mut open.range {
            Some(range) => range.end = range.end.max(bytes.end),
            empty => *empty = Some(bytes),
        }
    }

    /// `<?xml-stylesheet href="…"?>` is a comment to HTML.
    fn comment(&mut self, range: Range<usize>) {
        let raw = self.text.slice(range);
        if !raw.text().starts_with("<?xml-stylesheet") {
            return;
        }
        let Some(start) = raw.text().find("href=").map(|at| at + 5) else {
            return;
        };
        let Some(quote) = raw.text()[start..]
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
        else {
            return;
        };
        if let Some(length) = raw.text()[start + 1..].find(quote) {
            let value = raw.slice(start + 1..start + 1 + length);
            self.collector.url(&escape::html(&value), Place::Resource);
        }
    }

    /// Reads the text of the element that was open.
    fn close(&mut self) {
        let Some(Open {
            kind,
            range: Some(range),
        }) = self.open.take()
        else {
            return;
        };
        let raw = self.text.slice(range.clone());
        let collector = &mut *self.collector;
        let outcome = match kind {
            Text::ForeignScript => foreign_text(&raw, |text| {
                collector.inline.text(text);
                js::scan(collector, text, js::Goal::Script)
            }),
            Text::Script(goal) => {
                collector.inline.text(&raw);
                let bytes = collector.content(raw.raw_range(&(0..raw.text().len())));
                if std::str::from_utf8(bytes).is_err()
                    && encoding::has_backslash_in_character(bytes)
                {
                    Err(Unreadable::Encoding)
                } else {
                    js::scan(collector, &raw, goal)
                }
            }
            Text::ImportMap => {
                collector.inline.text(&raw);
                import_map::scan(collector, &raw)
            }
            Text::Data => {
                collector.mention(raw.text(), Mention::Text);
                Ok(())
            }
            Text::Style => {
                collector.inline.text(&raw);
                css::scan(collector, &raw, css::Start::Sheet)
            }
            Text::ForeignStyle => foreign_text(&raw, |text| {
                collector.inline.text(text);
                css::scan(collector, text, css::Start::Sheet)
            }),
            Text::NoScript => scan(collector, &raw, self.depth + 1),
        };
        if outcome.is_err() {
            collector.doubt(raw.text());
        }
    }
}

/// The lower-case name of an element, without a copy if it is written so.
fn tag_name<'s>(source: &'s str, element: &Element<'_, '_>) -> Cow<'s, str> {
    let start = element.source_location().bytes().start + 1;
    source
        .get(start..)
        .map(|tag| {
            let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
            &tag[..tag
                .bytes()
                .position(|byte| is_end(&byte))
                .unwrap_or(tag.len())]
        })
        .filter(|name| !name.bytes().any(|byte| byte.is_ascii_uppercase()))
        .map_or_else(|| element.tag_name().into(), Cow::Borrowed)
}

/// The lower-case name of an attribute, without a copy if it is written so.
fn attribute_name<'s>(source: &'s str, attribute: &html_content::Attribute<'_>) -> Cow<'s, str> {
    attribute
        .name_source_location()
        .and_then(|location| source.get(location.bytes()))
        .filter(|name| !name.bytes().any(|byte| byte.is_ascii_uppercase()))
        .map_or_else(|| attribute.name().into(), Cow::Borrowed)
}

/// The text of a script or style in an SVG: character data, or a CDATA section.
fn foreign_text<T>(raw: &Mapped<'_>, read: impl FnOnce(&Mapped<'_>) -> T) -> T {
    let text = raw.text();
    if let Some(start) = text.find("<![CDATA[").map(|at| at + 9) {
        let length = text[start..].find("]]>").unwrap_or(text.len() - start);
        return read(&raw.slice(start..start + length));
    }
    read(&escape::html(raw))
}

/// What is to be done with the text of an element.
fn open(source: &str, name: &str, foreign: bool, attributes: &[Attribute<'_>]) -> Option<Open> {
    let kind = match name {
        "script" => match attributes::script_type(source, attributes) {
            attributes::ScriptType::Classic | attributes::ScriptType::Module if foreign => {
                Text::ForeignScript
            }
            attributes::ScriptType::Classic => Text::Script(js::Goal::Script),
            attributes::ScriptType::Module => Text::Script(js::Goal::Module),
            attributes::ScriptType::ImportMap => Text::ImportMap,
            attributes::ScriptType::Published => return None,
            attributes::ScriptType::Data => Text::Data,
        },
        "style" if foreign => Text::ForeignStyle,
        "style" => Text::Style,
        "noscript" => Text::NoScript,
        _ => return None,
    };
    Some(Open { kind, range: None })
}

/// Does this document inside a document begin its references somewhere else?
fn has_base(document: &Mapped<'_>) -> bool {
    document.text().to_ascii_lowercase().contains("<base")
}
