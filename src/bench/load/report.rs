//! What a measurement found, as values: printed by others.
//!
//! Uses: tally, rounds · Never: sockets, printing

use std::time::Duration;

use super::{Scenario, Settings, drive::Ran, rounds::Spread, tally::Tally};

/// Everything.
#[derive(Clone, Debug)]
pub struct Report {
    /// How it was measured.
    pub settings: Settings,
    /// What each target gave.
    pub targets: Vec<TargetReport>,
    /// The first target against each of the others.
    pub comparisons: Vec<Comparison>,
    /// Was somebody told to stop before all was measured?
    pub is_interrupted: bool,
}

/// What one target gave.
#[derive(Clone, Debug)]
pub struct TargetReport {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Its `Server` field.
    pub server: Option<String>,
    /// How many assets it was asked for.
    pub assets: usize,
    /// What they add up to in bytes, as they were sent.
    pub content_bytes: u64,
    /// How many requests it took to find them.
    pub discovery_requests: u64,
    /// What is odd about it.
    pub notes: Vec<String>,
    /// One for each scenario.
    pub scenarios: Vec<ScenarioReport>,
}

/// What one target gave in one scenario.
#[derive(Clone, Debug)]
pub struct ScenarioReport {
    /// Which.
    pub scenario: Scenario,
    /// All rounds together.
    pub tally: Tally,
    /// How long they took together.
    pub elapsed: Duration,
    /// The CPU time of the server during them, where it can be told.
    pub cpu: Option<Duration>,
    /// How many requests that was for.
    pub cpu_requests: u64,
    /// Each round.
    pub rounds: Vec<Round>,
}

/// One round of one target in one scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// Right replies per second.
    pub requests_per_second: f64,
    /// CPU time of the server per request, in microseconds.
    pub server_cpu_us_per_request: Option<f64>,
    /// Half of the replies took no longer, in microseconds.
    pub p50_us: f64,
    /// All but a hundredth took no longer, in microseconds.
    pub p99_us: f64,
}

/// The first target beside another one, in one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Which scenario.
    pub scenario: Scenario,
    /// The first target's name.
    pub target: String,
    /// The other one's.
    pub versus: String,
    /// Its right replies per second, in those of the other.
    pub requests_per_second: Option<Spread>,
    /// Its CPU time per request, in that of the other.
    pub server_cpu: Option<Spread>,
}

impl Report {
    pub(super) fn new(
        settings: Settings,
        targets: Vec<TargetReport>,
        is_interrupted: bool,
    ) -> Self {
        let comparisons = targets
            .split_first()
            .map(|(first, others)| {
                let scenarios = 0..first.scenarios.len();
                scenarios
                    .flat_map(|place| others.iter().map(move |other| compare(first, other, place)))
                    .collect()
            })
            .unwrap_or_default();
        Self {
            settings,
            targets,
            comparisons,
            is_interrupted,
        }
    }

    /// What it amounts to, in a few words.
    pub fn verdict(&self) -> String {
        let (requests, errors) = (self.requests(), self.errors());
        let verdict = match errors {
            _ if requests == 0 => "nothing was measured".to_owned(),
            0 => format!("all {requests} replies were verified"),
            errors => format!("{errors} of {requests} replies were wrong or did not come"),
        };
        let rounds = self.targets.iter().flat_map(|target| &target.scenarios);
        let whole = rounds.map(|scenario| scenario.rounds.len()).min();
        if self.is_interrupted {
            format!(
                "{verdict}; interrupted, with {} of {} rounds begun",
                whole.unwrap_or(0),
                self.settings.rounds
            )
        } else {
            verdict
        }
    }

    /// Is there a measurement, and is it whole?
    pub fn is_whole(&self) -> bool {
        !self.is_interrupted && self.requests() > 0
    }

    /// How many requests were answered, rightly or wrongly, or failed, over all targets.
    pub fn requests(&self) -> u64 {
        let scenarios = self.targets.iter().flat_map(|target| &target.scenarios);
        scenarios.map(|scenario| scenario.tally.requests()).sum()
    }

    /// How many replies were wrong or did not come, over all targets.
    pub fn errors(&self) -> u64 {
        self.targets
            .iter()
            .flat_map(|target| &target.scenarios)
            .map(|scenario| scenario.tally.error_count())
            .sum()
    }
}

fn compare(first: &TargetReport, other: &TargetReport, place: usize) -> Comparison {
    let (one, two) = (&first.scenarios[place], &other.scenarios[place]);
    let rates = |of: &ScenarioReport| -> Vec<f64> {
        of.rounds
            .iter()
            .map(|round| round.requests_per_second)
            .collect()
    };
    let cpu = |of: &ScenarioReport| -> Vec<f64> {
        let cpu = of
            .rounds
            .iter()
            .map(|round| round.server_cpu_us_per_request);
        cpu.map(|cpu| cpu.unwrap_or(f64::NAN)).collect()
    };
    Comparison {
        scenario: one.scenario,
        target: first.name.clone(),
        versus: other.name.clone(),
        requests_per_second: Spread::of_ratios(&rates(one), &rates(two)),
        server_cpu: Spread::of_ratios(&cpu(one), &cpu(two)),
    }
}

impl ScenarioReport {
    pub(super) fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            tally: Tally::default(),
            elapsed: Duration::ZERO,
            cpu: None,
            cpu_requests: 0,
            rounds: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, ran: &Ran) {
        self.rounds.push(Round {
            requests_per_second: per_second(ran.tally.verified, ran.elapsed),
            server_cpu_us_per_request: ran.cpu.and_then(|cpu| cpu_us(cpu, ran.tally.requests())),
            p50_us: ran.tally.latency_us(50.0),
            p99_us: ran.tally.latency_us(99.0),
        });
        self.tally.add(&ran.tally);
        self.elapsed += ran.elapsed;
        if let Some(cpu) = ran.cpu {
            self.cpu = Some(self.cpu.unwrap_or_default() + cpu);
            self.cpu_requests += ran.tally.requests();
        }
    }

    /// Right replies per second.
    pub fn requests_per_second(&self) -> f64 {
        per_second(self.tally.verified, self.elapsed)
    }

    /// CPU time of the server per request, in microseconds.
    pub fn server_cpu_us_per_request(&self) -> Option<f64> {
        cpu_us(self.cpu?, self.cpu_requests)
    }

    /// How the rate differs between rounds.
    pub fn spread(&self) -> Option<Spread> {
        Spread::of(self.rounds.iter().map(|round| round.requests_per_second))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn per_second(count: u64, elapsed: Duration) -> f64 {
    if elapsed.is_zero() {
        return 0.0;
    }
    count as f64 / elapsed.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn cpu_us(cpu: Duration, requests: u64) -> Option<f64> {
    (requests > 0).then(|| cpu.as_secs_f64() * 1e6 / requests as f64)
}
