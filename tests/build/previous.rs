//! Bytes behind an immutable URL never change, from release to release.

use std::fs;

use super::{Built, Work};

/// A script whose name carries a hash, in a folder where a bundler keeps nothing else; its name is believed.
fn bundled() -> Work {
    let work = Work::of(&[("index.html", ENTRY.to_owned()), (CHUNK, chunk("1"))]);
    work.site.write(".vite/manifest.json", MANIFEST);
    work
}

const CHUNK: &str = "assets/app-BhT3x9Qa.js";
const ENTRY: &str = "<!doctype html>\n<script type=module src=/assets/app-BhT3x9Qa.js></script>\n";
const MANIFEST: &str =
    r#"{"index.html":{"file":"assets/app-BhT3x9Qa.js","src":"index.html","isEntry":true}}"#;

fn chunk(version: &str) -> String {
    format!("document.title = 'version {version}';\n")
}

fn is_immutable(work: &Work) -> bool {
    let manifest = super::manifest(&work.out());
    manifest["resources"][format!("/{CHUNK}")]["immutable"]
        .as_bool()
        .expect("it is there")
}

fn build(work: &Work, arguments: &[&str]) -> Built {
    work.build_with(arguments)
}

#[test]
fn other_bytes_under_an_immutable_url_are_demoted_for_good() {
    let work = bundled();
    build(&work, &[]).succeeds();
    assert!(is_immutable(&work), "the bundler's manifest says so");
    work.site.write(CHUNK, chunk("2"));
    build(&work, &[])
        .succeeds()
        .says("an earlier release served other bytes under this name as immutable");
    assert!(!is_immutable(&work));
    // The next release has the same bytes as the last. Caches may still hold those of the first.
    build(&work, &[]).succeeds();
    assert!(
        !is_immutable(&work),
        "the second release's manifest remembers"
    );
    work.site.write(CHUNK, chunk("1"));
    build(&work, &[]).succeeds();
    assert!(!is_immutable(&work));
}

#[test]
fn other_bytes_under_an_immutable_url_are_refused_under_strict() {
    let work = bundled();
    build(&work, &[]).succeeds();
    let before = work.released();
    work.site.write(CHUNK, chunk("2"));
    let built = build(&work, &["--strict"]);
    assert_eq!(built.code, Some(1), "{}", built.stderr);
    assert_eq!(work.released(), before);
}

#[test]
fn an_earlier_release_elsewhere_is_compared_when_it_is_named() {
    let work = bundled();
    let earlier = work.site.beside("earlier");
    work.build_to(&earlier, &[]).succeeds();
    work.site.write(CHUNK, chunk("2"));
    let manifest = earlier.join(".larder/manifest.json");
    for previous in [
        earlier.display().to_string(),
        manifest.display().to_string(),
    ] {
        build(&work, &["--previous", &previous])
            .succeeds()
            .says("served other bytes");
        assert!(!is_immutable(&work));
        fs::remove_dir_all(work.out()).expect("it is there");
    }
    build(&work, &[]).succeeds();
    assert!(is_immutable(&work), "nothing was compared");
}

#[test]
fn an_earlier_release_that_is_none_is_refused() {
    let work = bundled();
    let nothing = work.site.beside("nothing").display().to_string();
    build(&work, &["--previous", &nothing]).is_refused("there is no release at");
    let site = work.site.root().display().to_string();
    build(&work, &["--previous", &site]).is_refused("there is no release at");
    assert!(!work.out().exists());
}
