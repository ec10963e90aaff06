//! TLS as a client meets it: which versions, which protocol, and what is not offered.
//!
//! RFC 8446, RFC 8996 (TLS 1.0 and 1.1 are gone), RFC 7301 (ALPN), RFC 8470 (early data).

use std::{
    io::{Read, Write},
    sync::Arc,
};

use rustls::{ClientConfig, SupportedProtocolVersion, version::TLS12, version::TLS13};

use crate::{
    documents,
    support::{Connection, Larder, tls::Certificate},
};

struct Server {
    larder: Larder,
    certificate: Certificate,
}

fn serve() -> Server {
    let certificate = Certificate::new();
    let arguments = certificate.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let larder = Larder::with(&documents(), &arguments);
    Server {
        larder,
        certificate,
    }
}

impl Server {
    fn client(
        &self,
        version: &'static SupportedProtocolVersion,
        protocols: &[&str],
    ) -> Arc<ClientConfig> {
        self.certificate.client(&[version], protocols).into()
    }
}

/// Asks over HTTP/1.1 and reads to the end.
fn ask(stream: &mut (impl Read + Write)) -> std::io::Result<String> {
    stream
        .write_all(b"GET /style.css HTTP/1.1\r\nHost: larder.test\r\nConnection: close\r\n\r\n")?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    Ok(String::from_utf8_lossy(&all).into_owned())
}

/// Hostile 80.
#[test]
fn both_versions_that_are_safe_are_spoken() {
    let server = serve();
    for version in [&TLS12, &TLS13] {
        let client = server.client(version, &["http/1.1"]);
        let mut stream = Certificate::connect(server.larder.address(), &client);
        let answer = ask(&mut stream).expect("an answer, and an end that says so");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(stream.conn.protocol_version(), Some(version.version));
        assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
}

/// Hostile 80. RFC 8996: the versions before are refused with an alert.
#[test]
fn versions_that_are_not_safe_are_refused() {
    let server = serve();
    for minor in [1, 2] {
        // A hello of TLS 1.0 or 1.1: version, random, no session, four cipher suites, no compression, no extensions.
        let mut hello = vec![3, minor];
        hello.extend([7; 32]);
        hello.extend([0, 0, 8, 0xc0, 0x13, 0xc0, 0x14, 0, 0x2f, 0, 0x35, 1, 0]);
        let length = |bytes: usize| u16::try_from(bytes).expect("it is short").to_be_bytes();
        let mut message = vec![1, 0];
        message.extend(length(hello.len()));
        message.extend(hello);
        let mut record = vec![22, 3, 1];
        record.extend(length(message.len()));
        record.extend(message);
        let mut connection = Connection::open(server.larder.address());
        connection.send(&record).expect("the server reads");
        let answer = connection.rest().expect("an end");
        assert!(
            answer.is_empty() || answer[0] == 21,
            "an alert and nothing else: {answer:?}"
        );
    }
}

/// Hostile 80. RFC 8470: what is sent before the handshake is over can be sent again by anybody, so it is not taken.
#[test]
fn early_data_is_not_offered() {
    let server = serve();
    let mut client = server.certificate.client(&[&TLS13], &["http/1.1"]);
    client.enable_early_data = true;
    let client = Arc::new(client);
    for _ in 0..3 {
        let mut stream = Certificate::connect(server.larder.address(), &client);
        assert!(
            stream.conn.early_data().is_none(),
            "a ticket allowed early data"
        );
        let answer = ask(&mut stream).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

/// RFC 7301 §3.2: who offers nothing that we speak is told so; who offers nothing at all gets HTTP/1.1.
#[test]
fn a_client_without_alpn_gets_http_1_1() {
    let server = serve();
    let client = server.client(&TLS13, &[]);
    let mut stream = Certificate::connect(server.larder.address(), &client);
    let answer = ask(&mut stream).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    let client = server.client(&TLS13, &["spdy/3"]);
    let mut stream = Certificate::connect(server.larder.address(), &client);
    assert!(
        ask(&mut stream).is_err(),
        "no protocol in common is an alert"
    );
}

/// A certificate and a key that do not go together are an error at the start, not at the first handshake.
#[test]
fn plain_http_on_the_port_of_tls_is_closed() {
    let server = serve();
    let mut connection = Connection::open(server.larder.address());
    connection
        .send(b"GET / HTTP/1.1\r\nHost: larder.test\r\n\r\n")
        .expect("the server reads");
    let answer = connection.rest().expect("an end");
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    server.larder.log();
}
