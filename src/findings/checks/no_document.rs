//! A folder with nothing at its root.
//!
//! Implements: RFC 9110 §15.5.5.
//!
//! Uses: the record · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "site/no-document",
    doc: DOC,
    spec: "RFC 9110 §15.5.5",
    fix: fix::Fix::only(
        "name the folder that the build writes to; or put an index.html into it, or name the one that stands for a folder with `site.index`",
    ),
    examine: check,
    raises: &["start GET / -> 404"],
    passes: &[
        "start GET / -> 200
content-type: text/html",
        "start GET / -> 308
location: /en/",
        "deep-link GET /a/b -> 404",
    ],
};

const DOC: &str = "
# What
The folder has no document at `/`.

# Why
Whoever comes to the site by its name gets a 404. Most often the wrong folder was named, or a build wrote nothing.

# Example
`larder check .` in place of `larder check dist`.

# Spec
RFC 9110 §15.5.5.
";

fn check(record: &Record, found: &mut Found) {
    let start = record.of(Purpose::Start).find(|start| start.path() == "/");
    if let Some(start) = start.filter(|start| start.answer.status == 404) {
        found.add(
            Level::Warning,
            start.url().as_str(),
            "there is no document at /",
            start.seen_status(),
            "whoever comes to the site by its name finds nothing",
        );
    }
}
