//! One value of the document, with what is needed to complain about it.
//!
//! Uses: toml, diagnostic · Never: anything else

use toml::Spanned;
use toml::de::DeValue;

use crate::diagnostic::{Code, Diagnostic, Sink, Span};

/// A value, the key it belongs to, and its place.
#[derive(Clone)]
pub(super) struct Node<'t> {
    /// The key in full, for messages: `site.spa`.
    pub(super) key: String,
    pub(super) value: &'t DeValue<'t>,
    /// `None` for a default.
    pub(super) span: Option<Span>,
    /// The text the span points into.
    pub(super) text: &'t str,
}

impl<'t> Node<'t> {
    pub(super) fn written(
        key: impl Into<String>,
        value: &'t Spanned<DeValue<'t>>,
        text: &'t str,
    ) -> Self {
        Self {
            key: key.into(),
            value: value.get_ref(),
            span: Some(value.span().into()),
            text,
        }
    }

    /// The items of a list; a single value is a list of one.
    pub(super) fn items(&self) -> Vec<Self> {
        match self.value {
            DeValue::Array(items) => items
                .iter()
                .map(|item| Self {
                    key: self.key.clone(),
                    value: item.get_ref(),
                    span: self.span.map(|_| item.span().into()),
                    text: self.text,
                })
                .collect(),
            _ => vec![self.clone()],
        }
    }

    /// Where the text of a string begins, if it stands in the source as it is (no escapes).
    pub(super) fn start_of(&self, content: &str) -> Option<usize> {
        let span = self.span?;
        let written = self.text.get(span.start..span.end)?;
        let quotes = if written.starts_with("\"\"\"") || written.starts_with("'''") {
            3
        } else {
            1
        };
        let start = span.start + quotes;
        self.text
            .get(start..)?
            .starts_with(content)
            .then_some(start)
    }

    pub(super) fn found(&self) -> String {
        match self.value {
            DeValue::String(text) => format!("the text \"{text}\""),
            DeValue::Integer(number) => format!("the number {number}"),
            DeValue::Float(number) => format!("the number {}", number.as_str()),
            DeValue::Boolean(yes) => format!("`{yes}`"),
            DeValue::Datetime(_) => "a date".to_owned(),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        }
    }

    /// Reports that the value has another type than `expected` ("a path").
    pub(super) fn wrong_type(&self, expected: &str, sink: &mut Sink) {
        let diagnostic = Diagnostic::error(
            Code::WrongType,
            format!("`{}` cannot be {}", self.key, self.found()),
        );
        sink.push(self.mark(diagnostic).help(format!("it takes {expected}")));
    }

    /// Reports a value of the right type that does not do: why, and what to write instead.
    pub(super) fn bad(
        &self,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
        sink: &mut Sink,
    ) {
        sink.push(self.mark(Diagnostic::error(code, message)).help(help));
    }

    fn mark(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.span {
            Some(span) => diagnostic.label(span, ""),
            None => diagnostic,
        }
    }
}
