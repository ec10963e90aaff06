//! `larder build`: makes a release of a finished site, or tells what it would make.
//!
//! Uses: build, policy · Never: decisions (it asks and prints)

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::{
    build_json, build_summary,
    error::CliError,
    output,
    policy_file::{Written, cache_folder},
};
use crate::{
    build::release::{self, Order, Outcome, Report},
    http::TargetPath,
};

/// Make a release of a finished site: everything that can be cached for a year is, and nothing is broken.
///
/// Files that are referred to get a hash of their content into a second name, and every reference follows; all original names stay. Brotli, zstd and gzip
/// forms are written where they pay. OUT is a plain folder for any server; `larder serve OUT` starts from its manifest without hashing anything.
///
/// OUT is replaced in one step: until then, and if the build fails or is killed, it is as it was. Exit code: 0 published, 1 warnings under --strict, 2 not
/// possible.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own on the command line"
)]
pub(super) struct Build {
    /// The folder that holds the finished site.
    #[arg(value_name = "SITE")]
    site: PathBuf,

    /// The folder of the release. It is made, or replaced if larder wrote it.
    #[arg(short, long, value_name = "OUT", required_unless_present_any = ["dry_run", "explain"])]
    out: Option<PathBuf>,

    /// The policy. Without it: policy.toml in SITE or beside it, and the defaults if there is none.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Where the site will be mounted, such as /docs/. [default: what the policy says, or what its references make evident]
    #[arg(long, value_name = "PATH", value_parser = base)]
    base: Option<String>,

    /// Make no coded forms.
    #[arg(long)]
    no_compress: bool,

    /// An earlier release, or its manifest: a URL that it served as immutable, and that has other bytes now, has to be revalidated from now on. The release that
    /// is replaced is compared in any case.
    #[arg(long, value_name = "RELEASE")]
    previous: Option<PathBuf>,

    /// Publish nothing if there is any warning: exit code 1.
    #[arg(long)]
    strict: bool,

    /// Print what would be done with each file, and write nothing.
    #[arg(long, conflicts_with = "explain")]
    dry_run: bool,

    /// Print what would be done with one file and why, and write nothing.
    #[arg(long, value_name = "URL")]
    explain: Option<String>,

    /// Print the result as JSON, on stdout.
    #[arg(long, conflicts_with = "explain")]
    json: bool,
}

impl Build {
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        let written = Written::read(self.policy.as_deref(), &self.site)?;
        let cache = cache_folder(&written.policy);
        let order = Order {
            site: &self.site,
            policy: &written.policy,
            policy_file: written.text.file.as_deref(),
            base: self.base.as_deref(),
            cache: cache.as_deref(),
            compress: !self.no_compress,
            previous: self.previous.as_deref(),
            strict: self.strict,
        };
        let out = match &self.out {
            Some(out) if !self.dry_run && self.explain.is_none() => out,
            _ => return self.tell(&order, &written),
        };
        let outcome = release::publish(&order, out, &output::progress);
        output::end_of_progress();
        let outcome = outcome?;
        let (report, code) = match &outcome {
            Outcome::Published(report) => (report, ExitCode::SUCCESS),
            Outcome::Refused(report) => (report, ExitCode::from(1)),
        };
        for line in build_summary::lines(report, &written.place()) {
            output::line(line);
        }
        if self.json {
            let is_published = matches!(outcome, Outcome::Published(_));
            output::answer(&build_json::text(report, is_published));
        }
        if matches!(outcome, Outcome::Refused(_)) {
            output::line(refused(report, out));
        }
        Ok(code)
    }

    /// Plans and prints.
    fn tell(&self, order: &Order<'_>, written: &Written) -> Result<ExitCode, CliError> {
        let report = release::plan(order, &output::progress);
        output::end_of_progress();
        let report = report?;
        if let Some(url) = &self.explain {
            output::answer(&explanation(&report, url)?);
        } else {
            if self.json {
                output::answer(&build_json::text(&report, false));
            } else {
                output::answer(&build_summary::plan(&report).join("\n"));
            }
            for line in build_summary::lines(&report, &written.place()) {
                output::line(line);
            }
        }
        let is_refused = self.strict && report.warnings() > 0;
        Ok(ExitCode::from(u8::from(is_refused)))
    }
}

fn refused(report: &Report, out: &Path) -> String {
    let count = report.warnings();
    format!(
        "larder: nothing was published, {} is as it was: {count} {} under --strict",
        out.display(),
        if count == 1 { "warning" } else { "warnings" }
    )
}

/// What is done with the file at `url`, and why.
fn explanation(report: &Report, url: &str) -> Result<String, CliError> {
    let path = path_of(url).ok_or_else(|| CliError::NoSuchPath {
        url: url.to_owned(),
    })?;
    let original = report
        .renamed
        .iter()
        .find(|(_, renamed)| **renamed == path)
        .map_or(path.clone(), |(original, _)| original.clone());
    let index = format!("{}/index.html", original.trim_end_matches('/'));
    let (path, decision) = [original, index]
        .into_iter()
        .find_map(|path| report.decisions.get_key_value(&path))
        .ok_or_else(|| CliError::NoSuchPath {
            url: url.to_owned(),
        })?;
    let also = report
        .renamed
        .get(path)
        .map(|renamed| format!("\n  also served as {renamed}"))
        .unwrap_or_default();
    Ok(format!("{path}{also}\n  {}", release::because(decision)))
}

/// The path in a URL or in a path that is written like one.
fn path_of(url: &str) -> Option<String> {
    let path = match url.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => url,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = format!("/{}", path.trim_start_matches('/'));
    Some(TargetPath::parse(&path).ok()?.as_str().to_owned())
}

/// A path with a slash at its front.
fn base(text: &str) -> Result<String, String> {
    if text.starts_with('/') && !text.contains(['?', '#', '\\']) {
        Ok(text.to_owned())
    } else {
        Err("give a path with a slash at its front, such as /docs/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_found_in_whatever_people_paste() {
        for url in [
            "/a%20b.css",
            "a%20b.css",
            "https://x.example/a%20b.css?v=1#x",
        ] {
            assert_eq!(path_of(url).as_deref(), Some("/a b.css"), "{url}");
        }
        assert_eq!(path_of("https://x.example"), None);
    }
}
