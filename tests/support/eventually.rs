//! Waiting for a condition, with a deadline: never for a time.
//!
//! A test that waits two seconds and looks is slow on a good day and wrong on a bad one. These look again and again until
//! what they wait for is there, and fail, saying what it was, when it never comes.

use std::{
    thread,
    time::{Duration, Instant},
};

/// How long anything may take before a test calls it broken: far more than a busy machine with two cores needs.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// How long to leave the machine to the server between two looks.
pub(crate) const PAUSE: Duration = Duration::from_millis(15);

/// Looks until `look` finds something, and hands it over.
///
/// # Panics
/// When nothing was found before the [`DEADLINE`]; `what` says what was waited for.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            start.elapsed() < DEADLINE,
            "waited {DEADLINE:?} in vain: {what}"
        );
        thread::sleep(PAUSE);
    }
}

/// Waits until `condition` holds.
///
/// # Panics
/// When it did not hold before the [`DEADLINE`].
#[track_caller]
pub(crate) fn holds(what: &str, mut condition: impl FnMut() -> bool) {
    eventually(what, || condition().then_some(()));
}
