//! `Strict-Transport-Security`: the one field of a reply that comes neither from its representation nor from a decision about it.
//!
//! `serve` adds it to whatever it sends over TLS (RFC 6797 §7.2), and a policy that asks for it and has no TLS does not compile. So it is in
//! every reply of such a policy but for the redirects from plain HTTP, which are no replies of the site.
//!
//! Uses: http, policy, snapshot · Never: deciding

use super::{Because, By};
use crate::{
    http::{FieldName, FieldValue, Fields, names},
    snapshot::Snapshot,
};

/// Adds the field where a server of this snapshot would.
pub(super) fn add(snapshot: &Snapshot, fields: &mut Fields) {
    if let Some(value) = &snapshot.policy().server.hsts {
        // In place of what a policy writes into `[headers]`, as the server does it.
        let name = FieldName::from_static(names::STRICT_TRANSPORT_SECURITY);
        fields.set(name, value.clone());
    }
}

/// Why it is there, if it is this field.
pub(super) fn because(
    snapshot: &Snapshot,
    name: &FieldName,
    value: &FieldValue,
) -> Option<Because> {
    let server = &snapshot.policy().server;
    let is_it =
        name.matches(names::STRICT_TRANSPORT_SECURITY) && server.hsts.as_ref() == Some(value);
    let place = server.hsts_location.as_ref();
    is_it.then(|| Because {
        by: By::Key,
        rule: Some("server.hsts".to_owned()),
        file: place.map(|place| place.file.to_string()),
        line: place.map(|place| place.line),
        text: "server.hsts, over HTTPS".to_owned(),
    })
}
