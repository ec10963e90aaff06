//! policy.toml: any text is a policy, or it is said what is wrong with it and where.

use larder::{
    diagnostic::{Severity, Style, render},
    policy::{Subject, compile},
};

/// Compiles, renders what there is to say, and asks the policy something.
pub(crate) fn compiles_or_says_why(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let compiled = compile("policy.toml", text);
    let is_refused = compiled
        .diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(compiled.policy.is_none(), is_refused);
    for label in compiled
        .diagnostics
        .iter()
        .flat_map(|diagnostic| &diagnostic.labels)
    {
        let stretch = text.get(label.span.start..label.span.end);
        assert!(stretch.is_some(), "{:?} is no part of the text", label.span);
    }
    for style in [Style::Text { colour: true }, Style::Json] {
        let said = render(&compiled.diagnostics, "policy.toml", text, style);
        assert_eq!(said.is_empty(), compiled.diagnostics.is_empty());
    }
    if let Some(policy) = compiled.policy {
        for status in [200, 301, 404, 500] {
            let _ = policy.decide(&Subject::new(status, None));
        }
    }
}
