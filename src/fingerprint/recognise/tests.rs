//! The rules on sites of a few names, and on the real outputs of tests/sites.

mod real;

use std::cell::Cell;
use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::prelude::*;
use sha2::Digest as _;

use super::reader::{DIGEST_READS, MANIFEST_READS, MARKER_READS};
use super::*;

/// A site in memory that counts how often content is asked for.
#[derive(Default)]
struct Memory {
    contents: BTreeMap<String, Bytes>,
    reads: Cell<usize>,
}

impl Memory {
    /// Names only; each content is the name itself, so that no digest fits by chance.
    fn of_names(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        names
            .into_iter()
            .map(Into::into)
            .fold(Self::default(), |site, name| {
                let content = format!("content of {name}");
                site.with(&name, content.as_bytes())
            })
    }

    fn with(mut self, path: &str, content: &[u8]) -> Self {
        self.contents
            .insert(path.to_owned(), Bytes::copy_from_slice(content));
        self
    }
}

impl Site for Memory {
    fn paths(&self) -> impl Iterator<Item = &str> {
        self.contents
            .keys()
            .map(String::as_str)
            .filter(|path| !path.contains("/."))
    }

    fn digest(&self, path: &str) -> Option<Digest> {
        self.contents.get(path).map(|content| Digest::of(content))
    }

    fn content(&self, path: &str) -> Option<Bytes> {
        self.reads.set(self.reads.get() + 1);
        self.contents.get(path).cloned()
    }
}

fn accepted(site: &Memory) -> Vec<String> {
    recognise(site)
        .iter()
        .filter(|(_, verdict)| verdict.is_fingerprinted())
        .map(|(path, _)| path.to_owned())
        .collect()
}

/// Six names that Vite gave.
const VITE: [&str; 6] = [
    "/assets/index-DSXtc1GT.js",
    "/assets/cssMode-eUIUN_r2.js",
    "/assets/index-BeUAedO-.js",
    "/assets/tsMode-Cn7gxGAz.js",
    "/assets/apex-DxN8KLFz.js",
    "/assets/bat-BUF1QwHZ.js",
];

#[test]
fn icons_with_words_of_eight_letters_are_plain() {
    let words = [
        "baby-carriage",
        "truck-monsters",
        "angle-dropdown",
        "circle-question",
        "user-graduate",
        "hand-fingerly",
        "file-signature",
        "cloud-sunshine",
        "arrow-upanddown",
        "itz-greyscale",
        "photo-20210304",
        "icon-darkMode",
    ];
    let site = Memory::of_names(words.iter().map(|word| format!("/icons/{word}.svg")));
    assert_eq!(accepted(&site), Vec::<String>::new());
    let (hidden_manifests, the_date) = (2, 1);
    assert_eq!(
        site.reads.get(),
        hidden_manifests + the_date + 1,
        "words are not worth reading; `icon-darkMode` and the date are"
    );
    assert_eq!(
        *recognise(&site).verdict("/icons/baby-carriage.svg"),
        Verdict::Plain
    );
}

#[test]
fn company_vouches_for_a_word_like_script() {
    let site = Memory::of_names(VITE).with("/assets/cobol-stawOqaz.js", b"cobol");
    assert_eq!(
        *recognise(&site).verdict("/assets/cobol-stawOqaz.js"),
        Verdict::Fingerprinted(Evidence::Cohort {
            directory: "/assets/".into(),
            members: 7
        })
    );
    let alone = Memory::of_names(["/js/cobol-stawOqaz.js"]);
    assert_eq!(accepted(&alone), Vec::<String>::new());
}

#[test]
fn company_does_not_vouch_for_a_word() {
    let site = Memory::of_names(VITE).with("/assets/my-favorite.js", b"from public/assets");
    assert_eq!(
        *recognise(&site).verdict("/assets/my-favorite.js"),
        Verdict::LooksFingerprinted(Doubt::WordLike)
    );
}

#[test]
fn copied_media_must_prove_themselves_when_others_do() {
    let proven = b"<svg/>";
    let hash = rollup_hash(proven);
    let site = Memory::of_names(VITE)
        .with(&format!("/assets/logo-{hash}.svg"), proven)
        .with("/assets/logo-Dx3gBf9Q.svg", b"from public/assets")
        .with("/assets/icon-darkMode.svg", b"from public/assets");
    let recognised = recognise(&site);
    assert_eq!(
        *recognised.verdict(&format!("/assets/logo-{hash}.svg")),
        Verdict::Fingerprinted(Evidence::ContentHash {
            algorithm: Algorithm::Xxh3
        })
    );
    for path in ["/assets/logo-Dx3gBf9Q.svg", "/assets/icon-darkMode.svg"] {
        assert_eq!(
            *recognised.verdict(path),
            Verdict::LooksFingerprinted(Doubt::Disproved),
            "{path}"
        );
    }
}

/// XXH3-128 as Rollup writes it, computed apart from the code under test by long division of the bytes.
fn rollup_hash(content: &[u8]) -> String {
    const SYMBOLS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut number = xxhash_rust::xxh3::xxh3_128(content).to_le_bytes().to_vec();
    let mut text = Vec::new();
    while number.iter().any(|byte| *byte != 0) {
        let mut rest = 0;
        for byte in &mut number {
            let value = rest * 256 + usize::from(*byte);
            *byte = u8::try_from(value / 64).expect("less than 256");
            rest = value % 64;
        }
        text.push(SYMBOLS[rest]);
    }
    text.reverse();
    String::from_utf8(text[..8].to_vec()).expect("ASCII")
}

#[test]
fn photographs_with_random_names_are_not_a_bundlers() {
    let names = [
        "aB3dE6gH", "x9KqLm2P", "Zt4Yu7Wr", "pQ8sD1fG", "m5NbV3cX", "h2JkL9oI",
    ];
    let site = Memory::of_names(names.map(|name| format!("/uploads/{name}.jpg")))
        .with("/assets/index-DSXtc1GT.js", b"__vite__mapDeps")
        .with(
            "/index.html",
            br#"<script type="module" crossorigin src="/assets/index-DSXtc1GT.js"></script>"#,
        );
    assert_eq!(accepted(&site), ["/assets/index-DSXtc1GT.js"]);
}

#[test]
fn a_small_single_page_app_is_vouched_for_by_its_document() {
    let document = br#"<script type="module" crossorigin src="/assets/index-DHqKSLXH.js"></script>
        <link rel="stylesheet" crossorigin href="/assets/index-BVHbkyXN.css">"#;
    let site = Memory::of_names(["/assets/index-DHqKSLXH.js", "/assets/index-BVHbkyXN.css"]);
    assert_eq!(accepted(&site), Vec::<String>::new(), "nothing names them");
    let site = site.with("/index.html", document);
    assert_eq!(
        accepted(&site),
        ["/assets/index-BVHbkyXN.css", "/assets/index-DHqKSLXH.js"]
    );
}

#[test]
fn among_honest_digests_a_lie_is_not_trusted() {
    let honest = |text: &str| format!("/js/{text}-{}.js", Digest::of(text.as_bytes()).short(8));
    let site = Memory::of_names(["/js/searcher-c2a407aa.js"])
        .with(&honest("book"), b"book")
        .with(&honest("highlight"), b"highlight");
    let recognised = recognise(&site);
    assert_eq!(
        *recognised.verdict("/js/searcher-c2a407aa.js"),
        Verdict::LooksFingerprinted(Doubt::Disproved)
    );
    assert_eq!(accepted(&site), [honest("book"), honest("highlight")]);
}

#[test]
fn digests_of_the_source_instead_of_the_bytes_are_not_trusted() {
    let names = (0..40).map(|number| {
        let formula = hex::encode(sha1::Sha1::digest(format!("x^{number}").as_bytes()));
        format!("/_images/math/{formula}.png")
    });
    let site = Memory::of_names(names);
    assert_eq!(accepted(&site), Vec::<String>::new());
    assert_eq!(recognise(&site).summary().doubted, 40);
}

#[test]
fn hexadecimal_names_without_proof_need_the_bundlers_mark() {
    let names = [
        "/a/index.a95d39af.js",
        "/a/index.0f3b2c11.css",
        "/a/about.77d1e0b4.js",
        "/a/logo.1d3c5e7f.png",
    ];
    assert_eq!(accepted(&Memory::of_names(names)), Vec::<String>::new());
    let site = Memory::of_names(names).with("/a/index.a95d39af.js", b"let parcelRequire94c2=1");
    assert_eq!(accepted(&site).len(), 4);
    assert_eq!(recognise(&site).summary().bundlers, [Bundler::Parcel]);
}

#[test]
fn a_manifest_vouches_for_names_without_company() {
    let manifest = br#"{
        "src/main.ts": {"file": "assets/main-stawOqaz.js", "src": "src/main.ts", "isEntry": true, "css": ["assets/main-Dx3gBf9Q.css"]},
        "src/baby-carriage.svg": {"file": "assets/baby-carriage.svg", "src": "src/baby-carriage.svg"},
        "index.html": {"file": "index.html", "src": "index.html"}
    }"#;
    let site = Memory::of_names([
        "/app/assets/main-stawOqaz.js",
        "/app/assets/main-Dx3gBf9Q.css",
        "/app/assets/baby-carriage.svg",
        "/app/index.html",
    ])
    .with("/app/manifest.json", manifest);
    assert_eq!(
        accepted(&site),
        [
            "/app/assets/main-Dx3gBf9Q.css",
            "/app/assets/main-stawOqaz.js"
        ]
    );
    assert_eq!(
        *recognise(&site).verdict("/app/assets/main-stawOqaz.js"),
        Verdict::Fingerprinted(Evidence::Manifest {
            manifest: "/app/manifest.json".into()
        })
    );
}

#[test]
fn a_hidden_vite_manifest_is_read_although_it_is_not_listed() {
    let manifest = br#"{"src/main.ts": {"file": "assets/main-stawOqaz.js", "src": "src/main.ts"}}"#;
    let site =
        Memory::of_names(["/assets/main-stawOqaz.js"]).with("/.vite/manifest.json", manifest);
    assert_eq!(accepted(&site), ["/assets/main-stawOqaz.js"]);
}

#[test]
fn a_deployment_prefix_in_a_manifest_is_seen_through() {
    let manifest = br#"{"files": {"main.js": "/static-files/static/js/main.617c794d.js", "index.html": "/static-files/index.html"}}"#;
    let site = Memory::of_names(["/static/js/main.617c794d.js", "/index.html"])
        .with("/asset-manifest.json", manifest);
    assert_eq!(accepted(&site), ["/static/js/main.617c794d.js"]);
}

#[test]
fn a_manifests_word_does_not_outweigh_the_proofs_of_the_neighbours() {
    let manifest = br#"{"main.js": "/js/main.617c794d.js", "a.js": "/js/a.900150983cd2.js"}"#;
    let site = Memory::of_names(["/js/main.617c794d.js"])
        .with("/js/a.900150983cd2.js", b"abc")
        .with("/asset-manifest.json", manifest);
    let recognised = recognise(&site);
    assert_eq!(
        *recognised.verdict("/js/a.900150983cd2.js"),
        Verdict::Fingerprinted(Evidence::ContentHash {
            algorithm: Algorithm::Md5
        })
    );
    assert_eq!(
        *recognised.verdict("/js/main.617c794d.js"),
        Verdict::LooksFingerprinted(Doubt::Disproved),
        "edited after it was named"
    );
}

#[test]
fn vitepress_names_are_vouched_for_by_its_hash_map() {
    let site = Memory::of_names([
        "/assets/guide_start.md.DHYPl-Ga.js",
        "/assets/guide_start.md.DHYPl-Ga.lean.js",
        "/assets/other.md.DHYPl-Gb.js",
    ])
    .with("/hashmap.json", br#"{"guide_start.md": "DHYPl-Ga"}"#);
    let recognised = recognise(&site);
    assert!(recognised.is_fingerprinted("/assets/guide_start.md.DHYPl-Ga.lean.js"));
    assert_eq!(recognised.summary().bundlers, [Bundler::VitePress]);
}

#[test]
fn source_maps_service_workers_and_documents_are_never_trusted() {
    let maps = VITE.map(|name| format!("{name}.map"));
    let site = Memory::of_names(VITE.map(str::to_owned).into_iter().chain(maps))
        .with("/workbox-7a5e81cd.js", b"workbox")
        .with("/sw.js", b"sw")
        .with("/_app/immutable/chunks/DO4tG7m0.js.map", b"{}")
        .with("/report.0123456789abcdef.html", b"<p>")
        .with("/assets/index-DSXtc1GT.js.LICENSE.txt", b"MIT");
    let recognised = recognise(&site);
    assert_eq!(
        *recognised.verdict("/assets/index-DSXtc1GT.js.map"),
        Verdict::LooksFingerprinted(Doubt::SourceMap)
    );
    assert_eq!(
        *recognised.verdict("/workbox-7a5e81cd.js"),
        Verdict::LooksFingerprinted(Doubt::Identity)
    );
    assert_eq!(
        accepted(&site),
        VITE.into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
}

#[test]
fn content_is_read_sparingly() {
    let honest = (0..9000).map(|number| {
        format!(
            "/d{}/x-{:08x}.js",
            number / 3,
            0x9e37_79b9_u32.wrapping_mul(number)
        )
    });
    let site = Memory::of_names(honest);
    recognise(&site);
    assert!(
        site.reads.get() <= DIGEST_READS + MANIFEST_READS + MARKER_READS,
        "{}",
        site.reads.get()
    );
    let plain = Memory::of_names((0..9000).map(|number| format!("/docs/chapter{number}.html")));
    recognise(&plain);
    assert!(
        plain.reads.get() <= MANIFEST_READS + MARKER_READS,
        "{}",
        plain.reads.get()
    );
}

#[test]
fn an_unreadable_site_is_only_less_trusted() {
    struct Silent(Memory);
    impl Site for Silent {
        fn paths(&self) -> impl Iterator<Item = &str> {
            self.0.paths()
        }
        fn digest(&self, path: &str) -> Option<Digest> {
            self.0.digest(path)
        }
        fn content(&self, _: &str) -> Option<Bytes> {
            None
        }
    }
    let hash = Digest::of(b"book").short(8);
    let path = format!("/js/book-{hash}.js");
    let site = Memory::of_names(["/js/other.900150983cd2.js"]).with(&path, b"book");
    let recognised = recognise(&Silent(site));
    assert!(recognised.is_fingerprinted(&path));
    assert!(!recognised.is_fingerprinted("/js/other.900150983cd2.js"));
}

proptest! {
    #[test]
    fn any_names_are_judged_without_panic_and_words_never_trusted(
        names in proptest::collection::vec("/(assets|_next/static/chunks|_app/immutable|é)/[a-z]{1,9}[-._][A-Za-z0-9_é-]{0,14}\\.(js|css|svg|html|js\\.map)", 0..40),
        word in "[a-z]{8}",
    ) {
        let path = format!("/assets/word-{word}.svg");
        let site = Memory::of_names(names).with(&path, b"word");
        prop_assert!(!recognise(&site).is_fingerprinted(&path));
    }

    #[test]
    fn a_name_with_the_digest_of_its_bytes_is_trusted_until_one_byte_changes(content in "[a-z]{1,40}", digits in 8_usize..64) {
        let path = format!("/a/x.{}.css", Digest::of(content.as_bytes()).short(digits));
        let site = Memory::default().with(&path, content.as_bytes());
        prop_assert!(recognise(&site).is_fingerprinted(&path));
        let site = Memory::default().with(&path, format!("{content}.").as_bytes());
        prop_assert!(!recognise(&site).is_fingerprinted(&path));
    }
}
