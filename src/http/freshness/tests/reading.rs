use super::*;
use crate::http::{DeltaSeconds, DirectiveName};

#[test]
fn several_lines_of_cache_control_are_one_list() {
    let response = response("Cache-Control: public\nCache-Control: max-age=60");
    assert!(response.control.has(DirectiveName::Public));
    assert_eq!(response.control.max_age().unwrap().get(), 60);
    assert_eq!(response.governed_by.as_deref(), Some("Cache-Control"));
}

#[test]
fn of_the_target_list_the_first_valid_field_governs_and_expires_is_ignored() {
    let lines = fields(
        "Cache-Control: no-cache\nExpires: 0\nCDN-Cache-Control: max-age=600\nVercel-CDN-Cache-Control: max-age=",
    );
    let list = ["Vercel-CDN-Cache-Control", "CDN-Cache-Control"];
    let response = Response::read_targeted(200, &lines, &list, at(0));
    assert_eq!(response.governed_by.as_deref(), Some("CDN-Cache-Control"));
    assert_eq!(response.lifetime(Cache::Shared).length.get(), 600);
    assert_eq!(response.expires, None);
    let browser = Response::read(200, &lines, at(0));
    assert!(browser.control.is_no_cache());
}

#[test]
fn of_age_the_first_member_counts_and_garbage_says_nothing() {
    for (text, expected) in [("7", 7), ("7, 9", 7), ("-7", 0), ("x", 0), ("", 0)] {
        assert_eq!(
            response(&format!("Age: {text}")).age.get(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn without_a_date_the_time_it_was_received_stands_in() {
    assert_eq!(response("").date, at(0));
    assert_eq!(response("Date: yesterday").date, at(0));
    assert_eq!(response("Date: Sun, 06 Nov 1994 08:49:30 GMT").date, at(-7));
}

#[test]
fn two_entity_tags_are_none() {
    assert!(response("ETag: \"a\"").validators.entity_tag.is_some());
    assert_eq!(
        response("ETag: \"a\"\nETag: \"b\"").validators.entity_tag,
        None
    );
    assert_eq!(response("ETag: a").validators.entity_tag, None);
}

#[test]
fn vary_names_fields_whatever_their_case_and_a_star_wins() {
    assert_eq!(response("").vary, Vary::Nothing);
    assert_eq!(response("Vary: ,").vary, Vary::Nothing);
    let two = Vary::Fields(vec!["accept-encoding".into(), "origin".into()]);
    assert_eq!(
        response("Vary: Accept-Encoding\nVary: Origin, accept-encoding").vary,
        two
    );
    assert_eq!(response("Vary: Origin, *").vary, Vary::Anything);
}

#[test]
fn a_request_may_ask_for_more_and_pragma_counts_only_alone() {
    let read = |lines| RequestDirectives::read(&fields(lines));
    assert!(read("Pragma: no-cache").no_cache);
    assert!(!read("Pragma: no-cache\nCache-Control: max-age=0").no_cache);
    let all = read(
        "Cache-Control: no-cache, no-store, only-if-cached\nCache-Control: max-age=1, min-fresh=\"2\", MAX-STALE",
    );
    assert!(all.no_cache && all.no_store && all.only_if_cached);
    assert_eq!(all.max_age, Some(DeltaSeconds::new(1)));
    assert_eq!(all.min_fresh, Some(DeltaSeconds::new(2)));
    assert_eq!(all.max_stale, Some(DeltaSeconds::MAX));
    assert_eq!(
        read("Cache-Control: max-stale=3").max_stale,
        Some(DeltaSeconds::new(3))
    );
    assert_eq!(
        read("Cache-Control: max-age=x, foo"),
        RequestDirectives::default()
    );
}
