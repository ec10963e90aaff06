//! A connection's bytes.
//!
//! Uses: tokio · Never: HTTP

use std::io;

use tokio::net::TcpStream;

use super::Wire;

/// Opens a connection.
pub(super) async fn open(wire: &Wire) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(wire.address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
