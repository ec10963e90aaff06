//! Findings as annotations: lines that GitHub Actions reads out of a log.
//!
//! Uses: findings · Never: anything else

use super::Checked;
use crate::findings::{Finding, Level};

pub(super) fn render(checked: &Checked) -> String {
    let lines: Vec<String> = checked
        .findings
        .iter()
        .filter(|finding| finding.level > Level::Good)
        .map(annotation)
        .collect();
    lines.join("\n")
}

fn annotation(finding: &Finding) -> String {
    let word = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note | Level::Good => "notice",
    };
    // A place in a policy is a file and a line; a URL is none.
    let place = finding
        .policy
        .as_deref()
        .and_then(place)
        .map_or_else(String::new, |(file, line)| {
            format!("file={},line={line},", property(file))
        });
    let message = format!(
        "{}\n{}: {}\nseen: {}\nmeans: {}\nfix: {}\n{}",
        finding.message,
        finding.code,
        finding.url,
        finding.seen,
        finding.means,
        finding.fix.as_deref().unwrap_or("nothing to do"),
        finding.spec
    );
    format!(
        "::{word} {place}title={}::{}",
        property(&finding.code),
        data(&message)
    )
}

/// File and line of `policy.toml:3:5, cache.document`.
pub(super) fn place(policy: &str) -> Option<(&str, usize)> {
    let written = policy.split(", ").next()?;
    let mut parts = written.split(':');
    let file = parts.next()?;
    let line = parts.next()?.parse().ok()?;
    Some((file, line))
}

/// What a message must not hold as it is.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
