//! What the pure parts of one request cost: `cargo bench`.
//!
//! Times differ between machines; compare two runs on one machine, or the rows of one run.

use larder::{
    Policy, Snapshot, assemble,
    fingerprint::Digest,
    http::{FieldName, FieldValue, Fields, HttpDate},
    origin::{Request, respond},
    policy::{Facts, RepresentationKind, Subject},
    snapshot::{Content, Generation, SiteFile},
};

fn main() {
    divan::main();
}

/// A site of `count` scripts and one document.
fn site(count: usize) -> Snapshot {
    let file = |path: String, text: String| {
        let digest = Digest::of(text.as_bytes());
        SiteFile::new(path, Content::Held(text.into()), digest)
    };
    let scripts =
        (0..count).map(|number| file(format!("/assets/{number}.js"), format!("/* {number} */")));
    let document = file("/index.html".to_owned(), "<!doctype html>".to_owned());
    assemble(
        scripts.chain([document]).collect(),
        &Policy::default(),
        Generation(1),
    )
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

fn ask(
    bencher: divan::Bencher<'_, '_>,
    count: usize,
    path: &str,
    lines: &[(&'static str, &str)],
    status: u16,
) {
    let (snapshot, fields) = (site(count), fields(lines));
    let request = Request {
        method: "GET",
        path,
        query: None,
        fields: &fields,
    };
    assert_eq!(respond(&snapshot, &request, HttpDate::EPOCH).status, status);
    bencher.bench_local(|| respond(&snapshot, divan::black_box(&request), HttpDate::EPOCH).status);
}

const BROWSER: (&str, &str) = ("Accept-Encoding", "gzip, deflate, br, zstd");

#[divan::bench(args = [5, 50_000])]
fn found(bencher: divan::Bencher<'_, '_>, count: usize) {
    ask(bencher, count, "/assets/3.js", &[BROWSER], 200);
}

#[divan::bench]
fn path_with_escapes(bencher: divan::Bencher<'_, '_>) {
    ask(bencher, 5, "/%61ssets/%33.js", &[BROWSER], 200);
}

#[divan::bench]
fn not_modified(bencher: divan::Bencher<'_, '_>) {
    let snapshot = site(5);
    let tag = snapshot
        .resource_at("/assets/3.js")
        .and_then(|script| script.identity.validators.entity_tag.clone())
        .expect("a tag");
    ask(
        bencher,
        5,
        "/assets/3.js",
        &[BROWSER, ("If-None-Match", tag.as_str())],
        304,
    );
}

#[divan::bench]
fn list_of_eight_entity_tags(bencher: divan::Bencher<'_, '_>) {
    let list = (0..8)
        .map(|number| format!("\"{number:032x}\""))
        .collect::<Vec<_>>()
        .join(", ");
    ask(
        bencher,
        5,
        "/assets/3.js",
        &[BROWSER, ("If-None-Match", &list)],
        200,
    );
}

#[divan::bench]
fn fallback(bencher: divan::Bencher<'_, '_>) {
    ask(
        bencher,
        5,
        "/user/ada.lovelace",
        &[BROWSER, ("Accept", "text/html,*/*;q=0.8")],
        200,
    );
}

#[divan::bench]
fn missing_asset(bencher: divan::Bencher<'_, '_>) {
    ask(bencher, 5, "/assets/gone.js", &[BROWSER], 404);
}

#[divan::bench]
fn range(bencher: divan::Bencher<'_, '_>) {
    ask(bencher, 5, "/assets/3.js", &[("Range", "bytes=1-3")], 206);
}

#[divan::bench]
fn decide(bencher: divan::Bencher<'_, '_>) {
    let policy = Policy::default();
    let facts = Facts {
        path: "/assets/app.js",
        kind: RepresentationKind::Asset,
        media_type: "text/javascript",
    };
    bencher.bench_local(|| policy.decide(divan::black_box(&Subject::new(200, Some(facts)))));
}

#[divan::bench(args = [5, 5_000])]
fn assemble_site(bencher: divan::Bencher<'_, '_>, count: usize) {
    bencher.bench_local(|| site(count));
}
