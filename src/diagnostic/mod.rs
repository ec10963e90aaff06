//! What larder can say to a person: a finding with its code, its place in a source, and the way out.
//!
//! A finding is a value, not an error: whoever reads a source goes on after the first one and hands back all of them, so that an author
//! mends a policy in one round. Every text keeps to one order: what was found, what a cache or larder will do because of it (the labels
//! and the message), and what to write instead (the help).
//!
//! Specification: none of its own; a finding cites the section it stands on.
//!
//! Uses: std, miette, `serde_json` (rendering only) · Never: anything of ours, files, clock, environment
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

#[cfg(test)]
pub(crate) mod cases;
mod code;
mod place;
mod render;
mod sink;
mod wrap;

pub use code::Code;
pub use place::{LineColumn, Span};
pub use render::{Style, render};
pub use sink::Sink;
pub use wrap::wrap;

/// How much a finding weighs. The order is the order of weight: `Advice < Warning < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Everything works; there is something better.
    Advice,
    /// It runs as written, and probably not as meant.
    Warning,
    /// It cannot be what was meant; nothing starts with it.
    Error,
}

impl Severity {
    /// The word for it in text and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A stretch of the source, and what there is to say about exactly that stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where, in bytes of the source.
    pub span: Span,
    /// What is there; may be empty when the message says it all.
    pub text: String,
}

/// One finding.
///
/// # Examples
///
/// ```
/// # use larder::diagnostic::{Code, Diagnostic, Span};
/// let finding = Diagnostic::error(Code::UnknownKey, "there is no key `chache` here")
///     .label(Span::new(0, 6), "unknown key")
///     .help("the nearest known key is `cache`");
/// assert_eq!(finding.code.as_str(), "policy/unknown-key");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding; stable between releases.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What was found and what it means, one sentence without a full stop.
    pub message: String,
    /// The source the labels point into, when that is not the one being rendered (a site has many, a policy has one).
    pub file: Option<String>,
    /// Where it was found; the first one is the place that is named in one-line output.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// The section it stands on, such as `RFC 8246 §2`.
    pub spec: Option<String>,
}

impl Diagnostic {
    /// A finding of the given weight, without a place yet.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            file: None,
            labels: Vec::new(),
            help: None,
            spec: None,
        }
    }

    /// An error: see [`Severity::Error`].
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning: see [`Severity::Warning`].
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A piece of advice: see [`Severity::Advice`].
    pub fn advice(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Advice, message)
    }

    /// Names the source the labels point into.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Points at a stretch of the source.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Cites the section it stands on.
    #[must_use]
    pub fn spec(mut self, spec: impl Into<String>) -> Self {
        self.spec = Some(spec.into());
        self
    }

    /// Where the finding is, for ordering and one-line output: its first label.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}
