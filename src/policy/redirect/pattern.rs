//! The left side of a redirect: `/old`, `/u/:id/x`, `/blog/*`.
//!
//! Uses: http · Never: anything else

use std::fmt;

use crate::http::TargetPath;

/// Which paths a redirect is about.
///
/// `:name` stands for one segment and a last `*` for the rest, also an empty one: `/blog/*` matches `/blog/` and `/blog/a/b`, not `/blog`.
/// Without a `*`, a slash at the end of the path makes no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    written: String,
    segments: Vec<Segment>,
    rest: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Named(String),
}

/// Why a pattern cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPattern {
    /// It does not begin with a slash.
    NotAbsolute,
    /// A `*` that is not the whole last segment.
    StarNotLast,
    /// A `:` without a name of letters, digits and `_`, or a name that is there twice.
    Name,
    /// It is no path that any request could have: empty or dot segments, a query, a fragment, escapes.
    NotAPath,
}

/// What the places of a pattern stood for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures<'c> {
    pub(super) named: Vec<(&'c str, &'c str)>,
    pub(super) splat: Option<&'c str>,
}

/// The name under which `*` is used in a target.
pub(super) const SPLAT: &str = "splat";

impl Captures<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        if name == SPLAT {
            return self.splat;
        }
        self.named
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }
}

impl Pattern {
    /// Reads a pattern, written decoded like every path of a policy.
    ///
    /// # Errors
    /// Why no request could have a path that it means.
    pub fn parse(text: &str) -> Result<Self, BadPattern> {
        let inner = text.strip_prefix('/').ok_or(BadPattern::NotAbsolute)?;
        if inner.contains(['?', '#', '%', '\\']) {
            return Err(BadPattern::NotAPath);
        }
        let (inner, rest) = match inner.strip_suffix('*') {
            None => (inner, false),
            Some(before) if before.is_empty() || before.ends_with('/') => (before, true),
            Some(_) => return Err(BadPattern::StarNotLast),
        };
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let mut segments = Vec::new();
        for segment in inner.split('/').filter(|_| !inner.is_empty()) {
            segments.push(Segment::parse(segment, &segments)?);
        }
        let pattern = Self {
            written: text.to_owned(),
            segments,
            rest,
        };
        TargetPath::from_site(&pattern.sample("x")).map_err(|_| BadPattern::NotAPath)?;
        Ok(pattern)
    }

    /// What the places stand for in the path, if the path is meant.
    pub fn matches<'c>(&'c self, path: &'c str) -> Option<Captures<'c>> {
        let mut left = path.strip_prefix('/')?;
        let mut captures = Captures::default();
        for (place, segment) in self.segments.iter().enumerate() {
            let last = place + 1 == self.segments.len() && !self.rest;
            let (found, after) = match left.split_once('/') {
                Some((found, after)) if !last || after.is_empty() => (found, after),
                None if last => (left, ""),
                _ => return None,
            };
            match segment {
                Segment::Literal(literal) if literal == found => {}
                Segment::Named(name) if !found.is_empty() => captures.named.push((name, found)),
                _ => return None,
            }
            left = after;
        }
        if self.rest {
            captures.splat = Some(left);
        } else if !left.is_empty() {
            return None;
        }
        Some(captures)
    }

    /// Whether every path that `other` means is meant by this one too.
    pub fn covers(&self, other: &Self) -> bool {
        let shared = self
            .segments
            .iter()
            .zip(&other.segments)
            .all(|(mine, theirs)| match mine {
                Segment::Named(_) => true,
                Segment::Literal(_) => mine == theirs,
            });
        if self.rest {
            // `/a/*` means `/a/b` but not `/a`, which a pattern without `*` means as well.
            shared
                && (other.segments.len() > self.segments.len()
                    || (other.rest && other.segments.len() == self.segments.len()))
        } else {
            shared && !other.rest && other.segments.len() == self.segments.len()
        }
    }

    /// Whether the pattern fills the place of that name.
    pub fn fills(&self, name: &str) -> bool {
        if name == SPLAT {
            return self.rest;
        }
        self.segments
            .iter()
            .any(|segment| matches!(segment, Segment::Named(known) if known == name))
    }

    /// A path the pattern means, with `filler` in every place.
    pub fn sample(&self, filler: &str) -> String {
        let mut path = String::new();
        for segment in &self.segments {
            path.push('/');
            path.push_str(match segment {
                Segment::Literal(literal) => literal,
                Segment::Named(_) => filler,
            });
        }
        if self.rest {
            path.push('/');
            path.push_str(filler);
        }
        if path.is_empty() {
            path.push('/');
        }
        path
    }

    /// The names of its places, for messages.
    pub fn names(&self) -> Vec<&str> {
        let named = self.segments.iter().filter_map(|segment| match segment {
            Segment::Named(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        });
        named.chain(self.rest.then_some(SPLAT)).collect()
    }
}

impl Segment {
    fn parse(text: &str, earlier: &[Self]) -> Result<Self, BadPattern> {
        if text.contains('*') {
            return Err(BadPattern::StarNotLast);
        }
        let Some(name) = text.strip_prefix(':') else {
            return Ok(Self::Literal(text.to_owned()));
        };
        let named = Self::Named(name.to_owned());
        if !is_name(name) || name == SPLAT || earlier.contains(&named) {
            return Err(BadPattern::Name);
        }
        Ok(named)
    }
}

/// Letters, digits and `_`, beginning with a letter.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
    }
}
