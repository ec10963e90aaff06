//! Something in the folder that is not served.
//!
//! Implements: RFC 9110 §15.5.5.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "site/withheld",
    doc: DOC,
    spec: "RFC 9110 §15.5.5",
    fix: fix::Fix::only("take it out of the folder, or make a plain file of it"),
    examine: check,
    raises: &["withheld /uploads a link out of the site's folder"],
    passes: &["file /uploads/a.png"],
};

const DOC: &str = "
# What
The folder holds something that larder does not serve: a link out of it, a link to nothing, a name that no URL can have.

# Why
Its path is a 404. That is safe, and perhaps not what was meant.

# Example
`uploads` is a symbolic link to another disk.

# Spec
RFC 9110 §15.5.5.
";

fn check(record: &Record, found: &mut Found) {
    for (path, why) in &record.site.withheld {
        let means = "its path is a 404";
        found.add(
            Level::Note,
            path.as_str(),
            "something in the folder is not served",
            why.as_str(),
            means,
        );
    }
}
