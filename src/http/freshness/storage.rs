//! May a cache store this response, and why, or why not.
//!
//! The conditions stand in the order of the RFC, and the first that fails is the answer.
//!
//! Implements RFC 9111 §3, §3.5, §5.2.1.5, §5.2.2.3, §5.2.2.5, §5.2.2.7; RFC 9110 §15.1 (heuristically cacheable statuses).
//!
//! Uses: `response`, `request` · Never: lifetimes

use super::{Cache, RequestDirectives, Response};
use crate::http::{DirectiveName, FieldSource, Section, explanation};

/// The answer, with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// It may be stored.
    Allowed(Allowed),
    /// It may not.
    Refused(Refused),
}

/// What allows it: the first that holds, in the order of the last list in RFC 9111 §3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Allowed {
    /// `public`.
    Public,
    /// `private`, in a private cache.
    Private,
    /// `Expires`.
    Expires,
    /// `max-age`.
    MaxAge,
    /// `s-maxage`, in a shared cache.
    SMaxage,
    /// The status is one that caches store unless they are told not to.
    Status,
}

/// Why it may not be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// The method is not GET.
    Method,
    /// The status is not final (1xx).
    Interim,
    /// It is a part (206); a cache that combines parts may keep it (§3.3), this model keeps none.
    Part,
    /// It is a 304: it renews what is stored and is not stored itself (§4.3.4).
    NotModified,
    /// `must-understand`, and the status is none that is known.
    NotUnderstood,
    /// `no-store` in the response.
    NoStore,
    /// `no-store` in the request.
    RequestNoStore,
    /// `private`, in a shared cache.
    Private,
    /// The request had credentials, and no directive lets a shared cache store the answer to it.
    Credentials,
    /// The status is not one that caches store unasked, and nothing asks them.
    NothingAllows,
}

/// Statuses that may be stored without a word about it (RFC 9110 §15.1).
pub fn is_heuristically_cacheable(status: u16) -> bool {
    matches!(
        status,
        200 | 203 | 204 | 206 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501
    )
}

/// May `cache` store `response` to a request with this method and these fields?
pub fn storage(
    cache: Cache,
    method: &str,
    request: &impl FieldSource,
    response: &Response,
) -> Storage {
    let control = &response.control;
    let has = |name| control.has(name);
    let refused = match () {
        // the request method is understood by the cache;
        () if method != "GET" => Some(Refused::Method),
        // the response status code is final;
        () if response.status < 200 => Some(Refused::Interim),
        // if the response status code is 206 or 304, or the must-understand directive is present: the cache understands the status code;
        () if response.status == 206 => Some(Refused::Part),
        () if response.status == 304 => Some(Refused::NotModified),
        () if has(DirectiveName::MustUnderstand) && !is_understood(response.status) => {
            Some(Refused::NotUnderstood)
        }
        // the no-store directive is not present; of the two, must-understand is for those who understand (§5.2.2.3);
        () if has(DirectiveName::NoStore) && !has(DirectiveName::MustUnderstand) => {
            Some(Refused::NoStore)
        }
        () if RequestDirectives::read(request).no_store => Some(Refused::RequestNoStore),
        // if the cache is shared: the private directive is not present, or names fields;
        () if cache == Cache::Shared && control.is_private() => Some(Refused::Private),
        // if the cache is shared: the Authorization field is not present, or a directive explicitly allows it (§3.5);
        () if cache == Cache::Shared
            && request.has_field("Authorization")
            && !allows_credentials(response) =>
        {
            Some(Refused::Credentials)
        }
        () => None,
    };
    if let Some(refused) = refused {
        return Storage::Refused(refused);
    }
    // and the response contains at least one of:
    match () {
        () if has(DirectiveName::Public) => Storage::Allowed(Allowed::Public),
        () if cache == Cache::Private && has(DirectiveName::Private) => {
            Storage::Allowed(Allowed::Private)
        }
        () if response.expires.is_some() => Storage::Allowed(Allowed::Expires),
        () if has(DirectiveName::MaxAge) => Storage::Allowed(Allowed::MaxAge),
        () if cache == Cache::Shared && has(DirectiveName::SMaxage) => {
            Storage::Allowed(Allowed::SMaxage)
        }
        () if is_heuristically_cacheable(response.status) => Storage::Allowed(Allowed::Status),
        () => Storage::Refused(Refused::NothingAllows),
    }
}

/// The statuses of RFC 9110 §15 whose rules this model knows.
fn is_understood(status: u16) -> bool {
    matches!(
        status,
        200..=205 | 300..=303 | 307 | 308 | 400..=417 | 421 | 422 | 426 | 500..=505
    )
}

fn allows_credentials(response: &Response) -> bool {
    let allowing = [
        DirectiveName::Public,
        DirectiveName::MustRevalidate,
        DirectiveName::SMaxage,
    ];
    allowing.into_iter().any(|name| response.control.has(name))
}

impl Allowed {
    /// Why, in a few words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Public => "`public` lets every cache store it",
            Self::Private => "`private` lets the cache of one person store it",
            Self::Expires => "`Expires` gives it a lifetime",
            Self::MaxAge => "`max-age` gives it a lifetime",
            Self::SMaxage => "`s-maxage` gives it a lifetime in shared caches",
            Self::Status => "nothing forbids it, and its status is one that caches may store",
        }
    }
}

impl Refused {
    /// Why, in a few words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Method => "only answers to GET are stored",
            Self::Interim => "it is not the final answer",
            Self::Part => "it is a part of the content, which few caches keep",
            Self::NotModified => "a 304 renews what is stored and is not stored itself",
            Self::NotUnderstood => "`must-understand`, and the status is unknown",
            Self::NoStore => "`no-store` forbids it",
            Self::RequestNoStore => "the request says `no-store`",
            Self::Private => "`private` keeps it out of shared caches",
            Self::Credentials => {
                "the request has credentials, and nothing in the answer lets shared caches store it"
            }
            Self::NothingAllows => "its status is not one that caches store unasked",
        }
    }

    /// Where the rule is written.
    pub const fn section(self) -> Section {
        let section = match self {
            Self::Method | Self::Interim | Self::NothingAllows => "3",
            Self::Part => "3.3",
            Self::NotModified => "4.3.4",
            Self::NotUnderstood => "5.2.2.3",
            Self::NoStore => "5.2.2.5",
            Self::RequestNoStore => "5.2.1.5",
            Self::Private => "5.2.2.7",
            Self::Credentials => "3.5",
        };
        explanation::Section::new(9111, section)
    }
}
