//! The floor: what a reply costs when nothing is decided. An event loop with canned replies, to measure servers and load generators against.
//!
//! ```console
//! $ cargo bench --bench floor --no-run         # builds it; the path is printed
//! $ floor --listen 127.0.0.1:0                 # prints its URL
//! ```
//!
//! It answers by path: `/304`, `/4k`, `/100k`, `/1m` with as many bytes and the fields that larder sends; `/f/0.bin` to `/f/65535.bin` with 1,027 bytes
//! each, at places of their own in memory; `/count` with how many requests it has answered since it was last asked that; `/end` ends it. One thread, HTTP/1.1, no TLS. What
//! it reads of a request is the path and where the request ends.
//!
//! With `--tls-cert FILE --tls-key FILE` it is another floor, over HTTP/2: that of the libraries which larder speaks it with (`http2.rs`).

mod http2;

use std::{
    collections::HashMap,
    error::Error,
    io::{self, Read, Write},
    net::SocketAddr,
};

use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};

/// larder's own: over HTTP/2 the libraries allocate.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LISTENER: Token = Token(usize::MAX);
/// Connections that may wait for their turn, as servers have it.
const EVENTS: usize = 1024;

const FIELDS: &str = "cache-control: no-cache\r\nx-content-type-options: nosniff\r\nvary: Accept-Encoding\r\n\
    etag: \"0123456789abcdef0123456789abcdef\"\r\ndate: Thu, 26 Nov 2026 12:00:00 GMT\r\n";

/// The paths that have content, and its length in bytes.
const SIZES: [(&str, usize); 3] = [
    ("/4k", 4 * 1024),
    ("/100k", 100 * 1024),
    ("/1m", 1024 * 1024),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut address, mut certificate, mut key) = (None, None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--listen" => address = arguments.next(),
            "--tls-cert" => certificate = arguments.next(),
            "--tls-key" => key = arguments.next(),
            // What cargo adds when it runs a bench, or a test of all targets: there is nothing to measure alone.
            _ => return Ok(()),
        }
    }
    let Some(address) = address else {
        return Ok(());
    };
    let address: SocketAddr = address
        .parse()
        .map_err(|error| format!("{address}: {error}"))?;
    match certificate.zip(key) {
        Some((certificate, key)) => http2::run(address, &certificate, &key),
        None => Ok(Floor::new(address)?.run()?),
    }
}

/// Length of each of many files, in bytes.
const SMALL: usize = 1027;

/// The canned replies, whole.
struct Replies {
    not_modified: Vec<u8>,
    sized: [(&'static str, Vec<u8>); 3],
    /// One for each of many files, from when it is first asked for.
    small: Vec<Vec<u8>>,
    missing: Vec<u8>,
}

impl Replies {
    fn new() -> Self {
        Self {
            not_modified: format!("HTTP/1.1 304 Not Modified\r\n{FIELDS}\r\n").into_bytes(),
            sized: SIZES.map(|(path, length)| (path, ok(length))),
            small: vec![Vec::new(); 1 << 16],
            missing:
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\ncache-control: no-store\r\n\r\n"
                    .to_vec(),
        }
    }

    fn get(&mut self, path: &[u8]) -> &[u8] {
        if path == b"/304" {
            return &self.not_modified;
        }
        if let Some(reply) = number(path).and_then(|number| self.small.get_mut(number)) {
            if reply.is_empty() {
                *reply = ok(SMALL);
            }
            return reply;
        }
        self.sized
            .iter()
            .find(|(known, _)| known.as_bytes() == path)
            .map_or(&self.missing, |(_, reply)| reply)
    }
}

fn ok(length: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n{FIELDS}content-type: text/javascript; charset=utf-8\r\naccept-ranges: bytes\r\n\r\n"
    );
    let mut reply = head.into_bytes();
    reply.resize(reply.len() + length, b'x');
    reply
}

/// The number in `/f/….bin`.
fn number(path: &[u8]) -> Option<usize> {
    let number = path.strip_prefix(b"/f/")?.strip_suffix(b".bin")?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

struct Connection {
    stream: TcpStream,
    /// The beginning of a request.
    read: Vec<u8>,
    /// What could not be written yet.
    unsent: Vec<u8>,
}

struct Floor {
    poll: Poll,
    listener: TcpListener,
    replies: Replies,
    connections: HashMap<Token, Connection>,
    next: usize,
    answered: u64,
    buffer: Vec<u8>,
}

impl Floor {
    fn new(address: SocketAddr) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut listener = TcpListener::bind(address)?;
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        let mut stdout = io::stdout();
        writeln!(stdout, "http://{}/", listener.local_addr()?)?;
        stdout.flush()?;
        Ok(Self {
            poll,
            listener,
            replies: Replies::new(),
            connections: HashMap::new(),
            next: 0,
            answered: 0,
            buffer: vec![0; 16 * 1024],
        })
    }

    fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        loop {
            if let Err(error) = self.poll.poll(&mut events, None)
                && error.kind() != io::ErrorKind::Interrupted
            {
                return Err(error);
            }
            for event in &events {
                if event.token() == LISTENER {
                    self.accept()?;
                } else if let Some(mut connection) = self.connections.remove(&event.token())
                    && self
                        .turn(&mut connection, event.is_read_closed())
                        .unwrap_or(false)
                {
                    self.connections.insert(event.token(), connection);
                }
            }
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            let mut stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(_) => continue,
            };
            // Without it, the last small segment of a reply waits for an acknowledgement.
            stream.set_nodelay(true)?;
            let token = Token(self.next);
            self.next += 1;
            let both = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(&mut stream, token, both)?;
            let connection = Connection {
                stream,
                read: Vec::new(),
                unsent: Vec::new(),
            };
            self.connections.insert(token, connection);
        }
    }

    /// Writes what is left, reads what is there, answers what is whole. Says whether the connection goes on. After the last event there is none that tells of
    /// the end.
    fn turn(&mut self, connection: &mut Connection, is_last: bool) -> io::Result<bool> {
        loop {
            if !connection.unsent.is_empty() && !flush(connection)? {
                return Ok(true);
            }
            let length = match connection.stream.read(&mut self.buffer) {
                Ok(0) => return Ok(false),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            };
            if connection.read.is_empty() && ends_request(&self.buffer[..length]) == Some(length) {
                // One whole request: nearly always.
                answer(
                    &mut self.replies,
                    &mut self.answered,
                    &self.buffer[..length],
                    connection,
                )?;
            } else {
                connection.read.extend_from_slice(&self.buffer[..length]);
                let mut taken = 0;
                while let Some(end) = ends_request(&connection.read[taken..]) {
                    let request = connection.read[taken..taken + end].to_vec();
                    answer(&mut self.replies, &mut self.answered, &request, connection)?;
                    taken += end;
                }
                connection.read.drain(..taken);
            }
            // Less than there was room for: the next event tells when there is more.
            if length < self.buffer.len() && connection.unsent.is_empty() && !is_last {
                return Ok(true);
            }
        }
    }
}

/// Where the first request ends.
fn ends_request(bytes: &[u8]) -> Option<usize> {
    if bytes.ends_with(b"\r\n\r\n")
        && memchr::memmem::find(bytes, b"\r\n\r\n") == Some(bytes.len() - 4)
    {
        return Some(bytes.len());
    }
    memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4)
}

fn answer(
    replies: &mut Replies,
    answered: &mut u64,
    request: &[u8],
    connection: &mut Connection,
) -> io::Result<()> {
    let path = request
        .split(|byte| *byte == b' ')
        .nth(1)
        .unwrap_or_default();
    if path == b"/end" {
        end();
    }
    if path == b"/count" {
        let count = std::mem::take(answered).to_string();
        let reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{count}",
            count.len()
        );
        return send(connection, reply.as_bytes());
    }
    *answered += 1;
    send(connection, replies.get(path))
}

/// Ends as `main` would.
#[expect(
    clippy::exit,
    reason = "any other way out of a connection would cost each request something"
)]
fn end() -> ! {
    std::process::exit(0)
}

fn send(connection: &mut Connection, reply: &[u8]) -> io::Result<()> {
    let mut sent = 0;
    while connection.unsent.is_empty() && sent < reply.len() {
        match connection.stream.write(&reply[sent..]) {
            Ok(length) => sent += length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    connection.unsent.extend_from_slice(&reply[sent..]);
    Ok(())
}

/// Writes what is left. Says whether that was all.
fn flush(connection: &mut Connection) -> io::Result<bool> {
    while !connection.unsent.is_empty() {
        match connection.stream.write(&connection.unsent) {
            Ok(length) => drop(connection.unsent.drain(..length)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
