//! Replacing some spans of some bytes, and touching nothing else.
//!
//! Uses: nothing · Never: files, clock

use std::ops::Range;

use bytes::Bytes;

/// One replacement. An empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The bytes to replace.
    pub(crate) span: Range<usize>,
    /// What to write there.
    pub(crate) text: String,
}

impl Edit {
    /// Writes `text` before the byte at `at`.
    pub(crate) fn insert(at: usize, text: String) -> Self {
        Self { span: at..at, text }
    }
}

/// The order of spans, which `Range` itself does not have.
fn key(edit: &Edit) -> (usize, usize) {
    (edit.span.start, edit.span.end)
}

/// Sorts `edits` and drops those that lie outside `length` or overlap an earlier one: in doubt the author's bytes stay.
pub(crate) fn normalise(mut edits: Vec<Edit>, length: usize) -> Vec<Edit> {
    edits.sort_by_key(key);
    edits.dedup();
    let mut end = 0;
    edits.retain(|edit| {
        let fits =
            edit.span.start >= end && edit.span.start <= edit.span.end && edit.span.end <= length;
        if fits {
            end = edit.span.end;
        }
        fits
    });
    edits
}

/// `original` with the `edits` made, which must be normal (see [`normalise`]). Without edits, the very same bytes.
pub(crate) fn splice(original: &Bytes, edits: &[Edit]) -> Bytes {
    if edits.is_empty() {
        return original.clone();
    }
    let growth: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut output = Vec::with_capacity(original.len() + growth);
    let mut at = 0;
    for edit in edits {
        output.extend_from_slice(&original[at..edit.span.start]);
        output.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end;
    }
    output.extend_from_slice(&original[at..]);
    output.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inserts_and_replaces_in_any_order() {
        let edits = normalise(
            vec![
                Edit {
                    span: 4..6,
                    text: "XY".into(),
                },
                Edit::insert(1, "-".into()),
            ],
            8,
        );
        assert_eq!(
            splice(&Bytes::from_static(b"abcdefgh"), &edits),
            "a-bcdXYgh"
        );
    }

    #[test]
    fn drops_what_overlaps_or_lies_outside() {
        let edits = normalise(
            vec![
                Edit {
                    span: 0..3,
                    text: "x".into(),
                },
                Edit {
                    span: 2..4,
                    text: "y".into(),
                },
                Edit::insert(9, "z".into()),
            ],
            4,
        );
        assert_eq!(splice(&Bytes::from_static(b"abcd"), &edits), "xd");
    }
}
