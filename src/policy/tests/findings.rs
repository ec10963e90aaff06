//! The look of findings, as people see them: `tests/policy/*.toml` in, `*.txt` out.

use super::super::compile;
use crate::diagnostic::{Style, render};

macro_rules! looks_like {
    ($($name:ident: $stem:literal,)+) => {
        $(#[test]
        fn $name() {
            let source = include_str!(concat!("../../../tests/policy/", $stem, ".toml"));
            let expected = include_str!(concat!("../../../tests/policy/", $stem, ".txt"));
            let found = compile("policy.toml", source).diagnostics;
            let text = render(&found, "policy.toml", source, Style::Text { colour: false });
            assert!(text == expected, "it looks like this now:\n{text}");
        })+
    };
}

looks_like! {
    a_first_policy_with_the_usual_slips: "slips",
    cache_directives_that_do_not_do: "directives",
    rules_that_do_not_do: "rules",
    redirects_that_do_not_do: "redirects",
    text_that_is_not_toml: "syntax",
}
