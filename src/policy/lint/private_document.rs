//! A document that the policy names for everybody, and keeps from everybody.
//!
//! Implements: RFC 9110 §15.5.5 (what is not there for anybody).
//! Uses: diagnostic · Never: anything else

use crate::diagnostic::{Code, Diagnostic, Sink};

use super::super::raw::RawPolicy;
use super::super::settings::Spa;
use super::Lint;

pub(super) const LINT: Lint = Lint {
    code: Code::PrivateDocument,
    doc: DOC,
    check,
    raises: &[
        "[site]\nprivate = [\"*.html\"]",
        "[site]\nprivate = [\"/app.html\"]\nspa = \"/app.html\"",
        "[site]\nindex = \"home.html\"\nprivate = [\"home.*\"]",
        "[site]\nprivate = [\"/404.*\"]",
    ],
    passes: &[
        "[site]\nprivate = [\"*.map\"]",
        "[site]\nprivate = [\"/drafts/**\"]\nspa = \"/app.html\"",
        "[site]\nhidden = [\"*.html\"]",
        "[site]\nindex = \"home.html\"\nprivate = [\"index.html\"]",
    ],
};

const DOC: &str = "
# What
`site.private` matches a document that `[site]` names: the index, that of history-API routes, or that of errors.

# Why
What is private is a 404 in every way: no folder has an index any more, or no route of the app an answer.

# Example
`private = [\"*.html\"]`: the whole site is gone. `private = [\"/drafts/**\"]` names what is meant.

# Spec
RFC 9110 §15.5.5.
";

fn check(policy: &RawPolicy, sink: &mut Sink) {
    let (site, Some(span)) = (&policy.site, policy.private) else {
        return;
    };
    let index = format!("/{}", site.index);
    let app = match &site.spa {
        Spa::Document(path) => Some(path.as_str()),
        Spa::Auto | Spa::Off => None,
    };
    let named = [
        ("the index of the site", Some(index.as_str())),
        ("the document of history-API routes (`site.spa`)", app),
        (
            "the document of errors (`site.not-found`)",
            Some(site.not_found.as_str()),
        ),
    ];
    let kept = named
        .into_iter()
        .find(|(_, path)| path.is_some_and(|path| site.is_private(path)));
    if let Some((what, Some(path))) = kept {
        sink.push(
            Diagnostic::warning(
                Code::PrivateDocument,
                format!("`site.private` matches `{path}`, {what}: whoever asks for it gets a 404"),
            )
            .label(span, "this keeps it from everybody")
            .help("name what is for nobody more closely, such as `\"*.map\"` or `\"/drafts/**\"`")
            .spec("RFC 9110 §15.5.5"),
        );
    }
}
