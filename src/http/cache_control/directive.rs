//! The cache directives of a response: their names, arguments and canonical spelling.
//!
//! The order of [`DirectiveName`] is the order in which larder writes them: who may
//! store, whether at all, for how long, and what happens afterwards.
//!
//! RFC 9111 §5.2.2, RFC 8246 §2, RFC 5861 §3 and §4.
//!
//! Uses: `fields`, `explanation` · Never: request directives.

use std::fmt;

use thiserror::Error;

use super::super::explanation::Section;
use super::super::fields::FieldName;
use super::super::list;
use super::DeltaSeconds;

/// What a directive takes after `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Seconds,
    FieldNames,
}

/// The names of the response directives we know, in canonical order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DirectiveName {
    /// RFC 9111 §5.2.2.9.
    Public,
    /// RFC 9111 §5.2.2.7.
    Private,
    /// RFC 9111 §5.2.2.5.
    NoStore,
    /// RFC 9111 §5.2.2.4.
    NoCache,
    /// RFC 9111 §5.2.2.1.
    MaxAge,
    /// RFC 9111 §5.2.2.10.
    SMaxage,
    /// RFC 9111 §5.2.2.2.
    MustRevalidate,
    /// RFC 9111 §5.2.2.8.
    ProxyRevalidate,
    /// RFC 8246 §2.
    Immutable,
    /// RFC 5861 §3.
    StaleWhileRevalidate,
    /// RFC 5861 §4.
    StaleIfError,
    /// RFC 9111 §5.2.2.3.
    MustUnderstand,
    /// RFC 9111 §5.2.2.6.
    NoTransform,
}

impl DirectiveName {
    /// Every name, in canonical order.
    pub const ALL: [Self; 13] = [
        Self::Public,
        Self::Private,
        Self::NoStore,
        Self::NoCache,
        Self::MaxAge,
        Self::SMaxage,
        Self::MustRevalidate,
        Self::ProxyRevalidate,
        Self::Immutable,
        Self::StaleWhileRevalidate,
        Self::StaleIfError,
        Self::MustUnderstand,
        Self::NoTransform,
    ];

    /// The name as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::NoStore => "no-store",
            Self::NoCache => "no-cache",
            Self::MaxAge => "max-age",
            Self::SMaxage => "s-maxage",
            Self::MustRevalidate => "must-revalidate",
            Self::ProxyRevalidate => "proxy-revalidate",
            Self::Immutable => "immutable",
            Self::StaleWhileRevalidate => "stale-while-revalidate",
            Self::StaleIfError => "stale-if-error",
            Self::MustUnderstand => "must-understand",
            Self::NoTransform => "no-transform",
        }
    }

    /// Where it is defined.
    pub const fn section(self) -> Section {
        match self {
            Self::Public => Section::new(9111, "5.2.2.9"),
            Self::Private => Section::new(9111, "5.2.2.7"),
            Self::NoStore => Section::new(9111, "5.2.2.5"),
            Self::NoCache => Section::new(9111, "5.2.2.4"),
            Self::MaxAge => Section::new(9111, "5.2.2.1"),
            Self::SMaxage => Section::new(9111, "5.2.2.10"),
            Self::MustRevalidate => Section::new(9111, "5.2.2.2"),
            Self::ProxyRevalidate => Section::new(9111, "5.2.2.8"),
            Self::Immutable => Section::new(8246, "2"),
            Self::StaleWhileRevalidate => Section::new(5861, "3"),
            Self::StaleIfError => Section::new(5861, "4"),
            Self::MustUnderstand => Section::new(9111, "5.2.2.3"),
            Self::NoTransform => Section::new(9111, "5.2.2.6"),
        }
    }

    /// What it tells a cache, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Public => {
                "any cache may store the response, even one to a request with credentials"
            }
            Self::Private => "only the cache of one person may store the response",
            Self::NoStore => "no cache may keep any part of the response",
            Self::NoCache => "a stored response is validated with the origin before every use",
            Self::MaxAge => "the response is fresh for this many seconds",
            Self::SMaxage => {
                "in shared caches the response is fresh for this many seconds, and never used stale"
            }
            Self::MustRevalidate => "once stale, the response is never used without validation",
            Self::ProxyRevalidate => {
                "once stale, shared caches never use the response without validation"
            }
            Self::Immutable => "while the response is fresh, even a reload does not validate it",
            Self::StaleWhileRevalidate => {
                "for this many seconds after it went stale, the response is used while it is validated in the background"
            }
            Self::StaleIfError => {
                "for this many seconds after it went stale, the response is used instead of an error"
            }
            Self::MustUnderstand => {
                "only a cache that knows the rules of the status code may store the response"
            }
            Self::NoTransform => "nobody on the way may change the content",
        }
    }

    /// The known name in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|name| name.as_str().eq_ignore_ascii_case(text))
    }

    /// The known name a misspelt one most likely means; `None` when nothing is near.
    pub fn nearest(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase().replace('_', "-");
        let limit = (text.len() / 3).clamp(1, 3);
        Self::ALL
            .into_iter()
            .map(|name| (edit_distance(name.as_str(), &text), name))
            .filter(|(distance, _)| *distance <= limit)
            .min()
            .map(|(_, name)| name)
    }

    pub(super) const fn takes(self) -> Takes {
        match self {
            Self::MaxAge | Self::SMaxage | Self::StaleWhileRevalidate | Self::StaleIfError => {
                Takes::Seconds
            }
            Self::NoCache | Self::Private => Takes::FieldNames,
            _ => Takes::Nothing,
        }
    }
}

impl fmt::Display for DirectiveName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Levenshtein's distance in bytes; the inputs are a directive's name long.
fn edit_distance(left: &str, right: &str) -> usize {
    // A name much longer than any directive is near to none; this bounds the work on hostile input.
    if right.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, left_byte) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (at, right_byte) in right.bytes().enumerate() {
            let substituted = diagonal + usize::from(left_byte != right_byte);
            diagonal = row[at + 1];
            row[at + 1] = substituted.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[right.len()]
}

/// One response directive.
///
/// [RFC 9111 §5.2.2](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// Any cache may store it.
    Public,
    /// Only private caches may store it; with names, only those fields are private.
    Private(Vec<FieldName>),
    /// Nobody may store it.
    NoStore,
    /// Validate before every use; with names, only those fields must not be reused.
    NoCache(Vec<FieldName>),
    /// Freshness lifetime.
    MaxAge(DeltaSeconds),
    /// Freshness lifetime in shared caches.
    SMaxage(DeltaSeconds),
    /// Never use it stale.
    MustRevalidate,
    /// Shared caches never use it stale.
    ProxyRevalidate,
    /// No validation while it is fresh.
    Immutable,
    /// Use it stale for so long while it is validated.
    StaleWhileRevalidate(DeltaSeconds),
    /// Use it stale for so long instead of an error.
    StaleIfError(DeltaSeconds),
    /// Store only if the status code is understood.
    MustUnderstand,
    /// Leave the content as it is.
    NoTransform,
    /// A directive we do not know; caches that do not know it either ignore it (§5.2.3).
    Extension(Extension),
}

impl Directive {
    /// The name when it is one we know.
    pub const fn name(&self) -> Option<DirectiveName> {
        Some(match self {
            Self::Public => DirectiveName::Public,
            Self::Private(_) => DirectiveName::Private,
            Self::NoStore => DirectiveName::NoStore,
            Self::NoCache(_) => DirectiveName::NoCache,
            Self::MaxAge(_) => DirectiveName::MaxAge,
            Self::SMaxage(_) => DirectiveName::SMaxage,
            Self::MustRevalidate => DirectiveName::MustRevalidate,
            Self::ProxyRevalidate => DirectiveName::ProxyRevalidate,
            Self::Immutable => DirectiveName::Immutable,
            Self::StaleWhileRevalidate(_) => DirectiveName::StaleWhileRevalidate,
            Self::StaleIfError(_) => DirectiveName::StaleIfError,
            Self::MustUnderstand => DirectiveName::MustUnderstand,
            Self::NoTransform => DirectiveName::NoTransform,
            Self::Extension(_) => return None,
        })
    }

    /// The argument of a directive that takes seconds.
    pub const fn seconds(&self) -> Option<DeltaSeconds> {
        match self {
            Self::MaxAge(seconds)
            | Self::SMaxage(seconds)
            | Self::StaleWhileRevalidate(seconds)
            | Self::StaleIfError(seconds) => Some(*seconds),
            _ => None,
        }
    }

    /// A known directive without an argument; `None` for those that need seconds.
    pub(in super::super) const fn plain(name: DirectiveName) -> Option<Self> {
        Some(match name {
            DirectiveName::Public => Self::Public,
            DirectiveName::Private => Self::Private(Vec::new()),
            DirectiveName::NoStore => Self::NoStore,
            DirectiveName::NoCache => Self::NoCache(Vec::new()),
            DirectiveName::MustRevalidate => Self::MustRevalidate,
            DirectiveName::ProxyRevalidate => Self::ProxyRevalidate,
            DirectiveName::Immutable => Self::Immutable,
            DirectiveName::MustUnderstand => Self::MustUnderstand,
            DirectiveName::NoTransform => Self::NoTransform,
            DirectiveName::MaxAge
            | DirectiveName::SMaxage
            | DirectiveName::StaleWhileRevalidate
            | DirectiveName::StaleIfError => return None,
        })
    }

    /// A known directive with seconds; `None` for those that take none.
    pub const fn with_seconds(name: DirectiveName, seconds: DeltaSeconds) -> Option<Self> {
        match name {
            DirectiveName::MaxAge => Some(Self::MaxAge(seconds)),
            DirectiveName::SMaxage => Some(Self::SMaxage(seconds)),
            DirectiveName::StaleWhileRevalidate => Some(Self::StaleWhileRevalidate(seconds)),
            DirectiveName::StaleIfError => Some(Self::StaleIfError(seconds)),
            _ => None,
        }
    }

    /// Place in canonical order; extensions come last, in the order they were written.
    pub(super) fn rank(&self) -> (bool, Option<DirectiveName>) {
        (self.name().is_none(), self.name())
    }

    pub(super) fn is_same_name(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Extension(left), Self::Extension(right)) => left.name == right.name,
            _ => self.name().is_some() && self.name() == other.name(),
        }
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(name) = self.name() else {
            let Self::Extension(extension) = self else {
                return Ok(());
            };
            return extension.fmt(formatter);
        };
        formatter.write_str(name.as_str())?;
        if let Some(seconds) = self.seconds() {
            return write!(formatter, "={seconds}");
        }
        if let Self::NoCache(fields) | Self::Private(fields) = self
            && !fields.is_empty()
        {
            // The quoted form even for one name: §5.2.2.4 asks senders for it.
            formatter.write_str("=\"")?;
            for (place, field) in fields.iter().enumerate() {
                write!(formatter, "{}{field}", if place > 0 { ", " } else { "" })?;
            }
            formatter.write_str("\"")?;
        }
        Ok(())
    }
}

/// A directive we do not know: a token, lower-cased, and perhaps an argument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Extension {
    name: Box<str>,
    argument: Option<Box<str>>,
}

/// Why a name and an argument are not an extension directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotAnExtension {
    /// The name holds a character outside a token, or none.
    #[error("a directive's name is a token")]
    Name,
    /// The name is one of the directives we know.
    #[error("`{0}` is a directive with rules of its own")]
    Known(DirectiveName),
    /// The argument holds something other than visible ASCII, space and tab.
    #[error("a directive's argument is visible ASCII, spaces and tabs")]
    Argument,
}

impl Extension {
    /// An extension directive; the argument is given without its quotes.
    ///
    /// # Errors
    /// [`NotAnExtension`] says which part cannot be written.
    pub fn new(name: &str, argument: Option<&str>) -> Result<Self, NotAnExtension> {
        if !list::is_token(name.as_bytes()) {
            return Err(NotAnExtension::Name);
        }
        if let Some(known) = DirectiveName::parse(name) {
            return Err(NotAnExtension::Known(known));
        }
        if argument
            .is_some_and(|text| !text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')))
        {
            return Err(NotAnExtension::Argument);
        }
        Ok(Self {
            name: name.to_ascii_lowercase().into(),
            argument: argument.map(Into::into),
        })
    }

    /// The name, lower-cased.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The argument without its quotes.
    pub fn argument(&self) -> Option<&str> {
        self.argument.as_deref()
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        match self.argument.as_deref() {
            None => Ok(()),
            Some(argument) if list::is_token(argument.as_bytes()) => {
                write!(formatter, "={argument}")
            }
            Some(argument) => {
                formatter.write_str("=\"")?;
                for character in argument.chars() {
                    if matches!(character, '"' | '\\') {
                        formatter.write_str("\\")?;
                    }
                    write!(formatter, "{character}")?;
                }
                formatter.write_str("\"")
            }
        }
    }
}
