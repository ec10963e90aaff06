use super::*;
use NotAPath::{Malformed, NotCanonical, TooLong};
use proptest::prelude::*;

fn parsed(raw: &str) -> Result<String, NotAPath> {
    TargetPath::parse(raw).map(|path| path.as_str().to_owned())
}

#[test]
fn a_plain_path_is_borrowed() {
    let path = TargetPath::parse("/css/app.css").unwrap();
    assert!(matches!(path.0, Cow::Borrowed("/css/app.css")));
}

#[test]
fn each_hostile_path_gets_its_answer() {
    for (raw, expected) in [
        // 1: traversal
        ("/../../etc/passwd", NotCanonical),
        ("/..%2f", NotCanonical),
        ("/%2e%2e/", NotCanonical),
        ("/.%2e/", NotCanonical),
        ("/%2e.", NotCanonical),
        ("/a/..", NotCanonical),
        // 2: double encoding that is also malformed
        ("/%%32%65", Malformed),
        // 3: overlong and broken UTF-8
        ("/%c0%ae", Malformed),
        ("/%e0%80%ae", Malformed),
        ("/%ff", Malformed),
        ("/%ed%a0%80", Malformed),
        // 4: control characters
        ("/%00", Malformed),
        ("/%0a", Malformed),
        ("/%0d%0aSet-Cookie:x", Malformed),
        ("/%7f", Malformed),
        ("/%c2%85", Malformed),
        ("/a\tb", Malformed),
        ("/a\0", Malformed),
        // 5: escapes that are none
        ("/%", Malformed),
        ("/%2", Malformed),
        ("/%zz", Malformed),
        ("/%u002e", Malformed),
        ("/%+1", Malformed),
        // 6: backslash
        ("/a\\b", NotCanonical),
        ("/a%5cb", NotCanonical),
        ("/%5Cevil", NotCanonical),
        // 8: empty and dot segments, encoded slash
        ("//x", NotCanonical),
        ("///x", NotCanonical),
        ("/./x", NotCanonical),
        ("/%2fx", NotCanonical),
        ("/a%2Fb", NotCanonical),
        ("/a//", NotCanonical),
        ("/.", NotCanonical),
        // 10, 11: neighbours, other schemes
        ("/../root_example/", NotCanonical),
        ("file:///etc", Malformed),
        ("C:/x", Malformed),
        ("*", Malformed),
        ("", Malformed),
        // 14
        ("/file%2f", NotCanonical),
        // raw bytes that are never raw in a URL
        ("/a b", Malformed),
        ("/é", Malformed),
        ("/a?b", Malformed),
        ("/a#b", Malformed),
        // malformed wins
        ("//%zz", Malformed),
    ] {
        assert_eq!(parsed(raw), Err(expected), "{raw:?}");
    }
}

#[test]
fn odd_names_are_paths_like_any_other() {
    for (raw, path) in [
        ("/", "/"),
        ("/%252e%252e", "/%2e%2e"),
        ("/..;/", "/..;/"),
        ("/a;x.css", "/a;x.css"),
        ("/a%3bx", "/a;x"),
        ("/....//".trim_end_matches('/'), "/...."),
        ("/...", "/..."),
        ("/a%20b", "/a b"),
        ("/a+b", "/a+b"),
        ("/100%25", "/100%"),
        ("/%23%3f", "/#?"),
        ("/%C3%A9", "/é"),
        ("/e%CC%81", "/e\u{301}"),
        ("/..dots.txt", "/..dots.txt"),
        ("/dir/", "/dir/"),
        ("/name:stream", "/name:stream"),
        ("/a|b", "/a|b"),
        ("/%61", "/a"),
    ] {
        assert_eq!(parsed(raw).as_deref(), Ok(path), "{raw}");
    }
    assert_eq!(parsed("/....//"), Err(NotCanonical));
}

#[test]
fn a_path_has_a_longest_length() {
    let longest = format!("/{}", "a".repeat(MAX_LENGTH - 1));
    assert!(parsed(&longest).is_ok());
    assert_eq!(parsed(&format!("{longest}a")), Err(TooLong));
    let segments = "/a".repeat(MAX_LENGTH / 2);
    assert!(parsed(&segments).is_ok());
    assert_eq!(
        TargetPath::from_site(&format!("/{}", "é".repeat(2000))),
        Err(TooLong)
    );
}

#[test]
fn a_path_of_the_site_is_held_to_the_same_form() {
    for (path, expected) in [
        ("/a b?c#d%.txt", Ok(())),
        ("/é", Ok(())),
        ("a", Err(Malformed)),
        ("/a\nb", Err(Malformed)),
        ("/a//b", Err(NotCanonical)),
        ("/a/../b", Err(NotCanonical)),
        ("/a\\b", Err(NotCanonical)),
    ] {
        assert_eq!(TargetPath::from_site(path).map(drop), expected, "{path:?}");
    }
}

#[test]
fn a_location_has_one_slash_in_front_and_nothing_that_ends_a_string() {
    let path = TargetPath::from_site("/a b/<é>&'\"()%?#;,.js").unwrap();
    assert_eq!(
        path.encoded(),
        "/a%20b/%3C%C3%A9%3E%26%27%22%28%29%25%3F%23;,.js"
    );
}

#[test]
fn segments_are_what_lies_between_slashes() {
    let path = TargetPath::parse("/a/b/").unwrap();
    assert_eq!(path.segments().collect::<Vec<_>>(), ["a", "b", ""]);
    assert_eq!(path.last_segment(), "");
    assert!(path.is_directory());
    let root = TargetPath::parse("/").unwrap();
    assert_eq!(root.segments().collect::<Vec<_>>(), [""]);
    assert_eq!(TargetPath::parse("/a/b.js").unwrap().last_segment(), "b.js");
}

#[test]
fn dot_names_are_hidden_and_well_known_is_not() {
    for (raw, hidden) in [
        ("/.env", true),
        ("/%2eenv", true),
        ("/.git/config", true),
        ("/x/.git/", true),
        ("/.env/", true),
        ("/.env%20", true),
        ("/.htpasswd", true),
        ("/.well-known/security.txt", false),
        ("/.well-known", false),
        ("/.well-known/.env", true),
        ("/x/.well-known/y", true),
        ("/.well-knownx/y", true),
        ("/..data/index.html", true),
        ("/..dots.txt", false),
        ("/a.b/c", false),
        ("/", false),
    ] {
        assert_eq!(TargetPath::parse(raw).unwrap().is_hidden(), hidden, "{raw}");
    }
}

#[test]
fn copies_of_editors_are_backups() {
    for (raw, backup) in [
        ("/a.html~", true),
        ("/a.bak", true),
        ("/a.BAK", true),
        ("/.a.swp", true),
        ("/a.orig", true),
        ("/a.js.map", false),
        ("/~user/a", false),
        ("/bak", false),
    ] {
        assert_eq!(TargetPath::parse(raw).unwrap().is_backup(), backup, "{raw}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_canonical_path_or_refused(raw in any::<String>()) {
        if let Ok(path) = TargetPath::parse(&raw) {
            prop_assert_eq!(TargetPath::from_site(path.as_str()), Ok(path.clone()));
        }
    }

    #[test]
    fn hostile_looking_text_decodes_to_a_canonical_path(raw in "/([a-z./\\\\;]|%2[eEfF]|%5c|%25|%[0-9a-f]{0,2}){0,12}") {
        if let Ok(path) = TargetPath::parse(&raw) {
            prop_assert!(path.segments().all(|segment| segment != "." && segment != ".."));
            prop_assert!(!path.as_str().contains("//"));
            prop_assert!(!path.as_str().contains('\\'));
        }
    }

    #[test]
    fn a_site_path_survives_encoding(path in "(/[^/\\\\\\p{Cc}]{1,8}){1,4}/?") {
        if let Ok(path) = TargetPath::from_site(&path) {
            let encoded = path.encoded();
            prop_assert!(encoded.starts_with('/') && !encoded.starts_with("//"));
            prop_assert_eq!(TargetPath::parse(&encoded), Ok(path.clone()));
        }
    }
}
