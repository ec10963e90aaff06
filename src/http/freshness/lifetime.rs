//! How long a response is fresh, and who says so.
//!
//! Implements RFC 9111 §4.2.1, §4.2.2.
//!
//! Uses: `response` · Never: age

use super::{Cache, Expires, Response, is_heuristically_cacheable};
use crate::http::{DeltaSeconds, DirectiveName, HttpDate};

/// A freshness lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Counted from the moment the origin made the response.
    pub length: DeltaSeconds,
    /// Who says so.
    pub source: LifetimeSource,
}

/// Who says how long a response is fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LifetimeSource {
    /// `s-maxage`: shared caches only.
    SMaxage,
    /// `max-age`.
    MaxAge,
    /// `Expires`, less `Date`.
    Expires,
    /// A lifetime is there and cannot be read: none (§4.2.1).
    Unreadable,
    /// Nobody: a tenth of the time since the last change, as most caches guess (§4.2.2). Firefox stops at a week.
    Heuristic {
        /// `Last-Modified`.
        last_modified: HttpDate,
    },
    /// Nobody, of a 301, 308, 300 or 410: browsers keep those for ever (§4.2.2 allows any guess; Chromium's
    /// `HttpResponseHeaders::GetFreshnessLifetimes` does so).
    Permanent,
    /// Nobody, and there is nothing to guess from: stale from the start.
    Nobody,
}

/// Of the time since the last change, one part in this many.
const HEURISTIC_FRACTION: u64 = 10;

impl Response {
    /// How long it is fresh in `cache`: the first that applies, in the order of §4.2.1.
    pub fn lifetime(&self, cache: Cache) -> Lifetime {
        let shared = (cache == Cache::Shared)
            .then(|| self.control.s_maxage())
            .flatten();
        let of = |length, source| Lifetime { length, source };
        match (shared, self.control.max_age(), self.expires) {
            (Some(length), _, _) => of(length, LifetimeSource::SMaxage),
            (None, Some(length), _) => of(length, LifetimeSource::MaxAge),
            _ if self.has_unreadable_lifetime => of(DeltaSeconds::ZERO, LifetimeSource::Unreadable),
            (None, None, Some(Expires::At(at))) => {
                let length = DeltaSeconds::new(at.saturating_since(self.date).as_secs());
                of(length, LifetimeSource::Expires)
            }
            (None, None, Some(Expires::Invalid)) => {
                of(DeltaSeconds::ZERO, LifetimeSource::Unreadable)
            }
            (None, None, None) => self.heuristic(cache),
        }
    }

    /// §4.2.2: only where the status allows it, or `public` asks for it.
    fn heuristic(&self, cache: Cache) -> Lifetime {
        let may_guess =
            is_heuristically_cacheable(self.status) || self.control.has(DirectiveName::Public);
        match self.validators.last_modified {
            _ if !may_guess => Lifetime {
                length: DeltaSeconds::ZERO,
                source: LifetimeSource::Nobody,
            },
            _ if cache == Cache::Private && matches!(self.status, 300 | 301 | 308 | 410) => {
                Lifetime {
                    length: DeltaSeconds::MAX,
                    source: LifetimeSource::Permanent,
                }
            }
            Some(last_modified) => {
                let unchanged = self.date.saturating_since(last_modified).as_secs();
                Lifetime {
                    length: DeltaSeconds::new(unchanged / HEURISTIC_FRACTION),
                    source: LifetimeSource::Heuristic { last_modified },
                }
            }
            None => Lifetime {
                length: DeltaSeconds::ZERO,
                source: LifetimeSource::Nobody,
            },
        }
    }
}

impl LifetimeSource {
    /// The field or directive it is from; `None` when it is a guess.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SMaxage => "s-maxage",
            Self::MaxAge => "max-age",
            Self::Expires => "expires",
            Self::Unreadable => "unreadable",
            Self::Heuristic { .. } => "heuristic",
            Self::Permanent => "permanent",
            Self::Nobody => "none",
        }
    }

    /// Is it a guess of the cache, which the origin could have spared it?
    pub const fn is_guess(self) -> bool {
        matches!(self, Self::Heuristic { .. } | Self::Permanent)
    }
}
