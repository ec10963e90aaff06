//! A field that larder writes itself, because only it knows the value.
//!
//! Implements: RFC 9110 §6, §8, §10, §14; RFC 9112 §6, §9.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};

use super::super::raw::{RawField, RawPolicy};
use super::Lint;

/// The fields, and what goes wrong when somebody else sets them.
const OWNED: &[(&str, &str, &str)] = &[
    (
        "Accept-Ranges",
        "it says which ranges larder can serve",
        "RFC 9110 §14.3",
    ),
    (
        "Age",
        "caches write it; an origin's content has no age",
        "RFC 9111 §5.1",
    ),
    (
        "Allow",
        "it goes with a 405 and lists what larder answers",
        "RFC 9110 §10.2.1",
    ),
    (
        "Connection",
        "it belongs to the connection, not to the content",
        "RFC 9110 §7.6.1",
    ),
    (
        "Content-Encoding",
        "it has to be the coding of exactly these bytes",
        "RFC 9110 §8.4",
    ),
    (
        "Content-Length",
        "it has to be the length of exactly these bytes",
        "RFC 9110 §8.6",
    ),
    (
        "Content-Range",
        "it has to be the range of exactly these bytes",
        "RFC 9110 §14.4",
    ),
    (
        "Content-Type",
        "it has to agree with the kind of representation the policy is chosen by",
        "RFC 9110 §8.3",
    ),
    (
        "Date",
        "it has to be the time of the reply",
        "RFC 9110 §6.6.1",
    ),
    (
        "ETag",
        "it has to change with every byte of the content",
        "RFC 9110 §8.8.3",
    ),
    (
        "Keep-Alive",
        "it belongs to the connection, not to the content",
        "RFC 9110 §7.6.1",
    ),
    (
        "Last-Modified",
        "a time that is not the content's makes a cache keep the wrong one",
        "RFC 9110 §8.8.2",
    ),
    (
        "Location",
        "it comes from `[[redirect]]`",
        "RFC 9110 §10.2.2",
    ),
    (
        "Proxy-Connection",
        "it belongs to the connection, not to the content",
        "RFC 9110 §7.6.1",
    ),
    (
        "Server",
        "larder names neither itself nor its version",
        "RFC 9110 §10.2.4",
    ),
    (
        "TE",
        "it belongs to the connection, not to the content",
        "RFC 9110 §10.1.4",
    ),
    ("Trailer", "larder sends none", "RFC 9110 §6.6.2"),
    (
        "Transfer-Encoding",
        "it has to be how exactly this message is framed",
        "RFC 9112 §6.1",
    ),
    (
        "Upgrade",
        "it belongs to the connection, not to the content",
        "RFC 9110 §7.8",
    ),
    (
        "Vary",
        "it has to name exactly what the selection looked at",
        "RFC 9110 §12.5.5",
    ),
];

pub(super) const LINT: Lint = Lint {
    code: Code::OwnedField,
    doc: DOC,
    check,
    raises: &[
        "[headers]\nETag = '\"1\"'",
        "[headers]\nX-Content-Type-Options = \"none\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\nheaders = { vary = \"Origin\", Content-Type = \"text/plain\" }",
    ],
    passes: &[
        "[headers]\nX-Content-Type-Options = \"nosniff\"",
        "[headers]\nStrict-Transport-Security = \"max-age=31536000\"\nAccess-Control-Allow-Origin = \"*\"",
    ],
};

const DOC: &str = "
# What
A policy sets a field whose value follows from the content, the selection or the connection.

# Why
A cache believes these fields. An `ETag` that stays when the content changes, or a `Vary` that leaves something out, hands one visitor the
content of another, and no lifetime repairs that. `Content-Type` is among them because the kind of a representation, and with it its
policy, follows from it. `X-Content-Type-Options` is always `nosniff`.

# Example
`[headers] Vary = \"Origin\"`. Leave it out; larder names what it looked at.

# Spec
RFC 9110 §6, §8, §10 and §14, RFC 9112 §6 and §9.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for field in policy.named_fields() {
        let owned = OWNED.iter().find(|(name, _, _)| field.field.matches(name));
        if let Some((name, why, spec)) = owned {
            complain(
                field,
                &format!("`{name}` is larder's to write: {why}"),
                spec,
                sink,
            );
        } else if field.field.matches("X-Content-Type-Options")
            && !field.value.as_str().eq_ignore_ascii_case("nosniff")
        {
            let message = "`X-Content-Type-Options` is always `nosniff`: otherwise a browser may run as a script what was served as text";
            complain(
                field,
                message,
                "Fetch, section `X-Content-Type-Options`",
                sink,
            );
        }
    }
}

fn complain(field: &RawField, message: &str, spec: &str, sink: &mut Sink) {
    sink.push(
        Diagnostic::error(Code::OwnedField, message)
            .label(field.name_span, "")
            .help("leave it out")
            .spec(spec),
    );
}
