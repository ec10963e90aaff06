//! Names that differ only in case.
//!
//! Implements: RFC 3986 §6.2.2.1.
//!
//! Uses: the record, http · Never: sockets, files

use std::collections::BTreeMap;

use super::super::{Check, Found, Level, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "site/case-collision",
    doc: DOC,
    spec: "RFC 3986 §6.2.2.1",
    fix: fix::Fix::only("rename one of them"),
    examine: check,
    raises: &["file /Logo.svg
---
file /logo.svg"],
    passes: &["file /logo.svg
---
file /logo.png"],
};

const DOC: &str = "
# What
Two paths of the site differ only in the case of their letters.

# Why
URLs tell them apart; the file systems of macOS and Windows do not. What was built on Linux loses one of them when it is copied there, and
which one is chance.

# Example
`/Logo.svg` and `/logo.svg`.

# Spec
RFC 3986 §6.2.2.1.
";

fn check(record: &Record, found: &mut Found) {
    let mut by_folded: BTreeMap<String, &str> = BTreeMap::new();
    for path in &record.site.paths {
        if let Some(other) = by_folded.insert(path.to_lowercase(), path) {
            let means = "a copy on macOS or Windows has only one of them";
            let message = "two names differ only in case";
            found.add(
                Level::Warning,
                path.as_str(),
                message,
                format!("there is {other}, too"),
                means,
            );
        }
    }
}
