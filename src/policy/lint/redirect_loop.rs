//! A redirect that leads back to itself.
//!
//! Implements: RFC 9110 §15.4 (clients detect cyclical redirects and give up).
//! Uses: http, diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::http::TargetPath;

use super::super::raw::{RawPolicy, RawRedirect};
use super::super::redirect::{Redirect, Redirects};
use super::Lint;

pub(super) const LINT: Lint = Lint {
    code: Code::RedirectLoop,
    doc: DOC,
    check,
    raises: &[
        "[[redirect]]\nfrom = \"/a\"\nto = \"/a\"",
        "[[redirect]]\nfrom = \"/a/\"\nto = \"/a\"",
        "[[redirect]]\nfrom = \"/a\"\nto = \"/b\"\n[[redirect]]\nfrom = \"/b\"\nto = \"/a\"",
        "[[redirect]]\nfrom = \"/*\"\nto = \"/app/:splat\"",
        "[[redirect]]\nfrom = \"/a/*\"\nto = \"/a/\"",
    ],
    passes: &[
        "[[redirect]]\nfrom = \"/a\"\nto = \"/b\"\n[[redirect]]\nfrom = \"/b\"\nto = \"/c\"",
        "[[redirect]]\nfrom = \"/a/*\"\nto = \"/b/:splat\"",
        "[[redirect]]\nfrom = \"/*\"\nto = \"https://example.com/:splat\"",
        "[[redirect]]\nfrom = \"/v/*\"\nto = \"/w/:splat\"\n[[redirect]]\nfrom = \"/old\"\nto = \"/v/new\"",
        "[[redirect]]\nfrom = \"/:lang/home\"\nto = \"/:lang/\"",
    ],
};

const DOC: &str = "
# What
The target of a redirect is redirected again, and again, and never arrives.

# Why
A browser follows some twenty of them and then shows an error instead of the site. With a permanent status it remembers the loop.

# Example
`from = \"/*\"`, `to = \"/app/:splat\"`: `/app/x` is a path under `/*` too. Name the paths that moved.

# Spec
RFC 9110 §15.4.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    let redirects = Redirects::new(policy.redirects.iter().map(runnable).collect());
    let mut reported = Vec::new();
    for (place, raw) in policy.redirects.iter().enumerate() {
        // Two fillings, because one may by chance be a word of another redirect.
        let loops =
            ["larder-a", "larder-b"].map(|filler| circle(&redirects, raw.from.sample(filler)));
        let [Some(circle), Some(_)] = loops else {
            continue;
        };
        // Who only leads into a circle is not to blame, and each circle is reported once.
        if !circle.contains(&place) || circle.iter().any(|member| reported.contains(member)) {
            continue;
        }
        reported.push(place);
        sink.push(
            Diagnostic::error(
                Code::RedirectLoop,
                format!(
                    "`{}` leads to `{}`, which is redirected again and never arrives",
                    raw.from, raw.to
                ),
            )
            .label(raw.span, "from here")
            .label(raw.to_span, "and from there on and on")
            .help("send it to a path that no redirect is about")
            .spec("RFC 9110 §15.4"),
        );
    }
}

fn runnable(raw: &RawRedirect) -> Redirect {
    Redirect {
        from: raw.from.clone(),
        to: raw.to.clone(),
        status: raw.status,
        location: None,
    }
}

/// Follows the redirects for a path. The places of those that it keeps coming back to, if it never arrives.
fn circle(redirects: &Redirects, mut path: String) -> Option<Vec<usize>> {
    let count = redirects.iter().count();
    let mut taken = Vec::new();
    // Without a circle each is taken once or, where a place makes the path another one, a few times.
    for _ in 0..4 * count {
        let found = redirects.find(&TargetPath::from_site(&path).ok()?, None)?;
        let local = found.location.split(['?', '#']).next().unwrap_or_default();
        path = TargetPath::parse(local).ok()?.as_str().to_owned();
        taken.push(
            redirects
                .iter()
                .position(|redirect| std::ptr::eq(redirect, found.because))?,
        );
    }
    Some(taken.split_off(taken.len() - count))
}
