use super::*;
use crate::http::{DeltaSeconds, EntityTag};

fn reuse(lines: &str, request: &str, seconds: i64) -> Reuse {
    stored(lines).reuse(Cache::Private, &fields(request), at(seconds))
}

fn with_tag() -> Conditional {
    Conditional {
        if_none_match: Some(EntityTag::strong("a").unwrap()),
        if_modified_since: None,
    }
}

fn validate(why: WhyValidate) -> Reuse {
    Reuse::Validate {
        why,
        with: with_tag(),
    }
}

#[test]
fn a_response_is_fresh_until_its_age_reaches_its_lifetime() {
    let lines = "Cache-Control: max-age=60\nETag: \"a\"";
    let left = |seconds| Reuse::Fresh {
        left: DeltaSeconds::new(seconds),
    };
    assert_eq!(reuse(lines, "", 0), left(60));
    assert_eq!(reuse(lines, "", 59), left(1));
    assert_eq!(reuse(lines, "", 60), validate(WhyValidate::Stale));
}

#[test]
fn every_reason_to_validate_has_its_case() {
    use WhyValidate as Why;
    for (lines, request, seconds, why) in [
        ("no-cache", "", 0, Why::NoCache),
        ("no-cache, max-age=60", "", 0, Why::NoCache),
        (
            "max-age=60",
            "Cache-Control: no-cache",
            0,
            Why::RequestNoCache,
        ),
        ("max-age=60", "Pragma: no-cache", 0, Why::RequestNoCache),
        (
            "max-age=60",
            "Cache-Control: max-age=10",
            11,
            Why::TooOldForRequest,
        ),
        (
            "max-age=60",
            "Cache-Control: min-fresh=10",
            51,
            Why::NotFreshLongEnough,
        ),
        ("max-age=60", "", 60, Why::Stale),
        (
            "max-age=0, must-revalidate",
            "Cache-Control: max-stale",
            1,
            Why::Stale,
        ),
    ] {
        let lines = format!("Cache-Control: {lines}\nETag: \"a\"");
        assert_eq!(
            reuse(&lines, request, seconds),
            validate(why),
            "{lines} {request}"
        );
    }
}

#[test]
fn without_a_validator_the_whole_is_fetched_again() {
    let expected = Reuse::Fetch(Unusable::NoValidator(WhyValidate::NoCache));
    assert_eq!(reuse("Cache-Control: no-cache", "", 0), expected);
}

#[test]
fn another_selection_is_another_response() {
    let request = fields("Accept-Encoding: gzip,  br");
    let response = response("Cache-Control: max-age=60\nVary: Accept-Encoding");
    let stored = Stored::new(response, &request, Exchange::at(at(0)));
    let ask = |lines| stored.reuse(Cache::Private, &fields(lines), at(1));
    assert!(matches!(
        ask("accept-encoding: gzip\nAccept-Encoding: br"),
        Reuse::Fresh { .. }
    ));
    for other in ["", "Accept-Encoding: br, gzip", "Accept-Encoding: gzip"] {
        let expected = Unusable::OtherSelection("accept-encoding".into());
        assert_eq!(ask(other), Reuse::Fetch(expected), "{other}");
    }
    let expected = Reuse::Fetch(Unusable::VaryAnything);
    assert_eq!(reuse("Cache-Control: max-age=60\nVary: *", "", 0), expected);
}

#[test]
fn stale_while_revalidate_has_a_window_that_must_revalidate_closes() {
    let lines = "Cache-Control: max-age=60, stale-while-revalidate=30\nETag: \"a\"";
    let expected = Reuse::WhileRevalidating {
        stale_for: DeltaSeconds::new(29),
        with: with_tag(),
    };
    assert_eq!(reuse(lines, "", 89), expected);
    assert_eq!(reuse(lines, "", 90), validate(WhyValidate::Stale));
    let closed =
        "Cache-Control: max-age=60, must-revalidate, stale-while-revalidate=30\nETag: \"a\"";
    assert_eq!(reuse(closed, "", 61), validate(WhyValidate::Stale));
}

#[test]
fn a_request_may_take_what_is_stale() {
    let lines = "Cache-Control: max-age=60\nETag: \"a\"";
    let stale = |seconds| Reuse::Stale {
        stale_for: DeltaSeconds::new(seconds),
    };
    assert_eq!(reuse(lines, "Cache-Control: max-stale", 1000), stale(940));
    assert_eq!(reuse(lines, "Cache-Control: max-stale=5", 65), stale(5));
    assert_eq!(
        reuse(lines, "Cache-Control: max-stale=5", 66),
        validate(WhyValidate::Stale)
    );
}

#[test]
fn stale_if_error_stands_in_for_an_error_and_not_in_shared_caches_under_s_maxage() {
    let stored = stored("Cache-Control: max-age=60, s-maxage=60, stale-if-error=30");
    assert!(stored.may_stand_in_for_error(Cache::Private, at(89)));
    assert!(!stored.may_stand_in_for_error(Cache::Private, at(90)));
    assert!(!stored.may_stand_in_for_error(Cache::Shared, at(61)));
    let silent = super::stored("Cache-Control: max-age=60");
    assert!(!silent.may_stand_in_for_error(Cache::Private, at(61)));
}

#[test]
fn age_is_the_larger_of_two_accounts_and_the_time_since() {
    // Four seconds on the way, made ten seconds before it came, 30 s old by its own account.
    let exchange = Exchange {
        asked: at(-4),
        received: at(0),
    };
    let by_age = response("Date: Sun, 06 Nov 1994 08:49:27 GMT\nAge: 30");
    assert_eq!(
        Stored::new(by_age, &Fields::new(), exchange)
            .age_at(at(5))
            .get(),
        39
    );
    let by_date = response("Date: Sun, 06 Nov 1994 08:48:37 GMT\nAge: 30");
    assert_eq!(
        Stored::new(by_date, &Fields::new(), exchange)
            .age_at(at(5))
            .get(),
        65
    );
}

#[test]
fn a_304_renews_what_it_mentions_and_begins_the_age_anew() {
    let mut stored =
        stored("Cache-Control: max-age=60\nETag: \"a\"\nAge: 50\nVary: Accept-Encoding");
    stored.renew(&fields("Cache-Control: max-age=90"), Exchange::at(at(100)));
    assert_eq!(stored.age_at(at(101)).get(), 1);
    assert_eq!(stored.response().lifetime(Cache::Private).length.get(), 90);
    assert_eq!(Conditional::of(&stored.response().validators), with_tag());
    assert_eq!(
        stored.response().vary,
        Vary::Fields(vec!["accept-encoding".into()])
    );
}

#[test]
fn a_question_is_asked_with_every_validator_there_is() {
    let lines =
        "Cache-Control: no-cache\nETag: W/\"b\"\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT";
    let Reuse::Validate { with, .. } = reuse(lines, "", 0) else {
        panic!("it is validated");
    };
    let expected =
        fields("If-None-Match: W/\"b\"\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(with.fields(), expected);
}
