//! The ways to ask: the pure origin, actix in process, a server behind a socket, over HTTP/1.1 and over HTTP/2.

mod http2;
mod in_process;
mod pure;
mod server;
mod socket;

use super::{
    Site,
    answer::{Answer, Ask},
};

/// One way to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Engine {
    /// `larder::origin::respond`: no socket, and no clock but the one it is given.
    Pure,
    /// actix's application without its server: what the adapter makes of requests and replies.
    InProcess,
    /// A server, HTTP/1.1, bytes on a socket.
    Socket,
    /// A server, HTTP/2 over TLS, as browsers speak it.
    Http2,
}

impl Engine {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Pure, Self::InProcess, Self::Socket, Self::Http2];

    /// Asks; `None` when this engine cannot be asked such a thing at all.
    pub(crate) fn ask(self, site: Site, ask: &Ask) -> Option<Answer> {
        match self {
            Self::Pure => Some(pure::ask(site, ask)),
            Self::InProcess => in_process::ask(site, ask),
            Self::Socket => Some(socket::ask(site, ask)),
            Self::Http2 => http2::ask(site, ask),
        }
    }

    /// Does it send `Date`, as only a server with a clock does (RFC 9110 §6.6.1)?
    pub(crate) fn has_date(self) -> bool {
        matches!(self, Self::Socket | Self::Http2)
    }
}
