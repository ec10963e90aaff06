//! `larder bench visitors`: flags into plans, a report into text or JSON.
//!
//! Uses: bench, client, http · Never: measuring

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;

use super::{load::duration, place::Places, visitors_text};
use crate::{
    bench::{
        load::Place,
        visitors::{self, Model, Plan, Settings},
    },
    cli::{error::CliError, output},
    http::{FieldValue, freshness::browser::Engine},
};

/// What a release and a policy cost visitors: a browser's cache, simulated, visit by visit.
///
/// SITE is the folder of a finished site, which is answered in memory, or the URL of a running server. Virtual visitors come for the first time, go on, reload, return after an hour, a day and a month; with
/// --previous also after the deploy, after a rollback, and with a tab open across the deploy. Their cache is that of a browser (RFC 9111, RFC 8246).
///
/// Exit code: 0 all that was asked for loaded, 1 something did not, 2 not possible.
#[derive(Debug, Args)]
pub(super) struct Visitors {
    /// The folder of a finished site, or the URL of a server.
    #[arg(value_name = "SITE")]
    site: String,

    /// An earlier release, a folder or a URL; may be given several times, the oldest first.
    #[arg(long, value_name = "OLD_SITE")]
    previous: Vec<String>,

    /// The policy of folders. Without it: policy.toml in the folder or beside it, and the defaults if there is none.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Compare with the same site under this policy.
    #[arg(long, value_name = "FILE")]
    vs_policy: Option<PathBuf>,

    /// Compare with another site, a folder or the URL of a server: the same files behind another one, say.
    #[arg(long, value_name = "SITE")]
    vs: Vec<String>,

    /// The page where visits begin. [default: /, or the path of the URL]
    #[arg(long, value_name = "PATH")]
    entry: Option<String>,

    /// Fingerprint folders first, in memory.
    #[arg(long)]
    build: bool,

    /// Bits per second of the line: 1.6M, 10M, 500k.
    #[arg(long, value_name = "RATE", default_value = "1.6M", value_parser = bandwidth)]
    bandwidth: f64,

    /// A round trip on the line.
    #[arg(long, value_name = "TIME", default_value = "150ms", value_parser = duration)]
    latency: Duration,

    /// Whose habits: chromium, firefox or webkit.
    #[arg(long, value_name = "NAME", default_value = "chromium", value_parser = engine)]
    browser: Engine,

    /// Accept-Encoding of every request.
    #[arg(long, value_name = "LIST", default_value = "gzip, deflate, br, zstd", value_parser = field_value)]
    accept_encoding: FieldValue,

    /// Trust any certificate of a server.
    #[arg(long)]
    insecure: bool,

    /// Trust this certificate, or those it signed; PEM.
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,

    /// Print the report as JSON, on stdout.
    #[arg(long)]
    json: bool,
}

impl Visitors {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let own = self.plan(&self.site, self.policy.as_ref())?;
        let entry = match (&self.entry, &own.site) {
            (Some(entry), _) => format!("/{}", entry.trim_start_matches('/')),
            (None, Place::Server(url)) => url.target.clone(),
            (None, Place::Site(_)) => "/".to_owned(),
        };
        let mut plans = vec![own];
        if let Some(policy) = &self.vs_policy {
            plans.push(self.plan(&self.site, Some(policy))?);
        }
        for site in &self.vs {
            plans.push(self.plan(site, self.policy.as_ref())?);
        }
        let settings = Settings {
            entry,
            engine: self.browser,
            accept_encoding: self.accept_encoding.clone(),
            trust: super::place::trust(self.insecure, self.ca.as_deref())?,
            model: Model {
                bandwidth: self.bandwidth,
                latency: self.latency,
            },
        };
        output::progress_line("visiting");
        let report = visitors::run(&plans, &settings);
        output::end_of_progress();
        let report = report?;
        if self.json {
            output::answer(&visitors::json(&report));
        } else {
            output::answer(&visitors_text::text(&report));
        }
        Ok(ExitCode::from(u8::from(report.broken() > 0)))
    }

    fn plan(&self, site: &str, policy: Option<&PathBuf>) -> Result<Plan, CliError> {
        let places = Places {
            policy: policy.map(PathBuf::as_path),
            build: self.build,
            workers: 1,
            tls: false,
        };
        let (place, policy) = places.of(site)?;
        let previous = self
            .previous
            .iter()
            .map(|text| Ok((text.trim_end_matches('/').to_owned(), places.of(text)?.0)))
            .collect::<Result<_, CliError>>()?;
        Ok(Plan {
            name: site.trim_end_matches('/').to_owned(),
            policy,
            site: place,
            previous,
        })
    }
}

/// `1.6M`, `500k`, `1G`: bits per second.
fn bandwidth(text: &str) -> Result<f64, String> {
    let wrong = || "give bits per second, such as 1.6M, 500k or 1G".to_owned();
    let (number, factor) = match text.chars().last().ok_or_else(wrong)? {
        'k' | 'K' => (&text[..text.len() - 1], 1e3),
        'M' => (&text[..text.len() - 1], 1e6),
        'G' => (&text[..text.len() - 1], 1e9),
        _ => (text, 1.0),
    };
    let bits: f64 = number.parse().map_err(|_| wrong())?;
    let bits = bits * factor;
    (1e3..=1e12)
        .contains(&bits)
        .then_some(bits)
        .ok_or_else(wrong)
}

fn engine(name: &str) -> Result<Engine, String> {
    Engine::ALL
        .into_iter()
        .find(|engine| engine.as_str().eq_ignore_ascii_case(name))
        .ok_or_else(|| "there are chromium, firefox and webkit".to_owned())
}

fn field_value(text: &str) -> Result<FieldValue, String> {
    FieldValue::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bandwidths_are_read_as_people_write_them() {
        for (text, bits) in [
            ("1.6M", 1.6e6),
            ("500k", 5e5),
            ("1G", 1e9),
            ("9600", 9600.0),
        ] {
            let read = bandwidth(text).unwrap();
            assert!((read - bits).abs() < 1.0, "{text}: {read}");
        }
        for wrong in ["", "M", "-1M", "1T", "nan", "0"] {
            assert!(bandwidth(wrong).is_err(), "{wrong}");
        }
    }
}
