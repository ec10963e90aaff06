//! Reads cache directives: the values of `[cache]`, and those of rules.
//!
//! Uses: toml, http, diagnostic · Never: anything else

use std::ops::Range;

use toml::de::DeValue;

use crate::diagnostic::{Diagnostic, Sink, Span};
use crate::http::targeted as http_targeted;
use crate::http::{CacheControl, DirectiveName, FieldName, Problem, names};

use super::super::Kind;
use super::node::Node;
use super::table::{TableReader, default};

/// The value of `Cache-Control` or of a targeted field, as written.
#[derive(Clone, Debug)]
pub(in super::super) struct RawCacheValue {
    pub(in super::super) field: FieldName,
    pub(in super::super) control: CacheControl,
    /// What could not be understood.
    pub(in super::super) problems: Vec<Problem>,
    /// `None` for a default.
    pub(in super::super) span: Option<Span>,
    /// Where the text itself begins, if it stands in the source as it is.
    start: Option<usize>,
}

impl RawCacheValue {
    /// Points a finding at these bytes of the value, or at all of it if they cannot be found in the source.
    pub(in super::super) fn mark(
        &self,
        diagnostic: Diagnostic,
        within: Option<Range<usize>>,
        text: &str,
    ) -> Diagnostic {
        let exact = match (self.start, within) {
            (Some(start), Some(within)) if !within.is_empty() => {
                Some(Span::new(start + within.start, start + within.end))
            }
            _ => self.span,
        };
        match exact {
            Some(span) => diagnostic.label(span, text),
            None => diagnostic,
        }
    }

    /// Points a finding at a directive of the value.
    pub(in super::super) fn mark_directive(
        &self,
        diagnostic: Diagnostic,
        name: DirectiveName,
        text: &str,
    ) -> Diagnostic {
        self.mark(diagnostic, self.control.span_of(name), text)
    }

    pub(in super::super) fn has(&self, name: DirectiveName) -> bool {
        self.control.has(name)
    }
}

/// `[cache]`: one value for each kind.
pub(super) fn defaults(table: &TableReader<'_>, sink: &mut Sink) -> Vec<(Kind, RawCacheValue)> {
    let values = Kind::ALL
        .into_iter()
        .map(|kind| {
            let written = table
                .find(kind.as_str())
                .and_then(|node| cache_control(&node, sink));
            (
                kind,
                written.unwrap_or_else(|| default("cache", kind.as_str(), cache_control).value),
            )
        })
        .collect();
    table.finish(sink);
    values
}

/// A value of `Cache-Control`.
pub(super) fn cache_control(node: &Node<'_>, sink: &mut Sink) -> Option<RawCacheValue> {
    read(
        node,
        FieldName::from_static(names::CACHE_CONTROL),
        CacheControl::parse,
        sink,
    )
}

/// A value of the targeted field with that name.
pub(super) fn targeted(
    node: &Node<'_>,
    field: FieldName,
    sink: &mut Sink,
) -> Option<RawCacheValue> {
    // Without an understood value every cache has to ignore the whole field (RFC 9213 §2.1), and a problem says so.
    let parse = |text: &str| {
        let (control, problems) = http_targeted::parse(text);
        (control.unwrap_or_default(), problems)
    };
    read(node, field, parse, sink)
}

fn read(
    node: &Node<'_>,
    field: FieldName,
    parse: fn(&str) -> (CacheControl, Vec<Problem>),
    sink: &mut Sink,
) -> Option<RawCacheValue> {
    let DeValue::String(written) = node.value else {
        node.wrong_type(
            "cache directives as text: `\"no-cache\"`, `\"public, max-age=3600\"`",
            sink,
        );
        return None;
    };
    let (control, problems) = parse(written);
    Some(RawCacheValue {
        field,
        control,
        problems,
        span: node.span,
        start: node.start_of(written),
    })
}
