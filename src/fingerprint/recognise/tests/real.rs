//! What was asked of each real output in tests/sites is what it says of itself: every name that its bundler made, and no other.

use super::*;

/// A site of tests/sites, and which of its names its bundler fingerprinted.
macro_rules! site {
    ($site:literal, fingerprinted: [$($yes:literal),* $(,)?], others: [$($no:literal),* $(,)?]) => {
        (
            Memory::default()
                $(.with(concat!("/", $yes), include_bytes!(concat!("../../../../tests/sites/", $site, "/", $yes))))*
                $(.with(concat!("/", $no), include_bytes!(concat!("../../../../tests/sites/", $site, "/", $no))))*,
            Vec::<&str>::from([$(concat!("/", $yes)),*]),
        )
    };
}

#[test]
fn every_name_that_vite_made_is_trusted_and_public_files_are_not() {
    let (site, fingerprinted) = site!(
        "vite",
        fingerprinted: ["assets/About-DC8ZvmPo.js", "assets/About-eGUkZjOB.css", "assets/hero-CLDdwZDr.png", "assets/index-D64VDMd1.css", "assets/index-zIKc0O1a.js", "assets/vite-BF8QNONU.svg"],
        others: ["favicon.svg", "icons.svg", "index.html"]
    );
    assert_eq!(accepted(&site), fingerprinted);
    assert!(recognise(&site).summary().bundlers.contains(&Bundler::Vite));
}

#[test]
fn every_name_that_webpack_made_is_proven_and_licences_are_not_trusted() {
    let (site, fingerprinted) = site!(
        "webpack",
        fingerprinted: ["static/css/213.4668b7e4.chunk.css", "static/css/main.55d88d9a.css", "static/js/213.8aaf493d.chunk.js", "static/js/338.9d063e1c.js", "static/js/main.1a2ae431.js", "static/js/runtime.8fddf0d2.js", "static/media/logo.9fdc40416d02a1e9174b.svg", "static/media/paper.44a3e628b57f4f1f6b61.svg"],
        others: ["favicon.svg", "index.html", "robots.txt", "static/js/338.9d063e1c.js.LICENSE.txt"]
    );
    assert_eq!(accepted(&site), fingerprinted);
    assert!(
        recognise(&site)
            .summary()
            .bundlers
            .contains(&Bundler::Webpack)
    );
    let proven = |(_, verdict): (&str, &Verdict)| {
        matches!(
            verdict,
            Verdict::Fingerprinted(Evidence::ContentHash {
                algorithm: Algorithm::Md4
            })
        )
    };
    assert!(recognise(&site).iter().all(proven));
}

#[test]
fn every_name_that_angular_made_is_trusted() {
    let (site, fingerprinted) = site!(
        "angular",
        fingerprinted: ["chunk-JURIR6B4.js", "chunk-MQYDACP3.js", "chunk-WMK6ZPB6.js", "main-V4CYMOCP.js", "media/logo-OCRH7SAL.svg", "styles-HHR5YV3T.css"],
        others: ["favicon.ico", "index.html"]
    );
    assert_eq!(accepted(&site), fingerprinted);
    assert!(
        recognise(&site)
            .summary()
            .bundlers
            .contains(&Bundler::Angular)
    );
}

#[test]
fn everything_that_sveltekit_calls_immutable_is_trusted_and_its_version_is_not() {
    let (site, fingerprinted) = site!(
        "sveltekit",
        fingerprinted: ["_app/immutable/assets/3.BI-bAWhs.css", "_app/immutable/assets/favicon.QUo6Krxt.svg", "_app/immutable/assets/logo.eEv6rXyV.svg", "_app/immutable/chunks/Bjy-W4x2.js", "_app/immutable/chunks/CEiZ8OWJ.js", "_app/immutable/chunks/DQ3R64ta.js", "_app/immutable/chunks/DU9mP5Ba.js", "_app/immutable/chunks/DuH9vKP4.js", "_app/immutable/chunks/xihTtKlq.js", "_app/immutable/entry/app.BeaWlWNP.js", "_app/immutable/entry/start.DJRfWqGJ.js", "_app/immutable/nodes/0.rIYTgNPn.js", "_app/immutable/nodes/1.Dc3MA3_z.js", "_app/immutable/nodes/2.gbxL1O_Q.js", "_app/immutable/nodes/3.FP3gybj2.js", "_app/immutable/nodes/4.aHog78Qs.js"],
        others: ["200.html", "_app/version.json", "robots.txt"]
    );
    assert_eq!(accepted(&site), fingerprinted);
    assert!(
        recognise(&site)
            .summary()
            .bundlers
            .contains(&Bundler::SvelteKit)
    );
}

#[test]
fn every_name_that_parcel_made_is_trusted() {
    let (site, fingerprinted) = site!(
        "parcel",
        fingerprinted: ["about.cdd4e455.js", "about.ea715445.css", "icon.a66de4c2.svg", "logo.26e56b9a.png", "paper.dee26fbf.svg", "parcel.a83a2cf0.js", "parcel.f5a070bf.css"],
        others: ["index.html"]
    );
    assert_eq!(accepted(&site), fingerprinted);
    assert!(
        recognise(&site)
            .summary()
            .bundlers
            .contains(&Bundler::Parcel)
    );
}

#[test]
fn a_hand_written_site_has_no_fingerprints() {
    let (site, fingerprinted) = site!(
        "classic",
        fingerprinted: [],
        others: ["404.html", "about.html", "css/site.css", "docs/index.html", "img/logo.svg", "index.html", "js/app.js"]
    );
    assert_eq!(accepted(&site), fingerprinted);
}

#[test]
fn of_the_look_alikes_only_the_honest_are_trusted() {
    let (site, fingerprinted) = site!(
        "lookalikes",
        fingerprinted: ["css/general-0bf4d668.css", "js/book-9ab49027.js", "js/highlight-fc5d00d4.js"],
        others: ["_images/math/2243833cfd1e4b798c8bbf7486ba62dd86d7380a.svg", "css/admin-menu-rtl.css", "img/baby-carriage.svg", "img/chair2.025380764646.png", "img/face2face.deadbeef.png", "img/icon-darkMode.svg", "img/itz-greyscale.svg", "img/photo-20210304.png", "index.html", "js/cobol-stawOqaz.js", "js/crates1.95.0.js", "js/searcher-c2a407aa.js", "js/x.474626241.js", "sw.js", "workbox-7a5e81cd.js"]
    );
    assert_eq!(accepted(&site), fingerprinted);
}
