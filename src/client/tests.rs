use std::{
    io::{Read, Write},
    net::TcpListener,
    thread::{self, JoinHandle},
};

use super::*;
use crate::http::exchange::{End, Version};

/// A server that takes `connections` connections, reads one head on each, and answers with exact bytes.
struct Fixed {
    url: Url,
    heads: JoinHandle<Vec<String>>,
}

impl Fixed {
    fn answering(replies: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heads = thread::spawn(move || {
            let mut heads = Vec::new();
            for reply in replies {
                let (mut stream, _) = listener.accept().unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                    head.push(byte[0]);
                }
                stream.write_all(reply.as_bytes()).unwrap();
                heads.push(String::from_utf8(head).unwrap());
            }
            heads
        });
        Self {
            url: Url::parse(&format!("http://{address}/a?b=1#c")).unwrap(),
            heads,
        }
    }
}

fn run<T>(task: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(task)
}

#[test]
fn an_answer_keeps_its_fields_in_order_and_twice() {
    let server = Fixed::answering(&[
        "HTTP/1.1 200 OK\r\nVary: Accept\r\nContent-Length: 2\r\nVary: Origin\r\n\r\nhi",
    ]);
    let answer = run(Client::new().ask(&Ask::get(server.url.clone()))).unwrap();
    assert_eq!((answer.status, answer.version), (200, Version::Http11));
    assert_eq!(
        answer.fields.text("vary").as_deref(),
        Some("Accept, Origin")
    );
    assert_eq!(answer.content, "hi");
    assert_eq!(answer.end, End::Complete);
    assert!(answer.timing.connected.is_some());
}

#[test]
fn a_request_says_nothing_that_was_not_asked_for() {
    let server = Fixed::answering(&["HTTP/1.1 204 No Content\r\n\r\n"]);
    let ask = Ask::get(server.url.clone()).field("If-None-Match", "\"a\"");
    run(Client::new().called("tester").ask(&ask)).unwrap();
    let host = &server.url[url::Position::BeforeHost..url::Position::AfterPort];
    let head = server.heads.join().unwrap().remove(0);
    let lines: Vec<&str> = head.trim_end().split("\r\n").collect();
    let wanted = [
        "GET /a?b=1 HTTP/1.1",
        &format!("host: {host}"),
        "user-agent: tester",
        "if-none-match: \"a\"",
    ];
    assert_eq!(lines, wanted);
}

#[test]
fn a_redirect_is_an_answer() {
    let server =
        Fixed::answering(&["HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"]);
    let answer = run(Client::new().ask(&Ask::get(server.url))).unwrap();
    assert_eq!(answer.status, 301);
}

#[test]
fn content_beyond_the_limit_is_cut_and_said_to_be() {
    let server = Fixed::answering(&["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"]);
    let limits = Limits {
        content: 4,
        ..Limits::default()
    };
    let answer = run(Client::with(Trust::System, limits).ask(&Ask::get(server.url))).unwrap();
    assert_eq!(
        (answer.end, answer.content.as_ref()),
        (End::Cut, b"0123".as_slice())
    );
}

#[test]
fn content_that_breaks_off_is_an_answer_that_says_so() {
    let server = Fixed::answering(&["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01"]);
    let answer = run(Client::new().ask(&Ask::get(server.url))).unwrap();
    assert!(matches!(answer.end, End::Broken(_)), "{:?}", answer.end);
}

#[test]
fn a_connection_closed_while_idle_is_made_anew() {
    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let server = Fixed::answering(Box::leak(Box::new([reply, reply])));
    let mut client = Client::new();
    let ask = Ask::get(server.url);
    let statuses = run(async {
        [
            client.ask(&ask).await.unwrap().status,
            client.ask(&ask).await.unwrap().status,
        ]
    });
    assert_eq!(statuses, [200, 200]);
}

#[test]
fn what_is_no_http_is_an_error_that_names_the_host() {
    let server = Fixed::answering(&["SSH-2.0-x\r\n\r\n"]);
    let error = run(Client::new().ask(&Ask::get(server.url))).unwrap_err();
    assert_eq!(error.to_string(), "127.0.0.1 did not answer in HTTP");
}

#[test]
fn a_url_of_another_scheme_is_refused() {
    let ask = Ask::get(Url::parse("ftp://127.0.0.1/").unwrap());
    let error = run(Client::new().ask(&ask)).unwrap_err();
    assert!(matches!(error, ClientError::NotHttp { .. }), "{error}");
}

#[test]
fn a_server_that_says_nothing_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let limits = Limits {
        time: Duration::from_millis(50),
        ..Limits::default()
    };
    let ask = Ask::get(Url::parse(&url).unwrap());
    let error = run(Client::with(Trust::System, limits).ask(&ask)).unwrap_err();
    let stage = Stage::Answer;
    assert!(
        matches!(error, ClientError::TooSlow { stage: found, .. } if found == stage),
        "{error}"
    );
}
