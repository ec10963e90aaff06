//! What the connections of one worker share: the site, the limits, the date.
//!
//! Uses: state, actix-server's signal, tokio's timer · Never: one connection's business

use std::{cell::RefCell, sync::Arc, time::Duration};

use ::http::HeaderValue;
use actix_server::GracefulShutdownSignal;
use tokio::time::sleep;

use super::{limits::Limits, state::Current};
use crate::http::HttpDate;

/// One thread that answers.
pub(super) struct Worker {
    pub(super) current: Arc<Current>,
    pub(super) limits: Limits,
    pub(super) hsts: Option<HeaderValue>,
    stopping: GracefulShutdownSignal,
    /// The second that was written last, and how.
    date: RefCell<(HttpDate, HeaderValue)>,
    /// Buffers that nobody needs now.
    buffers: RefCell<Vec<Vec<u8>>>,
}

/// Waits until the server was told to stop, and then for so long.
pub(super) async fn stopped_since(stopping: &GracefulShutdownSignal, time: Duration) {
    stopping.notified().await;
    sleep(time).await;
}

/// How large a new buffer is, in bytes: the head of a request, or a head and a small reply.
const BUFFER: usize = 8 * 1024;

/// How many buffers are kept.
const BUFFERS: usize = 16;

impl Worker {
    pub(super) fn new(
        current: Arc<Current>,
        limits: Limits,
        hsts: Option<HeaderValue>,
        stopping: GracefulShutdownSignal,
    ) -> Self {
        Self {
            current,
            limits,
            hsts,
            stopping,
            date: RefCell::new((HttpDate::EPOCH, written(HttpDate::EPOCH))),
            buffers: RefCell::default(),
        }
    }

    /// Waits until the server is told to stop.
    pub(super) async fn stopping(&self) {
        self.stopping.notified().await;
    }

    /// Waits until so long after that.
    pub(super) async fn stopped_since(&self, time: Duration) {
        stopped_since(&self.stopping, time).await;
    }

    /// An empty buffer.
    pub(super) fn lend(&self) -> Vec<u8> {
        let kept = self.buffers.borrow_mut().pop();
        kept.unwrap_or_else(|| Vec::with_capacity(BUFFER))
    }

    /// Takes back a buffer that [`Self::lend`] gave; one that has grown much is not kept.
    pub(super) fn give_back(&self, mut buffer: Vec<u8>) {
        let mut buffers = self.buffers.borrow_mut();
        if buffers.len() < BUFFERS && buffer.capacity() <= 4 * BUFFER {
            buffer.clear();
            buffers.push(buffer);
        }
    }

    /// The value of `Date` at `now`: written once a second.
    pub(super) fn date(&self, now: HttpDate) -> HeaderValue {
        let mut last = self.date.borrow_mut();
        if last.0 != now {
            *last = (now, written(now));
        }
        last.1.clone()
    }
}

fn written(date: HttpDate) -> HeaderValue {
    HeaderValue::from_str(date.field_value().as_str()).expect("a date is visible ASCII")
}
