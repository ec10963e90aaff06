//! `Cache-Control` of a reply: parsed with spans, written in one canonical form, checked for contradictions.
//!
//! A policy's author and a running server's reply are read by the same parser: it
//! never stops at the first problem, so that everything wrong is said at once.
//! What was understood is a [`CacheControl`]; what was not is a list of [`Problem`];
//! what is well written and yet says two things is a list of [`Conflict`].
//!
//! RFC 9111 §5.2 and §5.2.2, §1.2.2, RFC 8246 §2, RFC 5861 §3 and §4.
//!
//! Uses: `fields`, `explanation` · Never: request directives (they are reported, not stored).

mod conflict;
mod delta_seconds;
mod directive;
mod parse;
mod problem;

use std::fmt;
use std::ops::Range;

pub use conflict::{Conflict, Gravity};
pub use delta_seconds::{DeltaSeconds, NotDeltaSeconds};
pub use directive::{Directive, DirectiveName, Extension, NotAnExtension};
pub use problem::{Problem, ProblemKind};

use super::fields::FieldValue;

/// One directive and where it was written.
#[derive(Debug, Clone)]
pub struct SpannedDirective {
    /// What it says.
    pub directive: Directive,
    /// Bytes of the text it was parsed from; `0..0` when it was not written but made.
    pub span: Range<usize>,
}

/// The directives of one `Cache-Control` value, at most one of each name, in canonical order.
///
/// [RFC 9111 §5.2](https://www.rfc-editor.org/rfc/rfc9111#section-5.2). Two values are equal when
/// they say the same, wherever it was written.
///
/// # ABNF
/// ```abnf
/// Cache-Control   = #cache-directive
/// cache-directive = token [ "=" ( token / quoted-string ) ]
/// ```
#[derive(Debug, Clone, Default)]
pub struct CacheControl {
    directives: Vec<SpannedDirective>,
}

impl CacheControl {
    /// No directives.
    pub const fn new() -> Self {
        Self {
            directives: Vec::new(),
        }
    }

    /// Everything that can be understood of a field value, and everything that cannot.
    ///
    /// Of two directives with one name the first counts (RFC 9111 §4.2.1). A directive whose
    /// argument cannot be read is left out. Unknown directives are kept and reported.
    pub fn parse(text: &str) -> (Self, Vec<Problem>) {
        parse::parse(text)
    }

    /// Adds a directive; one of the same name that is already there stays and this one is dropped.
    #[must_use]
    pub fn with(mut self, directive: Directive) -> Self {
        self.insert(directive, 0..0);
        self
    }

    /// Puts a directive in its canonical place; `false` when its name is taken.
    pub(super) fn insert(&mut self, directive: Directive, span: Range<usize>) -> bool {
        if self
            .directives
            .iter()
            .any(|known| known.directive.is_same_name(&directive))
        {
            return false;
        }
        let place = self
            .directives
            .partition_point(|known| known.directive.rank() <= directive.rank());
        self.directives
            .insert(place, SpannedDirective { directive, span });
        true
    }

    /// Takes a directive of the same name away.
    pub(super) fn take(&mut self, directive: &Directive) -> bool {
        let before = self.directives.len();
        self.directives
            .retain(|known| !known.directive.is_same_name(directive));
        self.directives.len() != before
    }

    /// The directives in canonical order.
    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        self.directives.iter().map(|spanned| &spanned.directive)
    }

    /// The directives in canonical order, with the bytes each was parsed from.
    pub fn spanned(&self) -> &[SpannedDirective] {
        &self.directives
    }

    /// Where the directive of this name was written.
    pub fn span_of(&self, name: DirectiveName) -> Option<Range<usize>> {
        self.directives
            .iter()
            .find(|spanned| spanned.directive.name() == Some(name))
            .map(|spanned| spanned.span.clone())
    }

    /// The directive of this name.
    pub fn get(&self, name: DirectiveName) -> Option<&Directive> {
        self.directives()
            .find(|directive| directive.name() == Some(name))
    }

    /// Is the directive of this name there, qualified or not?
    pub fn has(&self, name: DirectiveName) -> bool {
        self.get(name).is_some()
    }

    /// Are there no directives?
    pub fn is_empty(&self) -> bool {
        self.directives.is_empty()
    }

    fn seconds(&self, name: DirectiveName) -> Option<DeltaSeconds> {
        self.get(name).and_then(Directive::seconds)
    }

    /// RFC 9111 §5.2.2.1: freshness lifetime.
    pub fn max_age(&self) -> Option<DeltaSeconds> {
        self.seconds(DirectiveName::MaxAge)
    }

    /// RFC 9111 §5.2.2.10: freshness lifetime in shared caches.
    pub fn s_maxage(&self) -> Option<DeltaSeconds> {
        self.seconds(DirectiveName::SMaxage)
    }

    /// RFC 5861 §3: how long after it went stale it may be used while it is validated.
    pub fn stale_while_revalidate(&self) -> Option<DeltaSeconds> {
        self.seconds(DirectiveName::StaleWhileRevalidate)
    }

    /// RFC 5861 §4: how long after it went stale it may be used instead of an error.
    pub fn stale_if_error(&self) -> Option<DeltaSeconds> {
        self.seconds(DirectiveName::StaleIfError)
    }

    /// Is there a `no-cache` that names no fields, so that it speaks of the whole response?
    pub fn is_no_cache(&self) -> bool {
        matches!(self.get(DirectiveName::NoCache), Some(Directive::NoCache(fields)) if fields.is_empty())
    }

    /// Is there a `private` that names no fields, so that it speaks of the whole response?
    pub fn is_private(&self) -> bool {
        matches!(self.get(DirectiveName::Private), Some(Directive::Private(fields)) if fields.is_empty())
    }

    /// Every pair of directives that contradict each other, or of which one is never used.
    pub fn conflicts(&self) -> Vec<Conflict> {
        conflict::conflicts(self)
    }

    /// The canonical form as the value of a field line.
    pub fn field_value(&self) -> FieldValue {
        FieldValue::written(&self.to_string())
    }
}

impl PartialEq for CacheControl {
    fn eq(&self, other: &Self) -> bool {
        self.directives().eq(other.directives())
    }
}

impl Eq for CacheControl {}

impl FromIterator<Directive> for CacheControl {
    fn from_iter<I: IntoIterator<Item = Directive>>(directives: I) -> Self {
        directives.into_iter().fold(Self::new(), Self::with)
    }
}

impl fmt::Display for CacheControl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, directive) in self.directives().enumerate() {
            if place > 0 {
                formatter.write_str(", ")?;
            }
            write!(formatter, "{directive}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
