use super::super::{EntityTag, FieldName, FieldValue, Fields};
use super::MethodKind::{GetOrHead, Other};
use super::Precondition::{Failed, NotModified, Proceed};
use super::*;

const OLD: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
const SAME: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const NEW: &str = "Sun, 06 Nov 1994 08:49:38 GMT";
const BAD: &str = "yesterday";

fn date(text: &str) -> HttpDate {
    HttpDate::parse(text.as_bytes(), HttpDate::EPOCH).unwrap()
}

fn tagged_and_dated() -> Validators {
    Validators {
        entity_tag: Some(EntityTag::strong("a").unwrap()),
        last_modified: Some(date(SAME)),
    }
}

fn ask(lines: &[(&str, &str)], method: MethodKind, current: Option<&Validators>) -> Precondition {
    let fields: Fields = lines
        .iter()
        .map(|(name, value)| {
            (
                FieldName::parse(name).unwrap(),
                FieldValue::parse(value).unwrap(),
            )
        })
        .collect();
    let now = date("Sun, 22 Nov 2026 12:00:00 GMT");
    Preconditions::evaluate(&fields, method, current, now)
}

fn get(lines: &[(&str, &str)]) -> Precondition {
    ask(lines, GetOrHead, Some(&tagged_and_dated()))
}

#[test]
fn without_conditions_the_method_goes_on() {
    assert_eq!(get(&[]), Proceed);
    assert_eq!(ask(&[], Other, None), Proceed);
}

#[test]
fn each_condition_alone_has_its_answer() {
    for (name, value, expected) in [
        ("If-Match", "\"a\"", Proceed),
        ("If-Match", "\"b\"", Failed),
        ("If-Match", "W/\"a\"", Failed),
        ("If-Match", "*", Proceed),
        ("If-Match", "garbage", Failed),
        ("If-Unmodified-Since", OLD, Failed),
        ("If-Unmodified-Since", SAME, Proceed),
        ("If-Unmodified-Since", NEW, Proceed),
        ("If-Unmodified-Since", BAD, Proceed),
        ("If-None-Match", "\"a\"", NotModified),
        ("If-None-Match", "W/\"a\"", NotModified),
        ("If-None-Match", "\"b\", \"a\"", NotModified),
        ("If-None-Match", "*", NotModified),
        ("If-None-Match", "\"b\"", Proceed),
        ("If-None-Match", "a", Proceed),
        ("If-None-Match", "\"A\"", Proceed),
        ("If-Modified-Since", OLD, Proceed),
        ("If-Modified-Since", SAME, NotModified),
        ("If-Modified-Since", NEW, NotModified),
        ("If-Modified-Since", BAD, Proceed),
        (
            "if-modified-since",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            NotModified,
        ),
        ("If-Modified-Since", "Sun Nov  6 08:49:37 1994", NotModified),
    ] {
        assert_eq!(get(&[(name, value)]), expected, "{name}: {value}");
    }
}

#[test]
fn if_none_match_beats_if_modified_since() {
    assert_eq!(
        get(&[("If-None-Match", "\"a\""), ("If-Modified-Since", OLD)]),
        NotModified
    );
    assert_eq!(
        get(&[("If-None-Match", "\"b\""), ("If-Modified-Since", NEW)]),
        Proceed
    );
    assert_eq!(
        get(&[("If-None-Match", "garbage"), ("If-Modified-Since", NEW)]),
        Proceed
    );
}

#[test]
fn if_match_beats_if_unmodified_since() {
    assert_eq!(
        get(&[("If-Match", "\"a\""), ("If-Unmodified-Since", OLD)]),
        Proceed
    );
    assert_eq!(
        get(&[("If-Match", "\"b\""), ("If-Unmodified-Since", NEW)]),
        Failed
    );
}

#[test]
fn the_first_two_steps_do_not_hide_the_next_two() {
    assert_eq!(
        get(&[("If-Match", "\"a\""), ("If-None-Match", "\"a\"")]),
        NotModified
    );
    assert_eq!(
        get(&[("If-Match", "\"b\""), ("If-None-Match", "\"a\"")]),
        Failed
    );
    assert_eq!(
        get(&[("If-Unmodified-Since", SAME), ("If-Modified-Since", SAME)]),
        NotModified
    );
    assert_eq!(
        get(&[("If-Unmodified-Since", OLD), ("If-None-Match", "\"a\"")]),
        Failed
    );
}

#[test]
fn several_lines_are_one_list() {
    assert_eq!(
        get(&[("If-None-Match", "\"b\""), ("if-none-match", "\"a\"")]),
        NotModified
    );
    assert_eq!(
        get(&[("If-Match", "\"b\""), ("If-Match", "\"a\"")]),
        Proceed
    );
}

#[test]
fn a_date_that_comes_twice_is_no_condition() {
    assert_eq!(
        get(&[("If-Modified-Since", NEW), ("If-Modified-Since", NEW)]),
        Proceed
    );
    assert_eq!(
        get(&[("If-Unmodified-Since", OLD), ("If-Unmodified-Since", OLD)]),
        Proceed
    );
}

#[test]
fn without_a_modification_date_dates_are_ignored() {
    let current = Validators::tagged(EntityTag::strong("a").unwrap());
    for (name, value) in [("If-Modified-Since", NEW), ("If-Unmodified-Since", OLD)] {
        assert_eq!(
            ask(&[(name, value)], GetOrHead, Some(&current)),
            Proceed,
            "{name}"
        );
    }
}

#[test]
fn without_an_entity_tag_only_the_star_speaks() {
    let current = Validators::NONE;
    let ask = |name, value| ask(&[(name, value)], GetOrHead, Some(&current));
    assert_eq!(ask("If-Match", "*"), Proceed);
    assert_eq!(ask("If-Match", "\"a\""), Failed);
    assert_eq!(ask("If-None-Match", "*"), NotModified);
    assert_eq!(ask("If-None-Match", "\"a\""), Proceed);
}

#[test]
fn other_methods_fail_where_get_is_not_modified() {
    let current = tagged_and_dated();
    assert_eq!(
        ask(&[("If-None-Match", "\"a\"")], Other, Some(&current)),
        Failed
    );
    assert_eq!(
        ask(&[("If-None-Match", "*")], Other, Some(&current)),
        Failed
    );
    assert_eq!(
        ask(&[("If-Modified-Since", NEW)], Other, Some(&current)),
        Proceed
    );
}

#[test]
fn without_a_representation_if_match_fails_and_if_none_match_holds() {
    assert_eq!(ask(&[("If-Match", "*")], Other, None), Failed);
    assert_eq!(ask(&[("If-None-Match", "*")], Other, None), Proceed);
    assert_eq!(ask(&[("If-Modified-Since", NEW)], GetOrHead, None), Proceed);
}
