//! HTTP/2 as an attacker speaks it. Whatever comes, the connection ends or stays small, and the next client is answered.
//!
//! RFC 9113 §10.5 (denial of service); CVE-2023-44487 (rapid reset), CVE-2024-27316 and its relatives (CONTINUATION), CVE-2025-8671
//! (made you reset), CVE-2016-6581 (HPACK bomb), CVE-2019-9511 to 9518 (floods that ask for answers).

pub(crate) mod client;
mod frames;

use std::{iter::repeat_n, time::Duration};

use rustix::process::Signal;

use crate::{
    documents,
    support::{Larder, holds},
};
use frames::{
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, Http2,
    INITIAL_WINDOW, PING, PRIORITY, RST_STREAM, SETTINGS, Server, WINDOW_UPDATE, field, frame, get,
    request, text_of,
};

/// What an attack may make the process grow by.
const GROWTH: u64 = 64 << 20;

/// Larger than the window a client gives by itself.
const LARGE: usize = 300_000;

fn serve() -> Server {
    let site = documents();
    site.write("large.bin", vec![b'x'; LARGE]);
    Server::of(&site)
}

/// Lets `attack` happen on one connection: the server may close it, must not grow with it, and answers the next client.
#[track_caller]
fn withstands(settings: &[(u16, u32)], attack: impl FnOnce(&mut Http2)) {
    let mut server = serve();
    server.still_answers();
    let before = server.larder.memory();
    let mut connection = server.connect(settings);
    attack(&mut connection);
    let grown = server.larder.memory().saturating_sub(before);
    assert!(grown < GROWTH, "{} MiB more than before", grown >> 20);
    server.still_answers();
    assert!(server.larder.is_running());
}

/// Sends until the server takes no more; tells whether it took all.
fn flood(connection: &mut Http2, messages: impl Iterator<Item = Vec<u8>>) -> bool {
    connection.impatient(Duration::from_millis(500));
    messages
        .into_iter()
        .all(|message| connection.send(&message).is_ok())
}

/// Ended by a GOAWAY, or by nothing at all where the attack kept the server from being read.
#[track_caller]
fn is_ended(connection: &mut Http2) {
    let frames = connection.rest();
    assert!(
        frames.iter().any(|frame| frame.kind == GOAWAY) || frames.len() < 5,
        "it is closed and was told why: {:?}",
        frames.iter().map(|frame| frame.kind).collect::<Vec<_>>()
    );
}

fn stream_ids() -> impl Iterator<Item = u32> {
    (1..).step_by(2)
}

/// Hostile 70.
#[test]
fn requests_that_are_taken_back_at_once_end_the_connection() {
    withstands(&[], |connection| {
        let cancel = 8_u32.to_be_bytes();
        let pairs = stream_ids().take(20_000).map(|stream| {
            [
                get(stream, "/style.css"),
                frame(RST_STREAM, 0, stream, &cancel),
            ]
            .concat()
        });
        assert!(!flood(connection, pairs), "20,000 were taken");
        is_ended(connection);
    });
}

/// Hostile 71.
#[test]
fn fields_without_end_end_the_connection() {
    for value in ["", &"a".repeat(4000)] {
        withstands(&[], |connection| {
            let head = frame(HEADERS, END_STREAM, 1, &request("GET", "/style.css"));
            let more = (0..4000).map(|number| {
                let payload = match value {
                    "" => Vec::new(),
                    _ => field(&format!("x-{number}"), value),
                };
                frame(CONTINUATION, 0, 1, &payload)
            });
            flood(connection, std::iter::once(head).chain(more));
            is_ended(connection);
        });
    }
}

/// Hostile 72.
#[test]
fn a_client_that_makes_the_server_reset_its_streams_is_shown_the_door() {
    withstands(&[], |connection| {
        let pairs = stream_ids().take(20_000).map(|stream| {
            // An increment of zero is an error of the stream (RFC 9113 §6.9): the server resets, the work is under way.
            [
                get(stream, "/style.css"),
                frame(WINDOW_UPDATE, 0, stream, &[0; 4]),
            ]
            .concat()
        });
        assert!(!flood(connection, pairs), "20,000 were taken");
        is_ended(connection);
    });
}

/// Hostile 73.
#[test]
fn questions_whose_answers_nobody_reads_are_not_kept() {
    for message in [
        frame(PING, 0, 0, b"12345678"),
        frame(SETTINGS, 0, 0, &[]),
        frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 255, 255]),
    ] {
        withstands(&[], |connection| {
            let thousand = message.repeat(1000);
            flood(connection, repeat_n(thousand, 400));
        });
    }
}

/// Hostile 74.
#[test]
fn data_without_bytes_costs_no_memory() {
    withstands(&[], |connection| {
        let head = frame(HEADERS, END_HEADERS, 1, &request("POST", "/style.css"));
        let empty = frame(DATA, 0, 1, &[]).repeat(1000);
        flood(
            connection,
            std::iter::once(head).chain(repeat_n(empty, 200)),
        );
    });
}

/// Hostile 75.
#[test]
fn priorities_are_not_remembered() {
    withstands(&[], |connection| {
        let priorities = stream_ids()
            .take(200_000)
            .map(|stream| frame(PRIORITY, 0, stream, &[0, 0, 0, 0, 1]));
        let mut bytes = priorities.collect::<Vec<_>>().concat();
        bytes.extend(get(1_000_001, "/style.css"));
        if flood(connection, std::iter::once(bytes)) {
            let (head, _) = connection.reply(1_000_001).expect("an answer");
            assert!(head.begins_a_success(), "{head:?}");
        }
    });
}

/// Hostile 76.
#[test]
fn a_few_bytes_that_stand_for_many_fields_are_refused() {
    withstands(&[], |connection| {
        // One field of 3900 bytes is put into the table, and named 12,000 times by one byte each: 47 MB.
        let mut block = request("GET", "/style.css");
        block.push(0x40);
        block.extend(text_of(b"x-a"));
        block.extend(text_of(&[b'a'; 3900]));
        block.extend([0xbe; 12_000]);
        flood(
            connection,
            std::iter::once(frame(HEADERS, END_STREAM | END_HEADERS, 1, &block)),
        );
        let refused = connection
            .reply(1)
            .is_none_or(|(head, _)| !head.begins_a_success());
        assert!(refused, "47 MB of fields were taken");
    });
}

/// Hostile 77.
#[test]
fn a_window_of_nothing_or_of_a_byte_is_kept_to_and_blocks_nobody() {
    for window in [0, 1] {
        withstands(&[(INITIAL_WINDOW, window)], |connection| {
            connection
                .send(&get(1, "/large.bin"))
                .expect("the server reads");
            let mut sent = 0;
            // What answers a PING comes after all that the window let through.
            connection
                .send(&frame(PING, 0, 0, b"that all"))
                .expect("the server reads");
            let mut pinged = false;
            while !pinged || sent < window as usize {
                let frame = connection.next().expect("the connection stays open");
                sent += data_of(&frame);
                pinged |= frame.kind == PING && frame.flags & ACK != 0;
            }
            assert_eq!(sent, window as usize, "the window was overrun");

            let more = u32::try_from(LARGE).expect("it fits").to_be_bytes();
            for stream in [0, 1] {
                connection
                    .send(&frame(WINDOW_UPDATE, 0, stream, &more))
                    .expect("the server reads");
            }
            let rest = std::iter::from_fn(|| connection.next());
            let rest = rest.map(|frame| (data_of(&frame), frame.ends_its_stream()));
            for (length, is_last) in rest {
                sent += length;
                if is_last {
                    break;
                }
            }
            assert_eq!(sent, LARGE, "the content came once there was a window");
        });
    }
}

fn data_of(frame: &Frame) -> usize {
    if frame.kind == DATA {
        frame.payload.len()
    } else {
        0
    }
}

/// Hostile 78.
#[test]
fn ten_thousand_requests_at_once_cost_a_bounded_amount() {
    withstands(&[(INITIAL_WINDOW, 0)], |connection| {
        let requests = stream_ids()
            .take(10_001)
            .map(|stream| get(stream, "/large.bin"));
        flood(connection, requests);
    });
}

/// Hostile 78. What is not in memory is read by threads, and each of them has a heap: there are no more of them than there have to be.
#[test]
fn ten_thousand_requests_for_content_in_a_file_cost_a_bounded_amount() {
    const WORKERS: u64 = 2;
    let site = documents();
    site.write("large.bin", vec![b'x'; 48 << 20]);
    let server = Server::with(&site, &["--workers", &WORKERS.to_string()]);
    server.still_answers();
    let (before, threads) = (server.larder.memory(), server.larder.threads());
    let at_rest = server.larder.handles();
    // A client that goes on after a thousand refusals is cut off.
    for _ in 0..10 {
        let mut connection = server.connect(&[(INITIAL_WINDOW, 0)]);
        let requests = stream_ids()
            .take(1001)
            .map(|stream| get(stream, "/large.bin"));
        assert!(
            flood(&mut connection, requests),
            "most are refused, and all are read"
        );
        let begun = std::iter::from_fn(|| connection.next());
        assert_eq!(
            begun
                .filter(|frame| frame.kind == HEADERS)
                .take(100)
                .count(),
            100
        );
        let more = server.larder.threads() - threads;
        assert!(more <= WORKERS * 16, "{more} more threads");
        drop(connection);
        // It is about one client: on a busy machine the next would come while this one is cleared away.
        holds("the connection is over", || {
            server.larder.handles() <= at_rest
        });
    }
    let grown = server.larder.memory().saturating_sub(before);
    assert!(grown < 2 * GROWTH, "{} MiB more than before", grown >> 20);
    server.still_answers();
}

/// Hostile 79.
#[test]
fn three_hundred_kilobytes_of_fields_are_refused_or_bounded() {
    withstands(&[], |connection| {
        let value = "a".repeat(1000);
        let block: Vec<u8> = std::iter::once(request("GET", "/style.css"))
            .chain((0..300).map(|number| field(&format!("x-{number}"), &value)))
            .flatten()
            .collect();
        let mut chunks = block.chunks(16_000).peekable();
        let first = chunks.next().expect("it is not empty");
        let mut messages = vec![frame(HEADERS, END_STREAM, 1, first)];
        while let Some(chunk) = chunks.next() {
            let last = chunks.peek().is_none();
            let flags = if last { END_HEADERS } else { 0 };
            messages.push(frame(CONTINUATION, flags, 1, chunk));
        }
        flood(connection, messages.into_iter());
    });
}

/// Hostile 67.
#[test]
fn half_a_preface_is_not_waited_for() {
    let site = documents();
    let policy = site.policy("[server]\nadmin = \"127.0.0.1:0\"\nhttp2-keep-alive = \"2s\"\n");
    let server = Server::with(&site, &["--policy", &policy]);
    let mut connection = server.silent();
    connection.send(b"PRI * HTT").expect("the server reads");
    connection.rest();
    // And one that says all it has to and never asks for anything, and one that stops in the middle of a head.
    server.connect(&[]).rest();
    let mut connection = server.connect(&[]);
    connection
        .send(&frame(
            HEADERS,
            END_STREAM,
            1,
            &request("GET", "/style.css"),
        ))
        .expect("the server reads");
    connection.rest();
    server.still_answers();
    holds("each is counted", || {
        let cut = "larder_connections_cut_total{waited_for=\"request\"}";
        server.larder.metric(cut) == 3
    });
}

/// Where there is no room, it is for a moment: whoever does not go then is not waited for.
#[test]
fn who_is_refused_and_goes_on_asking_is_gone_soon() {
    let site = documents();
    let policy = site.policy("[server]\nmax-connections = 1\nhttp2-keep-alive = \"1h\"\n");
    let server = Server::with(&site, &["--policy", &policy]);
    let mut held = server.connect(&[]);
    held.send(&get(1, "/style.css")).expect("the server reads");
    held.reply(1).expect("an answer");
    let mut refused = server.connect(&[]);
    let mut streams = (1..).step_by(2);
    holds("it is closed", || {
        let stream = streams.next().expect("there are many");
        refused.send(&get(stream, "/style.css")).is_err()
    });
    held.send(&get(3, "/style.css")).expect("it is still open");
    held.reply(3).expect("an answer");
}

/// RFC 9113 §8.3: what is malformed is an error of the stream, and of that stream alone.
#[test]
fn malformed_requests_are_refused_one_by_one() {
    let server = serve();
    let pseudo = |fields: &[(&str, &str)]| -> Vec<u8> {
        fields
            .iter()
            .flat_map(|(name, value)| field(name, value))
            .collect()
    };
    let valid = [
        (":method", "GET"),
        (":scheme", "https"),
        (":authority", "larder.test"),
        (":path", "/style.css"),
    ];
    let with = |more: &[(&str, &str)]| pseudo(&[&valid[..], more].concat());
    for (what, block) in [
        ("no method", pseudo(&valid[1..])),
        ("no path", pseudo(&valid[..3])),
        (
            "an empty path",
            pseudo(&[valid[0], valid[1], valid[2], (":path", "")]),
        ),
        ("a method twice", with(&[(":method", "GET")])),
        ("a pseudo-field of a reply", with(&[(":status", "200")])),
        ("an unknown pseudo-field", with(&[(":evil", "x")])),
        (
            "a pseudo-field behind a field",
            with(&[("x", "y"), (":path", "/")]),
        ),
        (
            "a field about the connection",
            with(&[("connection", "close")]),
        ),
        ("another one", with(&[("transfer-encoding", "chunked")])),
        ("TE that is not trailers", with(&[("te", "gzip")])),
        ("a name in upper case", with(&[("X-Upper", "x")])),
        ("a line break in a value", with(&[("x", "a\r\nb: c")])),
        ("a NUL in a value", with(&[("x", "a\0b")])),
        (
            "a space in a path",
            pseudo(&[valid[0], valid[1], valid[2], (":path", "/a b")]),
        ),
    ] {
        let mut connection = server.connect(&[]);
        connection
            .send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &block))
            .expect("the server reads");
        let reply = connection.reply(1);
        let refused = reply.is_none_or(|(head, _)| !head.begins_a_success());
        assert!(refused, "{what} was answered with 200");
    }
    server.still_answers();
}

/// RFC 9113 §8.3.1: `:authority` has no user information, and a `Host` that says otherwise is one too many.
#[test]
fn an_authority_that_is_none_is_refused() {
    let server = serve();
    for authority in ["user@larder.test", "larder.test:80:80", "a b"] {
        let mut connection = server.connect(&[]);
        let block = [
            field(":method", "GET"),
            field(":scheme", "https"),
            field(":authority", authority),
            field(":path", "/style.css"),
        ]
        .concat();
        connection
            .send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &block))
            .expect("the server reads");
        let reply = connection.reply(1);
        let refused = reply.is_none_or(|(head, _)| !head.begins_a_success());
        assert!(refused, "{authority} was answered with 200");
    }
    server.still_answers();
}

/// RFC 9113 §8.3.1: a `Host` that is another one than `:authority` is refused; one that is the same, however it is written, is not.
#[test]
fn a_host_that_contradicts_the_authority_is_refused() {
    let server = serve();
    for (host, status) in [
        ("larder.test", 200),
        ("Larder.TEST", 200),
        ("larder.test:443", 200),
        ("larder.test:8443", 400),
        ("evil.example", 400),
        ("larder.test.evil.example", 400),
        ("", 400),
    ] {
        let mut connection = server.connect(&[]);
        let block = [request("GET", "/style.css"), field("host", host)].concat();
        connection
            .send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &block))
            .expect("the server reads");
        let (head, _) = connection.reply(1).expect("an answer");
        assert!(head.begins(status), "Host: {host}: {head:?}");
    }
    // RFC 9110 §9.3.2: an error, too, has no content where HEAD was asked.
    let mut connection = server.connect(&[]);
    let block = [request("HEAD", "/style.css"), field("host", "evil.example")].concat();
    connection
        .send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &block))
        .expect("the server reads");
    let (head, content) = connection.reply(1).expect("an answer");
    assert!(head.begins(400) && content.is_empty(), "{head:?}");
    server.still_answers();
}

/// Fault 14. RFC 9113 §6.8: whoever is told to stop says so, finishes what it has begun, and begins nothing more.
#[test]
fn told_to_stop_it_says_goaway_and_finishes_what_it_has_begun() {
    let mut server = serve();
    let mut connection = server.connect(&[(INITIAL_WINDOW, 1000)]);
    connection
        .send(&get(1, "/large.bin"))
        .expect("the server reads");
    let mut sent = 0;
    while sent < 1000 {
        sent += data_of(&connection.next().expect("the reply has begun"));
    }
    server.larder.signal(Signal::TERM);
    while connection.next().expect("a frame").kind != GOAWAY {}
    let more = u32::try_from(LARGE).expect("it fits").to_be_bytes();
    for stream in [0, 1] {
        connection
            .send(&frame(WINDOW_UPDATE, 0, stream, &more))
            .expect("the server reads");
    }
    let mut is_whole = false;
    // h2 asks whether its GOAWAY has been read before it closes (RFC 9113 §6.8).
    while let Some(frame) = connection.next() {
        sent += data_of(&frame);
        is_whole |= frame.ends_its_stream();
        if frame.kind == PING && frame.flags & ACK == 0 {
            let _ = connection.send(&frames::frame(PING, ACK, 0, &frame.payload));
        }
    }
    assert_eq!((sent, is_whole), (LARGE, true));
    let status = server.larder.ended();
    assert!(status.success(), "{status}");
}

/// What a frame is wrong about is told by a GOAWAY, and ends that connection alone (RFC 9113 §5.4.1).
#[test]
fn frames_that_cannot_be_end_the_connection() {
    let server = serve();
    for (what, bytes) in [
        ("DATA on no stream", frame(DATA, 0, 0, b"x")),
        ("HEADERS on an even stream", get(2, "/style.css")),
        ("SETTINGS of five bytes", frame(SETTINGS, 0, 0, &[0; 5])),
        (
            "a window of 2^31",
            frame(SETTINGS, 0, 0, &[0, 4, 128, 0, 0, 0]),
        ),
        ("PING of seven bytes", frame(PING, 0, 0, &[0; 7])),
        (
            "CONTINUATION of nothing",
            frame(CONTINUATION, END_HEADERS, 1, &[]),
        ),
        (
            "a frame that is too long",
            frame(DATA, 0, 1, &vec![0; 1 << 20]),
        ),
        (
            "an index of no table",
            frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0xff, 0xff, 0x7f]),
        ),
        (
            "PUSH_PROMISE from a client",
            frame(5, END_HEADERS, 1, &[0, 0, 0, 2]),
        ),
        (
            "a reset of an idle stream",
            frame(RST_STREAM, 0, 99, &[0; 4]),
        ),
    ] {
        let mut connection = server.connect(&[]);
        // It may have closed while we still send.
        let _ = connection.send(&bytes);
        let frames = connection.rest();
        assert!(
            !frames.iter().any(Frame::begins_a_success),
            "{what}: {frames:?}"
        );
    }
    server.still_answers();
}

#[test]
fn memory_is_told_by_the_system() {
    // Without it `withstands` would compare nothing with nothing.
    let larder = Larder::serve(&documents());
    assert!(larder.memory() > 1 << 20);
}
