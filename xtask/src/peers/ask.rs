//! One question over a socket, as written, and what came back.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long an answer may take: a server that hangs has not answered.
const PATIENCE: Duration = Duration::from_secs(3);

/// What came back. Status 0 is no answer at all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) content: Vec<u8>,
}

impl Answer {
    /// The values of a field, joined as RFC 9110 §5.3 joins them.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .fields
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Its entity tag, or something that no server knows.
    pub(crate) fn tag(&self) -> String {
        self.field("etag").unwrap_or_else(|| "\"none\"".to_owned())
    }
}

/// Asks with these field lines beside `Host`.
pub(crate) fn ask(
    server: SocketAddr,
    method: &str,
    target: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let mut message = format!("{method} {target} HTTP/1.1\r\nHost: {server}\r\n");
    for (name, value) in fields {
        message.extend([name, ": ", value, "\r\n"]);
    }
    message.push_str("Connection: close\r\n\r\n");
    raw(server, message.as_bytes(), method == "HEAD")
}

/// Sends these bytes, and reads one answer.
pub(crate) fn raw(server: SocketAddr, message: &[u8], head_only: bool) -> Answer {
    exchange(server, message)
        .and_then(|bytes| parse(&bytes, head_only))
        .unwrap_or_default()
}

fn exchange(server: SocketAddr, message: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(message).ok()?;
    let mut bytes = Vec::new();
    let mut chunk = [0; 16 * 1024];
    // A server may keep the connection, or reset it behind its answer: what came until then counts.
    while let Ok(length @ 1..) = stream.read(&mut chunk) {
        bytes.extend_from_slice(&chunk[..length]);
        if is_whole(&bytes) {
            break;
        }
    }
    Some(bytes)
}

/// Has all come that `Content-Length` says? Others are read to the end of the connection.
fn is_whole(bytes: &[u8]) -> bool {
    parse(bytes, false).is_some_and(|answer| {
        let length = answer
            .field("content-length")
            .and_then(|length| length.parse().ok());
        length.is_some_and(|length: usize| answer.content.len() >= length)
    })
}

fn parse(bytes: &[u8], head_only: bool) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let fields: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut answer = Answer {
        status,
        fields,
        content: Vec::new(),
    };
    if !head_only {
        let content = &bytes[end + 4..];
        let is_chunked = answer
            .field("transfer-encoding")
            .is_some_and(|coding| coding.contains("chunked"));
        answer.content = if is_chunked {
            dechunk(content)
        } else {
            content.to_vec()
        };
    }
    Some(answer)
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size = size
            .split(';')
            .next()
            .and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let Some(size @ 1..) = size else { break };
        let Some(chunk) = rest.get(end + 2..end + 2 + size) else {
            break;
        };
        content.extend_from_slice(chunk);
        rest = rest.get(end + 4 + size..).unwrap_or_default();
    }
    content
}
