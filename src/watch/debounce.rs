//! When has a burst of changes settled?
//!
//! A bundler empties its folder and writes it anew; a copy takes seconds. A look at the folder waits until nothing has changed for a moment, but not for
//! ever: something that never rests is looked at all the same.
//!
//! Uses: nothing of ours · Never: clock (it is given the time)

use std::time::{Duration, Instant};

/// Something has been changing for this long: look anyway.
const PATIENCE: Duration = Duration::from_secs(1);

/// A change that is told sooner after the end of a burst is taken for its continuation.
const CALM: Duration = Duration::from_millis(50);

/// A burst of changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Debounce {
    /// The first change of the burst, and the last so far.
    burst: Option<(Instant, Instant)>,
    /// Was any of them told by a watcher?
    is_told: bool,
    /// When the last burst ended that was told of. Looks that nobody asked for are none: each save is followed by one, and a quick hand's next save
    /// would have to wait for more.
    told_until: Option<Instant>,
}

impl Debounce {
    /// A watcher told that something changed.
    pub(super) fn told(&mut self, now: Instant) {
        self.is_told = true;
        self.changed(now);
    }

    /// There is a reason to look that nobody told.
    pub(super) fn changed(&mut self, now: Instant) {
        let first = self.burst.map_or(now, |(first, _)| first);
        self.burst = Some((first, self.burst.map_or(now, |(_, last)| last.max(now))));
    }

    /// Since when things have been changing.
    pub(super) fn since(&self) -> Option<Instant> {
        self.burst.map(|(first, _)| first)
    }

    /// When to look, if nothing else changes and that is quiet enough.
    pub(super) fn due(&self, quiet: Duration) -> Option<Instant> {
        self.burst
            .map(|(first, last)| (last + quiet).min(first + PATIENCE))
    }

    /// Is it time to look? Ends the burst, and tells when it began.
    pub(super) fn take(&mut self, now: Instant, quiet: Duration) -> Option<Instant> {
        let is_due = self.due(quiet).is_some_and(|due| due <= now);
        let since = self.since().filter(|_| is_due)?;
        self.burst = None;
        if std::mem::take(&mut self.is_told) {
            self.told_until = Some(now);
        }
        Some(since)
    }

    /// Is what is told now the first after a pause, and no part of what went before?
    pub(super) fn is_calm(&self, now: Instant) -> bool {
        self.told_until
            .is_none_or(|until| now.duration_since(until) > CALM)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_millis(60);

    #[test]
    fn a_single_change_is_due_after_the_quiet_period() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        assert!(debounce.take(start, QUIET).is_none());
        debounce.changed(start);
        assert!(debounce.take(start + QUIET / 2, QUIET).is_none());
        assert_eq!(debounce.take(start + QUIET, QUIET), Some(start));
        let over = debounce.take(start + QUIET * 2, QUIET);
        assert!(over.is_none(), "the burst is over");
    }

    #[test]
    fn without_a_quiet_period_it_is_due_at_once() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        debounce.changed(start);
        assert_eq!(debounce.take(start, Duration::ZERO), Some(start));
    }

    #[test]
    fn it_is_calm_again_after_a_pause_whatever_was_looked_at_unasked() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        assert!(debounce.is_calm(start));
        debounce.told(start);
        debounce.take(start, Duration::ZERO);
        assert!(!debounce.is_calm(start + CALM));
        let later = start + CALM * 2;
        debounce.changed(later);
        debounce.take(later, Duration::ZERO);
        assert!(debounce.is_calm(later), "nobody told of that look");
    }

    #[test]
    fn each_change_begins_the_quiet_period_anew() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        debounce.changed(start);
        debounce.changed(start + QUIET / 2);
        assert!(debounce.take(start + QUIET, QUIET).is_none());
        assert!(debounce.take(start + QUIET / 2 + QUIET, QUIET).is_some());
    }

    #[test]
    fn what_never_rests_is_looked_at_all_the_same() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        let mut now = start;
        while now < start + PATIENCE {
            debounce.changed(now);
            assert!(debounce.take(now, QUIET).is_none());
            now += QUIET / 2;
        }
        assert!(debounce.take(start + PATIENCE, QUIET).is_some());
    }
}
