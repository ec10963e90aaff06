//! A reference to a file that the folder does not have.
//!
//! Implements: RFC 9110 §15.5.5.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Record, fix};
use crate::http::MediaType;

pub(super) const CHECK: Check = Check {
    code: "site/dangling-reference",
    doc: DOC,
    spec: "RFC 9110 §15.5.5",
    fix: fix::Fix::only("build again, or take the reference out"),
    examine: check,
    raises: &["dangling /index.html /assets/app.css"],
    passes: &["file /index.html"],
};

const DOC: &str = "
# What
A document, style or script of the folder refers to a file that is not in it.

# Why
The request will be a 404, and the page incomplete. Often a file was renamed by hand, or the build was copied in part.

# Example
`index.html` names `/assets/app.css`, and there is no such file.

# Spec
RFC 9110 §15.5.5.
";

fn check(record: &Record, found: &mut Found) {
    for (from, to) in &record.site.dangling {
        let vital = matches!(
            MediaType::of_path(to).essence(),
            "text/javascript" | "text/css"
        );
        let level = if vital { Level::Error } else { Level::Warning };
        let means = "the page will be incomplete: the request gets a 404";
        let message = "a reference leads to nothing";
        found.add(
            level,
            from.as_str(),
            message,
            format!("it names {to}"),
            means,
        );
    }
}
