//! References of a style sheet, a `<style>` element or a `style` attribute.
//!
//! Which tokens are URLs that get fetched: `url()`, `src()`, the strings of `image-set()`, `@import`. Not `@namespace`, not `@document`, not
//! `format()`, `type()`, `local()`; nothing in comments or other strings (CSS Syntax 3, CSS Values 4 §4.5, CSS Images 4 §2.2).
//!
//! Uses: cssparser, collector, escape · Never: files, clock

use std::ops::Range;

use cssparser::{ParseError, Parser, Token};

use super::collector::Collector;
use crate::fingerprint::escape;
use crate::fingerprint::mapped::Mapped;
use crate::fingerprint::reference::{Mention, Place, Unreadable};

/// What the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// A style sheet: rules.
    Sheet,
    /// A `style` attribute: declarations.
    Declarations,
}

/// How deep blocks may be nested: the tokenizer recurses.
const NESTING: u8 = 200;

/// Finds the references in `text`.
pub(crate) fn scan(
    collector: &mut Collector<'_>,
    text: &Mapped<'_>,
    start: Start,
) -> Result<(), Unreadable> {
    let source = text.text();
    if !source.contains('(')
        && !source.contains('@')
        && !source.contains('[')
        && !source.contains("--")
        && !source.contains("/*")
    {
        return Ok(());
    }
    if start == Start::Sheet && declares_multi_byte(source) {
        return Err(Unreadable::Encoding);
    }
    let mut parser = Parser::new(source);
    parser.set_nested_block_limit(NESTING);
    let mut walk = Walk {
        collector,
        text,
        too_deep: false,
        source_map: None,
    };
    walk.block(&mut parser, &Within::default());
    let (too_deep, source_map) = (walk.too_deep, walk.source_map);
    if too_deep {
        return Err(Unreadable::TooDeep);
    }
    if let Some(range) = source_map {
        collector.url(&text.slice(range), Place::SourceMap);
    }
    Ok(())
}

/// `@charset` of an encoding in which a backslash may be the second half of a character.
fn declares_multi_byte(source: &str) -> bool {
    let Some(rest) = source.strip_prefix("@charset \"") else {
        return false;
    };
    let name = rest
        .split('"')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    ["shift", "sjis", "gb", "big5", "utf-16", "iso-2022", "hz"]
        .iter()
        .any(|family| name.starts_with(family))
}

/// What the tokens of a block are part of.
#[derive(Clone, Default)]
struct Within {
    /// What strings are.
    strings: Strings,
    /// The first name is that of a custom property: in `var(`.
    variable: bool,
    /// URLs belong to the custom property of this name.
    property: Option<String>,
    /// URLs are not fetched: in the prelude of `@namespace` and the like.
    inert: bool,
}

/// What a string stands for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Strings {
    /// Text, or the name of something.
    #[default]
    Text,
    /// A URL: in `url(`, `src(`, `image-set(`.
    Urls,
    /// It is compared with an attribute: in `[src$="a.png"]`.
    Selector,
}

struct Walk<'w, 's> {
    collector: &'w mut Collector<'s>,
    text: &'w Mapped<'w>,
    too_deep: bool,
    source_map: Option<Range<usize>>,
}

/// A token, without its borrow of the parser.
enum Found {
    Url,
    String,
    Import,
    Inert,
    /// An identifier, if it is that of a custom property.
    Name(Option<String>),
    Colon,
    End,
    Comment,
    Blank,
    Function(Within),
    Block,
    Other,
}

impl Walk<'_, '_> {
    fn block(&mut self, parser: &mut Parser<'_>, within: &Within) {
        let mut property = within.property.clone();
        let mut name: Option<String> = None;
        let mut import = false;
        let mut inert = within.inert;
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments() else {
                return;
            };
            let found = classify(token, within);
            let end = parser.position().byte_index();
            match found {
                Found::Blank => continue,
                Found::Comment => {
                    self.comment(start..end);
                    continue;
                }
                Found::Url if !inert => {
                    self.url(unquoted(self.text.text(), start..end), property.as_deref());
                }
                Found::String if (import || within.strings == Strings::Urls) && !inert => {
                    self.url(quoted(self.text.text(), start..end), property.as_deref());
                }
                Found::String if within.strings == Strings::Selector => {
                    let raw = self.text.slice(quoted(self.text.text(), start..end));
                    self.collector
                        .mention(escape::css(&raw).text(), Mention::Selector);
                }
                Found::Url | Found::String | Found::Other => {}
                Found::Name(found) => {
                    if let Some(found) = found
                        .as_deref()
                        .filter(|_| within.variable && name.is_none())
                    {
                        self.collector.property_use(found);
                    }
                    name = found;
                    import = false;
                    continue;
                }
                Found::Colon => {
                    if property.is_none() {
                        property = name.take();
                    }
                }
                Found::End => {
                    property.clone_from(&within.property);
                    inert = within.inert;
                }
                Found::Import => {
                    import = true;
                    name = None;
                    continue;
                }
                Found::Inert => inert = true,
                Found::Function(mut inner) => {
                    inner.property.clone_from(&property);
                    inner.inert = inert;
                    self.nested(parser, &inner);
                }
                Found::Block => {
                    self.nested(parser, &Within::default());
                    property.clone_from(&within.property);
                    inert = within.inert;
                }
            }
            name = None;
            import = false;
        }
    }

    fn nested(&mut self, parser: &mut Parser<'_>, within: &Within) {
        let mut entered = false;
        let result: Result<(), ParseError<()>> = parser.parse_nested_block(|inner| {
            entered = true;
            self.block(inner, within);
            Ok(())
        });
        if result.is_err() && !entered {
            self.too_deep = true;
        }
    }

    fn url(&mut self, range: Range<usize>, property: Option<&str>) {
        let raw = self.text.slice(range);
        let url = escape::css(&raw);
        let place = match property {
            Some(name) if !url.text().trim_start().starts_with('/') => {
                self.collector.property(name)
            }
            _ => Place::Resource,
        };
        self.collector.url(&url, place);
    }

    /// The last `/*# sourceMappingURL=… */` counts.
    fn comment(&mut self, range: Range<usize>) {
        let text = &self.text.text()[range.clone()];
        let Some(rest) = text
            .strip_prefix("/*# sourceMappingURL=")
            .or_else(|| text.strip_prefix("/*@ sourceMappingURL="))
        else {
            return;
        };
        let length = rest
            .find(|c: char| c.is_whitespace() || c == '*')
            .unwrap_or(rest.len());
        let start = range.end - rest.len();
        self.source_map = Some(start..start + length);
    }
}

fn classify(token: &Token<'_>, within: &Within) -> Found {
    match token {
        Token::UnquotedUrl(_) => Found::Url,
        Token::QuotedString(_) => Found::String,
        Token::AtKeyword(name) if name.eq_ignore_ascii_case("import") => Found::Import,
        Token::AtKeyword(name)
            if ["namespace", "document", "-moz-document"]
                .iter()
                .any(|inert| name.eq_ignore_ascii_case(inert)) =>
        {
            Found::Inert
        }
        Token::Ident(name) => Found::Name(name.starts_with("--").then(|| name.to_string())),
        Token::Colon => Found::Colon,
        Token::Semicolon => Found::End,
        Token::Comment(_) => Found::Comment,
        Token::WhiteSpace(_) => Found::Blank,
        Token::Function(name) => Found::Function(Within {
            strings: if ["url", "src", "image-set", "-webkit-image-set", "image"]
                .iter()
                .any(|function| name.eq_ignore_ascii_case(function))
            {
                Strings::Urls
            } else {
                Strings::Text
            },
            variable: name.eq_ignore_ascii_case("var"),
            ..Within::default()
        }),
        Token::SquareBracketBlock => Found::Function(Within {
            strings: Strings::Selector,
            ..Within::default()
        }),
        Token::ParenthesisBlock => Found::Function(Within {
            strings: Strings::Text,
            ..within.clone()
        }),
        Token::CurlyBracketBlock => Found::Block,
        _ => Found::Other,
    }
}

/// The URL inside `url( … )`, of which the closing parenthesis may be missing at the end of the sheet.
fn unquoted(source: &str, range: Range<usize>) -> Range<usize> {
    let token = &source[range.clone()];
    let open = token.find('(').map_or(token.len(), |at| at + 1);
    let inner = token[open..].strip_suffix(')').unwrap_or(&token[open..]);
    let start = range.start + open + (inner.len() - inner.trim_start().len());
    start..start + inner.trim().len()
}

/// The inside of a quoted string, of which the closing quote may be missing at the end of the sheet.
fn quoted(source: &str, range: Range<usize>) -> Range<usize> {
    let token = &source[range.clone()];
    let Some(quote) = token.chars().next() else {
        return range;
    };
    let closed = token.len() > 1 && token.ends_with(quote);
    range.start + 1..range.end - usize::from(closed)
}
