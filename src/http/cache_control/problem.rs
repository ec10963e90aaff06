//! What can be wrong with one directive, and what caches do about it.
//!
//! A problem is a value with a span, not an error: a field value with three
//! mistakes gives three of them. Which are worth stopping for is the policy's business.
//!
//! RFC 9111 §5.2, §5.2.2, §5.2.3, §4.2.1; RFC 9213 §2.1.
//!
//! Uses: `explanation` · Never: severity.

use std::ops::Range;

use super::super::explanation::{Explanation, Section};
use super::DirectiveName;

/// Something wrong with a field value, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The bytes it is about.
    pub span: Range<usize>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Not a directive at all.
    Malformed {
        /// The text as written, shortened.
        text: String,
    },
    /// A quoted string that does not end.
    UnclosedQuote,
    /// A directive no RFC we follow defines.
    UnknownDirective {
        /// As written.
        name: String,
        /// What was probably meant.
        nearest: Option<DirectiveName>,
    },
    /// A directive that only requests use.
    RequestDirective {
        /// As written, lower-cased.
        name: &'static str,
    },
    /// The directive needs seconds and has no argument.
    MissingArgument(DirectiveName),
    /// The argument cannot be read.
    GarbageArgument {
        /// Whose argument.
        name: DirectiveName,
        /// As written, shortened.
        argument: String,
    },
    /// The number is larger than 2^31.
    Overflow(DirectiveName),
    /// The directive takes no argument.
    UnexpectedArgument(DirectiveName),
    /// Seconds in quotes.
    QuotedArgument(DirectiveName),
    /// Field names without quotes.
    UnquotedFieldNames(DirectiveName),
    /// The directive was already written.
    Duplicate {
        /// As written.
        name: String,
    },
    /// Spaces around `=`.
    SpaceAroundEquals,
    /// A targeted field that is not a structured dictionary.
    NotADictionary {
        /// What stands there.
        reason: &'static str,
    },
}

impl Problem {
    /// What was found, what a cache will do, what to write instead.
    pub fn explain(&self) -> Explanation {
        const SYNTAX: Section = Section::new(9111, "5.2");
        let (found, effect, instead, section) = match &self.kind {
            ProblemKind::Malformed { text } => (
                format!("`{text}` is not a cache directive"),
                "Caches skip it, or give up on the whole field.",
                "directives separated by commas, each a name or name=argument".to_owned(),
                SYNTAX,
            ),
            ProblemKind::UnclosedQuote => (
                "a quoted argument does not end".to_owned(),
                "Everything after the quote is taken for its argument or thrown away.",
                "a closing quote".to_owned(),
                SYNTAX,
            ),
            ProblemKind::UnknownDirective { name, nearest } => (
                format!("unknown directive `{name}`"),
                "Caches ignore directives they do not know.",
                nearest.map_or_else(
                    || "one of the directives of RFC 9111, RFC 8246 or RFC 5861".to_owned(),
                    |nearest| format!("did you mean `{nearest}`?"),
                ),
                Section::new(9111, "5.2.3"),
            ),
            ProblemKind::RequestDirective { name } => (
                format!("`{name}` is a directive of requests"),
                "In a response, caches ignore it.",
                "nothing; leave it out".to_owned(),
                Section::new(9111, "5.2.1"),
            ),
            ProblemKind::MissingArgument(name) => (
                format!("`{name}` has no number of seconds"),
                "Caches ignore it, or take the response for stale.",
                format!("`{name}=60`, in seconds"),
                name.section(),
            ),
            ProblemKind::GarbageArgument { name, argument } => (
                format!("`{argument}` is no argument for `{name}`"),
                "Caches are encouraged to take a response with invalid freshness for stale; some ignore the directive.",
                match name {
                    DirectiveName::NoCache | DirectiveName::Private => {
                        format!("`{name}` alone, or `{name}=\"Field-Name\"`")
                    }
                    _ => format!("digits only, in seconds: `{name}=60`"),
                },
                Section::new(9111, "4.2.1"),
            ),
            ProblemKind::Overflow(name) => (
                format!("the number of `{name}` is larger than 2147483648"),
                "Caches take it for 2147483648 seconds, 68 years.",
                format!("`{name}=31536000`, a year, is as good as forever"),
                Section::new(9111, "1.2.2"),
            ),
            ProblemKind::UnexpectedArgument(name) => (
                format!("`{name}` takes no argument"),
                "Caches ignore the argument, or the directive with it.",
                format!("`{name}`"),
                name.section(),
            ),
            ProblemKind::QuotedArgument(name) => (
                format!("the number of `{name}` is in quotes"),
                "Some caches read it, some take it for invalid; a sender must not quote it.",
                format!("`{name}=60`, without quotes"),
                name.section(),
            ),
            ProblemKind::UnquotedFieldNames(name) => (
                format!("the field name of `{name}` is not in quotes"),
                "Many caches then read the directive as if it had no argument.",
                format!("`{name}=\"Field-Name\"`"),
                name.section(),
            ),
            ProblemKind::Duplicate { name } => (
                format!("`{name}` is written twice"),
                "Caches use the first, or the last, or take the response for stale.",
                format!("one `{name}`"),
                Section::new(9111, "4.2.1"),
            ),
            ProblemKind::SpaceAroundEquals => (
                "there is a space around `=`".to_owned(),
                "Caches take the name or the argument for invalid.",
                "no space: `max-age=60`".to_owned(),
                SYNTAX,
            ),
            ProblemKind::NotADictionary { reason } => (
                (*reason).to_owned(),
                "A cache must ignore the whole targeted field and use `Cache-Control`.",
                "a structured dictionary: lower-case names, `max-age=60, must-revalidate`"
                    .to_owned(),
                Section::new(9213, "2.1"),
            ),
        };
        Explanation {
            found,
            effect,
            instead,
            section,
        }
    }
}

/// Text to show in a message: the beginning, when it is long.
pub(in super::super) fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
