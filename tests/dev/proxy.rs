//! The way to the developer's back end, with a back end that tells what it got.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::aws_lc_rs::default_provider,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tungstenite::Message;

use crate::{
    browser::{Page, dev},
    support::{Ask, Connection, Larder, Site},
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

type Secure = StreamOwned<ServerConnection, TcpStream>;

/// The same under TLS, with a certificate of its own making: gives that, in PEM form, too. As an authority it is what `openssl req -x509` makes.
fn secure_back_end(
    is_authority: bool,
    serve: impl Fn(Secure) + Send + Sync + Clone + 'static,
) -> (SocketAddr, String) {
    let names = vec!["127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(names).expect("an address is a name");
    if is_authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let key = KeyPair::generate().expect("keys can be made");
    let certificate = params.self_signed(&key).expect("it signs itself");
    let own = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("they are there")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], own)
        .expect("they belong together");
    let config = Arc::new(config);
    let address = back_end(move |stream| {
        let session = ServerConnection::new(Arc::clone(&config)).expect("it is configured");
        serve(StreamOwned::new(session, stream));
    });
    (address, certificate.pem())
}

/// Reads a request up to the end of its content, as far as it says where that is.
fn request(stream: &mut impl Read) -> String {
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
        "[dev]\nproxy = {{ \"/api\" = \"http://{back_end}\" }}\nproxy-timeout = \"1s\"\n"
    ));
    let larder = dev(&site, &["--policy", &policy]);
    (site, larder)
}

/// Before a back end under TLS, which is trusted by the certificate `ca` if there is one.
fn before_secure(back_end: SocketAddr, ca: Option<&str>) -> (Site, Larder) {
    let site = Site::of(&[("index.html", "<!doctype html>site")]);
    let mut policy = format!("[dev]\nproxy = {{ \"/api\" = \"https://{back_end}\" }}\n");
    if let Some(pem) = ca {
        let file = site.beside("back-end.pem");
        fs::write(&file, pem).expect("the folder is ours");
        policy = format!("{policy}proxy-ca = \"{}\"\n", file.display());
    }
    let policy = site.policy(&policy);
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
fn an_event_arrives_before_the_next_one_is_sent() {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let (_site, larder) = before(back_end(move |mut stream| {
        request(&mut stream);
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        let _ = write!(stream, "{head}data: one\n\n");
        let _ = wait.lock().expect("nobody panics with it").recv();
        let _ = write!(stream, "data: two\n\n");
    }));
    let mut stream = TcpStream::connect(larder.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let ask = format!(
        "GET /api/events HTTP/1.1\r\nHost: {}\r\n\r\n",
        larder.address()
    );
    stream.write_all(ask.as_bytes()).unwrap();
    let mut read = Vec::new();
    let mut until = |what: &str| {
        let mut piece = [0; 1024];
        while !String::from_utf8_lossy(&read).contains(what) {
            let length = stream.read(&mut piece).expect("it comes in time");
            assert!(length > 0, "{}", String::from_utf8_lossy(&read));
            read.extend_from_slice(&piece[..length]);
        }
    };
    until("data: one");
    go.send(()).unwrap();
    until("data: two");
}

/// Longer than a client may take that does not take what it is owed: these two are owed nothing.
const QUIET: Duration = Duration::from_secs(26);

#[test]
fn nobody_is_cut_off_who_waits_for_what_is_not_there_yet() {
    let (_site, larder) = before(back_end(|mut stream| {
        let got = request(&mut stream);
        if got.contains("/api/events") {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none ");
            thread::sleep(QUIET);
            let _ = write!(stream, "two");
        } else {
            let mut socket = tungstenite::accept(Again(got, stream)).expect("it is a WebSocket");
            thread::sleep(QUIET);
            socket.send(Message::text("late")).expect("it listens");
        }
    }));
    let own = format!("http://{}", larder.address());
    let mut socket = Page::connect(&larder, "/api/socket", Some(&own)).expect("it is passed on");
    let answer = larder.get("/api/events");
    answer.is(200).says("one two");
    assert_eq!(socket.text(), "late");
}

/// A stream of which the beginning was read already.
struct Again(String, TcpStream);

impl Read for Again {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            return self.1.read(into);
        }
        let length = self.0.len().min(into.len());
        into[..length].copy_from_slice(&self.0.as_bytes()[..length]);
        self.0.drain(..length);
        Ok(length)
    }
}

impl Write for Again {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.1.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.1.flush()
    }
}

/// RFC 9110 §7.8: who is asked for another protocol may go on with this one, and then the content is part of the message.
#[test]
fn only_a_websocket_is_an_upgrade_and_content_is_never_lost() {
    let (_site, larder) = before(echo());
    let ask = Ask::new("POST", "/api/x")
        .with("Content-Length", "5")
        .with("Connection", "Upgrade, HTTP2-Settings")
        .with("Upgrade", "h2c")
        .with("HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA");
    let mut connection = Connection::open(larder.address());
    connection.start(&ask);
    connection.send(b"hello").expect("it is open");
    let got = connection.answer_to("POST").expect("an answer").text();
    assert!(got.ends_with("hello"), "{got}");
    assert!(!got.to_lowercase().contains("upgrade"), "{got}");
}

/// RFC 9112 §6.1, §6.3, and §3.2.2.
#[test]
fn who_speaks_http_1_0_gets_no_chunks_and_an_absolute_target_names_the_host() {
    let (_site, larder) = before(back_end(|mut stream| {
        let got = request(&mut stream);
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let _ = write!(stream, "{head}{:x}\r\n{got}\r\n0\r\n\r\n", got.len());
    }));
    let address = larder.address();
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "GET http://{address}/api/x HTTP/1.0\r\nHost: evil.example\r\n\r\n"
    )
    .expect("it is open");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it ends");
    let (head, got) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
    assert!(got.starts_with("GET /api/x HTTP/1.1\r\n"), "{got}");
    assert!(!got.contains("evil.example"), "{got}");
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
fn an_error_of_the_back_end_is_passed_on_as_it_is_and_made_no_page_of_ours() {
    let (_site, larder) = before(back_end(|mut stream| {
        request(&mut stream);
        let _ = stream.write_all(
            b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnope",
        );
    }));
    let answer = larder.navigate("/api/x");
    answer
        .is(404)
        .has("Content-Type", "text/plain")
        .says("nope");
}

#[test]
fn a_back_end_that_breaks_off_is_a_502() {
    let (_site, larder) = before(back_end(|mut stream| {
        request(&mut stream);
    }));
    larder.get("/api/x").is(502);
}

#[test]
fn a_back_end_that_hangs_is_a_504() {
    let (_site, larder) = before(back_end(|mut stream| {
        request(&mut stream);
        // Until larder has had enough of it.
        let _ = stream.read(&mut [0]);
    }));
    let answer = larder.get("/api/x");
    answer.is(504).has("Cache-Control", "no-store");
    assert!(answer.text().contains("proxy-timeout"), "{}", answer.text());
}

#[test]
fn one_that_answers_in_a_moment_is_waited_for_and_then_has_all_the_time_it_wants() {
    let (_site, larder) = before(back_end(|mut stream| {
        request(&mut stream);
        thread::sleep(Duration::from_millis(300));
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsl");
        thread::sleep(Duration::from_millis(1200));
        let _ = stream.write_all(b"ow");
    }));
    larder.get("/api/x").is(200).says("slow");
}

#[test]
fn a_back_end_under_tls_is_asked_if_its_certificate_is_the_one_that_was_named() {
    for is_authority in [false, true] {
        let (back, pem) = secure_back_end(is_authority, |mut stream| {
            let got = request(&mut stream);
            let length = got.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{got}"
            );
            let _ = stream.flush();
        });
        let (_site, larder) = before_secure(back, Some(&pem));
        let answer = larder.get("/api/x");
        answer.is(200);
        assert!(
            answer.text().starts_with("GET /api/x HTTP/1.1\r\n"),
            "{}",
            answer.text()
        );
        let (_site, larder) = before_secure(back, None);
        let answer = larder.get("/api/x");
        answer.is(502);
        assert!(answer.text().contains("proxy-ca"), "{}", answer.text());
        let (other, _) = secure_back_end(is_authority, |_| {});
        let (_site, larder) = before_secure(other, Some(&pem));
        larder.get("/api/x").is(502);
    }
    let (_site, larder) = before_secure(echo(), None);
    let plain = larder.get("/api/x");
    plain.is(504);
    assert!(plain.text().contains("http://"), "{}", plain.text());
}

#[test]
fn a_websocket_goes_through_tls_too() {
    let (back, pem) = secure_back_end(false, |stream| {
        let mut socket = tungstenite::accept(stream).expect("it is a WebSocket");
        while let Ok(message) = socket.read() {
            if let Message::Text(text) = message {
                let _ = socket.send(Message::text(format!("echo {text}")));
            }
        }
    });
    let (_site, larder) = before_secure(back, Some(&pem));
    let mut page = Page::connect(&larder, "/api/socket", None).expect("it is passed on");
    for word in ["one", "two"] {
        page.send(word);
        assert_eq!(page.text(), format!("echo {word}"));
    }
}

/// How much is sent in each direction.
const LARGE: usize = 100 * 1024 * 1024;

/// Sends `LARGE` bytes, in pieces, chunked if that is wanted.
fn send_large(stream: &mut impl Write, chunked: bool) -> std::io::Result<()> {
    let piece = vec![b'x'; 1024 * 1024];
    for _ in 0..LARGE / piece.len() {
        if chunked {
            write!(stream, "{:x}\r\n", piece.len())?;
        }
        stream.write_all(&piece)?;
        if chunked {
            stream.write_all(b"\r\n")?;
        }
    }
    if chunked {
        stream.write_all(b"0\r\n\r\n")?;
    }
    Ok(())
}

/// Reads to the end of a head, and then as long as `x` comes that is content; gives how much that was. Chunk sizes have no `x`.
fn count(stream: &mut impl Read, most: usize) -> usize {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|length| length == 1) {
        head.push(byte[0]);
    }
    let mut buffer = vec![0; 256 * 1024];
    let mut counted = 0;
    while counted < most {
        match stream.read(&mut buffer) {
            Ok(length) if length > 0 => {
                counted += memchr::memchr_iter(b'x', &buffer[..length]).count();
            }
            _ => break,
        }
    }
    counted
}

#[test]
fn a_hundred_megabytes_stream_through_both_ways_and_are_never_held() {
    for chunked in [false, true] {
        let framing = if chunked {
            "Transfer-Encoding: chunked".to_owned()
        } else {
            format!("Content-Length: {LARGE}")
        };
        let back = {
            let framing = framing.clone();
            back_end(move |mut stream| {
                let counted = count(&mut stream, LARGE);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nX-Got: {counted}\r\n{framing}\r\n\r\n"
                );
                let _ = send_large(&mut stream, chunked);
            })
        };
        let (_site, larder) = before(back);
        larder.get("/").is(200);
        let before = larder.resident();
        let mut stream = TcpStream::connect(larder.address()).unwrap();
        write!(
            stream,
            "POST /api/x HTTP/1.1\r\nHost: {}\r\n{framing}\r\n\r\n",
            larder.address()
        )
        .unwrap();
        send_large(&mut stream, chunked).unwrap();
        // Half of it is on its way back, and a client that does not read yet holds the rest up.
        assert_eq!(count(&mut stream, LARGE / 2) / (LARGE / 2), 1);
        let grown = larder.resident().saturating_sub(before);
        // What the allocator keeps does not grow with the content; what was held of it would be half of it at least.
        assert!(grown < 40 * 1024 * 1024, "{grown} bytes are held");
        let mut rest = stream;
        let mut buffer = vec![0; 256 * 1024];
        let mut left = LARGE - LARGE / 2;
        while left > 512 * 1024 {
            let length = rest.read(&mut buffer).unwrap();
            assert!(length > 0, "{left} are missing");
            left = left.saturating_sub(length);
        }
    }
}

#[test]
fn nothing_that_either_side_sends_becomes_a_field_of_its_own() {
    let (_site, larder) = before(echo());
    let answer = larder.get("/api/x%0d%0aX-Injected:%20yes?a=%0d%0aX-Injected:%20yes");
    answer.is(201);
    let got = answer.text();
    assert!(
        got.starts_with("GET /api/x%0d%0aX-Injected:%20yes?a=%0d%0a"),
        "{got}"
    );
    let has_line = got.lines().any(|line| line.starts_with("X-Injected"));
    assert!(!has_line, "{got}");
    // Two lengths: whoever takes the other one would find a second request in the content.
    let mut connection = Connection::open(larder.address());
    let smuggled = "GET /api/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let both = format!(
        "POST /api/x HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
        larder.address(),
        smuggled.len() + 5
    );
    connection.send(both.as_bytes()).unwrap();
    let refused = connection.answer_to("POST").map(|answer| answer.status);
    assert!(
        refused.as_ref().is_ok_and(|status| *status == 400),
        "{refused:?}"
    );

    for line in ["X-Bare: a\rX-Injected: yes", "X Space: a", "X-Nul: a\0b"] {
        let (_site, larder) = before(back_end(move |mut stream| {
            request(&mut stream);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\n{line}\r\nContent-Length: 0\r\n\r\n"
            );
        }));
        larder.get("/api/x").is(502).lacks("X-Injected");
    }
}

#[test]
fn an_answer_without_content_and_one_to_head_are_passed_on_as_such() {
    let (_site, larder) = before(back_end(|mut stream| {
        let got = request(&mut stream);
        let answer = if got.starts_with("HEAD") {
            "200 OK\r\nContent-Length: 12345"
        } else {
            "204 No Content\r\nX-None: 1"
        };
        let _ = write!(stream, "HTTP/1.1 {answer}\r\n\r\n");
    }));
    larder.head("/api/x").is(200).has("Content-Length", "12345");
    larder.get("/api/x").is(204).lacks("Content-Length");
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
    let mut page = Page::open(&larder, 0);
    site.policy("");
    larder.until_it_serves("/api/file.txt", "not this one");
    // What is answered by somebody else now is another page, whatever files there are.
    assert_eq!(page.wait("reload")["type"], "reload");
}

#[test]
fn what_was_missing_is_not_any_more_where_a_back_end_answers_it() {
    let (site, larder) = before(echo());
    site.write(
        "index.html",
        "<!doctype html><script src=/server/x.js></script>",
    );
    let mut page = Page::open(&larder, 0);
    page.wait("overlay");
    site.policy(&format!(
        "[dev]\nproxy = {{ \"/server\" = \"http://{}\" }}\n",
        echo()
    ));
    page.wait("clear");
}
