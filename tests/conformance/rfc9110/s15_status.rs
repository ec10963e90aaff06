//! RFC 9110 §15: statuses, and the fields that belong to them.

use crate::harness::{
    Case, Choice, May, Must, Should, Site, case,
    site::{FINGERPRINTED, MODIFIED},
};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(successes());
    cases.extend(not_modified());
    cases.extend(redirects());
    cases.extend(errors());
    cases
}

fn successes() -> Vec<Case> {
    vec![
        case(
            Must,
            "rfc9110-15.3.1-document",
            "200 with the representation",
        )
        .get("/")
        .expect(200)
        .whole("/index.html"),
        case(Must, "rfc9110-15.3.5-nothing-to-send", "204 has no content")
            .ask("OPTIONS", "/")
            .expect(204)
            .empty()
            .lacks("Content-Type"),
        case(
            Must,
            "rfc9110-15.3.7-keeps-what-the-200-has",
            "206 has ETag, Cache-Control, Vary of its 200",
        )
        .get("/style.css")
        .with("Range", "bytes=0-9")
        .expect(206)
        .keeps("ETag")
        .keeps("Cache-Control")
        .keeps("Vary")
        .keeps("Content-Type")
        .slice(0, 9, 3000),
        case(
            Must,
            "rfc9110-15.3.7-keeps-the-date",
            "… and the date of last change where no If-Range says that the client has it",
        )
        .on(Site::Dated)
        .get("/ten.bin")
        .with("Range", "bytes=0-0")
        .expect(206)
        .has("Last-Modified", MODIFIED),
        case(
            Must,
            "rfc9110-15.3.7-of-fingerprinted",
            "… and a long lifetime",
        )
        .get(FINGERPRINTED)
        .with("Range", "bytes=0-0")
        .expect(206)
        .keeps("Cache-Control"),
        case(
            Must,
            "rfc9110-15.3.7.1-one-part",
            "one part has Content-Range",
        )
        .get("/ten.bin")
        .with("Range", "bytes=1-2")
        .expect(206)
        .slice(1, 2, 10),
        case(
            Must,
            "rfc9110-15.3.7.2-content-range-is-in-the-parts",
            "several parts have Content-Range inside, not outside",
        )
        .get("/thousand.bin")
        .with("Range", "bytes=0-0,900-900")
        .expect(206)
        .lacks("Content-Range")
        .parts(&[(0, 0), (900, 900)]),
    ]
}

fn not_modified() -> Vec<Case> {
    vec![
        case(
            Must,
            "rfc9110-15.4.5-no-content",
            "304 ends with its fields",
        )
        .get("/style.css")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .empty(),
        case(
            Must,
            "rfc9110-15.4.5-keeps-etag",
            "304 has the ETag of its 200",
        )
        .get("/style.css")
        .with("If-None-Match", "*")
        .expect(304)
        .keeps("ETag"),
        case(
            Must,
            "rfc9110-15.4.5-keeps-cache-control",
            "304 has the Cache-Control of its 200",
        )
        .get("/style.css")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .keeps("Cache-Control"),
        case(
            Must,
            "rfc9110-15.4.5-keeps-vary",
            "304 has the Vary of its 200",
        )
        .get("/style.css")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .keeps("Vary"),
        case(
            Must,
            "rfc9110-15.4.5-keeps-vary-when-coded",
            "… and of that of coded content",
        )
        .get("/style.css")
        .with("Accept-Encoding", "br")
        .with("If-None-Match", "{tag:br}")
        .expect(304)
        .keeps("Vary")
        .keeps("ETag"),
        case(
            Must,
            "rfc9110-15.4.5-by-date-keeps-etag",
            "a 304 by date has the ETag, too",
        )
        .on(Site::Dated)
        .get("/ten.bin")
        .with("If-Modified-Since", MODIFIED)
        .expect(304)
        .keeps("ETag"),
        case(
            Must,
            "rfc9110-15.4.5-of-an-app",
            "the document of an app is validated under every route",
        )
        .on(Site::App)
        .get("/deep/route")
        .navigating()
        .with("If-None-Match", "{tag /}")
        .expect(304)
        .has("ETag", "{tag /}")
        .keeps("Cache-Control"),
        case(
            Should,
            "rfc9110-15.4.5-no-content-type",
            "304 says nothing of content that it does not send",
        )
        .get("/style.css")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .lacks("Content-Type"),
        case(
            Should,
            "rfc9110-15.4.5-no-content-encoding",
            "… nor of its coding",
        )
        .get("/style.css")
        .with("Accept-Encoding", "br")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .lacks("Content-Encoding"),
        case(
            Should,
            "rfc9110-15.4.5-no-content-range",
            "… nor of a range",
        )
        .get("/style.css")
        .with("Range", "bytes=0-9")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .lacks("Content-Range"),
        case(
            Should,
            "rfc9110-15.4.5-no-last-modified-beside-a-tag",
            "… nor its date, where a tag is sent",
        )
        .on(Site::Dated)
        .get("/ten.bin")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .lacks("Last-Modified"),
        case(
            Choice,
            "rfc9110-15.4.5-no-accept-ranges",
            "… nor that it could come in parts",
        )
        .get("/style.css")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .lacks("Accept-Ranges"),
        case(
            Choice,
            "rfc9110-15.4.5-keeps-fields-of-the-policy",
            "what the policy adds is on the 304 too",
        )
        .on(Site::Ruled)
        .get("/style.css")
        .with("If-None-Match", "{tag}")
        .expect(304)
        .has("X-Kind", "style")
        .has("Referrer-Policy", "no-referrer"),
    ]
}

fn redirects() -> Vec<Case> {
    let of = |status: u16, target: &str, to: &str| {
        let section = match status {
            301 => "15.4.2",
            302 => "15.4.3",
            303 => "15.4.4",
            307 => "15.4.8",
            _ => "15.4.9",
        };
        case(
            Should,
            format!("rfc9110-{section}-says-where"),
            format!("{status} says where to ask"),
        )
        .on(Site::Ruled)
        .get(target)
        .expect(status)
        .has("Location", to)
    };
    vec![
        of(301, "/blog/a", "/articles/a"),
        of(302, "/u/ada", "/users/ada"),
        of(303, "/see", "/about"),
        of(307, "/later", "/about"),
        of(308, "/old", "/about"),
        case(
            Should,
            "rfc9110-15.4.2-folder-without-slash",
            "a folder is found under its name with a slash",
        )
        .get("/docs")
        .expect(301)
        .has("Location", "/docs/")
        .empty(),
        case(
            Choice,
            "rfc9110-15.4.9-has-no-validator",
            "a redirect has nothing to validate",
        )
        .on(Site::Ruled)
        .get("/old")
        .expect(308)
        .lacks("ETag")
        .lacks("Last-Modified")
        .has("Cache-Control", "no-cache"),
    ]
}

fn errors() -> Vec<Case> {
    let text = "text/plain; charset=utf-8";
    vec![
        case(
            Must,
            "rfc9110-15.5.1-malformed-escape",
            "a target that is no path is a bad request",
        )
        .get("/%zz")
        .expect(400)
        .has("Content-Type", text)
        .has("Cache-Control", "no-store"),
        case(
            Must,
            "rfc9110-15.5.1-reflects-nothing",
            "nothing of it comes back",
        )
        .get("/%zz-reflected")
        .expect(400)
        .never_says("reflected"),
        case(Must, "rfc9110-15.5.5-missing-asset", "nobody has it")
            .get("/missing.js")
            .expect(404)
            .has("Content-Type", text)
            .has("Cache-Control", "no-store")
            .lacks("ETag"),
        case(
            Must,
            "rfc9110-15.5.5-reflects-nothing",
            "nothing of the path comes back",
        )
        .get("/reflected.js")
        .expect(404)
        .never_says("reflected"),
        case(
            Must,
            "rfc9110-15.5.5-missing-document",
            "a person gets a document that says so, if the site has one",
        )
        .on(Site::Prerendered)
        .get("/404.html")
        .expect(200)
        .whole("/404.html"),
        case(
            Choice,
            "rfc9110-15.5.5-document-of-the-site",
            "404 with the site's own document",
        )
        .get("/missing")
        .navigating()
        .expect(404)
        .has("Cache-Control", "no-store")
        .lacks("ETag"),
        case(Must, "rfc9110-15.5.6-allow", "405 lists what is allowed")
            .ask("POST", "/")
            .expect(405)
            .has("Allow", "GET, HEAD, OPTIONS")
            .has("Cache-Control", "no-store"),
        case(
            Choice,
            "rfc9110-15.5.7-nothing-acceptable",
            "406, and it says of what",
        )
        .get("/style.css")
        .with("Accept-Encoding", "*;q=0")
        .expect(406)
        .has("Content-Type", text),
        case(
            Must,
            "rfc9110-15.5.13-condition-failed",
            "412, without the representation",
        )
        .get("/ten.bin")
        .with("If-Match", "\"other\"")
        .expect(412)
        .lacks("ETag")
        .has("Content-Type", text)
        .never_says("0123456789"),
        case(
            Must,
            "rfc9110-15.5.13-not-kept",
            "412 is the truth of one request",
        )
        .get("/ten.bin")
        .with("If-Match", "\"other\"")
        .expect(412)
        .has("Cache-Control", "no-store"),
        case(
            May,
            "rfc9110-15.5.15-longer-than-8-kib",
            "a path of more than 8 KiB is not read",
        )
        .get(format!("/{}", "a".repeat(9000)))
        .expect(414)
        .has("Cache-Control", "no-store"),
        case(
            Choice,
            "rfc9110-15.5.15-5000-segments",
            "many segments are many bytes",
        )
        .get("/a".repeat(5000))
        .expect(414),
        case(
            Should,
            "rfc9110-15.5.17-says-how-long-it-is",
            "416 says what there is",
        )
        .get("/ten.bin")
        .with("Range", "bytes=10-")
        .expect(416)
        .has("Content-Range", "bytes */10")
        .has("Content-Type", text),
        case(
            Choice,
            "rfc9110-15.5.17-not-kept",
            "416 is the truth of one request",
        )
        .get("/ten.bin")
        .with("Range", "bytes=10-")
        .expect(416)
        .has("Cache-Control", "no-store")
        .lacks("ETag"),
    ]
}
