//! A mistake of larder's own, a panic, in the middle of a request: that request has an error, and nobody else notices.
//!
//! Staged with content of the test's own, which panics when it is told to: in the origin, where it is opened, where it is read.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
        mpsc,
    },
    thread,
};

use bytes::Bytes;
use larder::{
    fingerprint::Digest,
    policy::Policy,
    serve::{self, Current, Limits, Options, TlsFiles},
    snapshot::{Content, Generation, OpenContent, SiteFile, Stored, Unreadable, assemble},
};

use crate::{
    http2::client,
    support::{Ask, Connection, secure::Pair},
};

/// More than is read at once.
const LENGTH: u64 = 300_000;

const NOWHERE: u8 = 0;
const ASKED_FOR_ITS_LENGTH: u8 = 1;
const OPENED: u8 = 2;
const READ: u8 = 3;
const READ_ON: u8 = 4;

/// Content that panics where it is told to.
#[derive(Clone, Debug, Default)]
struct Mistake(Arc<AtomicU8>);

impl Mistake {
    fn comes_at(&self, place: u8) {
        assert!(
            self.0.load(Ordering::Relaxed) != place,
            "the panic that this test is about"
        );
    }
}

impl Stored for Mistake {
    fn length(&self) -> u64 {
        self.comes_at(ASKED_FOR_ITS_LENGTH);
        LENGTH
    }

    fn open(&self) -> Result<Arc<dyn OpenContent>, Unreadable> {
        self.comes_at(OPENED);
        Ok(Arc::new(self.clone()))
    }
}

impl OpenContent for Mistake {
    fn read_at(&self, offset: u64, length: usize) -> Result<Bytes, Unreadable> {
        self.comes_at(if offset == 0 { READ } else { READ_ON });
        Ok(vec![b'x'; length].into())
    }
}

/// What is counted is counted for all servers of this process: one test at a time.
static TURN: Mutex<()> = Mutex::new(());

/// Waits for this test's turn.
fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server of the library's own, with one worker: if a panic took it along, nobody would answer.
fn serve() -> (SocketAddr, Mistake) {
    serve_with(Options::default())
}

fn serve_with(options: Options) -> (SocketAddr, Mistake) {
    let mistake = Mistake::default();
    let mut bad = SiteFile::new("/bad.bin", Bytes::new(), Digest::of(b"bad"));
    bad.content = Content::Stored(Arc::new(mistake.clone()));
    let good = Bytes::from_static(b"good");
    let good = SiteFile::new("/good.txt", good.clone(), Digest::of(&good));
    let snapshot = assemble(vec![bad, good], &Policy::default(), Generation(1));
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let options = Options {
            listen: vec![([127, 0, 0, 1], 0).into()],
            workers: Some(1),
            shutdown_timeout: std::time::Duration::ZERO,
            limits: Limits {
                keep_alive: std::time::Duration::from_mins(1),
                ..Limits::default()
            },
            ..options
        };
        serve::run(&options, &Arc::new(Current::new(snapshot)), |urls| {
            tell.send(urls[0].clone()).expect("the test waits for it");
        })
    });
    let url = told.recv().expect("the server starts");
    let address = url
        .trim_start_matches("http://")
        .trim_start_matches("https://")
        .trim_end_matches('/')
        .parse()
        .expect("the URL of a listener is its address");
    (address, mistake)
}

/// Fault 31.
#[test]
fn a_panic_is_an_error_of_one_request_and_of_no_other() {
    let _turn = turn();
    let (address, mistake) = serve();
    let mut witness = Connection::open(address);
    let ask = |ask: &Ask| Connection::open(address).ask(ask);
    for (place, status) in [(ASKED_FOR_ITS_LENGTH, 500), (OPENED, 503), (READ, 503)] {
        for _ in 0..5 {
            mistake.0.store(place, Ordering::Relaxed);
            ask(&Ask::get("/bad.bin"))
                .is(status)
                .has("cache-control", "no-store")
                .has("x-content-type-options", "nosniff")
                .lacks("etag");
            mistake.0.store(NOWHERE, Ordering::Relaxed);
            // The same worker, a connection that was open before, and the same content.
            witness.ask(&Ask::get("/good.txt")).is(200).says("good");
            let whole = ask(&Ask::get("/bad.bin"));
            assert_eq!(whole.is(200).content.len() as u64, LENGTH);
        }
    }
    // The head is sent by then: what is left is to cut the content short.
    mistake.0.store(READ_ON, Ordering::Relaxed);
    let cut = ask(&Ask::get("/bad.bin"));
    assert!(cut.status == 200 && !cut.is_whole(), "{cut:#?}");
    mistake.0.store(NOWHERE, Ordering::Relaxed);
    witness.ask(&Ask::get("/good.txt")).is(200).says("good");
}

/// Fault 31.
#[test]
fn a_panic_behind_a_request_leaves_the_connection_to_the_next_one() {
    let _turn = turn();
    let (address, mistake) = serve();
    let mut connection = Connection::open(address);
    mistake.0.store(ASKED_FOR_ITS_LENGTH, Ordering::Relaxed);
    connection.ask(&Ask::get("/bad.bin")).is(500);
    mistake.0.store(NOWHERE, Ordering::Relaxed);
    connection.ask(&Ask::get("/good.txt")).is(200).says("good");
}

/// Fault 31. Of many streams on one connection of HTTP/2, one meets a mistake: the others are answered, and it is counted.
#[test]
fn a_panic_in_one_stream_leaves_the_others_alone_and_is_counted() {
    let _turn = turn();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let pair = Pair::write(folder.path(), "own", &["larder.test"]);
    // A port that was free a moment ago: the library tells no URL of the admin listener.
    let admin = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let admin = admin.expect("there is a free port");
    let (address, mistake) = serve_with(Options {
        tls: vec![TlsFiles {
            certificate: pair.certificate.clone(),
            key: pair.key.clone(),
        }],
        admin: Some(admin),
        ..Options::default()
    });
    let panics = || {
        let page = Connection::open(admin).ask(&Ask::get("/-/metrics")).text();
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix("larder_panics_total "));
        line.and_then(|count| count.parse::<u64>().ok())
            .expect("the metric is there")
    };
    let mut targets = vec!["/good.txt"; 21];
    targets[10] = "/bad.bin";
    for (place, status) in [
        (ASKED_FOR_ITS_LENGTH, Some(500)),
        (OPENED, Some(503)),
        (READ, Some(503)),
        (READ_ON, None),
        (NOWHERE, Some(200)),
    ] {
        let before = panics();
        mistake.0.store(place, Ordering::Relaxed);
        let replies = client::ask(address, &pair, "GET", &targets);
        mistake.0.store(NOWHERE, Ordering::Relaxed);
        for (target, reply) in targets.iter().zip(replies) {
            match (*target, reply) {
                ("/good.txt", reply) => {
                    let reply = reply.expect("the others are answered");
                    assert_eq!((reply.status, &reply.content[..]), (200, &b"good"[..]));
                }
                (_, Ok(reply)) => assert_eq!(Some(reply.status), status, "{place}"),
                // The head is sent by then: the stream is reset (RFC 9113 §8.1), and the connection stays.
                (_, Err(error)) => {
                    assert!(status.is_none() && error.is_reset(), "{place}: {error}");
                }
            }
        }
        assert_eq!(panics(), before + u64::from(place != NOWHERE), "{place}");
    }
}
