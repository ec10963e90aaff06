use super::*;
use proptest::prelude::*;

/// 2026-11-22 12:00:00.
const NOW: HttpDate = HttpDate {
    seconds: 1_795_348_800,
};

fn seconds(text: &str) -> Option<i64> {
    HttpDate::parse(text.as_bytes(), NOW)
        .ok()
        .map(HttpDate::unix_seconds)
}

#[test]
fn the_three_formats_of_the_rfc_name_one_moment() {
    for text in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(seconds(text), Some(784_111_777), "{text}");
    }
}

#[test]
fn the_test_clock_is_the_day_it_says() {
    assert_eq!(NOW.to_string(), "Sun, 22 Nov 2026 12:00:00 GMT");
}

#[test]
fn one_format_is_written() {
    let date = HttpDate::from_unix_seconds(784_111_777).unwrap();
    assert_eq!(date.field_value().as_str(), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(HttpDate::EPOCH.to_string(), "Thu, 01 Jan 1970 00:00:00 GMT");
}

#[test]
fn a_two_digit_year_more_than_fifty_years_ahead_is_in_the_past() {
    // Weekdays as they are in the year that is meant.
    for (text, expected) in [
        (
            "Friday, 01-Jan-27 00:00:00 GMT",
            "Fri, 01 Jan 2027 00:00:00 GMT",
        ),
        (
            "Sunday, 22-Nov-76 12:00:00 GMT",
            "Sun, 22 Nov 2076 12:00:00 GMT",
        ),
        (
            "Monday, 22-Nov-76 12:00:01 GMT",
            "Mon, 22 Nov 1976 12:00:01 GMT",
        ),
        (
            "Saturday, 01-Jan-77 00:00:00 GMT",
            "Sat, 01 Jan 1977 00:00:00 GMT",
        ),
        (
            "Saturday, 01-Jan-00 00:00:00 GMT",
            "Sat, 01 Jan 2000 00:00:00 GMT",
        ),
    ] {
        let date = HttpDate::parse(text.as_bytes(), NOW).unwrap();
        assert_eq!(date.to_string(), expected, "{text}");
    }
}

#[test]
fn what_is_no_date_is_refused() {
    for text in [
        "",
        "0",
        "now",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Wed, 30 Feb 1994 08:49:37 GMT",
        "Wed, 00 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT;",
        "Sun, 06 Nov +994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        "é",
    ] {
        assert_eq!(seconds(text), None, "{text:?}");
    }
    assert!(HttpDate::parse(b"\xff\xfe", NOW).is_err());
}

#[test]
fn a_leap_second_is_the_first_of_the_next_minute() {
    assert_eq!(
        seconds("Sat, 31 Dec 2016 23:59:60 GMT"),
        Some(1_483_228_800)
    );
}

#[test]
fn leap_days_exist_in_leap_years_only() {
    assert!(seconds("Tue, 29 Feb 2000 00:00:00 GMT").is_some());
    assert!(seconds("Thu, 29 Feb 2024 00:00:00 GMT").is_some());
    assert_eq!(seconds("Thu, 29 Feb 1900 00:00:00 GMT"), None);
    assert_eq!(seconds("Thu, 01 Mar 2100 00:00:00 GMT"), None);
    assert!(seconds("Mon, 01 Mar 2100 00:00:00 GMT").is_some());
}

#[test]
fn a_moment_belongs_to_the_second_it_lies_in() {
    let at = |time| HttpDate::from_system_time(time).unwrap().unix_seconds();
    assert_eq!(at(UNIX_EPOCH + Duration::from_millis(1_999)), 1);
    assert_eq!(at(UNIX_EPOCH), 0);
    assert_eq!(at(UNIX_EPOCH - Duration::from_millis(1)), -1);
    assert_eq!(at(UNIX_EPOCH - Duration::from_secs(1)), -1);
}

#[test]
fn a_moment_no_format_can_write_becomes_the_nearest_that_can() {
    let far = UNIX_EPOCH + Duration::from_secs(1 << 40);
    assert_eq!(HttpDate::from_system_time(far), None);
    assert_eq!(HttpDate::from(far).unix_seconds(), HttpDate::LAST);
    let long_ago = UNIX_EPOCH - Duration::from_secs(1 << 40);
    assert_eq!(HttpDate::from(long_ago).unix_seconds(), HttpDate::FIRST);
    assert_eq!(HttpDate::from(UNIX_EPOCH), HttpDate::EPOCH);
}

#[test]
fn the_years_that_can_be_written_have_ends() {
    let last = HttpDate::from_unix_seconds(HttpDate::LAST).unwrap();
    assert_eq!(last.to_string(), "Fri, 31 Dec 9999 23:59:59 GMT");
    assert_eq!(HttpDate::from_unix_seconds(HttpDate::LAST + 1), None);
    let first = HttpDate::from_unix_seconds(HttpDate::FIRST).unwrap();
    assert_eq!(first.to_string(), "Sat, 01 Jan 0000 00:00:00 GMT");
    assert_eq!(HttpDate::from_unix_seconds(HttpDate::FIRST - 1), None);
    assert_eq!(last.saturating_add(Duration::MAX), last);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(seconds in HttpDate::FIRST..=HttpDate::LAST) {
        let date = HttpDate::from_unix_seconds(seconds).unwrap();
        prop_assert_eq!(HttpDate::parse(date.to_string().as_bytes(), NOW), Ok(date));
    }

    #[test]
    fn any_bytes_are_a_date_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        let _ = HttpDate::parse(&bytes, NOW);
    }

    #[test]
    fn date_like_text_is_read_without_panic(text in "[A-Z][a-z]{2,8},? ?[0-9]{1,2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9:]{8}( GMT)?", now in HttpDate::FIRST..=HttpDate::LAST) {
        let _ = HttpDate::parse(text.as_bytes(), HttpDate { seconds: now });
    }
}
