//! Directives that are well written and yet say two things.
//!
//! Each conflict names the pair, the section that decides it, and what a cache will
//! do, which is rarely what both directives ask for.
//!
//! RFC 9111 §4.2.4, §5.2.2; RFC 8246 §2; RFC 5861 §3, §4.
//!
//! Uses: `explanation` · Never: severity of the policy (only [`Gravity`], a fact about the pair).

use super::super::explanation::{Explanation, Section};
use super::{CacheControl, DirectiveName};

/// Two directives that do not go together, or one that lacks another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Conflict {
    /// Nothing is stored, and yet this directive speaks of what is stored.
    NoStoreWith(DirectiveName),
    /// Everybody may store it, and only one may.
    PublicWithPrivate,
    /// `immutable` speaks of a fresh response, and nothing makes it fresh.
    ImmutableWithoutLifetime,
    /// `immutable` says never validate, `no-cache` says always.
    ImmutableWithNoCache,
    /// `immutable` lasts as long as it is fresh: no time at all.
    ImmutableWithZeroLifetime,
    /// A lifetime that is never used, because every use is validated.
    NoCacheWith(DirectiveName),
    /// Never stale, and stale for so long.
    MustRevalidateWith(DirectiveName),
    /// Shared caches never use it stale, and yet this allows it.
    SharedRevalidationWith {
        /// `s-maxage` or `proxy-revalidate`.
        strict: DirectiveName,
        /// `stale-while-revalidate` or `stale-if-error`.
        stale: DirectiveName,
    },
    /// A directive for shared caches, which may not store it.
    PrivateWith(DirectiveName),
    /// A time after the lifetime, and no lifetime.
    StaleWithoutLifetime(DirectiveName),
    /// `must-understand` without the `no-store` that older caches need.
    MustUnderstandWithoutNoStore,
}

/// How bad a conflict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gravity {
    /// One of the two has no effect everywhere, or caches differ in details.
    Dubious,
    /// The two cannot both be meant.
    Contradiction,
}

impl Conflict {
    /// The directives it is about, the one to look at first in front.
    pub fn directives(self) -> Vec<DirectiveName> {
        use DirectiveName as Name;
        match self {
            Self::NoStoreWith(other) => vec![other, Name::NoStore],
            Self::PublicWithPrivate => vec![Name::Public, Name::Private],
            Self::ImmutableWithoutLifetime => vec![Name::Immutable],
            Self::ImmutableWithNoCache => vec![Name::Immutable, Name::NoCache],
            Self::ImmutableWithZeroLifetime => vec![Name::Immutable, Name::MaxAge],
            Self::NoCacheWith(other) => vec![other, Name::NoCache],
            Self::MustRevalidateWith(stale) => vec![stale, Name::MustRevalidate],
            Self::SharedRevalidationWith { strict, stale } => vec![stale, strict],
            Self::PrivateWith(other) => vec![other, Name::Private],
            Self::StaleWithoutLifetime(stale) => vec![stale],
            Self::MustUnderstandWithoutNoStore => vec![Name::MustUnderstand],
        }
    }

    /// Contradiction, or only dubious?
    pub const fn gravity(self) -> Gravity {
        match self {
            Self::NoStoreWith(_)
            | Self::PublicWithPrivate
            | Self::ImmutableWithoutLifetime
            | Self::ImmutableWithNoCache
            | Self::ImmutableWithZeroLifetime
            | Self::MustRevalidateWith(_)
            | Self::PrivateWith(_) => Gravity::Contradiction,
            Self::NoCacheWith(_)
            | Self::SharedRevalidationWith { .. }
            | Self::StaleWithoutLifetime(_)
            | Self::MustUnderstandWithoutNoStore => Gravity::Dubious,
        }
    }

    /// What was found, what a cache will do, what to write instead.
    pub fn explain(self) -> Explanation {
        const STALE: Section = Section::new(9111, "4.2.4");
        let (found, effect, instead, section) = match self {
            Self::NoStoreWith(other) => (
                format!("`no-store` with `{other}`"),
                "Nothing is stored, so the other directive is never used.",
                format!("`no-store` alone, or `no-cache` in its place; leave out `{other}`"),
                DirectiveName::NoStore.section(),
            ),
            Self::PublicWithPrivate => (
                "`public` with `private`".to_owned(),
                "Most shared caches take the stricter one and do not store it; do not rely on it.",
                "one of the two".to_owned(),
                DirectiveName::Private.section(),
            ),
            Self::ImmutableWithoutLifetime => (
                "`immutable` without a freshness lifetime".to_owned(),
                "It applies only while the response is fresh; without a lifetime a cache guesses one, or validates at once.",
                "`max-age=31536000, immutable` on fingerprinted assets".to_owned(),
                DirectiveName::Immutable.section(),
            ),
            Self::ImmutableWithNoCache => (
                "`immutable` with `no-cache`".to_owned(),
                "Every use is validated, so `immutable` has no effect.",
                "`max-age=31536000, immutable` for what never changes, `no-cache` for what may"
                    .to_owned(),
                DirectiveName::Immutable.section(),
            ),
            Self::ImmutableWithZeroLifetime => (
                "`immutable` with `max-age=0`".to_owned(),
                "The response is never fresh in a private cache, so `immutable` has no effect there.",
                "`max-age=31536000, immutable` for what never changes, `no-cache` for what may"
                    .to_owned(),
                DirectiveName::Immutable.section(),
            ),
            Self::NoCacheWith(other) => (
                format!("`no-cache` with `{other}`"),
                "Every use is validated first, so the other directive is never used.",
                format!("`no-cache` alone, or `{other}` alone"),
                DirectiveName::NoCache.section(),
            ),
            Self::MustRevalidateWith(stale) => (
                format!("`must-revalidate` with `{stale}`"),
                "A stale response must not be used without validation, so the stale window is closed in caches that follow the RFC and open in those that do not.",
                format!("`must-revalidate` or `{stale}`, not both"),
                DirectiveName::MustRevalidate.section(),
            ),
            Self::SharedRevalidationWith { strict, stale } => (
                format!("`{strict}` with `{stale}`"),
                "By the RFC a shared cache does not use it stale; several CDNs do all the same. Private caches follow the stale window.",
                format!("`max-age` with `{stale}`, and the CDN's own times in `CDN-Cache-Control`"),
                STALE,
            ),
            Self::PrivateWith(other) => (
                format!("`private` with `{other}`"),
                "Shared caches do not store it, and private caches ignore what is meant for shared ones.",
                format!("leave out `{other}`, or `private`"),
                DirectiveName::Private.section(),
            ),
            Self::StaleWithoutLifetime(stale) => (
                format!("`{stale}` without a freshness lifetime"),
                "The window begins when the response goes stale, and each cache guesses when that is.",
                format!("`max-age=60, {stale}=…`"),
                stale.section(),
            ),
            Self::MustUnderstandWithoutNoStore => (
                "`must-understand` without `no-store`".to_owned(),
                "Caches that do not know `must-understand` store the response, whatever its status code.",
                "`must-understand, no-store`".to_owned(),
                DirectiveName::MustUnderstand.section(),
            ),
        };
        Explanation {
            found,
            effect,
            instead,
            section,
        }
    }
}

pub(super) fn conflicts(control: &CacheControl) -> Vec<Conflict> {
    use DirectiveName as Name;
    const STALE: [Name; 2] = [Name::StaleWhileRevalidate, Name::StaleIfError];

    let has = |name| control.has(name);
    // `max-age=0` asks for the same as `no-store` and `no-cache`, only less: harmless next to them.
    let lasts = |name| {
        control
            .get(name)
            .and_then(super::Directive::seconds)
            .is_some_and(|seconds| !seconds.is_zero())
    };
    let has_lifetime = has(Name::MaxAge) || has(Name::SMaxage);
    let mut found = Vec::new();

    // §5.2.2.3: with must-understand, no-store is only for caches that do not know it.
    if has(Name::NoStore) && !has(Name::MustUnderstand) {
        let timed = [Name::MaxAge, Name::SMaxage].into_iter().chain(STALE);
        found.extend(timed.filter(|name| lasts(*name)).map(Conflict::NoStoreWith));
        let plain = [Name::Public, Name::Immutable].into_iter();
        found.extend(plain.filter(|name| has(*name)).map(Conflict::NoStoreWith));
        // Whatever else is wrong does not matter while nothing is stored.
        if has(Name::Public) && control.is_private() {
            found.push(Conflict::PublicWithPrivate);
        }
        return found;
    }
    if has(Name::MustUnderstand) && !has(Name::NoStore) {
        found.push(Conflict::MustUnderstandWithoutNoStore);
    }
    if control.is_private() {
        if has(Name::Public) {
            found.push(Conflict::PublicWithPrivate);
        }
        let shared = [Name::SMaxage, Name::ProxyRevalidate].into_iter();
        found.extend(shared.filter(|name| has(*name)).map(Conflict::PrivateWith));
    }
    if has(Name::Immutable) {
        if control.is_no_cache() {
            found.push(Conflict::ImmutableWithNoCache);
        } else if !has_lifetime {
            found.push(Conflict::ImmutableWithoutLifetime);
        } else if has(Name::MaxAge) && !lasts(Name::MaxAge) {
            found.push(Conflict::ImmutableWithZeroLifetime);
        }
    }
    if control.is_no_cache() {
        let timed = [Name::MaxAge, Name::SMaxage].into_iter().chain(STALE);
        found.extend(timed.filter(|name| lasts(*name)).map(Conflict::NoCacheWith));
        return found;
    }
    for stale in STALE.into_iter().filter(|name| lasts(*name)) {
        if has(Name::MustRevalidate) {
            found.push(Conflict::MustRevalidateWith(stale));
        } else if let Some(strict) = [Name::SMaxage, Name::ProxyRevalidate]
            .into_iter()
            .find(|name| has(*name))
        {
            found.push(Conflict::SharedRevalidationWith { strict, stale });
        } else if !has_lifetime {
            found.push(Conflict::StaleWithoutLifetime(stale));
        }
    }
    found
}
