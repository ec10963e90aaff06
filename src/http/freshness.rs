//! What caches do with a response: may they store it, how long is it fresh, what do they do when it is asked for again.
//!
//! One model for everybody who has to foresee a cache: `explain` tells what will happen, `check` tells what is wrong with it, `bench` has
//! visitors who behave like it. A response is read once ([`Response`]), kept with the times of its exchange ([`Stored`]), and asked.
//! [`browser`] adds what browsers do beyond the RFC: reloads, the back button.
//!
//! | file | decides | section |
//! |---|---|---|
//! | [`response`](Response) | what a cache reads of a response | RFC 9111 §5 |
//! | [`storage`](storage()) | may it be stored, and why (not) | §3, §3.5, §5.2.2.3 |
//! | [`lifetime`](Lifetime) | how long it is fresh, and who says so | §4.2.1, §4.2.2 |
//! | [`stored`](Stored) | how old it is, how a 304 renews it | §4.2.3, §4.3.4 |
//! | [`reuse`](Reuse) | what may be done with it now | §4, §4.2.4, §4.3.1, RFC 5861 §3 and §4 |
//! | [`request`](RequestDirectives) | what the request asks of caches | §5.2.1, §5.4 |
//! | [`vary`](Vary) | does it answer this request | §4.1 |
//! | [`invalidation`](invalidates) | what a change drops | §4.4 |
//! | [`browser`] | the request that leaves, visit by visit | RFC 8246 §2, measured |
//!
//! Narrower than the RFC: a response to anything but GET is not stored, and neither is a part (206); every cache may, none has to.
//!
//! Uses: `cache_control`, `targeted`, `validators`, `fields` · Never: the clock (times are given); a cache of its own

pub mod browser;
mod invalidation;
mod lifetime;
mod request;
mod response;
mod reuse;
mod storage;
mod stored;
mod vary;

pub use invalidation::invalidates;
pub use lifetime::{Lifetime, LifetimeSource};
pub use request::RequestDirectives;
pub use response::{Expires, Response};
pub use reuse::{Conditional, Reuse, Unusable, WhyValidate};
pub use storage::{Allowed, Refused, Storage, is_heuristically_cacheable, storage};
pub use stored::{Exchange, Stored};
pub use vary::{Selecting, Vary};

/// Whose cache it is ([RFC 9111 §1](https://www.rfc-editor.org/rfc/rfc9111#section-1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cache {
    /// One person's, such as a browser's.
    Private,
    /// Many people's: a proxy, a CDN.
    Shared,
}

impl Cache {
    /// Both, the nearer one first.
    pub const ALL: [Self; 2] = [Self::Private, Self::Shared];

    /// The word of the RFC for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Shared => "shared",
        }
    }
}

#[cfg(test)]
mod tests;
