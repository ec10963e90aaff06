//! Findings as text for people, and as JSON for programs.
//!
//! The text is miette's drawing of the source with its `file:line:column`; the width is fixed, so that the same findings give the same
//! text on every machine. The JSON is one object a line.
//!
//! Uses: miette, `serde_json` · Never: the terminal, the environment

use std::borrow::Cow;
use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};
use serde_json::{Value, json};

use super::{Diagnostic, LineColumn, Severity};

/// How findings are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For people.
    Text {
        /// Whether to use terminal colours.
        colour: bool,
    },
    /// For programs: one JSON object a line.
    Json,
}

/// Columns after which text is wrapped.
const WIDTH: usize = 120;

/// Writes the findings down, in the order given. `source` is the text named `file_name`; a finding that names another file in
/// [`Diagnostic::file`] is drawn without its source.
pub fn render(diagnostics: &[Diagnostic], file_name: &str, source: &str, style: Style) -> String {
    let mut out = String::new();
    let shown = printable(source);
    match style {
        Style::Text { colour } => {
            let theme = if colour {
                GraphicalTheme::unicode()
            } else {
                GraphicalTheme::unicode_nocolor()
            };
            let handler = GraphicalReportHandler::new_themed(theme)
                .with_width(WIDTH)
                .with_links(false)
                .with_context_lines(1);
            for diagnostic in diagnostics {
                let drawn = Drawn::new(diagnostic, file_name, &shown);
                if handler.render_report(&mut out, &drawn).is_err() {
                    // Every label lies inside the source, so this cannot happen; if it does, the words matter more than the drawing.
                    out.push_str(&diagnostic.message);
                }
                out.push('\n');
            }
        }
        Style::Json => {
            for diagnostic in diagnostics {
                out.push_str(&to_json(diagnostic, file_name, source).to_string());
                out.push('\n');
            }
        }
    }
    out
}

/// The text without what a terminal would obey instead of showing. Every character is replaced by one of the same length, so that spans
/// still fit.
fn printable(text: &str) -> Cow<'_, str> {
    let replaced = |character: char| match character {
        '\n' | '\t' => character,
        '\r' => ' ',
        _ if !character.is_control() => character,
        _ if character.len_utf8() == 1 => '?',
        _ => '¿',
    };
    if text
        .chars()
        .all(|character| replaced(character) == character)
    {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(replaced).collect())
    }
}

fn to_json(diagnostic: &Diagnostic, file_name: &str, source: &str) -> Value {
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let mut value =
                json!({"start": label.span.start, "end": label.span.end, "text": label.text});
            if diagnostic.file.is_none() {
                let place = LineColumn::of(source, label.span.start);
                value["line"] = json!(place.line);
                value["column"] = json!(place.column);
            }
            value
        })
        .collect();
    json!({
        "code": diagnostic.code.as_str(),
        "severity": diagnostic.severity.as_str(),
        "message": diagnostic.message,
        "file": diagnostic.file.as_deref().unwrap_or(file_name),
        "labels": labels,
        "help": diagnostic.help,
        "spec": diagnostic.spec,
    })
}

/// One finding in the shape miette draws.
#[derive(Debug)]
struct Drawn<'d> {
    diagnostic: &'d Diagnostic,
    source: Option<WholeLines<'d>>,
    labels: Vec<LabeledSpan>,
}

/// A source of which the lines a label touches are drawn, whole and no others: a policy's keys stand by themselves.
#[derive(Debug)]
struct WholeLines<'s> {
    name: &'s str,
    text: &'s str,
}

impl SourceCode for WholeLines<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let bytes = self.text.as_bytes();
        let (from, to) = (
            span.offset().min(bytes.len()),
            (span.offset() + span.len()).min(bytes.len()),
        );
        let is_break = |byte: &u8| *byte == b'\n';
        let start = bytes[..from]
            .iter()
            .rposition(is_break)
            .map_or(0, |place| place + 1);
        let end = bytes[to..]
            .iter()
            .position(is_break)
            .map_or(bytes.len(), |place| to + place);
        let line = bytes[..start].iter().filter(|byte| is_break(byte)).count();
        let lines = 1 + bytes[start..end]
            .iter()
            .filter(|byte| is_break(byte))
            .count();
        let stretch = SourceSpan::from((start, end - start));
        // miette asks with context for what to draw, and without for the place to name.
        let column = if before == 0 {
            LineColumn::of(self.text, from).column - 1
        } else {
            0
        };
        let name = self.name.to_owned();
        Ok(Box::new(MietteSpanContents::new_named(
            name,
            &bytes[start..end],
            stretch,
            line,
            column,
            lines,
        )))
    }
}

impl<'d> Drawn<'d> {
    fn new(diagnostic: &'d Diagnostic, file_name: &'d str, source: &'d str) -> Self {
        if diagnostic.file.is_some() {
            return Self {
                diagnostic,
                source: None,
                labels: Vec::new(),
            };
        }
        let labels = diagnostic
            .labels
            .iter()
            .enumerate()
            .map(|(place, label)| {
                let start = label.span.start.min(source.len());
                let length = label.span.end.min(source.len()).saturating_sub(start);
                let text = Some(label.text.clone()).filter(|text| !text.is_empty());
                let make = if place == 0 {
                    LabeledSpan::new_primary_with_span
                } else {
                    LabeledSpan::new_with_span
                };
                make(text, (start, length))
            })
            .collect();
        Self {
            diagnostic,
            source: Some(WholeLines {
                name: file_name,
                text: source,
            }),
            labels,
        }
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.diagnostic.file {
            write!(formatter, "{file}: ")?;
        }
        formatter.write_str(&printable(&self.diagnostic.message))
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Advice => miette::Severity::Advice,
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = match (&self.diagnostic.help, &self.diagnostic.spec) {
            (Some(help), Some(spec)) => format!("{help} ({spec})"),
            (Some(help), None) => help.clone(),
            (None, Some(spec)) => format!("see {spec}"),
            (None, None) => return None,
        };
        Some(Box::new(printable(&help).into_owned()))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Span};
    use super::*;

    const SOURCE: &str = "[site]\né é é  spaa = true\n";

    fn finding() -> Diagnostic {
        Diagnostic::error(Code::UnknownKey, "there is no key `spaa` in `[site]`")
            .label(Span::new(17, 21), "unknown")
            .help("write `spa`")
    }

    #[test]
    fn text_names_file_line_and_column() {
        let text = render(
            &[finding()],
            "policy.toml",
            SOURCE,
            Style::Text { colour: false },
        );
        assert!(text.contains("policy.toml:2:8"), "{text}");
        assert!(text.contains("policy/unknown-key"), "{text}");
        assert!(text.contains("help: write `spa`"), "{text}");
    }

    #[test]
    fn text_has_no_colour_unless_asked() {
        let plain = render(
            &[finding()],
            "policy.toml",
            SOURCE,
            Style::Text { colour: false },
        );
        let coloured = render(
            &[finding()],
            "policy.toml",
            SOURCE,
            Style::Text { colour: true },
        );
        assert!(!plain.contains('\u{1b}'));
        assert!(coloured.contains('\u{1b}'));
    }

    #[test]
    fn text_never_carries_what_a_terminal_would_obey() {
        let source = "a\u{1b}[31m\u{9b}2J = 1\r\n";
        let finding = Diagnostic::error(Code::BadValue, "odd \u{1b}[2J")
            .label(Span::new(0, 1), "")
            .help("\u{7}");
        let text = render(
            &[finding],
            "policy.toml",
            source,
            Style::Text { colour: false },
        );
        assert!(
            !text
                .chars()
                .any(|character| character.is_control() && character != '\n'),
            "{text:?}"
        );
    }

    #[test]
    fn json_is_one_object_a_line_with_places() {
        let text = render(&[finding(), finding()], "policy.toml", SOURCE, Style::Json);
        assert_eq!(text.lines().count(), 2);
        let value: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(value["labels"][0]["line"], 2);
        assert_eq!(value["severity"], "error");
    }

    #[test]
    fn a_label_past_the_end_is_drawn_at_the_end() {
        let stray = Diagnostic::error(Code::Syntax, "cut short").label(Span::new(500, 900), "");
        assert!(
            render(
                &[stray],
                "policy.toml",
                SOURCE,
                Style::Text { colour: false }
            )
            .contains("cut short")
        );
    }

    #[test]
    fn a_finding_about_another_file_says_so() {
        let other = Diagnostic::warning(Code::BadValue, "odd")
            .in_file("/a.css")
            .label(Span::new(0, 1), "");
        assert!(
            render(
                &[other],
                "policy.toml",
                SOURCE,
                Style::Text { colour: false }
            )
            .contains("/a.css: odd")
        );
    }
}
