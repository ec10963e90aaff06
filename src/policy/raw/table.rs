//! Reads one table key by key, and reports the keys that the table of keys does not have.
//!
//! Uses: toml, diagnostic · Never: anything else

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic, Sink, Span};

use super::super::directive::{Directive, TABLES};
use super::super::nearest::nearest;
use super::node::Node;
use super::{Written, list};

/// Turns a value into what the key takes, or reports why not.
pub(super) type Read<T> = fn(&Node<'_>, &mut Sink) -> Option<T>;

/// One table of the document, or an absent one.
pub(super) struct TableReader<'t> {
    pub(super) name: &'static str,
    /// Where the table is; `None` when it is absent.
    pub(super) span: Option<Span>,
    text: &'t str,
    entries: Vec<Entry<'t>>,
}

/// A key with its value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'t> {
    pub(super) key: &'t str,
    pub(super) key_span: Span,
    pub(super) value: &'t Spanned<DeValue<'t>>,
}

impl<'t> TableReader<'t> {
    pub(super) fn empty(name: &'static str) -> Self {
        Self {
            name,
            span: None,
            text: "",
            entries: Vec::new(),
        }
    }

    pub(super) fn new(
        name: &'static str,
        table: &'t DeTable<'t>,
        span: Option<Span>,
        text: &'t str,
    ) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref(),
                key_span: key.span().into(),
                value,
            })
            .collect();
        // The parser sorts keys by name; people read them in the order they wrote them.
        entries.sort_by_key(|entry| entry.key_span.start);
        Self {
            name,
            span,
            text,
            entries,
        }
    }

    /// All keys that were written, in order.
    pub(super) fn entries(&self) -> &[Entry<'t>] {
        &self.entries
    }

    /// The value of an entry.
    pub(super) fn node(&self, entry: &Entry<'t>) -> Node<'t> {
        Node::written(
            format!("{}.{}", self.name, entry.key),
            entry.value,
            self.text,
        )
    }

    /// The value of a key, if it was written.
    pub(super) fn find(&self, key: &str) -> Option<Node<'t>> {
        debug_assert!(
            Directive::find(self.name, key).is_some(),
            "{}.{key} is not in the table of keys",
            self.name
        );
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(self.node(entry))
    }

    /// The tables that stand below this one under `key`: `[server.acme]`, or each `[[server.tls]]`. `name` is theirs in the table of tables.
    pub(super) fn below(&self, key: &str, name: &'static str, sink: &mut Sink) -> Vec<Self> {
        let table = TABLES
            .iter()
            .find(|table| table.name == name)
            .expect("a table that is read is in the table of tables");
        let Some(entry) = self.entries.iter().find(|entry| entry.key == key) else {
            return Vec::new();
        };
        let node = self.node(entry);
        let is_list = matches!(node.value, DeValue::Array(_));
        let expected = if table.repeated {
            format!("tables: write `[[{name}]]` with two brackets")
        } else {
            format!("a table: write `[{name}]`")
        };
        if is_list != table.repeated {
            node.wrong_type(&expected, sink);
            return Vec::new();
        }
        let mut readers = Vec::new();
        for item in node.items() {
            match item.value {
                DeValue::Table(table) => {
                    readers.push(Self::new(name, table, item.span, self.text));
                }
                _ => item.wrong_type(&expected, sink),
            }
        }
        readers
    }

    /// A key that may be absent and has no default.
    pub(super) fn optional<T>(
        &self,
        key: &str,
        read: Read<T>,
        sink: &mut Sink,
    ) -> Option<Written<T>> {
        let node = self.find(key)?;
        Some(Written {
            value: read(&node, sink)?,
            span: node.span,
        })
    }

    /// A key that has to be there.
    pub(super) fn required<T>(
        &self,
        key: &str,
        read: Read<T>,
        sink: &mut Sink,
    ) -> Option<Written<T>> {
        if self.find(key).is_none() {
            let message = format!("a `[[{}]]` without `{key}` can do nothing", self.name);
            let mut diagnostic =
                Diagnostic::error(Code::MissingKey, message).help(format!("add `{key} = …`"));
            if let Some(span) = self.span {
                diagnostic = diagnostic.label(span, "");
            }
            sink.push(diagnostic);
        }
        self.optional(key, read, sink)
    }

    /// A key with a default, which also stands in for a value that cannot be taken.
    pub(super) fn with_default<T>(&self, key: &str, read: Read<T>, sink: &mut Sink) -> Written<T> {
        self.optional(key, read, sink)
            .unwrap_or_else(|| default(self.name, key, read))
    }

    /// Reports the keys that there are none of.
    pub(super) fn finish(&self, sink: &mut Sink) {
        let is_unknown = |entry: &&Entry<'_>| !Directive::is_known(self.name, entry.key);
        for entry in self.entries.iter().filter(is_unknown) {
            let help = match nearest(entry.key, Directive::known(self.name)) {
                Some(near) => format!("the nearest known key is `{near}`"),
                None => self.elsewhere(entry.key),
            };
            let repeated = TABLES
                .iter()
                .any(|table| table.name == self.name && table.repeated);
            let table = if repeated {
                format!("[[{}]]", self.name)
            } else {
                format!("[{}]", self.name)
            };
            sink.push(
                Diagnostic::error(
                    Code::UnknownKey,
                    format!(
                        "there is no key `{}` in `{table}`, so it would do nothing",
                        entry.key
                    ),
                )
                .label(entry.key_span, "unknown key")
                .help(help),
            );
        }
    }

    fn elsewhere(&self, key: &str) -> String {
        match super::super::directive::KEYS
            .iter()
            .find(|row| row.key == key)
        {
            Some(row) => format!("`{key}` belongs in `[{}]`", row.table),
            None => format!("the keys are {}", list(Directive::known(self.name))),
        }
    }
}

/// The default of the table of keys, through the same reader as a written value.
pub(super) fn default<T>(table: &str, key: &str, read: Read<T>) -> Written<T> {
    let text = Directive::find(table, key)
        .and_then(|row| row.default)
        .expect("a key read with a default has one in the table of keys");
    let value = DeValue::parse(text).expect("the defaults are TOML, and a test reads them all");
    let node = Node {
        key: format!("{table}.{key}"),
        value: value.get_ref(),
        span: None,
        text,
    };
    let mut sink = Sink::new();
    let value =
        read(&node, &mut sink).expect("the defaults can be read, and a test reads them all");
    Written { value, span: None }
}
