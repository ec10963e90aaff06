//! When coded content is published: soon, then ever more rarely, so that a large site is not assembled over and over.
//!
//! Uses: nothing of ours · Never: clock (it is given the time)

use std::time::{Duration, Instant};

/// Content is being coded.
#[derive(Debug)]
pub(super) struct Coding {
    began: Instant,
    pause: Duration,
    publish_at: Instant,
    fresh: bool,
    is_last: bool,
    /// How many coded forms were missing.
    pub(super) forms: usize,
}

/// The first time that coded content is published; then twice as long each time.
const FIRST: Duration = Duration::from_millis(500);

impl Coding {
    pub(super) fn new(forms: usize, now: Instant) -> Self {
        Self {
            began: now,
            pause: FIRST,
            publish_at: now + FIRST,
            fresh: false,
            is_last: false,
            forms,
        }
    }

    /// When to publish what is there.
    pub(super) fn due(&self) -> Instant {
        self.publish_at
    }

    /// Another form is there, perhaps the last.
    pub(super) fn came(&mut self, is_last: bool, now: Instant) {
        self.fresh = true;
        if is_last {
            self.publish_at = now;
            self.is_last = true;
        }
    }

    /// Is there something to publish? From now on, that is old.
    pub(super) fn take_fresh(&mut self) -> bool {
        std::mem::take(&mut self.fresh)
    }

    /// How long it took, if it is over.
    pub(super) fn took(&self, now: Instant) -> Option<Duration> {
        self.is_last.then(|| now.duration_since(self.began))
    }

    /// Plans the next time.
    pub(super) fn wait(&mut self, now: Instant) {
        self.pause *= 2;
        self.publish_at = now + self.pause;
    }
}
