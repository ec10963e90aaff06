//! Which sections of the RFCs we claim to implement, and whether each has a conformance case.
//!
//! A case's id begins with its section, `rfc9110-13.1.3-list-second-member`; it is found by that form in the text of
//! tests/conformance, wherever it stands. A case of a subsection covers the section, too.

use std::{collections::BTreeSet, fs, path::Path, process::ExitCode};

use anyhow::Context;

use crate::cargo::root;

/// A section that we claim.
struct Claim {
    rfc: u16,
    section: &'static str,
    about: &'static str,
}

const fn claim(rfc: u16, section: &'static str, about: &'static str) -> Claim {
    Claim {
        rfc,
        section,
        about,
    }
}

/// All of them. Leaving one out says that larder does not do it.
const CLAIMS: &[Claim] = &[
    claim(9110, "8.3", "Content-Type"),
    claim(9110, "8.4", "Content-Encoding"),
    claim(9110, "8.8.2", "Last-Modified"),
    claim(9110, "8.8.3", "ETag"),
    claim(9110, "9.3.1", "GET"),
    claim(9110, "9.3.2", "HEAD"),
    claim(9110, "9.3.7", "OPTIONS"),
    claim(9110, "12.5.3", "Accept-Encoding"),
    claim(9110, "12.5.5", "Vary"),
    claim(9110, "13.1.1", "If-Match"),
    claim(9110, "13.1.2", "If-None-Match"),
    claim(9110, "13.1.3", "If-Modified-Since"),
    claim(9110, "13.1.4", "If-Unmodified-Since"),
    claim(9110, "13.1.5", "If-Range"),
    claim(9110, "13.2.2", "the order of preconditions"),
    claim(9110, "14.1.2", "byte ranges"),
    claim(9110, "14.2", "Range"),
    claim(9110, "15.3.7", "206 Partial Content"),
    claim(9110, "15.4.5", "304 Not Modified"),
    claim(9110, "15.5.5", "404 Not Found"),
    claim(9110, "15.5.6", "405 Method Not Allowed"),
    claim(9110, "15.5.13", "412 Precondition Failed"),
    claim(9110, "15.5.17", "416 Range Not Satisfiable"),
    claim(9111, "5.2.2", "Cache-Control of responses"),
    claim(8246, "2", "immutable"),
];

/// `cargo xtask spec-coverage`.
pub(crate) fn run(_: &[String]) -> anyhow::Result<ExitCode> {
    let gaps = gaps()?;
    Ok(if gaps.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Prints the table and hands over the sections without a case.
pub(crate) fn gaps() -> anyhow::Result<Vec<&'static str>> {
    let cases = cases(&root().join("tests/conformance"))?;
    let mut gaps = Vec::new();
    for Claim {
        rfc,
        section,
        about,
    } in CLAIMS
    {
        let count = cases
            .iter()
            .filter(|case| covers(case, *rfc, section))
            .count();
        let mark = if count == 0 { "  ← no case" } else { "" };
        println!("RFC {rfc} §{section:<8} {count:>4}  {about}{mark}");
        if count == 0 {
            gaps.push(*section);
        }
    }
    let claimed = |case: &String| {
        CLAIMS
            .iter()
            .any(|claim| covers(case, claim.rfc, claim.section))
    };
    for case in cases.iter().filter(|case| !claimed(case)) {
        println!("{case}: of a section that is not claimed: add it to xtask/src/spec_coverage.rs");
    }
    println!(
        "{} cases, {} sections, {} without a case",
        cases.len(),
        CLAIMS.len(),
        gaps.len()
    );
    Ok(gaps)
}

/// `rfc9110-13.1.3-…` covers §13.1.3, §13.1 and §13, and not §13.1.30.
fn covers(case: &str, rfc: u16, section: &str) -> bool {
    case.strip_prefix(&format!("rfc{rfc}-{section}"))
        .is_some_and(|rest| rest.starts_with(['-', '.']))
}

fn cases(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut cases = BTreeSet::new();
    for entry in folder
        .read_dir()
        .with_context(|| folder.display().to_string())?
    {
        let path = entry?.path();
        if path.is_dir() {
            cases.extend(self::cases(&path)?);
        } else if path.extension().is_some_and(|suffix| suffix == "rs") {
            cases.extend(ids(&fs::read_to_string(&path)?).map(str::to_owned));
        }
    }
    Ok(cases)
}

/// String literals that have the form of an id: `"rfc9110-13.1.3-…"`.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|literal| {
        let mut parts = literal.splitn(3, '-');
        let rfc = parts
            .next()
            .and_then(|part| part.strip_prefix("rfc"))
            .unwrap_or_default();
        let section = parts.next().unwrap_or_default();
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number(rfc)
            && section.split('.').all(is_number)
            && parts.next().is_some_and(|slug| !slug.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::{covers, ids};

    #[test]
    fn a_case_of_a_subsection_covers_its_section() {
        assert!(covers("rfc9110-13.1.3-x", 9110, "13.1"));
        assert!(covers("rfc9110-13.1.3-x", 9110, "13.1.3"));
    }

    #[test]
    fn a_section_with_a_longer_number_is_another_one() {
        assert!(!covers("rfc9110-14.10-x", 9110, "14.1"));
        assert!(!covers("rfc9111-14.1-x", 9110, "14.1"));
    }

    #[test]
    fn only_literals_of_the_form_of_an_id_are_ids() {
        let text =
            r#"case("rfc9110-14.2-first", "RFC 9110", "rfc9110", "rfc9110-x-y", "rfc9110-14.2-")"#;
        assert_eq!(ids(text).collect::<Vec<_>>(), ["rfc9110-14.2-first"]);
    }
}
