//! RFC 9110 §9: methods.

use crate::harness::{Case, Choice, Must, Should, Site, case};

const ALLOWED: &str = "GET, HEAD, OPTIONS";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            Must,
            "rfc9110-9.1-get-and-head",
            "a server supports GET and HEAD",
        )
        .ask("HEAD", "/ten.bin")
        .expect(200)
        .empty(),
        case(
            Must,
            "rfc9110-9.1-case-matters",
            "methods are case-sensitive: get is not GET",
        )
        .ask("get", "/ten.bin")
        .expect(405)
        .or(501),
        case(
            Must,
            "rfc9110-9.3.1-whole",
            "GET transfers the selected representation",
        )
        .get("/ten.bin")
        .expect(200)
        .whole("/ten.bin"),
        case(Must, "rfc9110-9.3.2-no-content", "HEAD sends no content")
            .ask("HEAD", "/tenthousand.bin")
            .expect(200)
            .has("Content-Length", "10000")
            .empty(),
        case(
            Must,
            "rfc9110-9.3.2-not-of-errors-either",
            "HEAD of what is missing sends no content",
        )
        .ask("HEAD", "/missing.js")
        .expect(404)
        .empty(),
        case(
            Must,
            "rfc9110-9.3.2-not-of-redirects-either",
            "HEAD of a folder without its slash",
        )
        .ask("HEAD", "/docs")
        .expect(301)
        .has("Location", "/docs/")
        .empty(),
        case(
            Should,
            "rfc9110-9.3.2-negotiates",
            "HEAD selects as GET does",
        )
        .ask("HEAD", "/style.css")
        .with("Accept-Encoding", "br")
        .expect(200)
        .has("Content-Encoding", "br")
        .has("ETag", "{tag:br}")
        .empty(),
        case(
            Should,
            "rfc9110-9.3.2-is-conditional",
            "HEAD evaluates conditions as GET does",
        )
        .ask("HEAD", "/style.css")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .has("ETag", "{tag}")
        .empty(),
        case(
            Should,
            "rfc9110-9.3.2-fails-conditions",
            "HEAD fails a condition as GET does",
        )
        .ask("HEAD", "/style.css")
        .with("If-Match", "\"other\"")
        .expect(412)
        .empty(),
        case(
            Must,
            "rfc9110-9.3.2-has-no-ranges",
            "Range is for GET alone",
        )
        .ask("HEAD", "/ten.bin")
        .with("Range", "bytes=0-3")
        .expect(200)
        .has("Content-Length", "10")
        .lacks("Content-Range"),
        case(
            Must,
            "rfc9110-9.3.2-unsatisfiable-range",
            "nor does HEAD fail for one",
        )
        .ask("HEAD", "/ten.bin")
        .with("Range", "bytes=99-")
        .expect(200)
        .has("Content-Length", "10"),
        case(
            Should,
            "rfc9110-9.3.7-options",
            "OPTIONS says what can be asked of a resource",
        )
        .ask("OPTIONS", "/ten.bin")
        .expect(204)
        .has("Allow", ALLOWED)
        .empty(),
        case(
            Should,
            "rfc9110-9.3.7-options-asterisk",
            "OPTIONS * asks about the server",
        )
        .ask("OPTIONS", "*")
        .expect(204)
        .has("Allow", ALLOWED)
        .empty(),
        case(
            Choice,
            "rfc9110-9.3.7-options-is-not-kept",
            "the answer to OPTIONS is not cacheable",
        )
        .ask("OPTIONS", "/")
        .expect(204)
        .has("Cache-Control", "no-store")
        .lacks("ETag"),
        case(
            Choice,
            "rfc9110-9.3.7-options-of-anything",
            "every path allows the same",
        )
        .ask("OPTIONS", "/missing.js")
        .expect(204)
        .has("Allow", ALLOWED),
        case(
            Must,
            "rfc9110-9.3.8-trace-reflects-nothing",
            "TRACE is refused, and nothing of it comes back",
        )
        .ask("TRACE", "/")
        .with("Cookie", "secret=1")
        .expect(405)
        .or(501)
        .never_says("secret"),
        case(
            Choice,
            "rfc9110-9.3.3-post-to-what-is-missing",
            "the method is refused first: POST says nothing about what exists",
        )
        .ask("POST", "/missing.js")
        .expect(405),
        case(
            Choice,
            "rfc9110-9.3.3-post-on-an-app",
            "an app answers navigations, not POST",
        )
        .on(Site::App)
        .ask("POST", "/route")
        .navigating()
        .expect(405),
        case(
            Must,
            "rfc9110-9.3.3-post-is-no-condition",
            "conditions are ignored when the answer is not a success (§13.2.1)",
        )
        .ask("POST", "/ten.bin")
        .with("If-None-Match", "*")
        .expect(405),
        case(
            Must,
            "rfc9110-9.3.4-put-is-no-condition",
            "nor does If-Match turn 405 into 412",
        )
        .ask("PUT", "/ten.bin")
        .with("If-Match", "\"other\"")
        .expect(405),
    ];
    // §15.5.6 is for methods that are known, §15.6.2 (501) for others; nobody is helped by the difference on a site that has three, so all get Allow.
    for (section, method) in [
        ("9.3.3", "POST"),
        ("9.3.4", "PUT"),
        ("9.3.5", "DELETE"),
        ("9.1", "PATCH"),
        ("9.1", "PROPFIND"),
        ("9.1", "BREW"),
        ("9.1", "QUERY"),
    ] {
        let id = format!("rfc9110-{section}-{}-is-not-allowed", method.to_lowercase());
        cases.push(
            case(
                Should,
                id,
                "a method that a static site has no use for is answered 405 with Allow",
            )
            .ask(method, "/ten.bin")
            .expect(405)
            .has("Allow", ALLOWED),
        );
    }
    cases
}
