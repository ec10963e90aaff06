//! Source maps of edited scripts and style sheets.
//!
//! Inserting text in a line moves what follows on that line. Generated columns are written as differences, so exactly one number of the
//! map changes for each insertion: that of the first segment at or behind it. Everything else of the map stays byte for byte; maps made of
//! sections are left as they are.
//!
//! Implements: ECMA-426 §4.1 (mappings, Base64 VLQ). Uses: json, splice · Never: files, clock

use std::collections::BTreeMap;

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
    let span = json::top_level_string(text, "mappings")?;
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
    fn what_is_not_a_map_stays() {
        for map in ["", "{", r#"{"sections":[]}"#, r#"{"mappings":"!A"}"#] {
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
