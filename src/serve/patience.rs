//! How long a connection may keep the server waiting, and for what.
//!
//! | it waits for | what is asked of the client | at most |
//! |---|---|---|
//! | content to be taken | 1 KiB of what it is owed | `send-timeout` |
//! | the head of a request that has begun | the rest of it | `head-timeout` |
//! | HTTP/1.1: the next request | a request | `keep-alive` |
//! | HTTP/2: the next request | a request | twice `http2-keep-alive`: by then it was told to go |
//! | HTTP/1.1: content that has yet to be made | nothing | – |
//! | a request to refuse, where there is no room | its TLS handshake; a request | a second for each |
//!
//! Where actix reads the requests of HTTP/1.1, it also has the time between them.
//!
//! It makes no difference whether a reader is slow by TCP or by leaving an HTTP/2 window at zero. While the network takes no more, bytes are counted where
//! they leave for it; while it would, what the windows of HTTP/2 let through of content, or else a client that takes nothing could go on for ever by asking
//! for the acknowledgement of PINGs and SETTINGS, which are bytes, too. The timer of TCP sees only the first kind; that of actix sees only the first head
//! of a connection.
//!
//! Time is looked at only when a connection has nothing to do: a timer is armed then, and asked four times within each limit, so that a limit holds to a half of itself. A request that is answered
//! at once costs nothing.
//!
//! Uses: tokio's timer, connection · Never: sockets

use std::{future::Future, pin::Pin, task::Context, time::Duration};

use actix_http::Protocol;
use tokio::time::{Instant, Sleep, sleep_until};

use super::{connection::Connection, limits::Limits};

/// How often a limit is looked at within its time.
const LOOKS: u32 = 4;

/// What a client has to take within [`Limits::send_timeout`], in bytes. Less is no reading.
const PROGRESS: usize = 1024;

/// How long one that there is no room for is kept, so that it can ask and be told; and before that, how long its TLS handshake may take.
pub(super) const REFUSED: Duration = Duration::from_secs(1);

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// That content is taken.
    Send,
    /// The rest of a head.
    Head,
    /// Another request over HTTP/2.
    Request,
    /// Another request over HTTP/1.1.
    Another,
}

/// The patience with one connection.
#[derive(Debug)]
pub(super) struct Patience {
    is_http2: bool,
    send: Duration,
    head: Duration,
    idle: Option<Duration>,
    timer: Option<Pin<Box<Sleep>>>,
    /// What is waited for since the timer was armed, and how often nothing had come.
    wait: Option<Wait>,
    looks: u32,
    /// How long the timer was set for, and whether it was running before the wait began: then its first look comes too soon to count.
    step: Duration,
    is_partial: bool,
    requests: u64,
    /// Bytes that left since the last look.
    sent: usize,
    /// How much content the windows of HTTP/2 had let through at the last look, in bytes.
    taken: u64,
}

impl Patience {
    pub(super) fn new(limits: &Limits, protocol: Protocol, is_refused: bool) -> Self {
        let is_http2 = protocol == Protocol::Http2;
        let idle = if is_refused {
            REFUSED
        } else {
            limits.http2_keep_alive * 2
        };
        Self {
            is_http2,
            send: limits.send_timeout,
            head: limits.head_timeout,
            idle: (is_http2 || is_refused).then_some(idle),
            timer: None,
            wait: None,
            looks: 0,
            step: Duration::ZERO,
            is_partial: false,
            requests: 0,
            sent: 0,
            taken: 0,
        }
    }

    /// Requests are to come, one this long after the other at most; or else somebody else looks after that.
    pub(super) fn expect_requests(&mut self, within: Option<Duration>) {
        self.idle = within;
    }

    /// Bytes left for the network.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.sent = self.sent.saturating_add(bytes);
    }

    /// The connection has nothing to do now. Says what was waited for in vain, if it was for too long.
    pub(super) fn ask(
        &mut self,
        connection: &Connection,
        is_blocked: bool,
        context: &mut Context<'_>,
    ) -> Option<Wait> {
        let wait = self.wait_of(connection, is_blocked);
        let Some((waits_for, limit)) = wait.map(|wait| (wait, self.limit(wait))) else {
            self.wait = None;
            return None;
        };
        let is_armed = self.timer.as_ref().is_some_and(|timer| !timer.is_elapsed());
        if wait != self.wait {
            self.begin(wait, connection);
            // One that goes off sooner will do: a connection that is busy now and then does not set it anew each time.
            self.is_partial = is_armed && self.step <= limit / LOOKS;
            if !self.is_partial {
                self.arm(limit / LOOKS, context);
            }
            return None;
        }
        if is_armed {
            return None;
        }
        if self.has_moved(connection, is_blocked) {
            self.begin(wait, connection);
        } else if !std::mem::take(&mut self.is_partial) {
            self.looks += 1;
        }
        if self.looks >= LOOKS {
            return Some(waits_for);
        }
        self.arm(limit / LOOKS, context);
        None
    }

    /// Waits for something from now on.
    fn begin(&mut self, wait: Option<Wait>, connection: &Connection) {
        self.wait = wait;
        self.looks = 0;
        self.is_partial = false;
        self.sent = 0;
        self.requests = connection.requests();
        self.taken = connection.taken();
    }

    fn limit(&self, wait: Wait) -> Duration {
        match wait {
            Wait::Send => self.send,
            Wait::Head => self.head,
            Wait::Request | Wait::Another => self.idle.unwrap_or(Duration::MAX),
        }
    }

    fn wait_of(&self, connection: &Connection, is_blocked: bool) -> Option<Wait> {
        if is_blocked || self.is_http2 && connection.under_way() > 0 {
            Some(Wait::Send)
        } else if connection.under_way() > 0 {
            // The network takes what there is: what comes next is for whoever makes it, a back end behind the development server for one.
            None
        } else if self.is_http2 {
            Some(Wait::Request)
        } else if connection.is_refused() {
            Some(Wait::Another)
        } else if connection.heard() > 0 {
            Some(Wait::Head)
        } else if self.idle.is_some() {
            let is_first = connection.requests() == 0;
            Some(if is_first { Wait::Head } else { Wait::Another })
        } else {
            None
        }
    }

    fn has_moved(&self, connection: &Connection, is_blocked: bool) -> bool {
        match self.wait {
            Some(Wait::Send) if self.is_http2 && !is_blocked => {
                connection.taken() - self.taken >= PROGRESS as u64
            }
            Some(Wait::Send) => self.sent >= PROGRESS,
            _ => self.requests != connection.requests(),
        }
    }

    fn arm(&mut self, after: Duration, context: &mut Context<'_>) {
        let deadline = Instant::now() + after;
        self.step = after;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        timer.as_mut().reset(deadline);
        // Registers the waker; a timer that has just been set has not gone off.
        let _ = timer.as_mut().poll(context);
    }
}
