use super::*;
use proptest::prelude::*;

fn strong(opaque: &str) -> EntityTag {
    EntityTag::strong(opaque).unwrap()
}

fn listed(lines: &[&str], comparison: Comparison) -> Listed {
    let current = strong("a");
    compare_list(
        lines.iter().map(|line| line.as_bytes()),
        Some(&current),
        comparison,
    )
}

#[test]
fn the_comparison_table_of_the_rfc_holds() {
    // §8.8.3.2, table 3.
    let weak = |opaque| EntityTag::weak(opaque).unwrap();
    for (left, right, is_strong, is_weak) in [
        (weak("1"), weak("1"), false, true),
        (weak("1"), weak("2"), false, false),
        (weak("1"), strong("1"), false, true),
        (strong("1"), strong("1"), true, true),
    ] {
        assert_eq!(left.strong_eq(&right), is_strong, "{left} {right}");
        assert_eq!(left.weak_eq(&right), is_weak, "{left} {right}");
    }
}

#[test]
fn a_tag_is_written_with_its_quotes() {
    assert_eq!(strong("x,y").field_value().as_str(), "\"x,y\"");
    let weak = EntityTag::weak("x").unwrap();
    assert_eq!(
        (weak.as_str(), weak.opaque(), weak.is_weak()),
        ("W/\"x\"", "x", true)
    );
    assert_eq!(strong("").as_str(), "\"\"");
}

#[test]
fn what_cannot_stand_between_quotes_is_refused() {
    for opaque in ["a b", "a\"b", "é", "\n", "\u{7f}"] {
        assert!(EntityTag::strong(opaque).is_err(), "{opaque:?}");
    }
    for text in [
        "a",
        "\"a",
        "w/\"a\"",
        "W/ \"a\"",
        "\"a\"x",
        "\"a\", \"b\"",
        "\"é\"",
        "*",
        "",
    ] {
        assert!(EntityTag::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_list_is_read_over_all_its_lines_and_members() {
    for lines in [
        &["\"a\""][..],
        &["\"b\", \"a\""],
        &["\"b\"", "\"a\""],
        &["\"b,\",\"a\""],
        &[" , ,\"a\" ,"],
        &["\"x\",\t\"a\""],
        &["", "\"a\""],
        &["\"\u{e9}\", \"a\""],
    ] {
        assert_eq!(
            listed(lines, Comparison::Strong),
            Listed::Current,
            "{lines:?}"
        );
    }
}

#[test]
fn a_weak_member_matches_only_weakly() {
    assert_eq!(listed(&["W/\"a\""], Comparison::Weak), Listed::Current);
    assert_eq!(listed(&["W/\"a\""], Comparison::Strong), Listed::Other);
}

#[test]
fn weak_tag_never_satisfies_strong_comparison() {
    let current = EntityTag::weak("a").unwrap();
    let lines = || [&b"\"a\", W/\"a\""[..]].into_iter();
    assert_eq!(
        compare_list(lines(), Some(&current), Comparison::Strong),
        Listed::Other
    );
    assert_eq!(
        compare_list(lines(), Some(&current), Comparison::Weak),
        Listed::Current
    );
}

#[test]
fn what_is_not_a_list_matches_nothing() {
    for lines in [
        &["a"][..],
        &["\"A\""],
        &["\"a"],
        &["a\""],
        &["\"\"a\"\""],
        &["'a'"],
        &["w/\"a\""],
        &["W/ \"a\""],
        &["\"a\" \"b\""],
        &["\"a\"; x"],
        &["\"a\", garbage"],
        &["\"a\"", "garbage"],
        &["\"a \""],
        &["\"aa\""],
        &["", " , "],
        &[],
    ] {
        for comparison in [Comparison::Strong, Comparison::Weak] {
            assert_eq!(listed(lines, comparison), Listed::Other, "{lines:?}");
        }
    }
}

#[test]
fn a_star_counts_only_alone() {
    assert_eq!(listed(&["*"], Comparison::Weak), Listed::Any);
    assert_eq!(listed(&[" * "], Comparison::Weak), Listed::Any);
    for lines in [
        &["*, \"a\""][..],
        &["\"a\", *"],
        &["*", "\"a\""],
        &["\"a\"", "*"],
        &["\"*\""],
        &["*", "*"],
    ] {
        assert_eq!(listed(lines, Comparison::Weak), Listed::Other, "{lines:?}");
    }
}

#[test]
fn the_work_on_a_list_has_a_ceiling() {
    let member = |count: usize| format!("{}\"a\"", "\"b\",".repeat(count - 1));
    assert_eq!(
        listed(&[&member(MAX_LIST_MEMBERS)], Comparison::Weak),
        Listed::Current
    );
    assert_eq!(
        listed(&[&member(MAX_LIST_MEMBERS + 1)], Comparison::Weak),
        Listed::Other
    );
    let commas = ",".repeat(MAX_LIST_MEMBERS + 1) + "\"a\"";
    assert_eq!(listed(&[&commas], Comparison::Weak), Listed::Other);
    let long = format!("\"{}\", \"a\"", "b".repeat(MAX_LIST_LENGTH));
    assert_eq!(listed(&[&long], Comparison::Weak), Listed::Other);
}

#[test]
fn without_a_current_tag_only_the_star_speaks() {
    let lines = |text: &'static str| std::iter::once(text.as_bytes());
    assert_eq!(
        compare_list(lines("\"a\""), None, Comparison::Weak),
        Listed::Other
    );
    assert_eq!(
        compare_list(lines("*"), None, Comparison::Weak),
        Listed::Any
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(opaque in "[!#-~]{0,20}", weak in any::<bool>()) {
        let tag = if weak { EntityTag::weak(&opaque) } else { EntityTag::strong(&opaque) }.unwrap();
        prop_assert_eq!(EntityTag::parse(tag.as_str()), Ok(tag.clone()));
        prop_assert_eq!(tag.opaque(), opaque);
    }

    #[test]
    fn any_bytes_are_compared_without_panic(lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..4)) {
        let current = strong("a");
        for comparison in [Comparison::Strong, Comparison::Weak] {
            let _ = compare_list(lines.iter().map(Vec::as_slice), Some(&current), comparison);
        }
    }

    #[test]
    fn a_strong_match_is_a_weak_match(line in "[\"aW/, *]{0,16}") {
        let current = strong("a");
        let compare = |comparison| compare_list(std::iter::once(line.as_bytes()), Some(&current), comparison);
        if compare(Comparison::Strong) == Listed::Current {
            prop_assert_eq!(compare(Comparison::Weak), Listed::Current);
        }
    }
}
