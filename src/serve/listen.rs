//! The sockets that connections come from.
//!
//! Uses: rustix, std · Never: connections

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt};

use super::error::ServeError;

/// How many connections may wait to be accepted. The kernel cuts it down to its own limit (`net.core.somaxconn`).
const BACKLOG: i32 = 4096;

/// A socket that listens on `address`.
///
/// # Errors
/// When the address is taken, is not of this machine, or needs a privilege.
pub(super) fn on(address: SocketAddr) -> Result<TcpListener, ServeError> {
    open(address).map_err(|source| ServeError::Listen { address, source })
}

/// What `TcpListener::bind` of the standard library does, with a longer queue.
fn open(address: SocketAddr) -> io::Result<TcpListener> {
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
    bind(&socket, &address)?;
    listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}
