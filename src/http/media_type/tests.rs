use super::*;
use proptest::prelude::*;

#[test]
fn the_table_is_sorted_and_each_suffix_stands_once() {
    for pair in BY_SUFFIX.windows(2) {
        assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
    }
}

#[test]
fn every_row_is_a_lower_case_suffix_and_a_media_type() {
    for (suffix, essence) in BY_SUFFIX.into_iter().chain(BY_NAME) {
        let media_type = MediaType::parse(essence).unwrap();
        assert_eq!(media_type.as_str(), essence);
        assert_eq!(media_type.essence(), essence);
        let _ = media_type.field_value();
        assert!(!suffix.contains(['.', '/']));
    }
    assert!(
        BY_SUFFIX
            .iter()
            .all(|(suffix, _)| *suffix == suffix.to_lowercase())
    );
}

#[test]
fn what_a_front_end_holds_has_its_type() {
    for (path, value) in [
        ("/index.html", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/app.mjs", "text/javascript; charset=utf-8"),
        ("/app.cjs", "text/javascript; charset=utf-8"),
        ("/app.js.map", "application/json"),
        ("/a.css", "text/css; charset=utf-8"),
        ("/A.PNG", "image/png"),
        ("/a.svg", "image/svg+xml"),
        ("/a.wasm", "application/wasm"),
        ("/app.webmanifest", "application/manifest+json"),
        ("/a.avif", "image/avif"),
        ("/a.woff2", "font/woff2"),
        ("/a.vtt", "text/vtt; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/feed.atom", "application/atom+xml"),
        ("/sitemap.xml", "application/xml"),
        ("/m.onnx", "application/octet-stream"),
        ("/favicon.ico", "image/vnd.microsoft.icon"),
        ("/a.xhtml", "application/xhtml+xml"),
        (
            "/.well-known/apple-app-site-association",
            "application/json",
        ),
        ("/unknown.suffix", "application/octet-stream"),
        ("/none", "application/octet-stream"),
        ("/dir.js/none", "application/octet-stream"),
        ("/", "application/octet-stream"),
    ] {
        assert_eq!(
            MediaType::of_path(path).field_value().as_str(),
            value,
            "{path}"
        );
    }
}

#[test]
fn an_asset_path_ends_in_the_suffix_of_a_type_that_is_no_document() {
    for path in [
        "/x/app-1.js",
        "/a.PNG",
        "/app.js.map",
        "/account/profile.css",
        "/font.woff2",
        "/a.JsOn",
    ] {
        assert!(is_asset_path(path), "{path}");
    }
    for path in [
        "/user/ada.lovelace",
        "/about.html",
        "/about.htm",
        "/about.xhtml",
        "/shop/example.com",
        "/u/about.me",
        "/p/open.ai",
        "/v1.2",
        "/john.h",
        "/app.js/",
        "/.js",
        "/js",
        "/",
        "",
        "/a.",
    ] {
        assert!(!is_asset_path(path), "{path}");
    }
}

#[test]
fn only_html_and_xhtml_are_documents() {
    assert!(MediaType::HTML.is_document());
    assert!(
        MediaType::parse("application/xhtml+xml")
            .unwrap()
            .is_document()
    );
    assert!(
        MediaType::parse("Text/HTML ; charset=x")
            .unwrap()
            .is_document()
    );
    assert!(!MediaType::parse("image/svg+xml").unwrap().is_document());
}

#[test]
fn formats_that_are_compressed_already_are_not_compressed_again() {
    for (path, compressible) in [
        ("/a.html", true),
        ("/a.svg", true),
        ("/a.json", true),
        ("/a.geojson", true),
        ("/a.wasm", true),
        ("/a.ttf", true),
        ("/a.eot", true),
        ("/a.ico", true),
        ("/a.glb", true),
        ("/a.png", false),
        ("/a.woff2", false),
        ("/a.mp4", false),
        ("/a.zip", false),
        ("/a.bin", false),
        ("/a.pdf", false),
    ] {
        assert_eq!(
            MediaType::of_path(path).is_compressible(),
            compressible,
            "{path}"
        );
    }
}

#[test]
fn a_given_charset_is_kept() {
    let media_type = MediaType::parse("Text/Plain; charset=ISO-8859-1").unwrap();
    assert_eq!(media_type.essence(), "text/plain");
    assert_eq!(
        media_type.field_value().as_str(),
        "text/plain; charset=ISO-8859-1"
    );
}

#[test]
fn what_is_not_type_and_subtype_is_refused() {
    for text in [
        "",
        "text",
        "text/",
        "/html",
        "te xt/html",
        "text/html\r\nX: y",
        "text/html/x",
        "text /html",
    ] {
        assert_eq!(MediaType::parse(text), Err(NotAMediaType), "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_path_has_a_type(path in any::<String>()) {
        let _ = MediaType::of_path(&path).field_value();
        let _ = is_asset_path(&path);
    }

    #[test]
    fn what_is_parsed_can_be_written(text in "[a-zA-Z+/; =\"]{0,20}") {
        if let Ok(media_type) = MediaType::parse(&text) {
            prop_assert_eq!(MediaType::parse(media_type.as_str()), Ok(media_type.clone()));
            let _ = media_type.field_value();
        }
    }
}
