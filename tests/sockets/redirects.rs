//! Redirects stay on the site, whoever wrote the request.

use crate::{
    documents,
    support::{Answer, Ask, Larder, Site, wire},
};

#[track_caller]
fn location(answer: &Answer) -> &str {
    assert!(
        matches!(answer.status, 301 | 302 | 303 | 307 | 308),
        "{answer:#?}"
    );
    answer.field("location").expect("a redirect says where to")
}

/// Browsers read `//host` and `/\host` as another host, and a backslash anywhere as a slash.
fn stays_here(location: &str) -> bool {
    location.starts_with('/')
        && !location[1..].starts_with(['/', '\\'])
        && location.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Hostile 31.
#[test]
fn a_folder_without_its_slash_is_redirected_path_absolute_and_revalidated() {
    let larder = Larder::serve(&documents());
    let answer = larder.navigate("/docs");
    assert_eq!(location(&answer), "/docs/");
    answer.has("cache-control", "no-cache");
    assert_eq!(location(&larder.head("/docs")), "/docs/");
}

/// Hostile 30.
#[test]
fn the_query_goes_along() {
    let larder = Larder::serve(&documents());
    assert_eq!(
        location(&larder.navigate("/docs?page=2&x=%2F%2Fevil")),
        "/docs/?page=2&x=%2F%2Fevil"
    );
}

/// Hostile 27.
#[test]
fn a_folder_that_is_named_like_a_host_leads_to_no_host() {
    let site = documents();
    site.write("evil.example/index.html", "<title>folder</title>");
    let larder = Larder::serve(&site);
    assert_eq!(
        location(&larder.navigate("/evil.example")),
        "/evil.example/"
    );
    for target in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/%5cevil.example",
        "/%2fevil.example",
        "/%2f%2fevil.example",
        "//evil.example/..",
        "/./evil.example",
        "//evil.example/%2e%2e",
        "/%09/evil.example",
    ] {
        let answer = larder.navigate(target);
        assert_ne!(answer.status, 200, "{target}");
        if let Some(location) = answer.field("location") {
            assert!(stays_here(location), "{target} leads to {location}");
        }
    }
}

#[test]
fn a_folder_with_odd_characters_is_encoded_in_the_location() {
    let site = documents();
    for name in ["a b", "100%", "caf\u{e9}", "a?b", "a#b", "a\"b<c>"] {
        site.write(&format!("{name}/index.html"), "<title>folder</title>");
    }
    let larder = Larder::serve(&site);
    for target in [
        "/a%20b",
        "/100%25",
        "/caf%C3%A9",
        "/a%3Fb",
        "/a%23b",
        "/a%22b%3Cc%3E",
    ] {
        let answer = larder.navigate(target);
        let location = location(&answer);
        assert!(stays_here(location), "{target} leads to {location}");
        assert!(location.ends_with('/'), "{target} leads to {location}");
        larder.navigate(location).is(200);
    }
}

/// Hostile 28.
#[test]
fn nothing_that_a_client_says_about_the_host_is_repeated() {
    let larder = Larder::serve(&documents());
    for (name, value) in [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "gopher"),
        ("Forwarded", "host=evil.example;proto=gopher"),
        ("X-Original-URL", "/evil.example"),
        ("X-Rewrite-URL", "/evil.example"),
    ] {
        for target in ["/docs", "/", "/missing"] {
            let answer = larder.ask(&Ask::get(target).navigating().with(name, value));
            assert!(
                !format!("{:?}{}", answer.fields, answer.text()).contains("evil"),
                "{name}: {answer:#?}"
            );
            assert!(
                !format!("{:?}", answer.fields).contains("gopher"),
                "{name}: {answer:#?}"
            );
        }
    }
    let absolute = larder.ask(&Ask::get("http://evil.example/docs").with("Host", "evil.example"));
    assert!(
        !format!("{:?}{}", absolute.fields, absolute.text()).contains("evil"),
        "{absolute:#?}"
    );
}

/// Hostile 29.
#[test]
fn a_line_break_in_the_path_makes_no_field() {
    let larder = Larder::serve(&documents());
    for target in [
        "/docs%0d%0aX-Injected:%20yes",
        "/%0d%0aX-Injected:%20yes",
        "/docs?%0d%0aX-Injected:%20yes",
    ] {
        larder.navigate(target).lacks("x-injected");
    }
}

#[test]
fn a_policy_redirects_with_its_status_and_what_its_pattern_caught() {
    let site = documents();
    let larder = Larder::under(&site, RULES);
    let moved = larder.navigate("/old");
    moved.is(301);
    assert_eq!(location(&moved), "/about");
    let deep = larder.navigate("/blog/2020/hello%20world");
    deep.is(308);
    assert_eq!(location(&deep), "/docs/2020/hello%20world");
    let named = larder.navigate("/user/ada");
    named.is(302);
    assert_eq!(location(&named), "/people/ada/profile");
}

/// Hostile 27.
#[test]
fn a_pattern_that_caught_a_host_leads_to_no_host() {
    let site = documents();
    let larder = Larder::under(
        &site,
        "[[redirect]]\nfrom = \"/go/*\"\nto = \"/:splat\"\nstatus = 302\n",
    );
    for target in [
        "/go//evil.example",
        "/go/%2fevil.example",
        "/go/%5cevil.example",
        "/go/\\evil.example",
        "/go/%2F%2Fevil.example/x",
    ] {
        let answer = larder.navigate(target);
        if let Some(location) = answer.field("location") {
            assert!(stays_here(location), "{target} leads to {location}");
        } else {
            assert!(answer.status >= 400, "{answer:#?}");
        }
    }
}

/// Hostile 30.
#[test]
fn an_answer_that_redirects_is_safe_to_show() {
    let larder = Larder::serve(&documents());
    let answer = larder.navigate("/docs?<script>alert(1)</script>");
    if answer.status < 400 {
        assert!(!answer.text().contains("<script>"), "{answer:#?}");
        assert!(
            stays_here(location(&answer)) || answer.status == 400,
            "{answer:#?}"
        );
    }
}

#[test]
fn the_root_itself_is_never_redirected() {
    let larder = Larder::serve(&documents());
    let root: wire::Answer = larder.navigate("/");
    root.is(200).lacks("location");
}

const RULES: &str = r#"
[[redirect]]
from = "/old"
to = "/about"
status = 301

[[redirect]]
from = "/blog/*"
to = "/docs/:splat"
status = 308

[[redirect]]
from = "/user/:name"
to = "/people/:name/profile"
status = 302
"#;

/// A site keeps what a redirect leads to.
#[test]
fn where_a_redirect_leads_is_there() {
    let site: Site = documents();
    let larder = Larder::serve(&site);
    let answer = larder.navigate("/docs");
    larder
        .navigate(location(&answer))
        .is(200)
        .says("<!doctype html><title>Docs</title>");
}
