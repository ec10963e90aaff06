//! A live server.

use std::fs;

use serde_json::Value;

use crate::{
    both::Both,
    check,
    crooked::{Crooked, FOREVER},
    faults, find, findings,
    support::{Larder, Site},
};

#[test]
fn larder_itself_is_clean() {
    let larder = Larder::folder("tests/sites/vite".as_ref(), &[]);
    let (code, findings) = findings(&[&larder.url("/")]);
    assert_eq!((code, faults(&findings)), (0, Vec::new()), "{findings:#?}");
    let good = findings.iter().filter(|finding| finding["level"] == "good");
    assert!(good.count() >= 4, "{findings:#?}");
}

#[test]
fn larder_is_clean_over_tls_and_http2_too() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (certificate, key) = (
        file("cert.pem", cert.pem()),
        file("key.pem", signing_key.serialize_pem()),
    );
    let larder = Larder::folder(
        "tests/sites/vite".as_ref(),
        &["--tls-cert", &certificate, "--tls-key", &key],
    );
    let url = format!("https://localhost:{}/", larder.address().port());
    for trust in [&["--ca", &certificate][..], &["--insecure"]] {
        let (code, findings) = findings(&[&[url.as_str()], trust].concat());
        assert_eq!((code, faults(&findings)), (0, Vec::new()), "{findings:#?}");
    }
    let untrusted = check(&[&url]);
    assert_eq!(untrusted.status.code(), Some(2));
    let said = String::from_utf8_lossy(&untrusted.stderr).into_owned();
    assert!(
        said.contains("no TLS connection")
            && said.contains("--ca FILE")
            && said.contains("--insecure"),
        "{said}"
    );
}

#[test]
fn a_server_with_one_lifetime_for_everything_is_found_out() {
    let server = Crooked::start();
    let (code, findings) = findings(&[&server.url("/")]);
    assert_eq!(code, 1);
    let faults = faults(&findings);
    for wanted in [
        "reply/document-kept",
        "reply/document-for-missing-asset",
        "reply/tag-list-ignored",
        "reply/not-modified-fields",
    ] {
        assert!(faults.contains(&wanted), "no {wanted} among {faults:?}");
    }
}

#[test]
fn a_deployment_is_compared_with_a_policy_cell_by_cell() {
    let site = Site::of(&[
        (
            "index.html",
            "<!doctype html><title>t</title><link rel=stylesheet href=/a.css>",
        ),
        ("a.css", "a{}"),
    ]);
    let policy = site.policy("[cache]\ndocument = \"max-age=60\"\n\n[headers]\nX-Team = \"web\"\n");
    let larder = Larder::folder(&site.root(), &["--policy", &policy]);
    let (code, found) = findings(&[&larder.url("/"), "--against-policy", &policy]);
    assert_eq!((code, faults(&found)), (0, Vec::new()), "{found:#?}");

    let other = fs::canonicalize(&policy)
        .unwrap()
        .with_file_name("other.toml");
    fs::write(&other, "[cache]\ndocument = \"no-cache\"\n").unwrap();
    let (code, found) = findings(&[
        &larder.url("/"),
        "--against-policy",
        other.to_str().unwrap(),
    ]);
    assert_eq!(code, 1);
    let differs = &found[0];
    assert_eq!(differs["code"], "deployment/field-differs");
    assert!(
        differs["policy"]
            .as_str()
            .unwrap()
            .contains("other.toml:2:"),
        "{differs:#}"
    );
}

#[test]
fn a_deployment_is_compared_with_the_redirects_of_a_policy_and_what_it_calls_private() {
    let site = Site::of(&[
        (
            "index.html",
            "<!doctype html><title>t</title><script src=/a.js></script>",
        ),
        ("a.js", "let a;"),
        ("a.js.map", "{\"version\":3}"),
        ("drafts/next.txt", "not yet"),
    ]);
    let moved = |to: &str| {
        format!(
            "[site]\nprivate = [\"*.map\", \"/drafts/next.txt\"]\n\n[[redirect]]\nfrom = \"/old/*\"\nto = \"/{to}/:splat\"\n"
        )
    };
    let policy = site.policy(&moved("new"));
    let larder = Larder::folder(&site.root(), &["--policy", &policy]);
    let (code, found) = findings(&[&larder.url("/"), "--against-policy", &policy]);
    assert_eq!((code, faults(&found)), (0, Vec::new()), "{found:#?}");

    // The same policy, and a server that knows nothing of it.
    let plain = Larder::folder(&site.root(), &["--policy", "/dev/null"]);
    let (code, found) = findings(&[&plain.url("/"), "--against-policy", &policy]);
    let differs = find(&found, "deployment/redirect-differs");
    assert_eq!(code, 1);
    assert!(
        differs["seen"].as_str().unwrap().starts_with("200")
            || differs["seen"].as_str().unwrap().starts_with("404"),
        "{differs:#}"
    );
    let line = differs["policy"].as_str().unwrap();
    assert!(
        line.contains("policy.toml:5:") && line.ends_with("redirect from /old/*"),
        "{line}"
    );
    let served = |found: &[Value]| {
        let urls = found
            .iter()
            .filter(|one| one["code"] == "reply/private-served" && one["level"] == "error");
        let urls: Vec<String> = urls
            .map(|one| one["url"].as_str().unwrap().replace(&plain.url(""), ""))
            .collect();
        urls
    };
    let all = ["/drafts/next.txt", "/a.js.map"];
    assert_eq!(served(&found), all);
    let (_, found) = findings(&[&plain.url("/"), "--policy", &policy]);
    assert_eq!(served(&found), all);

    // Another target is another redirect.
    let other = fs::canonicalize(&policy)
        .unwrap()
        .with_file_name("other.toml");
    fs::write(&other, moved("elsewhere")).unwrap();
    let other = other.to_str().unwrap();
    let (_, found) = findings(&[&larder.url("/"), "--against-policy", other]);
    let differs = find(&found, "deployment/redirect-differs");
    assert!(
        differs["seen"]
            .as_str()
            .unwrap()
            .starts_with("308, Location: /new/larder-check"),
        "{differs:#}"
    );
}

#[test]
fn http2_without_tls_is_asked_for() {
    let said = |url: &str, code: &str, message: &str| {
        let (_, found) = findings(&[url]);
        found
            .iter()
            .any(|finding| finding["code"] == code && finding["message"] == message)
    };
    let agrees = ("good/caching", "HTTP/2 is answered like HTTP/1.1");
    let differs = ("reply/versions-differ", "HTTP/2 is answered otherwise");
    let same = Both::start(FOREVER).url("/");
    assert!(said(&same, agrees.0, agrees.1) && !said(&same, differs.0, differs.1));
    let other = Both::start("no-cache").url("/");
    assert!(!said(&other, agrees.0, agrees.1) && said(&other, differs.0, differs.1));
    // Where it is not spoken, there is nothing to say.
    let none = Crooked::start().url("/");
    assert!(!said(&none, agrees.0, agrees.1) && !said(&none, differs.0, differs.1));
}

#[test]
fn a_deployment_is_not_compared_with_a_policy_that_has_errors() {
    let site = Site::of(&[("index.html", "<!doctype html><title>t</title>")]);
    let policy = site.policy("[cache]\ndocumemt = \"no-cache\"\n");
    let output = check(&["http://127.0.0.1:1/", "--against-policy", &policy]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("policy/unknown-key"), "{said}");
}

#[test]
fn a_server_that_is_not_there_cannot_be_checked() {
    let output = check(&["http://127.0.0.1:1/"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("there is no answer from http://127.0.0.1:1/")
            && said.contains("instead: nothing listens there"),
        "{said}"
    );
}

#[test]
fn a_url_that_is_no_document_is_said_to_be_none() {
    let larder = Larder::folder("tests/sites/classic".as_ref(), &[]);
    let output = check(&[&larder.url("/no/such.html")]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("name the URL of a document"), "{said}");
}
