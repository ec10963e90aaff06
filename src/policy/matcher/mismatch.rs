//! Why a rule does not match: the condition that does not hold, and what it met instead.
//!
//! Uses: std · Never: request data

use std::fmt;

use super::super::Kind;
use super::{MediaPattern, PathGlobs, StatusPattern};

/// One condition that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch<'c> {
    /// What was served is of another kind.
    Kind {
        /// What it is.
        is: Kind,
        /// What the rule is about.
        wanted: &'c [Kind],
    },
    /// The status is another one.
    Status {
        /// What it is.
        is: u16,
        /// What the rule is about.
        wanted: &'c [StatusPattern],
    },
    /// The rule names no status, so it is about successes, and this is none.
    NoSuccess {
        /// The status.
        is: u16,
    },
    /// No glob matches the path of what was served.
    Path {
        /// Its path; `None` where no file was served.
        is: Option<&'c str>,
        /// The globs of the rule.
        wanted: &'c PathGlobs,
    },
    /// What was served is of another media type.
    Media {
        /// Its media type; `None` where no file was served.
        is: Option<&'c str>,
        /// What the rule is about.
        wanted: &'c [MediaPattern],
    },
}

impl fmt::Display for Mismatch<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { is, wanted } => write!(formatter, "kind is {is}, not {}", any(wanted)),
            Self::Status { is, wanted } => write!(formatter, "status is {is}, not {}", any(wanted)),
            Self::NoSuccess { is } => write!(
                formatter,
                "status is {is}, and a rule that names no status is about successes"
            ),
            Self::Path {
                is: Some(is),
                wanted,
            } => {
                write!(formatter, "path is {is}, not {}", any(wanted.written()))
            }
            Self::Media {
                is: Some(is),
                wanted,
            } => {
                write!(formatter, "media type is {is}, not {}", any(wanted))
            }
            Self::Path { is: None, .. } | Self::Media { is: None, .. } => {
                formatter.write_str("no file was served")
            }
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
fn any(wanted: &[impl fmt::Display]) -> String {
    let words: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "anything".to_owned(),
    }
}
