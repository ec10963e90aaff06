//! What a cache reads of a response, read once.
//!
//! Lenient where caches are: several lines count as one list, an unreadable date is a date in the past, a weekday that lies is no date.
//!
//! Implements RFC 9111 §5.1 (Age), §5.2 (Cache-Control), §5.3 (Expires), RFC 9213 §2.2 (targeted fields), RFC 9110 §6.6.1 (Date).
//!
//! Uses: `cache_control`, `targeted`, `entity_tag`, `http_date`, `fields` · Never: decisions

use super::Vary;
use crate::http::{
    CacheControl, DeltaSeconds, DirectiveName, EntityTag, FieldSource, HttpDate, Problem,
    ProblemKind, Validators, list, names, targeted,
};

/// The date after which a response is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expires {
    /// This one.
    At(HttpDate),
    /// No date of HTTP, above all `0`: in the past (RFC 9111 §5.3).
    Invalid,
}

/// A response as a cache sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Its status code.
    pub status: u16,
    /// Its directives: of `Cache-Control`, or of the targeted field that stands before it.
    pub control: CacheControl,
    /// The name of the field the directives are from; `None` when there is none.
    pub governed_by: Option<String>,
    /// Is there a lifetime that cannot be read? Then it counts as none at all (RFC 9111 §4.2.1).
    pub has_unreadable_lifetime: bool,
    /// `Expires`, which counts only without `max-age`.
    pub expires: Option<Expires>,
    /// `Date`, or else the time at which it was received (RFC 9110 §6.6.1).
    pub date: HttpDate,
    /// `Age`, zero without it.
    pub age: DeltaSeconds,
    /// What it can be validated with.
    pub validators: Validators,
    /// Which fields of a request select it.
    pub vary: Vary,
}

impl Response {
    /// Reads a response that was received at `now`, as caches do that know of no targeted field: browsers are among them.
    pub fn read(status: u16, fields: &impl FieldSource, now: HttpDate) -> Self {
        Self::read_targeted(status, fields, &[], now)
    }

    /// Reads it as a cache does that prefers the fields of `target_list`, the first of them that is there and valid (RFC 9213 §2.2).
    pub fn read_targeted(
        status: u16,
        fields: &impl FieldSource,
        target_list: &[&str],
        now: HttpDate,
    ) -> Self {
        let targeted = target_list.iter().find_map(|name| {
            let text = joined(fields, name)?;
            let (control, problems) = targeted::parse(&text);
            Some(((*name).to_owned(), control?, problems))
        });
        let is_targeted = targeted.is_some();
        let (governed_by, control, problems) = match targeted {
            Some((name, control, problems)) => (Some(name), control, problems),
            None => match joined(fields, names::CACHE_CONTROL) {
                Some(text) => {
                    let (control, problems) = CacheControl::parse(&text);
                    (Some(names::CACHE_CONTROL.to_owned()), control, problems)
                }
                None => (None, CacheControl::new(), Vec::new()),
            },
        };
        // A targeted field stands for `Expires`, too (RFC 9213 §2.2).
        let expires = fields
            .lines(names::EXPIRES)
            .next()
            .filter(|_| !is_targeted)
            .map(|value| HttpDate::parse(value, now).map_or(Expires::Invalid, Expires::At));
        Self {
            status,
            has_unreadable_lifetime: problems.iter().any(is_unreadable_lifetime),
            control,
            governed_by,
            expires,
            date: date(fields, names::DATE, now).unwrap_or(now),
            age: age(fields),
            validators: Validators {
                entity_tag: fields
                    .only_line(names::ETAG)
                    .and_then(|value| EntityTag::parse(std::str::from_utf8(value).ok()?).ok()),
                last_modified: date(fields, names::LAST_MODIFIED, now),
            },
            vary: Vary::read(fields),
        }
    }
}

/// All lines of a field as one list (RFC 9110 §5.2); bytes that are no text become something no directive has.
fn joined(fields: &impl FieldSource, name: &str) -> Option<String> {
    let lines: Vec<_> = fields
        .lines(name)
        .map(|line| String::from_utf8_lossy(line))
        .collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

fn date(fields: &impl FieldSource, name: &str, now: HttpDate) -> Option<HttpDate> {
    HttpDate::parse(fields.lines(name).next()?, now).ok()
}

/// Of a list the first member counts; what is no number says nothing (RFC 9111 §5.1).
fn age(fields: &impl FieldSource) -> DeltaSeconds {
    let first = fields
        .lines(names::AGE)
        .next()
        .and_then(|line| list::split(line, b',').next());
    first
        .and_then(|member| std::str::from_utf8(member).ok())
        .and_then(|text| DeltaSeconds::parse(text).ok())
        .unwrap_or(DeltaSeconds::ZERO)
}

fn is_unreadable_lifetime(problem: &Problem) -> bool {
    let lifetimes = [DirectiveName::MaxAge, DirectiveName::SMaxage];
    match &problem.kind {
        ProblemKind::GarbageArgument { name, .. } | ProblemKind::MissingArgument(name) => {
            lifetimes.contains(name)
        }
        _ => false,
    }
}
