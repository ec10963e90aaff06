//! What the pure parts of one request cost: `cargo bench --bench origin`.
//!
//! Times differ between machines; compare two runs on one machine, or the rows of one run.

mod cases;

use cases::{CASES, site};
use larder::{
    Policy,
    http::{
        ContentCoding, EntityTag, TargetPath,
        accept_encoding::preferred,
        entity_tag::{Comparison, compare_list},
    },
    policy::{Facts, RepresentationKind, Subject},
};

fn main() {
    divan::main();
}

/// From the request's fields to the reply, for each kind of request.
#[divan::bench(args = CASES.iter().map(|case| case.name))]
fn respond(bencher: divan::Bencher<'_, '_>, name: &str) {
    let case = CASES.iter().find(|case| case.name == name);
    let ask = case.expect("the names are theirs").ready();
    bencher.bench_local(ask);
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

#[divan::bench(args = [1, 8, 64])]
fn entity_tag_in_a_list_of(bencher: divan::Bencher<'_, '_>, count: usize) {
    let ours = EntityTag::strong("0123456789abcdef0123456789abcdef").expect("digits");
    let list: Vec<String> = (0..count)
        .map(|number| format!("W/\"{number:032x}\""))
        .collect();
    let list = list.join(", ");
    bencher.bench_local(|| {
        compare_list(
            divan::black_box([list.as_bytes()]).into_iter(),
            Some(&ours),
            Comparison::Weak,
        )
    });
}

#[divan::bench(args = ["", "br", "gzip, deflate, br, zstd", "gzip;q=1.0, *;q=0.1, identity;q=0.5"])]
fn accept_encoding(bencher: divan::Bencher<'_, '_>, value: &str) {
    bencher.bench_local(|| {
        preferred(
            divan::black_box([value.as_bytes()]).into_iter(),
            &ContentCoding::ALL,
        )
    });
}

#[divan::bench(args = ["/assets/app.js", "/%61ssets/with%20space.js", "/a/../b"])]
fn target_path(bencher: divan::Bencher<'_, '_>, path: &str) {
    bencher.bench_local(|| TargetPath::parse(divan::black_box(path)).is_ok());
}

#[divan::bench(args = [5, 5_000])]
fn assemble_site(bencher: divan::Bencher<'_, '_>, count: usize) {
    bencher.bench_local(|| site(count));
}
