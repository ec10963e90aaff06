//! Clients that take their time, and clients that come in thousands: whoever keeps to the rules is answered all the same.
//!
//! Every wait here is for the server to close. The deadline of the suite, 30 s, is also the longest that any of them may take.

use std::{
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    documents,
    support::{Ask, Connection, Larder, holds, larder::PROGRAM, tls::Certificate},
};

/// Waits for the server to close, however it says so.
#[track_caller]
fn is_closed_in_time(what: &str, mut connection: Connection) {
    let start = Instant::now();
    // An answer may come first, such as 408.
    let all = connection.rest();
    assert!(
        all.is_ok(),
        "{what}: still open after {:?}",
        start.elapsed()
    );
}

/// Hostile 67.
#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let larder = Larder::serve(&documents());
    for (what, part) in [
        ("nothing at all", ""),
        ("half a line", "GET /st"),
        ("half a head", "GET /style.css HTTP/1.1\r\nHost: lar"),
    ] {
        let mut connection = Connection::open(larder.address());
        connection.send(part.as_bytes()).expect("the server reads");
        is_closed_in_time(what, connection);
    }
}

/// Hostile 67.
#[test]
fn a_head_that_comes_byte_by_byte_is_not_waited_for_either() {
    let larder = Larder::serve(&documents());
    let mut connection = Connection::open(larder.address());
    connection
        .send(b"GET /style.css HTTP/1.1\r\nHost: larder.test\r\nX: ")
        .expect("the server reads");
    let start = Instant::now();
    // A byte now and then is no sign of life: the time counts from the first.
    holds("the server closes although bytes keep coming", || {
        std::thread::sleep(Duration::from_millis(200));
        connection.send(b"a").is_err()
    });
    assert!(start.elapsed() < Duration::from_secs(30));
    larder.get("/style.css").is(200);
}

/// Hostile 67.
#[test]
fn content_that_does_not_come_is_not_waited_for() {
    let larder = Larder::serve(&documents());
    for method in ["GET", "POST"] {
        let mut connection = Connection::open(larder.address());
        connection.start(&Ask::new(method, "/style.css").with("Content-Length", "100000"));
        connection.send(b"a").expect("the server reads");
        is_closed_in_time(method, connection);
    }
}

/// Hostile 67.
#[test]
fn a_handshake_that_does_not_come_is_not_waited_for() {
    let certificate = Certificate::new();
    let arguments = certificate.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let larder = Larder::with(&documents(), &arguments);
    for part in [
        &b""[..],
        b"\x16\x03\x01",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let mut connection = Connection::open(larder.address());
        connection.send(part).expect("the server reads");
        is_closed_in_time("a half hello", connection);
    }
}

/// Hostile 69. Fault 13.
#[test]
fn without_file_descriptors_it_waits_for_some_and_does_not_spin() {
    let site = documents();
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "ulimit -n 64; exec \"$0\" serve \"$1\" --listen 127.0.0.1:0",
        ])
        .arg(PROGRAM)
        .arg(site.root());
    let mut larder = Larder::spawn(command, 1);
    larder.get("/style.css").is(200);
    let crowd: Vec<TcpStream> = (0..150)
        .filter_map(|_| TcpStream::connect(larder.address()).ok())
        .collect();
    assert!(crowd.len() > 64, "the system queues them: {}", crowd.len());
    let before = larder.processor_time();
    let second = Instant::now();
    holds("a second has passed", || {
        second.elapsed() > Duration::from_secs(1)
    });
    let spent = larder.processor_time().saturating_sub(before);
    assert!(
        spent < Duration::from_millis(500),
        "{spent:?} of processor time in a second of waiting"
    );
    assert!(larder.is_running());
    drop(crowd);
    holds("it answers again", || {
        Connection::try_open(larder.address())
            .and_then(|mut connection| connection.try_ask(&Ask::get("/style.css")))
            .is_ok_and(|answer| answer.status == 200)
    });
}

/// Hostile 68: one that reads nothing keeps nobody else waiting. When it is gone itself is a limit of its own.
#[test]
fn clients_that_never_read_block_nobody() {
    let site = documents();
    site.write("large.bin", vec![b'x'; 32 << 20]);
    let larder = Larder::serve(&site);
    let stuck: Vec<Connection> = (0..20)
        .map(|_| {
            let mut connection = Connection::open(larder.address());
            connection.start(&Ask::get("/large.bin"));
            connection
        })
        .collect();
    for _ in 0..50 {
        larder.get("/style.css").is(200);
    }
    // What was not sent was not read either: twenty times 32 MiB would show.
    assert!(larder.memory() < 300 << 20, "{} MiB", larder.memory() >> 20);
    drop(stuck);
}
