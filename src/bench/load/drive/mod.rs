//! Driving load: one stretch of time against one target, on threads of its own.
//!
//! Each thread has one event loop and its share of the connections; nothing is shared between threads but two atomics. The loop is kept lean: a request costs
//! a write, a read, a look at the clock and the comparison of the reply.
//!
//! Uses: tokio, the pure parts of `load` · Never: what to ask or what is right (it is given both)

mod connection;
mod http1;
mod http2;
mod schedule;
mod stream;

use std::{
    cell::RefCell,
    io,
    net::SocketAddr,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

pub(super) use connection::Link;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

use super::{asset::Prepared, interrupt::Interrupt, scenario::Lane, tally::Tally};
use connection::{Order, Slot};
use http2::Channel;
use schedule::Schedule;

/// How to reach a target.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) address: SocketAddr,
    /// `Host`.
    pub(super) authority: String,
    /// TLS, and the name in the certificate.
    pub(super) tls: Option<(TlsConnector, ServerName<'static>)>,
    /// HTTP/2, by ALPN or with prior knowledge (RFC 9113 §3)? Else HTTP/1.1.
    pub(super) is_http2: bool,
    pub(super) timeout: Duration,
}

/// One stretch of load.
pub(super) struct Stretch<'s> {
    pub(super) wire: &'s Wire,
    pub(super) requests: &'s Arc<[Prepared]>,
    pub(super) lanes: &'s [Lane],
    pub(super) connections: usize,
    /// Requests at once on a connection: one for HTTP/1.1.
    pub(super) streams: usize,
    pub(super) threads: usize,
    pub(super) until: Until,
    pub(super) warm_up: Duration,
    /// Requests per second, for an open loop.
    pub(super) rate: Option<f64>,
}

/// When a stretch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    After(Duration),
    Requests(u64),
}

/// What a stretch gave.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) tally: Tally,
    pub(super) elapsed: Duration,
    /// CPU time of the server, where it can be told.
    pub(super) cpu: Option<Duration>,
}

const WARMING_UP: u8 = 0;
const MEASURING: u8 = 1;
const OVER: u8 = 2;

/// What all threads look at.
struct Shared {
    phase: AtomicU8,
    /// How many requests may still be made.
    left: AtomicU64,
    /// Are requests counted by when they were made, because their number is what ends the stretch? Else by when they were answered.
    by_number: bool,
}

/// What the connections of one thread share.
struct Context {
    shared: Arc<Shared>,
    wire: Wire,
    requests: Arc<[Prepared]>,
    schedule: Option<Schedule>,
    tally: RefCell<Tally>,
    /// Where everything is read into: content is compared and forgotten.
    scratch: RefCell<Vec<u8>>,
}

/// How much is read at once, in bytes.
const SCRATCH: usize = 256 * 1024;
/// How often the end of a stretch, and requests without an answer, are looked for.
const TICK: Duration = Duration::from_millis(5);

impl Context {
    fn phase(&self) -> u8 {
        self.shared.phase.load(Ordering::Relaxed)
    }

    /// Does a reply count that comes now, to a request that was made when it would have `counted`?
    fn counts(&self, counted: bool) -> bool {
        if self.shared.by_number {
            counted
        } else {
            self.phase() == MEASURING
        }
    }

    /// Are there requests to be made?
    fn is_wanting(&self) -> bool {
        self.phase() != OVER && self.shared.left.load(Ordering::Relaxed) > 0
    }

    /// When the next request was due, and whether it is one of those to be counted; nothing when there is none to be made. `now` is the time, as far as the
    /// caller knows.
    async fn next(&self, now: Instant) -> Option<(Instant, bool)> {
        let due = match &self.schedule {
            None => now,
            Some(schedule) => schedule.next(|| self.is_wanting()).await?,
        };
        // Only now: who has waited for the schedule since the warm-up makes a request that counts.
        let phase = self.phase();
        if phase == OVER {
            return None;
        }
        let is_left = |left: u64| left.checked_sub(1);
        self.shared
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, is_left)
            .ok()?;
        Some((due, phase == MEASURING))
    }
}

/// Drives one stretch of load. `cpu` tells the server's CPU time so far.
///
/// # Errors
/// When threads cannot be started.
pub(super) fn run(
    stretch: &Stretch<'_>,
    interrupt: &Interrupt,
    cpu: &dyn Fn() -> Option<Duration>,
) -> io::Result<Ran> {
    let is_warm = stretch.warm_up.is_zero();
    let shared = Arc::new(Shared {
        phase: AtomicU8::new(if is_warm { MEASURING } else { WARMING_UP }),
        left: AtomicU64::new(match stretch.until {
            Until::Requests(count) if is_warm => count,
            _ => u64::MAX,
        }),
        by_number: matches!(stretch.until, Until::Requests(_)),
    });
    let threads = stretch.threads.clamp(1, stretch.connections.max(1));
    let start = Instant::now();
    thread::scope(|scope| {
        let mut began = (start, cpu());
        let workers: Vec<_> = (0..threads)
            .map(|number| {
                let shared = Arc::clone(&shared);
                thread::Builder::new()
                    .name(format!("load-{number}"))
                    .spawn_scoped(scope, move || drive(stretch, shared, number, threads))
            })
            .collect::<io::Result<_>>()
            // Those that did start have to end, or the scope never does.
            .inspect_err(|_| shared.phase.store(OVER, Ordering::Relaxed))?;
        if !is_warm {
            interrupt.wait_until(start + stretch.warm_up);
            began = (Instant::now(), cpu());
            if let Until::Requests(count) = stretch.until {
                shared.left.store(count, Ordering::Relaxed);
            }
            shared.phase.store(MEASURING, Ordering::Relaxed);
        }
        match stretch.until {
            Until::After(duration) => {
                interrupt.wait_until(began.0 + duration);
            }
            Until::Requests(_) => {
                let is_over = || workers.iter().all(thread::ScopedJoinHandle::is_finished);
                while !is_over() && !interrupt.is_told() {
                    thread::sleep(Duration::from_millis(1));
                }
            }
        }
        let ended = (Instant::now(), cpu());
        shared.phase.store(OVER, Ordering::Relaxed);
        let mut tally = Tally::default();
        let mut last = began.0;
        for worker in workers {
            let of_thread = worker
                .join()
                .map_err(|_| io::Error::other("a thread of the load generator panicked"))??;
            tally.add(&of_thread.0);
            last = last.max(of_thread.1);
        }
        let end = match stretch.until {
            Until::After(_) => ended.0,
            Until::Requests(_) => last,
        };
        Ok(Ran {
            tally,
            elapsed: end.duration_since(began.0),
            cpu: began
                .1
                .zip(ended.1)
                .map(|(before, after)| after.saturating_sub(before)),
        })
    })
}

/// One thread: its share of the connections, until there is nothing more to ask. Gives also when its last reply came.
fn drive(
    stretch: &Stretch<'_>,
    shared: Arc<Shared>,
    number: usize,
    threads: usize,
) -> io::Result<(Tally, Instant)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let streams = stretch.streams.max(1);
    let connections = (0..stretch.connections).filter(|connection| connection % threads == number);
    #[expect(clippy::cast_precision_loss, reason = "few threads")]
    let rate = stretch.rate.map(|rate| rate / threads as f64);
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let context = Rc::new(Context {
            shared,
            wire: stretch.wire.clone(),
            requests: Arc::clone(stretch.requests),
            schedule: rate.map(Schedule::start).transpose()?,
            tally: RefCell::new(Tally::default()),
            scratch: RefCell::new(vec![0; SCRATCH]),
        });
        let parts = stretch.connections * streams;
        let mut slots: Vec<Slot> = connections
            .flat_map(|connection| {
                let shared = Rc::new(Channel::new(&context.wire));
                let parts = (0..streams).map(move |stream| connection * streams + stream);
                parts.map(move |part| (part, Rc::clone(&shared)))
            })
            .map(|(part, channel)| {
                let order = Order {
                    lanes: stretch.lanes,
                    part,
                    parts,
                };
                Slot::start(&context, &channel, order)
            })
            .collect();
        let mut tick = tokio::time::interval(TICK);
        while slots.iter().any(|slot| !slot.is_finished()) {
            tick.tick().await;
            for slot in &mut slots {
                slot.look_after(&context, stretch.lanes, parts);
            }
        }
        let last = slots
            .iter()
            .map(Slot::last)
            .max()
            .unwrap_or_else(Instant::now);
        let tally = context.tally.take();
        Ok((tally, last))
    })
}
