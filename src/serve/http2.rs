//! HTTP/2: the h2 crate's server around [`adapt::answer`], on one task per connection.
//!
//! A request is answered where it is read. Content in memory is given to the connection whole, as the reference-counted bytes that it is: the
//! connection sends what the client's windows allow, and nothing has to wait for it. Only content in a file gets a task of its own.
//!
//! What a turn of the task writes is sent at its end, once (`serve/records.rs`).
//!
//! Implements RFC 9113 §6.8 (graceful shutdown), §8.1 on top of h2.
//!
//! Uses: h2, adapt · Never: policy, files

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    io::{self, IoSlice},
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use ::http::{
    HeaderValue, Request, Response,
    header::{CONTENT_LENGTH, DATE, STRICT_TRANSPORT_SECURITY},
    request::Parts,
};
use actix_web::{
    body::{BodySize, MessageBody},
    rt,
};
use arc_swap::Guard;
use bytes::{Buf, Bytes};
use h2::{
    Reason, RecvStream,
    server::{Builder, SendResponse},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, sleep, timeout},
};
use tracing::debug;

use super::{
    access_log,
    adapt::{self, Asked},
    connection::{Connection, UnderWay},
    content::{Body, Pieces, Sending},
    instead::Instead,
    line::Line,
    metrics::{self, Cut},
    stack::CLOSING,
    worker::Worker,
};
use crate::http::HttpDate;

/// Requests have no content that anybody reads: what is sent all the same gets a small window.
const WINDOW: u32 = 64 * 1024;

/// The most content that is queued in one piece: a stream's window has 31 bits (RFC 9113 §6.9.1).
const PART: usize = 1 << 30;

/// Serves one connection to its end.
pub(super) async fn serve(line: Line, client: Option<SocketAddr>, worker: Rc<Worker>) {
    let peer = Peer {
        address: client,
        connection: Rc::clone(line.connection()),
        worker,
    };
    let line = Rc::new(RefCell::new(line));
    let conversation = converse(Unflushed(Rc::clone(&line)), &peer);
    if let Err(error) = in_turns(&line, conversation).await {
        debug!(%error, "an HTTP/2 connection ended early");
    }
}

/// Whom one connection is with.
struct Peer {
    address: Option<SocketAddr>,
    connection: Rc<Connection>,
    worker: Rc<Worker>,
}

/// Polls `conversation`, and sends what each poll wrote when it is over.
async fn in_turns(
    line: &RefCell<Line>,
    conversation: impl Future<Output = Result<(), h2::Error>>,
) -> Result<(), h2::Error> {
    let mut conversation = pin!(conversation);
    poll_fn(|context| {
        let turn = conversation.as_mut().poll(context);
        match Pin::new(&mut *line.borrow_mut()).poll_flush(context) {
            // The socket is gone; reading will say so to whoever is interested.
            Poll::Ready(Err(_)) => Poll::Ready(Ok(())),
            Poll::Ready(Ok(())) | Poll::Pending => turn,
        }
    })
    .await
}

async fn converse(io: Unflushed, peer: &Peer) -> Result<(), h2::Error> {
    let worker = &peer.worker;
    let streams = u32::try_from(worker.limits.max_streams).unwrap_or(u32::MAX);
    let fields = u32::try_from(worker.limits.max_head_size).unwrap_or(u32::MAX);
    let keep_alive = worker.limits.http2_keep_alive;
    let mut builder = Builder::new();
    builder
        .max_concurrent_streams(streams)
        .max_header_list_size(fields)
        .initial_window_size(WINDOW)
        .initial_connection_window_size(WINDOW);
    let handshake = timeout(worker.limits.head_timeout, builder.handshake(io));
    let mut connection = tokio::select! {
        biased;
        shaken = handshake => {
            let Ok(connection) = shaken else {
                metrics::cut(Cut::Head);
                return Ok(());
            };
            connection?
        }
        () = worker.stopped_since(CLOSING) => return Ok(()),
    };
    let mut stopping = pin!(worker.stopping());
    let mut is_ending = false;
    let mut is_leaving = false;
    let mut asked = adapt::now();
    let mut look = pin!(sleep(keep_alive));
    loop {
        tokio::select! {
            biased;
            accepted = connection.accept() => match accepted {
                Some(accepted) => {
                    let (request, respond) = accepted?;
                    asked = adapt::now();
                    answer(request, respond, peer, asked);
                    if peer.connection.is_refused() && !is_ending {
                        is_ending = true;
                        connection.graceful_shutdown();
                        look.as_mut().reset(Instant::now() + CLOSING);
                    }
                }
                None => return Ok(()),
            },
            () = &mut stopping, if !is_ending => {
                is_ending = true;
                connection.graceful_shutdown();
                look.as_mut().reset(Instant::now() + CLOSING);
            }
            () = &mut look => {
                if is_ending {
                    // A client that does not answer the PING, or goes on asking, is not waited for; what is under way is, where there is room for it.
                    if peer.connection.under_way() == 0 || peer.connection.is_refused() {
                        connection.abrupt_shutdown(Reason::NO_ERROR);
                    }
                    look.as_mut().reset(Instant::now() + CLOSING);
                    continue;
                }
                let now = adapt::now();
                if peer.connection.under_way() > 0 {
                    asked = now;
                }
                let idle = now.saturating_since(asked);
                if idle >= keep_alive {
                    // It was told a while ago, and answers nothing: not even the PING that ends a graceful shutdown.
                    if is_leaving {
                        metrics::cut(Cut::Idle);
                        return Ok(());
                    }
                    is_leaving = true;
                    connection.graceful_shutdown();
                }
                let next = keep_alive.saturating_sub(idle).max(Duration::from_secs(1));
                look.as_mut().reset(Instant::now() + next);
            }
        }
    }
}

/// Answers one request. A defect that shows as a panic takes down this stream and no other: where no head has been sent yet, with a 500.
fn answer(
    request: Request<RecvStream>,
    respond: SendResponse<Outgoing>,
    peer: &Peer,
    now: HttpDate,
) {
    // Content of the request is not read: dropping its half of the stream tells the connection so (RFC 9113 §8.1).
    let (parts, _) = request.into_parts();
    let reply = AssertUnwindSafe(|| reply(parts, respond, peer, now));
    match catch_unwind(reply) {
        // The response, dropped on the way, has reset its stream.
        Err(_) => metrics::panicked(),
        Ok(Err(error)) => debug!(%error, "a reply was not sent"),
        Ok(Ok(())) => {}
    }
}

fn reply(
    parts: Parts,
    respond: SendResponse<Outgoing>,
    peer: &Peer,
    now: HttpDate,
) -> Result<(), h2::Error> {
    let worker = &peer.worker;
    let (published, client, date) = (worker.current.load(), peer.address, worker.date(now));
    peer.connection.request();
    let under_way = peer.connection.reply();
    let instead = |why: Instead| {
        metrics::instead(why);
        let (head, text): (Response<()>, Bytes) = why.reply();
        (head, Body::Ready(Sending::Held(text)))
    };
    let asked = Asked::of(&parts, client);
    let (head, body) = if peer.connection.is_refused() {
        instead(Instead::NoRoom)
    } else {
        let answer = AssertUnwindSafe(|| adapt::answer(&published, &asked, now));
        catch_unwind(answer).unwrap_or_else(|_| instead(Instead::Panic))
    };
    let content = match body {
        Body::Ready(sending) => {
            let sending = sending.in_reply_to(asked.method);
            access_log::log(&asked, head.status().as_u16(), sending.bytes());
            return send(
                dated(head, &sending, date, worker),
                sending,
                respond,
                under_way,
            );
        }
        Body::Unopened(content) => content,
    };
    let published = Guard::into_inner(published);
    let worker = Rc::clone(worker);
    rt::spawn(counting_a_panic(async move {
        let (head, sending) = match content.open().await {
            Ok(sending) => (head, sending),
            Err(error) => adapt::failure(&published, error),
        };
        let asked = Asked::of(&parts, client);
        access_log::log(&asked, head.status().as_u16(), sending.bytes());
        let head = dated(head, &sending, date, &worker);
        let sent = match sending {
            Sending::Pieces(pieces) => send_pieces(head, pieces, respond, under_way).await,
            other => send(head, other, respond, under_way),
        };
        if let Err(error) = sent {
            debug!(%error, "a reply was not sent");
        }
    }));
    Ok(())
}

/// Polls `task` to its end, which a panic is, too: its stream is reset as it is dropped.
async fn counting_a_panic(task: impl Future<Output = ()>) {
    let mut task = pin!(task);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(context)));
        polled.unwrap_or_else(|_| {
            metrics::panicked();
            Poll::Ready(())
        })
    })
    .await;
}

/// The head with what belongs to the message rather than to the representation.
fn dated(
    mut head: Response<()>,
    sending: &Sending,
    date: HeaderValue,
    worker: &Worker,
) -> Response<()> {
    let fields = head.headers_mut();
    match sending.size() {
        BodySize::Sized(length) => drop(fields.insert(CONTENT_LENGTH, length.into())),
        BodySize::None | BodySize::Stream => drop(fields.remove(CONTENT_LENGTH)),
    }
    fields.insert(DATE, date);
    if let Some(hsts) = &worker.hsts {
        fields.insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
    }
    head
}

/// Sends a head, and content that is in memory.
fn send(
    head: Response<()>,
    sending: Sending,
    mut respond: SendResponse<Outgoing>,
    under_way: UnderWay,
) -> Result<(), h2::Error> {
    let mut bytes = match sending {
        Sending::Held(bytes) => bytes,
        Sending::Nothing | Sending::Announced(_) | Sending::Pieces(_) => Bytes::new(),
    };
    let mut stream = respond.send_response(head, bytes.is_empty())?;
    if bytes.is_empty() {
        return Ok(());
    }
    while bytes.len() > PART {
        stream.send_data(Outgoing::part(bytes.split_to(PART), &under_way), false)?;
    }
    stream.send_data(Outgoing::last(bytes, under_way), true)
}

/// Sends a head, and content of which a part has to be read.
async fn send_pieces(
    head: Response<()>,
    mut pieces: Pieces,
    mut respond: SendResponse<Outgoing>,
    under_way: UnderWay,
) -> Result<(), h2::Error> {
    let mut stream = respond.send_response(head, false)?;
    while let Some(piece) = poll_fn(|context| pieces.poll_next(context)).await {
        let Ok(mut piece) = piece else {
            // What was announced cannot be sent: the client must not take what it has for the whole (§8.1.1).
            stream.send_reset(Reason::INTERNAL_ERROR);
            return Ok(());
        };
        while !piece.is_empty() {
            stream.reserve_capacity(piece.len());
            let Some(room) = poll_fn(|context| stream.poll_capacity(context)).await else {
                return Ok(());
            };
            let part = piece.split_to(room?.min(piece.len()));
            stream.send_data(Outgoing::part(part, &under_way), false)?;
        }
    }
    stream.send_data(Outgoing::last(Bytes::new(), under_way), true)
}

/// Content on its way. The reply is under way until the connection has sent the last of it, or given it up.
struct Outgoing {
    bytes: Bytes,
    connection: Rc<Connection>,
    _under_way: Option<UnderWay>,
}

impl Outgoing {
    /// Content that more follows.
    fn part(bytes: Bytes, of: &UnderWay) -> Self {
        Self {
            bytes,
            connection: Rc::clone(of.connection()),
            _under_way: None,
        }
    }

    /// The last of the content.
    fn last(bytes: Bytes, of: UnderWay) -> Self {
        Self {
            bytes,
            connection: Rc::clone(of.connection()),
            _under_way: Some(of),
        }
    }
}

impl Buf for Outgoing {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.connection.take(count);
    }
}

/// What the connection reads from and writes to: flushing is left to the turn's end.
struct Unflushed(Rc<RefCell<Line>>);

impl AsyncRead for Unflushed {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_read(context, into)
    }
}

impl AsyncWrite for Unflushed {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_shutdown(context)
    }
}
