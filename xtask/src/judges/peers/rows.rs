//! The questions: what is asked, what is wanted, and the section that wants it.

use std::{
    fmt,
    net::SocketAddr,
    thread,
    time::{Duration, SystemTime},
};

use super::site::{Site, TEN};
use crate::peers::ask::{Answer, ask, raw};

/// One row.
pub(super) struct Row {
    /// What is asked, for the table.
    pub(super) asks: &'static str,
    /// What is wanted, and where it stands.
    pub(super) wants: &'static str,
    /// Asks, and judges.
    pub(super) ask: fn(SocketAddr, &Site) -> Verdict,
}

/// What one server did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What is wanted.
    Right,
    /// Something else.
    Wrong(String),
    /// The question cannot be put: there is no entity tag, no coding, …
    NotApplicable,
}

impl Verdict {
    pub(super) fn is_right(&self) -> bool {
        *self == Self::Right
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right => formatter.write_str("✓"),
            Self::Wrong(seen) => write!(formatter, "✗ {seen}"),
            Self::NotApplicable => formatter.write_str("–"),
        }
    }
}

/// Years ago: earlier than every file.
const LONG_AGO: &str = "Sat, 01 Jan 2000 00:00:00 GMT";

fn want(right: bool, seen: impl fmt::Display) -> Verdict {
    if right {
        Verdict::Right
    } else {
        Verdict::Wrong(seen.to_string())
    }
}

fn status(answer: &Answer, wanted: &[u16]) -> Verdict {
    let seen = match answer.status {
        0 => "no answer".to_owned(),
        status => status.to_string(),
    };
    want(wanted.contains(&answer.status), seen)
}

/// The tag of `/style.css`; without one there is nothing to ask.
fn tag(server: SocketAddr) -> Option<String> {
    ask(server, "GET", "/style.css", &[]).field("etag")
}

macro_rules! rows {
    ($($asks:literal, $wants:literal, |$server:ident, $site:pat_param| $body:expr;)*) => {
        /// All of them. Those that change the folder come last.
        pub(super) const ROWS: &[Row] = &[$(Row { asks: $asks, wants: $wants, ask: |$server, $site| $body }),*];
    };
}

/// With the server's own tag as `{tag}` in the values.
fn tagged(server: SocketAddr, fields: &[(&str, &str)], wanted: &[u16]) -> Verdict {
    let Some(tag) = tag(server) else {
        return Verdict::NotApplicable;
    };
    let opaque = tag.trim_start_matches("W/").trim_matches('"').to_owned();
    let values: Vec<String> = fields
        .iter()
        .map(|(_, value)| value.replace("{tag}", &tag).replace("{opaque}", &opaque))
        .collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .zip(&values)
        .map(|((name, _), value)| (*name, value.as_str()))
        .collect();
    status(&ask(server, "GET", "/style.css", &fields), wanted)
}

fn part(server: SocketAddr, range: &str, wanted: &[u8]) -> Verdict {
    let answer = ask(server, "GET", "/ten.bin", &[("Range", range)]);
    let seen = format!("{}, {} bytes", answer.status, answer.content.len());
    want(answer.status == 206 && answer.content == wanted, seen)
}

rows! {
    "`If-None-Match` with the tag, and an old `If-Modified-Since`", "304 (RFC 9110 §13.1.3)",
    |server, _| tagged(server, &[("If-None-Match", "{tag}"), ("If-Modified-Since", LONG_AGO)], &[304]);
    "`If-Match` with the tag, and an old `If-Unmodified-Since`", "200 (§13.2.2)",
    |server, _| {
        if tag(server).is_some_and(|tag| tag.starts_with("W/")) { return Verdict::NotApplicable; }
        tagged(server, &[("If-Match", "{tag}"), ("If-Unmodified-Since", LONG_AGO)], &[200])
    };
    "`If-Unmodified-Since` that is no date", "200, ignored (§13.1.4)",
    |server, _| status(&ask(server, "GET", "/style.css", &[("If-Unmodified-Since", "garbage")]), &[200]);
    "`If-Match` with the tag made weak", "412 (§13.1.1)",
    |server, _| tagged(server, &[("If-Match", "W/\"{opaque}\"")], &[412]);
    "`If-Match` with another tag", "412 (§13.1.1)",
    |server, _| tagged(server, &[("If-Match", "\"other\"")], &[412]);
    "`If-None-Match`, a list, the tag second", "304 (§13.1.2)",
    |server, _| tagged(server, &[("If-None-Match", "\"other\", {tag}")], &[304]);
    "`If-None-Match`, two field lines, the tag in the second", "304 (§5.2)",
    |server, _| tagged(server, &[("If-None-Match", "\"other\""), ("If-None-Match", "{tag}")], &[304]);
    "`If-None-Match`, a comma inside another tag", "304 (§8.8.3)",
    |server, _| tagged(server, &[("If-None-Match", "\"a,b\", {tag}")], &[304]);
    "`If-None-Match: *`", "304 (§13.1.2)",
    |server, _| status(&ask(server, "GET", "/style.css", &[("If-None-Match", "*")]), &[304]);
    "`If-None-Match` with the tag without its quotes", "200 (§8.8.3)",
    |server, _| tagged(server, &[("If-None-Match", "{opaque}")], &[200]);
    "`If-None-Match` with the tag, and a range behind the end", "304 (§13.2.2)",
    |server, _| tagged(server, &[("If-None-Match", "{tag}"), ("Range", "bytes=999999-")], &[304]);
    "304 has the `Cache-Control`, `ETag`, `Expires`, `Vary` of its 200", "all (§15.4.5)",
    |server, _| {
        let gzip = ("Accept-Encoding", "gzip");
        let whole = ask(server, "GET", "/style.css", &[gzip]);
        let not = ask(server, "GET", "/style.css", &[gzip, ("If-None-Match", &whole.tag())]);
        if not.status != 304 { return Verdict::NotApplicable; }
        let lost: Vec<&str> = ["cache-control", "etag", "expires", "vary", "content-location"]
            .into_iter()
            .filter(|name| not.field(name) != whole.field(name) && *name != "expires")
            .collect();
        want(lost.is_empty(), format!("without `{}`", lost.join("`, `")))
    };
    "304 says nothing about content", "no `Content-Type`, `Content-Encoding`, `Content-Range` (§15.4.5)",
    |server, _| {
        let Some(tag) = tag(server) else { return Verdict::NotApplicable };
        let not = ask(server, "GET", "/style.css", &[("If-None-Match", &tag)]);
        let told: Vec<&str> = ["content-type", "content-encoding", "content-range"]
            .into_iter()
            .filter(|name| not.field(name).is_some())
            .collect();
        want(not.status == 304 && told.is_empty(), format!("`{}`", told.join("`, `")))
    };
    "a range, and `If-Range` with another tag", "200 (§13.1.5)",
    |server, _| status(&ask(server, "GET", "/style.css", &[("Range", "bytes=0-4"), ("If-Range", "\"other\"")]), &[200]);
    "a range, and `If-Range` with the tag made weak", "200 (§13.1.5)",
    |server, _| tagged(server, &[("Range", "bytes=0-4"), ("If-Range", "W/\"{opaque}\"")], &[200]);
    "`bytes=0-0` of ten", "206, one byte (§14.1.2)", |server, _| part(server, "bytes=0-0", b"0");
    "`bytes=-3` of ten", "206, the last three (§14.1.2)", |server, _| part(server, "bytes=-3", b"789");
    "`bytes=5-99` of ten", "206, the last five (§14.1.2)", |server, _| part(server, "bytes=5-99", b"56789");
    "`bytes=0-9` of ten", "206, all (§14.2)", |server, _| part(server, "bytes=0-9", TEN);
    "`bytes=5-4`", "200 or 416 (§14.1.1)",
    |server, _| status(&ask(server, "GET", "/ten.bin", &[("Range", "bytes=5-4")]), &[200, 416]);
    "`seconds=0-5`", "200 (§14.2)",
    |server, _| status(&ask(server, "GET", "/ten.bin", &[("Range", "seconds=0-5")]), &[200]);
    "a range behind the end", "416 with `Content-Range: bytes */10` (§15.5.17)",
    |server, _| {
        let answer = ask(server, "GET", "/ten.bin", &[("Range", "bytes=10-")]);
        let told = answer.field("content-range").is_some_and(|range| range == "bytes */10");
        want(answer.status == 416 && told, answer.status)
    };
    "416 is kept by nobody", "no `ETag`, no long `Cache-Control` (§8.8)",
    |server, _| {
        let answer = ask(server, "GET", "/ten.bin", &[("Range", "bytes=10-")]);
        if answer.status != 416 { return Verdict::NotApplicable; }
        want(answer.field("etag").is_none(), "`ETag`")
    };
    "two ranges", "both in a multipart, or 200 (§15.3.7.2)",
    |server, _| {
        let answer = ask(server, "GET", "/style.css", &[("Range", "bytes=0-1,100-101")]);
        let parts = answer.field("content-type").is_some_and(|kind| kind.starts_with("multipart/byteranges"));
        want(answer.status == 200 || (answer.status == 206 && parts), "only one")
    };
    "200 ranges that overlap", "at most twice the content (§17.15)",
    |server, _| {
        let ranges = vec!["0-"; 200].join(",");
        let answer = ask(server, "GET", "/style.css", &[("Range", &format!("bytes={ranges}"))]);
        let whole = ask(server, "GET", "/style.css", &[]).content.len();
        want(answer.status != 0 && answer.content.len() <= 2 * whole, format!("{} times", answer.content.len() / whole.max(1)))
    };
    "HEAD with a range", "200 (§14.2)",
    |server, _| status(&ask(server, "HEAD", "/ten.bin", &[("Range", "bytes=0-4")]), &[200]);
    "the tags of the content as it is and in gzip", "differ, or are weak (§8.8.3.3)",
    |server, _| {
        let plain = ask(server, "GET", "/style.css", &[]);
        let gzip = until_coded(server);
        let (Some(one), Some(other)) = (plain.field("etag"), gzip.field("etag")) else { return Verdict::NotApplicable };
        if gzip.field("content-encoding").is_none() { return Verdict::NotApplicable; }
        want(one != other || one.starts_with("W/"), "the same strong tag")
    };
    "`Vary` where a coding is selected", "on the content as it is, in gzip, and on 304 (§12.5.5)",
    |server, _| {
        let gzip = until_coded(server);
        if gzip.field("content-encoding").is_none() { return Verdict::NotApplicable; }
        let plain = ask(server, "GET", "/style.css", &[]);
        let not = ask(server, "GET", "/style.css", &[("If-None-Match", &plain.tag())]);
        let lacks: Vec<&str> = [("200", &plain), ("gzip", &gzip), ("304", &not)]
            .into_iter()
            .filter(|(_, answer)| answer.field("vary").is_none_or(|vary| !vary.to_ascii_lowercase().contains("accept-encoding")))
            .map(|(name, _)| name)
            .collect();
        want(lacks.is_empty(), format!("not on {}", lacks.join(", ")))
    };
    "`Accept-Encoding: gzip;q=0`", "not in gzip (§12.5.3)",
    |server, _| {
        let coded = until_coded(server).field("content-encoding").is_some();
        let answer = ask(server, "GET", "/style.css", &[("Accept-Encoding", "gzip;q=0, identity")]);
        if coded { want(answer.field("content-encoding").is_none(), "gzip") } else { Verdict::NotApplicable }
    };
    "HEAD has the fields of GET", "all (§9.3.2)",
    |server, _| {
        let (get, head) = (ask(server, "GET", "/ten.bin", &[]), ask(server, "HEAD", "/ten.bin", &[]));
        let lacks: Vec<String> = get
            .fields
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|name| head.field(name).is_none() && name != "transfer-encoding")
            .collect();
        want(head.status == get.status && lacks.is_empty(), format!("without `{}`", lacks.join("`, `")))
    };
    "POST of a file", "405 with `Allow` (§15.5.6)",
    |server, _| {
        let answer = ask(server, "POST", "/style.css", &[("Content-Length", "0")]);
        let seen = if answer.status == 405 { "405 without `Allow`".to_owned() } else { answer.status.to_string() };
        want(answer.status == 405 && answer.field("allow").is_some(), seen)
    };
    "`Host: a b`", "400 (RFC 9112 §3.2)",
    |server, _| status(&raw(server, b"GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", false), &[400]);
    "`Host: user@host`", "400 (RFC 9112 §3.2)",
    |server, _| status(&raw(server, b"GET / HTTP/1.1\r\nHost: user@host\r\nConnection: close\r\n\r\n", false), &[400]);
    "no `Host`", "400 (RFC 9112 §3.2)",
    |server, _| status(&raw(server, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false), &[400]);
    "`Host` twice", "400 (RFC 9112 §3.2)",
    |server, _| status(&raw(server, b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n", false), &[400]);
    "`Content-Length` and `Transfer-Encoding`", "400, or closed (RFC 9112 §6.1)",
    |server, _| status(&raw(server, b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false), &[400, 501]);
    "`Content-Length: +5`", "400 (RFC 9112 §6.3)",
    |server, _| status(&raw(server, b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n12345", false), &[400]);
    "a space before the colon of a field", "400 (RFC 9112 §5.1)",
    |server, _| status(&raw(server, b"GET / HTTP/1.1\r\nHost: a\r\nX-A : b\r\nConnection: close\r\n\r\n", false), &[400]);
    "`Transfer-Encoding: chunked` in HTTP/1.0", "400, or closed without (RFC 9112 §6.1)",
    |server, _| status(&raw(server, b"GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false), &[400, 501, 0]);
    "a folder without its slash, `Host: evil.example`", "a redirect that does not repeat it (§17.1)",
    |server, _| {
        let answer = raw(server, b"GET /docs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", false);
        match answer.field("location") {
            Some(location) => want(!location.contains("evil"), format!("`{location}`")),
            None => want(answer.status < 500, answer.status),
        }
    };
    "`//docs`", "no redirect to `//docs/`, no second URL (RFC 3986 §4.2)",
    |server, _| {
        let answer = ask(server, "GET", "//docs", &[]);
        match answer.field("location") {
            Some(location) => want(!location.starts_with("//"), format!("`{location}`")),
            None => want(answer.status >= 400, answer.status),
        }
    };
    "`//style.css`, a second URL for one file", "404, or a redirect (RFC 3986 §6.2.2)",
    |server, _| {
        let answer = ask(server, "GET", "//style.css", &[]);
        want(answer.status >= 300, answer.status)
    };
    "`%00` in a path", "400 or 404 (RFC 3986 §7.3)",
    |server, _| status(&ask(server, "GET", "/style.css%00.html", &[]), &[400, 404]);
    "`/..%2f..%2fsecret.txt`", "400 or 404 (RFC 9110 §17.3)",
    |server, _| status(&ask(server, "GET", "/..%2fsecret.txt", &[]), &[400, 403, 404]);
    "`.env`", "404 or 403",
    |server, _| status(&ask(server, "GET", "/.env", &[]), &[403, 404]);
    "`.well-known/security.txt`", "200 (RFC 8615)",
    |server, _| status(&ask(server, "GET", "/.well-known/security.txt", &[]), &[200]);
    "a symbolic link out of the folder", "404 or 403",
    |server, _| status(&ask(server, "GET", "/link.txt", &[]), &[403, 404]);
    "an asset that is missing", "404, and not stored for long",
    |server, _| {
        let answer = ask(server, "GET", "/assets/app-1a2b3c4d.js", &[]);
        let lasts = answer.field("cache-control").is_some_and(|told| told.contains("max-age=3"));
        want(answer.status == 404 && !lasts, answer.status)
    };
    "`X-Content-Type-Options` of a script's page", "`nosniff`",
    |server, _| want(ask(server, "GET", "/style.css", &[]).field("x-content-type-options").is_some_and(|told| told == "nosniff"), "not said");
    "`Server`", "no version (RFC 9110 §10.2.4)",
    |server, _| {
        let told = ask(server, "GET", "/", &[]).field("server").unwrap_or_default();
        want(!told.contains(|letter: char| letter.is_ascii_digit()), format!("`{told}`"))
    };
    "a file from tomorrow", "`Last-Modified` not later than `Date`, or none (§8.8.2.1)",
    |server, _| {
        let answer = ask(server, "GET", "/future.css", &[]);
        let (told, date) = (answer.field("last-modified"), answer.field("date"));
        let year = |date: &Option<String>| date.as_deref().map(str::to_owned);
        want(told.is_none() || year(&told) == year(&date), "later")
    };
    "a file touched, with the same bytes", "304 to its old tag: nothing changed (§8.8.1)",
    |server, site| {
        let before = ask(server, "GET", "/touched.css", &[]);
        if before.field("etag").is_none() { return Verdict::NotApplicable; }
        site.set_modified("touched.css", SystemTime::now() - Duration::from_hours(1));
        thread::sleep(Duration::from_secs(2));
        status(&ask(server, "GET", "/touched.css", &[("If-None-Match", &before.tag())]), &[304])
    };
    "a file rewritten, with the same size and time", "200 to its old tag: it changed (§8.8.1)",
    |server, site| {
        let before = ask(server, "GET", "/rewritten.css", &[]);
        let modified = before.field("last-modified").unwrap_or_default();
        site.rewrite("rewritten.css", b"body { color: plum }");
        thread::sleep(Duration::from_secs(2));
        let answer = match before.field("etag") {
            Some(tag) => ask(server, "GET", "/rewritten.css", &[("If-None-Match", &tag)]),
            None => ask(server, "GET", "/rewritten.css", &[("If-Modified-Since", &modified)]),
        };
        want(answer.status == 200 && answer.content.ends_with(b"plum }"), format!("{}, falsely", answer.status))
    };
    "a named pipe among the files, then a style sheet", "both answered at once",
    |server, _| {
        let pipe = ask(server, "GET", "/pipe.css", &[]);
        let after = ask(server, "GET", "/style.css", &[]);
        let seen = match (pipe.status, after.status) {
            (0, 200) => "the pipe hangs",
            (_, 200) => "the pipe is served",
            _ => "all hang",
        };
        want(matches!(pipe.status, 403 | 404) && after.status == 200, seen)
    };
}

/// In gzip, where the server codes in the background: after a moment.
fn until_coded(server: SocketAddr) -> Answer {
    let gzip = || ask(server, "GET", "/style.css", &[("Accept-Encoding", "gzip")]);
    for _ in 0..50 {
        let answer = gzip();
        if answer.field("content-encoding").is_some() {
            return answer;
        }
        thread::sleep(Duration::from_millis(40));
    }
    gzip()
}
