//! Which visits there are, and how each begins.
//!
//! Uses: visitor, links, http · Never: sockets, the clock

use std::fmt;

use super::{
    Settings, Visited,
    visitor::{Origin, Visitor},
};
use crate::{
    bench::{BenchError, links::links},
    http::freshness::browser::Visit,
};

/// One visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Journey {
    /// With an empty cache.
    First,
    /// From there to the first page it links to.
    NextPage(String),
    /// Pressing reload.
    Reload,
    /// Again after an hour.
    AfterAnHour,
    /// Again after a day.
    AfterADay,
    /// Again after thirty days.
    AfterAMonth,
    /// Having been here before this release, an hour ago: the name is that of the earlier release.
    AfterDeploy(String),
    /// Having seen this release, an hour ago, when the earlier one is back.
    AfterRollback(String),
    /// Going on in a tab that still shows the earlier release, when this one is there.
    OpenTab(String),
}

impl Journey {
    /// Its name in JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::First => "first",
            Self::NextPage(_) => "next-page",
            Self::Reload => "reload",
            Self::AfterAnHour => "after-an-hour",
            Self::AfterADay => "after-a-day",
            Self::AfterAMonth => "after-a-month",
            Self::AfterDeploy(_) => "after-deploy",
            Self::AfterRollback(_) => "after-rollback",
            Self::OpenTab(_) => "open-tab",
        }
    }

    /// The page or the release it is about.
    pub fn about(&self) -> Option<&str> {
        match self {
            Self::NextPage(about)
            | Self::AfterDeploy(about)
            | Self::AfterRollback(about)
            | Self::OpenTab(about) => Some(about),
            _ => None,
        }
    }
}

impl fmt::Display for Journey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => formatter.write_str("first visit"),
            Self::NextPage(page) => write!(formatter, "next page, {page}"),
            Self::Reload => formatter.write_str("reload"),
            Self::AfterAnHour => formatter.write_str("back after an hour"),
            Self::AfterADay => formatter.write_str("back after a day"),
            Self::AfterAMonth => formatter.write_str("back after a month"),
            Self::AfterDeploy(from) => write!(formatter, "back after the deploy, from {from}"),
            Self::AfterRollback(to) => write!(formatter, "back after a rollback to {to}"),
            Self::OpenTab(from) => write!(formatter, "tab open since {from}"),
        }
    }
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// Makes every visit to `site`, and across each of `previous`, which have a name each.
pub(super) fn visits(
    site: &mut dyn Origin,
    previous: &mut [(String, Box<dyn Origin>)],
    settings: &Settings,
) -> Result<Vec<Visited>, BenchError> {
    let start = site.start();
    let entry = settings.entry.as_str();
    let newcomer = Visitor::new(settings.engine, settings.accept_encoding.clone(), start);
    let mut visits = Vec::new();
    let mut note = |journey, cost| visits.push(Visited { journey, cost });

    let mut visitor = newcomer.clone();
    note(Journey::First, visitor.load(site, entry, Visit::First)?);
    if let Some(next) = next_page(site, entry)? {
        let cost = visitor.later(30).load(site, &next, Visit::Link)?;
        note(Journey::NextPage(next), cost);
    }
    let cost = visitor.later(30).load(site, entry, Visit::Reload)?;
    note(Journey::Reload, cost);
    for (journey, pause) in [
        (Journey::AfterAnHour, HOUR),
        (Journey::AfterADay, DAY),
        (Journey::AfterAMonth, 30 * DAY),
    ] {
        let cost = visitor.later(pause).load(site, entry, Visit::Typed)?;
        note(journey, cost);
    }
    for (name, earlier) in previous {
        let mut regular = newcomer.clone();
        regular.load(earlier.as_mut(), entry, Visit::First)?;
        let cost = regular.later(HOUR).load(site, entry, Visit::Typed)?;
        note(Journey::AfterDeploy(name.clone()), cost);
        let cost = visitor
            .later(HOUR)
            .load(earlier.as_mut(), entry, Visit::Typed)?;
        note(Journey::AfterRollback(name.clone()), cost);
        let cost = regular.later(HOUR).go_on(site)?;
        note(Journey::OpenTab(name.clone()), cost);
    }
    Ok(visits)
}

/// The first other page that the entry links to.
fn next_page(site: &mut dyn Origin, entry: &str) -> Result<Option<String>, BenchError> {
    let Some(content) = site.content(entry)? else {
        return Ok(None);
    };
    let Ok(at) = site.base().join(entry) else {
        return Ok(None);
    };
    let index = format!("{}index.html", at.path());
    Ok(links(&at, &content)
        .into_iter()
        .find(|page| page != at.path() && *page != index))
}
