use super::*;
use proptest::prelude::*;

fn clean(text: &str) -> CacheControl {
    let (control, problems) = CacheControl::parse(text);
    assert_eq!(problems, [], "{text}");
    control
}

fn problems(text: &str) -> Vec<(ProblemKind, &str)> {
    let (_, problems) = CacheControl::parse(text);
    problems
        .into_iter()
        .map(|problem| (problem.kind, &text[problem.span]))
        .collect()
}

#[test]
fn every_directive_is_read_and_written_in_canonical_order() {
    let control = clean(
        "no-transform, must-understand, stale-if-error=1, stale-while-revalidate=2, IMMUTABLE, proxy-revalidate, \
         must-revalidate, s-maxage=3, Max-Age=4, no-cache, no-store, private=\"Set-Cookie, X-A\", public",
    );
    assert_eq!(
        control.to_string(),
        "public, private=\"Set-Cookie, X-A\", no-store, no-cache, max-age=4, s-maxage=3, must-revalidate, \
         proxy-revalidate, immutable, stale-while-revalidate=2, stale-if-error=1, must-understand, no-transform"
    );
    for name in DirectiveName::ALL {
        assert!(control.has(name), "{name}");
    }
    assert_eq!(control.max_age().unwrap().get(), 4);
    assert_eq!(control.s_maxage().unwrap().get(), 3);
    assert!(control.is_no_cache());
    assert!(!control.is_private());
}

#[test]
fn canonical_order_is_the_order_of_the_names() {
    assert!(DirectiveName::ALL.is_sorted());
}

#[test]
fn each_directive_knows_where_it_was_written() {
    let text = "max-age=60 ,\timmutable";
    let control = clean(text);
    assert_eq!(
        &text[control.span_of(DirectiveName::MaxAge).unwrap()],
        "max-age=60"
    );
    assert_eq!(
        &text[control.span_of(DirectiveName::Immutable).unwrap()],
        "immutable"
    );
    assert_eq!(control.span_of(DirectiveName::Public), None);
}

#[test]
fn every_problem_is_reported_at_once_with_its_span() {
    use DirectiveName as Name;
    use ProblemKind as Kind;
    let found =
        problems("max-agee=5, max-age, s-maxage=1h, public=1, immutable, immutable, max-stale, ;");
    let expected = [
        (
            Kind::UnknownDirective {
                name: "max-agee".into(),
                nearest: Some(Name::MaxAge),
            },
            "max-agee",
        ),
        (Kind::MissingArgument(Name::MaxAge), "max-age"),
        (
            Kind::GarbageArgument {
                name: Name::SMaxage,
                argument: "1h".into(),
            },
            "1h",
        ),
        (Kind::UnexpectedArgument(Name::Public), "1"),
        (
            Kind::Duplicate {
                name: "immutable".into(),
            },
            "immutable",
        ),
        (Kind::RequestDirective { name: "max-stale" }, "max-stale"),
        (Kind::Malformed { text: ";".into() }, ";"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn quoted_seconds_are_read_and_reported() {
    let (control, problems) = CacheControl::parse("max-age=\"60\"");
    assert_eq!(control.max_age().unwrap().get(), 60);
    assert_eq!(
        problems[0].kind,
        ProblemKind::QuotedArgument(DirectiveName::MaxAge)
    );
}

#[test]
fn seconds_that_do_not_fit_are_reported_and_read_as_two_to_the_thirty_first() {
    for (text, reported) in [
        ("max-age=2147483648", false),
        ("max-age=002147483648", false),
        ("max-age=2147483649", true),
        ("max-age=99999999999999999999", true),
    ] {
        let (control, problems) = CacheControl::parse(text);
        assert_eq!(control.max_age(), Some(DeltaSeconds::MAX), "{text}");
        assert_eq!(!problems.is_empty(), reported, "{text}");
    }
}

#[test]
fn of_two_directives_the_first_counts() {
    let (control, problems) = CacheControl::parse("max-age=1, max-age=2");
    assert_eq!(control.max_age().unwrap().get(), 1);
    assert_eq!(problems[0].span, 11..20);
}

#[test]
fn an_unreadable_argument_of_no_cache_leaves_the_stricter_meaning() {
    let (control, problems) = CacheControl::parse("no-cache=\"a b\"");
    assert!(control.is_no_cache());
    assert_eq!(problems.len(), 1);
}

#[test]
fn a_field_name_without_quotes_is_read_and_reported() {
    let (control, problems) = CacheControl::parse("private=Set-Cookie");
    assert_eq!(control.to_string(), "private=\"Set-Cookie\"");
    assert_eq!(
        problems[0].kind,
        ProblemKind::UnquotedFieldNames(DirectiveName::Private)
    );
}

#[test]
fn a_comma_in_quotes_belongs_to_the_argument() {
    let (control, problems) = CacheControl::parse("x=\"a, \\\"b\", max-age=1");
    assert_eq!(control.to_string(), "max-age=1, x=\"a, \\\"b\"");
    assert_eq!(problems.len(), 1);
}

#[test]
fn an_open_quote_is_reported_and_hides_nothing_before_it() {
    let (control, problems) = CacheControl::parse("no-store, no-cache=\"x, public");
    assert_eq!(control.to_string(), "no-store");
    assert_eq!(problems[0].kind, ProblemKind::UnclosedQuote);
}

#[test]
fn spaces_around_equals_are_read_and_reported() {
    let (control, problems) = CacheControl::parse("max-age = 60");
    assert_eq!(control.max_age().unwrap().get(), 60);
    assert_eq!(problems[0].kind, ProblemKind::SpaceAroundEquals);
}

#[test]
fn a_missing_comma_is_not_a_directive() {
    assert!(matches!(
        problems("public immutable")[..],
        [(ProblemKind::Malformed { .. }, _)]
    ));
    assert!(matches!(
        problems("max-age=60; immutable")[..],
        [(ProblemKind::GarbageArgument { .. }, "60; immutable")]
    ));
}

#[test]
fn the_nearest_directive_is_found_for_common_slips() {
    for (slip, meant) in [
        ("maxage", Some(DirectiveName::MaxAge)),
        ("max_age", Some(DirectiveName::MaxAge)),
        ("s-max-age", Some(DirectiveName::SMaxage)),
        ("nocache", Some(DirectiveName::NoCache)),
        ("no-sotre", Some(DirectiveName::NoStore)),
        ("must-revalidat", Some(DirectiveName::MustRevalidate)),
        ("imutable", Some(DirectiveName::Immutable)),
        ("x", None),
        ("stale_if_err", Some(DirectiveName::StaleIfError)),
        ("pub", None),
        ("post-check", None),
    ] {
        assert_eq!(DirectiveName::nearest(slip), meant, "{slip}");
    }
}

#[test]
fn each_pair_that_does_not_go_together_is_found() {
    use Conflict as C;
    use DirectiveName as Name;
    for (text, expected) in [
        ("no-store, max-age=60", vec![C::NoStoreWith(Name::MaxAge)]),
        ("no-store, max-age=0", vec![]),
        ("no-store, immutable", vec![C::NoStoreWith(Name::Immutable)]),
        ("must-understand, no-store, max-age=60", vec![]),
        (
            "must-understand, max-age=60",
            vec![C::MustUnderstandWithoutNoStore],
        ),
        ("public, private", vec![C::PublicWithPrivate]),
        ("public, private=\"Set-Cookie\"", vec![]),
        ("immutable", vec![C::ImmutableWithoutLifetime]),
        ("immutable, s-maxage=60", vec![]),
        ("immutable, max-age=60", vec![]),
        ("immutable, max-age=0", vec![C::ImmutableWithZeroLifetime]),
        ("immutable, no-cache", vec![C::ImmutableWithNoCache]),
        ("no-cache, max-age=60", vec![C::NoCacheWith(Name::MaxAge)]),
        ("no-cache, max-age=0", vec![]),
        (
            "max-age=60, must-revalidate, stale-while-revalidate=60",
            vec![C::MustRevalidateWith(Name::StaleWhileRevalidate)],
        ),
        (
            "max-age=60, must-revalidate, stale-if-error=60",
            vec![C::MustRevalidateWith(Name::StaleIfError)],
        ),
        ("max-age=60, must-revalidate, stale-if-error=0", vec![]),
        (
            "s-maxage=60, stale-if-error=60",
            vec![C::SharedRevalidationWith {
                strict: Name::SMaxage,
                stale: Name::StaleIfError,
            }],
        ),
        (
            "stale-while-revalidate=60",
            vec![C::StaleWithoutLifetime(Name::StaleWhileRevalidate)],
        ),
        ("private, s-maxage=60", vec![C::PrivateWith(Name::SMaxage)]),
        ("private, max-age=60", vec![]),
        (
            "max-age=60, stale-while-revalidate=60, stale-if-error=600",
            vec![],
        ),
        ("no-cache", vec![]),
        ("public, max-age=31536000, immutable", vec![]),
    ] {
        assert_eq!(clean(text).conflicts(), expected, "{text}");
    }
}

#[test]
fn each_conflict_names_directives_that_are_there_and_says_what_happens() {
    for text in [
        "no-store, max-age=60, public",
        "public, private, s-maxage=5",
        "immutable, no-cache, stale-if-error=5",
        "max-age=60, must-revalidate, stale-while-revalidate=60",
    ] {
        let control = clean(text);
        let conflicts = control.conflicts();
        assert!(!conflicts.is_empty());
        for conflict in conflicts {
            for name in conflict.directives() {
                assert!(control.has(name), "{text}: {conflict:?}");
            }
            let explanation = conflict.explain();
            assert!(explanation.effect.ends_with('.'), "{conflict:?}");
            assert!(!explanation.instead.is_empty());
        }
    }
}

#[test]
fn an_extension_is_a_token_that_is_not_known() {
    assert_eq!(Extension::new("a b", None), Err(NotAnExtension::Name));
    assert_eq!(
        Extension::new("Max-Age", None),
        Err(NotAnExtension::Known(DirectiveName::MaxAge))
    );
    assert_eq!(
        Extension::new("x", Some("a\r\n")),
        Err(NotAnExtension::Argument)
    );
}

fn any_directive() -> impl Strategy<Value = Directive> {
    let seconds = any::<u64>().prop_map(DeltaSeconds::new);
    let names = proptest::collection::vec("[A-Za-z][A-Za-z-]{0,8}", 0..3).prop_map(|names| {
        names
            .iter()
            .map(|name| crate::http::FieldName::parse(name).unwrap())
            .collect::<Vec<_>>()
    });
    prop_oneof![
        proptest::sample::select(DirectiveName::ALL.to_vec())
            .prop_filter_map("needs an argument", Directive::plain),
        (
            proptest::sample::select(DirectiveName::ALL.to_vec()),
            seconds
        )
            .prop_filter_map("takes none", |(name, seconds)| Directive::with_seconds(
                name, seconds
            )),
        names.clone().prop_map(Directive::NoCache),
        names.prop_map(Directive::Private),
        ("x-[a-z]{1,5}", proptest::option::of("[ -~\t]{0,8}")).prop_filter_map(
            "known",
            |(name, argument)| {
                Extension::new(&name, argument.as_deref())
                    .ok()
                    .map(Directive::Extension)
            }
        ),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(directives in proptest::collection::vec(any_directive(), 0..8)) {
        let control: CacheControl = directives.into_iter().collect();
        let (read, problems) = CacheControl::parse(&control.to_string());
        prop_assert_eq!(&read, &control);
        for problem in problems {
            let is_unknown = matches!(problem.kind, ProblemKind::UnknownDirective { .. });
            prop_assert!(is_unknown, "{:?}", problem);
        }
        let value = control.field_value();
        prop_assert_eq!(value.as_str(), control.to_string());
    }

    #[test]
    fn any_text_is_read_without_panic_and_spans_lie_inside(text in any::<String>()) {
        let (control, problems) = CacheControl::parse(&text);
        for problem in problems {
            prop_assert!(text.get(problem.span.clone()).is_some());
            let _ = problem.explain();
        }
        let (again, _) = CacheControl::parse(&control.to_string());
        prop_assert_eq!(again, control);
    }

    #[test]
    fn directive_like_text_is_read_without_panic(text in "[a-z\"\\\\=, \t;0-9-]{0,60}") {
        let (control, _) = CacheControl::parse(&text);
        let _ = (control.conflicts(), control.field_value());
    }
}
