//! A WebSocket that listens as a page of each tool does, and notes when it is told something.

use std::{
    net::{SocketAddr, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Instant,
};

use anyhow::Context;
use tungstenite::{Message, WebSocket, client::IntoClientRequest};

use super::rivals::Rival;

/// What was told, and when.
pub(super) struct Ears(Receiver<Instant>);

impl Ears {
    /// Connects as a page of `rival` does.
    pub(super) fn open(address: SocketAddr, rival: &Rival) -> anyhow::Result<Self> {
        let mut request = format!("ws://{address}{}", rival.socket).into_client_request()?;
        if let Some(protocol) = rival.protocol {
            request
                .headers_mut()
                .insert("Sec-WebSocket-Protocol", protocol.parse()?);
        }
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let (mut socket, _) = tungstenite::client(request, stream)
            .map_err(|error| anyhow::anyhow!("{error}"))
            .context("the socket of its pages")?;
        for text in rival.greeting {
            socket.send(Message::text(*text))?;
        }
        let (sender, receiver) = channel();
        let is_change = rival.is_change;
        thread::spawn(move || listen(socket, is_change, |at| sender.send(at).is_ok()));
        Ok(Self(receiver))
    }

    /// Forgets what was told so far.
    pub(super) fn forget(&self) {
        while self.0.try_recv().is_ok() {}
    }

    /// When it is told next, if that is before `end`.
    pub(super) fn next(&self, end: Instant) -> Option<Instant> {
        // Nothing else can be told: it took too long, or the server is gone.
        let wait = end.saturating_duration_since(Instant::now());
        self.0.recv_timeout(wait).ok()
    }
}

fn listen(
    mut socket: WebSocket<TcpStream>,
    is_change: fn(&str) -> bool,
    tell: impl Fn(Instant) -> bool,
) {
    while let Ok(message) = socket.read() {
        let at = Instant::now();
        let Message::Text(text) = message else {
            continue;
        };
        // Engine.IO's own question whether somebody is there.
        if text == "2" && socket.send(Message::text("3")).is_err() {
            return;
        }
        if is_change(&text) && !tell(at) {
            return;
        }
    }
}
