//! Conditional requests: may the method go on, is nothing new, or has a condition failed?
//!
//! Four of the five conditions, in the one order in which the RFC evaluates them; the fifth,
//! `If-Range`, decides about a part of the content and lives with `range`.
//!
//! RFC 9110 §13.1.1 to §13.1.4, §13.2.1, §13.2.2.
//!
//! Uses: `fields`, `entity_tag`, `http_date`, `validators` · Never: status codes, replies.

use super::entity_tag::{Comparison, Listed, compare_list};
use super::fields::{FieldSource, names};
use super::{HttpDate, Validators};

/// What the conditions of a request say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precondition {
    /// Go on with the method; step 5 looks at `Range`.
    Proceed,
    /// Answer 304: the client has the current representation.
    NotModified,
    /// Answer 412.
    Failed,
}

/// The two kinds of method that conditions tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MethodKind {
    /// GET or HEAD.
    GetOrHead,
    /// Every other method.
    Other,
}

/// The conditions of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preconditions;

impl Preconditions {
    /// Evaluates the conditions in the order of §13.2.2.
    ///
    /// `current` is `None` when there is no current representation. Ask only when the answer
    /// without conditions would be 2xx or 412 (§13.2.1): a missing resource stays 404.
    /// `now` is needed to read two-digit years.
    pub fn evaluate(
        fields: &impl FieldSource,
        method: MethodKind,
        current: Option<&Validators>,
        now: HttpDate,
    ) -> Precondition {
        let tag = current.and_then(|validators| validators.entity_tag.as_ref());
        let last_modified = current.and_then(|validators| validators.last_modified);
        // `None` where there is no such field.
        let listed = |name, comparison| {
            let mut lines = fields.lines(name).peekable();
            lines.peek()?;
            Some(match compare_list(lines, tag, comparison) {
                Listed::Any => current.is_some(),
                Listed::Current => true,
                Listed::Other => false,
            })
        };
        // A date that cannot be read, or comes twice, is no condition (§13.1.3, §13.1.4).
        let date = |name| HttpDate::parse(fields.only_line(name)?, now).ok();

        // 1. If-Match: if false, 412; if true, go to step 3. Only without it:
        match listed(names::IF_MATCH, Comparison::Strong) {
            Some(false) => return Precondition::Failed,
            Some(true) => {}
            // 2. If-Unmodified-Since: if false, 412. Without a modification date there is nothing to compare.
            None => {
                if let Some(modified) = last_modified
                    && date(names::IF_UNMODIFIED_SINCE).is_some_and(|since| modified > since)
                {
                    return Precondition::Failed;
                }
            }
        }

        // 3. If-None-Match: if false, 304 for GET and HEAD, 412 for others; if true, go to step 5. Only without it:
        match (listed(names::IF_NONE_MATCH, Comparison::Weak), method) {
            (Some(true), MethodKind::GetOrHead) => return Precondition::NotModified,
            (Some(true), MethodKind::Other) => return Precondition::Failed,
            (Some(false), _) | (None, MethodKind::Other) => {}
            // 4. If-Modified-Since, for GET and HEAD only: if false, 304.
            (None, MethodKind::GetOrHead) => {
                if let Some(modified) = last_modified
                    && date(names::IF_MODIFIED_SINCE).is_some_and(|since| modified <= since)
                {
                    return Precondition::NotModified;
                }
            }
        }

        // 5. If-Range belongs to `RangeRequest::evaluate`. 6. Otherwise perform the method.
        Precondition::Proceed
    }
}

#[cfg(test)]
mod tests;
