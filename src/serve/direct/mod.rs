//! HTTP/1.1 without a detour: a GET or HEAD whose head came in one piece is answered where it was read, and its reply is written from the bytes that the
//! snapshot holds.
//!
//! Nearly every request is of this kind. Any other (another method or version, content, an upgrade, a head in several pieces, a doubtful target) is left unread,
//! and actix has the connection from then on; so it is when there is no room for the connection, or the server stops. What is refused, and how, is
//! decided there and in the gate, not here.
//!
//! A connection that waits for its next request has no buffer.
//!
//! Implements RFC 9112 §9.3 (persistence) and §9.3.2 (pipelining) for these requests.
//!
//! Uses: tokio, adapt, content · Never: policy, files

mod reply;
mod request;

use std::{
    fs::File,
    future::{Future, poll_fn},
    io,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};

use ::http::StatusCode;
use arc_swap::Guard;
use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

pub(super) use self::reply::write_line;
pub use self::request::Plain;
use self::{
    reply::{Ending, Written},
    request::PlainHead,
};
use super::{
    access_log, adapt,
    content::{Body, Sending, Unopened},
    instead::Instead,
    line::Line,
    metrics, sealed,
    stack::CLOSING,
    state::Published,
    worker::Worker,
};

/// Up to how many bytes content is copied behind its head: writing two slices costs the kernel about as much.
const COPIED: usize = 4 * 1024;

/// From how many bytes on the replies to pipelined requests are sent before the next is read.
const GATHERED: usize = 16 * 1024;

/// Serves a connection as long as its requests are of the plain kind. Gives the line back with the first that is not, still to be read; `None` when
/// the connection has ended.
///
/// # Errors
/// When the client is gone, does not take what it is owed, or content is no longer what was announced.
pub(super) async fn serve(
    mut line: Line,
    client: Option<SocketAddr>,
    worker: &Worker,
) -> io::Result<Option<Line>> {
    if line.connection().is_refused() {
        return Ok(Some(line));
    }
    line.expect_requests(Some(worker.limits.keep_alive));
    let mut stopping = pin!(worker.stopping());
    loop {
        let heard = match listen(&mut line, worker, stopping.as_mut()).await? {
            Heard::Bytes(heard) => heard,
            Heard::Stop => break,
            Heard::End => {
                let _ = timeout(CLOSING, line.shutdown()).await;
                return Ok(None);
            }
        };
        let Some(answered) = answer_all(&mut line, &heard, client, worker).await? else {
            // A client that does not wait for the end need not have it.
            let _ = timeout(CLOSING, close(&mut line, heard)).await;
            return Ok(None);
        };
        let rest = &heard[answered..];
        if !rest.is_empty() {
            line.unread(Bytes::copy_from_slice(rest));
            break;
        }
        worker.give_back(heard);
    }
    line.expect_requests(None);
    Ok(Some(line))
}

/// What there is to do next.
enum Heard {
    /// At least one byte came.
    Bytes(Vec<u8>),
    /// The client has nothing more to ask, or has not asked for too long.
    End,
    /// The server stops.
    Stop,
}

/// Waits for bytes. There is a buffer for them only when they are there.
async fn listen(
    line: &mut Line,
    worker: &Worker,
    mut stopping: Pin<&mut impl Future<Output = ()>>,
) -> io::Result<Heard> {
    poll_fn(|context| {
        let mut buffer = worker.lend();
        let read = pin!(line.read_buf(&mut buffer)).poll(context);
        match read {
            Poll::Ready(Ok(1..)) => return Poll::Ready(Ok(Heard::Bytes(buffer))),
            Poll::Ready(Ok(0)) => return Poll::Ready(Ok(Heard::End)),
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::TimedOut => {
                return Poll::Ready(Ok(Heard::End));
            }
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Pending => worker.give_back(buffer),
        }
        stopping.as_mut().poll(context).map(|()| Ok(Heard::Stop))
    })
    .await
}

/// Ends a connection on which the client may have sent more: closed with that unread, it would be reset, and the last reply lost (RFC 9112 §9.6).
async fn close(line: &mut Line, mut buffer: Vec<u8>) -> io::Result<()> {
    line.shutdown().await?;
    loop {
        buffer.clear();
        if line.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

/// Answers the requests that `heard` begins with, in order, and says where the first begins that is not plain; `None` after one that was to be the last.
async fn answer_all(
    line: &mut Line,
    heard: &[u8],
    client: Option<SocketAddr>,
    worker: &Worker,
) -> io::Result<Option<usize>> {
    let mut answered = 0;
    let mut is_last = false;
    let mut out = worker.lend();
    while !is_last
        && answered < heard.len()
        && let Some(begun) = answer(line, &heard[answered..], client, worker, &mut out)
    {
        let request = &heard[answered..answered + begun.length];
        answered += begun.length;
        is_last = begun.is_last;
        match begun.then {
            Then::Next if out.len() < GATHERED => {}
            Then::Next => {
                line.write_all(&out).await?;
                out.clear();
            }
            Then::Send(content) => {
                line.write_all_buf(&mut Buf::chain(out.as_slice(), content))
                    .await?;
                out.clear();
            }
            Then::SendFile(file, content) => {
                sealed::send(line, &out, &content, &file).await?;
                out.clear();
            }
            Then::Open(opening) => {
                line.write_all(&out).await?;
                out.clear();
                // Rare, and large as futures go: not every connection has to have the room for it.
                Box::pin(opening.send(line, request, client)).await?;
            }
        }
    }
    line.write_all(&out).await?;
    line.flush().await?;
    worker.give_back(out);
    Ok((!is_last).then_some(answered))
}

/// A request that is answered, at least in part.
struct Begun {
    /// How many bytes it had.
    length: usize,
    /// Is it the last of its connection?
    is_last: bool,
    then: Then,
}

/// What is left to do for a request.
enum Then {
    /// Its reply is written.
    Next,
    /// This follows its head.
    Send(Bytes),
    /// This follows its head, and is in the file, too.
    SendFile(Arc<File>, Bytes),
    /// A part of it has to be opened first.
    Open(Opening),
}

/// Answers the request that `heard` begins with; `None` when it is not plain.
fn answer(
    line: &Line,
    heard: &[u8],
    client: Option<SocketAddr>,
    worker: &Worker,
    out: &mut Vec<u8>,
) -> Option<Begun> {
    let mut room = request::room();
    let plain = PlainHead::read(heard, worker.limits.max_head_size, &mut room)?;
    let begun = |then| Begun {
        length: plain.length(),
        is_last: plain.is_last(),
        then,
    };
    let connection = line.connection();
    connection.request();
    let (now, published) = (adapt::now(), worker.current.load());
    let ending = Ending {
        date: worker.date(now),
        hsts: worker.hsts.clone().filter(|_| connection.is_secure()),
        is_last: plain.is_last(),
    };
    let asked = plain.asked(client);
    let answer = AssertUnwindSafe(|| adapt::answer::<_, Written>(&published, &asked, now));
    let (reply, body) = catch_unwind(answer).unwrap_or_else(|_| {
        metrics::instead(Instead::Panic);
        let (reply, text) = Instead::Panic.reply();
        (reply, Body::Ready(Sending::Held(text)))
    });
    let sending = match body {
        Body::Ready(sending) => sending.in_reply_to(asked.method),
        Body::Unopened(content) => {
            let published = Guard::into_inner(published);
            let opening = Opening {
                reply,
                content,
                published,
                ending,
            };
            return Some(begun(Then::Open(opening)));
        }
    };
    let status = reply.status();
    access_log::log(&asked, status.as_u16(), sending.bytes());
    reply.finish(&sending, &ending, out);
    let may_seal = status == StatusCode::OK && line.is_plain();
    let then = match sending {
        Sending::Held(content) if content.len() > COPIED => {
            match may_seal.then(|| published.sealed.file(&content)).flatten() {
                Some(file) => Then::SendFile(file, content),
                None => Then::Send(content),
            }
        }
        Sending::Held(content) => {
            out.extend_from_slice(&content);
            Then::Next
        }
        Sending::Nothing | Sending::Announced(_) | Sending::Pieces(_) => Then::Next,
    };
    Some(begun(then))
}

/// A reply whose content has to be opened.
struct Opening {
    reply: Written,
    content: Unopened,
    published: Arc<Published>,
    ending: Ending,
}

impl Opening {
    async fn send(
        self,
        line: &mut Line,
        request: &[u8],
        client: Option<SocketAddr>,
    ) -> io::Result<()> {
        let (reply, sending) = match self.content.open().await {
            Ok(sending) => (self.reply, sending),
            Err(error) => adapt::failure(&self.published, error),
        };
        log(request, client, reply.status().as_u16(), sending.bytes());
        let mut head = Vec::new();
        reply.finish(&sending, &self.ending, &mut head);
        line.write_all(&head).await?;
        match sending {
            Sending::Held(content) => line.write_all(&content).await,
            Sending::Nothing | Sending::Announced(_) => Ok(()),
            Sending::Pieces(mut pieces) => {
                while let Some(piece) = poll_fn(|context| pieces.poll_next(context)).await {
                    // What was announced cannot be sent: a connection that ends too early says so (RFC 9112 §8).
                    line.write_all(&piece.map_err(io::Error::other)?).await?;
                }
                Ok(())
            }
        }
    }
}

/// Logs a request that was read before.
fn log(request: &[u8], client: Option<SocketAddr>, status: u16, bytes: u64) {
    let mut room = request::room();
    if let Some(head) = PlainHead::read(request, request.len(), &mut room) {
        access_log::log(&head.asked(client), status, bytes);
    }
}
