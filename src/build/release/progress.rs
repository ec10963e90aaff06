//! How far a build is, and how long each step took.
//!
//! Uses: std · Never: printing

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, as a participle: `reading`.
    pub step: &'static str,
    /// How many things are done.
    pub done: usize,
    /// Of how many.
    pub of: usize,
}

/// Watches a build and tells somebody.
pub(super) struct Watch<'w> {
    tell: &'w (dyn Fn(Progress) + Sync),
    done: AtomicUsize,
    now: Mutex<(&'static str, usize, Instant)>,
    took: Mutex<Vec<(&'static str, Duration)>>,
}

/// How many things are done between two messages.
const EVERY: usize = 64;

impl<'w> Watch<'w> {
    pub(super) fn new(tell: &'w (dyn Fn(Progress) + Sync)) -> Self {
        Self {
            tell,
            done: AtomicUsize::new(0),
            now: Mutex::new(("", 0, Instant::now())),
            took: Mutex::default(),
        }
    }

    /// Begins a step with `of` things to do, and ends the one before.
    pub(super) fn begin(&self, step: &'static str, of: usize) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, _, began) = std::mem::replace(&mut *now, (step, of, Instant::now()));
        if !before.is_empty() {
            let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
            // What has to be done again is one step to whoever waits.
            match took.iter_mut().find(|(step, _)| *step == before) {
                Some((_, all)) => *all += began.elapsed(),
                None => took.push((before, began.elapsed())),
            }
        }
        self.done.store(0, Ordering::Relaxed);
        (self.tell)(Progress { step, done: 0, of });
    }

    /// One thing is done.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(EVERY) {
            let (step, of, _) = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
            (self.tell)(Progress { step, done, of });
        }
    }

    /// Ends the last step. Gives how long each took.
    pub(super) fn end(self) -> Vec<(&'static str, Duration)> {
        self.begin("", 0);
        self.took
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
