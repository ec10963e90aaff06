//! What requests find wrong with the site, said without flooding the log.
//!
//! A large file that is being rewritten fails every request for it until the next snapshot: thousands a second. One line a second says as much.
//!
//! Uses: tracing, the clock · Never: replies

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use tracing::warn;

/// When the last line was written, in whole seconds since the first complaint, and how many were kept back since.
static LAST: AtomicU64 = AtomicU64::new(u64::MAX);
static KEPT_BACK: AtomicU64 = AtomicU64::new(0);

/// Says `what` went wrong, at most once a second.
pub(super) fn complain(what: &str) {
    static FIRST: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let second = FIRST.elapsed().as_secs();
    if LAST.swap(second, Ordering::Relaxed) == second {
        KEPT_BACK.fetch_add(1, Ordering::Relaxed);
        return;
    }
    match KEPT_BACK.swap(0, Ordering::Relaxed) {
        0 => warn!("{what}"),
        more => warn!("{what} (and {more} more like it)"),
    }
}
