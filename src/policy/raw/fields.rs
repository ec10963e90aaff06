//! Reads fields that are set by name: `[headers]`, and `headers` of a rule.
//!
//! Uses: toml, http, diagnostic · Never: anything else

use toml::de::DeValue;

use crate::diagnostic::{Code, Diagnostic, Sink, Span};
use crate::http::{FieldName, FieldValue};

use super::node::Node;
use super::table::{Entry, TableReader};

/// One field as written.
#[derive(Clone, Debug)]
pub(in super::super) struct RawField {
    pub(in super::super) field: FieldName,
    pub(in super::super) value: FieldValue,
    /// Of the name.
    pub(in super::super) name_span: Span,
}

/// `[headers]`.
pub(super) fn everywhere(table: &TableReader<'_>, sink: &mut Sink) -> Vec<RawField> {
    fields(table, sink)
}

/// `headers` of a rule.
pub(super) fn of_rule(node: &Node<'_>, sink: &mut Sink) -> Vec<RawField> {
    let DeValue::Table(table) = node.value else {
        node.wrong_type("a table of fields: `{ \"Name\" = \"value\" }`", sink);
        return Vec::new();
    };
    fields(
        &TableReader::new("headers", table, node.span, node.text),
        sink,
    )
}

fn fields(table: &TableReader<'_>, sink: &mut Sink) -> Vec<RawField> {
    let mut fields: Vec<RawField> = Vec::new();
    for entry in table.entries() {
        let Some(field) = field(table, entry, sink) else {
            continue;
        };
        if let Some(earlier) = fields.iter().find(|earlier| earlier.field == field.field) {
            sink.push(
                Diagnostic::error(
                    Code::BadFieldName,
                    format!(
                        "`{}` is here twice: the case of a field name makes no difference",
                        field.field
                    ),
                )
                .label(field.name_span, "the second one")
                .label(earlier.name_span, "the first one")
                .help("keep one of them")
                .spec("RFC 9110 §5.1"),
            );
            continue;
        }
        fields.push(field);
    }
    fields
}

fn field(table: &TableReader<'_>, entry: &Entry<'_>, sink: &mut Sink) -> Option<RawField> {
    let node = table.node(entry);
    let name = FieldName::parse(entry.key);
    if let Err(error) = &name {
        sink.push(
            Diagnostic::error(
                Code::BadFieldName,
                format!("\"{}\" cannot be the name of a field: {error}", entry.key),
            )
            .label(entry.key_span, "")
            .help("a name has letters, digits and `-`: `\"X-Frame-Options\"`")
            .spec("RFC 9110 §5.1"),
        );
    }
    let DeValue::String(written) = node.value else {
        node.wrong_type("text in quotes: the value of the field as it is sent", sink);
        return None;
    };
    let value = FieldValue::parse(written);
    if let Err(error) = &value {
        let help = "write the value on one line, in ASCII";
        node.bad(
            Code::BadFieldValue,
            format!("`{}` cannot be sent: {error}", entry.key),
            help,
            sink,
        );
    }
    Some(RawField {
        field: name.ok()?,
        value: value.ok()?,
        name_span: entry.key_span,
    })
}
