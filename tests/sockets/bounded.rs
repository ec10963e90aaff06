//! What one request may cost: a ceiling, whatever its fields say.
//!
//! The ceilings are those of docs/reference/limits.md. Each test sends the most that a head has room for and compares the processor time of many
//! such requests with that of as many ordinary ones. The factor is generous, as a debug build on a busy machine is compared; a cost that grows with
//! the square of the list, as in CVE-2025-62727, exceeds it many times.

use std::time::Duration;

use crate::{
    documents,
    support::{Ask, Connection, Larder},
};

const ROUNDS: u32 = 100;

/// An odd request may cost so many times an ordinary one: it has a hundred times its bytes, each read once.
const FACTOR: u32 = 100;

fn cost(larder: &Larder, ask: &Ask) -> Duration {
    let mut connection = Connection::open(larder.address());
    let before = larder.processor_time();
    for _ in 0..ROUNDS {
        match connection.try_ask(ask) {
            Ok(answer) if answer.field("connection") != Some("close") => {}
            _ => connection = Connection::open(larder.address()),
        }
    }
    larder.processor_time().saturating_sub(before)
}

/// Hostile 36, 37, 43, 52.
#[test]
fn no_list_makes_a_request_expensive() {
    let site = documents();
    site.write("large.bin", vec![b'x'; 1 << 20]);
    let larder = Larder::serve(&site);
    let plain = Ask::get("/large.bin").method("HEAD");
    // The clock of the system ticks a hundred times a second: what is less than a tick counts as one.
    let ordinary = cost(&larder, &plain).max(Duration::from_millis(20));
    let room = 24 * 1024;
    let list = |member: &str| {
        let mut list = String::with_capacity(room);
        let mut number = 0;
        while list.len() < room {
            if number > 0 {
                list.push(',');
            }
            list.push_str(&member.replace('#', &number.to_string()));
            number += 1;
        }
        list
    };
    for (name, value) in [
        ("Range", format!("bytes={}", list("#-#"))),
        ("Range", format!("bytes={}", list("0-"))),
        ("Range", format!("bytes={}", list("-1"))),
        ("Range", format!("bytes={}", ",".repeat(room))),
        ("Range", format!("bytes={}-", "9".repeat(room))),
        ("Accept-Encoding", list("x#;q=0.#")),
        ("Accept-Encoding", list("gzip")),
        ("Accept-Encoding", ",".repeat(room)),
        (
            "Accept-Encoding",
            format!("gzip{}", ";q=1".repeat(room / 4)),
        ),
        ("If-None-Match", list("\"#\"")),
        ("If-None-Match", list("W/\"#\"")),
        ("If-None-Match", ",".repeat(room)),
        ("If-None-Match", format!("\"{}\"", "a".repeat(room))),
        ("If-Match", list("\"#\"")),
        ("If-Range", format!("\"{}\"", "a".repeat(room))),
        ("If-Modified-Since", "9".repeat(room)),
        ("Accept", list("a/#;q=0.#")),
        ("Accept", format!("\"{}", "\\\"".repeat(room / 2))),
        ("Sec-Fetch-Mode", list("navigate")),
        ("Cookie", list("a#=b")),
        ("X-Forwarded-For", list("10.0.0.#")),
    ] {
        for target in ["/large.bin", "/a/route"] {
            let ask = Ask::get(target).with(name, &value).method("HEAD");
            let odd = cost(&larder, &ask);
            assert!(
                odd <= ordinary * FACTOR,
                "{name}: {}…: {odd:?} for {ROUNDS} requests, {ordinary:?} for as many ordinary ones",
                &value[..value.len().min(40)]
            );
        }
    }
}

/// Hostile 15.
#[test]
fn no_path_makes_a_request_expensive() {
    let larder = Larder::serve(&documents());
    let ordinary = cost(&larder, &Ask::get("/style.css")).max(Duration::from_millis(20));
    for path in [
        "/a".repeat(4000),
        "/..".repeat(2600),
        "/%2e%2e".repeat(1100),
        format!("/{}", "%41".repeat(2700)),
        format!("/{}", "a".repeat(60_000)),
        format!("/x?{}", "a=b&".repeat(4000)),
        format!("/x?{}", "%41".repeat(6000)),
    ] {
        let odd = cost(&larder, &Ask::get(&path).navigating());
        assert!(
            odd <= ordinary * FACTOR,
            "{}…: {odd:?} for {ROUNDS} requests, {ordinary:?} for as many ordinary ones",
            &path[..40]
        );
    }
}

/// Hostile 64: ninety fields, each looked at once.
#[test]
fn no_number_of_fields_makes_a_request_expensive() {
    let larder = Larder::serve(&documents());
    let ordinary = cost(&larder, &Ask::get("/style.css")).max(Duration::from_millis(20));
    for name in [
        "X-A",
        "If-None-Match",
        "Accept-Encoding",
        "Range",
        "Cookie",
        "Accept",
    ] {
        let ask = (0..90).fold(Ask::get("/style.css"), |ask, number| {
            ask.with(name, format!("\"{number}\""))
        });
        let odd = cost(&larder, &ask);
        assert!(
            odd <= ordinary * FACTOR,
            "{name}: {odd:?} for {ROUNDS} requests, {ordinary:?} for as many ordinary ones"
        );
    }
}

/// What the page promises is what the code does.
#[test]
fn the_ceilings_are_those_of_the_docs() {
    use larder::http::{accept, accept_encoding, entity_tag, range, target_path};
    let page = include_str!("../../docs/reference/limits.md");
    let line = |about: &str| {
        page.lines()
            .find(|line| line.starts_with('|') && line.contains(about))
            .unwrap_or_else(|| panic!("the page says nothing of {about}"))
    };
    for (about, ceiling) in [
        ("http::target_path", target_path::MAX_LENGTH),
        ("http::entity_tag", entity_tag::MAX_LIST_MEMBERS),
        ("http::entity_tag", entity_tag::MAX_LIST_LENGTH),
        ("ranges in `Range`", range::MAX_SPECS),
        ("parts of one reply", range::MAX_PARTS),
        ("http::accept_encoding", accept_encoding::MAX_MEMBERS),
        ("http::accept_encoding", accept_encoding::MAX_LENGTH),
        ("http::accept`", accept::MAX_LENGTH),
    ] {
        let told = line(about);
        let numbers = told.split(|letter: char| !letter.is_ascii_digit());
        assert!(
            numbers.clone().any(|number| number == ceiling.to_string()),
            "{ceiling} is not in: {told}"
        );
    }
}
