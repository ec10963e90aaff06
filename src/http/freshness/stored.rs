//! A response in a cache: how old it is, and how a 304 renews it.
//!
//! Implements RFC 9111 §4.2.3, §3.2, §4.3.4.
//!
//! Uses: `response`, `vary` · Never: the clock

use super::{Response, Selecting, Vary};
use crate::http::{DeltaSeconds, FieldSource, HttpDate, names};

/// When a request was sent and its response received, by the clock of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// `request_time` of §4.2.3.
    pub asked: HttpDate,
    /// `response_time` of §4.2.3.
    pub received: HttpDate,
}

impl Exchange {
    /// One that took no time.
    pub const fn at(now: HttpDate) -> Self {
        Self {
            asked: now,
            received: now,
        }
    }
}

/// A response that a cache has stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub(super) response: Response,
    exchange: Exchange,
    pub(super) selecting: Selecting,
}

impl Stored {
    /// Stores `response` to a request with these fields. Whether it may be stored is [`storage`](super::storage())'s question.
    pub fn new(response: Response, request: &impl FieldSource, exchange: Exchange) -> Self {
        Self {
            selecting: Selecting::of(&response.vary, request),
            response,
            exchange,
        }
    }

    /// The response.
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// How long ago the origin made it or found it still valid: `current_age` of §4.2.3.
    pub fn age_at(&self, now: HttpDate) -> DeltaSeconds {
        let Exchange { asked, received } = self.exchange;
        let seconds = |later: HttpDate, earlier: HttpDate| {
            DeltaSeconds::new(later.saturating_since(earlier).as_secs())
        };
        let apparent_age = seconds(received, self.response.date);
        let response_delay = seconds(received, asked);
        let corrected_age_value = self.response.age.saturating_add(response_delay);
        let corrected_initial_age = apparent_age.max(corrected_age_value);
        let resident_time = seconds(now, received);
        corrected_initial_age.saturating_add(resident_time)
    }

    /// Takes over what a 304 says about it (§3.2, §4.3.4): what it does not mention stays, but for the age, which begins anew.
    pub fn renew(&mut self, not_modified: &impl FieldSource, exchange: Exchange) {
        let new = Response::read(self.response.status, not_modified, exchange.received);
        let old = &mut self.response;
        if new.governed_by.is_some() {
            old.control = new.control;
            old.governed_by = new.governed_by;
            old.has_unreadable_lifetime = new.has_unreadable_lifetime;
        }
        old.expires = new.expires.or(old.expires);
        old.date = new.date;
        old.age = new.age;
        let validators = &mut old.validators;
        validators.entity_tag = new.validators.entity_tag.or(validators.entity_tag.take());
        validators.last_modified = new.validators.last_modified.or(validators.last_modified);
        if not_modified.has_field(names::VARY) && new.vary != Vary::Nothing {
            old.vary = new.vary;
        }
        self.exchange = exchange;
    }
}
