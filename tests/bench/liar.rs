//! A server of two replies that tells one lie: what a bench that only counts would not notice.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// The document: without references, so that it is all there is.
pub(crate) const CONTENT: &str = "<!doctype html><title>Hello</title><p>Content of some length.";

/// What is not true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lie {
    None,
    TagOn304,
    NoTagOn304,
    CacheControlOn304,
    CacheControlLater,
    VaryLater,
    ShortContent,
    OtherContent,
    CutShort,
    NotFoundLater,
    Never304,
    Silence,
}

/// Replies that are true before the lies begin: the bench has asked for everything by then.
const TRUE: usize = 2;

/// Starts a server that lies; it ends with the test.
pub(crate) fn start(lie: Lie) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let served = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let served = Arc::clone(&served);
            thread::spawn(move || serve(stream, lie, &served));
        }
    });
    address
}

fn serve(stream: TcpStream, lie: Lie, served: &AtomicUsize) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let mut is_conditional = false;
        let mut text = String::new();
        while reader.read_line(&mut text).ok()? > 2 {
            is_conditional |= text.to_ascii_lowercase().starts_with("if-none-match");
            text.clear();
        }
        if text.is_empty() {
            return None;
        }
        let lies = served.fetch_add(1, Ordering::Relaxed) >= TRUE;
        let told = if lies { lie } else { Lie::None };
        let reply = reply(told, is_conditional)?;
        writer.write_all(reply.as_bytes()).ok()?;
        if told == Lie::CutShort {
            return None;
        }
    }
}

fn reply(lie: Lie, is_conditional: bool) -> Option<String> {
    let not_modified = is_conditional && lie != Lie::Never304;
    let status = match lie {
        Lie::NotFoundLater => "404 Not Found",
        Lie::Silence => {
            thread::park();
            return None;
        }
        _ if not_modified => "304 Not Modified",
        _ => "200 OK",
    };
    let tag = match lie {
        Lie::TagOn304 if not_modified => "etag: \"other\"\r\n",
        Lie::NoTagOn304 if not_modified => "",
        _ => "etag: \"1\"\r\n",
    };
    let cache_control = match lie {
        Lie::CacheControlOn304 if not_modified => "max-age=31536000",
        Lie::CacheControlLater => "no-cache, max-age=60",
        _ => "no-cache",
    };
    let vary = match lie {
        Lie::VaryLater => "",
        _ => "vary: accept-encoding\r\n",
    };
    let content = match lie {
        _ if not_modified => String::new(),
        Lie::ShortContent | Lie::CutShort => CONTENT[..CONTENT.len() - 3].to_owned(),
        Lie::OtherContent => CONTENT.replace("Hello", "Hallo"),
        _ => CONTENT.to_owned(),
    };
    let length = match lie {
        _ if not_modified => String::new(),
        Lie::CutShort => format!("content-length: {}\r\n", CONTENT.len()),
        _ => format!("content-length: {}\r\n", content.len()),
    };
    Some(format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncache-control: {cache_control}\r\n{tag}{vary}{length}\r\n{content}"
    ))
}
