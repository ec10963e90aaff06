//! Whole sites: names that carry fingerprints already, other languages, and what holds for every build.

use super::*;
use crate::fingerprint::{Digest, Lock, Pin};

#[test]
fn case_63_a_bundlers_output_is_opaque() {
    let index = r#"<link rel="icon" href="/favicon.svg"><script type="module" crossorigin src="/assets/index-DSXtc1GT.js"></script><link rel="stylesheet" crossorigin href="/assets/index-BeUAedO2.css"><link rel="modulepreload" href="/assets/x.js">"#;
    let manifest = r#"{"index.html":{"file":"assets/index-DSXtc1GT.js","css":["assets/index-BeUAedO2.css"],"assets":["assets/hero-Bs0T9f3R.png"],"isEntry":true,"src":"index.html"}}"#;
    let script = "import './x.js';const u='/icons.svg#a',h='/assets/hero-Bs0T9f3R.png'";
    let built = build(&[
        ("/index.html", index),
        ("/favicon.svg", "<svg/>"),
        ("/icons.svg", "<svg/>"),
        ("/.vite/manifest.json", manifest),
        ("/assets/index-DSXtc1GT.js", script),
        ("/assets/index-BeUAedO2.css", "a{b:url(/favicon.svg)}"),
        ("/assets/hero-Bs0T9f3R.png", "png"),
        ("/assets/x.js", ""),
    ]);
    assert_eq!(built.text("/assets/index-DSXtc1GT.js"), script);
    assert_eq!(
        built.text("/assets/index-BeUAedO2.css"),
        "a{b:url(/favicon.svg)}"
    );
    for path in ["/assets/index-DSXtc1GT.js", "/assets/index-BeUAedO2.css"] {
        assert!(
            matches!(built.decision(path), Decision::Foreign(foreign) if foreign.immutable),
            "{path}"
        );
    }
    built.expect(
        "/index.html",
        &index.replace("favicon.svg", "favicon.{/favicon.svg}.svg"),
    );
    assert!(
        built.renamed("/assets/x.js").is_none(),
        "evaluated by what is left byte for byte"
    );
}

#[test]
fn what_is_preloaded_keeps_the_name_under_which_it_is_used() {
    let manifest = r#"{"index.html":{"file":"assets/index-DSXtc1GT.js","css":["assets/index-BeUAedO2.css"],"isEntry":true,"src":"index.html"}}"#;
    let page = |links: &str| {
        format!(
            "<script type=module src=/assets/index-DSXtc1GT.js></script><link rel=stylesheet href=/assets/index-BeUAedO2.css>{links}"
        )
    };
    let site = |links: &str, style: &str| {
        build(&[
            ("/index.html", &page(links)),
            ("/.vite/manifest.json", manifest),
            ("/assets/index-DSXtc1GT.js", ""),
            ("/assets/index-BeUAedO2.css", style),
            ("/fonts/inter.woff2", "font"),
        ])
    };
    let opaque = "a{b:url(/fonts/inter.woff2)}";
    for links in [
        "<link rel=preload href=/fonts/inter.woff2 as=font crossorigin>",
        "<link rel=prefetch href=/fonts/inter.woff2>",
        "<link rel=preload as=image imagesrcset='/fonts/inter.woff2 1x'>",
    ] {
        let built = site(links, opaque);
        assert_eq!(built.text("/index.html"), page(links));
        assert_eq!(
            *built.decision("/fonts/inter.woff2"),
            Decision::Pinned(Pin::Preloaded {
                by: "/assets/index-BeUAedO2.css".into()
            })
        );
        // Nobody else uses it, or whoever does can be edited.
        let edited = page(&links.replace("inter.woff2", "inter.{/fonts/inter.woff2}.woff2"));
        site(links, "a{}").expect("/index.html", &edited);
    }
    // Two names of an image that is not preloaded cost a second fetch where both are seen, and nothing where not.
    let image = "<img src=/fonts/inter.woff2>";
    let edited = page(&image.replace("inter.woff2", "inter.{/fonts/inter.woff2}.woff2"));
    site(image, opaque).expect("/index.html", &edited);
}

#[test]
fn case_65_hash_like_words_are_never_immutable() {
    for name in [
        "/baby-carriage.svg",
        "/itz-greyscale.svg",
        "/photo-20210304.jpg",
        "/face2face.deadbeef.png",
    ] {
        let built = build(&[("/i.html", &format!("<img src={name}>")), (name, "x")]);
        let output = built.output(name);
        assert!(!output.fingerprinted, "{name}");
    }
}

#[test]
fn case_65_a_copy_with_a_date_in_its_name_is_never_immutable() {
    for name in ["/chart.20241130.svg", "/chart.1732924800000.svg"] {
        let html = format!("<img src=chart.svg><img src={}>", &name[1..]);
        let built = build(&[
            ("/i.html", &html),
            ("/chart.svg", "<svg/>"),
            (name, "<svg/>"),
        ]);
        assert!(built.renamed("/chart.svg").is_some());
        let output = built.output(name);
        assert!(!output.fingerprinted, "{:?}", output.reason);
    }
}

#[test]
fn names_in_circles_are_told_from_dates() {
    // Of eight digits one name in 43 would have no letter.
    let settings = Settings {
        length: 8,
        ..Settings::default()
    };
    let files: Vec<(String, String)> = (0..300)
        .map(|n| {
            (
                format!("/{n:03}.js"),
                format!("import './{:03}.js'", (n + 1) % 300),
            )
        })
        .collect();
    let site: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let first = build_with(&site, &settings);
    let has_letter = |name: &str| name[5..13].contains(|digit: char| digit.is_ascii_lowercase());
    assert!(
        site.iter()
            .all(|(path, _)| first.renamed(path).is_some_and(has_letter))
    );
    let tree = first.tree();
    let again: Vec<(&str, &[u8])> = tree
        .iter()
        .map(|(path, content)| (path.as_str(), content.as_ref()))
        .collect();
    assert_eq!(build_bytes(&again, &settings).tree(), tree);
}

#[test]
fn case_66_a_lying_hash_is_left_and_never_immutable() {
    // As mdBook names files: most by what they hold, one by what it held before something was filled in.
    let named = |stem: &str, content: &str, extension: &str| {
        let digest = Digest::of(content.as_bytes()).short(8);
        format!("/{stem}-{digest}.{extension}")
    };
    let (book, toc, style) = (
        named("book", "book()", "js"),
        named("toc", "toc()", "js"),
        named("general", "a{}", "css"),
    );
    let searcher = "/searcher-c2a407aa.js";
    let index = format!(
        "<!doctype html><link rel=stylesheet href={style}><script src={book}></script><script src={toc}></script><script src={searcher}></script>"
    );
    for content in ["path_to_root='1.95'", "path_to_root='1.97'"] {
        let built = build(&[
            ("/index.html", &index),
            (&book, "book()"),
            (&toc, "toc()"),
            (&style, "a{}"),
            (searcher, content),
        ]);
        assert_eq!(built.text("/index.html"), index);
        let is_immutable = |path: &str| matches!(built.decision(path), Decision::Foreign(foreign) if foreign.immutable);
        assert!(is_immutable(&book) && is_immutable(&toc) && is_immutable(&style));
        assert!(
            matches!(built.decision(searcher), Decision::Foreign(foreign) if !foreign.immutable),
            "{:?}",
            built.decision(searcher)
        );
    }
}

#[test]
fn case_67_ngsw_locks_what_it_lists() {
    let index = "<script src=main.js></script><img src=a.png><img src=b.png>";
    let record =
        r#"{"configVersion":1,"hashTable":{"/index.html":"aa","/main.js":"bb","/a.png":"cc"}}"#;
    let built = build(&[
        ("/index.html", index),
        ("/main.js", ""),
        ("/a.png", ""),
        ("/b.png", ""),
        ("/ngsw.json", record),
    ]);
    assert_eq!(built.text("/index.html"), index);
    assert_eq!(built.text("/ngsw.json"), record);
    assert!(matches!(built.decision("/index.html"), Decision::Locked(_)));
}

#[test]
fn case_67_precached_documents_are_locked() {
    let index = "<!doctype html><img src=a.png>";
    let other = "<!doctype html><img src=a.png>";
    for worker in [
        r#"precacheAndRoute([{"revision":"abc","url":"index.html"},{url:"other.html",revision:null}])"#,
        "precacheAndRoute([{url:`index.html`,revision:`abc`},{url:`other.html`,revision:null}])",
    ] {
        let built = build(&[
            ("/index.html", index),
            ("/other.html", other),
            ("/sw.js", worker),
            ("/a.png", ""),
        ]);
        assert_eq!(built.text("/index.html"), index);
        assert!(matches!(built.decision("/index.html"), Decision::Locked(_)));
        built.expect("/other.html", "<!doctype html><img src=a.{/a.png}.png>");
    }
}

#[test]
fn case_64_a_word_among_fingerprints_is_left() {
    let names = [
        "aB3xK9_q", "Zk2-Lm8Q", "q7RtY2uP", "M4nB6vC1", "x9Y8z7W6", "stawOqaz",
    ];
    let files: Vec<(String, String)> = names
        .iter()
        .map(|token| {
            (
                format!("/assets/chunk-{token}.js"),
                format!("import './chunk-{}.js'", names[0]),
            )
        })
        .collect();
    let index = format!(
        "<script type=module src=/assets/chunk-{}.js></script>",
        names[5]
    );
    let mut site: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    site.push(("/index.html", &index));
    let built = build(&site);
    assert_eq!(built.text("/index.html"), index);
    for (path, text) in &files {
        assert_eq!(built.text(path), text);
    }
}

#[test]
fn case_68_web_manifest() {
    let source = r#"{ "start_url":"/i.png", "icons": [{"src":"i.png"},{"src":"\/i2.png"}],"shortcuts":[{"icons":[{"src":"i.png"}]}]}"#;
    let built = build(&[
        ("/site.webmanifest", source),
        ("/i.png", ""),
        ("/i2.png", ""),
    ]);
    let expected = source
        .replace(r#""src":"i.png""#, r#""src":"i.@.png""#)
        .replace("i2.png", "i2.#.png");
    let expected = expected
        .replace('@', &built.fill("{/i.png}"))
        .replace('#', &built.fill("{/i2.png}"));
    assert_eq!(built.text("/site.webmanifest"), expected);
}

#[test]
fn case_69_favicon() {
    let unreferenced = build(&[("/favicon.ico", ""), ("/i.html", "")]);
    assert_eq!(
        *unreferenced.decision("/favicon.ico"),
        Decision::Unreferenced
    );
    document(
        "<link rel=icon href=/favicon.ico><link rel='shortcut icon' href=favicon.ico>",
        &["/favicon.ico"],
        "<link rel=icon href=/favicon.{/favicon.ico}.ico><link rel='shortcut icon' href=favicon.{/favicon.ico}.ico>",
    );
}

#[test]
fn case_70_svg() {
    let source = "<?xml version=\"1.0\"?><?xml-stylesheet href=\"a.css\"?><svg xmlns:xlink='x'><use xlink:href=\"s.svg#i\"/>\
                  <image href='a.png'/><style><![CDATA[a{fill:url(\"a.png\")}]]></style><rect fill='url(s.svg#g)'/></svg>";
    let built = build(&[
        ("/v.svg", source),
        ("/s.svg", "<svg/>"),
        ("/a.png", ""),
        ("/a.css", ""),
    ]);
    built.expect(
        "/v.svg",
        &source
            .replace("a.css", "a.{/a.css}.css")
            .replace("s.svg", "s.{/s.svg}.svg")
            .replace("a.png", "a.{/a.png}.png"),
    );
}

#[test]
fn case_70_svg_style_with_entities() {
    let source = "<svg><style>a{fill:url(&quot;a.png&quot;)}</style></svg>";
    let built = build(&[("/v.svg", source), ("/a.png", "")]);
    built.expect("/v.svg", &source.replace("a.png", "a.{/a.png}.png"));
}

#[test]
fn case_73_compressed_neighbours_are_resources_of_their_own() {
    let built = build(&[
        ("/a.css", "a{b:url(a.png)}"),
        ("/a.css.gz", "old"),
        ("/a.png", ""),
    ]);
    assert_eq!(built.text("/a.css.gz"), "old");
    assert_eq!(*built.decision("/a.css.gz"), Decision::Published);
}

fn small_site() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "/index.html",
            "<link rel=stylesheet href=css/a.css><script type=module src=m.js></script><img src=img/l.png>",
        ),
        ("/css/a.css", "@import 'b.css';a{b:url(../img/l.png)}"),
        ("/css/b.css", "@import 'a.css';"),
        ("/m.js", "import './n.js';import './o.js'"),
        ("/n.js", "import './m.js'"),
        ("/o.js", "export let o"),
        ("/img/l.png", "png"),
    ]
}

#[test]
fn case_74_building_a_build_changes_nothing() {
    let first = build(&small_site());
    let tree = first.tree();
    let again: Vec<(&str, &[u8])> = tree
        .iter()
        .map(|(path, content)| (path.as_str(), content.as_ref()))
        .collect();
    let second = build_bytes(&again, &Settings::default());
    assert_eq!(second.tree(), tree);
    let immutable = |built: &Built| -> Vec<String> {
        built
            .result
            .outputs
            .iter()
            .filter(|output| output.fingerprinted)
            .map(|output| output.path.clone())
            .collect()
    };
    assert_eq!(immutable(&first), immutable(&second));
}

#[test]
fn case_75_order_does_not_matter() {
    let mut files = small_site();
    let first = build(&files).tree();
    for _ in 0..files.len() {
        files.rotate_left(1);
        assert_eq!(build(&files).tree(), first);
    }
}

#[test]
fn case_76_one_change_renames_only_what_refers_to_it() {
    let first = build(&small_site());
    let mut files = small_site();
    files.last_mut().expect("image").1 = "another";
    let second = build(&files);
    let changed: Vec<&str> = files
        .iter()
        .map(|(path, _)| *path)
        .filter(|path| first.renamed(path) != second.renamed(path))
        .collect();
    assert_eq!(changed, ["/css/a.css", "/css/b.css", "/img/l.png"]);
}

#[test]
fn case_77_a_taken_name_is_never_overwritten() {
    let html = ("/i.html", "<link rel=stylesheet href=a.css>");
    let taken = build(&[html, ("/a.css", "a{}")])
        .renamed("/a.css")
        .expect("renamed")
        .to_owned();
    let built = build(&[html, ("/a.css", "a{}"), (&taken, "somebody else's")]);
    assert_eq!(built.text(&taken), "somebody else's");
    let longer = built.renamed("/a.css").expect("renamed");
    assert_eq!(longer.len(), taken.len() + 8);
    built.expect("/i.html", "<link rel=stylesheet href=a.{/a.css}.css>");
}

#[test]
fn a_name_that_is_referred_to_and_missing_is_never_given() {
    fn files(html: &str) -> [(&str, &str); 3] {
        [("/i.html", html), ("/a.png", "png"), ("/b.svg", "")]
    }
    let html = "<img src=a.png>";
    let name = build(&files(html)).renamed("/a.png").expect("renamed")[1..].to_owned();
    for reference in [name.clone(), format!("/docs/{name}")] {
        let mounted = "<img src=/docs/a.png><img src=/docs/b.svg>".repeat(6);
        let both = format!("{html}<img src={reference}>{mounted}");
        let built = build(&files(&both));
        let longer = built.renamed("/a.png").expect("renamed");
        assert_eq!(longer.len(), name.len() + 1 + 8, "{reference}");
        let edited = both
            .replace("a.png", "a.{/a.png}.png")
            .replace("b.svg", "b.{/b.svg}.svg");
        built.expect("/i.html", &edited);
    }
}

#[test]
fn under_the_prefix_where_a_site_is_mounted_a_url_is_read_like_any_other() {
    // The dot of the suffix may be encoded, and is not the last of `..`, nor one of a folder that ends in a backslash.
    for (url, edited) in [
        ("d/../a%2Epng", "d/../a.{/a.png}%2Epng"),
        ("/docs/a%2epng", "/docs/a.{/a.png}%2epng"),
        ("/docs/d.x\\..\\a%2Epng", "/docs/d.x\\..\\a.{/a.png}%2Epng"),
        ("/docs/a\n.png?v=1.2", "/docs/a\n.{/a.png}.png?v=1.2"),
    ] {
        let html = format!("<base href=/docs/><img src='{url}'>");
        let built = build(&[("/i.html", html.as_str()), ("/a.png", "png")]);
        built.expect("/i.html", &html.replace(url, edited));
    }
}

#[test]
fn case_78_odd_names() {
    let long = format!("/{}.png", "x".repeat(250));
    let built = build(&[
        (
            "/i.html",
            &format!("<img src='a%23b%3F%20😀.png'><img src='{long}'>"),
        ),
        ("/a#b? 😀.png", ""),
        (&long, ""),
    ]);
    built.expect(
        "/i.html",
        &format!("<img src='a%23b%3F%20😀.{{/a#b? 😀.png}}.png'><img src='{long}'>"),
    );
    assert_eq!(*built.decision(&long), Decision::Pinned(Pin::NameTooLong));
}

#[test]
fn case_79_empty_and_utf_16() {
    for content in [b"".as_slice(), b"\xFF\xFE<\0", b"\0\0\0", b"\xFE\xFF"] {
        for name in [
            "/i.html",
            "/a.css",
            "/a.js",
            "/a.svg",
            "/a.json",
            "/a.webmanifest",
            "/a.js.map",
        ] {
            let built = build_bytes(&[(name, content)], &Settings::default());
            assert_eq!(built.bytes(name), content);
        }
    }
}

#[test]
fn case_79_a_long_minified_line() {
    let line = format!("import './a.js';x=[{}]", "\"0123456789\",".repeat(400_000));
    let built = build(&[("/m.js", &line), ("/a.js", "")]);
    built.expect("/m.js", &line.replace("./a.js", "./a.{/a.js}.js"));
}

#[test]
fn excluded_files_keep_their_names() {
    let settings = Settings {
        exclude: std::sync::Arc::new(|path| path.starts_with("/keep/")),
        ..Settings::default()
    };
    let built = build_with(
        &[
            ("/i.html", "<img src=keep/a.png><img src=a.png>"),
            ("/keep/a.png", ""),
            ("/a.png", ""),
        ],
        &settings,
    );
    built.expect("/i.html", "<img src=keep/a.png><img src=a.{/a.png}.png>");
    assert_eq!(*built.decision("/keep/a.png"), Decision::Excluded);
}

#[test]
fn a_digest_in_a_script_locks_what_it_is_of() {
    use crate::fingerprint::reference::Algorithm;
    let chunk = "import './b.js'";
    let runtime = format!(
        "var sri={{1:'{}'}}",
        Algorithm::Sha384.record(chunk.as_bytes())
    );
    let built = build(&[
        ("/i.html", "<script type=module src=chunk.js></script>"),
        ("/chunk.js", chunk),
        ("/b.js", ""),
        ("/runtime.js", &runtime),
    ]);
    assert_eq!(built.text("/chunk.js"), chunk);
    assert!(
        matches!(built.decision("/chunk.js"), Decision::Locked(Lock::DigestInText { by }) if by == "/runtime.js")
    );
    assert!(built.renamed("/b.js").is_none());

    let data = format!(
        r#"{{"files":{{"chunk":"{}"}}}}"#,
        Algorithm::Sha512.record(chunk.as_bytes())
    );
    let built = build(&[("/chunk.js", chunk), ("/b.js", ""), ("/data.json", &data)]);
    assert_eq!(built.text("/chunk.js"), chunk);
}

#[test]
fn integrity_in_a_document_that_cannot_be_read_locks() {
    let utf_16: Vec<u8> = "\u{FEFF}<script src=a.js integrity=sha384-x></script>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let script = b"import './b.js'";
    let built = build_bytes(
        &[
            ("/i.html", &utf_16),
            ("/a.js", script),
            ("/b.js", b""),
            ("/j.html", b"<script src=b.js></script>"),
        ],
        &Settings::default(),
    );
    assert_eq!(built.bytes("/a.js"), script);
    assert_eq!(built.bytes("/i.html"), utf_16);
}

#[test]
fn fingerprints_have_the_length_the_author_wants() {
    for (length, digits) in [(0, 8), (8, 8), (20, 20), (64, 64), (1000, 64)] {
        let settings = Settings {
            length,
            ..Settings::default()
        };
        let built = build_with(&[("/i.html", "<img src=a.png>"), ("/a.png", "")], &settings);
        assert_eq!(
            built.renamed("/a.png").expect("renamed").len(),
            "/a..png".len() + digits
        );
    }
}
