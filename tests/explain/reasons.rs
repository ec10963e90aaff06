//! Each reason has its case: a route, a field, a value that lost, a rule that missed.

use larder::explain::{Asked, By, Explanation, LostBy, Route, explain};

use super::{app, fields, get, now, pages, site};

const RULES: &str = "[cache]
asset = \"max-age=60\"
[[rule]]
name = \"fonts\"
paths = [\"/fonts/**\", \"*.woff\"]
headers = { \"X-Font\" = \"yes\" }
[[rule]]
name = \"for ever\"
kind = [\"asset\", \"fingerprinted\"]
cache-control = \"max-age=600, immutable\"
[[rule]]
name = \"later\"
media = \"font/woff2\"
cache-control = \"max-age=5\"
[[redirect]]
from = \"/old\"
to = \"/about\"
";

#[test]
fn hsts_is_told_with_its_line_where_the_server_would_send_it() {
    let secure = "[server]\ntls-cert = \"c.pem\"\ntls-key = \"k.pem\"\n";
    let with = site(app(), &format!("{secure}hsts = \"max-age=600\"\n"));
    let without = site(app(), secure);
    for target in ["/", "/missing.js"] {
        let told = explain(&with, "GET", target, &fields(""), now());
        let hsts = told
            .fields
            .iter()
            .find(|field| field.name == "Strict-Transport-Security")
            .expect("it is told");
        assert_eq!(hsts.value, "max-age=600");
        assert_eq!(
            (hsts.because.by, hsts.because.line, &*hsts.because.text),
            (By::Key, Some(4), "server.hsts, over HTTPS")
        );
        let plain = explain(&without, "GET", target, &fields(""), now());
        assert!(
            plain
                .fields
                .iter()
                .all(|field| field.name != "Strict-Transport-Security")
        );
        let line = "Strict-Transport-Security: max-age=600\r\n".len() as u64;
        assert_eq!(told.visits[0].bytes, plain.visits[0].bytes + line);
    }
}

#[test]
fn each_route_has_its_case() {
    let (app, pages) = (site(app(), ""), site(pages(), RULES));
    for (site, target, lines, route, words) in [
        (
            &pages,
            "/about.html",
            "",
            Route::File,
            "is a file of the site",
        ),
        (&pages, "/docs/", "", Route::Index, "for its folder"),
        (&pages, "/about", "", Route::CleanUrl, "without its .html"),
        (&app, "/any/route", "", Route::Fallback, "only document"),
        (&pages, "/old", "", Route::Redirect, "policy.toml:16"),
        (&pages, "/docs", "", Route::Redirect, "slash"),
        (&pages, "/about/", "", Route::Redirect, "slash"),
        (
            &app,
            "/missing.js",
            "",
            Route::Missing,
            "looks like an asset",
        ),
        (&app, "/.env", "", Route::Missing, "begins with a dot"),
        (&app, "/a.html~", "", Route::Missing, "backup"),
        (
            &app,
            "/api/x",
            "Accept: application/json",
            Route::Missing,
            "does not take HTML",
        ),
        (&pages, "/nothing", "", Route::Missing, "4 documents"),
        (&app, "/secret", "", Route::Withheld, "not served"),
        (&app, "/a//b", "", Route::BadPath, "second spelling"),
        (&app, "/%zz", "", Route::BadPath, "bad escape"),
    ] {
        let explanation = get(site, target, lines);
        assert_eq!(explanation.route, route, "{target}");
        let because = &explanation.route_because;
        assert!(because.contains(words), "{target}: {because}");
    }
    for (method, status) in [("POST", 405), ("OPTIONS", 204)] {
        let explanation = explain(&app, method, "/", &fields(""), now());
        assert_eq!(
            (explanation.route, explanation.status),
            (Route::Method, status)
        );
        assert!(explanation.visits.is_empty(), "a browser visits by GET");
    }
}

#[track_caller]
fn because<'e>(explanation: &'e Explanation, name: &str) -> &'e larder::explain::Because {
    let mut fields = explanation.fields.iter();
    let field = fields.find(|field| field.name == name);
    &field.unwrap_or_else(|| panic!("no {name}")).because
}

#[test]
fn a_field_names_its_rule_its_file_and_its_line() {
    let explanation = get(&site(pages(), RULES), "/fonts/a.woff2", "");
    let font = because(&explanation, "X-Font");
    assert_eq!((font.by, font.rule.as_deref()), (By::Rule, Some("fonts")));
    assert_eq!(
        (font.file.as_deref(), font.line),
        (Some("policy.toml"), Some(6))
    );
    let control = because(&explanation, "Cache-Control");
    assert_eq!(
        (control.rule.as_deref(), control.line),
        (Some("later"), Some(14))
    );
    assert_eq!(because(&explanation, "ETag").by, By::Larder);
}

#[test]
fn a_key_that_was_written_is_told_from_a_default() {
    let site = site(app(), "[cache]\nasset = \"max-age=60\"\n");
    let asset = get(&site, "/logo.svg", "");
    let control = because(&asset, "Cache-Control");
    assert_eq!((control.by, control.line), (By::Key, Some(2)));
    assert_eq!(control.rule.as_deref(), Some("cache.asset"));
    let document = get(&site, "/", "");
    let control = because(&document, "Cache-Control");
    assert_eq!((control.by, control.line), (By::Default, None));
}

#[test]
fn what_lost_says_to_what() {
    let explanation = get(&site(pages(), RULES), "/fonts/a.woff2", "");
    let lost: Vec<_> = explanation
        .lost
        .iter()
        .map(|lost| (lost.value.as_str(), lost.to))
        .collect();
    let expected = [
        ("max-age=60", LostBy::Overridden),
        ("max-age=600, immutable", LostBy::Refused),
    ];
    assert_eq!(lost, expected);
}

#[test]
fn an_answer_to_one_request_alone_withdraws_what_policy_wants() {
    let site = site(app(), "[cache]\nerror = \"max-age=60\"\n");
    let explanation = get(&site, "/", "If-Match: \"x\"");
    assert_eq!(explanation.status, 412);
    let control = because(&explanation, "Cache-Control");
    assert_eq!((control.by, control.rule.as_deref()), (By::Larder, None));
    assert_eq!(explanation.lost[0].value, "max-age=60");
    assert_eq!(explanation.lost[0].to, LostBy::Withdrawn);
}

#[test]
fn a_rule_that_missed_says_what_it_met() {
    let site = site(pages(), RULES);
    let misses = |target| {
        let misses = get(&site, target, "").near_misses.into_iter();
        misses
            .map(|miss| format!("{} {}: {}", miss.rule, miss.line, miss.because.join("; ")))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        misses("/about"),
        [
            "fonts 4: path is /about.html, not /fonts/** or *.woff",
            "for ever 8: kind is document, not asset or fingerprinted",
            "later 12: media type is text/html, not font/woff2",
        ]
    );
    assert_eq!(
        misses("/x.js"),
        [
            "for ever 8: kind is error, not asset or fingerprinted",
            "fonts 4: status is 404, and a rule that names no status is about successes; no file was served",
            "later 12: status is 404, and a rule that names no status is about successes; no file was served",
        ]
    );
}

#[test]
fn the_nearest_paths_are_named_where_there_is_nothing() {
    let nearest = |target| get(&site(pages(), ""), target, "").nearest;
    assert_eq!(nearest("/abuot")[0], "/about");
    assert_eq!(nearest("/font/a.woff2"), ["/fonts/a.woff2"]);
    assert_eq!(nearest("/about"), [""; 0]);
    let hashed = get(&site(app(), ""), "/assets/app.js", "").nearest;
    assert_eq!(hashed[0], "/assets/app-0123456789abcdef.js");
    // Half of the letters by chance are no slip.
    assert_eq!(nearest("/css/abort.css"), [""; 0]);
}

#[test]
fn a_deploy_under_a_lifetime_shows_old_content() {
    let site = site(app(), "[cache]\nasset = \"max-age=3600\"\n");
    let visits = get(&site, "/logo.svg", "").visits;
    let visit = |code: &str| {
        let visit = visits.iter().find(|visit| visit.visit == code);
        let visit = visit.expect("it is told");
        (visit.asked, visit.status, visit.note.as_str())
    };
    assert_eq!(visit("link"), (Asked::Nothing, None, "from the cache"));
    assert_eq!(visit("later"), (Asked::Conditional, Some(304), ""));
    assert_eq!(
        visit("deploy-changed"),
        (Asked::Nothing, None, "OLD for up to 1 hour")
    );
}

#[test]
fn a_document_is_asked_for_on_each_visit_but_going_back() {
    let visits = get(&site(app(), ""), "/", "").visits;
    let told: Vec<_> = visits
        .iter()
        .map(|visit| (visit.visit.as_str(), visit.status))
        .collect();
    let expected = [
        ("first-visit", Some(200)),
        ("link", Some(304)),
        ("back", None),
        ("typed", Some(304)),
        ("reload", Some(304)),
        ("hard-reload", Some(200)),
        ("deploy-unchanged", Some(304)),
        ("deploy-changed", Some(200)),
    ];
    assert_eq!(told, expected);
}
