use std::{
    io::Read as _,
    net::{TcpListener as StdListener, TcpStream as StdStream},
    sync::Arc,
    thread::{self, JoinHandle},
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, StreamOwned,
    pki_types::{PrivateKeyDer, ServerName},
};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A client's socket that keeps what it has read.
struct Overheard {
    socket: StdStream,
    bytes: Vec<u8>,
}

impl Read for Overheard {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.socket.read(into)?;
        self.bytes.extend_from_slice(&into[..count]);
        Ok(count)
    }
}

impl Write for Overheard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// What a client got: the plaintext, and how many bytes each record had on the wire, the alert at the end included.
struct Got {
    plaintext: Vec<u8>,
    records: Vec<usize>,
}

fn configurations() -> (ServerConfig, ClientConfig) {
    let made =
        rcgen::generate_simple_self_signed(["larder.test".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("they go together");
    // Tickets are records, too; here only content is counted.
    server.send_tls13_tickets = 0;
    let mut roots = RootCertStore::empty();
    roots
        .add(made.cert.der().clone())
        .expect("it is a certificate");
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    (server, client)
}

/// Reads to the end, once it may.
fn client(
    config: ClientConfig,
    listener: &StdListener,
    may_read: std::sync::mpsc::Receiver<()>,
) -> JoinHandle<Got> {
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        let name = ServerName::try_from("larder.test").expect("a name");
        let mut session = ClientConnection::new(Arc::new(config), name).expect("a session");
        let mut socket = Overheard {
            socket: StdStream::connect(address).expect("somebody listens"),
            bytes: Vec::new(),
        };
        while session.is_handshaking() {
            session.complete_io(&mut socket).expect("a handshake");
        }
        socket.bytes.clear();
        may_read.recv().expect("the test goes on");
        let mut stream = StreamOwned::new(session, socket);
        let mut plaintext = Vec::new();
        stream.read_to_end(&mut plaintext).expect("an orderly end");
        let (mut records, mut rest) = (Vec::new(), &stream.sock.bytes[..]);
        while let [_, _, _, high, low, ..] = rest {
            let length = usize::from(u16::from_be_bytes([*high, *low])) + 5;
            records.push(length);
            rest = &rest[length..];
        }
        Got { plaintext, records }
    })
}

/// What a client gets of what `write` writes. It reads from the time on that `write` returns, or at once.
fn got(reads_at_once: bool, write: impl AsyncFnOnce(&mut Records)) -> Got {
    let (server, client_config) = configurations();
    let listener = StdListener::bind("127.0.0.1:0").expect("a port");
    let (read, may_read) = std::sync::mpsc::channel();
    let client = client(client_config, &listener, may_read);
    if reads_at_once {
        read.send(()).expect("the client waits");
    }
    actix_rt::System::new().block_on(async {
        let (socket, _) = listener.accept().expect("a client");
        socket.set_nonblocking(true).expect("a socket");
        let socket = TcpStream::from_std(socket).expect("a socket");
        let accepted = TlsAcceptor::from(Arc::new(server)).accept(socket).await;
        let (socket, session) = accepted.expect("a handshake").into_inner();
        let mut records = Records::new(socket, session);
        write(&mut records).await;
        if !reads_at_once {
            read.send(()).expect("the client waits");
        }
        records.shutdown().await.expect("the client takes it");
    });
    client.join().expect("the client had no trouble")
}

/// An alert `close_notify` is the last record.
fn content_records(got: &Got) -> &[usize] {
    &got.records[..got.records.len() - 1]
}

#[test]
fn many_small_writes_are_one_record() {
    let got = got(false, async |records| {
        for _ in 0..30 {
            records.write_all(b"a small frame").await.expect("room");
        }
        records.flush().await.expect("the socket takes it");
    });
    assert_eq!(got.plaintext, b"a small frame".repeat(30));
    assert_eq!(content_records(&got).len(), 1);
}

#[test]
fn large_writes_fill_their_records() {
    // As HTTP/2 writes it: a head of nine bytes before each part.
    let part = vec![b'x'; RECORD];
    let got = got(false, async |records| {
        for _ in 0..4 {
            records.write_all(&[0; 9]).await.expect("room");
            records.write_all(&part).await.expect("room");
        }
        records.flush().await.expect("the socket takes it");
    });
    assert_eq!(got.plaintext.len(), 4 * (RECORD + 9));
    let records = content_records(&got);
    assert_eq!(
        records.len(),
        5,
        "four that are full, and what is left over"
    );
    assert!(records[..4].iter().all(|length| *length > RECORD));
}

#[test]
fn nothing_is_sent_before_somebody_flushes() {
    let got = got(false, async |records| {
        records.write_all(b"one").await.expect("room");
        assert!(!records.session.wants_write());
        records.write_all(b", two").await.expect("room");
        records.flush().await.expect("the socket takes it");
        assert!(!records.session.wants_write());
    });
    assert_eq!(got.plaintext, b"one, two");
}

#[test]
fn a_writer_waits_for_a_slow_reader_and_nothing_is_lost() {
    let content: Vec<u8> = (0..32 * 1024 * 1024_u32)
        .map(|at| (at % 251) as u8)
        .collect();
    let got = got(true, async |records| {
        let mut rest = &content[..];
        while !rest.is_empty() {
            let count = records.write(rest).await.expect("room");
            assert!(records.ahead <= AHEAD + RECORD, "bounded, whoever reads");
            rest = &rest[count..];
        }
    });
    assert!(got.plaintext == content);
}

/// Sixteen kibibytes of each connection of TLS that has ever been written to would be most of what an idle one costs.
#[test]
fn what_has_been_sent_leaves_no_buffer_behind() {
    let got = got(true, async |records| {
        for _ in 0..3 {
            records.write_all(b"some content").await.unwrap();
            assert!(records.open.capacity() >= RECORD, "it is gathered");
            records.flush().await.unwrap();
            assert_eq!(records.open.capacity(), 0);
        }
    });
    assert_eq!(got.plaintext, b"some content".repeat(3));
    assert_eq!(content_records(&got).len(), 3);
}
