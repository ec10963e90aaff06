//! How fast references are found in HTML, CSS and JavaScript: `cargo bench --bench scanners`, in bytes per second.

use divan::counter::BytesCount;
use larder::fingerprint::{Settings, Site, scan};

fn main() {
    divan::main();
}

/// Scans `content` as if it lay at `path` on a site where what it mentions is there, too.
fn scanned(bencher: divan::Bencher<'_, '_>, path: &str, content: &[u8]) {
    let others = (0..200).map(|number| format!("/assets/{number}.png"));
    let site = Site::new(others.chain([path.to_owned()]), &Settings::default());
    let file = site.find(path).expect("it was put there");
    bencher
        .counter(BytesCount::of_slice(content))
        .bench_local(|| scan(&site, file, divan::black_box(content)));
}

#[divan::bench]
fn html(bencher: divan::Bencher<'_, '_>) {
    let section = |number: usize| {
        let at = number % 200;
        format!(
            "<section id=s{number} class=\"card wide\"><h2>Section {number}</h2><p>Some words about it, and <a href=\"/pages/{number}\">a link</a>.\
             <img src=\"/assets/{at}.png\" srcset=\"/assets/{at}.png 1x, /assets/{at}.png 2x\" alt=\"\"></p></section>\n"
        )
    };
    let page: String = (0..2000).map(section).collect();
    let page = format!("<!doctype html><title>Sections</title>{page}");
    scanned(bencher, "/index.html", page.as_bytes());
}

#[divan::bench]
fn css(bencher: divan::Bencher<'_, '_>) {
    let rule = |number: usize| {
        let at = number % 200;
        format!(
            ".card-{number}:hover > .icon {{ background: url(\"/assets/{at}.png\") no-repeat; margin: 0 auto; color: rgb(1 2 3 / 40%) }}\n"
        )
    };
    let sheet: String = (0..4000).map(rule).collect();
    scanned(bencher, "/site.css", sheet.as_bytes());
}

/// The bundle of a real application.
#[divan::bench]
fn javascript(bencher: divan::Bencher<'_, '_>) {
    let bundle = include_bytes!("../tests/sites/vite/assets/index-zIKc0O1a.js");
    scanned(bencher, "/assets/app.js", bundle);
}
