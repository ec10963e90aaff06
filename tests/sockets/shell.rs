//! What an app's shell, its scripts and the scripts of an earlier release get: the table that every popular server gets wrong
//! somewhere, because it decides by the URL.

use std::time::SystemTime;

use crate::{
    SCRIPT, SCRIPT_CONTENT, SHELL, app, get_and_head,
    support::{Ask, Larder, Site, eventually},
};

const FINGERPRINTED: &str = "public, max-age=31536000, immutable";

/// Hostile 86.
#[test]
fn the_shell_is_revalidated_on_every_visit() {
    let (site, larder) = serve();
    let shell = get_and_head(&larder, &Ask::get("/").navigating());
    shell
        .is(200)
        .has("cache-control", "no-cache")
        .has("content-type", "text/html; charset=utf-8")
        .says(SHELL);
    larder
        .ask(
            &Ask::get("/")
                .navigating()
                .with("If-None-Match", shell.tag()),
        )
        .is(304)
        .says("");
    drop(site);
}

#[test]
fn a_deep_link_gets_the_shell_with_the_same_fields_and_the_same_validator() {
    let (_site, larder) = serve();
    for route in ["/deep/link", "/user/ada.lovelace", "/index.html"] {
        eventually("the same fields", || {
            let (start, deep) = (
                larder.navigate("/"),
                get_and_head(&larder, &Ask::get(route).navigating()),
            );
            deep.is(200).says(SHELL);
            assert_eq!(start.tag(), deep.tag(), "{route}");
            (start.stable_fields() == deep.stable_fields()).then_some(())
        });
    }
}

#[test]
fn a_visit_to_one_route_makes_the_next_visit_to_another_a_304() {
    let (_site, larder) = serve();
    let tag = larder.navigate("/").tag();
    larder
        .ask(
            &Ask::get("/another/route")
                .navigating()
                .with("If-None-Match", tag),
        )
        .is(304);
}

#[test]
fn a_script_whose_name_carries_its_digest_is_immutable() {
    let (_site, larder) = serve();
    let script = get_and_head(&larder, &Ask::get(format!("/{SCRIPT}")).loading_a_script());
    script
        .is(200)
        .has("cache-control", FINGERPRINTED)
        .says(SCRIPT_CONTENT);
}

/// Hostile 90.
#[test]
fn a_query_does_not_change_what_a_script_gets() {
    let (_site, larder) = serve();
    let plain = larder.get(&format!("/{SCRIPT}"));
    let query = larder.get(&format!("/{SCRIPT}?v=2&/x.css"));
    query.is(200).has("cache-control", FINGERPRINTED);
    assert_eq!(query.tag(), plain.tag());
}

/// Hostile 81.
#[test]
fn a_missing_chunk_of_an_earlier_release_is_an_error_that_nobody_stores() {
    let (_site, larder) = serve();
    for target in [
        "/assets/old-deadbeef.js",
        "/assets/app-0123456789abcdef.js",
        "/assets/old-deadbeef.css",
    ] {
        for ask in [
            Ask::get(target),
            Ask::get(target).loading_a_script(),
            Ask::get(target).navigating(),
        ] {
            let missing = get_and_head(&larder, &ask);
            missing.is_error(404);
            assert!(
                !missing.text().contains("<main id=app>"),
                "the shell is no script: {}",
                missing.text()
            );
        }
    }
}

#[test]
fn an_asset_without_a_fingerprint_is_revalidated() {
    let (_site, larder) = serve();
    let plain = get_and_head(&larder, &Ask::get("/assets/plain.js"));
    plain
        .is(200)
        .has("cache-control", "no-cache")
        .has("content-type", "text/javascript; charset=utf-8");
    larder
        .ask(&Ask::get("/assets/plain.js").with("If-None-Match", plain.tag()))
        .is(304);
}

#[test]
fn a_missing_favicon_is_an_error_that_nobody_stores() {
    let (_site, larder) = serve();
    let ask = Ask::get("/favicon.ico")
        .with("Accept", "image/avif,image/webp,*/*;q=0.8")
        .with("Sec-Fetch-Dest", "image");
    get_and_head(&larder, &ask).is_error(404);
    get_and_head(&larder, &Ask::get("/favicon.ico")).is_error(404);
}

#[test]
fn changed_bytes_with_equal_size_and_equal_time_are_never_a_304() {
    let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(24 * 365 * 10);
    let site = Site::of(&[
        ("index.html", SHELL),
        ("app.js", "version = 1\n"),
        ("assets/plain.css", ""),
    ]);
    site.set_modified("app.js", time);
    let larder = Larder::serve(&site);
    let first = larder.get("/app.js");
    first.is(200).says("version = 1\n");

    let modified = first
        .field("last-modified")
        .unwrap_or("Sun, 22 Nov 2015 00:00:00 GMT")
        .to_owned();
    site.write("app.js", "version = 2\n");
    site.set_modified("app.js", time);

    larder.until_it_serves("/app.js", "version = 2\n");
    let ask = Ask::get("/app.js")
        .with("If-None-Match", first.tag())
        .with("If-Modified-Since", &modified);
    larder.ask(&ask).is(200).says("version = 2\n");
    larder
        .ask(&Ask::get("/app.js").with("If-Modified-Since", &modified))
        .is(200)
        .says("version = 2\n");
}

#[test]
fn a_replaced_shell_is_new_at_the_root_and_on_every_route_at_once() {
    let (site, larder) = serve();
    let old = larder.navigate("/").tag();
    let new = SHELL.replace("App", "New");
    site.replace("index.html", &new);
    larder.until_it_serves("/index.html", &new);
    for route in ["/", "/deep/link", "/user/ada.lovelace", "/index.html"] {
        larder.navigate(route).is(200).says(&new);
        larder
            .ask(&Ask::get(route).navigating().with("If-None-Match", &old))
            .is(200)
            .says(&new);
    }
}

#[test]
fn a_rolled_back_shell_is_never_answered_with_304_to_who_has_the_new_one() {
    let (site, larder) = serve();
    let time = SystemTime::now() - std::time::Duration::from_hours(48);
    let old = larder.navigate("/").tag();
    let new = SHELL.replace("App", "New");
    site.replace("index.html", &new);
    let seen = larder.until_it_serves("/", &new);

    site.replace("index.html", SHELL);
    site.set_modified("index.html", time);
    larder.until_it_serves("/", SHELL);
    let mut ask = Ask::get("/").navigating();
    if let Some(modified) = seen.field("last-modified") {
        ask = ask.with("If-Modified-Since", modified);
        larder.ask(&ask).is(200).says(SHELL);
    }
    larder
        .ask(&ask.with("If-None-Match", seen.tag()))
        .is(200)
        .says(SHELL);
    assert_eq!(
        larder.navigate("/").tag(),
        old,
        "the same bytes have the same tag"
    );
}

fn serve() -> (Site, Larder) {
    let site = app();
    let larder = Larder::serve(&site);
    (site, larder)
}
