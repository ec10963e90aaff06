//! `larder explain`: why a URL gets the answer it gets, and what caches do with it.
//!
//! Uses: explain, build, client, policy, snapshot · Never: an answer of its own (it asks, and prints)

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::SystemTime,
};

use clap::Args;
use url::{Host, Url};

use super::{
    error::CliError,
    output,
    policy_file::{Written, cache_folder},
};
use crate::{
    build::{Mode, Workshop},
    client::{Client, Limits, Trust},
    explain::{self, Explanation, Style},
    http::{FieldName, FieldSource, FieldValue, Fields, HttpDate, exchange::Ask, names},
    serve::{EXPLAIN, EXPLANATION},
    snapshot::{Generation, SiteFile, Snapshot, assemble},
};

/// Say why a URL gets the answer it gets: route, representation, each field with its rule, and what caches and browsers will do.
///
/// The answer is the one that `larder serve` gives to the same request. Content codings are those that a server has once it has made them.
/// Exit code: 0 whatever the answer, a 404 too; 2 if there is none to explain.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The folder of the site, or a release; or a URL of a larder on this machine: `dev`, or `serve` with --explain or `explain = true`.
    #[arg(value_name = "SITE|URL")]
    site: PathBuf,

    /// The path, as it stands in a URL: /docs/?page=2. A URL has its own.
    #[arg(value_name = "PATH", value_parser = target)]
    path: Option<String>,

    /// The policy. Without it: policy.toml in SITE or beside it, and the defaults if there is none.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// A field of the request, such as 'Accept-Encoding: br'. May be given several times.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = field)]
    fields: Vec<(FieldName, FieldValue)>,

    /// The method of the request.
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    method: String,

    /// Explain what `serve --build` would answer: names get a hash, and references follow.
    #[arg(long)]
    build: bool,

    /// Print the explanation as JSON (docs/reference/explain.md).
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let site = self.site.to_string_lossy();
        let is_url = site.starts_with("http://") || site.starts_with("https://");
        let explanation = match &self.path {
            None if is_url => self.of_server(&site)?,
            Some(path) if !is_url => self.of_folder(path)?,
            None => return Err(CliError::NoPath),
            Some(_) => return Err(CliError::TwoPaths),
        };
        if self.json {
            output::answer(
                &serde_json::to_string_pretty(&explanation).expect("strings and numbers"),
            );
        } else {
            let style = Style {
                width: output::width(),
                colour: output::colour_of_answers(),
            };
            output::answer(&explain::render(&explanation, style));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Reads the folder, asks once to see which file answers, makes the coded forms of that one, and asks again.
    fn of_folder(&self, path: &str) -> Result<Explanation, CliError> {
        let Written { policy, .. } = Written::read(self.policy.as_deref(), &self.site)?;
        let mode = if self.build {
            Mode::Fingerprint
        } else {
            Mode::AsTheyAre
        };
        let cache = cache_folder(&policy);
        let mut workshop = Workshop::new(Path::new(&self.site), mode, cache.as_deref())?;
        let site = workshop.look(&policy)?;
        let mut files = site.files;
        workshop.add_codings(&policy, &mut files);
        let snapshot = |files: &[SiteFile]| {
            assemble(files.to_vec(), &policy, Generation(1)).withholding(site.withheld.clone())
        };
        let explanation = self.ask(&snapshot(&files), path);
        let Some(file) = explanation
            .resource
            .as_deref()
            .filter(|_| workshop.missing_codings() > 0)
        else {
            return Ok(explanation);
        };
        workshop.code_now(&policy, &mut files, file);
        Ok(self.ask(&snapshot(&files), path))
    }

    fn ask(&self, snapshot: &Snapshot, path: &str) -> Explanation {
        let fields: Fields = self.fields.iter().cloned().collect();
        let now = HttpDate::from(SystemTime::now());
        explain::explain(snapshot, &self.method, path, &fields, now)
    }

    /// Asks a running larder, which explains if it was told to, and only to this machine.
    fn of_server(&self, url: &str) -> Result<Explanation, CliError> {
        let not_explaining = || CliError::NotExplaining {
            url: url.to_owned(),
        };
        let parsed = Url::parse(url).map_err(|source| CliError::BadUrl {
            text: url.to_owned(),
            source,
        })?;
        let mut ask = Ask::get(parsed);
        for (name, value) in &self.fields {
            ask = ask.with(name.clone(), value.clone());
        }
        let method = FieldValue::parse(&self.method).map_err(|_| not_explaining())?;
        ask = ask.with(FieldName::from_static(EXPLAIN), method);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CliError::Thread)?;
        // Only this machine explains, to itself: there is nobody between, and its certificate is for another name.
        let trust = if is_here(&ask.url) {
            Trust::Any
        } else {
            Trust::System
        };
        let mut client = Client::with(trust, Limits::default());
        let answer = runtime.block_on(client.ask(&ask))?;
        let is_explanation =
            answer.fields.only_line(names::CONTENT_TYPE) == Some(EXPLANATION.as_bytes());
        if !is_explanation {
            return Err(not_explaining());
        }
        serde_json::from_slice(&answer.content).map_err(|_| not_explaining())
    }
}

/// Does the URL lead to this machine?
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What a running server tells.
pub(super) fn json(
    snapshot: &Snapshot,
    method: &str,
    target: &str,
    fields: &Fields,
    now: HttpDate,
) -> String {
    let explanation = explain::explain(snapshot, method, target, fields, now);
    serde_json::to_string(&explanation).expect("strings and numbers")
}

/// A path as people type it: browsers, too, put the slash in front and encode what a URL cannot hold.
fn target(text: &str) -> Result<String, String> {
    if text.contains("://") {
        return Err("give the path alone, such as /docs/".to_owned());
    }
    let text = text.split('#').next().unwrap_or_default();
    let mut target = String::with_capacity(text.len() + 1);
    if !text.starts_with('/') {
        target.push('/');
    }
    for byte in text.bytes() {
        match byte {
            b'!'..=b'~' => target.push(char::from(byte)),
            _ => {
                let _ = write!(target, "%{byte:02X}");
            }
        }
    }
    Ok(target)
}

/// `Name: value`.
fn field(text: &str) -> Result<(FieldName, FieldValue), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| "write it as 'Name: value'".to_owned())?;
    let name = FieldName::parse(name).map_err(|error| error.to_string())?;
    let value = FieldValue::parse(value).map_err(|error| error.to_string())?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_as_people_type_it() {
        for (typed, asked) in [
            ("/a?b=c", "/a?b=c"),
            ("docs/", "/docs/"),
            ("/a b.txt#top", "/a%20b.txt"),
            ("/é", "/%C3%A9"),
            ("/%20", "/%20"),
        ] {
            assert_eq!(target(typed).as_deref(), Ok(asked));
        }
        assert!(target("http://localhost/").is_err());
    }

    #[test]
    fn a_field_has_a_colon_and_no_line_break() {
        let (name, value) = field("accept-encoding:  br").unwrap();
        assert_eq!((name.as_str(), value.as_str()), ("accept-encoding", "br"));
        for bad in ["br", "a b: c", "a: b\r\nc: d"] {
            assert!(field(bad).is_err(), "{bad}");
        }
    }
}
