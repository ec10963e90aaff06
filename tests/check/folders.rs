//! A folder, as larder would serve it.

use crate::{check, faults, find, findings, support::Site};

const PAGE: &str = "<!doctype html><title>t</title><link rel=stylesheet href=/app.css><script src=/gone.js></script>";

#[test]
fn what_a_bundler_built_is_clean() {
    for site in [
        "tests/sites/vite",
        "tests/sites/webpack",
        "tests/sites/sveltekit",
    ] {
        let (code, findings) = findings(&[site]);
        assert_eq!(
            (code, faults(&findings)),
            (0, Vec::new()),
            "{site}: {findings:#?}"
        );
    }
}

#[test]
fn a_script_that_is_not_there_is_an_error() {
    let site = Site::of(&[("index.html", PAGE), ("app.css", "a{}")]);
    let (code, findings) = findings(&[site.root().to_str().unwrap()]);
    assert_eq!(code, 1);
    let dangling = find(&findings, "site/dangling-reference");
    assert_eq!(
        (&dangling["level"], &dangling["url"]),
        (&"error".into(), &"/index.html".into())
    );
    assert!(dangling["seen"].as_str().unwrap().contains("/gone.js"));
}

#[test]
fn a_lifetime_for_documents_is_shown_with_its_line_of_the_policy() {
    let site = Site::of(&[("index.html", "<!doctype html><title>t</title>")]);
    let policy = site.policy("[cache]\ndocument = \"max-age=3600\"\n");
    let (code, findings) = findings(&[site.root().to_str().unwrap(), "--policy", &policy]);
    assert_eq!(code, 1);
    let kept = find(&findings, "reply/document-kept");
    let line = kept["policy"].as_str().expect("a place");
    assert!(line.starts_with(&format!("{policy}:2:")), "{line}");
    find(&findings, "policy/long-lifetime-on-document");
}

#[test]
fn a_policy_with_errors_is_a_finding() {
    let site = Site::of(&[("index.html", "<!doctype html><title>t</title>")]);
    let policy = site.policy("[cache]\ndocumemt = \"no-cache\"\n");
    let (code, findings) = findings(&[site.root().to_str().unwrap(), "--policy", &policy]);
    assert_eq!(code, 1);
    let unknown = find(&findings, "policy/unknown-key");
    assert_eq!(unknown["level"], "error");
    assert!(unknown["url"].as_str().unwrap().ends_with(":2"));
}

#[test]
fn a_coded_sibling_of_another_build_is_noticed_and_a_right_one_is_not() {
    let coded = |content: &[u8]| zstd::bulk::compress(content, 3).unwrap();
    let (right, stale) = (coded(b"a{color:red}"), coded(b"a{color:blue}"));
    let files: [(&str, &[u8]); 5] = [
        ("index.html", b"<!doctype html><title>t</title>"),
        ("a.css", b"a{color:red}"),
        ("a.css.zst", &right),
        ("b.css", b"a{color:red}"),
        ("b.css.zst", &stale),
    ];
    let site = Site::of(&files);
    let (_, findings) = findings(&[site.root().to_str().unwrap()]);
    let wrong: Vec<_> = findings
        .iter()
        .filter(|finding| finding["code"] == "site/sibling-wrong")
        .map(|finding| &finding["url"])
        .collect();
    assert_eq!(wrong, ["/b.css.zst"]);
}

#[test]
fn names_that_differ_in_case_and_hidden_files_that_a_policy_shows_are_noticed() {
    let site = Site::of(&[
        ("index.html", "<!doctype html><title>t</title>"),
        ("Logo.svg", "<svg/>"),
        ("logo.svg", "<svg/>"),
        (".env", "KEY=1"),
    ]);
    let (_, found) = findings(&[site.root().to_str().unwrap()]);
    assert!(
        !faults(&found).contains(&"reply/private-file"),
        "{found:#?}"
    );
    let policy = site.policy("[site]\nhidden = [\"/.env\"]\n");
    let (_, found) = findings(&[site.root().to_str().unwrap(), "--policy", &policy]);
    assert_eq!(find(&found, "site/case-collision")["url"], "/logo.svg");
    assert_eq!(find(&found, "reply/private-file")["level"], "error");
}

#[test]
fn what_is_private_and_lies_in_the_folder_is_a_note() {
    let site = Site::of(&[
        ("index.html", "<!doctype html><title>t</title>"),
        ("a.js.map", "{}"),
    ]);
    let policy = site.policy("[site]\nprivate = [\"*.map\"]\n");
    let (code, found) = findings(&[site.root().to_str().unwrap(), "--policy", &policy]);
    let private = find(&found, "reply/private-served");
    assert_eq!(
        (code, &private["level"], &private["url"]),
        (0, &"note".into(), &"/a.js.map".into())
    );
    assert!(
        !found
            .iter()
            .any(|finding| finding["code"] == "site/withheld")
    );
}

#[test]
fn a_folder_that_is_not_there_cannot_be_checked() {
    for (named, advice) in [
        ("no/such/folder", "the folder that holds the finished site"),
        ("localhost:8080", "http://localhost:8080"),
    ] {
        let output = check(&[named]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(advice), "{said}");
    }
}

#[test]
fn a_folder_without_a_document_is_a_warning() {
    let site = Site::of(&[("a.txt", "not a site")]);
    let (code, found) = findings(&[site.root().to_str().unwrap()]);
    assert_eq!(code, 1);
    assert_eq!(find(&found, "site/no-document")["url"], "/");
}
