//! A check that cannot fail checks nothing: each is shown an answer with one thing wrong, and has to say so.

use super::{
    Case, Choice, Engine, Rule, Site, answer::Answer, case, invariants, judge, site::FINGERPRINTED,
};

/// An answer of the pure origin.
fn answer(case: &Case) -> Answer {
    Engine::Pure
        .ask(case.site, &case.ask)
        .expect("the origin can be asked anything")
}

fn set(answer: &mut Answer, name: &str, value: &str) {
    answer.fields.retain(|(known, _)| known != name);
    answer.fields.push((name.to_owned(), value.to_owned()));
}

fn remove(answer: &mut Answer, name: &str) {
    answer.fields.retain(|(known, _)| known != name);
}

type Spoil = fn(&mut Answer);

/// Rule, a request that gets an answer it is about, and what spoils that answer.
fn spoilt() -> Vec<(Rule, Case, Spoil)> {
    let get = |target: &str| case(Choice, "choice-red-x", "x").get(target);
    let not_modified = || get("/style.css").with("If-None-Match", "*");
    let part = || get("/ten.bin").with("Range", "bytes=2-4");
    vec![
        (
            Rule::NotModifiedIsPartOfTheWhole,
            not_modified(),
            |answer| set(answer, "x-other", "1"),
        ),
        (
            Rule::NotModifiedIsPartOfTheWhole,
            not_modified(),
            |answer| remove(answer, "vary"),
        ),
        (
            Rule::NotModifiedIsPartOfTheWhole,
            not_modified(),
            |answer| remove(answer, "etag"),
        ),
        (
            Rule::NotModifiedIsPartOfTheWhole,
            not_modified(),
            |answer| remove(answer, "cache-control"),
        ),
        (
            Rule::NotModifiedIsPartOfTheWhole,
            not_modified(),
            |answer| set(answer, "content-type", "text/css; charset=utf-8"),
        ),
        (
            Rule::NotModifiedIsPartOfTheWhole,
            not_modified(),
            |answer| answer.content = b"x".to_vec(),
        ),
        (Rule::PartsArePartsOfTheWhole, part(), |answer| {
            answer.content = b"345".to_vec();
        }),
        (Rule::PartsArePartsOfTheWhole, part(), |answer| {
            set(answer, "content-range", "bytes 2-4/11");
        }),
        (Rule::PartsArePartsOfTheWhole, part(), |answer| {
            set(answer, "etag", "\"other\"");
        }),
        (Rule::PartsArePartsOfTheWhole, part(), |answer| {
            remove(answer, "cache-control");
        }),
        (Rule::PartsArePartsOfTheWhole, get("/ten.bin"), |answer| {
            set(answer, "content-range", "bytes 0-9/10");
        }),
        (
            Rule::PartsArePartsOfTheWhole,
            get("/thousand.bin").with("Range", "bytes=0-9,500-509"),
            |answer| answer.content[100] ^= 1,
        ),
        (Rule::ErrorsAreNotKept, get("/missing.js"), |answer| {
            set(answer, "cache-control", "max-age=60");
        }),
        (Rule::ErrorsAreNotKept, get("/missing.js"), |answer| {
            set(answer, "etag", "\"x\"");
        }),
        (Rule::ErrorsAreNotKept, get("/missing.js"), |answer| {
            remove(answer, "cache-control");
        }),
        (Rule::OneTagOneContent, get("/ten.bin"), |answer| {
            answer.content = b"9876543210".to_vec();
        }),
        (Rule::OneTagOneContent, get("/style.css"), |answer| {
            set(answer, "content-encoding", "br");
        }),
        (Rule::OneTagOneContent, get("/style.css"), |answer| {
            set(answer, "etag", "W/\"weak\"");
        }),
        (Rule::NoSniffing, get("/"), |answer| {
            remove(answer, "x-content-type-options");
        }),
        (Rule::NoVersion, get("/"), |answer| {
            set(answer, "server", "larder");
        }),
        (Rule::NoVersion, get("/missing.js"), |answer| {
            answer.content = b"no such file: /home/x".to_vec();
        }),
        (Rule::TextHasACharset, get("/style.css"), |answer| {
            set(answer, "content-type", "text/css");
        }),
        (Rule::VariesWhereItDoes, get("/style.css"), |answer| {
            remove(answer, "vary");
        }),
        (Rule::VariesWhereItDoes, get("/style.css"), |answer| {
            set(answer, "vary", "Accept-Encoding, Accept");
        }),
        (Rule::VariesWhereItDoes, get("/ten.bin"), |answer| {
            set(answer, "vary", "Accept-Encoding");
        }),
        (Rule::VariesWhereItDoes, not_modified(), |answer| {
            remove(answer, "vary");
        }),
        (Rule::LengthIsRight, get("/ten.bin"), |answer| {
            set(answer, "content-length", "9");
        }),
        (Rule::LengthIsRight, get("/ten.bin"), |answer| {
            remove(answer, "content-length");
        }),
        (Rule::LengthIsRight, not_modified(), |answer| {
            set(answer, "content-length", "0");
        }),
        (Rule::ImmutableIsEarned, get("/style.css"), |answer| {
            set(answer, "cache-control", "max-age=60, immutable");
        }),
        (Rule::ImmutableIsEarned, get("/missing.js"), |answer| {
            set(answer, "cdn-cache-control", "immutable");
        }),
        (
            Rule::ImmutableIsEarned,
            get(FINGERPRINTED).with("If-Match", "\"other\""),
            |answer| set(answer, "cache-control", "no-store, immutable"),
        ),
        (Rule::LocationIsAPath, get("/docs"), |answer| {
            set(answer, "location", "//evil.example/");
        }),
        (Rule::LocationIsAPath, get("/docs"), |answer| {
            set(answer, "location", "/\\evil.example/");
        }),
        (Rule::LocationIsAPath, get("/docs"), |answer| {
            set(answer, "location", "http://larder.test/docs/");
        }),
        (Rule::LocationIsAPath, get("/docs"), |answer| {
            remove(answer, "location");
        }),
        (Rule::AllowIsTold, get("/").ask("POST", "/"), |answer| {
            remove(answer, "allow");
        }),
        (Rule::NoFieldTwice, get("/"), |answer| {
            answer
                .fields
                .push(("vary".to_owned(), "Accept-Encoding".to_owned()));
        }),
    ]
}

#[test]
fn every_rule_sees_what_breaks_it() {
    for (place, (rule, case, spoil)) in spoilt().into_iter().enumerate() {
        let whole = Engine::Pure
            .ask(case.site, &case.ask.unconditional())
            .expect("the origin can be asked anything");
        // The one rule with a memory has to have seen the right answer first.
        let right = answer(&case);
        let broken =
            |answer: &Answer| invariants::broken(&case, Engine::Pure, &case.ask, answer, &whole);
        assert_eq!(broken(&right), [""; 0], "row {place}");
        let mut wrong = right;
        spoil(&mut wrong);
        let name = format!("{rule:?}");
        assert!(
            broken(&wrong).iter().any(|what| what.starts_with(&name)),
            "row {place}: {name} does not see {wrong:?}"
        );
    }
}

#[test]
fn a_server_without_a_date_is_seen() {
    let case = case(Choice, "choice-red-x", "x").get("/ten.bin");
    let right = answer(&case);
    assert!(
        invariants::broken(&case, Engine::Socket, &case.ask, &right, &right)
            .iter()
            .any(|what| what.starts_with("Dated"))
    );
}

#[test]
fn every_rule_has_a_row_here() {
    let rows: Vec<Rule> = spoilt().into_iter().map(|(rule, ..)| rule).collect();
    for rule in invariants::all() {
        assert!(
            rows.contains(&rule) || rule == Rule::Dated,
            "nothing shows that {rule:?} can fail"
        );
    }
}

#[test]
fn every_expectation_sees_what_differs() {
    let get = || case(Choice, "choice-red-x", "x").get("/ten.bin");
    let wrong = [
        get().expect(404),
        get().expect(200).has("Content-Length", "11"),
        get().expect(200).has("ETag", "\"{opaque}x\""),
        get().expect(200).present("Vary"),
        get().expect(200).lacks("ETag"),
        get().expect(200).other_than("Content-Length", "10"),
        get().expect(200).mentions("Content-Type", "text"),
        get().expect(200).never_mentions("Content-Type", "octet"),
        get().expect(200).keeps("Vary"),
        get().expect(200).empty(),
        get().expect(200).says_exactly("0123456780"),
        get().expect(200).never_says("345"),
        get().expect(200).whole("/eleven.bin"),
        get().with("Range", "bytes=0-3").expect(206).slice(0, 4, 10),
        case(Choice, "choice-red-x", "x")
            .get("/thousand.bin")
            .with("Range", "bytes=0-9,500-509")
            .expect(206)
            .parts(&[(500, 509), (0, 9)]),
        get().expect(200).parts(&[(0, 1)]),
    ];
    for (place, case) in wrong.into_iter().enumerate() {
        let whole = Engine::Pure
            .ask(case.site, &case.ask.unconditional())
            .expect("the origin can be asked anything");
        let fill = |text: &str| {
            text.replace(
                "{opaque}",
                whole.field("etag").unwrap_or_default().trim_matches('"'),
            )
        };
        assert_ne!(
            judge::differences(&case, &answer(&case), &whole, &fill),
            [""; 0],
            "row {place}"
        );
    }
}

#[test]
fn engines_that_can_be_asked_are_asked() {
    for engine in Engine::ALL {
        let case = case(Choice, "choice-red-x", "x")
            .on(Site::App)
            .get("/route");
        let answer = engine
            .ask(case.site, &case.ask)
            .unwrap_or_else(|| panic!("{engine:?} was not asked"));
        assert_eq!(answer.status, 200, "{engine:?}");
    }
}
