//! How much of what a watcher tells may wait to be heard.
//!
//! Somebody who writes without a pause is told of faster than it is heard, and memory has an end. Beyond it nothing has to be remembered: that something was
//! left out is enough, for then everything is looked at.
//!
//! Uses: std · Never: signals

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The most that wait: with their names, some ten megabytes.
const MOST: usize = 1 << 16;

/// What was told and not heard yet.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: AtomicUsize,
    is_short: AtomicBool,
}

impl Backlog {
    /// One more has come. Is there room for it? If not, that is remembered.
    pub(super) fn admit(&self) -> bool {
        let has_room = self.waiting.load(Ordering::Acquire) < MOST;
        if has_room {
            self.waiting.fetch_add(1, Ordering::AcqRel);
        } else {
            self.is_short.store(true, Ordering::Release);
        }
        has_room
    }

    /// One that was admitted is heard.
    pub(super) fn heard(&self) {
        self.waiting.fetch_sub(1, Ordering::AcqRel);
    }

    /// Was anything left out since this was asked last?
    pub(super) fn take_short(&self) -> bool {
        self.is_short.swap(false, Ordering::AcqRel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_left_out_and_said_once() {
        let backlog = Backlog::default();
        assert!((0..MOST).all(|_| backlog.admit()));
        assert!(!backlog.take_short());
        assert!(!backlog.admit());
        assert!(backlog.take_short());
        assert!(!backlog.take_short());
        backlog.heard();
        assert!(backlog.admit());
        assert!(!backlog.take_short());
    }
}
