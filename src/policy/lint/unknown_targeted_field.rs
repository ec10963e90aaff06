//! A targeted field that looks like a slip of a known one.
//!
//! Implements: RFC 9213 §2, §3.1.
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::targeted::{KNOWN, is_targeted, reader_of};

use super::super::nearest::nearest;
use super::super::raw::RawPolicy;
use super::Lint;

pub(super) const LINT: Lint = Lint {
    code: Code::UnknownTargetedField,
    doc: DOC,
    check,
    raises: &["[[rule]]\nname = \"a\"\nkind = \"asset\"\ncnd-cache-control = \"max-age=60\""],
    passes: &[
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\ncdn-cache-control = \"max-age=60\"",
        "[[rule]]\nname = \"a\"\nkind = \"asset\"\nour-own-edge-cache-control = \"max-age=60\"",
    ],
};

const DOC: &str = "
# What
The name of a targeted field is almost that of one in use.

# Why
Anybody may make up a targeted field, so a misspelt one is well formed, and no cache reads it.

# Example
`cnd-cache-control = \"max-age=60\"`. Write `cdn-cache-control`.

# Spec
RFC 9213 §2 and §3.1.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for value in policy.cache_values() {
        let name = value.field.as_str();
        if !is_targeted(name) || reader_of(name).is_some() {
            continue;
        }
        if let Some(near) = nearest(name, KNOWN.map(|(known, _)| known)) {
            let message = format!(
                "no cache known to larder reads `{name}`, so they all follow `Cache-Control`"
            );
            let diagnostic = Diagnostic::warning(Code::UnknownTargetedField, message)
                .help(format!(
                    "the nearest field in use is `{}`",
                    near.to_ascii_lowercase()
                ))
                .spec("RFC 9213 §3.1");
            sink.push(value.mark(diagnostic, None, ""));
        }
    }
}
