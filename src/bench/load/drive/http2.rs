//! HTTP/2 over one connection, which several streams share.
//!
//! Windows are those of Chromium, so that flow control holds a server back as little as there.
//!
//! Implements RFC 9113 through the crate h2.
//!
//! Uses: h2 · Never: verification (a sink does it)

use std::{cell::Cell, rc::Rc};

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, Version};
use tokio::sync::Mutex;

use super::{Wire, connection::Fault, stream};
use crate::{
    bench::load::{asset::Prepared, wire::Sink},
    http::FieldSource,
};

/// What a stream and what a connection may send unasked, in bytes.
const STREAM_WINDOW: u32 = 6 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 15 * 1024 * 1024;

/// A connection that several streams share: opened by the first that needs it.
pub(super) struct Channel {
    wire: Wire,
    open: Mutex<Option<Sender>>,
    received: Rc<Cell<u64>>,
    /// Connections that were opened and not yet counted, and all that ever were.
    opened: Cell<u64>,
    number: Cell<u64>,
}

/// What takes requests, and the number of the connection that it is of.
#[derive(Clone)]
struct Sender {
    requests: SendRequest<Bytes>,
    number: u64,
}

impl Channel {
    pub(super) fn new(wire: &Wire) -> Self {
        Self {
            wire: wire.clone(),
            open: Mutex::new(None),
            received: Rc::default(),
            opened: Cell::new(0),
            number: Cell::new(0),
        }
    }

    /// Bytes and connections since they were last taken.
    pub(super) fn take_counts(&self) -> (u64, u64) {
        (self.received.take(), self.opened.take())
    }

    async fn sender(&self) -> Result<Sender, Fault> {
        let mut open = self.open.lock().await;
        if let Some(sender) = &*open {
            return Ok(sender.clone());
        }
        let failed = |error: &dyn std::fmt::Display| Fault::Connection(error.to_string());
        let stream = stream::open(&self.wire, &self.received)
            .await
            .map_err(|error| failed(&error))?;
        let (requests, connection) = Builder::new()
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .enable_push(false)
            .handshake(stream)
            .await
            .map_err(|error| failed(&error))?;
        tokio::task::spawn_local(async move {
            // Its end shows in every stream.
            let _ = connection.await;
        });
        self.opened.set(self.opened.get() + 1);
        self.number.set(self.number.get() + 1);
        let sender = Sender {
            requests,
            number: self.number.get(),
        };
        *open = Some(sender.clone());
        Ok(sender)
    }

    /// Lets go of the connection with this number: the next request opens another one, unless another stream has already.
    async fn forget(&self, number: u64) {
        let mut open = self.open.lock().await;
        open.take_if(|sender| sender.number == number);
    }
}

/// One stream after the other on a channel.
pub(super) struct Http2 {
    channel: Rc<Channel>,
    sender: Option<Sender>,
}

/// Fields as h2 has them.
struct Lines<'l>(&'l HeaderMap);

impl FieldSource for Lines<'_> {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.0.get_all(name).iter().map(HeaderValue::as_bytes)
    }
}

impl Http2 {
    pub(super) fn new(channel: &Rc<Channel>) -> Self {
        Self {
            channel: Rc::clone(channel),
            sender: None,
        }
    }

    pub(super) fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Sends `prepared` and reads its reply into `sink`.
    pub(super) async fn exchange(
        &mut self,
        prepared: &Prepared,
        sink: &mut impl Sink,
    ) -> Result<(), Fault> {
        let was_open = self.sender.is_some();
        let sender = match self.sender.take() {
            Some(sender) => sender,
            None => self.channel.sender().await?,
        };
        let request = request(&self.channel.wire, prepared)?;
        let mut is_begun = false;
        let number = sender.number;
        let outcome = self.stream(sender, request, sink, &mut is_begun).await;
        if let Err(error) = outcome {
            self.sender = None;
            self.channel.forget(number).await;
            // The server said goodbye between two requests, and did not begin this one (RFC 9113 §6.8).
            let is_idle = was_open && !is_begun && (error.is_go_away() || error.is_io());
            return Err(match is_idle {
                true => Fault::Idle,
                false if error.is_io() => Fault::CutShort,
                false => Fault::Malformed(error.to_string()),
            });
        }
        Ok(())
    }

    async fn stream(
        &mut self,
        Sender { requests, number }: Sender,
        request: Request<()>,
        sink: &mut impl Sink,
        is_begun: &mut bool,
    ) -> Result<(), h2::Error> {
        let mut requests = requests.ready().await?;
        let (response, _) = requests.send_request(request, true)?;
        self.sender = Some(Sender { requests, number });
        let (head, mut content) = response.await?.into_parts();
        *is_begun = true;
        sink.head(head.status.as_u16(), &Lines(&head.headers));
        while let Some(piece) = content.data().await {
            let piece = piece?;
            content.flow_control().release_capacity(piece.len())?;
            sink.content(&piece);
        }
        Ok(())
    }
}

fn request(wire: &Wire, prepared: &Prepared) -> Result<Request<()>, Fault> {
    let unfit =
        |what: &dyn std::fmt::Display| Fault::Malformed(format!("cannot be asked for: {what}"));
    let uri = Uri::builder()
        .scheme(if wire.tls.is_some() { "https" } else { "http" })
        .authority(wire.authority.as_str())
        .path_and_query(prepared.target.as_str())
        .build()
        .map_err(|error| unfit(&error))?;
    let mut request = Request::new(());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_2;
    for (name, value) in &prepared.fields {
        let value = HeaderValue::from_bytes(value).map_err(|error| unfit(&error))?;
        request
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    Ok(request)
}
