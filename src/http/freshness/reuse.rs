//! What a cache may do with a stored response when it is asked for again.
//!
//! The steps stand in the order of the RFC: does it answer this request, does somebody insist on validation, is it fresh, may it be used stale.
//!
//! Implements RFC 9111 §4, §4.1, §4.2, §4.2.4, §4.3.1, §5.2.1, RFC 5861 §3 and §4.
//!
//! Uses: `stored`, `request`, `vary` · Never: what browsers do beyond it (`browser`)

use super::{Cache, RequestDirectives, Stored, Vary};
use crate::http::{
    DeltaSeconds, DirectiveName, EntityTag, FieldName, FieldSource, Fields, HttpDate, Validators,
    names,
};

/// What may be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reuse {
    /// Used without asking: it is fresh for so much longer.
    Fresh {
        /// What is left of its lifetime.
        left: DeltaSeconds,
    },
    /// Used although it is stale, while it is validated in the background (RFC 5861 §3).
    WhileRevalidating {
        /// How long it has been stale.
        stale_for: DeltaSeconds,
        /// What the background asks with.
        with: Conditional,
    },
    /// Used although it is stale, because the request says that it may be (`max-stale`).
    Stale {
        /// How long it has been stale.
        stale_for: DeltaSeconds,
    },
    /// Not used before the origin has said that it is still valid.
    Validate {
        /// Why.
        why: WhyValidate,
        /// What to ask with.
        with: Conditional,
    },
    /// Not used at all: the request goes on as it is.
    Fetch(Unusable),
}

/// Why a stored response has to be validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyValidate {
    /// The response says `no-cache`.
    NoCache,
    /// The request says `no-cache`, or `Pragma: no-cache`.
    RequestNoCache,
    /// It is stale.
    Stale,
    /// The request takes nothing that old (`max-age`).
    TooOldForRequest,
    /// The request wants it fresh for longer (`min-fresh`).
    NotFreshLongEnough,
}

/// Why a stored response is of no use for a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Unusable {
    /// It was selected by another value of this field.
    OtherSelection(String),
    /// It says `Vary: *`.
    VaryAnything,
    /// It would have to be validated, and has nothing to ask with.
    NoValidator(WhyValidate),
}

/// The preconditions of a request that validates (RFC 9111 §4.3.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditional {
    /// `If-None-Match`.
    pub if_none_match: Option<EntityTag>,
    /// `If-Modified-Since`.
    pub if_modified_since: Option<HttpDate>,
}

impl Conditional {
    /// With everything there is: a recipient that knows entity tags ignores the date.
    pub fn of(validators: &Validators) -> Self {
        Self {
            if_none_match: validators.entity_tag.clone(),
            if_modified_since: validators.last_modified,
        }
    }

    /// Is there nothing to ask with?
    pub fn is_empty(&self) -> bool {
        self.if_none_match.is_none() && self.if_modified_since.is_none()
    }

    /// The fields to add to the request.
    pub fn fields(&self) -> Fields {
        let tag = self.if_none_match.as_ref().map(|tag| {
            (
                FieldName::from_static(names::IF_NONE_MATCH),
                tag.field_value(),
            )
        });
        let date = self.if_modified_since.map(|date| {
            (
                FieldName::from_static(names::IF_MODIFIED_SINCE),
                date.field_value(),
            )
        });
        tag.into_iter().chain(date).collect()
    }
}

impl Stored {
    /// What `cache` may do with it, now that a request with these fields asks for it.
    pub fn reuse(&self, cache: Cache, request: &impl FieldSource, now: HttpDate) -> Reuse {
        // 1. The fields that selected it are the same (§4.1).
        if self.response.vary == Vary::Anything {
            return Reuse::Fetch(Unusable::VaryAnything);
        }
        if let Some(field) = self.selecting.difference(request) {
            return Reuse::Fetch(Unusable::OtherSelection(field.to_owned()));
        }
        let asked = RequestDirectives::read(request);
        let (control, age) = (&self.response.control, self.age_at(now));
        let lifetime = self.response.lifetime(cache).length;

        // 2. Nobody insists on validation (§5.2.1.4, §5.2.2.4).
        if asked.no_cache {
            return self.validate(WhyValidate::RequestNoCache);
        }
        if control.is_no_cache() {
            return self.validate(WhyValidate::NoCache);
        }
        if asked.max_age.is_some_and(|most| age > most) {
            return self.validate(WhyValidate::TooOldForRequest);
        }

        // 3. It is fresh (§4.2): its lifetime is greater than its age.
        if lifetime > age {
            let left = DeltaSeconds::new(u64::from(lifetime.get() - age.get()));
            return if asked.min_fresh.is_some_and(|least| left < least) {
                self.validate(WhyValidate::NotFreshLongEnough)
            } else {
                Reuse::Fresh { left }
            };
        }

        // 4. It may be used stale (§4.2.4).
        let stale_for = DeltaSeconds::new(u64::from(age.get() - lifetime.get()));
        if self.may_be_stale(cache) && asked.min_fresh.is_none() {
            if asked.max_stale.is_some_and(|most| stale_for <= most) {
                return Reuse::Stale { stale_for };
            }
            let window = control.stale_while_revalidate();
            if window.is_some_and(|window| stale_for < window) {
                let with = Conditional::of(&self.response.validators);
                return Reuse::WhileRevalidating { stale_for, with };
            }
        }
        self.validate(WhyValidate::Stale)
    }

    /// May it answer in place of an error of the origin (RFC 5861 §4)? Without the directive, a cache may not unless it cannot reach the
    /// origin at all; that case is not modelled.
    pub fn may_stand_in_for_error(&self, cache: Cache, now: HttpDate) -> bool {
        let window = self.response.control.stale_if_error();
        let limit =
            window.map(|window| window.saturating_add(self.response.lifetime(cache).length));
        self.may_be_stale(cache) && limit.is_some_and(|limit| self.age_at(now) < limit)
    }

    /// Does no directive forbid to use it stale (§4.2.4)? `s-maxage` forbids it as `proxy-revalidate` does (§5.2.2.10).
    fn may_be_stale(&self, cache: Cache) -> bool {
        let has = |name| self.response.control.has(name);
        let is_forbidden_if_shared =
            has(DirectiveName::ProxyRevalidate) || has(DirectiveName::SMaxage);
        let is_forbidden = self.response.control.is_no_cache()
            || has(DirectiveName::MustRevalidate)
            || (cache == Cache::Shared && is_forbidden_if_shared);
        !is_forbidden
    }

    fn validate(&self, why: WhyValidate) -> Reuse {
        let with = Conditional::of(&self.response.validators);
        if with.is_empty() {
            Reuse::Fetch(Unusable::NoValidator(why))
        } else {
            Reuse::Validate { why, with }
        }
    }
}
