//! The cache policy of a site: from policy.toml to the fields of each reply, and the reason of each field.
//!
//! A policy is asked after the fact: the representation has been selected and the status is known, and only then is it decided what caches
//! may do with the reply. It never sees the URL that was asked for, so the fallback document keeps the policy of a document under any
//! path, and a missing script cannot inherit the lifetime of a found one.
//!
//! | file | holds |
//! |---|---|
//! | `directive` | every key, its default and its doc; the reference is printed from it |
//! | `raw` | what the author wrote, with places |
//! | `lint` | what is well written and still wrong, one finding a file |
//! | `compile` | the text becomes a [`Policy`], or a list of findings |
//! | `subject`, `matcher`, `rule` | what rules may look at, and how they match |
//! | `decision` | what was decided, and why |
//! | `redirect` | where paths are sent |
//! | `revalidating` | what holds while a site is being made |
//! | `settings`, `server` | the tables that are plain values |
//!
//! Implements: RFC 9111 §5.2, RFC 8246 §2, RFC 9213 §2, RFC 9110 §15.3.7 and §15.4.5 (206 and 304 carry the fields of their 200).
//!
//! Uses: http, diagnostic, toml, globset · Never: files, sockets, clock, environment, fingerprint
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod compile;
mod decision;
mod dev;
mod directive;
pub mod lint;
mod matcher;
pub(crate) mod nearest;
mod raw;
pub mod redirect;
mod revalidating;
mod rule;
mod server;
mod settings;
mod subject;
#[cfg(test)]
mod tests;
mod units;

pub use compile::{Compiled, compile};
pub use decision::{Decision, Location, Outcome, Reason, Source};
pub use dev::{Dev, Proxy};
pub use directive::{Directive, KEYS, TABLES, Table, reference_markdown};
pub use matcher::{BadGlob, Conditions, MediaPattern, Mismatch, PathGlobs, StatusPattern};
pub use redirect::{Redirect, Redirection, Redirects};
pub use rule::{Effect, Rule, RuleId};
pub use server::{AccessLog, Acme, Limits, Server, Tls};
pub use settings::{Compress, FingerprintSettings, Quality, Site, Spa};
pub use subject::{Facts, Kind, RepresentationKind, Subject};

use crate::http::{FieldName, FieldValue, names};
use decision::{Draft, Request};

/// A policy that runs: everything in it is valid.
///
/// Two policies are equal if they decide the same, wherever it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `[site]`.
    pub site: Site,
    /// `[compress]`.
    pub compress: Compress,
    /// `[server]`.
    pub server: Server,
    /// `[fingerprint]`.
    pub fingerprint: FingerprintSettings,
    /// `[dev]`.
    pub dev: Dev,
    /// `[[redirect]]`.
    pub redirects: Redirects,
    /// `[cache]`, one for each kind.
    cache: Vec<(Kind, Effect)>,
    /// `[[rule]]`.
    rules: Vec<Rule>,
    /// `[headers]`.
    headers: Vec<Effect>,
}

/// What holds without any policy.toml.
impl Default for Policy {
    fn default() -> Self {
        compile("policy.toml", "")
            .policy
            .expect("the defaults have no errors, and a test compiles them")
    }
}

impl Policy {
    /// The fields of a reply about the subject, and why.
    ///
    /// The fields of every reply come first, then the default of what was served, then the rules from top to bottom; where two name one
    /// field the later one has it. `immutable` is only taken for a success whose name carries a fingerprint of its content: anywhere else
    /// it would keep old content alive (RFC 8246 §2), so the value is refused and the earlier one stays.
    pub fn decide(&self, subject: &Subject<'_>) -> Decision {
        let mut draft = Draft::default();
        for effect in &self.headers {
            draft.set(ask(effect, Source::Default("headers")));
        }
        let kind = subject.kind();
        for (_, effect) in self.cache.iter().filter(|(known, _)| *known == kind) {
            draft.set(ask(effect, Source::Default(cache_key(kind))));
        }
        for rule in self
            .rules
            .iter()
            .filter(|rule| rule.conditions.matches(subject))
        {
            for effect in &rule.effects {
                let request = ask(effect, Source::Rule(rule.id, rule.name.clone()));
                if effect.immutable && !subject.may_be_immutable() {
                    draft.refuse(request);
                } else {
                    draft.set(request);
                }
            }
        }
        draft.set(Request {
            field: &NOSNIFF.0,
            value: &NOSNIFF.1,
            source: Source::BuiltIn,
            location: None,
        });
        draft.finish()
    }

    /// Every value that `[headers]` or a rule gives the field `name`.
    pub fn values_of(&self, name: &str) -> impl Iterator<Item = &FieldValue> {
        let by_rules = self.rules.iter().flat_map(|rule| &rule.effects);
        self.headers
            .iter()
            .chain(by_rules)
            .filter(move |effect| effect.field.as_str().eq_ignore_ascii_case(name))
            .map(|effect| &effect.value)
    }

    /// The rules that have no part in the decision about `subject`, each with the conditions that do not hold: those that came nearest first.
    pub fn misses<'p>(&'p self, subject: &'p Subject<'p>) -> Vec<(&'p Rule, Vec<Mismatch<'p>>)> {
        let mut misses: Vec<_> = self
            .rules
            .iter()
            .map(|rule| {
                (
                    rule,
                    rule.conditions.mismatches(subject).collect::<Vec<_>>(),
                )
            })
            .filter(|(_, mismatches)| !mismatches.is_empty())
            .collect();
        misses.sort_by_key(|(_, mismatches)| mismatches.len());
        misses
    }

    /// The rules, in the order they are read.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

/// A browser that guesses media types would run as a script what was served as text.
static NOSNIFF: (FieldName, FieldValue) = (
    FieldName::from_static(names::X_CONTENT_TYPE_OPTIONS),
    FieldValue::from_static("nosniff"),
);

fn ask(effect: &Effect, source: Source) -> Request<'_> {
    Request {
        field: &effect.field,
        value: &effect.value,
        source,
        location: effect.location.as_ref(),
    }
}

fn cache_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Document => "cache.document",
        Kind::Fingerprinted => "cache.fingerprinted",
        Kind::Asset => "cache.asset",
        Kind::Redirect => "cache.redirect",
        Kind::Error => "cache.error",
    }
}
