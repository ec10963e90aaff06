//! What is wrong with the caching of a site, and what is right: answers in, findings out.
//!
//! A [`Survey`] says what to ask a server, and takes the answers; it does not ask. The [`Record`] it leaves is judged by [`CHECKS`], one
//! file each with its doc, its check and its cases. So the same judgement holds for a live server, whichever it is, and for a folder that
//! larder would serve ([`in_process`]), and every test of it is a text.
//!
//! Follows RFC 9110 and RFC 9111; each check names its section.
//!
//! Uses: http, policy, fingerprint, snapshot, origin, diagnostic · Never: sockets, files, clock

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod against;
mod checks;
mod decode;
mod fix;
pub mod in_process;
mod record;
mod site;
mod survey;
#[cfg(test)]
mod tests;
mod words;

use std::fmt::{self, Write as _};

pub use against::against;
pub use checks::CHECKS;
pub use decode::fault_of_sibling;
pub use fix::{Fix, Lines};
pub use record::{Exchange, Keeps, Purpose, Record};
pub use site::{Sibling, Site};
pub use survey::{Probe, Survey};

/// How much a finding weighs. The order is that of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It is right, and worth knowing.
    Good,
    /// It works, and could be better.
    Note,
    /// It will cost somebody time: stale content, needless transfers, caches at odds.
    Warning,
    /// It breaks the site for visitors, or lets out what should stay in.
    Error,
}

impl Level {
    /// All of them, the heaviest first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Note, Self::Good];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One kind of finding.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its stable name, `reply/document-kept`.
    pub code: &'static str,
    /// Markdown with the headings What, Why, Example and Spec.
    pub doc: &'static str,
    /// The section it stands on.
    pub spec: &'static str,
    /// What to write instead.
    pub fix: Fix,
    pub(crate) examine: fn(&Record, &mut Found),
    /// Records that have to raise it, as the tests read them.
    pub raises: &'static [&'static str],
    /// Records that look like it and must not raise it.
    pub passes: &'static [&'static str],
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind.
    pub code: String,
    /// How much it weighs.
    pub level: Level,
    /// What it is about: a URL, a path, or a place in a policy.
    pub url: String,
    /// One sentence without a full stop.
    pub message: String,
    /// What was observed.
    pub seen: String,
    /// What a cache will do because of it.
    pub means: String,
    /// What to do; nothing where all is well.
    pub fix: Option<String>,
    /// The lines that do it.
    pub lines: Lines,
    /// The section it stands on.
    pub spec: String,
    /// The line of the policy that made it so, where the policy is known.
    pub policy: Option<String>,
}

/// Where a check leaves what it found.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<(Level, String, String, String, String)>);

impl Found {
    pub(crate) fn add(
        &mut self,
        level: Level,
        url: impl Into<String>,
        message: impl Into<String>,
        seen: impl Into<String>,
        means: impl Into<String>,
    ) {
        self.0
            .push((level, url.into(), message.into(), seen.into(), means.into()));
    }
}

/// Everything there is to say about `record`, the heaviest first; within a level in the order of [`CHECKS`].
pub fn judge(record: &Record) -> Vec<Finding> {
    let mut findings: Vec<Finding> = CHECKS
        .iter()
        .flat_map(|check| check.findings(record))
        .collect();
    sort(&mut findings);
    findings
}

/// The heaviest first; what weighs the same stays in its order.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
}

impl Check {
    fn findings(&self, record: &Record) -> Vec<Finding> {
        let mut found = Found::default();
        (self.examine)(record, &mut found);
        let finding = |(level, url, message, seen, means)| Finding {
            code: self.code.to_owned(),
            level,
            url,
            message,
            seen,
            means,
            fix: (level > Level::Good && !self.fix.text.is_empty())
                .then(|| self.fix.text.to_owned()),
            lines: if level > Level::Good {
                self.fix.lines
            } else {
                Lines::NONE
            },
            spec: self.spec.to_owned(),
            policy: None,
        };
        found.0.into_iter().map(finding).collect()
    }
}

/// The text of `docs/reference/findings.md`.
pub fn reference_markdown() -> String {
    let mut out = String::from(
        "# Findings of `larder check`\n\nPrinted from `src/findings/checks/`; edit the check, not this text. Findings about a policy are in [lints.md](lints.md).\n",
    );
    for check in CHECKS {
        let doc = check.doc.trim().replace("# ", "### ");
        write!(out, "\n## `{}`\n\n{doc}\n", check.code).expect("a string takes any text");
        let lines = [
            ("larder, `policy.toml`", "toml", check.fix.lines.larder),
            ("nginx", "nginx", check.fix.lines.nginx),
            ("Caddy", "text", check.fix.lines.caddy),
        ];
        for (name, language, text) in lines.into_iter().filter(|(_, _, text)| !text.is_empty()) {
            write!(out, "\n{name}:\n\n```{language}\n{text}\n```\n")
                .expect("a string takes any text");
        }
    }
    out
}
