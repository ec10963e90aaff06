//! `larder bench load`: flags into settings, a report into text or JSON.
//!
//! Uses: bench, client (trust), policy · Never: measuring

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Args;

use super::{
    load_text,
    place::{Places, trust},
};
use crate::{
    bench::{
        BenchError,
        load::{self, Mix, Place, Scenario, Settings, Step, Target},
    },
    cli::{error::CliError, output, policy_file::Written},
    policy::Policy,
};

/// Load a server as browsers with caches do, and verify every reply.
///
/// TARGET is the URL of a running server, or a folder: for that, larder itself is started, in a process of its own. All assets are found from the documents. Each reply is held to the server's own first answer:
/// status, Cache-Control, ETag, Vary and every byte of the content. A 304 has to say what the 200 said (RFC 9110 §15.4.5). A fast wrong answer is an error.
///
/// Several targets take turns in rounds, so that a busy machine falls on all alike; the first is compared with each of the others. Exit code: 0 all replies were right, 1 some were not, 2 not
/// possible, or not to the end.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(super) struct Load {
    /// URLs of servers, or folders of finished sites.
    #[arg(value_name = "TARGET", required = true)]
    targets: Vec<String>,

    /// What to compare the first target with.
    #[arg(long, value_name = "TARGET", num_args = 1..)]
    vs: Vec<String>,

    /// Speak HTTP/2: by ALPN over TLS, with prior knowledge without it. A folder is served over TLS then.
    #[arg(long)]
    http2: bool,

    /// Requests at once on each connection of HTTP/2.
    #[arg(short = 'm', long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    streams: u16,

    /// Serve targets that are folders over TLS, with a certificate made on the spot.
    #[arg(long)]
    tls: bool,

    /// Trust any certificate of a target that is a URL.
    #[arg(long)]
    insecure: bool,

    /// Trust this certificate, or those it signed; PEM.
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,

    /// What to ask: first (nothing is cached), revalidate (If-None-Match: 304s), reload (all that is not immutable, with max-age=0), mixed.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "first,revalidate", value_parser = scenario)]
    scenario: Vec<Scenario>,

    /// The ratio of the scenario `mixed`: first:revalidate, or first:revalidate:reload.
    #[arg(long, value_name = "RATIO", default_value = "1:4", value_parser = Mix::parse)]
    mix: Mix,

    /// How many connections at once.
    #[arg(short, long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    connections: u32,

    /// How long each target is measured in each scenario, over all rounds: 10s, 500ms, 2m.
    #[arg(short, long, value_name = "TIME", default_value = "10s", value_parser = some_time)]
    duration: Duration,

    /// Measure so many requests instead, for each target and scenario.
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "duration")]
    requests: Option<u64>,

    /// So many requests per second, whether the server keeps up or not: latency counts from when a request was due. Without it, each connection asks again as soon as it was answered.
    #[arg(short, long, value_name = "R", value_parser = rate)]
    rate: Option<f64>,

    /// How many rounds the targets take turns in.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,

    /// What is not measured at the beginning of each turn.
    #[arg(long, value_name = "TIME", default_value = "200ms", value_parser = duration)]
    warm_up: Duration,

    /// How many threads make the load.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,

    /// How long to wait for a reply.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = some_time)]
    timeout: Duration,

    /// Ask for this path; may be given several times. Without it: everything that is found from the documents.
    #[arg(long = "path", value_name = "PATH", value_parser = target)]
    paths: Vec<String>,

    /// Accept-Encoding of every request.
    #[arg(long, value_name = "LIST", default_value = "gzip, deflate, br, zstd", value_parser = field_value)]
    accept_encoding: String,

    /// The process of each target that is a URL, in their order: its CPU time is measured, and that of its children.
    #[arg(long, value_name = "PID", value_delimiter = ',')]
    pid: Vec<u32>,

    /// The policy that replies are held to. A target that is a folder is served under it; without it, under policy.toml in the folder or beside it, or the defaults.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Fingerprint targets that are folders, in memory.
    #[arg(long)]
    build: bool,

    /// How many threads answer for targets that are folders.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    workers: u16,

    /// Print the report as JSON, on stdout.
    #[arg(long)]
    json: bool,

    /// Write the report with its plots as one HTML document.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Load servers that are not on this machine, too. Only do this to hosts of your own.
    #[arg(long)]
    i_own_this_host: bool,
}

impl Load {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let targets = self.targets()?;
        if let Some(file) = &self.html {
            could_write(file)?;
        }
        // A round without a request measures nothing.
        let rounds = self.requests.map_or(u64::from(self.rounds), |requests| {
            requests.min(u64::from(self.rounds))
        });
        let settings = Settings {
            scenarios: self.scenario.clone(),
            mix: self.mix,
            connections: self.connections as usize,
            threads: usize::from(self.threads),
            duration: self.duration,
            requests: self.requests,
            rate: self.rate,
            warm_up: self.warm_up,
            rounds: usize::try_from(rounds).unwrap_or(usize::MAX),
            timeout: self.timeout,
            accept_encoding: self.accept_encoding.clone(),
            paths: self.paths.clone(),
            any_host: self.i_own_this_host,
            policy: self.required()?,
            http2: self.http2,
            streams: usize::from(self.streams),
            trust: trust(self.insecure, self.ca.as_deref())?,
        };
        let report = load::run(&targets, &settings, &progress);
        output::end_of_progress();
        let report = report?;
        if self.json {
            output::answer(&load::json(&report));
        } else {
            output::answer(&load_text::text(&report));
        }
        if let Some(file) = &self.html {
            fs::write(file, load::html(&report)).map_err(unwritten(file))?;
        }
        Ok(ExitCode::from(match report.errors() {
            1.. => 1,
            0 if report.is_whole() => 0,
            0 => 2,
        }))
    }

    /// What servers are held to.
    fn required(&self) -> Result<Option<Policy>, CliError> {
        let policy = self.policy.as_deref();
        policy
            .map(|file| Ok(Written::read(Some(file), Path::new("."))?.policy))
            .transpose()
    }

    fn targets(&self) -> Result<Vec<Target>, CliError> {
        let places = Places {
            policy: self.policy.as_deref(),
            build: self.build,
            workers: self.workers,
            tls: self.tls || self.http2,
        };
        let mut pids = self.pid.iter().copied();
        self.targets
            .iter()
            .chain(&self.vs)
            .map(|text| {
                let (place, _) = places.of(text)?;
                let pid = match place {
                    Place::Server(_) => pids.next(),
                    Place::Site(_) => None,
                };
                Ok(Target {
                    name: text.trim_end_matches('/').to_owned(),
                    place,
                    pid,
                })
            })
            .collect()
    }
}

fn progress(step: Step<'_>) {
    let Step {
        target,
        scenario,
        round,
        rounds,
    } = step;
    output::progress_line(&match scenario {
        None => format!("looking at {target}"),
        Some(scenario) => format!("round {round} of {rounds}: {scenario} at {target}"),
    });
}

/// Is there a folder for `file`? Better known before measuring than after.
fn could_write(file: &Path) -> Result<(), BenchError> {
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    match folder.map(fs::metadata) {
        Some(Err(source)) => Err(unwritten(file)(source)),
        _ => Ok(()),
    }
}

fn unwritten(file: &Path) -> impl FnOnce(io::Error) -> BenchError {
    move |source| BenchError::File {
        what: "write",
        path: file.to_owned(),
        source,
    }
}

fn scenario(name: &str) -> Result<Scenario, String> {
    Scenario::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Scenario::ALL.iter().map(|one| one.as_str()).collect();
        format!("there are {}", names.join(", "))
    })
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.1..=10_000_000.0).contains(&rate) => Ok(rate),
        _ => Err("give requests per second, from 0.1 to 10000000".to_owned()),
    }
}

/// A path, and a query perhaps, as a request has it.
fn target(text: &str) -> Result<String, String> {
    if !text.starts_with('/') {
        return Err("a path begins with /".to_owned());
    }
    let unfit = text
        .chars()
        .find(|letter| !matches!(letter, '!'..='~') || *letter == '#');
    match unfit {
        Some(letter) => Err(format!(
            "{letter:?} cannot be in a request: write it percent-encoded, as in /a%20b"
        )),
        None => Ok(text.to_owned()),
    }
}

fn field_value(text: &str) -> Result<String, String> {
    match text.chars().find(|letter| !matches!(letter, ' '..='~')) {
        Some(letter) => Err(format!("{letter:?} cannot be in a field")),
        None => Ok(text.to_owned()),
    }
}

/// A duration that is not nothing.
fn some_time(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("nothing can be measured in no time".to_owned()),
        time => Ok(time),
    }
}

/// `10s`, `500ms`, `2m`, `1.5s`; at most an hour.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "give a number and a unit, at most an hour: 10s, 500ms, 2m".to_owned();
    let digits = text
        .find(|letter: char| letter != '.' && !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" | "" => number,
        "m" => number * 60.0,
        _ => return Err(wrong()),
    };
    if (0.0..=3600.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, milliseconds) in [
            ("10s", 10_000),
            ("500ms", 500),
            ("2m", 120_000),
            ("1.5s", 1500),
            ("3", 3000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)));
        }
        for wrong in ["", "s", "1h", "-1s", "2d", "61m", "1e9s", "nan"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert!(some_time("0s").is_err() && some_time("1ms").is_ok());
    }

    #[test]
    fn what_is_asked_for_is_fit_for_a_request() {
        for path in ["/", "/a%20b?c=d&e", "/a//b"] {
            assert_eq!(target(path), Ok(path.to_owned()));
        }
        for (path, why) in [
            ("a", "begins with /"),
            ("/a b", "percent-encoded"),
            ("/a\r\nHost: b", "'\\r'"),
            ("/a#b", "'#'"),
            ("/ä", "percent-encoded"),
        ] {
            let said = target(path).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
        assert!(field_value("gzip, br;q=0.5").is_ok() && field_value("gzip\nA: b").is_err());
    }
}
