//! Four of the committed sites, and a release that is broken on purpose.

use std::{fs, path::Path};

use crate::{release::Release, rounds, support::Site};

fn built(site: &str) -> Release {
    let sites = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites");
    Release::of(&sites.join(site)).expect("a committed site can be built")
}

/// Asserts that nobody can tell the release of a committed site from the site.
#[track_caller]
fn is_the_same_after_building(site: &str, others: &[&str]) {
    let others: Vec<String> = others.iter().map(|path| (*path).to_owned()).collect();
    let release = built(site);
    let compared = rounds::compare(&release, "/", &others).expect("the browser gets through");
    let shown: Vec<String> = compared
        .differences
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(shown.is_empty(), "{shown:#?}");
    assert!(
        compared.after.requests.len() > 2 && !compared.after.texts["/"].trim().is_empty(),
        "nothing was shown: {:#?}",
        compared.after
    );
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_vite_app_is_the_same_after_building() {
    is_the_same_after_building("vite", &["/about"]);
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_webpack_app_is_the_same_after_building() {
    is_the_same_after_building("webpack", &["/about"]);
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_sveltekit_app_is_the_same_after_building() {
    is_the_same_after_building("sveltekit", &["/about", "/user/ann"]);
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_hand_written_site_is_the_same_after_building() {
    is_the_same_after_building("classic", &[]);
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_damaged_release_is_told_from_its_site() {
    let release = built("classic");
    let style = release
        .names
        .fingerprinted()
        .find(|path| path.contains("/css/"))
        .expect("its style sheet is fingerprinted");
    // Of the same length, so that `larder serve` accepts it.
    let file = release.out().join(style.trim_start_matches('/'));
    let length = fs::metadata(&file).expect("the release has it").len();
    let nothing = " ".repeat(usize::try_from(length).expect("it is a small file"));
    fs::remove_file(&file).expect("the release is ours");
    fs::write(&file, nothing).expect("the release is ours");
    let compared = rounds::compare(&release, "/", &[]).expect("the browser gets through");
    assert!(
        compared
            .differences
            .iter()
            .any(|difference| difference.to_string().starts_with("Picture")),
        "{:?}",
        compared.differences
    );
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_module_that_a_release_evaluates_twice_is_found() {
    let site = Site::of(&[
        (
            "index.html",
            r#"<script type=module src="app.js"></script><script type=module src="words.js"></script>"#,
        ),
        ("app.js", "import './words.js';"),
        ("words.js", "export const greeting = 'good morning';"),
    ]);
    let release = Release::of(&site.root()).expect("it can be built");
    // One reference keeps the old name, as if it had been missed. Blanks around a URL do not count, and the length stays.
    let index = release.out().join("index.html");
    let text = fs::read_to_string(&index).expect("the release has it");
    let at = text.find("words.").expect("it refers to it") + "words.".len();
    let missed = format!(
        "{}js{:17}{}",
        &text[..at],
        "",
        &text[at + "0123456789abcdef.js".len()..]
    );
    assert_eq!(missed.len(), text.len());
    fs::remove_file(&index).expect("the release is ours");
    fs::write(&index, missed).expect("the release is ours");

    let compared = rounds::compare(&release, "/", &[]).expect("the browser gets through");
    let shown: Vec<String> = compared
        .differences
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        shown.len() == 1 && shown[0].starts_with("EvaluatedTwice: module /words.js"),
        "{shown:#?}"
    );
}
