//! An HTTP client that hides nothing: one request, the answer as it came.
//!
//! What measures or judges a server must see what the server sent. So this client follows no redirect, decodes no content coding, knows
//! no proxy, keeps no cookie, caches nothing, and adds only `Host` and `User-Agent`. It bounds what an answer may take: bytes and time.
//! Connections are kept for the next request to the same place; [`Client::forget_connections`] makes the next one a new one.
//!
//! RFC 9112, RFC 9113 (through hyper), RFC 7301 (ALPN).
//!
//! Uses: http, hyper, rustls, sockets, clock · Never: judgement of answers

mod connection;
mod error;
mod trust;

use std::{collections::HashMap, time::Duration};

use tokio::time::timeout;
use url::Url;

use connection::Connection;
pub use error::{ClientError, Stage};
pub use trust::Trust;

use crate::http::exchange::{Answer, Ask, Protocol};

/// What one answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of content; beyond, the answer is cut and says so.
    pub content: usize,
    /// Time for making a connection, and again for the whole answer.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            content: 16 * 1024 * 1024,
            time: Duration::from_secs(20),
        }
    }
}

/// A client, with the connections it has open.
///
/// Its methods run on a tokio runtime with I/O and time enabled, which may be of one thread.
#[derive(Debug)]
pub struct Client {
    trust: Trust,
    tls: Option<trust::Connectors>,
    limits: Limits,
    user_agent: String,
    idle: HashMap<Place, Connection>,
}

/// Where a connection leads, and what is spoken on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    secure: bool,
    host: String,
    port: u16,
    protocol: Protocol,
}

impl Place {
    fn of(url: &Url, protocol: Protocol) -> Result<Self, ClientError> {
        let unfit = || ClientError::NotHttp {
            url: url.to_string(),
        };
        let secure = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(unfit()),
        };
        Ok(Self {
            secure,
            host: url.host_str().ok_or_else(unfit)?.to_owned(),
            port: url.port_or_known_default().ok_or_else(unfit)?,
            protocol,
        })
    }
}

impl Client {
    /// A client that trusts the certificates of this system.
    pub fn new() -> Self {
        Self::with(Trust::System, Limits::default())
    }

    /// A client with its own idea of whom to trust and how long to listen.
    pub fn with(trust: Trust, limits: Limits) -> Self {
        Self {
            trust,
            tls: None,
            limits,
            user_agent: concat!("larder/", env!("CARGO_PKG_VERSION")).to_owned(),
            idle: HashMap::new(),
        }
    }

    /// The same under another name: the value of `User-Agent`.
    #[must_use]
    pub fn called(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Closes what is open: the next request makes a new connection, which may lead to another replica.
    pub fn forget_connections(&mut self) {
        self.idle.clear();
    }

    /// Sends one request and reads the answer.
    ///
    /// A connection that the server closed while it was idle is made anew once, as RFC 9112 §9.3.1 has it for safe methods.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer: no such host, no connection, no trust, no HTTP, or not in time. An answer whose content
    /// breaks off is an [`Answer`] that says so.
    pub async fn ask(&mut self, ask: &Ask) -> Result<Answer, ClientError> {
        let place = Place::of(&ask.url, ask.protocol)?;
        if let Some(mut connection) = self.idle.remove(&place)
            && connection.is_open()
            && let Ok(answer) = self.ask_on(&mut connection, ask).await
        {
            self.keep(place, connection);
            return Ok(answer);
        }
        let (mut connection, took) = self.connect(&place).await?;
        let mut answer = self.ask_on(&mut connection, ask).await?;
        answer.timing.connected = Some(took);
        self.keep(place, connection);
        Ok(answer)
    }

    fn keep(&mut self, place: Place, connection: Connection) {
        if connection.is_open() {
            self.idle.insert(place, connection);
        }
    }

    async fn connect(&mut self, place: &Place) -> Result<(Connection, Duration), ClientError> {
        let connectors = match (&self.tls, place.secure) {
            (None, true) => Some(self.tls.insert(self.trust.connectors()?).clone()),
            (made, secure) => made.clone().filter(|_| secure),
        };
        let connecting = connection::connect(place, connectors);
        timeout(self.limits.time, connecting)
            .await
            .map_err(|_| ClientError::TooSlow {
                stage: Stage::Connection,
                seconds: self.limits.time.as_secs(),
            })?
    }

    async fn ask_on(&self, connection: &mut Connection, ask: &Ask) -> Result<Answer, ClientError> {
        let asking = connection.ask(ask, &self.user_agent, self.limits.content);
        timeout(self.limits.time, asking)
            .await
            .map_err(|_| ClientError::TooSlow {
                stage: Stage::Answer,
                seconds: self.limits.time.as_secs(),
            })?
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
