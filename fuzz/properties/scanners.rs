//! The scanners, one by one: a resource with arbitrary bytes, among files that its references may mean.

use bytes::Bytes;
use larder::fingerprint::{Settings, Site, Source, scan};

use super::site;

/// What the references of the resource may mean.
const NEIGHBOURS: [(&str, &str); 9] = [
    ("/a.css", "a{b:url(d/a.png)}"),
    ("/a.js", "import './b.mjs'"),
    ("/a.js.map", r#"{"version":3,"mappings":"AAAA,eAAe"}"#),
    ("/a.png", "png"),
    ("/b.mjs", "1"),
    ("/b.svg", "<svg/>"),
    ("/caf\u{e9} 1.png", "coffee"),
    ("/d/a.png", "another"),
    // Everything is referred to by an attribute that can be edited, so that only what the bytes say keeps a name.
    (
        "/entry.html",
        "<!doctype html><link rel=stylesheet href=a.css><link rel=stylesheet href=x.css><script type=module src=a.js></script>\
         <script type=module src=x.js></script><img src=a.png><img src=b.svg><img src=x.svg><img src='caf\u{e9} 1.png'><img src=d/a.png>",
    ),
];

/// An HTML document.
pub(crate) fn html(data: &[u8]) {
    resource("/x.html", data);
}

/// A style sheet.
pub(crate) fn css(data: &[u8]) {
    resource("/x.css", data);
}

/// A script.
pub(crate) fn js(data: &[u8]) {
    resource("/x.js", data);
}

/// Data.
pub(crate) fn json(data: &[u8]) {
    resource("/x.json", data);
}

/// A web application manifest.
pub(crate) fn web_manifest(data: &[u8]) {
    resource("/x.webmanifest", data);
}

/// An SVG image.
pub(crate) fn svg(data: &[u8]) {
    resource("/x.svg", data);
}

/// The import map of a document.
pub(crate) fn import_map(data: &[u8]) {
    let document = [
        b"<!doctype html><script type=importmap>",
        data,
        b"</script><script type=module>import 'a'</script>",
    ];
    resource("/x.html", &document.concat());
}

/// The `srcset` of an image.
pub(crate) fn srcset(data: &[u8]) {
    let document = [
        b"<!doctype html><img srcset=\"",
        data,
        b"\"><img src=a.png>",
    ];
    resource("/x.html", &document.concat());
}

/// The source map of a script that is edited in two lines.
pub(crate) fn source_map(data: &[u8]) {
    let script = "import'./a.js';f()\nimport'./b.mjs';g()\n//# sourceMappingURL=x.js.map";
    let mut sources = neighbours();
    sources.push(source("/x.js", script.as_bytes()));
    sources.push(source("/x.js.map", data));
    let built = site::build(sources);
    let after = &built["/x.js.map"];
    // Numbers may grow; that is all.
    let skeleton = |bytes: &[u8]| -> Vec<u8> {
        bytes
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'/'))
            .collect()
    };
    assert_eq!(
        skeleton(after),
        skeleton(data),
        "{}",
        String::from_utf8_lossy(after)
    );
}

/// Scans the resource alone, and then builds the site it is in.
fn resource(path: &str, content: &[u8]) {
    let mut sources = neighbours();
    sources.push(source(path, content));
    let paths = sources.iter().map(|source| source.path.clone());
    let inventory = Site::new(paths, &Settings::default());
    let file = inventory.find(path).expect("it was given");
    let text = std::str::from_utf8(content).ok();
    for span in scan(&inventory, file, content).spans() {
        assert!(
            span.start <= span.end && span.end <= content.len(),
            "{span:?} lies outside {} bytes",
            content.len()
        );
        let is_whole = |at| text.is_none_or(|text| text.is_char_boundary(at));
        assert!(
            is_whole(span.start) && is_whole(span.end),
            "{span:?} cuts a character"
        );
    }
    site::check(&sources);
}

fn neighbours() -> Vec<Source> {
    NEIGHBOURS
        .iter()
        .map(|(path, text)| source(path, text.as_bytes()))
        .collect()
}

fn source(path: &str, content: &[u8]) -> Source {
    Source {
        path: path.to_owned(),
        content: Bytes::copy_from_slice(content),
    }
}
