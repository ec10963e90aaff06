//! What leaves a browser, visit by visit.
//!
//! Browsers are private caches with habits of their own: a reload asks for what is fresh, the back button takes what is stale, a hard reload
//! asks as if nothing were stored. Those habits were measured with Chromium 156, Firefox 153 and WebKitGTK 2.50 (HTTPS, without which
//! WebKit ignores `immutable`); `tests/explain` measures Chromium again. Everything else is [`Stored::reuse`].
//!
//! | | Chromium | Firefox | WebKit |
//! |---|---|---|---|
//! | reload: the document | asks, `max-age=0` | the same | fetches it anew |
//! | reload: what is fresh | nothing | nothing | asks, unless it is `immutable` |
//! | a stale document under `stale-while-revalidate` | waits for the answer | shows the stale one | waits for the answer |
//!
//! Implements RFC 8246 §2, RFC 9111 §6 (history lists); Fetch §4.6 (cache modes).
//!
//! Uses: `stored`, `reuse` · Never: what the origin answers

use super::{Cache, Conditional, Reuse, Stored};
use crate::http::{DirectiveName, FieldName, FieldSource, FieldValue, Fields, HttpDate, names};

/// Whose habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// Chrome, Edge, Opera.
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari.
    WebKit,
}

impl Engine {
    /// All of them, the most used first.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        }
    }
}

/// What a response is for the page that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The page itself.
    Document,
    /// Something that the page asks for.
    Subresource,
}

/// What a person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Visit {
    /// Comes for the first time, with an empty cache.
    First,
    /// Follows a link to the page.
    Link,
    /// Comes back by the back button.
    Back,
    /// Types the address, or opens a bookmark. (Typed where the page is already shown, it is a reload.)
    Typed,
    /// Reloads: F5.
    Reload,
    /// Reloads past the cache: Ctrl+F5, Shift+Reload.
    HardReload,
}

impl Visit {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::First,
        Self::Link,
        Self::Back,
        Self::Typed,
        Self::Reload,
        Self::HardReload,
    ];
}

/// What leaves the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Nothing: the stored response is shown.
    Nothing(FromCache),
    /// A question whether the stored response is still valid; it is shown after a 304.
    Conditional {
        /// What it asks with.
        with: Conditional,
        /// Does it say `Cache-Control: max-age=0`, so that caches on the way ask, too?
        past_caches: bool,
    },
    /// The stored response is shown, and the question follows in the background.
    InBackground(Conditional),
    /// A request as if nothing were stored.
    Unconditional {
        /// Does it say `Cache-Control: no-cache`, so that caches on the way ask, too?
        past_caches: bool,
    },
}

/// Why nothing is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FromCache {
    /// It is fresh, or the request takes it stale.
    Fresh,
    /// The page is one the person has seen; it is shown as it was, fresh or not.
    History,
}

impl Ask {
    /// The fields that the browser adds to its request; `None` when no request leaves before the page is shown.
    pub fn fields(&self) -> Option<Fields> {
        let control = |value| {
            let value = FieldValue::from_static(value);
            (FieldName::from_static(names::CACHE_CONTROL), value)
        };
        let mut fields = Fields::new();
        match self {
            Self::Nothing(_) | Self::InBackground(_) => return None,
            Self::Conditional { with, past_caches } => {
                fields.extend(past_caches.then(|| control("max-age=0")));
                fields.extend(with.fields().iter().cloned());
            }
            Self::Unconditional { past_caches: true } => {
                fields.extend([control("no-cache")]);
                fields.extend([(
                    FieldName::from_static(names::PRAGMA),
                    FieldValue::from_static("no-cache"),
                )]);
            }
            Self::Unconditional { past_caches: false } => {}
        }
        Some(fields)
    }
}

/// What leaves `engine` when a person makes `visit`, and the page or what it needs is `stored`, or is not. `request` has the fields that the
/// browser sends in any case, such as `Accept-Encoding`.
pub fn ask(
    engine: Engine,
    visit: Visit,
    role: Role,
    stored: Option<&Stored>,
    request: &impl FieldSource,
    now: HttpDate,
) -> Ask {
    let past_caches = visit == Visit::HardReload;
    let stored = match (visit, stored) {
        (Visit::First | Visit::HardReload, _) | (_, None) => {
            return Ask::Unconditional { past_caches };
        }
        (_, Some(stored)) => stored,
    };
    match (visit, role) {
        // A page that was seen is shown again without a question, whatever its age (RFC 9111 §6).
        (Visit::Back, _) => Ask::Nothing(FromCache::History),
        (Visit::Reload, Role::Document) if engine == Engine::WebKit => {
            Ask::Unconditional { past_caches: true }
        }
        (Visit::Reload, Role::Document) => asked_again(stored, true),
        (Visit::Reload, Role::Subresource) if engine == Engine::WebKit => {
            let reuse = stored.reuse(Cache::Private, request, now);
            let is_immutable = stored.response().control.has(DirectiveName::Immutable);
            if is_immutable && matches!(reuse, Reuse::Fresh { .. }) {
                Ask::Nothing(FromCache::Fresh)
            } else {
                asked_again(stored, true)
            }
        }
        _ => by_freshness(engine, role, stored, request, now),
    }
}

/// What a cache does that has no habits, but for a stale document, which most engines do not show.
fn by_freshness(
    engine: Engine,
    role: Role,
    stored: &Stored,
    request: &impl FieldSource,
    now: HttpDate,
) -> Ask {
    match stored.reuse(Cache::Private, request, now) {
        Reuse::Fresh { .. } | Reuse::Stale { .. } => Ask::Nothing(FromCache::Fresh),
        Reuse::WhileRevalidating { .. } if role == Role::Document && engine != Engine::Firefox => {
            asked_again(stored, false)
        }
        Reuse::WhileRevalidating { with, .. } => Ask::InBackground(with),
        Reuse::Validate { with, .. } => Ask::Conditional {
            with,
            past_caches: false,
        },
        Reuse::Fetch(_) => Ask::Unconditional { past_caches: false },
    }
}

fn asked_again(stored: &Stored, past_caches: bool) -> Ask {
    let with = Conditional::of(&stored.response().validators);
    if with.is_empty() {
        Ask::Unconditional { past_caches }
    } else {
        Ask::Conditional { with, past_caches }
    }
}
