//! What was decided, and why: one reason for each field, with the line of policy.toml that set it.
//!
//! The reasons are made when the decision is, and stay with it, so that explaining a reply later costs nothing when it is sent.
//!
//! Uses: http, diagnostic (its spans) · Never: anything else

use std::sync::Arc;

use crate::diagnostic::Span;
use crate::http::{FieldName, FieldValue, Fields};

use super::RuleId;

/// A place in policy.toml.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// The name the policy was compiled under.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The stretch itself, in bytes.
    pub span: Span,
}

impl std::fmt::Display for Location {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Who named a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// larder itself; no policy can change it.
    BuiltIn,
    /// A key such as `cache.document` or `headers`. It was written in policy.toml if the reason has a location, and is the default of
    /// larder if it has none.
    Default(&'static str),
    /// A rule and its name.
    Rule(RuleId, Arc<str>),
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BuiltIn => formatter.write_str("larder, always"),
            Self::Default(key) => formatter.write_str(key),
            Self::Rule(_, name) => write!(formatter, "rule \"{name}\""),
        }
    }
}

/// What became of a value that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is the value of the field.
    Set,
    /// A later rule named the same field.
    Overridden,
    /// It says `immutable` for something whose content can change under its name, and was not taken (RFC 8246 §2).
    Refused,
    /// The reply is about one request alone, so that no cache may keep it, whatever the policy says.
    Withdrawn,
}

/// Why a field has its value, or why it does not have another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The field.
    pub field: FieldName,
    /// The value that was asked for.
    pub value: FieldValue,
    /// What became of it.
    pub outcome: Outcome,
    /// Who asked for it.
    pub source: Source,
    /// Where it was written; `None` for what nobody wrote.
    pub location: Option<Location>,
}

/// The fields policy adds to one reply, and the reason of each.
///
/// It holds no field that belongs to the representation or the message (`Content-Type`, `ETag`, `Vary`, `Date` …).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The fields, in the order they were first named.
    pub fields: Fields,
    /// Every value that was asked for, in that order. Exactly one per field is [`Outcome::Set`].
    pub because: Vec<Reason>,
}

impl Decision {
    /// The reason that set `field`, if it is set.
    pub fn reason_for(&self, field: &FieldName) -> Option<&Reason> {
        self.because
            .iter()
            .find(|reason| reason.outcome == Outcome::Set && reason.field == *field)
    }

    /// Sets a field that no policy may set otherwise for this reply.
    pub(crate) fn insist(&mut self, field: FieldName, value: FieldValue) {
        self.withdraw(&field);
        self.fields.set(field.clone(), value.clone());
        self.because.push(Reason {
            field,
            value,
            outcome: Outcome::Set,
            source: Source::BuiltIn,
            location: None,
        });
    }

    /// Takes a field away that no policy may set for this reply.
    pub(crate) fn withdraw(&mut self, field: &FieldName) {
        self.fields.remove(field.as_str());
        for reason in &mut self.because {
            if reason.outcome == Outcome::Set && reason.field == *field {
                reason.outcome = Outcome::Withdrawn;
            }
        }
    }
}

/// A decision in the making.
#[derive(Default)]
pub(super) struct Draft {
    because: Vec<Reason>,
}

/// A value somebody asks for.
pub(super) struct Request<'p> {
    pub(super) field: &'p FieldName,
    pub(super) value: &'p FieldValue,
    pub(super) source: Source,
    pub(super) location: Option<&'p Location>,
}

impl Draft {
    /// Takes the value; an earlier one of the same field is overridden.
    pub(super) fn set(&mut self, request: Request<'_>) {
        for earlier in &mut self.because {
            if earlier.outcome == Outcome::Set && earlier.field == *request.field {
                earlier.outcome = Outcome::Overridden;
            }
        }
        self.note(request, Outcome::Set);
    }

    /// Keeps the earlier value, and says so.
    pub(super) fn refuse(&mut self, request: Request<'_>) {
        self.note(request, Outcome::Refused);
    }

    fn note(&mut self, request: Request<'_>, outcome: Outcome) {
        self.because.push(Reason {
            field: request.field.clone(),
            value: request.value.clone(),
            outcome,
            source: request.source,
            location: request.location.cloned(),
        });
    }

    pub(super) fn finish(self) -> Decision {
        let mut fields = Fields::new();
        for reason in self
            .because
            .iter()
            .filter(|reason| reason.outcome == Outcome::Set)
        {
            fields.set(reason.field.clone(), reason.value.clone());
        }
        Decision {
            fields,
            because: self.because,
        }
    }
}
