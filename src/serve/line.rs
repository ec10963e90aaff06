//! The stream that requests are read from and replies written to: TCP, or TLS over it.
//!
//! One type for both, so that everything above is built once, and so that there is one place where bytes go by: they are counted here, and a client
//! that keeps the server waiting for too long is cut off here.
//!
//! Uses: tokio, connection, patience, metrics, records · Never: requests

use std::{
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use rustix::net::sockopt;
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
};

use super::{
    connection::Connection,
    metrics::{self, Cut},
    patience::{Patience, Wait},
    records::Records,
};

/// A connection's bytes.
pub(super) struct Line {
    wire: Wire,
    connection: Rc<Connection>,
    patience: Patience,
    /// Is there something to send that the network does not take?
    is_blocked: bool,
    /// Was it waited for in vain? Then whatever is tried in parting fails, too, and is counted no second time.
    is_cut: bool,
    /// What was read and left for whoever reads next.
    unread: Bytes,
}

/// What carries them.
pub(super) enum Wire {
    /// TCP alone.
    Plain(TcpStream),
    /// TLS, after the handshake.
    Tls(Box<Records>),
}

impl Line {
    pub(super) fn new(wire: Wire, connection: Rc<Connection>, patience: Patience) -> Self {
        Self {
            wire,
            connection,
            patience,
            is_blocked: false,
            is_cut: false,
            unread: Bytes::new(),
        }
    }

    /// Whoever reads waits for requests, one this long after the other, and leaves the time to this line; or else looks at the clock itself.
    pub(super) fn expect_requests(&mut self, within: Option<Duration>) {
        self.patience.expect_requests(within);
    }

    /// Has `bytes` read again, before what comes next.
    pub(super) fn unread(&mut self, bytes: Bytes) {
        self.connection.unhear();
        self.unread = bytes;
    }

    /// The connection that this is the stream of.
    pub(super) fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    /// Is it TCP alone?
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.wire, Wire::Plain(_))
    }

    /// Does to the socket what may have to wait until the network takes more, and says how many bytes it took.
    ///
    /// # Errors
    /// As a write; and with [`io::ErrorKind::Unsupported`] over TLS, which has nothing to do with bytes that it does not see.
    pub(super) fn poll_socket(
        &mut self,
        context: &mut Context<'_>,
        mut action: impl FnMut(&TcpStream) -> rustix::io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let Wire::Plain(stream) = &self.wire else {
            return Poll::Ready(Err(io::ErrorKind::Unsupported.into()));
        };
        let done = loop {
            match stream.poll_write_ready(context) {
                Poll::Pending => break Poll::Pending,
                Poll::Ready(Err(error)) => break Poll::Ready(Err(error)),
                Poll::Ready(Ok(())) => {}
            }
            match stream.try_io(Interest::WRITABLE, || Ok(action(stream)?)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => break Poll::Ready(done),
            }
        };
        self.wrote(done, context)
    }

    /// There is nothing to do for now.
    ///
    /// # Errors
    /// When it was so for too long.
    fn idle(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.is_cut {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let waited = self
            .patience
            .ask(&self.connection, self.is_blocked, context);
        let cut = match waited {
            None => return Ok(()),
            Some(Wait::Send) => Cut::Send,
            Some(Wait::Head) => Cut::Head,
            Some(Wait::Request) => Cut::Idle,
            // The end of a connection that is not needed any more, and nothing that anybody would count.
            Some(Wait::Another) => return Err(io::ErrorKind::TimedOut.into()),
        };
        self.is_cut = true;
        metrics::cut(cut);
        if cut == Cut::Send {
            self.reset();
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// What is still to be sent is dropped when the socket is closed, and not kept for a client that does not take it.
    fn reset(&self) {
        let stream = match &self.wire {
            Wire::Plain(stream) => stream,
            Wire::Tls(stream) => stream.socket(),
        };
        // A socket that does not take the option is closed nevertheless, only later.
        let _ = sockopt::set_socket_linger(stream, Some(Duration::ZERO));
    }

    /// Something was tried that may have moved bytes to the network, or may have to wait until it takes them.
    fn tried<T>(
        &mut self,
        result: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        self.is_blocked = result.is_pending();
        if let Wire::Tls(records) = &mut self.wire {
            let sent = records.take_sent();
            self.sent(sent);
        }
        if self.is_blocked {
            self.idle(context)?;
        }
        result
    }

    fn sent(&mut self, bytes: usize) {
        if bytes > 0 {
            self.patience.sent(bytes);
            metrics::sent(bytes);
        }
    }

    /// The same for a write: TCP has taken what was written, TLS may have it still.
    fn wrote(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if let (Wire::Plain(_), Poll::Ready(Ok(bytes))) = (&self.wire, &written) {
            self.sent(*bytes);
        }
        self.tried(written, context)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        if !line.unread.is_empty() {
            let length = line.unread.len().min(buffer.remaining());
            buffer.put_slice(&line.unread.split_to(length));
            line.connection.hear(length);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = match &mut line.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
        };
        match read {
            Poll::Ready(Ok(())) => line.connection.hear(buffer.filled().len() - before),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => line.idle(context)?,
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let written = match &mut line.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
        };
        line.wrote(written, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let written = match &mut line.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_write_vectored(context, slices),
        };
        line.wrote(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.wire {
            Wire::Plain(stream) => stream.is_write_vectored(),
            Wire::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        let flushed = match &mut line.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(context),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        };
        if flushed.is_ready() && matches!(line.wire, Wire::Plain(_)) {
            // TCP has nothing of its own to flush: what it did not take waits above.
            return flushed;
        }
        line.tried(flushed, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().wire {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}
