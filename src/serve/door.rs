//! From an accepted socket to a stream that requests can be read from: its options, its limits, its TLS handshake.
//!
//! Uses: tokio, tokio-rustls, actix-http's protocol names · Never: requests

use std::{io, net::SocketAddr, rc::Rc};

use actix_http::{Protocol, error::DispatchError};
use rustix::net::sockopt;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsAcceptor;

use super::{connection::Connection, limits::Limits, line::Line};

/// The door of one listener.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) limits: Limits,
    pub(super) tls: Option<TlsAcceptor>,
}

/// What comes in: the stream, what is spoken over it, and with whom.
pub(super) type Entered = (Line, Protocol, Option<SocketAddr>);

impl Door {
    /// Lets a connection in.
    ///
    /// # Errors
    /// When it is gone already, or its TLS handshake fails or takes too long.
    pub(super) async fn enter(self, stream: TcpStream) -> Result<Entered, DispatchError> {
        // Without it, the last small segment of a reply waits for an acknowledgement of the one before: 40 ms a round over TLS.
        stream.set_nodelay(true).map_err(DispatchError::Io)?;
        // Bytes that nobody acknowledges: the kernel gives the connection up. It sees neither a TLS record nor an HTTP/2 window.
        let unacknowledged = u32::try_from(self.limits.send_timeout.as_millis());
        #[cfg(target_os = "linux")]
        sockopt::set_tcp_user_timeout(&stream, unacknowledged.unwrap_or(u32::MAX))
            .map_err(|error| DispatchError::Io(error.into()))?;
        let peer = stream.peer_addr().ok();
        let connection = Rc::new(Connection::default());
        let Some(tls) = self.tls else {
            return Ok((Line::plain(stream, connection), Protocol::Http1, peer));
        };
        let stream = timeout(self.limits.head_timeout, tls.accept(stream))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(DispatchError::Io)?;
        let protocol = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => Protocol::Http2,
            _ => Protocol::Http1,
        };
        let (stream, session) = stream.into_inner();
        Ok((Line::tls(stream, session, connection), protocol, peer))
    }
}
