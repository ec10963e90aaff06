//! The look of an explanation: `looks/*.txt`, compared as a whole. `LARDER_WRITE_LOOKS=1 cargo test --test explain` writes them anew.

use std::{env, fs, path::Path};

use larder::explain::{Explanation, Style, render};

use super::{app, get, pages, site};

const RULES: &str = r#"
[cache]
document = "no-cache"

[[rule]]
name = "fonts"
paths = ["/fonts/**"]
kind = "asset"
headers = { "Access-Control-Allow-Origin" = "*" }

[[rule]]
name = "pictures"
media = ["image/*"]
cache-control = "max-age=3600, stale-while-revalidate=86400"
cdn-cache-control = "max-age=600"

[[rule]]
name = "everything for ever"
paths = ["/**"]
cache-control = "public, max-age=31536000, immutable"

[[rule]]
name = "missing for a while"
status = 404
cache-control = "max-age=10"

[[redirect]]
from = "/blog/*"
to = "https://blog.example.com/:splat"

[headers]
"Content-Security-Policy" = "default-src 'self'"
"#;

#[track_caller]
fn looks_like(name: &str, width: usize, explanation: &Explanation) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/explain/looks")
        .join(format!("{name}.txt"));
    let style = Style {
        width,
        colour: false,
    };
    let text = render(explanation, style) + "\n";
    for line in text.lines() {
        assert!(line.chars().count() <= width, "too wide: {line}");
        assert_eq!(line, line.trim_end(), "blanks at its end");
    }
    if env::var_os("LARDER_WRITE_LOOKS").is_some() {
        fs::write(&file, &text).expect("it can be written");
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(text == expected, "{name} looks like this now:\n{text}");
}

#[test]
fn a_route_of_an_app() {
    let explanation = get(
        &site(app(), ""),
        "/settings/profile?tab=2",
        "Accept-Encoding: gzip, br;q=0.5",
    );
    looks_like("fallback", 80, &explanation);
}

#[test]
fn a_fingerprinted_script_under_rules() {
    let site = site(app(), RULES);
    let explanation = get(&site, "/assets/app-0123456789abcdef.js", "");
    looks_like("fingerprinted", 80, &explanation);
    looks_like("fingerprinted-120", 120, &explanation);
}

#[test]
fn a_picture_that_is_kept_for_an_hour() {
    let explanation = get(&site(app(), RULES), "/logo.svg", "Accept-Encoding: br");
    looks_like("picture", 80, &explanation);
}

#[test]
fn a_script_that_is_not_there() {
    let explanation = get(&site(app(), RULES), "/assets/app-fedcba9876543210.js", "");
    looks_like("missing-asset", 80, &explanation);
}

#[test]
fn a_document_that_is_not_there() {
    let explanation = get(&site(pages(), RULES), "/abuot", "Accept: text/html");
    looks_like("missing-document", 80, &explanation);
}

#[test]
fn a_redirect_of_the_policy() {
    let explanation = get(&site(pages(), RULES), "/blog/2026/?page=2", "");
    looks_like("redirect", 80, &explanation);
}

#[test]
fn a_conditional_request() {
    let site = site(pages(), "");
    let tag = get(&site, "/about", "").fields;
    let tag = tag
        .iter()
        .find(|field| field.name == "ETag")
        .expect("a tag");
    let explanation = get(&site, "/about", &format!("If-None-Match: {}", tag.value));
    looks_like("not-modified", 80, &explanation);
}
