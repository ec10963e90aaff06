use super::super::{EntityTag, FieldName, Fields};
use super::Ranges::{Several, Single, Unsatisfiable, Whole};
use super::*;
use proptest::prelude::*;

const MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn date(text: &str) -> HttpDate {
    HttpDate::parse(text.as_bytes(), HttpDate::EPOCH).unwrap()
}

fn part(first: u64, last: u64) -> ByteRange {
    ByteRange { first, last }
}

fn ask_at(lines: &[(&str, &str)], length: u64, now: &str) -> Ranges {
    let fields: Fields = lines
        .iter()
        .map(|(name, value)| {
            (
                FieldName::parse(name).unwrap(),
                FieldValue::parse(value).unwrap(),
            )
        })
        .collect();
    let validators = Validators {
        entity_tag: Some(EntityTag::strong("a").unwrap()),
        last_modified: Some(date(MODIFIED)),
    };
    RangeRequest::evaluate(&fields, &validators, length, date(now))
}

fn ask(range: &str, length: u64) -> Ranges {
    ask_at(&[("Range", range)], length, "Sun, 22 Nov 2026 12:00:00 GMT")
}

#[test]
fn no_range_is_the_whole() {
    let now = "Sun, 22 Nov 2026 12:00:00 GMT";
    assert_eq!(ask_at(&[], 10, now), Whole(WholeReason::NotAsked));
    assert_eq!(
        ask_at(&[("If-Range", "\"a\"")], 10, now),
        Whole(WholeReason::NotAsked)
    );
}

#[test]
fn each_form_selects_its_part() {
    for (range, length, expected) in [
        ("bytes=0-0", 10, Single(part(0, 0))),
        ("bytes=0-9", 10, Single(part(0, 9))),
        ("bytes=0-", 10, Single(part(0, 9))),
        ("bytes=3-5", 10, Single(part(3, 5))),
        ("bytes=9-", 10, Single(part(9, 9))),
        ("bytes=5-100", 10, Single(part(5, 9))),
        ("bytes=-3", 10, Single(part(7, 9))),
        ("bytes=-10", 10, Single(part(0, 9))),
        ("bytes=-11", 10, Single(part(0, 9))),
        ("BYTES=0-0", 10, Single(part(0, 0))),
        ("bytes= 0-0 , ", 10, Single(part(0, 0))),
        ("bytes=0-0,20-30", 10, Single(part(0, 0))),
        ("bytes=0-3,4-9", 10, Single(part(0, 9))),
        ("bytes=0-18446744073709551615", 10, Single(part(0, 9))),
        ("bytes=-99999999999999999999999", 10, Single(part(0, 9))),
    ] {
        assert_eq!(ask(range, length), expected, "{range} of {length}");
    }
}

#[test]
fn a_set_outside_the_content_is_unsatisfiable() {
    for (range, length) in [
        ("bytes=10-", 10),
        ("bytes=10-20", 10),
        ("bytes=-0", 10),
        ("bytes=10-,-0,20-30", 10),
        ("bytes=0-", 0),
        ("bytes=0-0", 0),
        ("bytes=99999999999999999999999-", 10),
        // Four more than fits: must not come round to byte 4.
        ("bytes=18446744073709551620-", 10),
        ("bytes=18446744073709551615-18446744073709551616", 10),
    ] {
        assert_eq!(ask(range, length), Unsatisfiable, "{range} of {length}");
    }
}

#[test]
fn what_is_not_a_set_is_the_whole() {
    for range in [
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-4",
        "bytes=0-0,5-4",
        "bytes=+1-2",
        "bytes=--1",
        "bytes=1--2",
        "bytes=0x1-2",
        "bytes=1 - 2",
        "bytes=1-2-3",
        "bytes=0-0;1-1",
        "bytes =0-0",
        "=0-0",
        "0-0",
        "",
    ] {
        assert_eq!(ask(range, 10), Whole(WholeReason::Malformed), "{range:?}");
    }
    let twice = [("Range", "bytes=0-0"), ("Range", "bytes=0-0")];
    assert_eq!(ask_at(&twice, 10, MODIFIED), Whole(WholeReason::Malformed));
}

#[test]
fn an_unknown_unit_is_the_whole() {
    assert_eq!(ask("seconds=0-5", 10), Whole(WholeReason::UnknownUnit));
    assert_eq!(ask("bytess=0-5", 10), Whole(WholeReason::UnknownUnit));
}

#[test]
fn nothing_has_no_part() {
    assert_eq!(ask("bytes=-5", 0), Whole(WholeReason::EmptyContent));
}

#[test]
fn several_parts_keep_their_order_unless_joined() {
    assert_eq!(
        ask("bytes=500-599,0-99", 1000),
        Several(vec![part(500, 599), part(0, 99)])
    );
    assert_eq!(
        ask("bytes=500-599,0-99,90-149,150-199", 1000),
        Several(vec![part(0, 199), part(500, 599)])
    );
    assert_eq!(
        ask("bytes=0-99,-100", 1000),
        Several(vec![part(0, 99), part(900, 999)])
    );
}

#[test]
fn a_part_inside_another_does_not_shorten_it() {
    assert_eq!(
        ask("bytes=0-99,10-19,200-209", 1000),
        Several(vec![part(0, 99), part(200, 209)])
    );
}

#[test]
fn a_set_that_costs_more_than_the_whole_is_the_whole() {
    assert_eq!(ask("bytes=0-,0-", 1000), Whole(WholeReason::TooMuch));
    assert_eq!(ask("bytes=0-0,9-9", 10), Whole(WholeReason::TooMuch));
    assert_eq!(ask("bytes=0-9,50-59", 100), Whole(WholeReason::TooMuch));
    let flood = format!("bytes={}", vec!["0-"; 150].join(","));
    assert_eq!(ask(&flood, 10_000), Whole(WholeReason::TooMuch));
}

#[test]
fn too_many_members_or_parts_are_the_whole() {
    let parts = |count: u64| {
        let parts: Vec<_> = (0..count).map(|at| format!("{0}-{0}", at * 10)).collect();
        ask(&format!("bytes={}", parts.join(",")), 1_000_000)
    };
    assert!(matches!(parts(16), Several(parts) if parts.len() == 16));
    assert_eq!(parts(17), Whole(WholeReason::TooMany));
    assert_eq!(parts(201), Whole(WholeReason::TooMany));
    let commas = format!("bytes={}0-0", ",".repeat(300));
    assert_eq!(ask(&commas, 10), Whole(WholeReason::TooMany));
}

#[test]
fn if_range_must_name_the_current_representation() {
    let later = "Sun, 06 Nov 1994 08:49:38 GMT";
    for (condition, now, holds) in [
        ("\"a\"", later, true),
        ("W/\"a\"", later, false),
        ("\"b\"", later, false),
        ("\"a\", \"b\"", later, false),
        ("a", later, false),
        ("*", later, false),
        ("", later, false),
        (MODIFIED, later, true),
        ("Sunday, 06-Nov-94 08:49:37 GMT", later, true),
        ("Sun, 06 Nov 1994 08:49:36 GMT", later, false),
        (later, later, false),
        // §8.8.2.2: within its own second a date is a weak validator.
        (MODIFIED, MODIFIED, false),
    ] {
        let lines = [("Range", "bytes=0-0"), ("If-Range", condition)];
        let expected = if holds {
            Single(part(0, 0))
        } else {
            Whole(WholeReason::IfRangeFalse)
        };
        assert_eq!(ask_at(&lines, 10, now), expected, "{condition:?} at {now}");
    }
}

#[test]
fn if_range_twice_names_nothing() {
    let lines = [
        ("Range", "bytes=0-0"),
        ("If-Range", "\"a\""),
        ("If-Range", "\"a\""),
    ];
    assert_eq!(
        ask_at(&lines, 10, MODIFIED),
        Whole(WholeReason::IfRangeFalse)
    );
}

#[test]
fn a_mismatch_hides_an_unsatisfiable_range() {
    let lines = [("Range", "bytes=99-"), ("If-Range", "\"b\"")];
    assert_eq!(
        ask_at(&lines, 10, MODIFIED),
        Whole(WholeReason::IfRangeFalse)
    );
}

#[test]
fn content_range_counts_from_zero_to_the_last_byte() {
    assert_eq!(part(0, 9).content_range(10).as_str(), "bytes 0-9/10");
    assert_eq!(part(0, 9).len(), 10);
    assert_eq!(ByteRange::unsatisfied(10).as_str(), "bytes */10");
}

proptest! {
    #[test]
    fn any_bytes_are_answered(line in proptest::collection::vec(any::<u8>(), 0..60), length in any::<u64>()) {
        let _ = select(&line, length);
    }

    #[test]
    fn parts_lie_inside_apart_from_each_other_and_cost_at_most_twice_the_content(
        set in "bytes=([0-9]{0,4}-[0-9]{0,4},?){1,6}",
        length in 0u64..12_000,
    ) {
        match select(set.as_bytes(), length) {
            Ok(Single(range)) => prop_assert!(range.first <= range.last && range.last < length),
            Ok(Several(parts)) => {
                prop_assert!(parts.len() > 1);
                let mut sorted = parts.clone();
                sorted.sort_unstable();
                for pair in sorted.windows(2) {
                    prop_assert!(pair[0].last + 1 < pair[1].first);
                }
                prop_assert!(parts.iter().all(|range| range.first <= range.last && range.last < length));
                prop_assert!(parts.iter().map(|range| range.len() + PART_OVERHEAD).sum::<u64>() <= 2 * length);
            }
            _ => {}
        }
    }

    #[test]
    fn one_part_is_the_part_that_was_asked_for(first in 0u64..1000, more in 0u64..1000, length in 1u64..1500) {
        let answer = select(format!("bytes={first}-{}", first + more).as_bytes(), length);
        let expected = if first < length {
            Single(part(first, (first + more).min(length - 1)))
        } else {
            Unsatisfiable
        };
        prop_assert_eq!(answer, Ok(expected));
    }
}
