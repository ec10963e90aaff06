//! RFC 9110 §12: which representation is selected.

use crate::harness::{Case, Choice, Level, May, Must, Should, Site, case};

/// `Accept-Encoding` → the coding of what comes back, on a resource that is there in br, zstd, gzip and identity.
const ACCEPT_ENCODING: &[(Level, &str, &str, &str)] = &[
    (Must, "empty", "", "identity"),
    (Must, "gzip", "gzip", "gzip"),
    (Must, "br", "br", "br"),
    (Must, "zstd", "zstd", "zstd"),
    (Choice, "server-prefers-br", "gzip, br", "br"),
    (Choice, "browsers", "gzip, deflate, br, zstd", "br"),
    (Choice, "zstd-before-gzip", "gzip, zstd", "zstd"),
    (
        Should,
        "client-prefers-gzip",
        "gzip;q=1.0, br;q=0.5",
        "gzip",
    ),
    (
        Should,
        "client-prefers-zstd",
        "br;q=0.8, zstd;q=0.9, gzip;q=0.7",
        "zstd",
    ),
    (
        Should,
        "small-difference",
        "br;q=0.998, gzip;q=0.999",
        "gzip",
    ),
    (Should, "smallest-weight", "br;q=0.001", "br"),
    (Must, "q-0-refuses", "gzip;q=0", "identity"),
    (Must, "q-0.000-refuses", "br;q=0.000, gzip", "gzip"),
    (Must, "q-0-with-spaces-refuses", "br ; q=0 , gzip", "gzip"),
    (Must, "Q-is-q", "br;Q=0, gzip;Q=1", "gzip"),
    (Must, "star", "*", "br"),
    (Must, "star-but-br", "*, br;q=0", "zstd"),
    (Must, "star-with-weight", "gzip;q=0.5, *;q=0.1", "gzip"),
    (
        Must,
        "names-beat-star",
        "*;q=1, br;q=0.1, zstd;q=0.2, gzip;q=0.3",
        "gzip",
    ),
    (Must, "star-q-0-with-a-name", "gzip, *;q=0", "gzip"),
    (Must, "identity-refused", "identity;q=0, gzip;q=0.1", "gzip"),
    (
        Should,
        "identity-preferred",
        "identity, gzip;q=0.5",
        "identity",
    ),
    (
        Should,
        "identity-preferred-slightly",
        "gzip;q=0.5, identity;q=0.6",
        "identity",
    ),
    (Choice, "identity-as-good", "gzip, identity", "gzip"),
    (Must, "codings-are-case-insensitive", "GZip", "gzip"),
    (Must, "unknown", "deflate, compress", "identity"),
    (Must, "unknown-beside-known", "dcb, dcz, gzip", "gzip"),
    (Must, "no-substring", "gzipx, xbr", "identity"),
    (Must, "no-prefix", "g, b, z", "identity"),
    (Must, "empty-members", ",, gzip ,,", "gzip"),
    (Must, "spaces-and-tabs", "\tgzip\t,\t", "gzip"),
    (
        Choice,
        "weight-above-1-says-nothing",
        "br;q=1.001, gzip",
        "gzip",
    ),
    (
        Choice,
        "garbage-weight-says-nothing",
        "br;q=much, gzip;q=0.1",
        "gzip",
    ),
    (
        Choice,
        "negative-weight-says-nothing",
        "br;q=-1, gzip",
        "gzip",
    ),
    (
        Choice,
        "four-decimals-say-nothing",
        "br;q=0.9999, gzip;q=0.1",
        "gzip",
    ),
    (
        Choice,
        "refusal-beats-repetition",
        "br;q=0, br, gzip",
        "gzip",
    ),
    (
        Choice,
        "other-parameters-are-skipped",
        "gzip;level=9;q=0.5",
        "gzip",
    ),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = ACCEPT_ENCODING
        .iter()
        .map(|(level, name, value, coding)| {
            let case = case(
                *level,
                format!("rfc9110-12.5.3-{name}"),
                format!("`{value}` selects {coding}"),
            )
            .get("/style.css")
            .with("Accept-Encoding", *value)
            .expect(200)
            .has("Vary", "Accept-Encoding")
            .has("ETag", format!("{{tag:{coding}}}"));
            if *coding == "identity" {
                case.lacks("Content-Encoding").whole("/style.css")
            } else {
                case.has("Content-Encoding", *coding)
            }
        })
        .collect();
    let long = |start: &str| format!("{start}{}", "x;q=0.1, ".repeat(900));
    cases.extend([
        case(
            Must,
            "rfc9110-12.5.3-absent",
            "without Accept-Encoding any coding is allowed; larder sends none",
        )
        .get("/style.css")
        .expect(200)
        .lacks("Content-Encoding")
        .has("Vary", "Accept-Encoding"),
        case(
            Must,
            "rfc9110-12.5.3-two-lines",
            "several field lines are one list (§5.2)",
        )
        .get("/style.css")
        .with("Accept-Encoding", "deflate")
        .with("Accept-Encoding", "gzip")
        .expect(200)
        .has("Content-Encoding", "gzip"),
        case(
            Must,
            "rfc9110-12.5.3-refusal-on-the-second-line",
            "a refusal counts on whichever line it stands",
        )
        .get("/style.css")
        .with("Accept-Encoding", "br, gzip")
        .with("Accept-Encoding", "br;q=0")
        .expect(200)
        .has("Content-Encoding", "gzip"),
        case(
            Choice,
            "rfc9110-12.5.3-refuses-everything",
            "where no coding is acceptable and identity is refused: 406",
        )
        .get("/style.css")
        .with("Accept-Encoding", "*;q=0")
        .expect(406),
        case(
            Choice,
            "rfc9110-12.5.3-refuses-identity-alone",
            "codings that are not listed are not acceptable",
        )
        .get("/style.css")
        .with("Accept-Encoding", "identity;q=0")
        .expect(406),
        case(
            Choice,
            "rfc9110-12.5.3-refuses-identity-of-what-has-no-coding",
            "there is nothing else to send",
        )
        .get("/ten.bin")
        .with("Accept-Encoding", "gzip, identity;q=0")
        .expect(406),
        case(
            Must,
            "rfc9110-12.5.3-what-has-no-coding",
            "content that is there in no coding is sent as it is",
        )
        .get("/ten.bin")
        .with("Accept-Encoding", "br, gzip")
        .expect(200)
        .lacks("Content-Encoding")
        .lacks("Vary")
        .whole("/ten.bin"),
        case(
            Must,
            "rfc9110-12.5.3-coding-that-is-not-there",
            "a coding that this resource lacks is passed over",
        )
        .get("/gzip-only.js")
        .with("Accept-Encoding", "br, gzip;q=0.1")
        .expect(200)
        .has("Content-Encoding", "gzip"),
        case(
            Must,
            "rfc9110-12.5.3-only-coding-not-accepted",
            "identity when the one coding there is was not asked for",
        )
        .get("/gzip-only.js")
        .with("Accept-Encoding", "br, zstd")
        .expect(200)
        .lacks("Content-Encoding")
        .has("Vary", "Accept-Encoding"),
        case(
            Choice,
            "rfc9110-12.5.3-long-list",
            "work is bounded: what comes after 8 KiB is not read, what comes before may be",
        )
        .get("/style.css")
        .with("Accept-Encoding", long(""))
        .expect(200),
        case(
            Choice,
            "rfc9110-12.5.3-members-beyond-the-bound",
            "more than 128 members are not read",
        )
        .get("/style.css")
        .with("Accept-Encoding", format!("{}gzip", "x, ".repeat(200)))
        .expect(200)
        .lacks("Content-Encoding"),
        case(
            Must,
            "rfc9110-12.5.3-error-is-not-coded",
            "the text of an error is sent as it is",
        )
        .get("/missing.js")
        .with("Accept-Encoding", "br")
        .expect(404)
        .lacks("Content-Encoding"),
        case(
            Must,
            "rfc9110-12.5.3-app-is-negotiated",
            "the document of an app is there in codings too",
        )
        .on(Site::App)
        .get("/route")
        .navigating()
        .with("Accept-Encoding", "br")
        .expect(200)
        .has("Content-Encoding", "br"),
        case(
            Should,
            "rfc9110-12.5.5-on-identity",
            "Vary is on what was selected and on what was not",
        )
        .get("/style.css")
        .expect(200)
        .has("Vary", "Accept-Encoding"),
        case(
            Should,
            "rfc9110-12.5.5-on-coded",
            "Vary is on coded content",
        )
        .get("/style.css")
        .with("Accept-Encoding", "gzip")
        .expect(200)
        .has("Vary", "Accept-Encoding"),
        case(
            Must,
            "rfc9110-12.5.5-on-304",
            "Vary is on the 304 (§15.4.5)",
        )
        .get("/style.css")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .has("Vary", "Accept-Encoding"),
        case(
            Must,
            "rfc9110-12.5.5-on-206",
            "Vary is on the 206 (§15.3.7)",
        )
        .get("/style.css")
        .with("Range", "bytes=0-9")
        .expect(206)
        .has("Vary", "Accept-Encoding"),
        case(
            Choice,
            "rfc9110-12.5.5-not-without-selection",
            "where nothing is selected, Vary would only split caches",
        )
        .get("/ten.bin")
        .expect(200)
        .lacks("Vary"),
        case(
            Choice,
            "rfc9110-12.5.5-before-codings-are-made",
            "what will be coded varies already, so that no cache keeps identity for everybody",
        )
        .get("/soon.js")
        .with("Accept-Encoding", "br")
        .expect(200)
        .lacks("Content-Encoding")
        .has("Vary", "Accept-Encoding"),
        case(
            Should,
            "rfc9110-12.5.5-on-406",
            "a 406 is about Accept-Encoding: a cache must not give it to others",
        )
        .get("/style.css")
        .with("Accept-Encoding", "*;q=0")
        .expect(406)
        .has("Vary", "Accept-Encoding"),
        case(
            Choice,
            "rfc9110-12.5.1-accept-does-not-select",
            "there is one media type: it is sent whatever Accept says",
        )
        .get("/style.css")
        .with("Accept", "image/png")
        .expect(200)
        .whole("/style.css")
        .has("Vary", "Accept-Encoding"),
        case(
            May,
            "rfc9110-12.5.1-accept-refuses-the-one-there-is",
            "a server may disregard Accept rather than send 406",
        )
        .get("/ten.bin")
        .with("Accept", "*/*;q=0")
        .expect(200)
        .lacks("Vary"),
        case(
            Choice,
            "rfc9110-12.5.4-accept-language-does-not-select",
            "there is one language",
        )
        .get("/")
        .with("Accept-Language", "de, *;q=0")
        .expect(200)
        .has("Vary", "Accept-Encoding"),
        case(
            Choice,
            "rfc9110-12.5.2-accept-charset-does-not-select",
            "deprecated, and disregarded",
        )
        .get("/")
        .with("Accept-Charset", "iso-8859-1")
        .expect(200)
        .has("Content-Type", "text/html; charset=utf-8"),
    ]);
    cases
}
