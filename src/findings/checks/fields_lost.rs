//! Fields that some answers have and others lost.
//!
//! Implements: RFC 9110 §5.2; RFC 6797 §7.1; Fetch §3.6.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};
use crate::http::{FieldSource, names};

/// Those that belong on every answer.
const FIELDS: [&str; 2] = [
    names::X_CONTENT_TYPE_OPTIONS,
    names::STRICT_TRANSPORT_SECURITY,
];

pub(super) const CHECK: Check = Check {
    code: "reply/fields-lost",
    doc: DOC,
    spec: "RFC 9110 §5.2",
    fix: fix::INHERIT,
    examine: check,
    raises: &["start GET / -> 200
content-type: text/html
x-content-type-options: nosniff
---
asset GET /a.js -> 200
content-type: text/javascript"],
    passes: &[
        "start GET / -> 200
content-type: text/html
x-content-type-options: nosniff
---
asset GET /a.js -> 200
content-type: text/javascript
x-content-type-options: nosniff",
        "start GET / -> 200
content-type: text/html
---
asset GET /a.js -> 200
content-type: text/javascript",
    ],
};

const DOC: &str = "
# What
The document is sent with `X-Content-Type-Options` or `Strict-Transport-Security`, and its assets are sent without.

# Why
In nginx one `add_header` in a location drops all those of the server around it: the location that sets the lifetime of assets loses
`nosniff`, for scripts above all.

# Example
`/` has `X-Content-Type-Options: nosniff`, `/assets/app.js` has not.

# Spec
RFC 9110 §5.2; RFC 6797 §7.1; Fetch §3.6.
";

fn check(record: &Record, found: &mut Found) {
    let mut starts = record
        .documents()
        .filter(|exchange| exchange.purpose == Purpose::Start);
    let Some(start) = starts.next() else { return };
    for asset in record.assets() {
        let lost = |name: &&str| {
            start.answer.fields.has_field(name) && !asset.answer.fields.has_field(name)
        };
        for name in FIELDS.iter().filter(|name| lost(name)) {
            let seen = format!("no {name}, which {} has", start.path());
            let means = "the protection ends where scripts begin";
            let message = format!("{name} is lost for assets");
            found.add(Level::Warning, asset.url().as_str(), message, seen, means);
        }
    }
}
