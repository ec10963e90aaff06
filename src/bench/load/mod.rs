//! Load: how many requests a server answers *right* in a second, with and without validators.
//!
//! A fast wrong answer is an error. So a target is first asked for everything once; from then on every reply is held to that answer, to the RFCs and to the
//! policy where one is given. Several targets take turns in rounds, and ratios are taken round by round, because on a busy machine only those mean anything.
//!
//! | file | | |
//! |---|---|---|
//! | `scenario` | pure | what is asked, in which order |
//! | `asset` | pure | requests, and what is right for each |
//! | `verify` | pure | is this the right reply? |
//! | `wire` | pure | HTTP/1.1 replies out of bytes |
//! | `require` | pure | what a policy requires of each reply |
//! | `tally`, `rounds`, `report`, `json`, `html`, `plot` | pure | counts, latencies, ratios, and how they are told |
//! | `learn`, `drive`, `embedded`, `cpu`, `interrupt` | edge | sockets, threads, processes, signals, the clock |
//!
//! Uses: client (whom to trust), build, origin, snapshot, policy, fingerprint, http · Never: serve

pub mod asset;
mod cpu;
mod drive;
mod embedded;
mod html;
mod interrupt;
mod json;
mod learn;
mod plot;
mod report;
mod require;
pub mod rounds;
pub mod scenario;
pub mod tally;
pub mod verify;
mod wire;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

pub use embedded::Serving;
pub use html::html;
pub use json::json;
pub use report::{Comparison, Report, Round, ScenarioReport, TargetReport};
pub use scenario::{Mix, Scenario};

use super::{BenchError, Url};
use crate::{client::Trust, http::exchange::Protocol, policy::Policy, snapshot::Snapshot};
use asset::{Prepared, prepare};
use drive::{Stretch, Until, Wire};
use embedded::Embedded;
pub(super) use interrupt::Interrupt;
use learn::{Learnt, learn};
use scenario::{Kind, Lane};

/// A server to be measured.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is called in reports.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Its process, where its CPU time is wanted and it is not started here.
    pub pid: Option<u32>,
}

/// Where a server is.
#[derive(Clone, Debug)]
pub enum Place {
    /// It runs.
    Server(Url),
    /// It is started for a folder.
    Site(Box<Serving>),
}

/// How to measure.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which scenarios.
    pub scenarios: Vec<Scenario>,
    /// The weights of the scenario `mixed`.
    pub mix: Mix,
    /// How many connections at once.
    pub connections: usize,
    /// How many threads make the load.
    pub threads: usize,
    /// How long each target is measured in each scenario, over all rounds.
    pub duration: Duration,
    /// How many requests instead.
    pub requests: Option<u64>,
    /// Requests per second, for an open loop.
    pub rate: Option<f64>,
    /// What is not measured at the beginning of each stretch.
    pub warm_up: Duration,
    /// How many rounds.
    pub rounds: usize,
    /// How long to wait for a reply.
    pub timeout: Duration,
    /// `Accept-Encoding` of every request; none if empty.
    pub accept_encoding: String,
    /// What to ask for, instead of what is found.
    pub paths: Vec<String>,
    /// Also servers that are not on this machine?
    pub any_host: bool,
    /// Speak HTTP/2?
    pub http2: bool,
    /// Requests at once on a connection of HTTP/2.
    pub streams: usize,
    /// Whose certificates are trusted.
    pub trust: Trust,
    /// What servers that are not started here are held to, besides their own first answers.
    pub policy: Option<Policy>,
}

/// How far a measurement is.
#[derive(Clone, Copy, Debug)]
pub struct Step<'s> {
    /// The target's name.
    pub target: &'s str,
    /// The scenario; none while the target is looked at.
    pub scenario: Option<Scenario>,
    /// The round, from 1.
    pub round: usize,
    /// How many there are.
    pub rounds: usize,
}

/// A target, ready.
struct Ready {
    report: TargetReport,
    wire: Wire,
    pid: Option<u32>,
    plans: Vec<Plan>,
    /// Runs as long as this is kept.
    _embedded: Option<Embedded>,
}

/// What one scenario asks of one target.
struct Plan {
    requests: Arc<[Prepared]>,
    lanes: Vec<Lane>,
}

/// Measures `targets`, the first against each of the others.
///
/// # Errors
/// When a target cannot be reached or started. What it answers wrongly is in the report.
pub fn run(
    targets: &[Target],
    settings: &Settings,
    progress: &dyn Fn(Step<'_>),
) -> Result<Report, BenchError> {
    let interrupt = Interrupt::listen().map_err(BenchError::Generator)?;
    let mut ready = targets
        .iter()
        .map(|target| {
            progress(Step {
                target: &target.name,
                scenario: None,
                round: 0,
                rounds: settings.rounds,
            });
            Ready::new(target, settings, &interrupt)
        })
        .collect::<Result<Vec<_>, _>>()?;
    'measuring: for round in 0..settings.rounds {
        for (place, scenario) in settings.scenarios.iter().enumerate() {
            for number in rounds::order(ready.len(), round) {
                if interrupt.is_told() {
                    break 'measuring;
                }
                let target = &mut ready[number];
                progress(Step {
                    target: &target.report.name,
                    scenario: Some(*scenario),
                    round: round + 1,
                    rounds: settings.rounds,
                });
                let ran = target.measure(place, round, settings, &interrupt)?;
                target.report.scenarios[place].add(&ran);
            }
        }
    }
    let reports = ready.into_iter().map(|target| target.report).collect();
    Ok(Report::new(settings.clone(), reports, interrupt.is_told()))
}

impl Ready {
    fn new(
        target: &Target,
        settings: &Settings,
        interrupt: &Interrupt,
    ) -> Result<Self, BenchError> {
        let (url, embedded, own) = match &target.place {
            Place::Server(url) => (url.clone(), None, None),
            Place::Site(serving) => {
                let snapshot = serving.prepare(interrupt)?;
                let embedded = serving.start(interrupt)?;
                (embedded.url.clone(), Some(embedded), Some(snapshot))
            }
        };
        let pid = target.pid.or(embedded.as_ref().map(Embedded::pid));
        if let Some(pid) = target.pid
            && cpu::of(pid).is_none()
        {
            return Err(BenchError::NoProcess { pid });
        }
        let trust = embedded.as_ref().and_then(Embedded::trust);
        let wire = wire(&url, settings, trust.as_ref().unwrap_or(&settings.trust))?;
        let (paths, accept_encoding) = (&settings.paths, &settings.accept_encoding);
        let learn = || learn(&wire, &url, paths, accept_encoding, interrupt);
        let mut learnt = learn()?;
        let required = match (own, &settings.policy) {
            (Some(snapshot), _) => {
                // The coded forms come a moment after the server.
                let start = Instant::now();
                while !interrupt.is_told()
                    && !is_ready(&snapshot, &learnt, settings)
                    && start.elapsed() < CODED
                {
                    thread::sleep(Duration::from_millis(50));
                    let before = learnt.requests;
                    learnt = learn()?;
                    learnt.requests += before;
                }
                Required::All(snapshot)
            }
            (None, Some(policy)) => {
                Required::Policy(require::snapshot_of(&learnt.assets, &learnt.plain, policy))
            }
            (None, None) => Required::Consistency,
        };
        let plans = settings
            .scenarios
            .iter()
            .map(|scenario| {
                let plan = Plan::new(&learnt, &required, *scenario, settings, &wire);
                if plan.requests.is_empty() && !interrupt.is_told() {
                    return Err(BenchError::NothingToAsk {
                        what: target.name.clone(),
                        scenario: scenario.as_str(),
                        why: "all it has is immutable, which no browser asks about again",
                    });
                }
                Ok(plan)
            })
            .collect::<Result<_, _>>()?;
        let report = TargetReport {
            name: target.name.clone(),
            url: url.to_string(),
            server: learnt.server,
            assets: learnt.assets.len(),
            content_bytes: learnt
                .assets
                .iter()
                .map(|asset| asset.content.len() as u64)
                .sum(),
            discovery_requests: learnt.requests,
            notes: learnt.notes,
            scenarios: settings
                .scenarios
                .iter()
                .map(|scenario| ScenarioReport::new(*scenario))
                .collect(),
        };
        Ok(Self {
            report,
            wire,
            pid,
            plans,
            _embedded: embedded,
        })
    }

    fn measure(
        &self,
        place: usize,
        round: usize,
        settings: &Settings,
        interrupt: &Interrupt,
    ) -> Result<drive::Ran, BenchError> {
        let plan = &self.plans[place];
        let stretch = Stretch {
            wire: &self.wire,
            requests: &plan.requests,
            lanes: &plan.lanes,
            connections: settings.connections,
            streams: if settings.http2 { settings.streams } else { 1 },
            threads: settings.threads,
            until: until(settings, round),
            warm_up: settings.warm_up,
            rate: settings.rate,
        };
        let cpu = || self.pid.and_then(cpu::of);
        drive::run(&stretch, interrupt, &cpu).map_err(BenchError::Generator)
    }
}

impl Plan {
    fn new(
        learnt: &Learnt,
        required: &Required,
        scenario: Scenario,
        settings: &Settings,
        wire: &Wire,
    ) -> Self {
        let (mut requests, lanes) = prepare(
            &learnt.assets,
            &scenario.weights(settings.mix),
            &wire.authority,
            &settings.accept_encoding,
        );
        for request in &mut requests {
            required.hold(request);
        }
        Self {
            requests: requests.into(),
            lanes,
        }
    }
}

/// How to reach the server at `url`.
fn wire(url: &Url, settings: &Settings, trust: &Trust) -> Result<Wire, BenchError> {
    let protocol = if settings.http2 {
        Protocol::Http2
    } else {
        Protocol::Http1
    };
    let tls = if url.is_https {
        let failed = |error: &dyn std::fmt::Display| BenchError::Tls(error.to_string());
        let connector = trust.connector(protocol).map_err(|error| failed(&error))?;
        let name = url.bare_host().to_owned();
        let name = rustls::pki_types::ServerName::try_from(name).map_err(|error| failed(&error))?;
        Some((connector, name))
    } else {
        None
    };
    Ok(Wire {
        address: url.address(settings.any_host)?,
        authority: url.authority(),
        tls,
        is_http2: settings.http2,
        timeout: settings.timeout,
    })
}

/// What replies are held to.
enum Required {
    /// The server's own first answer, and the RFCs.
    Consistency,
    /// What policy decides, besides.
    Policy(Snapshot),
    /// Everything that the snapshot says.
    All(Snapshot),
}

impl Required {
    fn hold(&self, request: &mut Prepared) {
        match self {
            Self::Consistency => {}
            Self::Policy(snapshot) => {
                let required = require::by_snapshot(snapshot, request);
                require::require_policy(&mut request.expected, &required);
            }
            Self::All(snapshot) => request.expected = require::by_snapshot(snapshot, request),
        }
    }
}

/// How long the coded forms of a site may take to appear.
const CODED: Duration = Duration::from_mins(1);

/// Does the server answer as its snapshot says, once all coded forms are there?
fn is_ready(snapshot: &Snapshot, learnt: &Learnt, settings: &Settings) -> bool {
    learnt.assets.iter().all(|asset| {
        let request = Prepared::new(asset, Kind::First, "", &settings.accept_encoding);
        require::by_snapshot(snapshot, &request).entity_tag == asset.entity_tag
    })
}

/// The end of one stretch: rounds share time and requests evenly, and the first ones take what is left over.
fn until(settings: &Settings, round: usize) -> Until {
    let rounds = settings.rounds.max(1) as u64;
    match settings.requests {
        Some(requests) => {
            Until::Requests(requests / rounds + u64::from((round as u64) < requests % rounds))
        }
        None => Until::After(settings.duration / u32::try_from(rounds).unwrap_or(u32::MAX)),
    }
}
