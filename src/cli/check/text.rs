//! Findings for a person: the worst first, what belongs together in one block, every mending once.
//!
//! Uses: findings · Never: printing

use std::fmt::Write as _;

use super::Checked;
use crate::findings::{Finding, Level};

/// Lines are as long as the terminal is wide, and no longer than they can be read.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=100;

/// How many places of one finding are listed before the rest is counted.
const PLACES: usize = 4;

/// What is found, block by block.
pub(super) fn render(checked: &Checked, width: usize, colour: bool) -> String {
    let width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
    let paint = Paint { colour, width };
    let mut out = String::new();
    let server = checked
        .server
        .as_deref()
        .filter(|server| *server != "larder")
        .map(|server| format!(" · {server}"))
        .unwrap_or_default();
    let title = paint.bold(&checked.target);
    let scope = paint.dim(&format!("{}{server}", checked.scope));
    let _ = writeln!(out, "\n{title}  {scope}");
    let mut told: Vec<(&str, &str)> = Vec::new();
    for level in [Level::Error, Level::Warning, Level::Note] {
        let blocks = blocks(&checked.findings, level);
        for block in &blocks {
            write_block(&mut out, checked, block, &mut told, paint);
        }
    }
    let good = blocks(&checked.findings, Level::Good);
    if !good.is_empty() {
        out.push('\n');
    }
    for block in good {
        let first = block[0];
        let line = format!("{}: {}", first.message, first.means);
        let text = wrapped(&line, 2, width).trim_start().to_owned();
        let _ = writeln!(out, "{} {text}", paint.level(Level::Good, "✓"));
    }
    let _ = writeln!(out, "\n{}", summary(&checked.findings, paint));
    out
}

/// Findings that say the same of several places, together.
fn blocks(findings: &[Finding], level: Level) -> Vec<Vec<&Finding>> {
    let mut blocks: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.level == level) {
        let same = |block: &&mut Vec<&Finding>| {
            block[0].code == finding.code && block[0].message == finding.message
        };
        match blocks.iter_mut().find(same) {
            Some(block) => block.push(finding),
            None => blocks.push(vec![finding]),
        }
    }
    blocks
}

fn write_block<'f>(
    out: &mut String,
    checked: &Checked,
    block: &[&'f Finding],
    told: &mut Vec<(&'f str, &'f str)>,
    paint: Paint,
) {
    let first = block[0];
    let mark = match first.level {
        Level::Error => "✗ error  ",
        Level::Warning => "! warning",
        Level::Note | Level::Good => "· note   ",
    };
    let taken = mark.chars().count() + 2;
    let length = taken + first.message.chars().count() + 2 + first.code.chars().count();
    let gap = if length <= paint.width {
        "  ".to_owned()
    } else {
        format!("\n{}", " ".repeat(taken))
    };
    let message = paint.bold(wrapped(&first.message, taken, paint.width).trim_start());
    let _ = writeln!(
        out,
        "\n{}  {message}{gap}{}",
        paint.level(first.level, mark),
        paint.dim(&first.code)
    );
    let mut line = |label: &str, text: &str| {
        let text = wrapped(text, 12, paint.width);
        let _ = writeln!(
            out,
            "  {}{}",
            paint.dim(&format!("{label:<10}")),
            text.trim_start()
        );
    };
    for (number, finding) in block.iter().take(PLACES).enumerate() {
        let place = place(finding, checked);
        let text = format!("{place} → {}", finding.seen);
        line(if number == 0 { "seen" } else { "" }, &text);
    }
    if block.len() > PLACES {
        line("", &format!("and {} more", block.len() - PLACES));
    }
    let mut policies: Vec<&str> = Vec::new();
    for policy in block.iter().filter_map(|finding| finding.policy.as_deref()) {
        if !policies.contains(&policy) {
            policies.push(policy);
        }
    }
    if !policies.is_empty() && !first.code.starts_with("policy/") {
        line("set by", &policies.join("; "));
    }
    let mut means: Vec<&str> = Vec::new();
    for finding in block {
        if !means.contains(&finding.means.as_str()) {
            means.push(&finding.means);
        }
    }
    for (number, text) in means.into_iter().take(2).enumerate() {
        line(if number == 0 { "means" } else { "or" }, text);
    }
    if let Some(fix) = &first.fix {
        if let Some((_, at)) = told.iter().find(|(known, _)| known == fix) {
            line("instead", &format!("as for {at}"));
        } else {
            line("instead", &format!("{fix} ({})", first.spec));
            for (name, text) in lines_for(first, checked.server.as_deref()) {
                for (number, code) in text.lines().enumerate() {
                    let label = if number == 0 { name } else { "" };
                    let label = paint.dim(&format!("  {label:<8}"));
                    let _ = writeln!(out, "  {label}{}", paint.code(code));
                }
            }
            told.push((fix, &first.code));
        }
    }
}

/// The lines for the server that answers, where it is known, and for larder.
fn lines_for<'f>(finding: &'f Finding, server: Option<&str>) -> Vec<(&'static str, &'f str)> {
    let server = server.unwrap_or_default().to_ascii_lowercase();
    let all = [
        ("nginx", finding.lines.nginx),
        ("Caddy", finding.lines.caddy),
        ("larder", finding.lines.larder),
    ];
    let known = ["nginx", "caddy", "larder"]
        .into_iter()
        .find(|name| server.starts_with(name));
    all.into_iter()
        .filter(|(name, text)| {
            let wanted = known.is_none_or(|known| {
                name.eq_ignore_ascii_case(known) || name.eq_ignore_ascii_case("larder")
            });
            wanted && !text.is_empty()
        })
        .collect()
}

/// The path of a URL on the checked host; anything else as it is.
fn place<'f>(finding: &'f Finding, checked: &Checked) -> &'f str {
    let host = checked
        .target
        .match_indices('/')
        .nth(2)
        .map_or(checked.target.as_str(), |(at, _)| &checked.target[..at]);
    match finding.url.strip_prefix(host) {
        Some(path) if path.starts_with('/') => path,
        _ => &finding.url,
    }
}

fn summary(findings: &[Finding], paint: Paint) -> String {
    let count = |level: Level| blocks(findings, level).len();
    let mut parts = Vec::new();
    for (level, one, many) in [
        (Level::Error, "error", "errors"),
        (Level::Warning, "warning", "warnings"),
        (Level::Note, "note", "notes"),
    ] {
        match count(level) {
            0 => {}
            1 => parts.push(paint.level(level, &format!("1 {one}"))),
            more => parts.push(paint.level(level, &format!("{more} {many}"))),
        }
    }
    let good = count(Level::Good);
    if good > 0 {
        let text = format!(
            "{good} {} right",
            if good == 1 { "thing" } else { "things" }
        );
        parts.push(paint.level(Level::Good, &text));
    }
    if parts.is_empty() {
        return "nothing to tell".to_owned();
    }
    parts.join(", ")
}

/// Breaks between words, with `indent` blanks before every line but what the first already has.
fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let blanks = " ".repeat(indent);
    let (mut out, mut column) = (blanks.clone(), indent);
    for (number, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if number > 0 {
            if column + 1 + length > width {
                out.push('\n');
                out.push_str(&blanks);
                column = indent;
            } else {
                out.push(' ');
                column += 1;
            }
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// Colour, where somebody wants it, and the columns there are.
#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
    width: usize,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    fn code(self, text: &str) -> String {
        self.with("36", text)
    }

    fn level(self, level: Level, text: &str) -> String {
        let code = match level {
            Level::Error => "1;31",
            Level::Warning => "1;33",
            Level::Note => "1;34",
            Level::Good => "1;32",
        };
        self.with(code, text)
    }
}
