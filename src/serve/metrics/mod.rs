//! What the server has done so far, in numbers.
//!
//! Each thread counts for itself, in cells that only it writes: a count is a load and a store that no other core waits for. Whoever reads adds them up. They
//! are of this process: nothing is lost when a worker ends, and two servers in one process, as in tests, count together.
//!
//! `text` writes them down, `skew` knows what a missing fingerprinted asset looks like.
//!
//! Uses: origin, snapshot, instead and room (their vocabulary), std · Never: sockets, the log

mod skew;
mod text;

use std::{
    cell::OnceCell,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

pub(super) use text::{State, text};

use super::{instead::Instead, room::Refusal};
use crate::{
    origin::{Outcome, Reply},
    snapshot::Kind,
};

/// Statuses that are counted one by one; the last place is for all others.
const STATUSES: [u16; 20] = [
    200, 204, 206, 301, 302, 303, 304, 307, 308, 400, 404, 405, 406, 412, 414, 416, 421, 431, 500,
    503,
];

/// What was asked for, as far as it is known.
const CLASSES: [&str; 5] = ["document", "fingerprinted", "asset", "redirect", "error"];

/// Why a connection was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Content was not taken.
    Send,
    /// A head did not come.
    Head,
    /// HTTP/2: no request came.
    Idle,
}

/// What is read again while the server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    /// policy.toml.
    Policy,
    /// The site.
    Site,
    /// Certificate and key.
    Certificate,
}

/// The counts of one thread.
#[derive(Debug, Default)]
struct Counts {
    requests: [[Count; STATUSES.len() + 1]; CLASSES.len()],
    sent: Count,
    saved_by_validation: Count,
    saved_by_coding: Count,
    missing_fingerprinted: Count,
    refused: [Count; 3],
    heads_too_large: Count,
    panics: Count,
    cut: [Count; 3],
    handshakes_failed: Count,
    accepted: Count,
    reloads: [Count; 3],
    reloads_failed: [Count; 3],
    lines_lost: Count,
}

/// A number that one thread writes and any may read.
#[derive(Debug, Default)]
struct Count(AtomicU64);

impl Count {
    fn add(&self, more: u64) {
        // No read-modify-write: nobody else writes.
        let now = self.0.load(Ordering::Relaxed);
        self.0.store(now.wrapping_add(more), Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counts of every thread that ever counted.
static ALL: Mutex<Vec<Arc<Counts>>> = Mutex::new(Vec::new());

thread_local! {
    static MINE: OnceCell<Arc<Counts>> = const { OnceCell::new() };
}

fn mine(count: impl FnOnce(&Counts)) {
    MINE.with(|mine| {
        count(mine.get_or_init(|| {
            let counts = Arc::<Counts>::default();
            let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Arc::clone(&counts));
            counts
        }));
    });
}

/// What there is to count of a reply, once it is known that it is this one that is sent.
///
/// Content that has to be opened may turn out not to be there any more, and then the reply is another one.
#[derive(Clone, Copy, Debug)]
#[must_use = "what is not counted is not in the metrics"]
pub(super) struct Tally {
    class: usize,
    status: usize,
    saved_by_validation: u64,
    saved_by_coding: u64,
    is_missing_fingerprinted: bool,
}

impl Tally {
    /// Of the reply to a request for `path`.
    pub(super) fn of(reply: &Reply<'_>, path: &str) -> Self {
        let class = match (reply.selected, reply.outcome) {
            (Some((resource, _)), _) => class_of(resource.kind),
            (None, Outcome::Redirected) => class_of(Kind::Redirect),
            (None, _) => class_of(Kind::Error),
        };
        let mut tally = Self {
            class,
            status: status_place(reply.status),
            saved_by_validation: 0,
            saved_by_coding: 0,
            is_missing_fingerprinted: false,
        };
        let Some((resource, representation)) = reply.selected else {
            tally.is_missing_fingerprinted =
                reply.outcome == Outcome::MissingAsset && skew::looks_fingerprinted(path);
            return tally;
        };
        if reply.status == 304 {
            tally.saved_by_validation = representation.content.length();
        } else if representation.coding.is_some() && reply.content.length() > 0 {
            let identity = resource.identity.content.length();
            tally.saved_by_coding = identity.saturating_sub(reply.content.length());
        }
        tally
    }

    /// The reply is sent.
    pub(super) fn count(self) {
        mine(|counts| {
            counts.requests[self.class][self.status].add(1);
            counts.saved_by_validation.add(self.saved_by_validation);
            counts.saved_by_coding.add(self.saved_by_coding);
            let missing = u64::from(self.is_missing_fingerprinted);
            counts.missing_fingerprinted.add(missing);
        });
    }
}

/// Counts an error that the server gives in place of the reply that it had decided on.
pub(super) fn failed(status: u16) {
    mine(|counts| counts.requests[class_of(Kind::Error)][status_place(status)].add(1));
}

/// Counts a panic whose request is answered, or cut short, elsewhere.
pub(super) fn panicked() {
    mine(|counts| counts.panics.add(1));
}

fn class_of(kind: Kind) -> usize {
    match kind {
        Kind::Document => 0,
        Kind::Fingerprinted => 1,
        Kind::Asset => 2,
        Kind::Redirect => 3,
        Kind::Error => 4,
    }
}

fn status_place(status: u16) -> usize {
    STATUSES
        .iter()
        .position(|known| *known == status)
        .unwrap_or(STATUSES.len())
}

/// Counts bytes given to the network.
pub(super) fn sent(bytes: usize) {
    mine(|counts| counts.sent.add(bytes as u64));
}

/// Counts a connection.
pub(super) fn accepted() {
    mine(|counts| counts.accepted.add(1));
}

/// Counts a connection that there was no room for.
pub(super) fn refused(refusal: Refusal) {
    mine(|counts| match refusal {
        Refusal::Full => counts.refused[0].add(1),
        Refusal::Client => counts.refused[1].add(1),
    });
}

/// Counts a reply that the gate gave in place of the application.
pub(super) fn instead(why: Instead) {
    mine(|counts| {
        match why {
            // The connection was counted when it came.
            Instead::NoRoom => {}
            Instead::TooManyStreams => counts.refused[2].add(1),
            Instead::TargetTooLong | Instead::HeadTooLarge => counts.heads_too_large.add(1),
            Instead::Panic => counts.panics.add(1),
        }
    });
    failed(why.status());
}

/// Counts a connection that was cut off.
pub(super) fn cut(cut: Cut) {
    mine(|counts| counts.cut[cut as usize].add(1));
}

/// Counts a TLS handshake that came to nothing.
pub(super) fn handshake_failed() {
    mine(|counts| counts.handshakes_failed.add(1));
}

/// Counts lines of the access log that could not be written, or not in time.
pub(super) fn lines_lost(lines: u64) {
    mine(|counts| counts.lines_lost.add(lines));
}

/// Counts something that was read again and is in force.
pub fn reloaded(what: Reload) {
    mine(|counts| counts.reloads[what as usize].add(1));
}

/// Counts something that was read again and cannot be used.
pub fn reload_failed(what: Reload) {
    mine(|counts| counts.reloads_failed[what as usize].add(1));
}
