//! What is known of one connection while it lasts: shared by its stream, which moves bytes, and its gate, which sees requests.
//!
//! Both live on the worker's thread, so plain cells do. actix hands it on as the connection's data.
//!
//! Uses: std · Never: sockets, requests

use std::{cell::Cell, rc::Rc};

/// One connection.
#[derive(Debug, Default)]
pub(super) struct Connection {
    under_way: Cell<usize>,
}

impl Connection {
    /// How many replies have begun and not ended.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.get()
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

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.set(self.0.under_way.get() - 1);
    }
}
