use super::*;
use proptest::prelude::*;

#[test]
fn a_targeted_field_ends_in_cache_control_and_has_a_target() {
    for name in [
        "CDN-Cache-Control",
        "cloudflare-cdn-cache-control",
        "My-Cache-Control",
    ] {
        assert!(is_targeted(name), "{name}");
    }
    for name in [
        "Cache-Control",
        "-Cache-Control",
        "Surrogate-Control",
        "CDN-Cache-Controls",
        "",
    ] {
        assert!(!is_targeted(name), "{name}");
    }
    assert_eq!(reader_of("vercel-cdn-cache-control"), Some("Vercel"));
    assert_eq!(reader_of("Surrogate-Control"), None);
}

#[test]
fn a_dictionary_gives_the_same_directives_as_cache_control() {
    let (control, problems) = parse("max-age=60, must-revalidate, private=\"Set-Cookie\"");
    assert_eq!(problems, []);
    let (expected, _) = CacheControl::parse("max-age=60, must-revalidate, private=\"Set-Cookie\"");
    assert_eq!(control, Some(expected));
}

#[test]
fn a_syntax_error_makes_the_whole_field_ignored() {
    for text in [
        "",
        "  ",
        "Max-Age=60",
        "max-age=60,",
        "max-age=",
        "max-age=60; ,",
        "max-age 60",
        "no-cache=\"a",
        "max-age=1234567890123456",
        "é",
    ] {
        let (control, problems) = parse(text);
        assert_eq!(control, None, "{text:?}");
        assert!(
            matches!(
                problems[..],
                [Problem {
                    kind: ProblemKind::NotADictionary { .. },
                    ..
                }]
            ),
            "{text:?}"
        );
    }
}

#[test]
fn of_two_members_the_last_counts() {
    let (control, problems) = parse("max-age=60, max-age=30");
    assert_eq!(control.unwrap().to_string(), "max-age=30");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].span, 12..22);
}

#[test]
fn a_value_of_the_wrong_type_loses_only_its_member() {
    let (control, problems) =
        parse("max-age=\"60\", s-maxage=1.5, no-store=5, must-revalidate=?0, immutable");
    assert_eq!(control.unwrap().to_string(), "immutable");
    assert_eq!(problems.len(), 4);
}

#[test]
fn a_type_no_directive_takes_is_still_a_dictionary() {
    for value in [
        "(a b;c=1)",
        "()",
        ":aGk=:",
        "@1659578233",
        "a/b:c",
        "1.5",
        "?0",
        "\"x\\\"y\"",
    ] {
        let (control, problems) = parse(&format!("max-age={value}, immutable"));
        assert_eq!(control.unwrap().to_string(), "immutable", "{value}");
        assert!(
            matches!(
                problems[..],
                [Problem {
                    kind: ProblemKind::GarbageArgument { .. },
                    ..
                }]
            ),
            "{value}: {problems:?}"
        );
    }
    for value in [
        "(a", "(a\"b\")", ":aGk=", "@a", "?2", "1.", "1.1234", "-", "\"\\x\"", "%\"x\"",
    ] {
        assert_eq!(parse(&format!("max-age={value}")).0, None, "{value}");
    }
}

#[test]
fn an_extension_keeps_its_argument() {
    let (control, problems) = parse("x-tag=\"a, b\", x-on");
    assert_eq!(control.unwrap().to_string(), "x-tag=\"a, b\", x-on");
    assert_eq!(problems.len(), 2);
}

#[test]
fn parameters_are_skipped() {
    let (control, problems) = parse("max-age=60;a;b=2, immutable;x=\"y\"");
    assert_eq!(problems, []);
    assert_eq!(control.unwrap().to_string(), "max-age=60, immutable");
}

#[test]
fn a_negative_number_is_no_duration() {
    let (control, problems) = parse("max-age=-1");
    assert!(control.unwrap().is_empty());
    assert!(matches!(
        problems[0].kind,
        ProblemKind::GarbageArgument { .. }
    ));
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_spans_lie_inside(text in any::<String>()) {
        let (_, problems) = parse(&text);
        for problem in problems {
            prop_assert!(problem.span.end <= text.len());
            let _ = problem.explain();
        }
    }
}
