//! TLS on one connection: what is written is gathered into full records, and sent when the connection's turn ends.
//!
//! HTTP/2 writes a frame at a time. Handed on as they come, a turn that answers thirty requests costs thirty records and as many system calls. Here
//! a record is closed when it is full or when somebody flushes, and all records that wait go out in one call. Content large enough to fill a record
//! is encrypted from where it lies, without a copy.
//!
//! Implements RFC 8446 §5.1 (records hold at most 2¹⁴ bytes) on top of rustls; the handshake is over when a [`Records`] is made.
//!
//! Uses: rustls, tokio · Never: HTTP

use std::{
    cell::Cell,
    io::{self, BufRead, ErrorKind, IoSlice, Read, Write},
    pin::Pin,
    task::{Context, Poll, ready},
};

use rustls::ServerConnection;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// The most plaintext that one record holds.
const RECORD: usize = 16 * 1024;

/// How much is encrypted ahead of the socket before a writer has to wait.
const AHEAD: usize = 8 * RECORD;

thread_local! {
    /// The buffer of an open record, for whichever connection of this worker has its turn: one that is idle needs none.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A connection under TLS, after its handshake.
pub(super) struct Records {
    socket: TcpStream,
    session: ServerConnection,
    /// Plaintext of the record that is still open.
    open: Vec<u8>,
    /// Plaintext in closed records since the socket last took all of them.
    ahead: usize,
    /// Bytes that the socket took since somebody asked.
    sent: usize,
}

impl Records {
    pub(super) fn new(socket: TcpStream, mut session: ServerConnection) -> Self {
        // `AHEAD` is the limit; a second one inside rustls would split records.
        session.set_buffer_limit(None);
        Self {
            socket,
            session,
            open: Vec::new(),
            ahead: 0,
            sent: 0,
        }
    }

    /// The socket under it.
    pub(super) fn socket(&self) -> &TcpStream {
        &self.socket
    }

    /// How many bytes the socket took since this was asked last.
    pub(super) fn take_sent(&mut self) -> usize {
        std::mem::take(&mut self.sent)
    }

    /// Takes from the front of `bytes` what the open record has room for; closes it when it is full.
    fn take(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = RECORD - self.open.len();
        if bytes.len() < room {
            if self.open.capacity() == 0 {
                self.open = SPARE.take();
                self.open.reserve_exact(RECORD);
            }
            self.open.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        self.close_record(&bytes[..room])?;
        Ok(room)
    }

    /// Encrypts the open record, with `rest` behind what it holds.
    fn close_record(&mut self, rest: &[u8]) -> io::Result<()> {
        let length = self.open.len() + rest.len();
        if length == 0 {
            return Ok(());
        }
        let parts = [IoSlice::new(&self.open), IoSlice::new(rest)];
        let taken = self.session.writer().write_vectored(&parts)?;
        debug_assert_eq!(taken, length, "rustls has no limit of its own");
        self.ahead += length;
        self.open.clear();
        Ok(())
    }

    /// Hands closed records to the socket until it has all of them.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.session.wants_write() {
            let mut socket = Now(&mut self.socket, context);
            match self.session.write_tls(&mut socket) {
                Ok(0) => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                Ok(taken) => self.sent += taken,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Poll::Pending,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.ahead = 0;
        Poll::Ready(Ok(()))
    }

    /// Reads what has come; nothing more comes after `Ok(0)`.
    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut socket = Now(&mut self.socket, context);
        let received = match self.session.read_tls(&mut socket) {
            Ok(received) => received,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Poll::Pending,
            Err(error) => return Poll::Ready(Err(error)),
        };
        if let Err(error) = self.session.process_new_packets() {
            // The alert that says why, if the socket takes it at once: there is nobody left to wait for.
            let _ = self.poll_send(context);
            return Poll::Ready(Err(io::Error::new(ErrorKind::InvalidData, error)));
        }
        Poll::Ready(Ok(received))
    }
}

impl AsyncRead for Records {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let mut reader = this.session.reader();
            match reader.fill_buf() {
                Ok(plaintext) => {
                    let count = plaintext.len().min(into.remaining());
                    into.put_slice(&plaintext[..count]);
                    reader.consume(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
            ready!(this.poll_receive(context))?;
        }
    }
}

impl AsyncWrite for Records {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.ahead >= AHEAD {
            ready!(this.poll_send(context))?;
        }
        let mut written = 0;
        for slice in slices {
            let mut rest = &slice[..];
            while !rest.is_empty() {
                if this.ahead >= AHEAD {
                    return Poll::Ready(Ok(written));
                }
                let taken = this.take(rest)?;
                written += taken;
                rest = &rest[taken..];
            }
        }
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.close_record(&[])?;
        if this.open.capacity() > 0 {
            SPARE.set(std::mem::take(&mut this.open));
        }
        this.poll_send(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(context))?;
        let this = self.get_mut();
        this.session.send_close_notify();
        ready!(this.poll_send(context))?;
        Pin::new(&mut this.socket).poll_shutdown(context)
    }
}

/// A socket as rustls wants it: what cannot be done now is an error, `WouldBlock`, and the task is woken when it can.
struct Now<'s, 'c, 'w>(&'s mut TcpStream, &'c mut Context<'w>);

impl Read for Now<'_, '_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(into);
        match Pin::new(&mut *self.0).poll_read(self.1, &mut buffer) {
            Poll::Ready(result) => result.map(|()| buffer.filled().len()),
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
        }
    }
}

impl Write for Now<'_, '_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match Pin::new(&mut *self.0).poll_write_vectored(self.1, slices) {
            Poll::Ready(result) => result,
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
