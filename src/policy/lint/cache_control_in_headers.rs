//! A cache field among `headers`, where it would be blind to what is served.
//!
//! Implements: RFC 9111 §5.2, §5.3, §5.4; RFC 9213 §2.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::targeted::is_targeted;

use super::super::raw::{RawField, RawPolicy};
use super::Lint;

pub(super) const LINT: Lint = Lint {
    code: Code::CacheControlInHeaders,
    doc: DOC,
    check,
    raises: &[
        "[headers]\n\"Cache-Control\" = \"max-age=60\"",
        "[headers]\nCDN-Cache-Control = \"max-age=60\"",
        "[headers]\nExpires = \"0\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\nheaders = { cache-control = \"max-age=60\" }",
    ],
    passes: &[
        "[headers]\nX-Frame-Options = \"DENY\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\ncache-control = \"max-age=60\"",
    ],
};

const DOC: &str = "
# What
`Cache-Control`, a targeted field, `Expires`, `Pragma` or `Surrogate-Control` is set by name in `[headers]` or in `headers` of a rule.

# Why
In `[headers]` it would be on every reply, errors and documents included, and the checks that keep `immutable` to fingerprinted names could
not see it. `Expires` and `Pragma` say what `Cache-Control` says, for caches that no longer exist.

# Example
`[headers] Cache-Control = \"max-age=3600\"`. Write `[cache] asset = \"max-age=3600\"`, or a rule with `cache-control`.

# Spec
RFC 9111 §5.2, §5.3 and §5.4, RFC 9213 §2.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for field in &policy.headers {
        complain(
            field,
            "on every reply, errors included",
            "set it by what is served, in `[cache]` or with a rule's `cache-control`",
            sink,
        );
    }
    for field in policy.rules.iter().flat_map(|rule| &rule.headers) {
        complain(
            field,
            "past the checks that keep caches safe",
            "write it as a key of the rule: `cache-control = \"…\"`",
            sink,
        );
    }
}

fn complain(field: &RawField, consequence: &str, help: &str, sink: &mut Sink) {
    let name = field.field.as_str();
    let spec = if field.field.matches("Expires") {
        "RFC 9111 §5.3"
    } else if field.field.matches("Pragma") {
        "RFC 9111 §5.4"
    } else if is_targeted(name) || field.field.matches("Surrogate-Control") {
        "RFC 9213 §2"
    } else if field.field.matches("Cache-Control") {
        "RFC 9111 §5.2"
    } else {
        return;
    };
    sink.push(
        Diagnostic::error(
            Code::CacheControlInHeaders,
            format!("`{name}` is cache policy, and here it would be {consequence}"),
        )
        .label(field.name_span, "")
        .help(help)
        .spec(spec),
    );
}
