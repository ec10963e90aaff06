use super::super::browser::{Ask, Engine, FromCache, Role, Visit, ask};
use super::*;

const FRESH: &str = "Cache-Control: max-age=60\nETag: \"a\"";
const IMMUTABLE: &str = "Cache-Control: max-age=60, immutable\nETag: \"a\"";
const ASKED: &str = "Cache-Control: no-cache\nETag: \"a\"";

fn leaves(engine: Engine, visit: Visit, role: Role, lines: &str, seconds: i64) -> Ask {
    ask(
        engine,
        visit,
        role,
        Some(&stored(lines)),
        &Fields::new(),
        at(seconds),
    )
}

/// One word for what leaves.
fn word(ask: &Ask) -> &'static str {
    match ask {
        Ask::Nothing(FromCache::Fresh) => "nothing",
        Ask::Nothing(FromCache::History) => "history",
        Ask::Conditional {
            past_caches: false, ..
        } => "asks",
        Ask::Conditional {
            past_caches: true, ..
        } => "asks past caches",
        Ask::InBackground(_) => "background",
        Ask::Unconditional { past_caches: false } => "fetches",
        Ask::Unconditional { past_caches: true } => "fetches past caches",
    }
}

#[test]
fn each_visit_in_each_engine() {
    use Visit::{Back, First, HardReload, Link, Reload, Typed};
    // visit, role, stored: Chromium, Firefox, WebKit
    let table: &[(Visit, Role, &str, [&str; 3])] = &[
        (First, Role::Document, ASKED, ["fetches"; 3]),
        (Link, Role::Document, ASKED, ["asks"; 3]),
        (Link, Role::Document, FRESH, ["nothing"; 3]),
        (Link, Role::Subresource, IMMUTABLE, ["nothing"; 3]),
        (Back, Role::Document, ASKED, ["history"; 3]),
        (Back, Role::Subresource, ASKED, ["history"; 3]),
        (Typed, Role::Document, ASKED, ["asks"; 3]),
        (Typed, Role::Document, FRESH, ["nothing"; 3]),
        (
            Reload,
            Role::Document,
            FRESH,
            [
                "asks past caches",
                "asks past caches",
                "fetches past caches",
            ],
        ),
        (
            Reload,
            Role::Subresource,
            FRESH,
            ["nothing", "nothing", "asks past caches"],
        ),
        (Reload, Role::Subresource, IMMUTABLE, ["nothing"; 3]),
        (
            Reload,
            Role::Subresource,
            ASKED,
            ["asks", "asks", "asks past caches"],
        ),
        (
            HardReload,
            Role::Document,
            FRESH,
            ["fetches past caches"; 3],
        ),
        (
            HardReload,
            Role::Subresource,
            IMMUTABLE,
            ["fetches past caches"; 3],
        ),
    ];
    for (visit, role, lines, expected) in table {
        for (engine, expected) in Engine::ALL.into_iter().zip(expected) {
            let ask = leaves(engine, *visit, *role, lines, 1);
            assert_eq!(
                word(&ask),
                *expected,
                "{engine:?} {visit:?} {role:?} {lines}"
            );
        }
    }
}

#[test]
fn immutable_says_nothing_about_what_is_stale() {
    let ask = leaves(
        Engine::WebKit,
        Visit::Reload,
        Role::Subresource,
        IMMUTABLE,
        61,
    );
    assert_eq!(word(&ask), "asks past caches");
}

#[test]
fn only_firefox_shows_a_stale_document_while_it_asks() {
    let lines = "Cache-Control: max-age=60, stale-while-revalidate=60\nETag: \"a\"";
    for (engine, expected) in Engine::ALL.into_iter().zip(["asks", "background", "asks"]) {
        let ask = leaves(engine, Visit::Link, Role::Document, lines, 61);
        assert_eq!(word(&ask), expected, "{engine:?}");
        let ask = leaves(engine, Visit::Link, Role::Subresource, lines, 61);
        assert_eq!(word(&ask), "background", "{engine:?}");
    }
}

#[test]
fn what_was_not_stored_is_fetched_on_every_visit() {
    for visit in Visit::ALL {
        let ask = ask(
            Engine::Chromium,
            visit,
            Role::Document,
            None,
            &Fields::new(),
            at(1),
        );
        assert!(matches!(ask, Ask::Unconditional { .. }), "{visit:?}");
    }
}

#[test]
fn what_has_no_validator_is_fetched_on_a_reload() {
    let ask = leaves(
        Engine::Chromium,
        Visit::Reload,
        Role::Document,
        "Cache-Control: max-age=60",
        1,
    );
    assert_eq!(word(&ask), "fetches past caches");
}

#[test]
fn what_leaves_has_the_fields_that_browsers_send() {
    let added = |visit, lines| leaves(Engine::Chromium, visit, Role::Document, lines, 1).fields();
    assert_eq!(added(Visit::Link, FRESH), None);
    assert_eq!(
        added(Visit::Link, ASKED),
        Some(fields("If-None-Match: \"a\""))
    );
    let reload = "Cache-Control: max-age=0\nIf-None-Match: \"a\"";
    assert_eq!(added(Visit::Reload, ASKED), Some(fields(reload)));
    let hard = "Cache-Control: no-cache\nPragma: no-cache";
    assert_eq!(added(Visit::HardReload, ASKED), Some(fields(hard)));
}
