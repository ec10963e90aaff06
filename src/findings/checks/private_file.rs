//! A file that should not be public.
//!
//! Implements: RFC 9110 §17.1.
//!
//! Uses: the record, http · Never: sockets, files

use super::super::{Check, Found, Level, Purpose, Record, fix};

pub(super) const CHECK: Check = Check {
    code: "reply/private-file",
    doc: DOC,
    spec: "RFC 9110 §17.1",
    fix: fix::Fix {
        text: "keep names that begin with a dot out of what is served",
        lines: super::super::Lines {
            larder: "[site]\nhidden = []  # the default: nothing that begins with a dot but /.well-known/",
            nginx: "location ~ /\\.(?!well-known) { return 404; }",
            caddy: "file_server {\n  hide .*\n}",
        },
    },
    examine: check,
    raises: &[
        "hidden GET /.git/HEAD -> 200
content-type: text/plain

ref: refs/heads/main",
        "hidden GET /.env -> 200

KEY=1",
        "file /.git/config",
    ],
    passes: &[
        "hidden GET /.git/HEAD -> 404",
        "hidden GET /.env -> 200
content-type: text/html

<a href=x>",
        "file /.well-known/security.txt",
    ],
};

const DOC: &str = "
# What
`/.git/HEAD` or `/.env` is there for everybody.

# Why
A `.git` folder holds the whole history of the source; a `.env` holds keys. Both are looked for all day long.

# Example
`GET /.git/HEAD` → `ref: refs/heads/main`.

# Spec
RFC 9110 §17.1.
";

fn check(record: &Record, found: &mut Found) {
    for exchange in record.of(Purpose::Hidden) {
        // The document of a single-page app is no secret.
        if exchange.answer.status != 200 || exchange.is_html() {
            continue;
        }
        let content = &exchange.answer.content;
        let is_it = if exchange.path().ends_with("HEAD") {
            content.starts_with(b"ref: ") || content.len() == 41
        } else {
            content.contains(&b'=')
        };
        if is_it {
            let means = "whoever asks for it has it, and caches on the way keep it";
            let message = "a file that should not be public is served";
            found.add(
                Level::Error,
                exchange.url().as_str(),
                message,
                exchange.seen_status(),
                means,
            );
        }
    }
    let dotted = |path: &&String| {
        path.split('/')
            .any(|name| name.starts_with('.') && name.len() > 1)
            && !path.starts_with("/.well-known/")
    };
    for path in record.site.paths.iter().filter(dotted) {
        let means = "whoever asks for it has it: larder serves it because `hidden` lists it";
        let message = "a hidden file is served";
        let level = if path.starts_with("/.git/") || path.contains("/.env") {
            Level::Error
        } else {
            Level::Note
        };
        found.add(
            level,
            path.as_str(),
            message,
            "its name begins with a dot",
            means,
        );
    }
}
