//! From the text of policy.toml to a policy that runs, or to everything that is wrong with it.
//!
//! Uses: diagnostic · Never: files

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, LineColumn, Sink, Span};
use crate::http::FieldName;

use super::raw::{self, RawCacheValue, RawField, RawPolicy, RawRedirect, RawRule};
use super::redirect::{Redirect, Redirects};
use super::{Effect, Location, Policy, Rule, RuleId, Server, lint};

/// What came of a text.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The policy; `None` when any finding is an error.
    pub policy: Option<Policy>,
    /// All findings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles the text of a policy. `file_name` is what the reasons of its decisions call it.
pub fn compile(file_name: &str, text: &str) -> Compiled {
    let mut sink = Sink::new();
    let raw = raw::read(text, &mut sink);
    for lint in lint::LINTS {
        (lint.check)(&raw, &mut sink);
    }
    let policy = (!sink.has_errors()).then(|| {
        Places {
            file: file_name.into(),
            text,
        }
        .policy(raw)
    });
    Compiled {
        policy,
        diagnostics: raw::without_echoes(sink.sorted(), text),
    }
}

/// Turns spans into places people can find.
struct Places<'t> {
    file: Arc<str>,
    text: &'t str,
}

impl Places<'_> {
    fn policy(&self, raw: RawPolicy) -> Policy {
        let rules = raw.rules.iter().enumerate();
        Policy {
            cache: raw
                .cache
                .iter()
                .map(|(kind, value)| (*kind, self.cache_effect(value)))
                .collect(),
            rules: rules
                .map(|(place, rule)| self.rule(RuleId(place), rule))
                .collect(),
            headers: raw
                .headers
                .iter()
                .map(|field| self.field_effect(field))
                .collect(),
            redirects: Redirects::new(
                raw.redirects
                    .into_iter()
                    .map(|redirect| self.redirect(redirect))
                    .collect(),
            ),
            site: raw.site,
            compress: raw.compress,
            server: Server {
                hsts_location: raw.hsts.map(|span| self.location(span)),
                ..raw.server
            },
            fingerprint: raw.fingerprint,
            dev: raw.dev,
        }
    }

    fn rule(&self, id: RuleId, raw: &RawRule) -> Rule {
        let cache = raw.cache.iter().map(|value| self.cache_effect(value));
        Rule {
            id,
            name: raw.name.value.as_str().into(),
            conditions: raw.conditions(),
            effects: cache
                .chain(raw.headers.iter().map(|field| self.field_effect(field)))
                .collect(),
            location: self.location(raw.place()),
        }
    }

    fn cache_effect(&self, raw: &RawCacheValue) -> Effect {
        Effect {
            field: raw.field.clone(),
            value: raw.control.field_value(),
            immutable: raw.has(crate::http::DirectiveName::Immutable),
            location: raw.span.map(|span| self.location(span)),
        }
    }

    fn field_effect(&self, raw: &RawField) -> Effect {
        Effect {
            field: FieldName::clone(&raw.field),
            value: raw.value.clone(),
            immutable: false,
            location: Some(self.location(raw.name_span)),
        }
    }

    fn redirect(&self, raw: RawRedirect) -> Redirect {
        Redirect {
            from: raw.from,
            to: raw.to,
            status: raw.status,
            location: Some(self.location(raw.span)),
        }
    }

    fn location(&self, span: Span) -> Location {
        let LineColumn { line, column } = LineColumn::of(self.text, span.start);
        Location {
            file: Arc::clone(&self.file),
            line,
            column,
            span,
        }
    }
}
