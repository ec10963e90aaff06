use proptest::prelude::*;

use super::*;

fn go(from: &str, to: &str, path: &str, query: Option<&str>) -> Option<String> {
    let from = Pattern::parse(from).unwrap();
    let to = Target::parse(to, &from).unwrap();
    let redirects = Redirects::new(vec![Redirect {
        from,
        to,
        status: 308,
        location: None,
    }]);
    redirects
        .find(&TargetPath::from_site(path).unwrap(), query)
        .map(|found| found.location)
}

#[test]
fn a_plain_path_goes_to_its_target_with_or_without_a_last_slash() {
    assert_eq!(go("/old", "/new", "/old", None).as_deref(), Some("/new"));
    assert_eq!(go("/old", "/new", "/old/", None).as_deref(), Some("/new"));
    assert_eq!(go("/old", "/new", "/older", None), None);
    assert_eq!(go("/old", "/new", "/old/x", None), None);
    assert_eq!(go("/", "/new", "/", None).as_deref(), Some("/new"));
    assert_eq!(go("/", "/new", "/x", None), None);
}

#[test]
fn names_and_the_rest_fill_their_places() {
    assert_eq!(
        go("/blog/*", "/news/:splat", "/blog/2024/a b", None).as_deref(),
        Some("/news/2024/a%20b")
    );
    assert_eq!(
        go("/u/:id/x", "/user/:id", "/u/7/x", None).as_deref(),
        Some("/user/7")
    );
    assert_eq!(go("/u/:id/x", "/user/:id", "/u/7/y", None), None);
    assert_eq!(
        go("/blog/*", "/news/:splat", "/blog/", None).as_deref(),
        Some("/news/")
    );
    assert_eq!(go("/blog/*", "/news/:splat", "/blog", None), None);
}

#[test]
fn the_query_is_kept_unless_the_target_has_one() {
    assert_eq!(
        go("/a", "/b", "/a", Some("x=1&y")).as_deref(),
        Some("/b?x=1&y")
    );
    assert_eq!(
        go("/a", "/b?z=2", "/a", Some("x=1")).as_deref(),
        Some("/b?z=2")
    );
    assert_eq!(
        go("/a", "/b#c", "/a", Some("x=1")).as_deref(),
        Some("/b?x=1#c")
    );
}

#[test]
fn a_value_in_a_query_cannot_add_another() {
    assert_eq!(
        go("/u/:id", "/user?id=:id&v=1", "/u/7&v=2", None).as_deref(),
        Some("/user?id=7%26v%3D2&v=1")
    );
}

#[test]
fn a_query_of_a_request_cannot_break_the_line_or_add_a_fragment() {
    assert_eq!(
        go("/a", "/b", "/a", Some("x\r\nSet-Cookie: a#b")).as_deref(),
        Some("/b?x%0D%0ASet-Cookie:%20a%23b")
    );
}

#[test]
fn an_empty_rest_does_not_turn_a_segment_into_a_host() {
    assert_eq!(
        go("/go/*", "/:splat/evil.example", "/go/", None).as_deref(),
        Some("/evil.example")
    );
}

#[test]
fn a_fixed_host_stays_as_written() {
    let to = "https://docs.example.com:8443/v2/:splat";
    assert_eq!(
        go("/docs/*", to, "/docs/@evil.example", None).as_deref(),
        Some("https://docs.example.com:8443/v2/@evil.example")
    );
    assert_eq!(
        go("/x", "https://example.com", "/x", None).as_deref(),
        Some("https://example.com/")
    );
}

#[test]
fn a_host_that_a_request_could_choose_is_refused() {
    let from = Pattern::parse("/go/:host/*").unwrap();
    for (to, why) in [
        ("https://:host/", BadTarget::OpenHost),
        ("https://:host", BadTarget::OpenHost),
        ("https://example.com:host/", BadTarget::OpenHost),
        ("https://x@example.com/", BadTarget::OpenHost),
        ("https://*/", BadTarget::OpenHost),
        ("https:///x", BadTarget::BadHost),
        ("https://exa mple/", BadTarget::BadHost),
        ("//example.com", BadTarget::LooksLikeAHost),
        ("/\\example.com", BadTarget::LooksLikeAHost),
        ("/\t/example.com", BadTarget::LooksLikeAHost),
        ("http://example.com/", BadTarget::Neither),
        ("javascript:alert(1)", BadTarget::Neither),
        (":host", BadTarget::Neither),
        ("/x/:other", BadTarget::UnknownPlace("other".to_owned())),
        ("/x/*", BadTarget::Star),
    ] {
        assert_eq!(Target::parse(to, &from), Err(why), "{to}");
    }
}

#[test]
fn patterns_that_no_path_could_match_are_refused() {
    for (from, why) in [
        ("old", BadPattern::NotAbsolute),
        ("/a*", BadPattern::StarNotLast),
        ("/a/*/b", BadPattern::StarNotLast),
        ("/:", BadPattern::Name),
        ("/:a/:a", BadPattern::Name),
        ("/:splat", BadPattern::Name),
        ("/a?b", BadPattern::NotAPath),
        ("/a%20b", BadPattern::NotAPath),
        ("/a//b", BadPattern::NotAPath),
        ("/../a", BadPattern::NotAPath),
    ] {
        assert_eq!(Pattern::parse(from), Err(why), "{from}");
    }
}

#[test]
fn the_wider_pattern_covers_the_narrower() {
    let covers = |one: &str, two: &str| {
        Pattern::parse(one)
            .unwrap()
            .covers(&Pattern::parse(two).unwrap())
    };
    assert!(
        covers("/a/*", "/a/b")
            && covers("/a/*", "/a/b/*")
            && covers("/a/:x", "/a/b")
            && covers("/*", "/a")
    );
    assert!(
        !covers("/a/b", "/a/*")
            && !covers("/a/*", "/a")
            && !covers("/a/b", "/a/:x")
            && !covers("/a", "/b")
    );
}

proptest! {
    #[test]
    fn a_local_target_never_leaves_the_site(
        path in "/[ -~]{0,12}",
        query in proptest::option::of("\\PC{0,12}"),
        to in prop::sample::select(vec!["/:splat", "/:splat/x", "/:splat:splat", "/a?b=:splat", "/:splat?:splat#c"]),
    ) {
        if let Ok(path) = TargetPath::from_site(&path) {
            let location = go("/*", to, path.as_str(), query.as_deref()).unwrap();
            prop_assert!(location.starts_with('/') && !location.starts_with("//"), "{location}");
            prop_assert!(location.bytes().all(|byte| byte.is_ascii_graphic()) && !location.contains('\\'), "{location}");
        }
    }

    #[test]
    fn a_fixed_host_is_never_another(path in "/[ -~]{0,12}") {
        if let Ok(path) = TargetPath::from_site(&path) {
            let location = go("/*", "https://example.com/:splat", path.as_str(), None).unwrap();
            prop_assert!(location.starts_with("https://example.com/"), "{location}");
        }
    }
}
