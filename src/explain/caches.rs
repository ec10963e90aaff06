//! What private and shared caches will do with an answer, and CDNs where a field is for them.
//!
//! Uses: http · Never: a rule of caching that is not in `http::freshness`

use super::CacheView;
use crate::http::{
    DeltaSeconds, FieldSource, Fields, HttpDate,
    freshness::{
        Cache, Conditional, Exchange, LifetimeSource, Refused, Response, Reuse, Storage, Stored,
        Unusable, storage,
    },
    targeted,
};

/// The private cache, the shared one, and the one that a targeted field is for.
pub(super) fn of(
    method: &str,
    request: &Fields,
    status: u16,
    answered: &Fields,
    now: HttpDate,
) -> Vec<CacheView> {
    let plain = Response::read(status, answered, now);
    let mut views: Vec<CacheView> = Cache::ALL
        .map(|cache| view(cache, method, request, &plain, now))
        .into();
    for (name, _) in targeted::KNOWN {
        if answered.has_field(name) {
            let response = Response::read_targeted(status, answered, &[name], now);
            views.push(view(Cache::Shared, method, request, &response, now));
        }
    }
    views
}

fn view(
    cache: Cache,
    method: &str,
    request: &Fields,
    response: &Response,
    now: HttpDate,
) -> CacheView {
    let may = storage(cache, method, request, response);
    let (stores, because) = match may {
        Storage::Allowed(why) => (true, why.reason().to_owned()),
        Storage::Refused(why) => (false, format!("{} ({})", why.reason(), why.section())),
    };
    let lifetime = response.lifetime(cache);
    let kept = Stored::new(response.clone(), request, Exchange::at(now));
    let reuse = kept.reuse(cache, request, now);
    let with = Conditional::of(&response.validators);
    CacheView {
        cache: cache.as_str().to_owned(),
        obeys: response.governed_by.clone(),
        stores,
        because,
        lifetime: lifetime.length.get(),
        lifetime_from: lifetime.source.as_str().to_owned(),
        then: match may {
            Storage::Allowed(_) => then(cache, response, &reuse),
            Storage::Refused(Refused::NotModified) => {
                "renews what it has stored, and uses that".to_owned()
            }
            Storage::Refused(_) => "asks for it anew each time".to_owned(),
        },
        validates_with: if stores {
            with.fields()
                .iter()
                .map(|(name, _)| name.to_string())
                .collect()
        } else {
            Vec::new()
        },
    }
}

/// What it does when it is asked again.
fn then(cache: Cache, response: &Response, reuse: &Reuse) -> String {
    let afterwards = if Conditional::of(&response.validators).is_empty() {
        "fetches it anew"
    } else {
        "asks whether it is still valid"
    };
    match reuse {
        Reuse::Fresh { left } => {
            let guessed = match response.lifetime(cache).source {
                LifetimeSource::Heuristic { .. } => {
                    " (a guess: a tenth of the time since the last change)"
                }
                LifetimeSource::Permanent => " (nothing says how long, so for good)",
                _ => "",
            };
            let stale = response
                .control
                .stale_while_revalidate()
                .map(|window| {
                    format!(
                        ", and for {} more while it asks in the background",
                        duration(window)
                    )
                })
                .unwrap_or_default();
            format!(
                "uses it for {} without asking{guessed}{stale}, then {afterwards}",
                duration(*left)
            )
        }
        Reuse::Fetch(Unusable::VaryAnything) => {
            "never finds that it answers another request (Vary: *)".to_owned()
        }
        Reuse::Stale { .. } | Reuse::WhileRevalidating { .. } => {
            format!("uses it stale, as it may, and {afterwards}")
        }
        Reuse::Validate { .. } | Reuse::Fetch(_) => format!("{afterwards} before each use"),
    }
}

/// `1 year`, `10 minutes`, `90 s`: the largest unit that says it exactly.
pub(super) fn duration(length: DeltaSeconds) -> String {
    let seconds = length.get();
    if length == DeltaSeconds::MAX {
        return "ever".to_owned();
    }
    let units = [
        (31_536_000, "year"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
    ];
    let exact = units
        .iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    match exact {
        Some((unit, name)) if seconds == *unit => format!("1 {name}"),
        Some((unit, name)) => format!("{} {name}s", seconds / unit),
        None => format!("{seconds} s"),
    }
}
