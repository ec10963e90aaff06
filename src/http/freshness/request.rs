//! What a request asks of the caches on its way.
//!
//! Implements RFC 9111 §5.2.1 (request directives), §5.4 (`Pragma`).
//!
//! Uses: `fields`, `list` · Never: response directives

use crate::http::{DeltaSeconds, FieldSource, list, names};

/// The directives of a request. What cannot be read says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestDirectives {
    /// §5.2.1.4: validate before use. `Pragma: no-cache` says the same where there is no `Cache-Control`.
    pub no_cache: bool,
    /// §5.2.1.5: store nothing of this exchange.
    pub no_store: bool,
    /// §5.2.1.7: answer from what is stored or not at all.
    pub only_if_cached: bool,
    /// §5.2.1.1: nothing older than this.
    pub max_age: Option<DeltaSeconds>,
    /// §5.2.1.3: fresh for at least this long from now.
    pub min_fresh: Option<DeltaSeconds>,
    /// §5.2.1.2: stale for at most this long is welcome; without a number, for any time.
    pub max_stale: Option<DeltaSeconds>,
}

impl RequestDirectives {
    /// Reads all lines of `Cache-Control`, or else `Pragma`.
    pub fn read(fields: &impl FieldSource) -> Self {
        let mut directives = Self::default();
        for line in fields.lines(names::CACHE_CONTROL) {
            for member in list::split(line, b',') {
                directives.take(member);
            }
        }
        if !fields.has_field(names::CACHE_CONTROL) {
            directives.no_cache = fields
                .lines(names::PRAGMA)
                .flat_map(|line| list::split(line, b','))
                .any(|member| member.eq_ignore_ascii_case(b"no-cache"));
        }
        directives
    }

    fn take(&mut self, member: &[u8]) {
        let member = String::from_utf8_lossy(member).to_ascii_lowercase();
        let (name, argument) = match member.split_once('=') {
            Some((name, argument)) => (name, Some(argument.trim_matches('"'))),
            None => (member.as_str(), None),
        };
        let seconds = argument.and_then(|text| DeltaSeconds::parse(text).ok());
        match name {
            "no-cache" => self.no_cache = true,
            "no-store" => self.no_store = true,
            "only-if-cached" => self.only_if_cached = true,
            "max-age" => self.max_age = self.max_age.or(seconds),
            "min-fresh" => self.min_fresh = self.min_fresh.or(seconds),
            "max-stale" if argument.is_none() => self.max_stale = Some(DeltaSeconds::MAX),
            "max-stale" => self.max_stale = self.max_stale.or(seconds),
            _ => {}
        }
    }
}
