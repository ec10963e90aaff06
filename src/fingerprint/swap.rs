//! Rule P5: code that makes one name of the site from another: `link.href = link.href.replace('light', 'dark')`.
//!
//! A replacement that leads from one file of the site to another leads nowhere from the fingerprinted name, because the fingerprint is that of the first.
//! So each replacement that stands in the site's code is tried on each name that would change. Where one half of it is computed, it is asked whether there
//! is any other file that it could lead to.
//!
//! Uses: pattern, reference, site · Never: files, clock

use std::collections::BTreeMap;
use std::ops::Range;

use super::decide::Pin;
use super::pattern::Expression;
use super::reference::{Mention, Scanned, Searched, Swap};
use super::site::{FileId, Site};

/// The pins that the replacements in `scanned` give for `candidates`.
pub(crate) fn pins(site: &Site, scanned: &[Scanned], candidates: &[FileId]) -> Vec<(FileId, Pin)> {
    let mut swaps: BTreeMap<&Swap, FileId> = BTreeMap::new();
    for file in scanned {
        for swap in &file.swaps {
            swaps.entry(swap).or_insert(file.file);
        }
    }
    let mut pins = Vec::new();
    for (swap, by) in swaps {
        let Some(tried) = Tried::of(site, swap) else {
            continue;
        };
        for &file in candidates
            .iter()
            .filter(|file| tried.leads_elsewhere(**file))
        {
            let pin = Pin::Mentioned {
                how: Mention::Replaced,
                by: site.path(by).to_owned(),
            };
            pins.push((file, pin));
        }
    }
    pins
}

/// A replacement, ready to be tried on paths of a site.
struct Tried<'t> {
    site: &'t Site,
    swap: &'t Swap,
    expression: Option<Expression>,
}

impl<'t> Tried<'t> {
    fn of(site: &'t Site, swap: &'t Swap) -> Option<Self> {
        let expression = match &swap.searched {
            Searched::Pattern(pattern) => Some(Expression::compile(pattern)?),
            _ => None,
        };
        Some(Self {
            site,
            swap,
            expression,
        })
    }

    /// Would it make the name of another file from that of `file`?
    fn leads_elsewhere(&self, file: FileId) -> bool {
        let path = self.site.path(file);
        let is_other = |made: &str| self.site.find(made).is_some_and(|other| other != file);
        match (&self.swap.searched, &self.swap.by) {
            (Searched::Text(from), Some(to)) => {
                path.contains(from.as_str())
                    && (is_other(&path.replacen(from.as_str(), to, 1))
                        || is_other(&path.replace(from.as_str(), to)))
            }
            (Searched::Text(from), None) => path
                .rfind(from.as_str())
                .is_some_and(|at| self.has_sibling(file, &(at..at + from.len()))),
            (Searched::Pattern(_), by) => {
                self.expression.as_ref().is_some_and(|expression| match by {
                    Some(to) => expression
                        .replaced(path, to)
                        .iter()
                        .any(|made| is_other(made)),
                    None => expression.last_match(path).is_some_and(|range| {
                        self.has_sibling(file, &range) || self.is_one_of_several(file, &range)
                    }),
                })
            }
            (Searched::Unknown, Some(to)) => self.made_with(file, to),
            (Searched::Unknown, None) => false,
        }
    }

    /// Is there another file whose name differs from that of `file` only in the word at `range`?
    fn has_sibling(&self, file: FileId, range: &Range<usize>) -> bool {
        let path = self.site.path(file);
        is_word(path, range) && self.siblings(path, range).any(|other| other != file)
    }

    /// Is there a number at `range`, with the extension or without, and another file with another number there?
    fn is_one_of_several(&self, file: FileId, range: &Range<usize>) -> bool {
        let path = self.site.path(file);
        let extension = path.rfind('.').unwrap_or(path.len());
        let number = range.start..range.end.min(extension);
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        path.get(number.clone()).is_some_and(is_number)
            && [number.end, path.len()].contains(&range.end)
            && self.siblings(path, &number).any(|other| {
                let other_path = self.site.path(other);
                let end = other_path.len() - (path.len() - number.end);
                other != file && is_number(&other_path[number.start..end])
            })
    }

    /// Is there a file with the word `to` in its name, which is otherwise that of `file`?
    fn made_with(&self, file: FileId, to: &str) -> bool {
        let path = self.site.path(file);
        let folder = path.rfind('/').map_or(0, |at| at + 1);
        self.site.starting_with(&path[..folder]).any(|other| {
            let made = self.site.path(other);
            other != file
                && made.rfind(to).is_some_and(|at| {
                    let range = at..at + to.len();
                    is_word(made, &range) && self.siblings(made, &range).any(|one| one == file)
                })
        })
    }

    /// The files whose names are that of `path` with anything in the place of `range`.
    fn siblings(&self, path: &str, range: &Range<usize>) -> impl Iterator<Item = FileId> {
        let (before, after) = (&path[..range.start], &path[range.end..]);
        self.site.starting_with(before).filter(move |other| {
            let other = self.site.path(*other);
            other
                .get(before.len()..)
                .and_then(|rest| rest.strip_suffix(after))
                .is_some_and(|word| !word.is_empty() && !word.contains('/'))
        })
    }
}

/// Is that part of `path` a word of its own, or the whole of several? Single letters are everywhere, and an extension is no word.
fn is_word(path: &str, range: &Range<usize>) -> bool {
    let extension = path.rfind('.').unwrap_or(path.len());
    let Some(word) = path.get(range.clone()) else {
        return false;
    };
    let ends = |character: Option<char>| !character.is_some_and(char::is_alphanumeric);
    range.end <= extension
        && word.chars().filter(|c| c.is_alphanumeric()).count() > 1
        && (ends(word.chars().next()) || ends(path[..range.start].chars().next_back()))
        && (ends(word.chars().next_back()) || ends(path[range.end..].chars().next()))
}
