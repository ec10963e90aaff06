//! Findings as annotations: lines that GitHub Actions reads out of a log.
//!
//! Uses: findings · Never: anything else

use super::{Checked, whereabouts::Whereabouts};
use crate::findings::{Finding, Level};

pub(super) fn render(checked: &Checked) -> String {
    let lines: Vec<String> = checked
        .findings
        .iter()
        .filter(|finding| finding.level > Level::Good)
        .map(|finding| annotation(finding, checked))
        .collect();
    lines.join("\n")
}

fn annotation(finding: &Finding, checked: &Checked) -> String {
    let word = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note | Level::Good => "notice",
    };
    let place = match Whereabouts::of(finding, checked) {
        Whereabouts::Line(file, line) => {
            format!("file={},line={line},", property(&file.to_string_lossy()))
        }
        Whereabouts::File(file) => format!("file={},", property(&file.to_string_lossy())),
        Whereabouts::Url(_) => String::new(),
    };
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

/// What a message must not hold as it is.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
