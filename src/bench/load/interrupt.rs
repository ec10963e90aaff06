//! Being told to stop: what was measured until then is reported, and a server that was started is ended.
//!
//! Uses: tokio (signals), a thread · Never: measuring

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio::signal::unix::{SignalKind, signal};

/// Says whether SIGINT or SIGTERM came.
#[derive(Clone, Debug, Default)]
pub(in crate::bench) struct Interrupt(Arc<AtomicBool>);

/// How often somebody who waits looks.
const LOOK: Duration = Duration::from_millis(20);

impl Interrupt {
    /// Listens from now on, until the program ends.
    pub(super) fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        let told = interrupt.clone();
        let (ready, caught) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let (Ok(mut interrupted), Ok(mut terminated)) = (
                        signal(SignalKind::interrupt()),
                        signal(SignalKind::terminate()),
                    ) else {
                        return;
                    };
                    // Whoever started this has not gone.
                    let _ = ready.send(());
                    tokio::select! {
                        _ = interrupted.recv() => {}
                        _ = terminated.recv() => {}
                    }
                    told.0.store(true, Ordering::Relaxed);
                });
            })?;
        // Not before signals are caught. An error means that they cannot be: then they end the program, as they do any other.
        let _ = caught.recv();
        Ok(interrupt)
    }

    /// Has somebody said to stop?
    pub(super) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits until told to stop.
    pub(super) async fn told(&self) {
        while !self.is_told() {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What comes over `from`, if it comes before `end` and before somebody says to stop.
    pub(super) fn receive<T>(&self, from: &mpsc::Receiver<T>, end: Option<Instant>) -> Option<T> {
        while !self.is_told() && end.is_none_or(|end| Instant::now() < end) {
            match from.recv_timeout(LOOK) {
                Ok(received) => return Some(received),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
            }
        }
        None
    }

    /// Waits until `end`, or until told to stop.
    pub(super) fn wait_until(&self, end: Instant) {
        while !self.is_told() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            thread::sleep(left.min(LOOK));
        }
    }
}
