use super::*;

#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    status: u16,
    tag: Option<Vec<u8>>,
    content: Vec<u8>,
}

impl Sink for Seen {
    fn head(&mut self, status: u16, fields: &impl FieldSource) {
        self.status = status;
        self.tag = fields.only_line("etag").map(<[u8]>::to_owned);
    }

    fn content(&mut self, piece: &[u8]) {
        self.content.extend_from_slice(piece);
    }
}

/// Reads one reply out of `bytes`, given in pieces of `size`.
fn read(bytes: &[u8], size: usize) -> Result<Option<(Seen, usize, bool)>, Malformed> {
    let (mut reader, mut seen, mut before) = (ReplyReader::default(), Seen::default(), 0);
    for piece in bytes.chunks(size) {
        if let Progress::Whole(taken) = reader.feed(piece, &mut seen)? {
            return Ok(Some((seen, before + taken, reader.closes())));
        }
        before += piece.len();
    }
    Ok(reader.end().then_some((seen, before, true)))
}

const COUNTED: &[u8] =
    b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 500 no";
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3;x=y\r\nhel\r\n02\r\nlo\r\n0\r\nA: b\r\n\r\n";
const CLOSED: &[u8] = b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\n\r\nhello";

#[test]
fn a_reply_is_the_same_in_whatever_pieces_it_comes() {
    for (bytes, length, closes) in [
        (COUNTED, COUNTED.len() - 15, false),
        (CHUNKED, CHUNKED.len(), false),
        (CLOSED, CLOSED.len(), true),
    ] {
        for size in 1..=bytes.len() {
            let (seen, taken, closed) = read(bytes, size).unwrap().expect("a whole reply");
            assert_eq!((seen.status, seen.content.as_slice()), (200, &b"hello"[..]));
            assert_eq!(seen.tag.as_deref(), Some(&b"\"1\""[..]));
            assert_eq!((taken, closed), (length, closes), "in pieces of {size}");
        }
    }
}

#[test]
fn a_304_ends_with_its_head_whatever_length_it_announces() {
    let bytes = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\nHTTP/1.1";
    let (seen, taken, _) = read(bytes, bytes.len()).unwrap().unwrap();
    assert_eq!((seen.status, taken), (304, bytes.len() - 8));
}

#[test]
fn an_interim_reply_is_not_the_reply() {
    let bytes = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    for size in 1..=bytes.len() {
        let (seen, taken, _) = read(bytes, size).unwrap().unwrap();
        assert_eq!((seen.status, taken), (200, bytes.len()));
    }
}

#[test]
fn a_connection_closed_too_early_gives_no_reply() {
    for end in 0..COUNTED.len() - 15 {
        assert_eq!(read(&COUNTED[..end], 7).unwrap(), None, "{end}");
    }
    for end in 0..CHUNKED.len() - 1 {
        assert_eq!(read(&CHUNKED[..end], 7).unwrap(), None, "{end}");
    }
}

#[test]
fn whether_the_connection_persists_is_read() {
    let closes = |head: &str| {
        let bytes = format!("{head}\r\nContent-Length: 0\r\n\r\n");
        read(bytes.as_bytes(), 99).unwrap().unwrap().2
    };
    assert!(closes("HTTP/1.1 200 OK\r\nConnection: x, Close"));
    assert!(closes("HTTP/1.0 200 OK"));
    assert!(!closes("HTTP/1.0 200 OK\r\nConnection: keep-alive"));
    assert!(!closes("HTTP/1.1 200 OK"));
}

#[test]
fn what_is_no_reply_is_refused() {
    for bytes in [
        &b"SSH-2.0-OpenSSH_9\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n",
    ] {
        assert!(read(bytes, 1).is_err(), "{}", bytes.escape_ascii());
    }
}
