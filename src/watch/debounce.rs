//! When has a burst of changes settled?
//!
//! A bundler empties its folder and writes it anew; a copy takes seconds. A look at the folder waits until nothing has changed for a moment, but not for
//! ever: something that never rests is looked at all the same.
//!
//! Uses: nothing of ours · Never: clock (it is given the time)

use std::time::{Duration, Instant};

/// Nothing changed for this long: settled.
const QUIET: Duration = Duration::from_millis(60);
/// Something has been changing for this long: look anyway.
const PATIENCE: Duration = Duration::from_secs(1);

/// A burst of changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Debounce {
    /// The first change of the burst, and the last so far.
    burst: Option<(Instant, Instant)>,
}

impl Debounce {
    /// Something changed.
    pub(super) fn changed(&mut self, now: Instant) {
        let first = self.burst.map_or(now, |(first, _)| first);
        self.burst = Some((first, now));
    }

    /// When to look, if nothing else changes.
    pub(super) fn due(&self) -> Option<Instant> {
        self.burst
            .map(|(first, last)| (last + QUIET).min(first + PATIENCE))
    }

    /// Is it time to look? Ends the burst.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let is_due = self.due().is_some_and(|due| due <= now);
        if is_due {
            self.burst = None;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_change_is_due_after_the_quiet_period() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        assert!(!debounce.take(start));
        debounce.changed(start);
        assert!(!debounce.take(start + QUIET / 2));
        assert!(debounce.take(start + QUIET));
        assert!(!debounce.take(start + QUIET * 2), "the burst is over");
    }

    #[test]
    fn each_change_begins_the_quiet_period_anew() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        debounce.changed(start);
        debounce.changed(start + QUIET / 2);
        assert!(!debounce.take(start + QUIET));
        assert!(debounce.take(start + QUIET / 2 + QUIET));
    }

    #[test]
    fn what_never_rests_is_looked_at_all_the_same() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        let mut now = start;
        while now < start + PATIENCE {
            debounce.changed(now);
            assert!(!debounce.take(now));
            now += QUIET / 2;
        }
        assert!(debounce.take(start + PATIENCE));
    }
}
