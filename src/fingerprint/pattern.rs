//! Rule P3: a regular expression of the site that tells the original name from the fingerprinted one.
//!
//! Leaflet takes `/^(.*)marker-icon\.png$/` to find its folder, `TinyMCE` looks for a script whose URL matches `tinymce(\.min)?\.js`. Both
//! fail silently when the name changes. So each expression is run on both names; if the answers differ, the name stays.
//!
//! Uses: regex, regress, name · Never: files, clock

use std::collections::BTreeMap;
use std::ops::Range;

use super::decide::Pin;
use super::name;
use super::reference::{Pattern, Scanned};
use super::settings::Settings;
use super::site::{FileId, Site};

/// The pins that the expressions in `scanned` give for `candidates`.
pub(crate) fn pins(
    site: &Site,
    scanned: &[Scanned],
    settings: &Settings,
    candidates: &[FileId],
) -> Vec<(FileId, Pin)> {
    let mut patterns: BTreeMap<&Pattern, FileId> = BTreeMap::new();
    for file in scanned {
        for pattern in &file.patterns {
            patterns.entry(pattern).or_insert(file.file);
        }
    }
    let mut pins = Vec::new();
    let stand_in = "0a1b2c3d4e5f6789".repeat(4);
    let fingerprint = &stand_in[..settings.digits()];
    let renamed: Vec<(FileId, &str, String)> = candidates
        .iter()
        .filter_map(|file| {
            let path = site.path(*file);
            Some((*file, path, name::fingerprinted(path, fingerprint)?))
        })
        .collect();
    for (pattern, by) in patterns {
        let mut spoken_of = renamed
            .iter()
            .filter(|(_, path, _)| speaks_of(pattern, path))
            .peekable();
        // Most speak of nothing that is there, and need not be compiled.
        if spoken_of.peek().is_none() {
            continue;
        }
        let Some(expression) = Expression::compile(pattern) else {
            continue;
        };
        for (file, path, renamed) in spoken_of {
            if expression.differs(path, renamed) {
                let pin = Pin::Matched {
                    pattern: pattern.source.clone(),
                    by: site.path(by).to_owned(),
                };
                pins.push((*file, pin));
            }
        }
    }
    pins
}

/// Does the expression name the file's extension? One for `\.css` says nothing about an image.
fn speaks_of(pattern: &Pattern, path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    pattern.source.contains(extension)
}

/// A compiled expression. Most of what is written about file names means the same to both engines; the linear one is asked first, because
/// nobody promises that somebody's expression is harmless to the other.
pub(crate) enum Expression {
    Linear(regex::Regex),
    Backtracking(regress::Regex),
}

impl Expression {
    pub(crate) fn compile(pattern: &Pattern) -> Option<Self> {
        let linear = regex::RegexBuilder::new(&pattern.source)
            .case_insensitive(pattern.flags.contains('i'))
            .multi_line(pattern.flags.contains('m'))
            .dot_matches_new_line(pattern.flags.contains('s'))
            .size_limit(1 << 20)
            .build();
        if let Ok(expression) = linear {
            return Some(Self::Linear(expression));
        }
        if may_take_long(&pattern.source) {
            return None;
        }
        let expression = regress::Regex::with_flags(&pattern.source, pattern.flags.as_str());
        expression.ok().map(Self::Backtracking)
    }

    /// Where it matches last: a name stands at the end of a path.
    pub(crate) fn last_match(&self, text: &str) -> Option<Range<usize>> {
        match self {
            Self::Linear(expression) => {
                expression.find_iter(text).last().map(|found| found.range())
            }
            Self::Backtracking(expression) => {
                expression.find_iter(text).last().map(|found| found.range())
            }
        }
    }

    /// `text` with `by` in the place of its first match, and in that of its last: as `String.prototype.replace` has it (ECMA-262 §22.1.3.19), what was caught
    /// stands for `$1`.
    pub(crate) fn replaced(&self, text: &str, by: &str) -> Vec<String> {
        let mut made = Vec::new();
        let mut replace = |whole: Range<usize>, caught: Caught<'_>| {
            let (before, after) = (&text[..whole.start], &text[whole.end..]);
            made.push(format!("{before}{}{after}", expanded(by, &caught)));
        };
        match self {
            Self::Linear(expression) => {
                for found in expression.captures_iter(text) {
                    let caught = |group: Group<'_>| {
                        let found = match group {
                            Group::Number(number) => found.get(number),
                            Group::Name(name) => found.name(name),
                        };
                        found.map(|found| found.as_str())
                    };
                    let whole = found.get(0).map_or(0..0, |whole| whole.range());
                    replace(whole, &caught);
                }
            }
            Self::Backtracking(expression) => {
                for found in expression.find_iter(text) {
                    let caught = |group: Group<'_>| {
                        let range = match group {
                            Group::Number(number) => found.group(number),
                            Group::Name(name) => found.named_group(name),
                        };
                        range.map(|range| &text[range])
                    };
                    replace(found.range(), &caught);
                }
            }
        }
        if made.len() > 2 {
            made.drain(1..made.len() - 1);
        }
        made
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Linear(expression) => expression.is_match(text),
            Self::Backtracking(expression) => expression.find(text).is_some(),
        }
    }

    /// Does it answer differently for the two paths, as URLs or as bare names?
    fn differs(&self, path: &str, renamed: &str) -> bool {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let url = |path: &str| format!("https://example.com{path}");
        self.matches(&url(path)) != self.matches(&url(renamed))
            || self.matches(&name(path)) != self.matches(&name(renamed))
    }
}

/// A part of a match.
#[derive(Clone, Copy)]
enum Group<'g> {
    Number(usize),
    Name(&'g str),
}

/// What the parts of a match caught; the whole is number 0.
type Caught<'c> = &'c dyn Fn(Group<'_>) -> Option<&'c str>;

/// `by` with what was caught: `$1`, `$&`, `$<name>`, `$$` (ECMA-262 §22.1.3.19.1). What stands for nothing is as it is written.
fn expanded(by: &str, caught: &Caught<'_>) -> String {
    let mut made = String::with_capacity(by.len());
    let mut rest = by;
    while let Some((before, after)) = rest.split_once('$') {
        made.push_str(before);
        let digits = after.bytes().take(2).take_while(u8::is_ascii_digit).count();
        // `$12` is the first group and a 2 where there are fewer than twelve.
        let numbered = (1..=digits).rev().find_map(|length| {
            let number = after[..length].parse().ok().filter(|number| *number > 0)?;
            Some((length, caught(Group::Number(number))?))
        });
        let named = || {
            let (name, _) = after.strip_prefix('<')?.split_once('>')?;
            Some((name.len() + 2, caught(Group::Name(name))?))
        };
        let (length, stands_for) = match after.bytes().next() {
            Some(b'$') => (1, "$"),
            Some(b'&') => (1, caught(Group::Number(0)).unwrap_or_default()),
            _ => numbered.or_else(named).unwrap_or((0, "$")),
        };
        made.push_str(stands_for);
        rest = &after[length..];
    }
    made + rest
}

/// A repetition inside a repeated group takes exponential time in a backtracking engine, and each further one multiplies.
fn may_take_long(source: &str) -> bool {
    let repetitions = source
        .bytes()
        .filter(|byte| matches!(byte, b'*' | b'+' | b'{'))
        .count();
    let repeated_group = [")*", ")+", "){"].iter().any(|end| source.contains(end));
    repetitions > 3 || repeated_group && repetitions > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pins_name(source: &str, path: &str) -> bool {
        let pattern = Pattern {
            source: source.into(),
            flags: String::new(),
        };
        let renamed = name::fingerprinted(path, "0123456789abcdef").expect("named");
        let expression = Expression::compile(&pattern);
        expression.is_some_and(|expression| {
            speaks_of(&pattern, path) && expression.differs(path, &renamed)
        })
    }

    #[test]
    fn finds_the_scripts_that_locate_themselves() {
        assert!(pins_name(
            r"^(.*)marker-icon\.png$",
            "/dist/images/marker-icon.png"
        ));
        assert!(pins_name(
            r"tinymce(\.full|\.jquery|)(\.min|\.dev|)\.js",
            "/js/tinymce.min.js"
        ));
        assert!(pins_name(r"^(.*)\/ace(\-\w+)?\.js(\?|$)", "/src/ace.js"));
        assert!(pins_name(r"(?<=\/)ace\.js", "/src/ace.js"));
        assert!(!pins_name(r"\.js$", "/src/ace.js"));
        assert!(!pins_name(r"\.css$", "/src/ace.js"));
    }

    #[test]
    fn an_expression_that_could_hang_is_not_run() {
        assert!(pins_name(r"(a+)+\.js", "/a.js"), "linear");
        assert!(!pins_name(r"(?=a)(a+)+\.js", "/a.js"), "needs backtracking");
    }

    #[test]
    fn what_was_caught_stands_in_the_replacement() {
        let replaced = |source: &str, text: &str, by: &str| {
            let pattern = Pattern {
                source: source.into(),
                flags: String::new(),
            };
            Expression::compile(&pattern).unwrap().replaced(text, by)
        };
        assert_eq!(replaced(r"\.(\w+)$", "/a.png", "@2x.$1"), ["/a@2x.png"]);
        assert_eq!(
            replaced("(?<one>a)(b)", "ab", "$2$<one>$&$$$3$"),
            ["baab$$3$"]
        );
        // One that only the other engine knows.
        assert_eq!(replaced("(?<=x)(?<one>a)", "xa", "$<one>$1"), ["xaa"]);
        let both = replaced("a", "a-a-a", "b");
        assert_eq!(both, ["b-a-a", "a-a-b"]);
    }
}
