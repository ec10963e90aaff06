//! Visitors: what a policy and a release cost the people who come.
//!
//! A virtual browser with a private cache (RFC 9111) goes through the site's own documents and what they name. It comes for the first time, goes on, reloads,
//! returns after an hour, a day, a month, after a deploy, after a rollback, or leaves a tab open across one. Nothing is waited for: time is a number.
//!
//! The cache is [`http::freshness`](crate::http::freshness) and not the crate `http-cache-semantics`: that one is a shared or private cache by the RFC, and knows
//! neither `immutable` at a reload, nor `stale-while-revalidate` by browser, nor what a reload asks, which is what this is about; and it takes the `http`
//! crate's types.
//!
//! | file | | |
//! |---|---|---|
//! | `page` | pure | what a resource makes a browser load, at once or later |
//! | `visitor` | pure | a browser, its cache, one page load |
//! | `journey` | pure | which visits there are |
//! | `model` | pure | time at a given bandwidth and latency |
//! | `origin` | edge | a snapshot in memory, or a server somewhere |
//!
//! Uses: client, build, origin, snapshot, policy, fingerprint, http · Never: serve, the clock

mod journey;
mod json;
mod model;
mod origin;
mod page;
mod visitor;

#[cfg(test)]
mod tests;

pub use journey::Journey;
pub use json::json;
pub use model::Model;
pub use visitor::{Broken, Cost};

use std::sync::Arc;

use super::{
    BenchError,
    load::{Interrupt, Place},
};
use crate::{
    client::Trust,
    http::{FieldValue, freshness::browser::Engine},
};
use origin::{Live, Release};
use visitor::Origin;

/// A site and how it is visited.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is called.
    pub name: String,
    /// The policy it is served under, where that is known.
    pub policy: Option<String>,
    /// Where it is.
    pub site: Place,
    /// Earlier releases, the oldest first, and what they are called.
    pub previous: Vec<(String, Place)>,
}

/// Who visits.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The page where visits begin.
    pub entry: String,
    /// Whose habits.
    pub engine: Engine,
    /// `Accept-Encoding`.
    pub accept_encoding: FieldValue,
    /// Whose certificates are trusted.
    pub trust: Trust,
    /// How time is reckoned.
    pub model: Model,
}

/// What one site under one policy costs.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it is called.
    pub name: String,
    /// The policy it is served under, where that is known.
    pub policy: Option<String>,
    /// What each visit costs, in the order of the journey.
    pub visits: Vec<Visited>,
}

/// One visit and its cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    /// Which.
    pub journey: Journey,
    /// What it costs.
    pub cost: Cost,
}

/// Everything.
#[derive(Clone, Debug)]
pub struct Report {
    /// Who visited.
    pub settings: Settings,
    /// The site, and what it is compared with.
    pub runs: Vec<Run>,
}

impl Report {
    /// How many loads failed in the site's own run.
    pub fn broken(&self) -> usize {
        let visits = self.runs.first().map_or(&[][..], |run| &run.visits);
        visits.iter().map(|visit| visit.cost.broken.len()).sum()
    }
}

/// Makes all visits of every plan. The first is the site's own; the others are what it is compared with.
///
/// # Errors
/// When a site cannot be read or a server not be asked.
pub fn run(plans: &[Plan], settings: &Settings) -> Result<Report, BenchError> {
    let runs = plans.iter().map(|plan| {
        let mut site = origin(&plan.site, settings)?;
        let mut previous = plan
            .previous
            .iter()
            .map(|(name, place)| Ok((name.clone(), origin(place, settings)?)))
            .collect::<Result<Vec<_>, BenchError>>()?;
        Ok(Run {
            name: plan.name.clone(),
            policy: plan.policy.clone(),
            visits: journey::visits(site.as_mut(), &mut previous, settings)?,
        })
    });
    Ok(Report {
        runs: runs.collect::<Result<_, BenchError>>()?,
        settings: settings.clone(),
    })
}

fn origin(place: &Place, settings: &Settings) -> Result<Box<dyn Origin>, BenchError> {
    Ok(match place {
        Place::Site(serving) => Box::new(Release::new(Arc::new(
            serving.prepare(&Interrupt::default())?,
        ))),
        Place::Server(url) => Box::new(Live::new(
            url.clone(),
            settings.trust.clone(),
            &settings.entry,
        )?),
    })
}
