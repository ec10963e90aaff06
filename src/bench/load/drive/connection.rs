//! One connection of the load: asks, checks, counts, and opens another connection where one is closed.
//!
//! Uses: tokio, http1, the pure parts of `load` · Never: which request is next (a sequence knows)

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::task::AbortHandle;

use super::{
    Context, OVER, WARMING_UP, Wire,
    http1::{Http1, Received},
    http2::{Channel, Http2},
    stream::{self, Stream},
};
use crate::{
    bench::load::{
        asset::Prepared,
        scenario::{Lane, Sequence},
        tally::Counted,
        verify::Check,
        wire::Sink,
    },
    http::FieldSource,
};

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::bench::load) enum Fault {
    /// No connection, or it was lost before anything was answered.
    Connection(String),
    /// The connection was closed between two requests.
    Idle,
    /// The connection was closed in the middle of a reply.
    CutShort,
    /// What came was no reply.
    Malformed(String),
    /// Nothing came for too long.
    Timeout(Duration),
}

impl Fault {
    fn about(&self) -> &'static str {
        match self {
            Self::Connection(_) | Self::Idle => "connection",
            Self::CutShort => "cut short",
            Self::Malformed(_) => "malformed",
            Self::Timeout(_) => "timeout",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(why) => write!(formatter, "no connection: {why}"),
            Self::Idle => formatter.write_str("the connection was closed without an answer"),
            Self::CutShort => {
                formatter.write_str("the connection was closed in the middle of the reply")
            }
            Self::Malformed(why) => formatter.write_str(why),
            Self::Timeout(after) => write!(formatter, "no reply within {after:?}"),
        }
    }
}

impl Sink for Check<'_> {
    fn head(&mut self, status: u16, fields: &impl FieldSource) {
        Check::head(self, status, fields);
    }

    fn content(&mut self, piece: &[u8]) {
        Check::content(self, piece);
    }
}

/// A way to ask: a connection, or a share of one, opened when it is needed.
pub(in crate::bench::load) struct Link {
    wire: Wire,
    speaks: Speaks,
}

enum Speaks {
    Http1 {
        open: Option<Http1<Stream>>,
        received: Rc<Cell<u64>>,
        opened: u64,
    },
    Http2(Http2),
}

impl Link {
    /// A link of its own.
    pub(in crate::bench::load) fn new(wire: &Wire) -> Self {
        Self::on(wire, &Rc::new(Channel::new(wire)))
    }

    /// A link that shares `channel`, if HTTP/2 is spoken.
    fn on(wire: &Wire, channel: &Rc<Channel>) -> Self {
        let speaks = if wire.is_http2 {
            Speaks::Http2(Http2::new(channel))
        } else {
            Speaks::Http1 {
                open: None,
                received: Rc::default(),
                opened: 0,
            }
        };
        Self {
            wire: wire.clone(),
            speaks,
        }
    }

    /// Bytes received and connections opened since this was last asked.
    fn take_counts(&mut self) -> (u64, u64) {
        match &mut self.speaks {
            Speaks::Http1 {
                received, opened, ..
            } => (received.take(), std::mem::take(opened)),
            Speaks::Http2(http2) => http2.channel().take_counts(),
        }
    }

    /// Asks, on the connection there is or on a new one, and once more where a kept connection turns out to be closed.
    pub(in crate::bench::load) async fn ask(
        &mut self,
        prepared: &Prepared,
        sink: &mut impl Sink,
        scratch: &RefCell<Vec<u8>>,
    ) -> Result<(), Fault> {
        loop {
            let asked = match &mut self.speaks {
                Speaks::Http2(http2) => http2.exchange(prepared, sink).await,
                Speaks::Http1 {
                    open,
                    received,
                    opened,
                } => {
                    let mut connection = if let Some(connection) = open.take() {
                        connection
                    } else {
                        let stream = stream::open(&self.wire, received)
                            .await
                            .map_err(|error| Fault::Connection(error.to_string()))?;
                        *opened += 1;
                        Http1::new(stream)
                    };
                    match connection.exchange(&prepared.http1, sink, scratch).await {
                        Ok(Received { closes }) => {
                            *open = (!closes).then_some(connection);
                            Ok(())
                        }
                        Err(fault) => Err(fault),
                    }
                }
            };
            match asked {
                Err(Fault::Idle) => {}
                asked => return asked,
            }
        }
    }
}

/// What a slot asks for: its part of so many parts of all lanes.
#[derive(Clone, Copy)]
pub(super) struct Order<'o> {
    pub(super) lanes: &'o [Lane],
    pub(super) part: usize,
    pub(super) parts: usize,
}

/// A connection's task, or that of one of its streams, and what is known about it from outside.
pub(super) struct Slot {
    part: usize,
    channel: Rc<Channel>,
    task: AbortHandle,
    state: Rc<State>,
}

struct State {
    /// When the request under way was due, and which it is.
    asking: Cell<Option<(Instant, usize)>>,
    /// When the last reply came.
    last: Cell<Instant>,
}

/// How long to wait after a connection failed: a server that is gone is not to be hammered.
const AFTER_FAULT: Duration = Duration::from_millis(20);

impl Slot {
    pub(super) fn start(context: &Rc<Context>, channel: &Rc<Channel>, order: Order<'_>) -> Self {
        let state = Rc::new(State {
            asking: Cell::new(None),
            last: Cell::new(Instant::now()),
        });
        let sequence = Sequence::new(order.lanes, order.part, order.parts);
        let link = Link::on(&context.wire, channel);
        let task = keep_asking(Rc::clone(context), link, sequence, Rc::clone(&state));
        Self {
            part: order.part,
            channel: Rc::clone(channel),
            task: tokio::task::spawn_local(task).abort_handle(),
            state,
        }
    }

    pub(super) fn is_finished(&self) -> bool {
        self.task.is_finished()
    }

    pub(super) fn last(&self) -> Instant {
        self.state.last.get()
    }

    /// Gives up a request that was not answered in time, and begins anew on another connection. At the end, lets go of whoever waits for a request.
    pub(super) fn look_after(&mut self, context: &Rc<Context>, lanes: &[Lane], parts: usize) {
        let timeout = context.wire.timeout;
        if context.phase() == OVER && self.state.asking.get().is_none() {
            self.task.abort();
        }
        let Some((_, number)) = self
            .state
            .asking
            .get()
            .filter(|(since, _)| !self.is_finished() && since.elapsed() > timeout)
        else {
            return;
        };
        self.task.abort();
        count_fault(context, &context.requests[number], &Fault::Timeout(timeout));
        let last = self.last();
        let order = Order {
            lanes,
            part: self.part,
            parts,
        };
        *self = Self::start(context, &Rc::clone(&self.channel), order);
        self.state.last.set(last);
    }
}

async fn keep_asking(
    context: Rc<Context>,
    mut link: Link,
    mut sequence: Sequence,
    state: Rc<State>,
) {
    let mut now = Instant::now();
    while let Some((due, is_counted)) = context.next(now).await {
        let Some(number) = sequence.advance() else {
            break;
        };
        let prepared = &context.requests[number];
        // From when it was sent: what it waited for a free connection is part of its latency, but no reason to give it up.
        state.asking.set(Some((now.max(due), number)));
        let mut check = Check::new(&prepared.expected);
        let asked = link.ask(prepared, &mut check, &context.scratch).await;
        now = Instant::now();
        state.asking.set(None);
        state.last.set(now);
        let (bytes, opened) = link.take_counts();
        context.tally.borrow_mut().connections += opened;
        match asked {
            Ok(()) if context.counts(is_counted) => {
                count_reply(&context, prepared, check, bytes, now - due);
            }
            Ok(()) => context.tally.borrow_mut().unmeasured += 1,
            Err(fault) => {
                count_fault(&context, prepared, &fault);
                tokio::time::sleep(AFTER_FAULT).await;
                now = Instant::now();
            }
        }
    }
}

fn count_reply(
    context: &Context,
    prepared: &Prepared,
    check: Check<'_>,
    bytes: u64,
    latency: Duration,
) {
    let mut tally = context.tally.borrow_mut();
    tally.reply(Counted {
        status: check.status(),
        bytes,
        content_bytes: check.length(),
        latency,
    });
    match check.finish() {
        None => tally.verified += 1,
        Some(wrong) => tally.error(wrong.about(), || format!("{}: {wrong}", what(prepared))),
    }
}

/// A request that fails after the end has begun before it: it counts.
fn count_fault(context: &Context, prepared: &Prepared, fault: &Fault) {
    let mut tally = context.tally.borrow_mut();
    if context.phase() == WARMING_UP {
        tally.unmeasured += 1;
    } else {
        tally.error(fault.about(), || format!("{}: {fault}", what(prepared)));
    }
}

/// The request, for people.
fn what(prepared: &Prepared) -> String {
    let with = prepared
        .fields
        .iter()
        .find(|(name, _)| name.starts_with("if-"))
        .map(|(name, value)| format!(" ({name}: {})", String::from_utf8_lossy(value)))
        .unwrap_or_default();
    format!("GET {}{with}", prepared.target)
}
