//! What the author wrote: every value with its place, read as far as it can be understood.
//!
//! Reading never stops at the first problem: a value that cannot be taken is reported and its default stands in for it, so that one run
//! reports everything. What comes out is only fit to run once [`super::compile()`] has seen that nothing was an error.
//!
//! Uses: toml, http, diagnostic · Never: files

mod cache;
mod dev;
mod fields;
mod node;
mod redirect;
mod rule;
mod server;
mod settings;
mod table;
mod value;

pub(super) use cache::RawCacheValue;
pub(super) use fields::RawField;
pub(super) use redirect::RawRedirect;
pub(super) use rule::RawRule;

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, LineColumn, Sink, Span};

use super::directive::{KEYS, TABLES};
use super::nearest::nearest;
use super::{Compress, Dev, FingerprintSettings, Kind, Server, Site};
use node::Node;
use table::TableReader;

/// A value and where it was written; without a place it is the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) span: Option<Span>,
}

/// policy.toml as written.
#[derive(Clone, Debug)]
pub(super) struct RawPolicy {
    pub(super) site: Site,
    pub(super) cache: Vec<(Kind, RawCacheValue)>,
    pub(super) rules: Vec<RawRule>,
    pub(super) redirects: Vec<RawRedirect>,
    pub(super) headers: Vec<RawField>,
    pub(super) compress: Compress,
    pub(super) server: Server,
    pub(super) fingerprint: FingerprintSettings,
    pub(super) dev: Dev,
    /// Where `server.hsts` is written.
    pub(super) hsts: Option<Span>,
    /// Where `site.private` is written.
    pub(super) private: Option<Span>,
}

impl RawPolicy {
    /// Every value of cache directives there is, wherever it stands.
    pub(super) fn cache_values(&self) -> impl Iterator<Item = &RawCacheValue> {
        let of_kinds = self.cache.iter().map(|(_, value)| value);
        of_kinds.chain(self.rules.iter().flat_map(|rule| &rule.cache))
    }

    /// The rules whose conditions are understood.
    pub(super) fn clear_rules(&self) -> impl Iterator<Item = &RawRule> {
        self.rules.iter().filter(|rule| rule.is_clear)
    }

    /// Every field that is set by name, in `[headers]` and in rules.
    pub(super) fn named_fields(&self) -> impl Iterator<Item = &RawField> {
        self.headers
            .iter()
            .chain(self.rules.iter().flat_map(|rule| &rule.headers))
    }
}

/// Reads the text; everything that is wrong goes into the sink.
pub(super) fn read(text: &str, sink: &mut Sink) -> RawPolicy {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error
            .span()
            .map_or(Span::new(text.len(), text.len()), Span::from);
        // What is missing has no width; the character before it can be pointed at.
        let before = text
            .get(..span.start)
            .and_then(|before| before.char_indices().next_back());
        let span = before
            .filter(|_| span.is_empty())
            .map_or(span, |(start, _)| Span::new(start, span.end));
        sink.push(
            Diagnostic::error(Code::Syntax, format!("this is not TOML: {}", error.message()))
                .label(span, "here")
                .help("policy.toml is TOML: `key = \"value\"`, tables in `[brackets]`; see https://toml.io"),
        );
    }
    let mut document = Document {
        table: document.get_ref(),
        text,
        seen: Vec::new(),
    };
    let (site, server) = (document.table("site", sink), document.table("server", sink));
    let raw = RawPolicy {
        hsts: server.find("hsts").and_then(|node| node.span),
        private: site.find("private").and_then(|node| node.span),
        site: settings::site(&site, sink),
        cache: cache::defaults(&document.table("cache", sink), sink),
        rules: rule::rules(&document.tables("rule", sink), sink),
        redirects: redirect::redirects(&document.tables("redirect", sink), sink),
        headers: fields::everywhere(&document.table("headers", sink), sink),
        compress: settings::compress(&document.table("compress", sink), sink),
        server: server::server(&server, sink),
        fingerprint: settings::fingerprint(&document.table("fingerprint", sink), sink),
        dev: dev::dev(&document.table("dev", sink), sink),
    };
    document.finish(sink);
    raw
}

/// The findings without those that only follow from an error of syntax: the parser goes on with an empty value on the broken line, and
/// takes what stands under a broken table name for keys of the top level.
pub(super) fn without_echoes(found: Vec<Diagnostic>, text: &str) -> Vec<Diagnostic> {
    let line = |span: Span| LineColumn::of(text, span.start).line;
    let is_syntax = |finding: &&Diagnostic| finding.code == Code::Syntax;
    let broken: Vec<usize> = found
        .iter()
        .filter(is_syntax)
        .filter_map(Diagnostic::span)
        .map(line)
        .collect();
    let is_echo = |finding: &Diagnostic| {
        let Some(place) = finding
            .span()
            .map(line)
            .filter(|_| finding.code != Code::Syntax)
        else {
            return false;
        };
        broken.contains(&place)
            || (finding.code == Code::StrayKey && broken.iter().any(|line| *line < place))
    };
    found
        .into_iter()
        .filter(|finding| !is_echo(finding))
        .collect()
}

/// The top level.
struct Document<'t> {
    table: &'t DeTable<'t>,
    text: &'t str,
    seen: Vec<&'static str>,
}

impl<'t> Document<'t> {
    fn find(&mut self, name: &'static str) -> Option<Node<'t>> {
        self.seen.push(name);
        let value = self.table.iter().find(|(key, _)| key.get_ref() == name)?.1;
        Some(Node::written(name, value, self.text))
    }

    fn table(&mut self, name: &'static str, sink: &mut Sink) -> TableReader<'t> {
        match self.find(name) {
            None => TableReader::empty(name),
            Some(node) => {
                if let DeValue::Table(table) = node.value {
                    TableReader::new(name, table, node.span, self.text)
                } else {
                    node.wrong_type(&format!("a table: write `[{name}]`"), sink);
                    TableReader::empty(name)
                }
            }
        }
    }

    fn tables(&mut self, name: &'static str, sink: &mut Sink) -> Vec<TableReader<'t>> {
        let Some(node) = self.find(name) else {
            return Vec::new();
        };
        let expected = format!("a list of tables: write `[[{name}]]` with two brackets");
        let DeValue::Array(items) = node.value else {
            node.wrong_type(&expected, sink);
            return Vec::new();
        };
        let mut readers = Vec::new();
        for item in items {
            let item_node = Node::written(name, item, self.text);
            match item.get_ref() {
                DeValue::Table(table) => {
                    readers.push(TableReader::new(name, table, item_node.span, self.text));
                }
                _ => item_node.wrong_type(&expected, sink),
            }
        }
        readers
    }

    fn finish(self, sink: &mut Sink) {
        for (key, value) in self.table {
            if self.seen.contains(&key.get_ref().as_ref()) {
                continue;
            }
            let name = key.get_ref();
            let known = TABLES.iter().map(|table| table.name);
            let row = KEYS.iter().find(|row| row.key == name);
            let is_table = matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_));
            let diagnostic = match (row, is_table) {
                (None, true) => Diagnostic::error(
                    Code::UnknownKey,
                    format!("there is no table `{name}` in a policy, so it would do nothing"),
                )
                .label(key.span().into(), "unknown table"),
                _ => Diagnostic::error(
                    Code::StrayKey,
                    format!("`{name}` stands in no table, so it would do nothing"),
                )
                .label(key.span().into(), "in no table"),
            };
            let help = match (nearest(name, known.clone()), row) {
                (Some(near), _) => format!("the nearest known table is `[{near}]`"),
                (None, Some(row)) => format!("`{name}` belongs under `[{}]`", row.table),
                (None, None) => format!("the tables are {}", list(known)),
            };
            sink.push(diagnostic.help(help));
        }
    }
}

/// `` `a`, `b`, `c` ``
fn list<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
