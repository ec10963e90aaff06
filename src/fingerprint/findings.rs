//! What a person should know about the references of a site.
//!
//! Uses: reference, site · Never: files, clock

use std::collections::BTreeMap;
use std::fmt;

use super::reference::{Position, Scanned, Unreadable};
use super::site::Site;

/// One thing worth knowing, of many of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing is at a path that is referred to.
    MissingTarget {
        /// The path.
        path: String,
        /// The file that differs only in case, or in the Unicode form (NFC, NFD) of its letters: on this server, another resource.
        other_case: Option<String>,
        /// The first resource that refers to it.
        first: String,
        /// The place there.
        position: Position,
        /// How often it is referred to.
        count: usize,
    },
    /// The references in a resource are not edited.
    Unreadable {
        /// The resource.
        path: String,
        /// Why.
        why: Unreadable,
        /// Where, and what the parser says.
        trouble: Option<(Position, String)>,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingTarget {
                path,
                other_case,
                first,
                position,
                count,
            } => {
                write!(
                    formatter,
                    "nothing is at {path}, to which {first}:{}:{} refers",
                    position.line, position.column
                )?;
                match count {
                    0 | 1 => {}
                    2 => formatter.write_str(", as does one more reference")?,
                    more => write!(formatter, ", as do {} more references", more - 1)?,
                }
                match other_case {
                    Some(other) => {
                        let what = if other.to_lowercase() == path.to_lowercase() {
                            "case"
                        } else {
                            "the Unicode form of its letters"
                        };
                        write!(formatter, "; {other} differs in {what} only: write it so")
                    }
                    None => write!(formatter, "; the reference is left as it is"),
                }
            }
            Self::Unreadable { path, why, trouble } => {
                let why = match why {
                    Unreadable::Encoding => {
                        "is in an encoding that is not edited; save it as UTF-8"
                    }
                    Unreadable::Syntax => "has a syntax error",
                    Unreadable::TooDeep => "is nested too deeply",
                    Unreadable::Unavailable => "could not be read",
                    Unreadable::TooLarge => "is larger than 4 GiB",
                    Unreadable::Unverified => {
                        "could not be edited without changing more than names (please report this)"
                    }
                };
                let place = trouble
                    .as_ref()
                    .map_or_else(String::new, |(position, said)| {
                        format!(
                            " (line {}, column {}: {said})",
                            position.line, position.column
                        )
                    });
                write!(
                    formatter,
                    "{path} {why}{place}: it is served byte for byte, and whatever it mentions keeps its name and is revalidated"
                )
            }
        }
    }
}

/// Everything worth knowing, aggregated by what it is about.
pub(crate) fn of(site: &Site, scanned: &[Scanned]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut missing: BTreeMap<&str, Finding> = BTreeMap::new();
    for file in scanned {
        if let Some(why) = file.unreadable {
            findings.push(Finding::Unreadable {
                path: site.path(file.file).to_owned(),
                why,
                trouble: file.trouble.clone(),
            });
        }
        for reference in &file.missing {
            missing
                .entry(&reference.path)
                .and_modify(|finding| {
                    if let Finding::MissingTarget { count, .. } = finding {
                        *count += 1;
                    }
                })
                .or_insert_with(|| Finding::MissingTarget {
                    path: reference.path.clone(),
                    other_case: reference
                        .other_case
                        .map(|other| site.path(other).to_owned()),
                    first: site.path(file.file).to_owned(),
                    position: reference.position,
                    count: 1,
                });
        }
    }
    findings.extend(missing.into_values());
    findings
}
