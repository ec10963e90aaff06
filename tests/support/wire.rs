//! A small HTTP/1.1 client over a socket: sends exactly the bytes it is told, reads one answer at a time.
//!
//! It repairs nothing: a path is sent as written, a field value as given, and an answer that stops short of its
//! Content-Length is handed over as such. RFC 9112 §6.3 says where content ends.

use std::{
    fmt,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
};

use super::eventually::DEADLINE;

/// A request, as text.
#[derive(Clone)]
pub(crate) struct Ask {
    method: String,
    target: Vec<u8>,
    fields: Vec<(String, Vec<u8>)>,
}

impl Ask {
    pub(crate) fn get(target: impl AsRef<[u8]>) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn head(target: impl AsRef<[u8]>) -> Self {
        Self::new("HEAD", target)
    }

    pub(crate) fn new(method: &str, target: impl AsRef<[u8]>) -> Self {
        Self {
            method: method.to_owned(),
            target: target.as_ref().to_vec(),
            fields: Vec::new(),
        }
    }

    /// With one more field line.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.fields.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// With the fields of a browser that goes to a new document.
    pub(crate) fn navigating(self) -> Self {
        self.with(
            "Accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        )
        .with("Sec-Fetch-Dest", "document")
        .with("Sec-Fetch-Mode", "navigate")
    }

    /// With the fields of a browser that loads a module script.
    pub(crate) fn loading_a_script(self) -> Self {
        self.with("Accept", "*/*")
            .with("Sec-Fetch-Dest", "script")
            .with("Sec-Fetch-Mode", "cors")
    }

    /// The same request with another method.
    pub(crate) fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} ", self.method).into_bytes();
        bytes.extend_from_slice(&self.target);
        bytes.extend_from_slice(b" HTTP/1.1\r\n");
        if !self
            .fields
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            bytes.extend_from_slice(b"Host: larder.test\r\n");
        }
        for (name, value) in &self.fields {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", start_of(&self.bytes()))
    }
}

/// An answer, as it came.
#[derive(Clone)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// Field lines in their order, names in lower case.
    pub(crate) fields: Vec<(String, String)>,
    /// The content, as far as it came.
    pub(crate) content: Vec<u8>,
    /// How many bytes of the promised Content-Length never came.
    pub(crate) missing: usize,
}

impl Answer {
    /// The value of the first field line of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.lines(name).next()
    }

    /// The values of all field lines of this name.
    pub(crate) fn lines(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |(its, _)| its.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The entity tag.
    #[track_caller]
    pub(crate) fn tag(&self) -> String {
        self.field("etag")
            .unwrap_or_else(|| panic!("an ETag is missing: {self:?}"))
            .to_owned()
    }

    /// The content as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }

    /// Did all of the content come?
    pub(crate) fn is_whole(&self) -> bool {
        self.missing == 0
    }

    /// All fields but those that differ from one second, or one connection, to the next.
    pub(crate) fn stable_fields(&self) -> Vec<(String, String)> {
        let mut fields = self.fields.clone();
        fields.retain(|(name, _)| name != "date" && name != "connection");
        fields.sort();
        fields
    }

    /// Asserts the status.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// Asserts a field's value.
    #[track_caller]
    pub(crate) fn has(&self, name: &str, value: &str) -> &Self {
        assert_eq!(
            self.lines(name).collect::<Vec<_>>(),
            [value],
            "{name} of {self:#?}"
        );
        self
    }

    /// Asserts that a field is absent.
    #[track_caller]
    pub(crate) fn lacks(&self, name: &str) -> &Self {
        assert_eq!(self.field(name), None, "{self:#?}");
        self
    }

    /// Asserts the content.
    #[track_caller]
    pub(crate) fn says(&self, content: impl AsRef<[u8]>) -> &Self {
        let wanted = content.as_ref();
        assert!(
            self.content == wanted,
            "content is {} bytes: {:?}; wanted {} bytes: {:?}; of status {}",
            self.content.len(),
            start_of(&self.content),
            wanted.len(),
            start_of(wanted),
            self.status
        );
        self
    }

    /// Asserts what every error must be: not stored, and without the metadata of a success (RFC 9110 §8.8, §15.5).
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16) -> &Self {
        self.is(status)
            .has("cache-control", "no-store")
            .lacks("etag")
            .lacks("last-modified")
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.status)?;
        for (name, value) in &self.fields {
            writeln!(formatter, "{name}: {value}")?;
        }
        let (length, start) = (self.content.len(), start_of(&self.content));
        write!(
            formatter,
            "\n{start:?} ({length} bytes, {} missing)",
            self.missing
        )
    }
}

fn start_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned()
}

/// A connection that stays open for several requests.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Received and not yet part of an answer.
    unread: Vec<u8>,
}

impl Connection {
    #[track_caller]
    pub(crate) fn open(address: SocketAddr) -> Self {
        Self::try_open(address).expect("the server accepts connections")
    }

    pub(crate) fn try_open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, DEADLINE)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            unread: Vec::new(),
        })
    }

    /// One request, one answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, ask: &Ask) -> Answer {
        self.try_ask(ask)
            .unwrap_or_else(|error| panic!("no answer to {ask:?}: {error}"))
    }

    pub(crate) fn try_ask(&mut self, ask: &Ask) -> io::Result<Answer> {
        self.send(&ask.bytes())?;
        self.answer_to(&ask.method)
    }

    /// Sends a request and reads nothing of its answer yet.
    pub(crate) fn start(&mut self, ask: &Ask) {
        self.send(&ask.bytes()).expect("the server reads requests");
    }

    /// Sends these bytes.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Reads the next answer to its end.
    pub(crate) fn answer_to(&mut self, method: &str) -> io::Result<Answer> {
        let mut answer = self.head()?;
        // RFC 9112 §6.3, in its order.
        if method == "HEAD" || answer.status == 204 || answer.status == 304 {
            return Ok(answer);
        }
        if answer.field("transfer-encoding") == Some("chunked") {
            answer.content = self.chunks()?;
        } else if let Some(length) = answer.field("content-length") {
            let length: usize = length
                .parse()
                .map_err(|_| bad(&format!("Content-Length: {length}")))?;
            answer.content = self.take(length)?;
            answer.missing = length - answer.content.len();
        } else {
            answer.content = self.rest()?;
        }
        Ok(answer)
    }

    /// Reads the status line and the fields, and no content.
    pub(crate) fn head(&mut self) -> io::Result<Answer> {
        let end = loop {
            if let Some(at) = self
                .unread
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
            {
                break at;
            }
            if self.fill()? == 0 {
                return Err(bad(&format!("closed after {:?}", start_of(&self.unread))));
            }
        };
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        self.unread.drain(..end + 4);
        parse_head(&head).ok_or_else(|| bad(&head))
    }

    /// Reads some content that has come, at most `limit` bytes.
    pub(crate) fn take(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < limit && self.fill_or_end()? > 0 {}
        let rest = self.unread.split_off(self.unread.len().min(limit));
        Ok(std::mem::replace(&mut self.unread, rest))
    }

    /// Reads until the server closes.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        self.take(usize::MAX)
    }

    /// Has the server closed, with nothing more to read?
    pub(crate) fn is_closed(&mut self) -> bool {
        self.unread.is_empty() && matches!(self.fill_or_end(), Ok(0))
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        loop {
            let line = self.line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| bad(&line))?;
            content.extend(self.take(size)?);
            self.line()?;
            if size == 0 {
                return Ok(content);
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.unread.windows(2).position(|window| window == b"\r\n") {
                let line = String::from_utf8_lossy(&self.unread[..at]).into_owned();
                self.unread.drain(..at + 2);
                return Ok(line);
            }
            if self.fill()? == 0 {
                return Err(bad("closed inside a line"));
            }
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut chunk = [0; 16 * 1024];
        let length = self.stream.read(&mut chunk)?;
        self.unread.extend_from_slice(&chunk[..length]);
        Ok(length)
    }

    /// A reset is an end, too: it is how a server says that the rest of the content will not come.
    fn fill_or_end(&mut self) -> io::Result<usize> {
        match self.fill() {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
                ) =>
            {
                Ok(0)
            }
            other => other,
        }
    }
}

fn parse_head(head: &str) -> Option<Answer> {
    let mut lines = head.split("\r\n");
    let status = lines
        .next()?
        .strip_prefix("HTTP/1.1 ")?
        .get(..3)?
        .parse()
        .ok()?;
    let fields = lines.map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    });
    Some(Answer {
        status,
        fields: fields.collect::<Option<_>>()?,
        content: Vec::new(),
        missing: 0,
    })
}

fn bad(found: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("not an answer: {found}"),
    )
}
