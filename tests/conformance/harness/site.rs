//! The sites of the suite: small, whole in memory, with content codings made by the real coders.
//!
//! They are assembled by the library, so that a site can have what no file system can say for sure: the date of its last change.

use std::{io::Write, sync::LazyLock};

use bytes::Bytes;
use larder::{
    fingerprint::Digest,
    http::{ContentCoding, HttpDate, TargetPath},
    policy,
    snapshot::{CodedContent, Content, Generation, Lookup, SiteFile, Snapshot, assemble},
};

/// A site that cases ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Site {
    /// Several documents, assets of many kinds and sizes, no policy.
    Ordinary,
    /// One document: a single-page app.
    App,
    /// Several documents, one of them `/200.html` and one `/404.html`.
    Prerendered,
    /// Content whose date of last change is known.
    Dated,
    /// With a policy that uses everything.
    Ruled,
    /// Without clean URLs, without an app, and with errors that may be kept for a while.
    Plain,
}

/// The date of last change of what is on [`Site::Dated`].
pub(crate) const MODIFIED: &str = "Wed, 12 Mar 2025 08:30:00 GMT";
/// [`MODIFIED`] in seconds since 1970.
const MODIFIED_SECONDS: i64 = 1_741_768_200;
/// 2199: what a clock set wrong may leave behind.
const FUTURE_SECONDS: i64 = 7_226_582_400;

/// `3e5b7ab69fb7d67b` is how the SHA-256 digest of its content begins.
pub(crate) const FINGERPRINTED: &str = "/assets/app-3e5b7ab69fb7d67b.js";

const RULED: &str = r#"
[site]
spa = "/index.html"

[headers]
"Referrer-Policy" = "no-referrer"

[[rule]]
name = "stale pictures"
paths = "/pictures/**"
cache-control = "max-age=600, stale-while-revalidate=86400, stale-if-error=604800"

[[rule]]
name = "everything tried is for ever"
paths = "/tried/**"
cache-control = "public, max-age=3600, immutable"

[[rule]]
name = "cdn keeps data"
paths = "/data/**"
cdn-cache-control = "max-age=60"

[[rule]]
name = "missing for a moment"
status = 404
cache-control = "max-age=10"

[[rule]]
name = "tagged"
media = "text/css"
headers = { "X-Kind" = "style" }

[[redirect]]
from = "/old"
to = "/about"

[[redirect]]
from = "/blog/*"
to = "/articles/:splat"
status = 301

[[redirect]]
from = "/u/:name"
to = "/users/:name"
status = 302

[[redirect]]
from = "/see"
to = "/about"
status = 303

[[redirect]]
from = "/later"
to = "/about"
status = 307

[[redirect]]
from = "/away/*"
to = "https://elsewhere.example/:splat"
status = 302
"#;

const PLAIN: &str = r#"
[site]
spa = false
clean-urls = false

[cache]
error = "max-age=30"
"#;

impl Site {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Ordinary,
        Self::App,
        Self::Prerendered,
        Self::Dated,
        Self::Ruled,
        Self::Plain,
    ];

    /// Its place in [`Site::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// The site, assembled.
    pub(crate) fn snapshot(self) -> &'static Snapshot {
        &ASSEMBLED[self.index()].snapshot
    }

    /// The content at `path`, as it is.
    pub(crate) fn content(self, path: &str) -> Option<&'static [u8]> {
        match &self.file(path)?.content {
            Content::Held(bytes) => Some(bytes),
            Content::Stored(_) => None,
        }
    }

    fn file(self, path: &str) -> Option<&'static SiteFile> {
        ASSEMBLED[self.index()]
            .files
            .iter()
            .find(|file| *file.path == *path)
    }

    /// What `target` leads to, if to a resource; the document of an app for a path that leads nowhere.
    pub(crate) fn resource(self, target: &str) -> Option<&'static SiteFile> {
        let path = TargetPath::parse(target.split('?').next()?).ok()?;
        let resource = match self.snapshot().look_up(&path, None) {
            Lookup::Resource(resource, _) => resource,
            Lookup::Redirect { .. } | Lookup::Withheld => return None,
            Lookup::Nothing => self.snapshot().fallback()?,
        };
        self.file(&resource.path)
    }

    fn policy(self) -> &'static str {
        match self {
            Self::Ruled => RULED,
            Self::Plain => PLAIN,
            _ => "",
        }
    }

    fn files(self) -> Vec<SiteFile> {
        let mut files = match self {
            Self::Ordinary => ordinary(),
            Self::App => app(),
            Self::Prerendered => {
                documents(&["/200.html", "/404.html", "/index.html", "/about.html"])
            }
            Self::Dated => vec![
                coded("/index.html", &document("Dated")),
                plain("/ten.bin", TEN),
                plain("/tomorrow.txt", "soon\n"),
            ],
            Self::Ruled => ruled(),
            Self::Plain => {
                let mut files = documents(&["/index.html", "/about.html", "/docs/index.html"]);
                files.extend([plain("/ten.bin", TEN), coded("/style.css", &text(1000))]);
                files
            }
        };
        if self == Self::Dated {
            for file in &mut files {
                let seconds = if &*file.path == "/tomorrow.txt" {
                    FUTURE_SECONDS
                } else {
                    MODIFIED_SECONDS
                };
                file.last_modified = HttpDate::from_unix_seconds(seconds);
            }
        }
        files
    }
}

struct Assembled {
    files: Vec<SiteFile>,
    snapshot: Snapshot,
}

static ASSEMBLED: LazyLock<Vec<Assembled>> = LazyLock::new(|| {
    Site::ALL
        .into_iter()
        .map(|site| {
            let compiled = policy::compile("policy.toml", site.policy());
            let policy = compiled
                .policy
                .unwrap_or_else(|| panic!("the policy of {site:?}: {:?}", compiled.diagnostics));
            let files = site.files();
            let snapshot = assemble(files.clone(), &policy, Generation(1));
            Assembled { files, snapshot }
        })
        .collect()
});

/// Content of ten bytes, each of which is its own offset.
pub(crate) const TEN: &str = "0123456789";

fn ordinary() -> Vec<SiteFile> {
    let mut files = documents(&[
        "/index.html",
        "/about.html",
        "/docs/index.html",
        "/docs/guide.html",
        "/both.html",
        "/both/index.html",
    ]);
    files.extend([
        plain("/empty.bin", ""),
        plain("/ten.bin", TEN),
        plain("/eleven.bin", "0123456789a"),
        plain("/thousand.bin", text(1000)),
        plain("/tenthousand.bin", text(10_000)),
        coded("/style.css", &text(3000)),
        coded("/data.json", &text(2000)),
        coded("/twin.txt", &text(1234)),
        coded("/twin.css", &text(1234)),
        SiteFile {
            coded: vec![code(ContentCoding::Gzip, text(900).as_bytes())],
            ..plain("/gzip-only.js", text(900))
        },
        SiteFile {
            negotiable: true,
            ..plain("/soon.js", text(800))
        },
        SiteFile {
            fingerprinted: true,
            ..coded(FINGERPRINTED, "console.log(\"app\")\n")
        },
        plain("/assets/looks-9d8c7b6a.js", "console.log('looks')\n"),
        plain(
            "/.well-known/security.txt",
            "Contact: mailto:security@example.org\n",
        ),
    ]);
    files.extend(KINDS.map(|(path, _)| plain(path, "x")));
    files.extend(ODD_NAMES.map(|(path, _)| plain(path, path)));
    files
}

/// Suffix to media type, one of each that a front-end has.
pub(crate) const KINDS: [(&str, &str); 24] = [
    ("/kinds/a.html", "text/html; charset=utf-8"),
    ("/kinds/a.xhtml", "application/xhtml+xml"),
    ("/kinds/a.css", "text/css; charset=utf-8"),
    ("/kinds/a.js", "text/javascript; charset=utf-8"),
    ("/kinds/a.mjs", "text/javascript; charset=utf-8"),
    ("/kinds/a.txt", "text/plain; charset=utf-8"),
    ("/kinds/a.md", "text/markdown; charset=utf-8"),
    ("/kinds/a.vtt", "text/vtt; charset=utf-8"),
    ("/kinds/a.json", "application/json"),
    ("/kinds/a.js.map", "application/json"),
    ("/kinds/a.webmanifest", "application/manifest+json"),
    ("/kinds/a.xml", "application/xml"),
    ("/kinds/a.svg", "image/svg+xml"),
    ("/kinds/a.png", "image/png"),
    ("/kinds/A.PNG", "image/png"),
    ("/kinds/a.jpg", "image/jpeg"),
    ("/kinds/a.webp", "image/webp"),
    ("/kinds/a.avif", "image/avif"),
    ("/kinds/a.woff2", "font/woff2"),
    ("/kinds/a.wasm", "application/wasm"),
    ("/kinds/a.pdf", "application/pdf"),
    ("/kinds/a.mp4", "video/mp4"),
    ("/kinds/a.unknown", "application/octet-stream"),
    ("/kinds/none", "application/octet-stream"),
];

/// Names that are odd and allowed, and how a URL spells them.
pub(crate) const ODD_NAMES: [(&str, &str); 17] = [
    ("/odd/a b.txt", "/odd/a%20b.txt"),
    ("/odd/a+b.txt", "/odd/a+b.txt"),
    ("/odd/100%.txt", "/odd/100%25.txt"),
    ("/odd/a%20b.txt", "/odd/a%2520b.txt"),
    ("/odd/a#b.txt", "/odd/a%23b.txt"),
    ("/odd/a?b.txt", "/odd/a%3Fb.txt"),
    ("/odd/a;b.txt", "/odd/a;b.txt"),
    ("/odd/a&b.txt", "/odd/a&b.txt"),
    ("/odd/a=b.txt", "/odd/a=b.txt"),
    ("/odd/a,b.txt", "/odd/a,b.txt"),
    ("/odd/[id].txt", "/odd/%5Bid%5D.txt"),
    ("/odd/..dots.txt", "/odd/..dots.txt"),
    ("/odd/...", "/odd/..."),
    ("/odd/é.txt", "/odd/%C3%A9.txt"),
    ("/odd/e\u{301}.txt", "/odd/e%CC%81.txt"),
    ("/odd/日本.txt", "/odd/%E6%97%A5%E6%9C%AC.txt"),
    ("/odd/🥫.txt", "/odd/%F0%9F%A5%AB.txt"),
];

fn app() -> Vec<SiteFile> {
    vec![
        coded("/index.html", &document("App")),
        SiteFile {
            fingerprinted: true,
            ..coded(FINGERPRINTED, "console.log(\"app\")\n")
        },
        coded("/assets/plain.css", &text(700)),
        plain("/favicon.ico", "icon"),
        plain("/.well-known/assetlinks.json", "[]"),
    ]
}

fn ruled() -> Vec<SiteFile> {
    let mut files = documents(&["/index.html", "/about.html"]);
    files.extend([
        SiteFile {
            fingerprinted: true,
            ..coded(FINGERPRINTED, "console.log(\"app\")\n")
        },
        coded("/style.css", &text(1500)),
        plain("/tried/plain.js", "plain"),
        SiteFile {
            fingerprinted: true,
            ..plain("/tried/app-3e5b7ab6.js", "fingerprinted")
        },
        plain("/pictures/cat.png", "cat"),
        coded("/data/prices.json", &text(1100)),
    ]);
    files
}

fn documents(paths: &[&str]) -> Vec<SiteFile> {
    paths
        .iter()
        .map(|path| coded(path, &document(path)))
        .collect()
}

fn document(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n<main>\n{}</main>\n",
        "<p>text</p>\n".repeat(40)
    )
}

/// Text of `length` bytes in which no stretch of sixteen occurs twice.
fn text(length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        let line = format!("line {:08}\n", text.len());
        text.push_str(&line);
    }
    text.truncate(length);
    text
}

fn plain(path: &str, content: impl AsRef<[u8]>) -> SiteFile {
    let content = content.as_ref();
    SiteFile {
        path: path.into(),
        content: Content::Held(Bytes::copy_from_slice(content)),
        digest: Digest::of(content),
        fingerprinted: false,
        coded: Vec::new(),
        negotiable: false,
        last_modified: None,
    }
}

fn coded(path: &str, content: &str) -> SiteFile {
    SiteFile {
        coded: ContentCoding::ALL
            .map(|coding| code(coding, content.as_bytes()))
            .into(),
        ..plain(path, content)
    }
}

fn code(coding: ContentCoding, content: &[u8]) -> CodedContent {
    let coded = match coding {
        ContentCoding::Brotli => {
            let mut coder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
            coder.write_all(content).expect("memory can be written to");
            coder.into_inner()
        }
        ContentCoding::Zstd => zstd::encode_all(content, 3).expect("memory can be written to"),
        ContentCoding::Gzip => {
            let mut coder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            coder.write_all(content).expect("memory can be written to");
            coder.finish().expect("memory can be written to")
        }
    };
    CodedContent {
        coding,
        digest: Digest::of(&coded),
        content: Content::Held(Bytes::from(coded)),
    }
}
