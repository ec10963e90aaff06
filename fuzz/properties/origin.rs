//! Any request to one fixed site: whatever it says, its reply keeps the rules that no reply may break.
//!
//! The input is a request as a person would write it down: `METHOD target`, then field lines. Fields that decide something are easily found by the
//! fuzzer, because the corpus has them all.

use std::sync::LazyLock;

use bytes::Bytes;
use larder::{
    fingerprint::Digest,
    http::{ContentCoding, FieldSource, Fields, HttpDate},
    origin::{Reply, Request, respond},
    policy,
    snapshot::{CodedContent, Content, Generation, SiteFile, Snapshot, assemble},
};

const POLICY: &str = r#"
[site]
spa = "/index.html"

[headers]
"Referrer-Policy" = "no-referrer"

[[rule]]
name = "data"
paths = "/data/**"
cache-control = "max-age=60, stale-while-revalidate=30"
cdn-cache-control = "max-age=600"

[[redirect]]
from = "/old/*"
to = "/docs/:splat"

[[redirect]]
from = "/u/:name"
to = "/?who=:name"
status = 302
"#;

static SITE: LazyLock<Snapshot> = LazyLock::new(|| {
    let compiled = policy::compile("policy.toml", POLICY);
    let policy = compiled.policy.expect("the policy of this site is right");
    let file = |path: &str, length: usize| {
        let content: Vec<u8> = (0..length)
            .map(|at| b'a' + u8::try_from(at % 23).expect("less than 23"))
            .collect();
        let content = Bytes::from(content);
        SiteFile::new(path, content.clone(), Digest::of(&content))
    };
    let coded = |mut file: SiteFile| {
        file.negotiable = true;
        for coding in ContentCoding::ALL {
            let bytes = Bytes::from(format!("{coding} of {}", file.path));
            file.coded.push(CodedContent {
                coding,
                digest: Digest::of(&bytes),
                content: Content::Held(bytes),
            });
        }
        file
    };
    let mut hashed = coded(file("/assets/app-3e5b7ab69fb7d67b.js", 700));
    hashed.fingerprinted = true;
    let mut dated = file("/data/dated.bin", 1000);
    dated.last_modified = HttpDate::from_unix_seconds(1_741_768_200);
    let files = vec![
        coded(file("/index.html", 500)),
        file("/docs/index.html", 40),
        file("/docs/guide.html", 50),
        coded(file("/style.css", 3000)),
        file("/empty.txt", 0),
        file("/a b.txt", 10),
        hashed,
        dated,
    ];
    assemble(files, &policy, Generation(1))
});

struct Asked<'d> {
    method: &'d str,
    target: &'d str,
    fields: Vec<(&'d str, &'d [u8])>,
}

impl FieldSource for Asked<'_> {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.fields
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }
}

impl<'d> Asked<'d> {
    fn read(data: &'d [u8]) -> Option<Self> {
        let mut lines = data.split(|byte| *byte == b'\n');
        let first = str::from_utf8(lines.next()?).ok()?;
        let (method, target) = first.split_once(' ')?;
        let fields = lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            Some((
                str::from_utf8(&line[..colon]).ok()?,
                line[colon + 1..].trim_ascii(),
            ))
        });
        Some(Self {
            method,
            target,
            fields: fields.collect(),
        })
    }

    /// With another method, and only those fields that `keep` keeps.
    fn with(&self, method: &'d str, keep: impl Fn(&str) -> bool) -> Self {
        let fields = self
            .fields
            .iter()
            .copied()
            .filter(|(name, _)| keep(&name.to_ascii_lowercase()));
        Self {
            method,
            target: self.target,
            fields: fields.collect(),
        }
    }

    fn answer(&self) -> Answer {
        let now = HttpDate::from_unix_seconds(1_780_272_000).expect("a time in this millennium");
        let (path, query) = match self.target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.target, None),
        };
        let request = Request {
            method: self.method,
            path,
            query,
            fields: self,
        };
        let reply = respond(&SITE, &request, now);
        Answer {
            status: reply.status,
            fields: reply.fields(&SITE),
            content: content(&reply),
        }
    }
}

struct Answer {
    status: u16,
    fields: Fields,
    content: Vec<u8>,
}

impl Answer {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(larder::http::FieldValue::as_str)
    }
}

fn content(reply: &Reply<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in reply.content.pieces() {
        let Content::Held(held) = &piece.content else {
            panic!("this site is in memory")
        };
        let at = |place: u64| usize::try_from(place).expect("this site is small");
        bytes.extend_from_slice(&held[at(piece.offset)..at(piece.offset + piece.length)]);
    }
    bytes
}

/// Conditions, and what they are about.
fn is_condition(name: &str) -> bool {
    matches!(
        name,
        "if-match"
            | "if-none-match"
            | "if-modified-since"
            | "if-unmodified-since"
            | "if-range"
            | "range"
    )
}

/// The rules of every reply.
pub(crate) fn respond_keeps_the_rules(data: &[u8]) {
    let Some(asked) = Asked::read(data) else {
        return;
    };
    let answer = asked.answer();
    let status = answer.status;
    assert!(
        matches!(
            status,
            200 | 204 | 206 | 301 | 302 | 304 | 308 | 400 | 404 | 405 | 406 | 412 | 414 | 416
        ),
        "{status}"
    );
    assert_eq!(answer.field("X-Content-Type-Options"), Some("nosniff"));
    frames_what_it_has(&asked, &answer);
    grants_no_more_than_its_status(&asked, &answer);
    says_of_head_and_304_what_get_says(&asked, &answer);
}

/// Lines and lengths.
fn frames_what_it_has(asked: &Asked<'_>, answer: &Answer) {
    let status = answer.status;
    // One field, one line (RFC 9110 §5.3).
    for (name, _) in &answer.fields {
        let same = answer
            .fields
            .iter()
            .filter(|(other, _)| other.as_str().eq_ignore_ascii_case(name.as_str()));
        assert_eq!(same.count(), 1, "{}", name.as_str());
    }
    // A length is that of the content; 204 and 304 have none (§8.6).
    if asked.method == "HEAD" || matches!(status, 204 | 304) {
        assert!(answer.content.is_empty());
    } else {
        assert_eq!(
            answer.field("Content-Length"),
            Some(answer.content.len().to_string().as_str())
        );
    }
    if matches!(status, 204 | 304) {
        assert_eq!(answer.field("Content-Length"), None);
    }
}

/// Errors, redirects, and what is kept for ever.
fn grants_no_more_than_its_status(asked: &Asked<'_>, answer: &Answer) {
    let status = answer.status;
    // Errors are kept by nobody, and have nothing of a success (§8.8).
    if status >= 400 {
        assert_eq!(answer.field("Cache-Control"), Some("no-store"));
        for name in [
            "ETag",
            "Last-Modified",
            "Content-Encoding",
            "Accept-Ranges",
            "CDN-Cache-Control",
        ] {
            assert_eq!(answer.field(name), None, "{name} on {status}");
        }
    }
    assert_eq!(
        status == 405,
        answer.field("Allow").is_some() && status != 204,
        "Allow goes with 405"
    );
    if let Some(location) = answer.field("Location") {
        assert!(
            location.starts_with('/')
                && !location.starts_with("//")
                && !location.starts_with("/\\"),
            "{location}"
        );
        assert!(
            location.bytes().all(|byte| byte.is_ascii_graphic()),
            "{location}"
        );
    }
    // `immutable` is for names that carry a hash of their content (RFC 8246 §2).
    if answer
        .field("Cache-Control")
        .is_some_and(|told| told.contains("immutable"))
    {
        assert!(
            matches!(status, 200 | 206 | 304) && asked.target.contains("3e5b7ab69fb7d67b"),
            "{}",
            asked.target
        );
    }
}

/// HEAD, 304 and the 200 they stand for.
fn says_of_head_and_304_what_get_says(asked: &Asked<'_>, answer: &Answer) {
    let status = answer.status;
    // HEAD is GET without a range and without content (§9.3.2, §14.2).
    if matches!(asked.method, "GET" | "HEAD") {
        let get = asked
            .with("GET", |name| name != "range" && name != "if-range")
            .answer();
        let head = asked.with("HEAD", |_| true).answer();
        assert_eq!((head.status, &head.fields), (get.status, &get.fields));
    }
    let whole = asked.with("GET", |name| !is_condition(name)).answer();
    if status == 304 {
        assert_eq!(whole.status, 200);
        for (name, value) in &answer.fields {
            assert_eq!(
                whole.field(name.as_str()),
                Some(value.as_str()),
                "{} is not in the 200",
                name.as_str()
            );
        }
        for name in [
            "ETag",
            "Cache-Control",
            "CDN-Cache-Control",
            "Vary",
            "Expires",
            "Content-Location",
        ] {
            assert_eq!(answer.field(name), whole.field(name), "{name}");
        }
        for name in [
            "Content-Type",
            "Content-Encoding",
            "Content-Range",
            "Content-Length",
        ] {
            assert_eq!(answer.field(name), None, "{name} on 304");
        }
    }
    if status == 206 {
        assert_eq!(whole.status, 200);
        assert!(answer.content.len() <= 2 * whole.content.len() + 4096);
        assert_eq!(answer.field("ETag"), whole.field("ETag"));
        if let Some(range) = answer.field("Content-Range") {
            assert_eq!(
                slice(range, &whole.content),
                Some(answer.content.as_slice()),
                "{range}"
            );
        } else {
            assert!(
                answer
                    .field("Content-Type")
                    .is_some_and(|kind| kind.starts_with("multipart/byteranges; boundary="))
            );
        }
    }
    if status == 416 {
        assert_eq!(
            answer.field("Content-Range"),
            Some(format!("bytes */{}", whole.content.len()).as_str())
        );
    }
    // What is not about conditions is not changed by them: only these four come of them.
    if status != whole.status && matches!(asked.method, "GET" | "HEAD") {
        assert!(
            whole.status == 200 && matches!(status, 206 | 304 | 412 | 416),
            "{} became {status}",
            whole.status
        );
    }
}

/// The bytes that a `Content-Range` names.
fn slice<'w>(range: &str, whole: &'w [u8]) -> Option<&'w [u8]> {
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    assert_eq!(total.parse(), Ok(whole.len()));
    whole.get(first.parse().ok()?..=last.parse().ok()?)
}
