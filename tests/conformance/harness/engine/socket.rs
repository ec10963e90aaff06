//! A server behind a socket: one for each site, for the whole suite. HTTP/1.1, bytes as they come.

use std::{
    cell::RefCell,
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};

use super::{Answer, Ask, Site, server};
use crate::support::{Ask as WireAsk, Connection};

static SERVERS: Mutex<Option<HashMap<Site, SocketAddr>>> = Mutex::new(None);

thread_local! {
    static CONNECTIONS: RefCell<HashMap<Site, Connection>> = RefCell::default();
}

pub(super) fn ask(site: Site, ask: &Ask) -> Answer {
    let wire = ask.fields.iter().fold(
        WireAsk::new(&ask.method, &ask.target),
        |wire, (name, value)| wire.with(name, value),
    );
    let kept = CONNECTIONS.with_borrow_mut(|known| known.remove(&site));
    let mut connection = kept.unwrap_or_else(|| Connection::open(address(site)));
    let mut answer = connection.try_ask(&wire);
    if answer.is_err() {
        // A server may close a connection between two requests; the second one is then asked again (RFC 9112 §9.3.1).
        connection = Connection::open(address(site));
        answer = connection.try_ask(&wire);
    }
    let answer = match answer {
        Ok(answer) if answer.missing == 0 => answer,
        Ok(short) => {
            return nothing(&format!(
                "content stopped {} bytes short of its Content-Length",
                short.missing
            ));
        }
        Err(error) => return nothing(&error.to_string()),
    };
    let closes = answer
        .field("connection")
        .is_some_and(|value| value.eq_ignore_ascii_case("close"));
    if !closes {
        CONNECTIONS.with_borrow_mut(|known| known.insert(site, connection));
    }
    Answer {
        status: answer.status,
        fields: answer.fields,
        content: answer.content,
    }
}

/// What no case expects, so that the other cases are run before this one fails.
fn nothing(why: &str) -> Answer {
    Answer {
        status: 0,
        fields: vec![("no answer".to_owned(), why.to_owned())],
        content: Vec::new(),
    }
}

/// Where the server of `site` listens; started when it is first asked for.
fn address(site: Site) -> SocketAddr {
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    *servers
        .get_or_insert_default()
        .entry(site)
        .or_insert_with(|| server::start(site, None))
}
