//! HTTP/2 by hand: frames as bytes, so that a test can send what no library would.
//!
//! RFC 9113 §4.1 (frames), §3.4 (preface); RFC 7541 §6.2.2 (a field that is added to no table).

use std::{
    io::{self, Read, Write},
    sync::Arc,
    time::Duration,
};

use crate::support::{
    Larder, Site,
    tls::{Certificate, TlsStream},
};

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const ACK: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// `SETTINGS_INITIAL_WINDOW_SIZE`.
pub(super) const INITIAL_WINDOW: u16 = 4;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// Does a reply with status 200 begin here?
    pub(super) fn begins_a_success(&self) -> bool {
        self.begins(200)
    }

    /// Does a reply with this status begin here, one of those that the static table has?
    pub(super) fn begins(&self, status: u16) -> bool {
        const ENTRIES: [(u16, u8); 3] = [(200, 0x88), (400, 0x8c), (500, 0x8e)];
        let entry = ENTRIES.iter().find(|(known, _)| *known == status);
        let (_, entry) = entry.expect("a status of the static table");
        // Behind updates of the size of the dynamic table.
        let first = self.payload.iter().find(|byte| **byte & 0xe0 != 0x20);
        self.kind == HEADERS && first == Some(entry)
    }

    pub(super) fn ends_its_stream(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }
}

/// The bytes of a frame.
pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("frames are short");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A field that is added to no table, with its lengths as prefixed integers (RFC 7541 §5.1).
pub(super) fn field(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0x10];
    for text in [name, value] {
        bytes.extend(text_of(text.as_bytes()));
    }
    bytes
}

/// A string of RFC 7541 §5.2, as it is.
pub(super) fn text_of(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 3);
    if let Some(mut rest) = text.len().checked_sub(127) {
        bytes.push(127);
        while rest >= 128 {
            bytes.push(u8::try_from(rest % 128 + 128).expect("seven bits and one"));
            rest /= 128;
        }
        bytes.push(u8::try_from(rest).expect("seven bits"));
    } else {
        bytes.push(u8::try_from(text.len()).expect("shorter than 127"));
    }
    bytes.extend(text);
    bytes
}

/// The fields of a request.
pub(super) fn request(method: &str, path: &str) -> Vec<u8> {
    [
        field(":method", method),
        field(":scheme", "https"),
        field(":authority", "larder.test"),
        field(":path", path),
    ]
    .concat()
}

/// A whole GET.
pub(super) fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(
        HEADERS,
        END_STREAM | END_HEADERS,
        stream,
        &request("GET", path),
    )
}

/// A larder behind TLS.
pub(super) struct Server {
    pub(super) larder: Larder,
    certificate: Certificate,
}

impl Server {
    pub(super) fn of(site: &Site) -> Self {
        Self::with(site, &[])
    }

    /// With more arguments.
    pub(super) fn with(site: &Site, more: &[&str]) -> Self {
        let certificate = Certificate::new();
        let mut arguments = certificate.arguments();
        arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        Self {
            larder: Larder::with(site, &arguments),
            certificate,
        }
    }

    /// A connection that sent its preface and these settings.
    pub(super) fn connect(&self, settings: &[(u16, u32)]) -> Http2 {
        let mut connection = self.silent();
        let payload: Vec<u8> = settings
            .iter()
            .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
            .collect();
        connection
            .send(&[PREFACE, &frame(SETTINGS, 0, 0, &payload)].concat())
            .expect("the server reads a preface");
        connection
    }

    /// A connection that agreed on HTTP/2 and said nothing yet.
    pub(super) fn silent(&self) -> Http2 {
        let versions = [&rustls::version::TLS13];
        let client = Arc::new(self.certificate.client(&versions, &["h2"]));
        Http2 {
            stream: Certificate::connect(self.larder.address(), &client),
            unread: Vec::new(),
        }
    }

    /// Does it still answer, on a connection of its own?
    #[track_caller]
    pub(super) fn still_answers(&self) {
        let mut connection = self.connect(&[]);
        connection
            .send(&get(1, "/style.css"))
            .expect("the server reads");
        let (head, _) = connection.reply(1).expect("an answer");
        assert!(head.begins_a_success(), "{head:?}");
    }
}

/// One connection.
pub(super) struct Http2 {
    stream: TlsStream,
    unread: Vec<u8>,
}

impl Http2 {
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// No write waits longer than this.
    pub(super) fn impatient(&mut self, patience: Duration) {
        self.stream
            .sock
            .set_write_timeout(Some(patience))
            .expect("it is a socket");
    }

    /// The next frame; `None` when the server has closed.
    pub(super) fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.parse() {
                return Some(frame);
            }
            let mut chunk = [0; 16 * 1024];
            match self.stream.read(&mut chunk) {
                Ok(length @ 1..) => self.unread.extend_from_slice(&chunk[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    panic!("neither a frame nor an end came in time")
                }
                Ok(_) | Err(_) => return None,
            }
        }
    }

    fn parse(&mut self) -> Option<Frame> {
        let [a, b, c, kind, flags, s0, s1, s2, s3, rest @ ..] = &self.unread[..] else {
            return None;
        };
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        let frame = Frame {
            kind: *kind,
            flags: *flags,
            stream: u32::from_be_bytes([*s0, *s1, *s2, *s3]) & 0x7fff_ffff,
            payload: rest.get(..length)?.to_vec(),
        };
        self.unread.drain(..9 + length);
        Some(frame)
    }

    /// Reads to the end of the connection; the frames that came.
    pub(super) fn rest(&mut self) -> Vec<Frame> {
        std::iter::from_fn(|| self.next()).collect()
    }

    /// The fields and the content of the reply on `stream`; `None` when it was reset or the connection closed.
    pub(super) fn reply(&mut self, stream: u32) -> Option<(Frame, Vec<u8>)> {
        let (mut head, mut content) = (None, Vec::new());
        while let Some(frame) = self.next() {
            if frame.stream != stream {
                continue;
            }
            match frame.kind {
                HEADERS => head = Some(frame.clone()),
                DATA => content.extend_from_slice(&frame.payload),
                RST_STREAM => return None,
                _ => {}
            }
            if frame.ends_its_stream() {
                return Some((head?, content));
            }
        }
        None
    }
}
