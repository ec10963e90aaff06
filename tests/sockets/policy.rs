//! Cache policy by what was served, as a client sees it.

use crate::{
    SHELL, app, documents, get_and_head,
    support::{Ask, Larder, Site, larder},
};

/// Hostile 82.
#[test]
fn a_route_with_a_dot_is_a_route_and_a_missing_asset_is_none() {
    let site = app();
    let larder = Larder::serve(&site);
    for route in [
        "/user/ada.lovelace",
        "/v1.2/notes",
        "/@scope/pkg.name",
        "/a/b/c",
        "/search?q=x.js",
        "/profile.me",
    ] {
        get_and_head(&larder, &Ask::get(route).navigating())
            .is(200)
            .says(SHELL)
            .has("cache-control", "no-cache");
    }
    for asset in [
        "/account/profile.css",
        "/x.js",
        "/deep/x.mjs",
        "/x.png",
        "/x.woff2",
        "/x.json",
        "/x.js.map",
        "/x.wasm",
        "/x.svg",
    ] {
        get_and_head(&larder, &Ask::get(asset).navigating()).is_error(404);
    }
}

/// Hostile 82.
#[test]
fn only_a_navigation_gets_the_shell() {
    let larder = Larder::serve(&app());
    larder.navigate("/route").is(200);
    larder
        .ask(&Ask::get("/route").with("Accept", "text/html"))
        .is(200);
    for ask in [
        Ask::get("/route").loading_a_script(),
        Ask::get("/route").with("Accept", "application/json"),
        Ask::get("/route")
            .with("Accept", "image/webp")
            .with("Sec-Fetch-Dest", "image")
            .with("Sec-Fetch-Mode", "no-cors"),
        Ask::get("/api/users")
            .with("Accept", "*/*")
            .with("Sec-Fetch-Dest", "empty")
            .with("Sec-Fetch-Mode", "cors"),
    ] {
        get_and_head(&larder, &ask).is_error(404);
    }
}

/// Hostile 83.
#[test]
fn no_spelling_of_a_suffix_makes_the_shell_cacheable() {
    let larder = Larder::serve(&app());
    for target in [
        "/account/x.css",
        "/index.html;x.css",
        "/account%2fx.css",
        "/account%3bx.css",
        "/account%0ax.css",
        "/account%23x.css",
        "/account%3fx.css",
        "/account/;/x.css",
        "/account/..%2fx.css",
    ] {
        for ask in [
            Ask::get(target),
            Ask::get(target).navigating(),
            Ask::get(target).loading_a_script(),
        ] {
            let answer = larder.ask(&ask);
            assert!(matches!(answer.status, 400 | 404), "{target}: {answer:#?}");
            answer.is_error(answer.status);
        }
    }
}

/// Hostile 84.
#[test]
fn errors_have_none_of_the_metadata_of_a_success() {
    let site = documents();
    let larder = Larder::serve(&site);
    let tag = larder.get("/style.css").tag();
    larder.get("/missing").is_error(404);
    larder.get("/missing.css").is_error(404);
    larder.get("/%zz").is_error(400);
    larder
        .ask(&Ask::new("POST", "/style.css").with("Content-Length", "0"))
        .is_error(405);
    larder
        .ask(&Ask::get("/style.css").with("If-Match", "\"other\""))
        .is_error(412);
    larder
        .ask(
            &Ask::get("/style.css")
                .with("Range", "bytes=9999-")
                .with("If-Range", tag),
        )
        .is_error(416);
}

/// Hostile 85.
#[test]
fn a_name_that_only_looks_hashed_is_revalidated() {
    let site = documents();
    for name in [
        "searcher-c2a407aa.js",
        "itz-greyscale.svg",
        "app.12345678.css",
    ] {
        site.write(name, "not what the name says");
    }
    let larder = Larder::serve(&site);
    for name in [
        "searcher-c2a407aa.js",
        "itz-greyscale.svg",
        "app.12345678.css",
    ] {
        larder
            .get(&format!("/{name}"))
            .is(200)
            .has("cache-control", "no-cache");
    }
}

/// Hostile 85.
#[test]
fn a_file_whose_bytes_no_longer_match_its_name_is_no_longer_immutable() {
    let site = app();
    let larder = Larder::serve(&site);
    let target = format!("/{}", crate::SCRIPT);
    larder
        .get(&target)
        .has("cache-control", "public, max-age=31536000, immutable");
    site.write(crate::SCRIPT, "console.log(\"patched by hand\")\n");
    larder
        .until_it_serves(&target, "console.log(\"patched by hand\")\n")
        .has("cache-control", "no-cache");
}

/// Hostile 86.
#[test]
fn documents_may_be_kept_for_going_back() {
    let larder = Larder::serve(&documents());
    for target in ["/", "/about", "/docs/"] {
        let document = larder.navigate(target);
        document.is(200).has("cache-control", "no-cache");
        assert!(document.field("etag").is_some(), "{document:#?}");
    }
}

/// Hostile 88.
#[test]
fn every_answer_forbids_sniffing_and_names_no_version() {
    let site = documents();
    for (name, content) in [
        ("a.svg", "<svg/>"),
        ("a.json", "{}"),
        ("a.wasm", "\0asm"),
        ("a.txt", "x"),
        ("unknown.qqq", "x"),
        ("none", "x"),
    ] {
        site.write(name, content);
    }
    let larder = Larder::serve(&site);
    for target in [
        "/",
        "/style.css",
        "/a.svg",
        "/a.json",
        "/a.wasm",
        "/a.txt",
        "/unknown.qqq",
        "/none",
        "/docs",
        "/missing",
        "/%zz",
    ] {
        let answer = larder.get(target);
        answer.has("x-content-type-options", "nosniff");
        let server = answer.field("server").unwrap_or_default();
        assert!(
            !server.chars().any(|letter| letter.is_ascii_digit()),
            "Server: {server}"
        );
        answer.lacks("x-powered-by");
    }
    for (target, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/a.svg", "image/svg+xml"),
        ("/a.json", "application/json"),
        ("/a.wasm", "application/wasm"),
        ("/a.txt", "text/plain; charset=utf-8"),
        ("/unknown.qqq", "application/octet-stream"),
    ] {
        let answer = larder.get(target);
        let found = answer.field("content-type").expect("content has a type");
        assert!(found.starts_with(media_type), "{target}: {found}");
    }
}

/// Hostile 91.
#[test]
fn fields_that_no_cache_key_knows_change_nothing() {
    let larder = Larder::serve(&app());
    let plain = larder.navigate("/");
    for (name, value) in [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("X-Original-URL", "/assets/plain.js"),
        ("X-Rewrite-URL", "/assets/plain.js"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Accept-Language", "de"),
        ("Origin", "https://evil.example"),
        ("Cookie", "session=1"),
        ("User-Agent", "evil/1.0"),
    ] {
        let answer = larder.ask(&Ask::get("/").navigating().with(name, value));
        answer.is(200).says(&plain.content);
        assert_eq!(answer.tag(), plain.tag(), "{name}");
    }
}

#[test]
fn an_authors_rule_reaches_what_it_names_and_says_which_error_it_means() {
    let site = app();
    site.write("feed.json", "{}");
    let larder = Larder::under(
        &site,
        r#"
[[rule]]
name = "the feed is fresh for a minute"
paths = ["/feed.json"]
cache-control = "public, max-age=60"

[headers]
Referrer-Policy = "no-referrer"
"#,
    );
    larder
        .get("/feed.json")
        .is(200)
        .has("cache-control", "public, max-age=60")
        .has("referrer-policy", "no-referrer");
    larder
        .navigate("/route")
        .is(200)
        .has("cache-control", "no-cache")
        .has("referrer-policy", "no-referrer");
    larder
        .get("/missing.js")
        .is_error(404)
        .has("referrer-policy", "no-referrer");
}

#[test]
fn a_rule_about_paths_is_never_about_an_error_at_that_path() {
    let larder = Larder::under(
        &app(),
        "[[rule]]\nname = \"assets\"\npaths = [\"/assets/**\"]\ncache-control = \"public, max-age=31536000\"\n",
    );
    larder
        .get("/assets/plain.js")
        .is(200)
        .has("cache-control", "public, max-age=31536000");
    larder.get("/assets/missing-0a1b2c3d.js").is_error(404);
}

#[test]
fn an_own_error_document_is_sent_as_an_error() {
    let site = documents();
    site.write("404.html", "<!doctype html><title>Not here</title>");
    let larder = Larder::serve(&site);
    let answer = larder.navigate("/missing");
    answer
        .is_error(404)
        .says("<!doctype html><title>Not here</title>")
        .has("content-type", "text/html; charset=utf-8");
    let tag = "\"anything\"";
    larder
        .ask(&Ask::get("/missing").navigating().with("If-None-Match", tag))
        .is(404);
    larder
        .ask(&Ask::get("/missing").navigating().with("If-None-Match", "*"))
        .is(404);
    larder
        .ask(&Ask::get("/missing").navigating().with("Range", "bytes=0-3"))
        .is(404);
}

#[test]
fn a_policy_with_errors_is_refused_with_all_of_them_and_exit_code_2() {
    let site = documents();
    let policy = site.policy(
        "[cahce]\ndocument = \"no-cache\"\n\n[site]\nspa = 7\n\n[cache]\nasset = \"max-age=ten\"\n",
    );
    let refusal = larder::refusal(
        &site.root(),
        &["--policy", &policy, "--listen", "127.0.0.1:0"],
    );
    assert_eq!(refusal.code, Some(2), "{}", refusal.stderr);
    assert_eq!(refusal.stdout, "");
    for wanted in ["cahce", "cache", "spa", "max-age", "policy.toml"] {
        assert!(
            refusal.stderr.contains(wanted),
            "`{wanted}` is not in:\n{}",
            refusal.stderr
        );
    }
}

#[test]
fn a_policy_that_is_not_there_is_refused() {
    let site = Site::of(&[("index.html", "x")]);
    let nowhere = site.beside("nowhere.toml").display().to_string();
    let refusal = larder::refusal(
        &site.root(),
        &["--policy", &nowhere, "--listen", "127.0.0.1:0"],
    );
    assert_eq!(refusal.code, Some(2), "{}", refusal.stderr);
    assert!(
        refusal.stderr.contains("nowhere.toml"),
        "{}",
        refusal.stderr
    );
}

/// Hostile 87.
#[test]
fn public_is_said_of_what_is_the_same_for_everybody_for_good_and_of_nothing_else() {
    let larder = Larder::serve(&app());
    for target in ["/", "/route", "/assets/plain.js", "/missing.js", "/%zz"] {
        let answer = larder.navigate(target);
        let told = answer.field("cache-control").unwrap_or_default();
        assert!(!told.contains("public"), "{target}: {told}");
    }
    larder
        .get("/assets/app-3e5b7ab69fb7d67b.js")
        .has("cache-control", "public, max-age=31536000, immutable");
}

/// Hostile 89.
#[test]
fn a_policy_can_keep_the_scripts_of_pictures_from_running() {
    let site = documents();
    site.write(
        "evil.svg",
        "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    );
    let csp = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    let larder = Larder::under(
        &site,
        &format!(
            "[[rule]]\nname = \"pictures run nothing\"\nmedia = \"image/svg+xml\"\nheaders = {{ \"Content-Security-Policy\" = \"{csp}\" }}\n"
        ),
    );
    let answer = larder.get("/evil.svg");
    answer
        .is(200)
        .has("content-type", "image/svg+xml")
        .has("content-security-policy", csp);
    larder
        .get("/style.css")
        .is(200)
        .lacks("content-security-policy");
}
