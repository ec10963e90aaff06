//! Targeted cache-control fields: directives for one class of caches only.
//!
//! `CDN-Cache-Control` and its relatives are structured dictionaries, not the
//! grammar of `Cache-Control`: names are lower case, numbers are integers, of two
//! members with one name the last counts, and one syntax error makes a cache ignore
//! the whole field. What was read is the same [`CacheControl`], with the same conflicts.
//!
//! `Surrogate-Control` looks alike and is not one: it predates RFC 9213 and has its own grammar.
//!
//! RFC 9213 §2.1, §2.2, §3.1; RFC 9651 §3.2, §4.2.
//!
//! Uses: `cache_control` · Never: the lenient reading of `Cache-Control`.

use std::ops::Range;

use super::cache_control::{
    CacheControl, DeltaSeconds, Directive, DirectiveName, Extension, Problem, ProblemKind,
};
use super::fields::FieldName;

mod dictionary;

use dictionary::{BareItem, Member};

/// Targeted fields in use, and who reads them.
pub const KNOWN: [(&str, &str); 5] = [
    ("CDN-Cache-Control", "every CDN that follows RFC 9213"),
    ("Akamai-Cache-Control", "Akamai"),
    ("Cloudflare-CDN-Cache-Control", "Cloudflare"),
    ("Netlify-CDN-Cache-Control", "Netlify"),
    ("Vercel-CDN-Cache-Control", "Vercel"),
];

/// Is this the name of a targeted field: `…-Cache-Control` with something in front?
pub fn is_targeted(name: &str) -> bool {
    const SUFFIX: &[u8] = b"-cache-control";
    let bytes = name.as_bytes();
    bytes.len() > SUFFIX.len() && bytes[bytes.len() - SUFFIX.len()..].eq_ignore_ascii_case(SUFFIX)
}

/// Who reads the field of this name, when we know.
pub fn reader_of(name: &str) -> Option<&'static str> {
    KNOWN
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, reader)| *reader)
}

/// Everything in a targeted field's value that a cache will use, and every problem.
///
/// `None` when a cache must ignore the whole field: it is empty or not a structured dictionary
/// (RFC 9213 §2.1), and the next field of the target list, at last `Cache-Control`, decides.
pub fn parse(text: &str) -> (Option<CacheControl>, Vec<Problem>) {
    let members = match dictionary::parse(text) {
        Ok(members) if members.is_empty() => {
            return ignored("the targeted field is empty", 0..text.len());
        }
        Ok(members) => members,
        Err(error) => return ignored(error.reason, error.at..text.len()),
    };
    let mut control = CacheControl::new();
    let mut problems = Vec::new();
    for member in members {
        let (directive, problem) = directive_of(&member);
        problems.extend(problem.map(|kind| Problem {
            kind,
            span: member.span.clone(),
        }));
        let Some(directive) = directive else { continue };
        if control.take(&directive) {
            let name = member.key.to_owned();
            problems.push(Problem {
                kind: ProblemKind::Duplicate { name },
                span: member.span.clone(),
            });
        }
        control.insert(directive, member.span);
    }
    (Some(control), problems)
}

fn ignored(reason: &'static str, span: Range<usize>) -> (Option<CacheControl>, Vec<Problem>) {
    let kind = ProblemKind::NotADictionary { reason };
    (None, vec![Problem { kind, span }])
}

/// What a member says. A value of the wrong type makes a cache ignore that member alone.
fn directive_of(member: &Member<'_>) -> (Option<Directive>, Option<ProblemKind>) {
    let Some(name) = DirectiveName::parse(member.key) else {
        return extension_of(member);
    };
    let garbage = |argument: String| {
        let kind = ProblemKind::GarbageArgument { name, argument };
        (None, Some(kind))
    };
    let takes_seconds = Directive::plain(name).is_none();
    match &member.value {
        BareItem::Boolean(true) => match Directive::plain(name) {
            Some(directive) => (Some(directive), None),
            None => (None, Some(ProblemKind::MissingArgument(name))),
        },
        BareItem::Integer(number) if takes_seconds => match u64::try_from(*number) {
            Ok(number) => {
                let seconds = DeltaSeconds::new(number);
                let overflow = number > u64::from(DeltaSeconds::MAX.get());
                let problem = overflow.then_some(ProblemKind::Overflow(name));
                (Directive::with_seconds(name, seconds), problem)
            }
            Err(_) => garbage(number.to_string()),
        },
        BareItem::String(names)
            if matches!(name, DirectiveName::NoCache | DirectiveName::Private) =>
        {
            let fields: Result<Vec<_>, _> = names
                .split(',')
                .map(|name| FieldName::parse(name.trim()))
                .collect();
            match (fields, name) {
                (Ok(fields), DirectiveName::NoCache) => (Some(Directive::NoCache(fields)), None),
                (Ok(fields), _) => (Some(Directive::Private(fields)), None),
                (Err(_), _) => garbage(names.clone()),
            }
        }
        other if takes_seconds => garbage(other.to_string()),
        _ => (None, Some(ProblemKind::UnexpectedArgument(name))),
    }
}

fn extension_of(member: &Member<'_>) -> (Option<Directive>, Option<ProblemKind>) {
    let argument = match &member.value {
        BareItem::Boolean(true) => None,
        other => Some(other.to_string()),
    };
    let problem = ProblemKind::UnknownDirective {
        name: member.key.to_owned(),
        nearest: DirectiveName::nearest(member.key),
    };
    let directive = Extension::new(member.key, argument.as_deref())
        .ok()
        .map(Directive::Extension);
    (directive, Some(problem))
}

#[cfg(test)]
mod tests;
