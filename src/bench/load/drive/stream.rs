//! A connection's bytes: TCP, or TLS over it; counted as they are read.
//!
//! Uses: tokio, rustls · Never: HTTP

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use super::Wire;

/// The bytes of one connection.
pub(super) struct Stream {
    inner: Inner,
    received: Rc<Cell<u64>>,
}

enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Opens a connection. What is read from it, before TLS, is added to `received`.
pub(super) async fn open(wire: &Wire, received: &Rc<Cell<u64>>) -> io::Result<Stream> {
    let stream = TcpStream::connect(wire.address).await?;
    stream.set_nodelay(true)?;
    let inner = match &wire.tls {
        None => Inner::Plain(stream),
        Some((connector, name)) => {
            let stream = connector.connect(name.clone(), stream).await?;
            if wire.is_http2 && stream.get_ref().1.alpn_protocol() != Some(b"h2") {
                return Err(io::Error::other("the server does not offer HTTP/2 (ALPN)"));
            }
            Inner::Tls(Box::new(stream))
        }
    };
    Ok(Stream {
        inner,
        received: Rc::clone(received),
    })
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        let before = buffer.filled().len();
        let read = match &mut stream.inner {
            Inner::Plain(inner) => Pin::new(inner).poll_read(context, buffer),
            Inner::Tls(inner) => Pin::new(inner).poll_read(context, buffer),
        };
        let length = (buffer.filled().len() - before) as u64;
        stream.received.set(stream.received.get() + length);
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().inner {
            Inner::Plain(inner) => Pin::new(inner).poll_write(context, bytes),
            Inner::Tls(inner) => Pin::new(inner).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().inner {
            Inner::Plain(inner) => Pin::new(inner).poll_flush(context),
            Inner::Tls(inner) => Pin::new(inner).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().inner {
            Inner::Plain(inner) => Pin::new(inner).poll_shutdown(context),
            Inner::Tls(inner) => Pin::new(inner).poll_shutdown(context),
        }
    }
}
