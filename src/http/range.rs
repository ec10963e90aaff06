//! Range requests: which bytes of the content, or all of them and why.
//!
//! A range is an offer the server may decline, so whatever is odd is answered with the
//! whole content; only a well-formed set that lies outside it is an error of the client. A set is
//! read with a ceiling and never answered with more bytes than about twice the content.
//!
//! RFC 9110 §13.1.5 (If-Range), §14.1.1, §14.1.2, §14.2, §14.4, §17.15.
//!
//! Uses: `fields`, `entity_tag`, `http_date`, `validators` · Never: the content, multipart framing.

use super::fields::{FieldSource, FieldValue, names};
use super::list;
use super::{HttpDate, Validators};

/// Most members of a range set that are read; Go and Apache draw the line at the same number.
pub const MAX_SPECS: usize = 200;
/// Most parts of one answer: viewers of documents and media ask for a handful, attacks for hundreds.
pub const MAX_PARTS: usize = 16;
/// What a part costs besides its content: boundary, `Content-Type`, `Content-Range`.
const PART_OVERHEAD: u64 = 128;

/// A part of the content, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteRange {
    /// Offset of the first byte.
    pub first: u64,
    /// Offset of the last byte, not before `first`.
    pub last: u64,
}

#[expect(
    clippy::len_without_is_empty,
    reason = "a byte range holds at least one byte"
)]
impl ByteRange {
    /// Number of bytes, at least one.
    pub const fn len(self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }

    /// The value of `Content-Range` for content of `total` bytes.
    pub fn content_range(self, total: u64) -> FieldValue {
        let text = format!("bytes {}-{}/{total}", self.first, self.last);
        FieldValue::written(&text)
    }

    /// The value of `Content-Range` that goes with 416.
    pub fn unsatisfied(total: u64) -> FieldValue {
        FieldValue::written(&format!("bytes */{total}"))
    }
}

/// Why the whole content is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WholeReason {
    /// There is no `Range`.
    NotAsked,
    /// `If-Range` does not name the current representation.
    IfRangeFalse,
    /// A unit other than `bytes`.
    UnknownUnit,
    /// Not a range set, or two field lines.
    Malformed,
    /// More than [`MAX_SPECS`] members, or more than [`MAX_PARTS`] parts.
    TooMany,
    /// The parts together would cost more than the whole.
    TooMuch,
    /// There are no bytes to choose from.
    EmptyContent,
    /// Several parts of content in a coding: a multipart of them is not in that coding (§8.4).
    Coded,
}

/// The answer to a range request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ranges {
    /// 200 with everything.
    Whole(WholeReason),
    /// 206 with one part.
    Single(ByteRange),
    /// 206 with several parts, in the order asked for unless some were joined.
    Several(Vec<ByteRange>),
    /// 416.
    Unsatisfiable,
}

/// A request for parts of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeRequest;

impl RangeRequest {
    /// Evaluates `Range` and `If-Range` for the selected representation, `length` bytes long.
    ///
    /// Ask for GET only (§14.2), and after [`Preconditions`](super::Preconditions) said to proceed.
    pub fn evaluate(
        fields: &impl FieldSource,
        validators: &Validators,
        length: u64,
        now: HttpDate,
    ) -> Ranges {
        if !fields.has_field(names::RANGE) {
            return Ranges::Whole(WholeReason::NotAsked);
        }
        // §13.2.2 step 5: Range counts only when If-Range, if there is one, is true.
        if fields.has_field(names::IF_RANGE)
            && !fields
                .only_line(names::IF_RANGE)
                .is_some_and(|value| if_range_holds(value, validators, now))
        {
            return Ranges::Whole(WholeReason::IfRangeFalse);
        }
        let Some(line) = fields.only_line(names::RANGE) else {
            return Ranges::Whole(WholeReason::Malformed);
        };
        select(line, length).unwrap_or_else(Ranges::Whole)
    }
}

/// §13.1.5: strong comparison for a tag, exact sameness for a date that is a strong validator.
fn if_range_holds(value: &[u8], validators: &Validators, now: HttpDate) -> bool {
    let value = list::trim(value);
    // A date has no quote among its first three characters, a tag always has.
    if value.iter().take(3).any(|&byte| byte == b'"') {
        return validators
            .entity_tag
            .as_ref()
            .is_some_and(|tag| tag.is_strongly(value));
    }
    let (Ok(date), Some(modified)) = (HttpDate::parse(value, now), validators.last_modified) else {
        return false;
    };
    // §8.8.2.2: within the second it names, the content could still change and keep its date.
    date == modified && modified < now
}

/// One member of the set as it was written.
#[derive(Debug, Clone, Copy)]
enum Spec {
    From { first: u64, last: Option<u64> },
    Suffix { length: u64 },
}

fn select(line: &[u8], length: u64) -> Result<Ranges, WholeReason> {
    let line = list::trim(line);
    let equals = line
        .iter()
        .position(|&byte| byte == b'=')
        .ok_or(WholeReason::Malformed)?;
    let (unit, set) = (&line[..equals], &line[equals + 1..]);
    if !unit.eq_ignore_ascii_case(b"bytes") {
        return Err(if list::is_token(unit) {
            WholeReason::UnknownUnit
        } else {
            WholeReason::Malformed
        });
    }
    let mut ranges = Vec::new();
    let (mut specs, mut members, mut requested) = (0usize, 0usize, 0u64);
    for member in list::split(set, b',') {
        members += 1;
        if members > MAX_SPECS {
            return Err(WholeReason::TooMany);
        }
        if member.is_empty() {
            continue;
        }
        specs += 1;
        let spec = parse_spec(member).ok_or(WholeReason::Malformed)?;
        if length == 0 && matches!(spec, Spec::Suffix { length: 1.. }) {
            // Satisfiable by §14.1.2, but Content-Range cannot name a part of nothing.
            return Err(WholeReason::EmptyContent);
        }
        if let Some(range) = resolve(spec, length) {
            requested = requested.saturating_add(range.len());
            ranges.push(range);
        }
    }
    match (specs, ranges[..].as_ref()) {
        (0, _) => Err(WholeReason::Malformed),
        (_, []) => Ok(Ranges::Unsatisfiable),
        (_, [range]) => Ok(Ranges::Single(*range)),
        // §17.15: overlapping ranges are how a small request asks for a large answer.
        _ if requested > length => Err(WholeReason::TooMuch),
        _ => several(ranges, length),
    }
}

fn several(asked: Vec<ByteRange>, length: u64) -> Result<Ranges, WholeReason> {
    let joined = coalesce(asked.clone());
    // §15.3.7.2: parts keep the order asked for, unless joining changed them.
    let parts = if joined.len() == asked.len() {
        asked
    } else {
        joined
    };
    if let [range] = parts[..] {
        return Ok(Ranges::Single(range));
    }
    if parts.len() > MAX_PARTS {
        return Err(WholeReason::TooMany);
    }
    let cost: u64 = parts
        .iter()
        .map(|range| range.len().saturating_add(PART_OVERHEAD))
        .fold(0, u64::saturating_add);
    if cost > length.saturating_mul(2) {
        return Err(WholeReason::TooMuch);
    }
    Ok(Ranges::Several(parts))
}

/// Joins ranges that overlap or touch; the result is sorted.
fn coalesce(mut ranges: Vec<ByteRange>) -> Vec<ByteRange> {
    ranges.sort_unstable();
    ranges.dedup_by(|next, kept| {
        let touches = next.first <= kept.last.saturating_add(1);
        if touches {
            kept.last = kept.last.max(next.last);
        }
        touches
    });
    ranges
}

fn parse_spec(member: &[u8]) -> Option<Spec> {
    let dash = member.iter().position(|&byte| byte == b'-')?;
    let (before, after) = (&member[..dash], &member[dash + 1..]);
    if before.is_empty() {
        return Some(Spec::Suffix {
            length: parse_position(after)?,
        });
    }
    let first = parse_position(before)?;
    if after.is_empty() {
        return Some(Spec::From { first, last: None });
    }
    let last = parse_position(after)?;
    // §14.1.1: a last position before the first makes the member, and so the set, invalid.
    (first <= last).then_some(Spec::From {
        first,
        last: Some(last),
    })
}

/// `1*DIGIT`; what does not fit is larger than any content, so it stays at the ceiling.
fn parse_position(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |number, &digit| {
        digit.is_ascii_digit().then(|| {
            number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
    })
}

/// The part of the content a member names; `None` when it names none.
fn resolve(spec: Spec, length: u64) -> Option<ByteRange> {
    let end = length.checked_sub(1)?;
    match spec {
        Spec::From { first, last } => (first <= end).then(|| ByteRange {
            first,
            last: last.unwrap_or(end).min(end),
        }),
        Spec::Suffix { length: 0 } => None,
        Spec::Suffix { length: suffix } => Some(ByteRange {
            first: length.saturating_sub(suffix),
            last: end,
        }),
    }
}

#[cfg(test)]
mod tests;
