//! A redirect behind another one that always comes first.
//!
//! Uses: diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};

use super::super::raw::RawPolicy;
use super::Lint;

pub(super) const LINT: Lint = Lint {
    code: Code::RedirectShadowed,
    doc: DOC,
    check,
    raises: &[
        "[[redirect]]\nfrom = \"/a\"\nto = \"/b\"\n[[redirect]]\nfrom = \"/a\"\nto = \"/c\"",
        "[[redirect]]\nfrom = \"/a/*\"\nto = \"/b\"\n[[redirect]]\nfrom = \"/a/x\"\nto = \"/c\"",
    ],
    passes: &[
        "[[redirect]]\nfrom = \"/a/x\"\nto = \"/c\"\n[[redirect]]\nfrom = \"/a/*\"\nto = \"/b\"",
        "[[redirect]]\nfrom = \"/a/*\"\nto = \"/b\"\n[[redirect]]\nfrom = \"/a\"\nto = \"/c\"",
    ],
};

const DOC: &str = "
# What
An earlier redirect matches every path that this one is about.

# Why
The first redirect that matches is taken, so this one never is.

# Example
`/blog/*` above `/blog/welcome`. Put the narrower one first.

# Spec
The order of redirects is larder's own: `docs/reference/policy.md`.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    for (place, redirect) in policy.redirects.iter().enumerate() {
        let Some(earlier) = policy.redirects[..place]
            .iter()
            .find(|earlier| earlier.from.covers(&redirect.from))
        else {
            continue;
        };
        sink.push(
            Diagnostic::warning(
                Code::RedirectShadowed,
                format!(
                    "`{}` is never taken: `{}` comes first and matches all of it",
                    redirect.from, earlier.from
                ),
            )
            .label(redirect.span, "never taken")
            .label(earlier.span, "comes first")
            .help("put the narrower one first, or remove one"),
        );
    }
}
