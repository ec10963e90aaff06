//! The sockets that connections come from: bound here, or handed over by a service manager.
//!
//! Uses: rustix, listenfd, std · Never: connections

use std::{
    env, io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use listenfd::ListenFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt};

use super::error::ServeError;

/// How many connections may wait to be accepted. The kernel cuts it down to its own limit (`net.core.somaxconn`).
const BACKLOG: i32 = 4096;

/// A socket that listens on `address`.
///
/// # Errors
/// When the address is taken, is not of this machine, or needs a privilege.
fn on(address: SocketAddr, purpose: Purpose, is_alone: bool) -> Result<TcpListener, ServeError> {
    open(address, is_alone).map_err(purpose.failed(address))
}

/// What `TcpListener::bind` of the standard library does, with a longer queue. One for all addresses of IPv6 is one for those of IPv4, too, if it `is_alone`.
fn open(address: SocketAddr, is_alone: bool) -> io::Result<TcpListener> {
    let family = match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    };
    let socket = socket_with(
        family,
        SocketType::STREAM,
        SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
        None,
    )?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    if address.is_ipv6() && !is_alone {
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    bind(&socket, &address)?;
    listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}

/// What a socket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The site.
    Site,
    /// Sending plain HTTP to HTTPS.
    ToHttps,
    /// Health and metrics.
    Admin,
}

impl Purpose {
    /// What it means that `address` cannot be listened on.
    pub(super) fn failed(self, address: SocketAddr) -> impl FnOnce(io::Error) -> ServeError {
        let key = match self {
            Self::Site => "--listen",
            Self::ToHttps => "`redirect-http`",
            Self::Admin => "`admin`",
        };
        move |source| ServeError::Listen {
            address,
            key,
            source,
        }
    }
}

/// A socket that was opened by whoever started this process, such as systemd: it may have a port that this process may not open.
#[derive(Clone, Debug)]
pub struct Inherited {
    /// What it is for.
    pub purpose: Purpose,
    socket: Arc<TcpListener>,
}

impl Inherited {
    /// The sockets that were handed over (`LISTEN_FDS`). One that is called `http` or `admin` (`FileDescriptorName=` in a socket unit) is for
    /// that; every other one is for the site.
    ///
    /// # Errors
    /// When one of them does not listen for TCP.
    pub fn all() -> Result<Vec<Self>, ServeError> {
        let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut handed = ListenFd::from_env();
        let mut all = Vec::new();
        for place in 0..handed.len() {
            let socket = handed
                .take_tcp_listener(place)
                .map_err(ServeError::Inherited)?;
            let purpose = match names.next() {
                Some("http") => Purpose::ToHttps,
                Some("admin") => Purpose::Admin,
                _ => Purpose::Site,
            };
            all.extend(socket.map(|socket| Self {
                purpose,
                socket: Arc::new(socket),
            }));
        }
        Ok(all)
    }
}

/// The sockets for `purpose`: those that were handed over, or else new ones on `addresses`.
///
/// # Errors
/// When an address cannot be listened on.
pub(super) fn sockets(
    purpose: Purpose,
    inherited: &[Inherited],
    addresses: &[SocketAddr],
) -> Result<Vec<TcpListener>, ServeError> {
    let handed: Vec<_> = inherited
        .iter()
        .filter(|inherited| inherited.purpose == purpose)
        .map(|inherited| inherited.socket.try_clone())
        .collect::<Result<_, _>>()
        .map_err(ServeError::Inherited)?;
    if handed.is_empty() {
        let is_alone = |one: SocketAddr| {
            let same_port = |other: &SocketAddr| other.is_ipv4() && other.port() == one.port();
            !addresses.iter().any(same_port)
        };
        return addresses
            .iter()
            .map(|address| on(*address, purpose, is_alone(*address)))
            .collect();
    }
    Ok(handed)
}
