//! RFC 3986: how the path of a target is read. Most rows are attacks: the right answer is the one that any missing file gets.

use crate::harness::{Case, Choice, Level, Must, Should, Site, case, site::ODD_NAMES};

/// Id, target, status. Nothing here is ever a 200: a second spelling of a path that is found would be a second key in every cache.
const REFUSED: &[(Level, &str, &str, u16)] = &[
    (Must, "2.1-escape-without-digits", "/a%", 400),
    (Must, "2.1-escape-with-one-digit", "/a%2", 400),
    (Must, "2.1-escape-with-other-letters", "/a%zz", 400),
    (Must, "2.1-escape-of-javascript", "/a%u002e", 400),
    (Must, "2.1-escape-with-a-sign", "/a%+1b", 400),
    (Choice, "2.1-nul", "/a%00", 400),
    (Choice, "2.1-nul-before-a-suffix", "/ten.bin%00.html", 400),
    (
        Choice,
        "2.1-carriage-return",
        "/a%0d%0aSet-Cookie:%20x=1",
        400,
    ),
    (Choice, "2.1-line-feed", "/a%0a", 400),
    (Choice, "2.1-tab", "/a%09", 400),
    (Choice, "2.1-escape-character", "/a%1b%5b31m", 400),
    (Choice, "2.1-delete", "/a%7f", 400),
    (Choice, "2.1-c1-control", "/a%c2%85", 400),
    (Choice, "2.5-invalid-utf-8", "/a%ff", 400),
    (Choice, "2.5-lone-continuation", "/a%80", 400),
    (Choice, "2.5-overlong-dot", "/%c0%ae%c0%ae/secret", 400),
    (Choice, "2.5-overlong-slash", "/..%c0%afsecret", 400),
    (
        Choice,
        "2.5-overlong-dot-of-three",
        "/%e0%80%ae/secret",
        400,
    ),
    (Choice, "2.5-surrogate", "/a%ed%a0%80", 400),
    (Must, "2.4-decoded-once-dots", "/%252e%252e/secret", 404),
    (Must, "2.4-decoded-once-slash", "/docs%252fguide", 404),
    (
        Must,
        "2.4-decoded-once-in-halves",
        "/%%32%65%%32%65/secret",
        400,
    ),
    (Choice, "6.2.2-empty-segment-in-front", "//ten.bin", 404),
    (Choice, "6.2.2-empty-segments-in-front", "///ten.bin", 404),
    (Choice, "6.2.2-empty-segment-inside", "/docs//guide", 404),
    (Choice, "6.2.2-empty-segment-at-the-end", "/docs//", 404),
    (Choice, "6.2.2-dot-segment", "/./ten.bin", 404),
    (Choice, "6.2.2-dot-segment-at-the-end", "/docs/.", 404),
    (Choice, "6.2.2-dot-segments-up", "/docs/../ten.bin", 404),
    (Choice, "6.2.2-dot-segments-out", "/../../etc/passwd", 404),
    (
        Choice,
        "6.2.2-neighbour-with-the-same-prefix",
        "/../site_secret/x",
        404,
    ),
    (
        Choice,
        "6.2.2-encoded-dots",
        "/%2e%2e/%2e%2e/etc/passwd",
        404,
    ),
    (
        Choice,
        "6.2.2-half-encoded-dots",
        "/.%2e/%2e./etc/passwd",
        404,
    ),
    (
        Choice,
        "6.2.2-encoded-dots-and-slashes",
        "/..%2f..%2fetc%2fpasswd",
        404,
    ),
    (
        Choice,
        "6.2.2-upper-case-escapes",
        "/%2E%2E/etc/passwd",
        404,
    ),
    (Choice, "6.2.2-encoded-slash", "/docs%2fguide", 404),
    (Choice, "6.2.2-encoded-slash-in-front", "/%2ften.bin", 404),
    (Choice, "6.2.2-encoded-slash-at-the-end", "/ten.bin%2f", 404),
    (Choice, "6.2.2-encoded-backslash", "/docs%5cguide", 404),
    (
        Choice,
        "6.2.2-encoded-backslashes-out",
        "/..%5c..%5cetc%5cpasswd",
        404,
    ),
    (
        Choice,
        "6.2.2-host-behind-two-slashes",
        "//evil.example/..",
        404,
    ),
    (
        Choice,
        "6.2.2-host-behind-encoded-slashes",
        "/%2f%2fevil.example",
        404,
    ),
    (Choice, "6.2.2-folder-behind-two-slashes", "//docs", 404),
    (
        Choice,
        "6.2.2-folder-behind-an-encoded-backslash",
        "/%5cdocs",
        404,
    ),
    (Must, "3.3-no-parameters-dots", "/..;/ten.bin", 404),
    (Must, "3.3-no-parameters-suffix", "/ten.bin;x.css", 404),
    (Must, "3.3-no-parameters-encoded", "/ten.bin%3bx", 404),
    (
        Must,
        "3.3-no-parameters-of-documents",
        "/index.html;x.css",
        404,
    ),
    (Must, "3.3-four-dots-are-a-name", "/..../ten.bin", 404),
    (Must, "3.3-three-dots-are-a-name", "/.../ten.bin", 404),
    (
        Must,
        "3.3-encoded-question-mark-is-a-name",
        "/ten.bin%3Fx",
        404,
    ),
    (Must, "3.3-encoded-hash-is-a-name", "/ten.bin%23x.css", 404),
    (Must, "3.3-file-is-no-folder", "/ten.bin/", 404),
    (Must, "3.3-nothing-below-a-file", "/ten.bin/x.css", 404),
    (
        Must,
        "3.3-nothing-below-a-document",
        "/about.html/x.css",
        404,
    ),
    (Must, "3.3-case-matters", "/TEN.BIN", 404),
    (Must, "3.3-case-matters-in-folders", "/Docs/guide", 404),
    (Choice, "3.3-trailing-dot", "/ten.bin.", 404),
    (Choice, "3.3-trailing-space", "/ten.bin%20", 404),
    (Choice, "3.3-drive-letter", "/C:/windows/win.ini", 404),
    (Choice, "3.3-stream", "/ten.bin::$DATA", 404),
    (Choice, "3.3-device", "/NUL", 404),
    (Choice, "3.3-device-with-a-suffix", "/con.js", 404),
    (Choice, "3.3-short-name", "/TENTHO~1.BIN", 404),
    (Choice, "3.3-scheme-in-a-path", "/file:///etc/passwd", 404),
    (Choice, "3.3-other-normal-form", "/odd/%CC%81e.txt", 404),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (level, name, target, status) in REFUSED {
        let refused = |site| {
            case(*level, format!("rfc3986-{name}"), "no path of a site")
                .on(site)
                .get(*target)
                .expect(*status)
                .lacks("Location")
        };
        cases.push(refused(Site::Ordinary).has("Cache-Control", "no-store"));
    }
    for (place, (path, target)) in ODD_NAMES.into_iter().enumerate() {
        cases.push(
            case(
                Must,
                format!("rfc3986-2.4-odd-name-{place}"),
                "a path is decoded, once, and names what is called so",
            )
            .get(target)
            .expect(200)
            .whole(path),
        );
    }
    cases.extend([
        case(
            Should,
            "rfc3986-6.2.2.1-case-of-escapes",
            "escapes mean the same in either case",
        )
        .get("/odd/%c3%a9.txt")
        .expect(200)
        .whole("/odd/é.txt"),
        case(
            Should,
            "rfc3986-6.2.2.2-unreserved-escapes",
            "an escape of what needs none means the same",
        )
        .get("/%74en.bin")
        .expect(200)
        .whole("/ten.bin"),
        case(
            Must,
            "rfc3986-6.2.2.2-has-the-same-policy",
            "… and gets the same fields",
        )
        .get("/assets/%61pp-3e5b7ab69fb7d67b.js")
        .expect(200)
        .mentions("Cache-Control", "immutable")
        .has("ETag", "{tag /assets/app-3e5b7ab69fb7d67b.js}"),
        case(Must, "rfc3986-6.2.3-empty-path-is-the-root", "the root")
            .get("/")
            .expect(200)
            .whole("/index.html"),
        case(
            Must,
            "rfc3986-3.4-query-is-not-part-of-the-path",
            "whatever follows `?` selects nothing",
        )
        .get("/ten.bin?/../x%zz")
        .expect(200)
        .whole("/ten.bin"),
        case(Must, "rfc3986-3.4-empty-query", "an empty query is one")
            .get("/ten.bin?")
            .expect(200)
            .whole("/ten.bin"),
        case(
            Must,
            "rfc3986-3.4-two-question-marks",
            "the first one begins it",
        )
        .get("/ten.bin??x")
        .expect(200)
        .whole("/ten.bin"),
        case(
            Must,
            "rfc3986-3.4-query-of-a-redirect-is-no-path",
            "a query cannot leave this host",
        )
        .get("/docs?//evil.example")
        .expect(301)
        .has("Location", "/docs/?//evil.example"),
        case(
            Choice,
            "rfc3986-3.3-long-segment",
            "a name of more than 255 bytes is a name that nobody has",
        )
        .get(format!("/{}.js", "a".repeat(300)))
        .expect(404),
        case(
            Choice,
            "rfc3986-6.2.2-not-the-app",
            "a second spelling is not a route of an app either",
        )
        .on(Site::App)
        .get("//evil.example")
        .navigating()
        .expect(404),
        case(
            Choice,
            "rfc3986-6.2.2-dots-are-not-the-app",
            "neither are dots that lead out",
        )
        .on(Site::App)
        .get("/..%2f..%2fetc/passwd")
        .navigating()
        .expect(404),
        case(
            Choice,
            "rfc3986-2.1-controls-are-not-the-app",
            "neither are control characters",
        )
        .on(Site::App)
        .get("/route%0a")
        .navigating()
        .expect(400),
    ]);
    cases
}
