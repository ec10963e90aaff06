//! A mistake of larder's own, a panic, in the middle of a request: that request has an error, and nobody else notices.
//!
//! Staged with content of the test's own, which panics when it is told to: in the origin, where it is opened, where it is read.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
        mpsc,
    },
    thread,
};

use bytes::Bytes;
use larder::{
    fingerprint::Digest,
    policy::Policy,
    serve::{self, Current, Limits, Options},
    snapshot::{Content, Generation, OpenContent, SiteFile, Stored, Unreadable, assemble},
};

use crate::support::{Ask, Connection};

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

/// A server of the library's own, with one worker: if a panic took it along, nobody would answer.
fn serve() -> (SocketAddr, Mistake) {
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
            ..Options::default()
        };
        serve::run(&options, &Arc::new(Current::new(snapshot)), |urls| {
            tell.send(urls[0].clone()).expect("the test waits for it");
        })
    });
    let url = told.recv().expect("the server starts");
    let address = url
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .parse()
        .expect("the URL of a listener is its address");
    (address, mistake)
}

/// Fault 31.
#[test]
fn a_panic_is_an_error_of_one_request_and_of_no_other() {
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
    let (address, mistake) = serve();
    let mut connection = Connection::open(address);
    mistake.0.store(ASKED_FOR_ITS_LENGTH, Ordering::Relaxed);
    connection.ask(&Ask::get("/bad.bin")).is(500);
    mistake.0.store(NOWHERE, Ordering::Relaxed);
    connection.ask(&Ask::get("/good.txt")).is(200).says("good");
}
