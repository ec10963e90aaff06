//! The DevTools protocol: commands with answers, and events in between, as JSON over a WebSocket.

use std::{mem, net::TcpStream};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// A connection to the browser, attached to one tab once there is one.
pub(crate) struct DevTools {
    socket: WebSocket<TcpStream>,
    /// The tab that commands are for.
    session: Option<String>,
    last_id: u64,
    /// Events that came and that nobody has looked at.
    events: Vec<Event>,
}

/// Something that happened in the tab.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Such as `Network.responseReceived`.
    pub(crate) method: String,
    /// What the protocol tells about it.
    pub(crate) parameters: Value,
}

impl Event {
    /// The text at a JSON pointer.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.parameters
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

impl DevTools {
    /// Opens the connection over a stream to the browser.
    pub(crate) fn connect(url: &str, stream: TcpStream) -> Self {
        let (socket, _) = tungstenite::client(url, stream).expect("Chromium speaks WebSocket");
        Self {
            socket,
            session: None,
            last_id: 0,
            events: Vec::new(),
        }
    }

    /// Sends further commands to this session.
    pub(crate) fn attach(&mut self, session: &str) {
        self.session = Some(session.to_owned());
    }

    /// Runs a command and gives its result.
    ///
    /// # Panics
    /// When the browser refuses it.
    #[track_caller]
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.try_call(method, parameters)
            .unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Runs a command and gives its result, or what the browser has against it.
    pub(crate) fn try_call(&mut self, method: &str, parameters: &Value) -> Result<Value, Value> {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.socket
            .send(Message::text(command.to_string()))
            .expect("Chromium listens");
        loop {
            let mut message = self.receive();
            if message["id"] == self.last_id {
                return if message["error"].is_null() {
                    Ok(message["result"].take())
                } else {
                    Err(message["error"].take())
                };
            }
            self.keep(message);
        }
    }

    /// Waits for an event; it and those before it are kept.
    pub(crate) fn wait(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
        loop {
            if let Some(event) = self.events.iter().find(|event| is_it(event)) {
                return event.clone();
            }
            let message = self.receive();
            self.keep(message);
        }
    }

    /// All events since this was last called.
    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        mem::take(&mut self.events)
    }

    fn keep(&mut self, mut message: Value) {
        if let Some(method) = message["method"].as_str().map(str::to_owned) {
            self.events.push(Event {
                method,
                parameters: message["params"].take(),
            });
        }
    }

    fn receive(&mut self) -> Value {
        loop {
            match self
                .socket
                .read()
                .expect("Chromium answers before the deadline")
            {
                Message::Text(text) => {
                    return serde_json::from_str(&text).expect("the protocol is JSON");
                }
                Message::Close(_) => panic!("Chromium closed the connection"),
                _ => {}
            }
        }
    }
}
