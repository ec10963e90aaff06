//! Whom a development server answers: DNS rebinding, and sockets across sites.

use crate::{
    browser::{Page, dev},
    support::{Ask, Larder, Site, eventually},
};

fn site() -> Site {
    Site::of(&[("index.html", "<!doctype html><title>secret</title>")])
}

/// A request under the name of `host`.
fn under(larder: &Larder, host: &str) -> crate::support::Answer {
    larder.ask(&Ask::get("/").with("Host", host))
}

#[test]
fn a_name_that_is_not_ours_gets_nothing_of_the_site() {
    let site = site();
    let larder = dev(&site, &["--allow-host", "mine.test"]);
    for host in [
        "localhost:8080",
        "127.0.0.1",
        "[::1]:1",
        "app.localhost",
        "mine.test:8080",
    ] {
        under(&larder, host).is(200);
    }
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8080",
        "mine.test.evil.example",
    ] {
        let answer = under(&larder, host);
        answer.is(421).has("Cache-Control", "no-store");
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert!(answer.text().contains("--allow-host"), "{}", answer.text());
    }
    let script = Ask::get("/-/larder/live.js").with("Host", "evil.example");
    larder.ask(&script).is(421);
}

#[test]
fn names_of_the_policy_are_ours_too() {
    let site = site();
    let policy = site.policy("[dev]\nhosts = [\".tunnel.example\"]\n");
    let larder = dev(&site, &["--policy", &policy]);
    under(&larder, "abc.tunnel.example").is(200);
    under(&larder, "tunnel.example.org").is(421);
}

#[test]
fn names_of_the_policy_may_come_and_go() {
    let site = site();
    let larder = dev(&site, &[]);
    under(&larder, "new.test").is(421);
    site.policy("[dev]\nhosts = [\"new.test\"]\n");
    eventually("the new name to be answered to", || {
        (under(&larder, "new.test").status == 200).then_some(())
    });
    site.policy("");
    eventually("the name to be nobody's again", || {
        (under(&larder, "new.test").status == 421).then_some(())
    });
}

#[test]
fn a_page_of_another_site_cannot_connect() {
    let site = site();
    let larder = dev(&site, &[]);
    let own = format!("http://{}", larder.address());
    assert!(Page::connect(&larder, "/-/larder/live", Some(&own)).is_ok());
    for origin in ["http://evil.example", "null", "http://localhost:1"] {
        let refused = Page::connect(&larder, "/-/larder/live", Some(origin));
        assert!(
            refused.is_err_and(|error| error.contains("403")),
            "{origin}"
        );
    }
}
