//! The way to the developer's back end, with a back end that tells what it got.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

use tungstenite::Message;

use crate::{
    browser::{Page, dev},
    support::{Ask, Larder, Site},
};

/// A back end: each connection is given to `serve`, on a thread of its own.
fn back_end(serve: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it listens");
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Reads a request up to the end of its content, as far as it says where that is.
fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut byte = [0; 1];
    while !read.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|length| length == 1) {
        read.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&read).to_lowercase();
    if let Some((_, rest)) = head.split_once("content-length: ") {
        let length = rest.split('\r').next().and_then(|text| text.parse().ok());
        let mut content = vec![0; length.expect("a length is a number")];
        stream.read_exact(&mut content).expect("all of it comes");
        read.extend(content);
    } else if head.contains("transfer-encoding: chunked") {
        while !read.ends_with(b"0\r\n\r\n")
            && stream.read(&mut byte).is_ok_and(|length| length == 1)
        {
            read.push(byte[0]);
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// A back end that answers with the request it got.
fn echo() -> SocketAddr {
    back_end(|mut stream| {
        let got = request(&mut stream);
        let _ = write!(
            stream,
            "HTTP/1.1 201 Created\r\nContent-Length: {}\r\nX-Own: yes\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n{got}",
            got.len()
        );
    })
}

fn before(back_end: SocketAddr) -> (Site, Larder) {
    let site = Site::of(&[
        ("index.html", "<!doctype html>site"),
        ("api/file.txt", "not this one"),
    ]);
    let policy = site.policy(&format!(
        "[dev]\nproxy = {{ \"/api\" = \"http://{back_end}\" }}\n"
    ));
    let larder = dev(&site, &["--policy", &policy]);
    (site, larder)
}

#[test]
fn a_request_arrives_with_its_content_and_without_what_is_of_one_connection() {
    let (_site, larder) = before(echo());
    let ask = Ask::new("POST", "/api/file.txt?a=%20b")
        .with("Content-Length", "5")
        .with("Cookie", "c=1")
        .with("Connection", "keep-alive, X-Secret")
        .with("X-Secret", "1")
        .with("TE", "trailers");
    let mut connection = crate::support::Connection::open(larder.address());
    connection.start(&ask);
    connection.send(b"hello").unwrap();
    let answer = connection.answer_to("POST").unwrap();
    answer
        .is(201)
        .has("X-Own", "yes")
        .lacks("X-Hop")
        .lacks("Keep-Alive");
    assert_eq!(answer.lines("Set-Cookie").count(), 2);
    let got = answer.text();
    assert!(
        got.starts_with("POST /api/file.txt?a=%20b HTTP/1.1\r\n"),
        "{got}"
    );
    assert!(got.ends_with("hello"), "{got}");
    let fields = got.to_lowercase();
    for field in [
        "cookie: c=1",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http",
        "via: 1.1 larder",
        "x-forwarded-host: ",
    ] {
        assert!(fields.contains(field), "{field}: {got}");
    }
    for field in ["x-secret", "te: trailers"] {
        assert!(!fields.contains(field), "{field}: {got}");
    }
    // A route of the app, and not the back end's.
    assert!(larder.navigate("/apiary").text().contains("site"));
}

#[test]
fn content_of_unknown_length_streams_through() {
    let back = back_end(|mut stream| {
        request(&mut stream);
        let _ =
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
        let _ = stream.write_all(b"3\r\ntwo\r\n0\r\n\r\n");
    });
    let (_site, larder) = before(back);
    let answer = larder.get("/api");
    answer.is(200).says("onetwo");
}

#[test]
fn a_back_end_that_is_not_there_is_a_502_that_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let (_site, larder) = before(nobody);
    let answer = larder.get("/api/x");
    answer.is(502).has("Cache-Control", "no-store");
    assert!(
        answer.text().contains(&nobody.to_string()) && answer.text().contains("[dev] proxy"),
        "{}",
        answer.text()
    );
    let page = larder.navigate("/api/x");
    page.is(502);
    assert!(
        page.text().contains("live.js"),
        "it reloads itself: {}",
        page.text()
    );
}

#[test]
fn a_back_end_that_breaks_off_is_a_502() {
    let (_site, larder) = before(back_end(|mut stream| {
        request(&mut stream);
    }));
    larder.get("/api/x").is(502);
}

#[test]
fn a_websocket_goes_through_in_both_directions() {
    let back = back_end(|stream| {
        let mut socket = tungstenite::accept(stream).expect("it is a WebSocket");
        while let Ok(message) = socket.read() {
            if let Message::Text(text) = message {
                socket
                    .send(Message::text(format!("echo {text}")))
                    .expect("it listens");
            }
        }
    });
    let (_site, larder) = before(back);
    let own = format!("http://{}", larder.address());
    let mut page = Page::connect(&larder, "/api/socket", Some(&own)).expect("it is passed on");
    for word in ["one", "two"] {
        page.send(word);
        assert_eq!(page.text(), format!("echo {word}"));
    }
    let foreign = Page::connect(&larder, "/api/socket", Some("http://evil.example"));
    assert!(foreign.is_err_and(|error| error.contains("403")));
}

#[test]
fn the_policy_may_change_who_answers() {
    let (site, larder) = before(echo());
    larder.get("/api/x").is(201);
    site.policy("");
    larder.until_it_serves("/api/file.txt", "not this one");
}
