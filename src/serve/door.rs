//! From an accepted socket to a stream that requests can be read from: is there room for it, its options, its TLS handshake.
//!
//! Uses: tokio, tokio-rustls, actix-http's protocol names, room, metrics · Never: requests

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_http::{Protocol, error::DispatchError};
use rustix::net::sockopt;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsAcceptor;

use super::{
    certificates::CHALLENGE_PROTOCOL,
    connection::Connection,
    limits::Limits,
    line::{Line, Wire},
    metrics,
    patience::{Patience, REFUSED},
    records::Records,
    room::{Admission, NOBODY, Room},
};

/// The door of one listener.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) limits: Limits,
    pub(super) room: Arc<Room>,
    pub(super) tls: Option<TlsAcceptor>,
}

/// What comes in: the stream, what is spoken over it, and with whom.
pub(super) type Entered = (Line, Protocol, Option<SocketAddr>);

impl Door {
    /// Lets a connection in.
    ///
    /// # Errors
    /// When it is gone already, there is not even room to refuse it, or its TLS handshake fails or takes too long.
    pub(super) async fn enter(self, stream: TcpStream) -> Result<Entered, DispatchError> {
        metrics::accepted();
        let peer = stream.peer_addr().ok();
        let admission = self.room.admit(peer.map_or(NOBODY, |peer| peer.ip()));
        let (place, is_refused) = match admission {
            Admission::Place(place) => (place, false),
            Admission::Refused(place, refusal) => {
                metrics::refused(refusal);
                (place, true)
            }
            Admission::Closed(refusal) => {
                metrics::refused(refusal);
                return Err(DispatchError::Io(io::ErrorKind::ConnectionRefused.into()));
            }
        };
        prepare(&stream, &self.limits).map_err(DispatchError::Io)?;
        let (wire, protocol) = match self.tls {
            None => (Wire::Plain(stream), Protocol::Http1),
            Some(tls) => {
                let limit = self.limits.head_timeout;
                let limit = if is_refused {
                    limit.min(REFUSED)
                } else {
                    limit
                };
                handshake(&tls, stream, limit)
                    .await
                    .inspect_err(|_| metrics::handshake_failed())
                    .map_err(DispatchError::Io)?
            }
        };
        let is_secure = matches!(wire, Wire::Tls(_));
        let connection = Connection::new(place, is_secure, is_refused);
        let patience = Patience::new(&self.limits, protocol, is_refused);
        Ok((Line::new(wire, connection, patience), protocol, peer))
    }
}

fn prepare(stream: &TcpStream, limits: &Limits) -> io::Result<()> {
    // Without it, the last small segment of a reply waits for an acknowledgement of the one before: 40 ms a round over TLS.
    stream.set_nodelay(true)?;
    // Bytes that nobody acknowledges: the kernel gives the connection up, even when it is ours no more. While it is, `patience` is quicker and counts.
    #[cfg(target_os = "linux")]
    sockopt::set_tcp_user_timeout(
        stream,
        u32::try_from(2 * limits.send_timeout.as_millis()).unwrap_or(u32::MAX),
    )?;
    Ok(())
}

async fn handshake(
    tls: &TlsAcceptor,
    stream: TcpStream,
    limit: Duration,
) -> io::Result<(Wire, Protocol)> {
    let stream = timeout(limit, tls.accept(stream))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
    let protocol = match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Protocol::Http2,
        // The authority has seen the certificate that it asked for, and that is all there is to it (RFC 8737 §3).
        Some(CHALLENGE_PROTOCOL) => return Err(io::ErrorKind::ConnectionAborted.into()),
        _ => Protocol::Http1,
    };
    let (socket, session) = stream.into_inner();
    Ok((Wire::Tls(Box::new(Records::new(socket, session))), protocol))
}
