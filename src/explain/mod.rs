//! Why a request gets the answer it gets, and what caches and browsers will do with it.
//!
//! The answer comes from [`respond_telling`], the function that serves: there is no second look-up that could disagree with it. What is
//! told of each step becomes the route, the negotiation and the reasons; the fields of the reply itself go through `http::freshness`, whose
//! browser then visits the same snapshot again.
//!
//! | file | holds |
//! |---|---|
//! | [`explanation`](Explanation) | all that is said, as the JSON has it |
//! | `trail` | the steps that were told |
//! | `route` | the route taken, in words |
//! | `negotiation` | which representation, and why |
//! | `fields` | the reason of each field, and what lost |
//! | `hsts` | the field that only HTTPS has |
//! | `caches` | private and shared caches |
//! | `visits` | a browser, visit by visit |
//! | `wire` | how long an answer is on the wire |
//! | `nearest` | paths that might have been meant |
//! | [`render`](render()) | the text for a terminal |
//!
//! Uses: origin, snapshot, policy, http, serde · Never: files, sockets, clock; a look-up of its own
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod caches;
mod explanation;
mod fields;
mod hsts;
mod nearest;
mod negotiation;
mod render;
mod route;
mod status;
mod trail;
mod visits;
mod wire;

pub use explanation::{
    Asked, Because, By, CacheView, Elsewhere, Explained, Explanation, Field, Lost, LostBy, Miss,
    Offer, Representation, Request, Route, Visited,
};
pub use render::{Style, render};

use crate::{
    http::{FieldName, Fields, HttpDate, names},
    origin::{self, respond_telling},
    snapshot::Snapshot,
};
use trail::Trail;

/// Explains what `snapshot` answers to a request with this method, target (a path, with a query or without) and fields, at the time `now`.
pub fn explain(
    snapshot: &Snapshot,
    method: &str,
    target: &str,
    request: &Fields,
    now: HttpDate,
) -> Explanation {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let asked = origin::Request {
        method,
        path,
        query,
        fields: request,
    };
    let mut trail = Trail::default();
    let reply = respond_telling(snapshot, &asked, now, &mut |step| trail.take(step));
    let mut answered = reply.fields(snapshot);
    answered.set(FieldName::from_static(names::DATE), now.field_value());
    hsts::add(snapshot, &mut answered);

    let (route, because) = route::taken(snapshot, &trail, path);
    let told = fields::reasons(snapshot, &trail, &reply, &answered);
    let is_missing = matches!(route, Route::Missing | Route::Withheld);
    Explanation {
        version: explanation::VERSION,
        request: Request {
            method: method.to_owned(),
            target: target.to_owned(),
            fields: explanation::lines(request),
        },
        status: reply.status,
        content_bytes: reply.content.length(),
        route,
        route_because: because,
        resource: trail.resource.map(|resource| resource.path.to_string()),
        kind: trail
            .resource
            .map(|resource| resource.kind.as_str().to_owned()),
        representation: negotiation::of(&trail, request),
        precondition: route::precondition(&trail, request),
        range: route::ranges(&trail),
        fields: told.fields,
        lost: told.lost,
        near_misses: told.misses,
        caches: caches::of(method, request, reply.status, &answered, now),
        visits: visits::of(snapshot, &trail, &asked, now),
        nearest: if is_missing || route == Route::Fallback {
            nearest::paths(snapshot, path, is_missing)
        } else {
            Vec::new()
        },
    }
}
