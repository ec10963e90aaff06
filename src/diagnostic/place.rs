//! Places in a source: byte spans, and the lines and columns that people count.
//!
//! Uses: std · Never: anything else

use std::ops::Range;

/// A half-open stretch of a source, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// How many bytes it covers.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers no byte, as the end of a source does.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A place as editors count it: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl LineColumn {
    /// The place of the byte at `offset`; an offset past the end, or inside a character, is taken back to the nearest place there is.
    pub fn of(source: &str, offset: usize) -> Self {
        let mut end = offset.min(source.len());
        while !source.is_char_boundary(end) {
            end -= 1;
        }
        let before = &source[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        assert_eq!(
            LineColumn::of("ab\ncd", 0),
            LineColumn { line: 1, column: 1 }
        );
        assert_eq!(
            LineColumn::of("ab\ncd", 4),
            LineColumn { line: 2, column: 2 }
        );
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(LineColumn::of("éé=1", 4), LineColumn { line: 1, column: 3 });
    }

    #[test]
    fn an_offset_inside_a_character_or_past_the_end_has_a_place() {
        assert_eq!(LineColumn::of("é", 1), LineColumn { line: 1, column: 1 });
        assert_eq!(LineColumn::of("é\n", 99), LineColumn { line: 2, column: 1 });
    }
}
