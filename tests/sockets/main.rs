//! larder as the network sees it: a process, a socket, exact bytes.
//!
//! What the conformance cases say about one answer is not said again here. These tests are about what only a running server
//! can get wrong: the folder, the file system under it, the watcher, the connection, the process.

#[path = "../support/mod.rs"]
mod support;

mod bounded;
mod conditions;
mod deploys;
mod direct;
mod faults;
mod framing;
mod http2;
mod items;
mod kinds;
mod limits;
mod logs;
mod methods;
mod operating;
mod panics;
mod paths;
mod policy;
mod process;
mod ranges;
mod redirects;
mod shell;
mod slow;
mod times;
mod tls;

use support::{Answer, Ask, Larder, Site};

/// Asks the same with GET and with HEAD and asserts that only the content differs (RFC 9110 §9.3.2).
///
/// A better snapshot may be swapped in between the two, when the content codings are made: then it asks again.
#[track_caller]
fn get_and_head(larder: &Larder, ask: &Ask) -> Answer {
    support::eventually("two equal answers in a row", || {
        let before = larder.ask(&ask.clone().method("GET"));
        let head = larder.ask(&ask.clone().method("HEAD"));
        let after = larder.ask(&ask.clone().method("GET"));
        if before.stable_fields() != after.stable_fields() {
            return None;
        }
        assert_eq!(head.status, after.status, "HEAD of {ask:?}");
        assert_eq!(
            head.stable_fields(),
            after.stable_fields(),
            "HEAD of {ask:?}"
        );
        Some(after)
    })
}

/// A single-page app: one document, a script whose name carries the digest of its content, and assets whose names do not.
fn app() -> Site {
    Site::of(&[
        ("index.html", SHELL),
        (SCRIPT, SCRIPT_CONTENT),
        ("assets/plain.js", "console.log('plain')\n"),
        ("assets/plain.css", "body { color: teal }\n"),
    ])
}

/// What a bundler writes: the shell names the script by its fingerprint.
const SHELL: &str = "<!doctype html>\n<title>App</title>\n<link rel=stylesheet href=/assets/plain.css>\n\
                     <script type=module src=/assets/app-3e5b7ab69fb7d67b.js></script>\n<main id=app></main>\n";

/// `3e5b7ab69fb7d67b` is how the SHA-256 digest of [`SCRIPT_CONTENT`] begins.
const SCRIPT: &str = "assets/app-3e5b7ab69fb7d67b.js";

/// The content of [`SCRIPT`].
const SCRIPT_CONTENT: &str = "console.log(\"app\")\n";

/// An ordinary site: several documents, so that no document answers for paths that do not exist.
fn documents() -> Site {
    Site::of(&[
        ("index.html", "<!doctype html><title>Start</title>"),
        ("about.html", "<!doctype html><title>About</title>"),
        ("docs/index.html", "<!doctype html><title>Docs</title>"),
        ("style.css", "body { color: teal }\n"),
    ])
}
