//! What the connections of one worker share: the site, the limits, the date.
//!
//! Uses: state, actix-server's signal · Never: one connection's business

use std::{cell::RefCell, sync::Arc};

use actix_server::GracefulShutdownSignal;
use actix_web::http::header::HeaderValue;

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
}

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
        }
    }

    /// Waits until the server is told to stop.
    pub(super) async fn stopping(&self) {
        self.stopping.notified().await;
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
