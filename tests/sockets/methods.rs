//! The methods of a static site, and all others.

use crate::{
    documents, get_and_head,
    support::{Ask, Connection, Larder, Site},
};

#[test]
fn get_and_head_differ_in_content_only() {
    let larder = Larder::serve(&documents());
    for target in [
        "/",
        "/about",
        "/style.css",
        "/docs",
        "/missing",
        "/missing.css",
        "/%zz",
    ] {
        get_and_head(&larder, &Ask::get(target).navigating());
        get_and_head(&larder, &Ask::get(target));
        assert!(larder.head(target).content.is_empty(), "{target}");
    }
}

/// Hostile 63.
#[test]
fn other_methods_are_405_that_says_what_is_allowed() {
    let larder = Larder::serve(&documents());
    for method in ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "BREW", "get"] {
        for target in ["/", "/style.css", "/missing"] {
            let answer = larder.ask(&Ask::new(method, target).with("Content-Length", "0"));
            assert!(
                matches!(answer.status, 405 | 501),
                "{method} {target}: {answer:#?}"
            );
            answer.is_error(answer.status);
            if answer.status == 405 {
                let allow = answer
                    .field("allow")
                    .expect("405 has Allow (RFC 9110 §15.5.6)");
                assert!(
                    allow.contains("GET") && allow.contains("HEAD"),
                    "Allow: {allow}"
                );
            }
        }
    }
}

#[test]
fn trace_repeats_nothing() {
    let larder = Larder::serve(&documents());
    let answer = larder.ask(&Ask::new("TRACE", "/").with("Cookie", "secret=1"));
    assert!(matches!(answer.status, 405 | 501), "{answer:#?}");
    assert!(!answer.text().contains("secret"), "{answer:#?}");
}

#[test]
fn connect_opens_no_tunnel() {
    let larder = Larder::serve(&documents());
    let answer = larder.ask(&Ask::new("CONNECT", "larder.test:443"));
    assert!(answer.status >= 400, "{answer:#?}");
}

#[test]
fn options_says_what_is_allowed() {
    let larder = Larder::serve(&documents());
    for target in ["/", "/style.css"] {
        let answer = larder.ask(&Ask::new("OPTIONS", target));
        assert!(matches!(answer.status, 200 | 204), "{answer:#?}");
        assert!(
            answer
                .field("allow")
                .is_some_and(|allow| allow.contains("GET")),
            "{answer:#?}"
        );
    }
    let server_wide = larder.ask(&Ask::new("OPTIONS", "*"));
    assert!(
        matches!(server_wide.status, 200 | 204 | 400 | 404),
        "{server_wide:#?}"
    );
}

/// Hostile 61.
#[test]
fn content_of_a_get_is_never_taken_for_a_request() {
    let larder = Larder::serve(&documents());
    let smuggled = "GET /style.css HTTP/1.1\r\nHost: larder.test\r\n\r\n";
    let mut connection = Connection::open(larder.address());
    let length = smuggled.len().to_string();
    connection.start(
        &Ask::get("/about")
            .navigating()
            .with("Content-Length", length),
    );
    connection
        .send(smuggled.as_bytes())
        .expect("the server reads");
    let first = connection.answer_to("GET").expect("an answer");
    first.is(200).says("<!doctype html><title>About</title>");
    if first.field("connection") != Some("close") && connection.send(b"").is_ok() {
        // Either the content was read and thrown away, so that the next request is the next request, or all is closed.
        if let Ok(next) = connection.try_ask(&Ask::get("/docs/")) {
            next.says("<!doctype html><title>Docs</title>");
        }
    }
}

/// Hostile 62.
#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let larder = Larder::serve(&documents());
    let mut connection = Connection::open(larder.address());
    let targets = ["/about", "/style.css", "/docs/"];
    for at in 0..51 {
        connection.start(&Ask::get(targets[at % 3]).navigating());
    }
    for at in 0..51 {
        let answer = connection
            .answer_to("GET")
            .expect("every request has its answer");
        let wanted = ["About", "teal", "Docs"][at % 3];
        assert!(answer.text().contains(wanted), "answer {at}: {answer:#?}");
    }
}

/// Large content takes another way to the socket than heads and small content do, and content of a file comes in pieces.
#[test]
fn large_content_keeps_its_place_among_pipelined_replies() {
    let content = |seed: u32, length: u32| -> Vec<u8> {
        (0..length)
            .map(|at| ((at * 7 + seed * 13) % 251) as u8)
            .collect()
    };
    let files = [
        ("small.bin", content(1, 100)),
        ("held.bin", content(2, 600_000)),
        ("just-large.bin", content(3, 16 * 1024)),
        ("in-a-file.bin", content(4, 3_000_000)),
    ];
    let site = Site::of(&files);
    let larder = Larder::serve(&site);
    let mut connection = Connection::open(larder.address());
    for _ in 0..5 {
        for (name, _) in &files {
            connection.start(&Ask::get(format!("/{name}")));
        }
    }
    connection
        .send(b"this is no request\r\n\r\n")
        .expect("it is read");
    for round in 0..5 {
        for (name, content) in &files {
            let answer = connection.answer_to("GET").expect("an answer");
            let length = content.len().to_string();
            answer.is(200).has("content-length", &length);
            answer.lacks("transfer-encoding");
            assert!(answer.content == *content, "{name} in round {round}");
        }
    }
    connection.answer_to("GET").expect("an answer").is(400);
    assert!(connection.is_closed());
}

/// Hostile 92, 93.
#[test]
fn there_is_no_place_to_send_content_to() {
    let larder = Larder::serve(&documents());
    for (method, target) in [
        ("POST", "/"),
        ("POST", "/missing"),
        ("POST", "/.well-known/reports"),
        ("PUT", "/new.css"),
        ("PATCH", "/style.css"),
    ] {
        let mut connection = Connection::open(larder.address());
        connection.start(
            &Ask::new(method, target)
                .with("Content-Type", "application/reports+json")
                .with("Content-Encoding", "gzip")
                .with("Content-Length", "1073741824"),
        );
        // Answered before a gigabyte has come, and without a word of it.
        connection.send(b"a-word-of-it").expect("the server reads");
        let answer = connection.answer_to(method).expect("an answer at once");
        answer.is_error(405);
        assert!(!answer.text().contains("a-word-of-it"), "{answer:#?}");
        assert!(connection.is_closed(), "the rest is not waited for");
    }
    assert!(larder.memory() < 300 << 20);
    larder.get("/new.css").is_error(404);
    larder
        .get("/style.css")
        .is(200)
        .says("body { color: teal }\n");
}
