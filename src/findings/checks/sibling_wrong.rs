//! A coded sibling of another build.
//!
//! Implements: RFC 9110 §8.4.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "site/sibling-wrong",
    doc: DOC,
    spec: "RFC 9110 §8.4",
    fix: fix::Fix::only(
        "make coded siblings in the same step as the files, or leave them out: larder makes its own",
    ),
    examine: check,
    raises: &["sibling /app.js.br it decodes to 3 bytes"],
    passes: &["sibling /app.js.br"],
};

const DOC: &str = "
# What
A `.br`, `.gz` or `.zst` beside a file does not decode to its bytes.

# Why
larder compares and does not use it. Other servers send it as it is: visitors get the content of the build before.

# Example
`app.js.br`, made before `app.js` changed.

# Spec
RFC 9110 §8.4.
";

fn check(record: &Record, found: &mut Found) {
    for sibling in &record.site.siblings {
        if let Some(fault) = &sibling.fault {
            let means =
                "larder leaves it aside; nginx, Caddy and others would send it to every browser";
            let message = "a coded sibling is not that of its file";
            found.add(
                Level::Warning,
                sibling.path.as_str(),
                message,
                fault.as_str(),
                means,
            );
        }
    }
}
