//! RFC 9110 §8: what is said about a representation.

use crate::harness::{
    Case, Choice, Engine, Must, Should, Site, case,
    site::{KINDS, MODIFIED},
};

pub(crate) fn cases() -> Vec<Case> {
    let kinds = KINDS.map(|(path, media_type)| {
        let name = path.trim_start_matches("/kinds/").replace('.', "-");
        case(
            Should,
            format!("rfc9110-8.3-type-of-{name}"),
            "Content-Type is the media type of the representation",
        )
        .get(path)
        .expect(200)
        .has("Content-Type", media_type)
    });
    let mut cases = kinds.to_vec();
    cases.extend([
        case(
            Should,
            "rfc9110-8.3.2-text-has-a-charset",
            "text says its charset, so that nobody guesses",
        )
        .get("/style.css")
        .expect(200)
        .has("Content-Type", "text/css; charset=utf-8"),
        case(
            Must,
            "rfc9110-8.4-coding-is-named",
            "a coding that was applied is listed in Content-Encoding",
        )
        .get("/style.css")
        .with("Accept-Encoding", "br")
        .expect(200)
        .has("Content-Encoding", "br"),
        case(
            Must,
            "rfc9110-8.4-type-is-that-of-the-content",
            "Content-Type describes the content without its coding",
        )
        .get("/style.css")
        .with("Accept-Encoding", "gzip")
        .expect(200)
        .has("Content-Type", "text/css; charset=utf-8"),
        case(
            Should,
            "rfc9110-8.4.1-identity-is-not-named",
            "identity is for Accept-Encoding, never for Content-Encoding",
        )
        .get("/style.css")
        .expect(200)
        .lacks("Content-Encoding")
        .whole("/style.css"),
        case(
            Must,
            "rfc9110-8.4.1.3-gzip",
            "gzip is LZ77 with a checksum, named gzip",
        )
        .get("/style.css")
        .with("Accept-Encoding", "gzip")
        .expect(200)
        .has("Content-Encoding", "gzip"),
        case(
            Should,
            "rfc9110-8.4.1.3-x-gzip-is-gzip",
            "a recipient treats x-gzip as gzip",
        )
        .get("/style.css")
        .with("Accept-Encoding", "x-gzip")
        .expect(200)
        .has("Content-Encoding", "gzip"),
        case(
            Should,
            "rfc9110-8.6-length-is-known",
            "a server that knows the length says it",
        )
        .get("/ten.bin")
        .expect(200)
        .has("Content-Length", "10")
        .whole("/ten.bin"),
        case(
            Should,
            "rfc9110-8.6-length-of-nothing",
            "content of no bytes has a length too",
        )
        .get("/empty.bin")
        .expect(200)
        .has("Content-Length", "0")
        .empty(),
        case(
            Must,
            "rfc9110-8.6-length-on-head",
            "HEAD says the length that GET would have said",
        )
        .ask("HEAD", "/thousand.bin")
        .expect(200)
        .has("Content-Length", "1000")
        .empty(),
        case(
            Must,
            "rfc9110-8.6-no-length-on-204",
            "204 has no Content-Length",
        )
        .ask("OPTIONS", "/")
        .expect(204)
        .lacks("Content-Length")
        .empty(),
        case(
            Must,
            "rfc9110-8.6-length-of-coded-content",
            "Content-Length counts the coded bytes",
        )
        .get("/style.css")
        .with("Accept-Encoding", "br")
        .expect(200)
        .other_than("Content-Length", "3000"),
        case(
            Should,
            "rfc9110-8.8.2-date-of-last-change",
            "a date that is known is sent",
        )
        .on(Site::Dated)
        .get("/ten.bin")
        .expect(200)
        .has("Last-Modified", MODIFIED),
        case(
            Should,
            "rfc9110-8.8.2-no-date-that-is-not-known",
            "a file system does not know when content last changed: no date is made up",
        )
        .get("/ten.bin")
        .expect(200)
        .lacks("Last-Modified"),
        case(
            Must,
            "rfc9110-8.8.2.1-never-in-the-future",
            "Last-Modified is never later than Date",
        )
        .on(Site::Dated)
        .get("/tomorrow.txt")
        .expect(200)
        .present("Last-Modified")
        .never_mentions("Last-Modified", "2199")
        .not_on(
            Engine::InProcess,
            "without Date it cannot be told what took its place",
        ),
        case(
            Must,
            "rfc9110-8.8.2.1-a-future-date-is-no-validator",
            "what was not sent as Last-Modified cannot be matched",
        )
        .on(Site::Dated)
        .get("/tomorrow.txt")
        .with("If-Modified-Since", "Tue, 01 Jan 2199 00:00:00 GMT")
        .expect(200)
        .or(304)
        .never_mentions("Last-Modified", "2199")
        .not_on(
            Engine::InProcess,
            "without Date it cannot be told what took its place",
        ),
        case(
            Must,
            "rfc9110-8.8.3-quoted",
            "an entity tag is an opaque text in double quotes",
        )
        .get("/ten.bin")
        .expect(200)
        .has("ETag", "\"{opaque}\""),
        case(
            Should,
            "rfc9110-8.8.3-always-there",
            "content has an entity tag",
        )
        .get("/")
        .expect(200)
        .present("ETag"),
        case(
            Should,
            "rfc9110-8.8.3-of-nothing",
            "so does content of no bytes",
        )
        .get("/empty.bin")
        .expect(200)
        .present("ETag"),
        case(
            Must,
            "rfc9110-8.8.3.3-br-is-not-identity",
            "codings differ in their strong entity tags",
        )
        .get("/style.css")
        .with("Accept-Encoding", "br")
        .expect(200)
        .other_than("ETag", "{tag:identity}"),
        case(
            Must,
            "rfc9110-8.8.3.3-gzip-is-not-br",
            "codings differ in their strong entity tags",
        )
        .get("/style.css")
        .with("Accept-Encoding", "gzip")
        .expect(200)
        .other_than("ETag", "{tag:br}"),
        case(
            Must,
            "rfc9110-8.8.3.3-zstd-is-not-gzip",
            "codings differ in their strong entity tags",
        )
        .get("/style.css")
        .with("Accept-Encoding", "zstd")
        .expect(200)
        .other_than("ETag", "{tag:gzip}"),
        case(
            Must,
            "rfc9110-8.8.3.3-zstd-is-not-identity",
            "codings differ in their strong entity tags",
        )
        .get("/style.css")
        .with("Accept-Encoding", "zstd")
        .expect(200)
        .other_than("ETag", "{tag:identity}"),
        case(
            Choice,
            "rfc9110-8.8.1-media-type-is-part-of-it",
            "the same bytes as another media type are another representation",
        )
        .get("/twin.txt")
        .expect(200)
        .other_than("ETag", "{tag /twin.css}"),
        case(
            Choice,
            "rfc9110-8.8.3-same-under-every-path",
            "one resource has one tag, whatever path leads to it",
        )
        .get("/index.html")
        .expect(200)
        .has("ETag", "{tag /}"),
        case(
            Should,
            "rfc9110-8.8.4-both-validators",
            "a server sends both validators where it has both",
        )
        .on(Site::Dated)
        .get("/")
        .expect(200)
        .present("ETag")
        .has("Last-Modified", MODIFIED),
    ]);
    cases
}
