//! Text that remembers, for each of its bytes, where in the file that byte was written.
//!
//! A URL may lie under several layers: an escape of CSS inside a character reference of HTML inside a `srcdoc`. Each layer is decoded into a
//! new `Mapped`, so that a position found in the innermost text can be edited in the bytes of the file, and nothing else need change.
//!
//! Uses: nothing · Never: files, clock

use std::borrow::Cow;
use std::ops::Range;

/// Decoded text and the origin of every byte of it.
#[derive(Clone, Debug)]
pub(crate) struct Mapped<'a> {
    text: Cow<'a, str>,
    origin: Origin,
}

#[derive(Clone, Debug)]
enum Origin {
    /// The text stands in the file as it is, from this offset on.
    Offset(usize),
    /// One offset for each byte of the text, and one for its end.
    Table(Vec<usize>),
}

impl<'a> Mapped<'a> {
    /// Text that stands in the file, undecoded, at `offset`.
    pub(crate) fn plain(text: &'a str, offset: usize) -> Self {
        Self {
            text: Cow::Borrowed(text),
            origin: Origin::Offset(offset),
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The offset in the file of the byte at `index` (or of the end).
    pub(crate) fn raw(&self, index: usize) -> usize {
        match &self.origin {
            Origin::Offset(offset) => offset + index,
            Origin::Table(table) => table[index.min(table.len() - 1)],
        }
    }

    /// The bytes of the file that `range` was decoded from.
    pub(crate) fn raw_range(&self, range: &Range<usize>) -> Range<usize> {
        self.raw(range.start)..self.raw(range.end)
    }

    /// A part of the text. An impossible range gives an empty text: a scanner in doubt finds nothing.
    pub(crate) fn slice(&self, range: Range<usize>) -> Mapped<'_> {
        let Some(text) = self.text.get(range.clone()) else {
            return Mapped::plain("", self.raw(range.start));
        };
        let origin = match &self.origin {
            Origin::Offset(offset) => Origin::Offset(offset + range.start),
            Origin::Table(table) => Origin::Table(table[range.start..=range.end].to_vec()),
        };
        Mapped {
            text: Cow::Borrowed(text),
            origin,
        }
    }
}

/// Builds the next layer, character by character.
pub(crate) struct Builder<'m> {
    source: &'m Mapped<'m>,
    text: String,
    table: Vec<usize>,
}

impl<'m> Builder<'m> {
    /// A decoded text of `source`, still empty.
    pub(crate) fn new(source: &'m Mapped<'m>) -> Self {
        Self {
            source,
            text: String::with_capacity(source.text().len()),
            table: Vec::with_capacity(source.text().len() + 1),
        }
    }

    /// Appends `character`, decoded from what begins at `at` in the source.
    pub(crate) fn push(&mut self, character: char, at: usize) {
        self.text.push(character);
        let raw = self.source.raw(at);
        self.table.extend((0..character.len_utf8()).map(|_| raw));
    }

    /// Ends the text.
    pub(crate) fn finish(mut self) -> Mapped<'static> {
        self.table.push(self.source.raw(self.source.text().len()));
        Mapped {
            text: Cow::Owned(self.text),
            origin: Origin::Table(self.table),
        }
    }
}
