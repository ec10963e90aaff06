//! Source maps of edited scripts and style sheets.
//!
//! Inserting text in a line moves what follows on that line. Generated columns are written as differences, so exactly one number of the
//! map changes for each insertion: that of the first segment at or behind it. A map made of sections has a map for each stretch of the code, and
//! the columns at which the stretches begin move, too. Everything else stays byte for byte.
//!
//! Implements: ECMA-426 §4.1 (mappings, Base64 VLQ), §4.2 (sections). Uses: json, splice · Never: files, clock

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;

use super::class::Class;
use super::decide::{Decided, Decision};
use super::naming::Load;
use super::reference::{Place, Scanned};
use super::scan::json;
use super::site::{FileId, Site};
use super::splice::{Edit, normalise, splice};

/// Text inserted in generated code: in which line, at which column, how many UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Insertion {
    line: usize,
    column: i64,
    width: i64,
}

/// The insertions each source map has to be told of.
pub(crate) type Patches = BTreeMap<FileId, Vec<Insertion>>;

/// What has to be patched. It depends on where fingerprints go and how long they are, not on what they say: no circle arises.
pub(crate) fn patches(
    site: &Site,
    scanned: &[Scanned],
    decided: &Decided,
    digits: usize,
    load: Load<'_>,
) -> Patches {
    let mut owners: BTreeMap<FileId, Vec<&Scanned>> = BTreeMap::new();
    for file in scanned {
        for reference in decided.editable(file) {
            if reference.place == Place::SourceMap
                && site.class(reference.target) == Class::SourceMap
            {
                owners.entry(reference.target).or_default().push(file);
            }
        }
    }
    let mut patches = Patches::new();
    for (map, owners) in owners {
        // Of a map with two owners nobody knows which one it describes.
        let [owner] = owners.as_slice() else { continue };
        if matches!(
            decided.decisions[map.index()],
            Decision::Foreign(_) | Decision::Locked(_)
        ) || scanned[map.index()].unreadable.is_some()
        {
            continue;
        }
        let mut offsets = decided
            .editable(owner)
            .filter(|reference| reference.place != Place::SourceMap)
            .filter(|reference| decided.decisions[reference.target.index()] == Decision::Renamed)
            .map(|reference| reference.insert)
            .peekable();
        if offsets.peek().is_none() {
            continue;
        }
        if let Some(code) = load(site.path(owner.file)) {
            patches.insert(map, positions(&code, offsets, digits + 1));
        }
    }
    patches
}

/// Offsets as lines and UTF-16 columns.
fn positions(code: &[u8], offsets: impl Iterator<Item = usize>, width: usize) -> Vec<Insertion> {
    let mut insertions = Vec::new();
    let (mut at, mut line, mut line_start) = (0, 0, 0);
    for offset in offsets {
        let Some(between) = code.get(at..offset) else {
            break;
        };
        for (index, byte) in between.iter().enumerate() {
            if *byte == b'\n' {
                line += 1;
                line_start = at + index + 1;
            }
        }
        at = offset;
        let before = String::from_utf8_lossy(&code[line_start..offset]);
        insertions.push(Insertion {
            line,
            column: i64::try_from(before.encode_utf16().count()).unwrap_or(i64::MAX),
            width: i64::try_from(width).unwrap_or_default(),
        });
    }
    insertions
}

/// `map` after the `insertions`, which are in order. A map that is not understood is returned as it is.
pub(crate) fn patch(map: &Bytes, insertions: &[Insertion]) -> Bytes {
    let edits = std::str::from_utf8(map)
        .ok()
        .and_then(|text| edits(text, insertions))
        .unwrap_or_default();
    splice(map, &normalise(edits, map.len()))
}

fn edits(text: &str, insertions: &[Insertion]) -> Option<Vec<Edit>> {
    if let Some(span) = json::top_level_string(text, "mappings") {
        return edits_of_mappings(text, &span, insertions);
    }
    let sections = sections(text)?;
    let mut edits = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let start = (section.line, section.column);
        let end = sections.get(index + 1).map(|next| (next.line, next.column));
        let inside: Vec<Insertion> = insertions
            .iter()
            .filter(|insertion| {
                let at = (insertion.line, insertion.column);
                at > start && end.is_none_or(|end| at < end)
            })
            .map(|insertion| Insertion {
                line: insertion.line - section.line,
                column: if insertion.line == section.line {
                    insertion.column - section.column
                } else {
                    insertion.column
                },
                width: insertion.width,
            })
            .collect();
        edits.extend(edits_of_mappings(text, &section.mappings, &inside)?);
        let moved: i64 = insertions
            .iter()
            .filter(|insertion| {
                insertion.line == section.line && insertion.column <= section.column
            })
            .map(|insertion| insertion.width)
            .sum();
        if moved != 0 {
            edits.push(Edit {
                span: section.column_span.clone(),
                text: (section.column + moved).to_string(),
            });
        }
    }
    Some(edits)
}

/// A map for a stretch of the code.
struct Section {
    line: usize,
    column: i64,
    /// Where the column is written.
    column_span: Range<usize>,
    mappings: Range<usize>,
}

/// The sections of a map, which are in order; none if it is not made of sections that all lie in it.
fn sections(text: &str) -> Option<Vec<Section>> {
    let strings = json::strings(text)?;
    let under = |string: &json::JsonString, keys: &[&str]| {
        let own: Vec<Option<&str>> = string.path.iter().map(json::Step::key).collect();
        let head: &[Option<&str>] = &[Some("sections"), None];
        own.starts_with(head) && own[2..].iter().copied().eq(keys.iter().copied().map(Some))
    };
    let offset = |key: &str| -> Option<Vec<(i64, Range<usize>)>> {
        strings
            .iter()
            .filter(|string| {
                string.is_key && under(string, &["offset"]) && &text[string.span.clone()] == key
            })
            .map(|string| number(text, string.span.end + 1))
            .collect()
    };
    let mappings: Vec<Range<usize>> = strings
        .iter()
        .filter(|string| !string.is_key && under(string, &["map", "mappings"]))
        .map(|string| string.span.clone())
        .collect();
    let count = serde_json::from_str::<serde_json::Value>(text)
        .ok()?
        .get("sections")?
        .as_array()?
        .len();
    let (lines, columns) = (offset("line")?, offset("column")?);
    let is_whole = [lines.len(), columns.len(), mappings.len()] == [count; 3];
    let sections: Vec<Section> = lines
        .into_iter()
        .zip(columns)
        .zip(mappings)
        .map(|(((line, _), (column, column_span)), mappings)| {
            Some(Section {
                line: usize::try_from(line).ok()?,
                column,
                column_span,
                mappings,
            })
        })
        .collect::<Option<_>>()?;
    let is_ordered = sections.is_sorted_by_key(|section| (section.line, section.column));
    (is_whole && count > 0 && is_ordered).then_some(sections)
}

/// The number that is the value of the key whose closing quote is before `at`.
fn number(text: &str, at: usize) -> Option<(i64, Range<usize>)> {
    let value = text.get(at..)?.trim_start().strip_prefix(':')?.trim_start();
    let start = text.len() - value.len();
    let length = value.bytes().take_while(u8::is_ascii_digit).count();
    let number = value[..length].parse().ok()?;
    Some((number, start..start + length))
}

/// Are two source maps equal but for the numbers that an insertion moves?
pub(crate) fn same_but_columns(before: &[u8], after: &[u8]) -> bool {
    let rest = |map: &[u8]| -> Option<(String, Vec<(usize, usize)>)> {
        let text = std::str::from_utf8(map).ok()?;
        let spans: Vec<Range<usize>> = match json::top_level_string(text, "mappings") {
            Some(span) => vec![span],
            None => sections(text)?
                .into_iter()
                .flat_map(|section| [section.column_span, section.mappings])
                .collect(),
        };
        let counts = spans
            .iter()
            .map(|span| &text[span.clone()])
            .map(|text| (text.matches(';').count(), text.matches(',').count()))
            .collect();
        let blanks = spans.into_iter().map(|span| Edit {
            span,
            text: String::new(),
        });
        let map = Bytes::copy_from_slice(map);
        let rest = splice(&map, &normalise(blanks.collect(), map.len()));
        Some((String::from_utf8(rest.to_vec()).ok()?, counts))
    };
    before == after || rest(before).is_some() && rest(before) == rest(after)
}

fn edits_of_mappings(
    text: &str,
    span: &Range<usize>,
    insertions: &[Insertion],
) -> Option<Vec<Edit>> {
    let mappings = &text[span.clone()];
    let mut edits = Vec::new();
    let mut pending = insertions.iter().peekable();
    let mut at = span.start;
    for (number, line) in mappings.split(';').enumerate() {
        let mut column = 0;
        for segment in line.split(',') {
            if !segment.is_empty() {
                let (delta, length) = decode(segment)?;
                column += delta;
                let mut moved = 0;
                while let Some(insertion) =
                    pending.next_if(|i| i.line == number && i.column <= column)
                {
                    moved += insertion.width;
                }
                if moved != 0 {
                    edits.push(Edit {
                        span: at..at + length,
                        text: encode(delta + moved),
                    });
                }
            }
            at += segment.len() + 1;
        }
        // Behind the last segment of a line nothing moves.
        while pending
            .next_if(|insertion| insertion.line <= number)
            .is_some()
        {}
    }
    Some(edits)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The first number of a segment, and how many characters it takes.
fn decode(segment: &str) -> Option<(i64, usize)> {
    let mut value = 0_i64;
    for (index, byte) in segment.bytes().enumerate().take(12) {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        value |= i64::try_from(digit & 31).ok()? << (5 * index);
        if digit & 32 == 0 {
            let magnitude = value >> 1;
            return Some((
                if value & 1 == 1 {
                    -magnitude
                } else {
                    magnitude
                },
                index + 1,
            ));
        }
    }
    None
}

fn encode(value: i64) -> String {
    let mut rest = (value.unsigned_abs() << 1) | u64::from(value < 0);
    let mut text = String::new();
    loop {
        let digit = usize::try_from(rest & 31).unwrap_or_default();
        rest >>= 5;
        text.push(char::from(DIGITS[digit | if rest > 0 { 32 } else { 0 }]));
        if rest == 0 {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_the_round_trip() {
        for value in [0, 1, -1, 15, 16, -16, 1_000_000, -123_456_789] {
            assert_eq!(decode(&encode(value)), Some((value, encode(value).len())));
        }
    }

    #[test]
    fn only_the_first_segment_behind_an_insertion_changes() {
        let map = Bytes::from(r#"{"version":3,"mappings":"AAAA,IAAI,IAAI;AACA,QAAQ"}"#);
        let insertions = [
            Insertion {
                line: 0,
                column: 5,
                width: 17,
            },
            Insertion {
                line: 1,
                column: 9,
                width: 17,
            },
        ];
        // The third segment of the first line: 4 + 17 = 21 = "qB"; nothing lies behind column 9 of the second.
        assert_eq!(
            patch(&map, &insertions),
            r#"{"version":3,"mappings":"AAAA,IAAI,qBAAI;AACA,QAAQ"}"#
        );
    }

    #[test]
    fn two_insertions_before_one_segment_add_up() {
        let map = Bytes::from(r#"{"mappings":"AAAA,oBAAI"}"#);
        let insertions = [
            Insertion {
                line: 0,
                column: 3,
                width: 9,
            },
            Insertion {
                line: 0,
                column: 7,
                width: 9,
            },
        ];
        // 20 + 18 = 38 = "sC".
        assert_eq!(patch(&map, &insertions), r#"{"mappings":"AAAA,sCAAI"}"#);
    }

    #[test]
    fn columns_count_utf_16_units() {
        let code = "a\n\"😀é\".x".as_bytes();
        let offset = code.iter().position(|byte| *byte == b'.').expect("dot");
        assert_eq!(
            positions(code, std::iter::once(offset), 17),
            [Insertion {
                line: 1,
                column: 5,
                width: 17
            }]
        );
    }

    #[test]
    fn sections_move_with_what_is_before_them() {
        let map = |first: &str, column: &str, second: &str, third: &str| {
            format!(
                r#"{{"version":3,"sections":[{{"offset":{{"line":0,"column":0}},"map":{{"mappings":"{first}"}}}},
                {{"offset":{{"column": {column},"line":0}},"map":{{"sources":["offset"],"mappings":"{second}"}}}},
                {{"map":{{"mappings":"{third}"}},"offset":{{"line":2,"column":0}}}}]}}"#
            )
        };
        let at = |line, column| Insertion {
            line,
            column,
            width: 17,
        };
        // The first section has columns 0 and 4, the second begins at 10 with 0 and 4 of its own, the third in line 2.
        let before = map("AAAA,IAAI", "10", "AAAA,IAAI", "AAAA,IAAI");
        let patched = |insertions: &[Insertion]| {
            let before = Bytes::from(before.clone());
            let after = patch(&before, insertions);
            assert!(same_but_columns(&before, &after));
            String::from_utf8(after.to_vec()).expect("UTF-8")
        };
        // 4 + 17 = 21 = "qB"; 10 + 17 = 27.
        assert_eq!(
            patched(&[at(0, 2)]),
            map("AAAA,qBAAI", "27", "AAAA,IAAI", "AAAA,IAAI")
        );
        assert_eq!(
            patched(&[at(0, 10)]),
            map("AAAA,IAAI", "27", "AAAA,IAAI", "AAAA,IAAI")
        );
        assert_eq!(
            patched(&[at(0, 12)]),
            map("AAAA,IAAI", "10", "AAAA,qBAAI", "AAAA,IAAI")
        );
        assert_eq!(
            patched(&[at(0, 2), at(0, 12), at(2, 3)]),
            map("AAAA,qBAAI", "27", "AAAA,qBAAI", "AAAA,qBAAI")
        );
        assert_eq!(patched(&[at(1, 2)]), before);
    }

    #[test]
    fn a_map_that_is_not_the_same_is_told_apart() {
        let before =
            br#"{"sections":[{"offset":{"line":0,"column":10},"map":{"mappings":"AAAA"}}]}"#;
        for (from, to) in [
            ("line\":0", "line\":1"),
            ("AAAA", "AAAA,AAAA"),
            ("sections", "section"),
        ] {
            let after = String::from_utf8_lossy(before).replace(from, to);
            assert!(!same_but_columns(before, after.as_bytes()), "{after}");
        }
    }

    #[test]
    fn what_is_not_a_map_stays() {
        let elsewhere = r#"{"sections":[{"offset":{"line":0,"column":0},"url":"a.map"}]}"#;
        for map in [
            "",
            "{",
            r#"{"sections":[]}"#,
            elsewhere,
            r#"{"mappings":"!A"}"#,
        ] {
            let map = Bytes::from(map);
            let insertion = Insertion {
                line: 0,
                column: 0,
                width: 17,
            };
            assert_eq!(patch(&map, &[insertion]), map);
        }
    }
}
