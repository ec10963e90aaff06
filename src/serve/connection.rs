//! What is known of one connection while it lasts: shared by its stream, which moves bytes, and its gate, which sees requests.
//!
//! Both live on the worker's thread, so plain cells do. actix hands it on as the connection's data.
//!
//! Uses: room · Never: sockets, requests

use std::{cell::Cell, rc::Rc};

use super::room::Place;

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    under_way: Cell<usize>,
    requests: Cell<u64>,
    /// Bytes that came since the last request was seen: the head of the next one, or a part of it.
    heard: Cell<usize>,
    /// Bytes of content that HTTP/2 has handed on, as far as the client's windows let it.
    taken: Cell<u64>,
    is_secure: bool,
    is_refused: bool,
    _place: Place,
}

impl Connection {
    /// One that is welcome, or one that is only to be told that it is not.
    pub(super) fn new(place: Place, is_secure: bool, is_refused: bool) -> Rc<Self> {
        Rc::new(Self {
            under_way: Cell::new(0),
            requests: Cell::new(0),
            heard: Cell::new(0),
            taken: Cell::new(0),
            is_secure,
            is_refused,
            _place: place,
        })
    }

    /// Is there TLS on it?
    pub(super) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Is there no room for it?
    pub(super) fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// How many replies have begun and not ended.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.get()
    }

    /// How many requests have come.
    pub(super) fn requests(&self) -> u64 {
        self.requests.get()
    }

    /// How many bytes have come that are no request yet.
    pub(super) fn heard(&self) -> usize {
        self.heard.get()
    }

    /// How much content the client's windows of HTTP/2 have let through, in bytes.
    pub(super) fn taken(&self) -> u64 {
        self.taken.get()
    }

    /// They let through so much more.
    pub(super) fn take(&self, bytes: usize) {
        self.taken.set(self.taken.get() + bytes as u64);
    }

    /// Bytes have come.
    pub(super) fn hear(&self, bytes: usize) {
        self.heard.set(self.heard.get() + bytes);
    }

    /// They have come, but are to be read again.
    pub(super) fn unhear(&self) {
        self.heard.set(0);
    }

    /// They were a request.
    pub(super) fn request(&self) {
        self.requests.set(self.requests.get() + 1);
        self.heard.set(0);
    }

    /// One more reply is under way, until the guard is dropped.
    pub(super) fn reply(self: &Rc<Self>) -> UnderWay {
        self.under_way.set(self.under_way.get() + 1);
        UnderWay(Rc::clone(self))
    }
}

/// A reply under way.
#[derive(Debug)]
pub(super) struct UnderWay(Rc<Connection>);

impl UnderWay {
    /// The connection that it goes out on.
    pub(super) fn connection(&self) -> &Rc<Connection> {
        &self.0
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.set(self.0.under_way.get() - 1);
    }
}
