//! What clients may hold, and for how long.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use larder::serve::Limits;
use rustix::process::Signal;

use crate::{
    documents,
    support::{
        Ask, Connection, Larder, Site, eventually,
        eventually::DEADLINE,
        holds,
        secure::{self, Pair, Secure},
    },
};

/// `[server]` with an admin listener on a free port, and these keys.
fn limited(site: &Site, keys: &str) -> Larder {
    Larder::under(site, &format!("[server]\nadmin = \"127.0.0.1:0\"\n{keys}"))
}

fn large() -> Site {
    Site::of(&[
        ("index.html", b"<title>x</title>".as_slice()),
        ("large.bin", &vec![b'x'; 32 << 20]),
    ])
}

#[test]
fn a_connection_beyond_the_limit_is_refused_at_once_and_others_go_on() {
    let site = documents();
    let larder = limited(&site, "max-connections = 2\nkeep-alive = \"1h\"\n");
    let mut held: Vec<_> = (0..2).map(|_| Connection::open(larder.address())).collect();
    for connection in &mut held {
        connection.ask(&Ask::get("/style.css")).is(200);
    }
    larder
        .get("/style.css")
        .is_error(503)
        .has("retry-after", "1")
        .has("connection", "close");
    for connection in &mut held {
        connection.ask(&Ask::get("/style.css")).is(200);
    }
    drop(held);
    larder.until_status("/style.css", 200);
    holds("the refusal is counted", || {
        larder.metric("larder_refused_total{reason=\"connections\"}") >= 1
    });
}

#[test]
fn who_is_refused_and_says_nothing_is_gone_soon() {
    let site = documents();
    let keys = "max-connections = 1\nkeep-alive = \"1h\"\nhead-timeout = \"1m\"\n";
    let larder = limited(&site, keys);
    let mut held = Connection::open(larder.address());
    held.ask(&Ask::get("/style.css")).is(200);
    for said in [&b""[..], b"GET /style.css HT"] {
        let mut refused = Connection::open(larder.address());
        refused.send(said).expect("it is open");
        assert!(refused.is_closed(), "{said:?}");
    }
    held.ask(&Ask::get("/style.css")).is(200);
}

/// Silent clients beyond all limits are neither waited for nor in anybody's way who comes to another listener.
#[test]
fn who_is_refused_and_does_not_begin_tls_keeps_nobody_out() {
    let site = documents();
    let pair = Pair::write(&site.beside(""), "own", &["larder.test"]);
    let keys = "max-connections = 2\nhead-timeout = \"1h\"\nkeep-alive = \"1h\"\n";
    let keys = format!("[server]\nadmin = \"127.0.0.1:0\"\n{keys}{}", pair.table());
    let policy = site.policy(&keys);
    let larder = Larder::with(&site, &["--policy", &policy, "--workers", "1"]);
    let mut silent: Vec<_> = (0..2 + 512 + 50)
        .map(|_| Connection::open(larder.address()))
        .collect();
    holds("they have come", || {
        larder.metric("larder_refused_total{reason=\"connections\"}") >= 562
    });
    for refused in silent.iter_mut().skip(2) {
        assert!(refused.is_closed());
    }
}

#[test]
fn one_client_gets_no_more_connections_than_it_may_have() {
    let site = documents();
    let larder = limited(
        &site,
        "max-connections-per-client = 1\nkeep-alive = \"1h\"\n",
    );
    let mut held = Connection::open(larder.address());
    held.ask(&Ask::get("/style.css")).is(200);
    larder.get("/style.css").is_error(503);
    holds("the refusal is counted", || {
        larder.metric("larder_refused_total{reason=\"client\"}") >= 1
    });
}

#[test]
fn a_head_that_is_too_large_gets_431_and_the_next_request_its_answer() {
    let site = documents();
    let larder = limited(&site, "max-head-size = \"2KiB\"\n");
    let mut connection = Connection::open(larder.address());
    let large = Ask::get("/style.css").with("Cookie", vec![b'c'; 3000]);
    connection.ask(&large).is_error(431);
    connection.ask(&Ask::get("/style.css")).is(200);
    assert_eq!(larder.metric("larder_heads_too_large_total"), 1);
}

/// Also one that came with a request before it which is not answered where it is read (ADR 0019).
#[test]
fn a_head_that_is_too_large_gets_431_behind_another_request_too() {
    let site = documents();
    let larder = limited(&site, "max-head-size = \"2KiB\"\n");
    let mut connection = Connection::open(larder.address());
    let head = |method: &str, fields: &str| {
        format!("{method} /style.css HTTP/1.1\r\nHost: larder.test\r\n{fields}\r\n")
    };
    let post = head("POST", "Content-Length: 0\r\n");
    let large = head("GET", &format!("Cookie: {}\r\n", "c".repeat(3000)));
    connection
        .send((post + &large).as_bytes())
        .expect("the server reads");
    connection.answer_to("POST").unwrap().is_error(405);
    connection.answer_to("GET").unwrap().is_error(431);
}

#[test]
fn a_target_that_is_longer_than_a_head_may_be_gets_414() {
    let site = documents();
    let larder = limited(&site, "max-head-size = \"2KiB\"\n");
    let mut connection = Connection::open(larder.address());
    let long = format!("/style.css?{}", "x".repeat(3000));
    connection.ask(&Ask::get(&long)).is_error(414);
    connection.ask(&Ask::get("/style.css")).is(200);
    assert_eq!(larder.metric("larder_heads_too_large_total"), 1);
}

#[test]
fn the_rest_of_a_head_is_not_waited_for_for_ever() {
    let site = documents();
    let larder = limited(&site, "head-timeout = \"2s\"\nkeep-alive = \"1h\"\n");
    // The first head of a connection, and a later one, which actix has no timer for.
    for requests in [0, 1] {
        let mut connection = Connection::open(larder.address());
        for _ in 0..requests {
            connection.ask(&Ask::get("/style.css")).is(200);
        }
        connection
            .send(b"GET /style.css HTTP/1.1\r\nHost: larder.te")
            .unwrap();
        // To the end of the connection: there is at most a 408 before.
        let rest = connection.rest().unwrap_or_default();
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "after {requests}");
    }
}

/// A larder that waits a second for content to be taken, and a connection to it over TLS.
fn impatient(site: &Site, protocol: &str) -> (Larder, Secure) {
    let pair = Pair::write(&site.beside(""), "own", &["larder.test"]);
    let larder = limited(site, &format!("send-timeout = \"1s\"\n{}", pair.table()));
    let stream = secure::connect(larder.address(), "larder.test", &pair, &[protocol])
        .expect("it agrees on a protocol");
    (larder, stream)
}

/// Hostile 68.
#[test]
fn a_client_that_takes_nothing_is_cut_off() {
    let site = large();
    let larder = limited(&site, "send-timeout = \"1s\"\n");
    let mut stream = TcpStream::connect(larder.address()).unwrap();
    stream
        .write_all(b"GET /large.bin HTTP/1.1\r\nHost: larder.test\r\n\r\n")
        .unwrap();
    let start = Instant::now();
    holds("it is cut off", || {
        larder.metric("larder_connections_cut_total{waited_for=\"send\"}") == 1
    });
    assert!(start.elapsed() < DEADLINE);
    holds("its place is free", || {
        larder.metric("larder_connections") == 0
    });
}

#[test]
fn a_client_that_takes_its_time_is_not() {
    let site = large();
    let larder = limited(&site, "send-timeout = \"1s\"\n");
    let mut stream = TcpStream::connect(larder.address()).unwrap();
    stream
        .write_all(b"GET /large.bin HTTP/1.1\r\nHost: larder.test\r\n\r\n")
        .unwrap();
    let mut taken = 0;
    let mut part = vec![0; 1 << 20];
    // Reads on the server's clock: a megabyte whenever it has looked once more.
    let start = Instant::now();
    while start.elapsed().as_secs() < 3 {
        taken += stream.read(&mut part).expect("it is still open");
        std::thread::sleep(Duration::from_millis(100));
    }
    while let Ok(count @ 1..) = stream.read(&mut part) {
        taken += count;
        if taken > 32 << 20 {
            break;
        }
    }
    assert!(taken > 32 << 20, "{taken}");
    assert_eq!(
        larder.metric("larder_connections_cut_total{waited_for=\"send\"}"),
        0
    );
}

/// Hostile 68.
#[test]
fn over_tls_a_client_that_takes_nothing_is_cut_off_too() {
    let site = large();
    let (larder, mut stream) = impatient(&site, "http/1.1");
    stream
        .write_all(b"GET /large.bin HTTP/1.1\r\nHost: larder.test\r\n\r\n")
        .unwrap();
    holds("it is cut off", || {
        larder.metric("larder_connections_cut_total{waited_for=\"send\"}") == 1
    });
}

/// The same with windows that let everything through, and a socket that nobody reads.
///
/// Hostile 68.
#[test]
fn over_http2_a_client_that_takes_nothing_is_cut_off_too() {
    let site = large();
    let (larder, mut stream) = impatient(&site, "h2");
    stream.write_all(&http2_with_windows(0x7fff_ffff)).unwrap();
    holds("it is cut off", || {
        larder.metric("larder_connections_cut_total{waited_for=\"send\"}") == 1
    });
    holds("its place is free", || {
        larder.metric("larder_connections") == 0
    });
}

/// What an operator gets who sets nothing: a client that takes nothing is gone within a minute. A limit holds to a half of itself (`serve/patience.rs`).
///
/// Hostile 68.
#[test]
fn by_default_a_client_that_takes_nothing_is_gone_within_a_minute() {
    let limit = Limits::default().send_timeout;
    assert!(limit + limit / 2 <= Duration::from_mins(1), "{limit:?}");
}

/// SETTINGS with an initial window of nothing, and GET of /large.bin as stream 1.
fn http2_with_no_window() -> Vec<u8> {
    http2_with_windows(0)
}

/// SETTINGS with this initial window, as much for the connection, and GET of /large.bin (RFC 9113 §6.2, §6.5.2, §6.9; RFC 7541 §6.2.2).
fn http2_with_windows(window: u32) -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend_from_slice(&[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4]);
    bytes.extend_from_slice(&window.to_be_bytes());
    // The window of the connection has 65,535 bytes to begin with, and no setting.
    if let Some(more @ 1..) = window.checked_sub(65_535) {
        bytes.extend_from_slice(&[0, 0, 4, 8, 0, 0, 0, 0, 0]);
        bytes.extend_from_slice(&more.to_be_bytes());
    }
    // :method GET, :scheme https, then :path and :authority as literals.
    let mut block = vec![0x82, 0x87, 0x04, 10];
    block.extend_from_slice(b"/large.bin");
    block.extend_from_slice(&[0x01, 11]);
    block.extend_from_slice(b"larder.test");
    bytes.extend_from_slice(&[
        0,
        0,
        u8::try_from(block.len()).expect("a short block"),
        1,
        5,
        0,
        0,
        0,
        1,
    ]);
    bytes.extend_from_slice(&block);
    bytes
}

/// Hostile 68.
#[test]
fn http2_with_a_window_of_nothing_does_not_hold_a_connection() {
    let site = large();
    let (larder, mut stream) = impatient(&site, "h2");
    stream.write_all(&http2_with_no_window()).unwrap();
    // Everything that the server says is read, and every acknowledgement is owed by nobody: only the window is missing.
    let mut said = Vec::new();
    let ended = stream.read_to_end(&mut said);
    assert!(said.len() > 9, "{ended:?}");
    holds("it is counted", || {
        larder.metric("larder_connections_cut_total{waited_for=\"send\"}") == 1
    });
}

/// Hostile 68.
#[test]
fn answers_to_pings_are_no_content_that_a_client_takes() {
    let site = large();
    let (larder, mut stream) = impatient(&site, "h2");
    stream.write_all(&http2_with_no_window()).unwrap();
    holds(
        "it is cut off although it is answered a hundred times a second",
        || {
            std::thread::sleep(Duration::from_millis(10));
            let ping = stream.write_all(&[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
            ping.is_err() || !stream.read(&mut [0; 1024]).is_ok_and(|length| length > 0)
        },
    );
    holds("it is counted", || {
        larder.metric("larder_connections_cut_total{waited_for=\"send\"}") == 1
    });
}

/// Whoever has a reply coming gets it; nobody else keeps a server that is told to stop.
#[test]
fn a_server_that_stops_does_not_wait_for_who_has_not_asked_or_does_not_go() {
    let site = large();
    let pair = Pair::write(&site.beside(""), "own", &["larder.test"]);
    for (what, protocols, bytes) in [
        ("no TLS yet", &[][..], &b""[..]),
        ("no preface yet", &["h2"], b""),
        ("half a preface", &["h2"], b"PRI * HTTP"),
        // SETTINGS and nothing else: the PING that comes with the first GOAWAY stays unanswered.
        (
            "no answer to a PING",
            &["h2"],
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        ),
    ] {
        let hour = "send-timeout = \"1h\"\nhead-timeout = \"1h\"\nhttp2-keep-alive = \"1h\"\nshutdown-timeout = \"1h\"\n";
        let mut larder = limited(&site, &format!("{hour}{}", pair.table()));
        let plain = TcpStream::connect(larder.address()).unwrap();
        let secure = (!protocols.is_empty()).then(|| {
            let mut stream =
                secure::connect(larder.address(), "larder.test", &pair, protocols).unwrap();
            stream.write_all(bytes).unwrap();
            stream
        });
        holds("it has been accepted", || {
            larder.metric("larder_connections") >= 1
        });
        larder.signal(Signal::TERM);
        let ended = larder.ended();
        assert!(ended.success(), "{what}: {ended}");
        drop((plain, secure));
    }
}

#[test]
fn a_refused_client_of_http2_is_told_so() {
    let site = documents();
    let pair = Pair::write(&site.beside(""), "own", &["larder.test"]);
    let larder = limited(
        &site,
        &format!("max-connections = 1\nkeep-alive = \"1h\"\n{}", pair.table()),
    );
    let mut held = secure::connect(larder.address(), "larder.test", &pair, &["http/1.1"]).unwrap();
    held.write_all(b"GET /style.css HTTP/1.1\r\nHost: larder.test\r\n\r\n")
        .unwrap();
    held.read_exact(&mut [0; 12]).unwrap();
    let mut stream = secure::connect(larder.address(), "larder.test", &pair, &["h2"]).unwrap();
    stream.write_all(&http2_with_no_window()).unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    holds("the refusal is counted", || {
        larder.metric("larder_requests_total{class=\"error\",status=\"503\"}") == 1
    });
    // Its HEADERS frame is there, and the connection has ended.
    eventually("frames", || (said.len() > 30).then_some(()));
}
