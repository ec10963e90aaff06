//! An open loop: requests are due at a steady rate, whether the server keeps up or not.
//!
//! Latency is measured from when a request was due, so that a server that stalls is charged for every request it keeps waiting, and not only for
//! the few that were under way ("coordinated omission").
//!
//! Uses: tokio, a thread (timers finer than a millisecond) · Never: what is asked

use std::{
    cell::Cell,
    io,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::{Notify, Semaphore};

/// Hands out the times at which requests are due.
pub(super) struct Schedule {
    next: Cell<Instant>,
    pause: Duration,
    timer: Timer,
    /// Only one connection at a time waits for the timer; others wait for it to be free.
    turn: Semaphore,
}

impl Schedule {
    /// So many requests per second, from now on.
    pub(super) fn start(rate: f64) -> io::Result<Self> {
        Ok(Self {
            next: Cell::new(Instant::now()),
            pause: Duration::from_secs_f64(1.0 / rate),
            timer: Timer::new()?,
            turn: Semaphore::new(1),
        })
    }

    /// Waits until a request is due, and says since when it is; nothing where it comes to the turn of one for which `is_wanted` is false by then.
    pub(super) async fn next(&self, is_wanted: impl Fn() -> bool) -> Option<Instant> {
        let Ok(_turn) = self.turn.acquire().await else {
            return Some(Instant::now());
        };
        if !is_wanted() {
            return None;
        }
        let due = self.next.get();
        self.next.set(due + self.pause);
        self.timer.until(due).await;
        Some(due)
    }
}

/// Rings at a time, on a thread of its own: the event loop's timers have a millisecond, a sleeping thread has a twentieth of that.
struct Timer {
    orders: mpsc::Sender<Instant>,
    rang: Arc<Notify>,
}

impl Timer {
    fn new() -> io::Result<Self> {
        let (orders, ordered) = mpsc::channel::<Instant>();
        let rang = Arc::new(Notify::new());
        let bell = Arc::clone(&rang);
        // Ends when the timer is dropped.
        thread::Builder::new()
            .name("load-timer".to_owned())
            .spawn(move || {
                for due in ordered {
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    bell.notify_one();
                }
            })?;
        Ok(Self { orders, rang })
    }

    async fn until(&self, due: Instant) {
        if Instant::now() >= due || self.orders.send(due).is_err() {
            return;
        }
        // It may ring for somebody who no longer waits.
        while Instant::now() < due {
            self.rang.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn requests_are_due_at_a_steady_rate_and_never_before() {
        let schedule = Schedule::start(2000.0).unwrap();
        let first = schedule.next(|| true).await.unwrap();
        for number in 1..50_u32 {
            let due = schedule.next(|| true).await.unwrap();
            assert_eq!(due, first + Duration::from_micros(500) * number);
            assert!(Instant::now() >= due);
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn who_comes_late_is_told_since_when_it_was_due() {
        let schedule = Schedule::start(1_000_000.0).unwrap();
        let first = schedule.next(|| true).await.unwrap();
        while first.elapsed() < Duration::from_millis(3) {
            tokio::task::yield_now().await;
        }
        let due = schedule.next(|| true).await.unwrap();
        assert_eq!(due, first + Duration::from_micros(1), "and not now");
    }
    #[tokio::test(flavor = "current_thread")]
    async fn who_is_not_wanted_any_more_takes_no_turn() {
        let schedule = Schedule::start(2000.0).unwrap();
        let first = schedule.next(|| true).await.unwrap();
        assert!(schedule.next(|| false).await.is_none());
        let due = schedule.next(|| true).await.unwrap();
        assert_eq!(due, first + Duration::from_micros(500));
    }
}
