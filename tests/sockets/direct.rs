//! HTTP/1.1 requests that are answered where they are read, and what is handed on from there: a client sees one server.
//!
//! RFC 9112 §9.3 (persistence), §9.3.2 (pipelining).

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::{
    documents,
    support::{Ask, Connection, Larder},
};

/// actix-http alone would leave out the content of the second, because it knows only whether the last request that it read was HEAD.
#[test]
fn a_get_between_two_heads_has_its_content() {
    let larder = Larder::serve(&documents());
    let mut connection = Connection::open(larder.address());
    let head = |method: &str| format!("{method} /style.css HTTP/1.1\r\nHost: larder.test\r\n\r\n");
    let all = ["HEAD", "GET", "HEAD"].map(head).concat();
    connection.send(all.as_bytes()).expect("it is read");
    for method in ["HEAD", "GET", "HEAD"] {
        let answer = connection.answer_to(method).expect("an answer");
        answer.is(200);
        assert!(answer.is_whole(), "{method}: {answer:#?}");
        assert_eq!(answer.content.is_empty(), method == "HEAD");
    }
}

#[test]
fn requests_of_every_kind_have_their_answers_in_order_on_one_connection() {
    let larder = Larder::serve(&documents());
    let mut connection = Connection::open(larder.address());
    connection.ask(&Ask::get("/style.css")).is(200);
    let host = "Host: larder.test\r\n";
    let all = [
        format!("GET /about HTTP/1.1\r\n{host}\r\n"),
        format!("HEAD /about HTTP/1.1\r\n{host}\r\n"),
        format!("OPTIONS /about HTTP/1.1\r\n{host}\r\n"),
        format!("GET http://larder.test/docs/ HTTP/1.1\r\n{host}\r\n"),
    ];
    connection
        .send(all.concat().as_bytes())
        .expect("it is read");
    let expected = [
        ("GET", 200, "About"),
        ("HEAD", 200, ""),
        ("OPTIONS", 204, ""),
        ("GET", 200, "Docs"),
    ];
    for (method, status, says) in expected {
        let answer = connection.answer_to(method).expect("an answer");
        answer.is(status);
        assert!(answer.text().contains(says), "{method}: {answer:#?}");
    }
    connection.ask(&Ask::get("/style.css")).is(200);
}

#[test]
fn after_the_last_request_nothing_is_answered_and_nothing_is_lost() {
    let larder = Larder::serve(&documents());
    for _ in 0..20 {
        let mut connection = Connection::open(larder.address());
        let get = |fields: &str| format!("GET /style.css HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        let all = get("") + &get("Connection: close\r\n") + &get("").repeat(300);
        connection.send(all.as_bytes()).expect("it is read");
        connection.answer_to("GET").expect("an answer").is(200);
        let last = connection.answer_to("GET").expect("an answer");
        last.is(200).has("connection", "close");
        assert_eq!(connection.rest().expect("an end without a reset"), b"");
    }
}

#[test]
fn a_head_may_come_byte_by_byte_after_one_that_came_whole() {
    let larder = Larder::serve(&documents());
    let mut connection = Connection::open(larder.address());
    let whole = "GET /style.css HTTP/1.1\r\nHost: larder.test\r\n\r\n";
    connection
        .send(format!("{whole}GET /a").as_bytes())
        .expect("it is read");
    connection.answer_to("GET").expect("an answer").is(200);
    for byte in b"bout HTTP/1.1\r\nHost: larder.test\r\n\r\n" {
        connection.send(&[*byte]).expect("it is read");
    }
    let answer = connection.answer_to("GET").expect("an answer");
    assert!(answer.text().contains("About"), "{answer:#?}");
    connection.ask(&Ask::get("/style.css")).is(200);
}

#[test]
fn a_connection_is_kept_for_its_time_and_closed_in_order() {
    let site = documents();
    let larder = Larder::under(
        &site,
        "[server]\nkeep-alive = \"1s\"\nhead-timeout = \"1h\"\n",
    );
    let mut connection = Connection::open(larder.address());
    let mut asked = Instant::now();
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(400));
        connection.ask(&Ask::get("/style.css")).is(200);
        asked = Instant::now();
    }
    // A reset would be an error here.
    assert_eq!(connection.rest().expect("the end"), b"");
    assert!(asked.elapsed() >= Duration::from_millis(700));
}

#[test]
fn a_server_that_stops_does_not_wait_for_idle_connections() {
    let site = documents();
    let mut larder = Larder::under(
        &site,
        "[server]\nkeep-alive = \"1h\"\nshutdown-timeout = \"1h\"\n",
    );
    let mut connection = Connection::open(larder.address());
    connection.ask(&Ask::get("/style.css")).is(200);
    larder.signal(Signal::TERM);
    assert!(larder.ended().success());
    assert!(connection.is_closed());
}
