//! A server that does much wrong, always in the same way: what a rendered report is about.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

/// A single-page app behind one lifetime for all files. Its thread ends with the test program.
pub(crate) struct Crooked {
    address: SocketAddr,
}

pub(crate) const PAGE: &str =
    "<!doctype html><title>t</title><script src=/assets/index-B7xq9Z1c.js></script>";
pub(crate) const FOREVER: &str = "public, max-age=31536000, immutable";

impl Crooked {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || serve(stream));
            }
        });
        Self { address }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

pub(crate) fn serve(mut stream: TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut words = line.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut fields = String::new();
        loop {
            let mut field = String::new();
            reader.read_line(&mut field).ok()?;
            if field.trim().is_empty() {
                break;
            }
            fields.push_str(&field.to_ascii_lowercase());
        }
        let content = match target.split('?').next()? {
            "/assets/index-B7xq9Z1c.js" => ("text/javascript", "console.log('long enough')"),
            _ => ("text/html", PAGE),
        };
        let reply = reply(&method, &fields, content);
        stream.write_all(reply.as_bytes()).ok()?;
    }
}

fn reply(method: &str, fields: &str, (media, content): (&str, &str)) -> String {
    let tag = format!("\"{}\"", content.len());
    if fields.contains(&format!("if-none-match: {tag}\r\n")) {
        return format!("HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n");
    }
    let sent = if method == "HEAD" { "" } else { content };
    format!(
        "HTTP/1.1 200 OK\r\nServer: crooked\r\nContent-Type: {media}\r\nETag: {tag}\r\nCache-Control: {FOREVER}\r\nContent-Length: {}\r\n\r\n{sent}",
        content.len()
    )
}
