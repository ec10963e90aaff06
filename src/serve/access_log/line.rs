//! How a request is written down: nothing that a client sends ends a value, or a line.
//!
//! Uses: adapt's requests, serde · Never: threads, sockets

use std::{
    borrow::Cow,
    io::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use crate::{
    http::HttpDate,
    serve::adapt::{Asked, FieldMap},
};

/// How each request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The combined log format, as log analysers read it.
    Combined,
    /// A JSON object.
    Json,
}

/// A line, and what the next one can use of it.
pub(super) struct Line {
    text: Vec<u8>,
    clock: Clock,
}

/// A second, as it was written last.
struct Clock {
    second: HttpDate,
    /// `22/Nov/2026:13:14:15 +0000`.
    combined: String,
    /// `2026-11-22T13:14:15`.
    internet: String,
}

/// A request in JSON.
#[derive(Serialize)]
struct Entry<'r> {
    /// In UTC, with microseconds (RFC 3339).
    timestamp: &'r str,
    client: &'r str,
    method: &'r str,
    target: &'r str,
    version: &'r str,
    status: u16,
    /// Of content.
    bytes: u64,
    referer: Cow<'r, str>,
    user_agent: Cow<'r, str>,
}

/// What stands for a value that there is none of.
const NONE: &str = "-";

impl Line {
    pub(super) const fn new() -> Self {
        Self {
            text: Vec::new(),
            clock: Clock::new(),
        }
    }

    /// What was written last, with its line feed.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Writes one request and its reply in place of what was here.
    pub(super) fn write<M: FieldMap>(
        &mut self,
        format: Format,
        asked: &Asked<'_, M>,
        status: u16,
        bytes: u64,
        now: SystemTime,
    ) {
        let field = |name| asked.fields.values(name).next().unwrap_or(NONE.as_bytes());
        let (referer, user_agent) = (field("Referer"), field("User-Agent"));
        self.clock.set(HttpDate::from(now));
        self.text.clear();
        let text = &mut self.text;
        match format {
            Format::Combined => {
                text.extend_from_slice(client(asked).as_bytes());
                text.extend_from_slice(b" - - [");
                text.extend_from_slice(self.clock.combined.as_bytes());
                text.extend_from_slice(b"] \"");
                escape(text, asked.method.as_bytes());
                text.push(b' ');
                escape(text, asked.target.as_bytes());
                add(
                    text,
                    format_args!(" {:?}\" {status} {bytes} \"", asked.version),
                );
                escape(text, referer);
                text.extend_from_slice(b"\" \"");
                escape(text, user_agent);
                text.push(b'"');
            }
            Format::Json => {
                let micros = now
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.subsec_micros());
                let entry = Entry {
                    timestamp: &format!("{}.{micros:06}Z", self.clock.internet),
                    client: &client(asked),
                    method: asked.method,
                    target: asked.target,
                    version: &format!("{:?}", asked.version),
                    status,
                    bytes,
                    referer: String::from_utf8_lossy(referer),
                    user_agent: String::from_utf8_lossy(user_agent),
                };
                let json = serde_json::to_string(&entry).expect("text and numbers can be written");
                show(text, &json);
            }
        }
        text.push(b'\n');
    }
}

impl Clock {
    const fn new() -> Self {
        Self {
            second: HttpDate::EPOCH,
            combined: String::new(),
            internet: String::new(),
        }
    }

    fn set(&mut self, second: HttpDate) {
        const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
        if self.second == second && !self.combined.is_empty() {
            return;
        }
        self.second = second;
        // Sun, 22 Nov 2026 13:14:15 GMT
        let date = second.to_string();
        let parts: Vec<&str> = date.split(' ').collect();
        let [_, day, month, year, time, _] = parts[..] else {
            unreachable!("a date has six parts")
        };
        let number = MONTHS.find(month).map_or(0, |place| place / 3 + 1);
        self.combined = format!("{day}/{month}/{year}:{time} +0000");
        self.internet = format!("{year}-{number:02}-{day}T{time}");
    }
}

fn add(text: &mut Vec<u8>, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a Vec takes everything");
}

fn client<M>(asked: &Asked<'_, M>) -> String {
    let address = asked
        .client
        .map(|address| address.ip().to_canonical().to_string());
    address.unwrap_or_else(|| NONE.to_owned())
}

/// Writes a value between quotes: what is not visible, a quote and a backslash as an escape.
fn escape(text: &mut Vec<u8>, value: &[u8]) {
    for byte in value {
        match byte {
            b'"' | b'\\' | ..b' ' | 0x7F.. => text.extend(byte.escape_ascii()),
            _ => text.push(*byte),
        }
    }
}

/// Writes JSON so that a terminal shows it: what it would obey is escaped, too, where JSON asks for that only below U+0020.
fn show(text: &mut Vec<u8>, json: &str) {
    // U+0080 to U+009F begin with C2.
    if memchr::memchr2(0x7F, 0xC2, json.as_bytes()).is_none() {
        text.extend_from_slice(json.as_bytes());
        return;
    }
    for character in json.chars() {
        if character.is_control() {
            add(text, format_args!("\\u{:04x}", u32::from(character)));
        } else {
            add(text, format_args!("{character}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ::http::{HeaderMap, HeaderValue, Version, header::USER_AGENT};

    use super::*;

    fn written(format: Format, agent: &'static [u8]) -> String {
        let mut fields = HeaderMap::new();
        fields.insert(
            USER_AGENT,
            HeaderValue::from_bytes(agent).expect("a value may have these"),
        );
        let asked = Asked {
            client: Some(([192, 0, 2, 1], 4000).into()),
            method: "GET",
            scheme: None,
            authority: None,
            target: "/it's?a=%22",
            version: Version::HTTP_11,
            fields: &fields,
        };
        let mut line = Line::new();
        line.text.extend_from_slice(b"before");
        let now = UNIX_EPOCH + Duration::from_micros(784_111_777_000_042);
        line.write(format, &asked, 200, 1234, now);
        String::from_utf8(line.text).expect("a line is UTF-8")
    }

    #[test]
    fn the_combined_format_has_nine_values_and_escapes_what_would_end_one() {
        assert_eq!(
            written(Format::Combined, b"Mozilla (\"x\\\xff\t)"),
            "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"GET /it's?a=%22 HTTP/1.1\" 200 1234 \"-\" \"Mozilla (\\\"x\\\\\\xff\\t)\"\n"
        );
    }

    #[test]
    fn json_has_the_same_and_the_microsecond() {
        assert_eq!(
            written(Format::Json, b"Mozilla (\"x\\\xff\t)"),
            "{\"timestamp\":\"1994-11-06T08:49:37.000042Z\",\"client\":\"192.0.2.1\",\"method\":\"GET\",\"target\":\"/it's?a=%22\",\
             \"version\":\"HTTP/1.1\",\"status\":200,\"bytes\":1234,\"referer\":\"-\",\"user_agent\":\"Mozilla (\\\"x\\\\\u{FFFD}\\t)\"}\n"
        );
    }

    #[test]
    fn nothing_in_json_is_obeyed_by_a_terminal() {
        let line = written(Format::Json, b"caf\xc3\xa9 \xc2\xa9 \xc2\x9b31m");
        assert!(line.contains("café © \\u009b31m"), "{line}");
    }

    #[test]
    fn the_clock_goes_on() {
        let mut clock = Clock::new();
        clock.set(HttpDate::EPOCH);
        assert_eq!(clock.combined, "01/Jan/1970:00:00:00 +0000");
        clock.set(HttpDate::EPOCH.saturating_add(Duration::from_secs(1)));
        assert_eq!(clock.internet, "1970-01-01T00:00:01");
    }
}
