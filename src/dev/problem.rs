//! Something that is wrong with a site or its policy, as a person reads it: in the page and in the terminal.
//!
//! Uses: diagnostic, fingerprint, serde · Never: markup, printing

use serde::Serialize;

use crate::{
    diagnostic::{self, Diagnostic, LineColumn, wrap},
    fingerprint::{Trouble, Wrong},
    watch::Refused,
};

/// How much it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It does not work.
    Error,
    /// It works, and not as it was meant.
    Warning,
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// Its number, from 1.
    pub number: usize,
    /// Its text, or the part of it that matters.
    pub text: String,
    /// Where in that text it is wrong: a column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caret: Option<usize>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// How much it weighs.
    pub severity: Severity,
    /// What it is.
    pub title: String,
    /// Which file it is in, as a person names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The line, and those around it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excerpt: Vec<Excerpt>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// How many characters of a line are shown on either side of the place that matters.
const AROUND: usize = 90;

impl Problem {
    /// An error without a place.
    pub fn plain(title: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            title: title.into(),
            file: None,
            line: None,
            column: None,
            excerpt: Vec::new(),
            help: None,
        }
    }

    /// An error at a place in the text of `file`.
    fn at(title: String, file: &str, text: &str, place: LineColumn, help: String) -> Self {
        Self {
            file: Some(file.to_owned()),
            line: Some(place.line),
            column: Some(place.column),
            excerpt: excerpt(text, place),
            help: (!help.is_empty()).then_some(help),
            ..Self::plain(title)
        }
    }

    /// What `trouble` in the file at `path`, whose text is `text`, means; `nearest` is the path of the site that was perhaps meant.
    pub(super) fn of_trouble(
        path: &str,
        text: &str,
        trouble: &Trouble,
        nearest: Option<&str>,
    ) -> Self {
        let file = path.trim_start_matches('/');
        let place = characters(text, trouble);
        let (title, help) = match &trouble.wrong {
            Wrong::Missing(missing) => (
                format!("{file} names {missing}, and there is no such file"),
                match nearest {
                    Some(nearest) => format!("there is {nearest}: was that meant? Else make the file, or take the reference away"),
                    None => "make the file, or mend the reference; until then whoever loads the page gets a 404 for it".to_owned(),
                },
            ),
            Wrong::Syntax(reason) => (
                format!("{file} does not parse: {reason}"),
                "mend the script: a browser refuses it as a whole, and so whatever imports it".to_owned(),
            ),
        };
        Self::at(title, file, text, place, help)
    }

    /// What is wrong with a policy that was not taken.
    pub fn of_policy(refused: &Refused) -> Vec<Self> {
        let file = refused.file.display().to_string();
        if refused.diagnostics.is_empty() {
            return vec![Self {
                file: Some(file),
                ..Self::plain(refused.said.clone())
            }];
        }
        let mut problems: Vec<Self> = refused
            .diagnostics
            .iter()
            .map(|diagnostic| Self::of_diagnostic(diagnostic, &file, &refused.text))
            .collect();
        let first = problems
            .iter_mut()
            .find(|problem| problem.severity == Severity::Error);
        if let Some(problem) = first {
            let help = problem.help.take().unwrap_or_default();
            let until = format!("Until the policy has no errors, {}.", refused.instead);
            problem.help = Some(format!("{help}\n{until}").trim_start().to_owned());
        }
        problems
    }

    fn of_diagnostic(diagnostic: &Diagnostic, file: &str, text: &str) -> Self {
        let start = diagnostic
            .labels
            .first()
            .map_or(0, |label| label.span.start);
        let help = diagnostic.help.clone().unwrap_or_default();
        let problem = Self::at(
            diagnostic.message.clone(),
            file,
            text,
            LineColumn::of(text, start),
            help,
        );
        Self {
            severity: match diagnostic.severity {
                diagnostic::Severity::Error => Severity::Error,
                _ => Severity::Warning,
            },
            ..problem
        }
    }
}

/// The place of a trouble, whose column counts bytes, in characters.
fn characters(text: &str, trouble: &Trouble) -> LineColumn {
    let line = text
        .split('\n')
        .nth(trouble.position.line.saturating_sub(1))
        .unwrap_or_default();
    LineColumn {
        line: trouble.position.line,
        column: LineColumn::of(line, trouble.position.column.saturating_sub(1)).column,
    }
}

/// The line of `place`, the one before and the one after; of a long line what is around the place.
fn excerpt(text: &str, place: LineColumn) -> Vec<Excerpt> {
    let first = place.line.saturating_sub(1).max(1);
    text.split('\n')
        .enumerate()
        .map(|(number, line)| (number + 1, line.trim_end_matches('\r')))
        .skip(first - 1)
        .take_while(|(number, _)| *number <= place.line + 1)
        .filter(|(number, line)| *number <= place.line || !line.is_empty())
        .map(|(number, line)| {
            let column = if number == place.line {
                place.column
            } else {
                1
            };
            let start = column.saturating_sub(AROUND + 1);
            let text = line
                .chars()
                .skip(start)
                .take(2 * AROUND)
                .collect::<String>();
            Excerpt {
                number,
                text: text.replace('\t', " "),
                caret: (number == place.line).then_some(column - start),
            }
        })
        .collect()
}

impl Problem {
    /// As a terminal of so many columns shows it, in colour if that is wanted. What a terminal would obey instead of showing is replaced: names of files are
    /// hostile.
    pub fn to_text(&self, columns: usize, colour: bool) -> String {
        let paint = |text: &str, how: &str| {
            if colour {
                format!("\x1b[{how}m{text}\x1b[0m")
            } else {
                text.to_owned()
            }
        };
        let (mark, tone) = match self.severity {
            Severity::Error => ('×', "1;31"),
            Severity::Warning => ('!', "1;33"),
        };
        let title = wrap(&format!("{mark} {}", printable(&self.title)), columns);
        let mut lines = vec![paint(&title, tone)];
        if let Some(file) = &self.file {
            let mut place = format!("  {}", printable(file));
            if let (Some(line), Some(column)) = (self.line, self.column) {
                place = format!("{place}:{line}:{column}");
            }
            lines.push(paint(&place, "36"));
        }
        for line in &self.excerpt {
            let (text, caret) = line.within(columns.saturating_sub(MARGIN));
            let text = format!("  {:>5} │ {}", line.number, printable(&text));
            lines.push(text.trim_end().to_owned());
            if let Some(caret) = caret {
                let caret = paint(&format!("{:>caret$}", '▲'), tone);
                lines.push(format!("        │ {caret}"));
            }
        }
        if let Some(help) = &self.help {
            let label = "what to do:";
            let help = printable(help).replace('\n', "\n    ");
            let help = wrap(&format!("  {label} {help}"), columns);
            lines.push(help.replacen(label, &paint(label, "32"), 1));
        }
        lines.join("\n")
    }
}

/// What stands before each line of an excerpt, in columns.
const MARGIN: usize = 10;

impl Excerpt {
    /// As much of the line as fits into so many columns, around its caret; and where the caret is then.
    fn within(&self, columns: usize) -> (String, Option<usize>) {
        let length = self.text.chars().count();
        // Too narrow for anything: then it is broken by the terminal.
        let columns = columns.max(20);
        if length <= columns {
            return (self.text.clone(), self.caret);
        }
        let caret = self.caret.unwrap_or(1);
        let start = caret.saturating_sub(columns / 2 + 1).min(length - columns);
        let text = self.text.chars().skip(start).take(columns).collect();
        (text, self.caret.map(|caret| caret - start))
    }
}

fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' => character,
            _ if character.is_control() => '\u{FFFD}',
            _ => character,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Position;

    fn missing(line: usize, column: usize) -> Trouble {
        Trouble {
            position: Position { line, column },
            wrong: Wrong::Missing("/js/app.js".to_owned()),
        }
    }

    #[test]
    fn a_problem_is_shown_with_its_line_and_the_way_out() {
        let text = "<!doctype html>\n<script src=js/app.js></script>\n<p>";
        let problem = Problem::of_trouble("/index.html", text, &missing(2, 13), None);
        let expected = "\
× index.html names /js/app.js, and there is no such file
  index.html:2:13
      1 │ <!doctype html>
      2 │ <script src=js/app.js></script>
        │             ▲
      3 │ <p>
  what to do: make the file, or mend the reference; until then whoever loads the page gets a 404 for it";
        assert_eq!(problem.to_text(120, false), expected);
        let narrow = "\
× index.html names /js/app.js, and there
  is no such file
  index.html:2:13
      1 │ <!doctype html>
      2 │ <script src=js/app.js></script
        │             ▲
      3 │ <p>
  what to do: make the file, or mend the
    reference; until then whoever loads
    the page gets a 404 for it";
        assert_eq!(problem.to_text(40, false), narrow);
        let help = Some("do this.\nThen that.".to_owned());
        let in_two = Problem {
            help,
            ..problem.clone()
        }
        .to_text(120, false);
        assert!(
            in_two.ends_with("  what to do: do this.\n    Then that."),
            "{in_two}"
        );
        let painted = problem.to_text(120, true);
        assert!(painted.starts_with("\u{1b}[1;31m× "), "{painted}");
    }

    #[test]
    fn of_a_long_line_what_matters_is_shown() {
        let text = format!("{}<script src=a>{}", "é".repeat(500), "x".repeat(500));
        let problem = Problem::of_trouble("/i.html", &text, &missing(1, 2 * 500 + 9), None);
        assert_eq!(problem.column, Some(509), "in characters");
        let line = &problem.excerpt[0];
        assert_eq!(line.text.chars().count(), 2 * AROUND);
        let at = line.caret.unwrap() - 1;
        assert_eq!(
            line.text.chars().skip(at).take(3).collect::<String>(),
            "src"
        );
        let shown = problem.to_text(60, false);
        assert!(
            shown.lines().all(|line| line.chars().count() <= 60
                || line.starts_with("  what")
                || line.starts_with('×')),
            "{shown}"
        );
        let of_text = shown
            .lines()
            .position(|line| line.contains("src=a"))
            .unwrap();
        let at = |line: &str, what: &str| line[..line.find(what).unwrap()].chars().count();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(at(lines[of_text], "src"), at(lines[of_text + 1], "▲"));
    }

    #[test]
    fn a_name_cannot_move_the_cursor_of_the_terminal() {
        let problem = Problem::plain("\u{1b}[2Jgone\u{7}");
        assert_eq!(problem.to_text(80, false), "× \u{FFFD}[2Jgone\u{FFFD}");
    }
}
