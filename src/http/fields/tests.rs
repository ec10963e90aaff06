use super::*;
use proptest::prelude::*;

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap()
}

fn value(text: &str) -> FieldValue {
    FieldValue::parse(text).unwrap()
}

#[test]
fn names_compare_without_case_and_keep_their_spelling() {
    assert_eq!(name("eTaG"), FieldName::from_static(names::ETAG));
    assert_eq!(name("eTaG").as_str(), "eTaG");
    assert_ne!(name("ETag2"), name("ETag"));
}

#[test]
fn names_that_are_equal_are_found_under_each_other_in_a_set() {
    let known = std::collections::HashSet::from([name("ETag")]);
    assert!(known.contains(&name("etag")));
    assert!(!known.contains(&name("eta")));
}

#[test]
fn a_name_is_a_token() {
    assert_eq!(FieldName::parse(""), Err(InvalidField::EmptyName));
    assert_eq!(
        FieldName::parse("X Y"),
        Err(InvalidField::NameCharacter {
            character: ' ',
            at: 1
        })
    );
    for text in ["a:", "é", "a\n", "a\0", "\"a\""] {
        assert!(FieldName::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_value_cannot_smuggle_another_line() {
    for text in ["a\r\nSet-Cookie: x", "a\n", "\0", "é", "\u{7f}"] {
        assert!(FieldValue::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_value_is_trimmed_and_may_hold_tabs_inside() {
    assert_eq!(value(" \ta\tb \t").as_str(), "a\tb");
    assert_eq!(value("").as_str(), "");
}

#[test]
fn set_replaces_every_line_of_the_name_in_the_place_of_the_first() {
    let mut fields = Fields::new();
    fields.append(name("Vary"), value("a"));
    fields.append(name("Date"), value("d"));
    fields.append(name("vary"), value("b"));
    fields.append(name("Age"), value("1"));
    fields.set(name("VARY"), value("c"));
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    assert_eq!(lines, ["VARY: c", "Date: d", "Age: 1"]);
}

#[test]
fn append_keeps_several_lines_and_lines_reads_them_all() {
    let mut fields = Fields::new();
    fields.append(name("If-None-Match"), value("\"a\""));
    fields.append(name("Accept"), value("*/*"));
    fields.append(name("if-none-match"), value("\"b\""));
    let lines: Vec<_> = fields.lines("IF-NONE-MATCH").collect();
    assert_eq!(lines, [&b"\"a\""[..], b"\"b\""]);
    assert_eq!(fields.only_line("If-None-Match"), None);
    assert_eq!(fields.only_line("accept"), Some(&b"*/*"[..]));
    assert!(!fields.has_field("Range"));
}

#[test]
fn remove_drops_every_line_and_says_so() {
    let mut fields: Fields = [(name("a"), value("1")), (name("A"), value("2"))]
        .into_iter()
        .collect();
    assert!(fields.remove("a"));
    assert!(!fields.remove("a"));
    assert!(fields.is_empty());
}

proptest! {
    #[test]
    fn any_text_is_a_clean_value_or_refused(text in any::<String>()) {
        if let Ok(value) = FieldValue::parse(&text) {
            prop_assert!(value.as_str().bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')));
            prop_assert_eq!(FieldValue::parse(value.as_str()), Ok(value));
        }
    }

    #[test]
    fn any_text_is_a_name_or_refused(text in any::<String>()) {
        if let Ok(name) = FieldName::parse(&text) {
            prop_assert_eq!(name.as_str(), text.as_str());
        }
    }
}
