//! The requests that are measured: one table for `origin` (times) and `instructions` (counts).

use std::sync::LazyLock;

use larder::{
    Policy, Snapshot, assemble,
    fingerprint::Digest,
    http::{ContentCoding, FieldName, FieldValue, Fields, HttpDate},
    origin::{Request, respond},
    snapshot::{CodedContent, Content, Generation, SiteFile},
};

/// One request, and what has to come of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// How many scripts the site has.
    files: usize,
    path: &'static str,
    fields: Fields,
    status: u16,
}

impl Case {
    /// Makes the site; what is returned asks it once.
    pub(crate) fn ready(&self) -> impl Fn() -> u16 {
        let snapshot = site(self.files);
        let ask = move |path, fields: &Fields| {
            let request = Request {
                method: "GET",
                path,
                query: None,
                fields,
            };
            respond(&snapshot, std::hint::black_box(&request), HttpDate::EPOCH).status
        };
        let status = ask(self.path, &self.fields);
        assert_eq!(status, self.status, "{}", self.name);
        let (path, fields) = (self.path, self.fields.clone());
        move || ask(path, &fields)
    }
}

const BROWSER: (&str, &str) = ("Accept-Encoding", "gzip, deflate, br, zstd");
const NAVIGATION: (&str, &str) = (
    "Accept",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
);
const SCRIPT: &str = "/assets/3.js";

/// All of them.
pub(crate) static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let case = |name, path, lines: &[(&'static str, &str)], status| Case {
        name,
        files: 5,
        path,
        fields: fields(lines),
        status,
    };
    let tag = tag_of_the_script();
    let list = (0..8)
        .map(|number| format!("\"{number:032x}\""))
        .collect::<Vec<_>>()
        .join(", ");
    let mut cases = vec![
        case("found", SCRIPT, &[], 200),
        case("negotiated", SCRIPT, &[BROWSER], 200),
        case("not-modified", SCRIPT, &[("If-None-Match", &tag)], 304),
        case(
            "eight-entity-tags",
            SCRIPT,
            &[("If-None-Match", &list)],
            200,
        ),
        case("path-with-escapes", "/%61ssets/%33.js", &[], 200),
        case("fallback", "/user/ada.lovelace", &[NAVIGATION], 200),
        case("missing-asset", "/assets/gone.js", &[], 404),
        case(
            "missing-for-a-script",
            "/api/users",
            &[("Sec-Fetch-Dest", "empty")],
            404,
        ),
        case("range", SCRIPT, &[("Range", "bytes=1-3")], 206),
        case("traversal", "/assets/../../etc/passwd", &[], 404),
    ];
    cases.push(Case {
        name: "found-among-50000",
        files: 50_000,
        ..case("", SCRIPT, &[], 200)
    });
    cases
});

/// A site of `count` scripts, each with a coded form, and one document.
pub(crate) fn site(count: usize) -> Snapshot {
    let file = |path: String, text: String| {
        let digest = Digest::of(text.as_bytes());
        SiteFile::new(path, Content::Held(text.into()), digest)
    };
    let scripts = (0..count).map(|number| {
        let coded = format!("coded {number}");
        SiteFile {
            negotiable: true,
            coded: vec![CodedContent {
                coding: ContentCoding::Brotli,
                digest: Digest::of(coded.as_bytes()),
                content: Content::Held(coded.into()),
            }],
            ..file(format!("/assets/{number}.js"), format!("/* {number} */"))
        }
    });
    let document = file("/index.html".to_owned(), "<!doctype html>".to_owned());
    assemble(
        scripts.chain([document]).collect(),
        &Policy::default(),
        Generation(1),
    )
}

fn tag_of_the_script() -> String {
    let site = site(5);
    let script = site.resource_at(SCRIPT).expect("the site has it");
    let tag = script.identity.validators.entity_tag.as_ref();
    tag.expect("every representation has one")
        .as_str()
        .to_owned()
}

fn fields(lines: &[(&'static str, &str)]) -> Fields {
    lines
        .iter()
        .map(|(name, value)| {
            (
                FieldName::from_static(name),
                FieldValue::parse(value).expect("a field value"),
            )
        })
        .collect()
}
