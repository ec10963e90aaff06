//! Text to directives, collecting every problem on the way.
//!
//! Splits at commas outside quotes, then reads each piece on its own, so that one
//! bad directive never hides the next.
//!
//! More permissive than the RFC: spaces around `=`, quoted seconds and unquoted field
//! names are read as meant, and reported.
//!
//! RFC 9111 §5.2; RFC 9110 §5.6.4.
//!
//! Uses: `fields` · Never: stopping at the first problem.

use std::ops::Range;

use super::super::fields::FieldName;
use super::super::list;
use super::directive::Takes;
use super::problem::shorten;
use super::{
    CacheControl, DeltaSeconds, Directive, DirectiveName, Extension, Problem, ProblemKind,
};

/// Directives that only make sense in requests (RFC 9111 §5.2.1).
const REQUEST_ONLY: [&str; 3] = ["max-stale", "min-fresh", "only-if-cached"];

pub(super) fn parse(text: &str) -> (CacheControl, Vec<Problem>) {
    let mut reader = Reader {
        control: CacheControl::new(),
        problems: Vec::new(),
    };
    for span in pieces(text) {
        reader.read(text, span);
    }
    (reader.control, reader.problems)
}

/// The spans between commas outside quotes, trimmed, without the empty ones.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    list::split(text.as_bytes(), b',')
        .map(|piece| {
            let start = piece.as_ptr() as usize - text.as_ptr() as usize;
            start..start + piece.len()
        })
        .filter(|span| !span.is_empty())
}

/// An argument as it was written.
struct Argument {
    value: String,
    quoted: bool,
    span: Range<usize>,
}

struct Reader {
    control: CacheControl,
    problems: Vec<Problem>,
}

impl Reader {
    fn report(&mut self, kind: ProblemKind, span: Range<usize>) {
        self.problems.push(Problem { kind, span });
    }

    fn read(&mut self, text: &str, span: Range<usize>) {
        let piece = &text[span.clone()];
        let (name, argument) = match piece.split_once('=') {
            None => (piece, None),
            Some((name, written)) => {
                let (bare_name, bare) = (name.trim_end(), written.trim_start());
                if bare_name.len() != name.len() || bare.len() != written.len() {
                    self.report(ProblemKind::SpaceAroundEquals, span.clone());
                }
                match unquote(bare) {
                    Ok((value, quoted)) => {
                        let argument_span = span.end - bare.len()..span.end;
                        let argument = Argument {
                            value,
                            quoted,
                            span: argument_span,
                        };
                        (bare_name, Some(argument))
                    }
                    Err(kind) => return self.report(kind, span),
                }
            }
        };
        if !list::is_token(name.as_bytes()) {
            let text = shorten(piece);
            return self.report(ProblemKind::Malformed { text }, span);
        }
        let directive = match DirectiveName::parse(name) {
            Some(name) => self.known(name, argument, &span),
            None => self.unknown(name, argument, &span),
        };
        if let Some(directive) = directive
            && !self.control.insert(directive, span.clone())
        {
            let name = name.to_owned();
            self.report(ProblemKind::Duplicate { name }, span);
        }
    }

    fn known(
        &mut self,
        name: DirectiveName,
        argument: Option<Argument>,
        span: &Range<usize>,
    ) -> Option<Directive> {
        match (name.takes(), argument) {
            (Takes::Seconds, None) => {
                self.report(ProblemKind::MissingArgument(name), span.clone());
                None
            }
            (Takes::Seconds, Some(argument)) => self.seconds(name, &argument),
            (Takes::FieldNames, Some(argument)) => self.field_names(name, &argument),
            (Takes::Nothing | Takes::FieldNames, None) => Directive::plain(name),
            (Takes::Nothing, Some(argument)) => {
                // The name is clear, so the directive counts: dropping `no-store=1` would be the worse guess.
                self.report(ProblemKind::UnexpectedArgument(name), argument.span);
                Directive::plain(name)
            }
        }
    }

    fn seconds(&mut self, name: DirectiveName, argument: &Argument) -> Option<Directive> {
        if argument.value.is_empty() {
            self.report(ProblemKind::MissingArgument(name), argument.span.clone());
            return None;
        }
        let Ok(seconds) = DeltaSeconds::parse(&argument.value) else {
            self.garbage(name, argument);
            return None;
        };
        if argument.quoted {
            self.report(ProblemKind::QuotedArgument(name), argument.span.clone());
        }
        let digits = argument.value.trim_start_matches('0');
        if seconds == DeltaSeconds::MAX && digits != "2147483648" {
            self.report(ProblemKind::Overflow(name), argument.span.clone());
        }
        Directive::with_seconds(name, seconds)
    }

    fn field_names(&mut self, name: DirectiveName, argument: &Argument) -> Option<Directive> {
        let names: Result<Vec<_>, _> = argument
            .value
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(FieldName::parse)
            .collect();
        match names {
            Ok(names) if !names.is_empty() => {
                if !argument.quoted {
                    self.report(ProblemKind::UnquotedFieldNames(name), argument.span.clone());
                }
                Some(match name {
                    DirectiveName::Private => Directive::Private(names),
                    _ => Directive::NoCache(names),
                })
            }
            _ => {
                // Without its argument the directive is stricter, never laxer.
                self.garbage(name, argument);
                Directive::plain(name)
            }
        }
    }

    fn garbage(&mut self, name: DirectiveName, argument: &Argument) {
        let kind = ProblemKind::GarbageArgument {
            name,
            argument: shorten(&argument.value),
        };
        self.report(kind, argument.span.clone());
    }

    fn unknown(
        &mut self,
        name: &str,
        argument: Option<Argument>,
        span: &Range<usize>,
    ) -> Option<Directive> {
        if let Some(name) = REQUEST_ONLY
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(name))
        {
            self.report(ProblemKind::RequestDirective { name }, span.clone());
            return None;
        }
        let argument = argument.map(|argument| argument.value);
        let Ok(extension) = Extension::new(name, argument.as_deref()) else {
            let text = shorten(name);
            self.report(ProblemKind::Malformed { text }, span.clone());
            return None;
        };
        let kind = ProblemKind::UnknownDirective {
            name: shorten(name),
            nearest: DirectiveName::nearest(name),
        };
        self.report(kind, span.start..span.start + name.len());
        Some(Directive::Extension(extension))
    }
}

/// The argument without quotes and escapes, and whether it had them.
fn unquote(written: &str) -> Result<(String, bool), ProblemKind> {
    let Some(inner) = written.strip_prefix('"') else {
        return Ok((written.to_owned(), false));
    };
    let mut value = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    loop {
        match characters.next() {
            None => return Err(ProblemKind::UnclosedQuote),
            Some('"') => break,
            Some('\\') => value.push(characters.next().ok_or(ProblemKind::UnclosedQuote)?),
            Some(character) => value.push(character),
        }
    }
    if characters.as_str().is_empty() {
        Ok((value, true))
    } else {
        let text = shorten(written);
        Err(ProblemKind::Malformed { text })
    }
}
