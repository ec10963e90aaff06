//! Reads `[[rule]]`.
//!
//! Uses: toml, http, diagnostic · Never: anything else

use toml::de::DeValue;

use crate::diagnostic::{Code, Diagnostic, Sink, Span};
use crate::http::FieldName;
use crate::http::targeted::{KNOWN, is_targeted};

use super::super::nearest::nearest;
use super::super::{Conditions, Kind, MediaPattern, PathGlobs, StatusPattern};
use super::cache::{cache_control, targeted};
use super::node::Node;
use super::table::{Entry, TableReader};
use super::value::{each, globs, integer, text};
use super::{RawCacheValue, RawField, Written, fields};

/// A rule as written.
#[derive(Clone, Debug)]
pub(in super::super) struct RawRule {
    pub(in super::super) name: Written<String>,
    /// Of the whole rule, as the parser gives it: its `[[rule]]` line.
    pub(in super::super) span: Span,
    pub(in super::super) paths: Option<Written<PathGlobs>>,
    pub(in super::super) kinds: Option<Written<Vec<Kind>>>,
    pub(in super::super) media: Option<Written<Vec<MediaPattern>>>,
    pub(in super::super) statuses: Option<Written<Vec<StatusPattern>>>,
    pub(in super::super) cache: Vec<RawCacheValue>,
    pub(in super::super) headers: Vec<RawField>,
    /// Whether every condition that was written could be read; only then can anything be said about what the rule matches.
    pub(in super::super) is_clear: bool,
}

impl RawRule {
    /// The conditions without their places.
    pub(in super::super) fn conditions(&self) -> Conditions {
        Conditions {
            paths: self.paths.as_ref().map(|written| written.value.clone()),
            kinds: self.kinds.as_ref().map(|written| written.value.clone()),
            media: self.media.as_ref().map(|written| written.value.clone()),
            statuses: self.statuses.as_ref().map(|written| written.value.clone()),
        }
    }

    /// The best place to point at when the rule as a whole is meant.
    pub(in super::super) fn place(&self) -> Span {
        self.name.span.unwrap_or(self.span)
    }

    /// Every field the rule sets.
    pub(in super::super) fn fields(&self) -> impl Iterator<Item = &FieldName> {
        let cache = self.cache.iter().map(|value| &value.field);
        cache.chain(self.headers.iter().map(|field| &field.field))
    }
}

pub(super) fn rules(tables: &[TableReader<'_>], sink: &mut Sink) -> Vec<RawRule> {
    let rules: Vec<_> = tables.iter().map(|table| rule(table, sink)).collect();
    for (place, rule) in rules.iter().enumerate() {
        let twin = rules[..place]
            .iter()
            .find(|earlier| earlier.name.value == rule.name.value);
        if let (Some(twin), Some(span)) = (twin, rule.name.span) {
            sink.push(
                Diagnostic::error(
                    Code::DuplicateRuleName,
                    format!(
                        "two rules are called \"{}\", so nothing that names one says which",
                        rule.name.value
                    ),
                )
                .label(span, "the second one")
                .label(twin.place(), "the first one")
                .help("give each rule a name of its own"),
            );
        }
    }
    rules
}

fn rule(table: &TableReader<'_>, sink: &mut Sink) -> RawRule {
    let span = table.span.unwrap_or(Span::new(0, 0));
    let name = table.required("name", text, sink);
    let mut rule = RawRule {
        name: name.unwrap_or(Written {
            value: String::new(),
            span: None,
        }),
        span,
        paths: table.optional("paths", globs, sink),
        kinds: table.optional("kind", kinds, sink),
        media: table.optional("media", media, sink),
        statuses: table.optional("status", statuses, sink),
        cache: cache_values(table, sink),
        headers: table
            .find("headers")
            .map(|node| fields::of_rule(&node, sink))
            .unwrap_or_default(),
        is_clear: true,
    };
    let read = [
        rule.paths.is_some(),
        rule.kinds.is_some(),
        rule.media.is_some(),
        rule.statuses.is_some(),
    ];
    rule.is_clear = CONDITIONS
        .iter()
        .zip(read)
        .all(|(key, read)| read || !has(table, key));
    complain_of_emptiness(table, &rule, sink);
    table.finish(sink);
    rule
}

/// Looks at the keys that were written, not at the values that could be read: a rule whose only condition is misspelt has one.
fn complain_of_emptiness(table: &TableReader<'_>, rule: &RawRule, sink: &mut Sink) {
    if !CONDITIONS.iter().any(|key| has(table, key)) {
        sink.push(
            Diagnostic::error(Code::RuleWithoutCondition, "a rule without a condition would be about every success, which is what `[cache]` and `[headers]` are for")
                .label(rule.place(), "")
                .help("add `paths`, `kind`, `media` or `status`"),
        );
    }
    let sets = has(table, "headers") || table.entries().iter().any(|entry| is_cache_key(entry.key));
    if !sets {
        sink.push(
            Diagnostic::error(
                Code::RuleWithoutEffect,
                "a rule that sets nothing changes nothing",
            )
            .label(rule.place(), "")
            .help("add `cache-control = \"…\"` or `headers = { … }`"),
        );
    }
}

const CONDITIONS: [&str; 4] = ["paths", "kind", "media", "status"];

fn has(table: &TableReader<'_>, key: &str) -> bool {
    table.entries().iter().any(|entry| entry.key == key)
}

fn is_cache_key(key: &str) -> bool {
    key == "cache-control" || is_targeted(key)
}

fn cache_values(table: &TableReader<'_>, sink: &mut Sink) -> Vec<RawCacheValue> {
    let keys = table
        .entries()
        .iter()
        .filter(|entry| is_cache_key(entry.key));
    keys.filter_map(|entry| {
        let node = table.node(entry);
        if entry.key == "cache-control" {
            cache_control(&node, sink)
        } else {
            targeted(&node, targeted_name(entry, sink)?, sink)
        }
    })
    .collect()
}

/// RFC 9213 §2: a targeted field is called after the caches it is for, `…-Cache-Control`. Known ones are sent in their usual spelling.
fn targeted_name(entry: &Entry<'_>, sink: &mut Sink) -> Option<FieldName> {
    let usual = KNOWN
        .iter()
        .map(|(name, _)| *name)
        .find(|name| name.eq_ignore_ascii_case(entry.key));
    match FieldName::parse(usual.unwrap_or(entry.key)) {
        Ok(name) => Some(name),
        Err(error) => {
            sink.push(
                Diagnostic::error(
                    Code::BadFieldName,
                    format!("\"{}\" cannot be the name of a field: {error}", entry.key),
                )
                .label(entry.key_span, "")
                .help("write the name of a targeted field, such as `cdn-cache-control`")
                .spec("RFC 9213 §2"),
            );
            None
        }
    }
}

fn kinds(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<Kind>> {
    each(node, kind, sink)
}

fn kind(node: &Node<'_>, sink: &mut Sink) -> Option<Kind> {
    super::value::choice(node, &Kind::ALL.map(|kind| (kind.as_str(), kind)), sink)
}

fn media(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<MediaPattern>> {
    each(node, media_pattern, sink)
}

fn media_pattern(node: &Node<'_>, sink: &mut Sink) -> Option<MediaPattern> {
    let written = text(node, sink)?;
    let pattern = MediaPattern::parse(&written);
    if pattern.is_none() {
        let help = "write type and subtype without parameters, `\"text/css\"`, or all of a type, `\"image/*\"`";
        node.bad(
            Code::BadValue,
            format!("\"{written}\" is no media type"),
            help,
            sink,
        );
    }
    pattern
}

fn statuses(node: &Node<'_>, sink: &mut Sink) -> Option<Vec<StatusPattern>> {
    each(node, status, sink)
}

fn status(node: &Node<'_>, sink: &mut Sink) -> Option<StatusPattern> {
    if matches!(node.value, DeValue::Integer(_)) {
        let number = integer(node, 200, 599, sink)?;
        return StatusPattern::parse(&number.to_string());
    }
    let DeValue::String(written) = node.value else {
        node.wrong_type("a status, `404`, or a class of them, `\"4xx\"`", sink);
        return None;
    };
    let pattern = StatusPattern::parse(written);
    if pattern.is_none() {
        let near = nearest(written, ["2xx", "3xx", "4xx", "5xx"]);
        let help = near.map_or(
            "write a status, `404`, or a class from `\"2xx\"` to `\"5xx\"`".to_owned(),
            |near| format!("the nearest is `\"{near}\"`"),
        );
        node.bad(
            Code::BadValue,
            format!("\"{written}\" is no status"),
            help,
            sink,
        );
    }
    pattern
}
