use super::super::LifetimeSource as Source;
use super::*;

fn of(cache: Cache, status: u16, lines: &str) -> (u32, Source) {
    let lifetime = Response::read(status, &fields(lines), at(0)).lifetime(cache);
    (lifetime.length.get(), lifetime.source)
}

const DATE: &str = "Date: Sun, 06 Nov 1994 08:49:37 GMT";

#[test]
fn the_first_source_that_applies_decides() {
    let all = "Cache-Control: max-age=60, s-maxage=600\nExpires: Sun, 06 Nov 1994 09:49:37 GMT";
    assert_eq!(of(Cache::Shared, 200, all), (600, Source::SMaxage));
    assert_eq!(of(Cache::Private, 200, all), (60, Source::MaxAge));
    let expires = format!("{DATE}\nExpires: Sun, 06 Nov 1994 09:49:37 GMT");
    assert_eq!(of(Cache::Private, 200, &expires), (3600, Source::Expires));
}

#[test]
fn an_expires_before_date_or_no_date_at_all_is_no_lifetime() {
    let before = format!("{DATE}\nExpires: Sun, 06 Nov 1994 07:49:37 GMT");
    assert_eq!(of(Cache::Private, 200, &before), (0, Source::Expires));
    for text in ["0", "-1", "never"] {
        let expires = format!("Expires: {text}");
        assert_eq!(of(Cache::Private, 200, &expires), (0, Source::Unreadable));
    }
}

#[test]
fn a_lifetime_that_cannot_be_read_is_none_and_no_guess_takes_its_place() {
    let old = "Last-Modified: Sun, 16 Oct 1994 08:49:37 GMT";
    for control in ["max-age=soon", "max-age=-1", "s-maxage"] {
        let lines = format!("Cache-Control: {control}\n{old}");
        assert_eq!(
            of(Cache::Private, 200, &lines),
            (0, Source::Unreadable),
            "{control}"
        );
    }
}

#[test]
fn without_a_word_a_cache_guesses_a_tenth_of_the_time_since_the_last_change() {
    let lines = format!("{DATE}\nLast-Modified: Sun, 06 Nov 1994 08:48:07 GMT");
    for cache in Cache::ALL {
        let (length, source) = of(cache, 200, &lines);
        assert_eq!(length, 9, "a tenth of 90 s");
        assert!(matches!(source, Source::Heuristic { .. }) && source.is_guess());
    }
}

#[test]
fn a_status_that_is_not_heuristically_cacheable_needs_public_to_be_guessed() {
    let lines = format!("{DATE}\nLast-Modified: Sun, 06 Nov 1994 08:48:07 GMT");
    assert_eq!(of(Cache::Private, 302, &lines), (0, Source::Nobody));
    let lines = format!("{lines}\nCache-Control: public");
    assert_eq!(of(Cache::Private, 302, &lines).0, 9);
}

#[test]
fn browsers_keep_a_permanent_redirect_for_ever_unless_told_otherwise() {
    assert_eq!(of(Cache::Private, 301, ""), (1 << 31, Source::Permanent));
    assert_eq!(
        of(Cache::Private, 301, "Cache-Control: max-age=5"),
        (5, Source::MaxAge)
    );
    assert_eq!(of(Cache::Shared, 301, ""), (0, Source::Nobody));
}

#[test]
fn nothing_to_guess_from_is_no_lifetime() {
    assert_eq!(of(Cache::Private, 200, ""), (0, Source::Nobody));
    let tomorrow = format!("{DATE}\nLast-Modified: Mon, 07 Nov 1994 08:49:37 GMT");
    assert_eq!(of(Cache::Private, 200, &tomorrow).0, 0);
}

#[test]
fn every_source_has_a_word() {
    let heuristic = Source::Heuristic {
        last_modified: at(0),
    };
    let all = [
        Source::SMaxage,
        Source::MaxAge,
        Source::Expires,
        Source::Unreadable,
        heuristic,
        Source::Permanent,
        Source::Nobody,
    ];
    let words: std::collections::BTreeSet<_> = all.iter().map(|source| source.as_str()).collect();
    assert_eq!(words.len(), all.len());
}
