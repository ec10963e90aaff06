//! A server behind a socket: one for each site, for the whole suite. HTTP/1.1, bytes as they come.

use std::{
    cell::RefCell,
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use larder::serve::{self, Current, Options};

use super::{Answer, Ask, Site};
use crate::support::{Connection, Ask as WireAsk};

static SERVERS: Mutex<Option<HashMap<Site, SocketAddr>>> = Mutex::new(None);

thread_local! {
    static CONNECTIONS: RefCell<HashMap<Site, Connection>> = RefCell::default();
}

pub(super) fn ask(site: Site, ask: &Ask) -> Answer {
    let wire = ask.fields.iter().fold(WireAsk::new(&ask.method, &ask.target), |wire, (name, value)| wire.with(name, value));
    let open = CONNECTIONS.with_borrow_mut(|known| known.remove(&site));
    let mut connection = open.unwrap_or_else(|| Connection::open(address(site)));
    let answer = connection.ask(&wire);
    assert_eq!(answer.missing, 0, "content of {ask:?} stopped short of its Content-Length");
    let closes = answer.field("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    if !closes {
        CONNECTIONS.with_borrow_mut(|known| known.insert(site, connection));
    }
    Answer { status: answer.status, fields: answer.fields, content: answer.content }
}

/// Where the server of `site` listens; started when it is first asked for.
fn address(site: Site) -> SocketAddr {
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    *servers.get_or_insert_default().entry(site).or_insert_with(|| start(site))
}

fn start(site: Site) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let options = Options {
            listen: vec![([127, 0, 0, 1], 0).into()],
            workers: Some(1),
            // Connections are kept by the suite for as long as it runs.
            keep_alive: Duration::from_hours(1),
            shutdown_timeout: Duration::ZERO,
            tls: None,
        };
        let current = Arc::new(Current::new(site.snapshot().clone()));
        serve::run(&options, current, |urls| tell.send(urls[0].clone()).expect("the suite waits for it"))
    });
    let url = told.recv_timeout(Duration::from_secs(30)).expect("the server starts");
    url.trim_start_matches("http://").trim_end_matches('/').parse().expect("the URL of a listener is its address")
}
