//! `larder check`: what is wrong with the caching of a folder or of a live site, and what to write instead.
//!
//! Uses: audit, findings, client, policy, diagnostic · Never: judgement (it asks and prints)

mod github;
mod json;
mod policy;
mod sarif;
mod text;
mod whereabouts;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, ValueEnum};
use url::Url;

use super::{error::CliError, output, policy_file::Written};
use crate::{
    audit::{self, Progress},
    client::{Client, Limits, Trust},
    findings::{self, Finding, Level, Purpose, Record, Survey},
};

/// Find what is wrong with the caching of a site: a folder, or a live one behind any server.
///
/// A folder is judged as larder would serve it. A URL is asked politely: some hundred requests to that one host, none of which changes anything. Every
/// finding says what was seen, what a cache will do because of it, and what to write instead, in larder's policy, for nginx and for Caddy.
///
/// Exit code: 0 clean (notes do not count), 1 a warning or an error was found, 2 the check could not run.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(super) struct Check {
    /// A folder, or the http:// or https:// URL of a document.
    #[arg(value_name = "SITE|URL")]
    target: String,

    /// The policy. Of a folder, without it: policy.toml in SITE or beside it, and the defaults if there is none. Of a live site: what it says that no document
    /// names, which is asked for, too: redirects, and what is private.
    #[arg(long, value_name = "FILE", conflicts_with = "against_policy")]
    policy: Option<PathBuf>,

    /// Compare a live site with this policy, reply by reply and field by field, instead of looking for faults.
    #[arg(long, value_name = "FILE")]
    against_policy: Option<PathBuf>,

    /// Print JSON.
    #[arg(long, group = "form")]
    json: bool,

    /// Print SARIF 2.1.0, for code scanning.
    #[arg(long, group = "form")]
    sarif: bool,

    /// Print annotations for GitHub Actions.
    #[arg(long, group = "form")]
    github: bool,

    /// Tell only what weighs at least this much.
    #[arg(long, value_name = "LEVEL", default_value = "good")]
    severity: Severity,

    /// How many URLs are fetched before the probing begins.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=2000))]
    crawl: u16,

    /// Trust the certificates in this PEM file, and no others.
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,

    /// Trust any certificate.
    #[arg(long)]
    insecure: bool,
}

/// The words for [`Level`] on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Severity {
    /// Everything, what is right included.
    Good,
    /// What could be better, and worse.
    Note,
    /// What costs somebody time, and worse.
    Warning,
    /// What breaks something.
    Error,
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Good => Self::Good,
            Severity::Note => Self::Note,
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
        }
    }
}

/// What was checked, and what was found.
struct Checked {
    /// The folder or the URL.
    target: String,
    /// What was looked at, in a few words.
    scope: String,
    /// What the server calls itself: `nginx/1.22.1`, or `larder` for a folder.
    server: Option<String>,
    findings: Vec<Finding>,
}

impl Check {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let checked = if is_url(&self.target) {
            self.live()?
        } else {
            self.folder()?
        };
        let worst = checked.findings.iter().map(|finding| finding.level).max();
        let told = Checked {
            findings: checked
                .findings
                .into_iter()
                .filter(|finding| finding.level >= Level::from(self.severity))
                .collect(),
            ..checked
        };
        let printed = if self.json {
            json::render(&told)
        } else if self.sarif {
            sarif::render(&told)
        } else if self.github {
            github::render(&told)
        } else {
            text::render(&told, output::width(), output::has_colour())
        };
        output::answer(printed.trim_end());
        Ok(if worst >= Some(Level::Warning) {
            ExitCode::from(1)
        } else {
            ExitCode::SUCCESS
        })
    }

    fn folder(&self) -> Result<Checked, CliError> {
        if self.against_policy.is_some() {
            return Err(CliError::NotAUrl {
                target: self.target.clone(),
            });
        }
        let path = Path::new(&self.target);
        let written = policy::read(self.policy.as_deref(), path)?;
        let looked = audit::folder(path, &written.policy, usize::from(self.crawl))?;
        let mut findings = findings::judge(&looked.record);
        looked.locate(&mut findings);
        findings.extend(written.findings);
        findings::sort(&mut findings);
        let files = looked.record.site.paths.len();
        Ok(Checked {
            target: self.target.clone(),
            scope: format!(
                "{files} {}, under {}",
                if files == 1 { "file" } else { "files" },
                written.place
            ),
            server: Some("larder".to_owned()),
            findings,
        })
    }

    fn live(&self) -> Result<Checked, CliError> {
        let url = Url::parse(&self.target).map_err(|source| CliError::BadUrl {
            text: self.target.clone(),
            source,
        })?;
        let expected = self
            .against_policy
            .as_deref()
            .or(self.policy.as_deref())
            .map(|file| Written::read(Some(file), Path::new(".")))
            .transpose()?;
        let mut survey = Survey::new(url.clone(), usize::from(self.crawl));
        if let Some(written) = &expected {
            survey = survey.expecting(&written.policy);
        }
        let record = self.ask(&url, survey)?;
        let findings = match &expected {
            Some(written) if self.against_policy.is_some() => {
                findings::against(&record, &written.policy)
            }
            _ => findings::judge(&record),
        };
        let server = record
            .of(Purpose::Start)
            .last()
            .and_then(|start| start.answer.fields.text("Server"));
        let mut scope = format!("{} requests", record.exchanges.len());
        if let Some(written) = &expected {
            let how = if self.against_policy.is_some() {
                "against"
            } else {
                "with"
            };
            scope = format!("{scope}, {how} {}", written.place());
        }
        Ok(Checked {
            target: url.to_string(),
            scope,
            server,
            findings,
        })
    }

    fn ask(&self, url: &Url, survey: Survey) -> Result<Record, CliError> {
        let trust = match &self.ca {
            _ if self.insecure => Trust::Any,
            Some(file) => Trust::Only(fs::read(file).map_err(|source| CliError::Unreadable {
                path: file.clone(),
                source,
            })?),
            None => Trust::System,
        };
        let name = concat!(
            "larder-check/",
            env!("CARGO_PKG_VERSION"),
            " (cache audit; a few hundred requests)"
        );
        let mut client = Client::with(trust, Limits::default()).called(name);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CliError::Thread)?;
        let tell = |progress: Progress| output::asking(progress.asked);
        let surveyed = runtime.block_on(audit::live(&mut client, url, survey, tell));
        output::end_of_progress();
        Ok(surveyed?)
    }
}

fn is_url(target: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        target
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}
