//! Style sheets.

use super::*;

/// Builds a sheet beside `assets`, and asserts what becomes of it.
#[track_caller]
fn sheet(source: &str, assets: &[&str], expected: &str) -> Built {
    let mut files = vec![("/a.css", source)];
    files.extend(assets.iter().map(|path| (*path, "")));
    let built = build(&files);
    built.expect("/a.css", expected);
    built
}

#[test]
fn case_11_iefix_and_svg_font() {
    sheet(
        r#"@font-face{src:url("f.eot?#iefix"),url(f.svg#fa)}"#,
        &["/f.eot", "/f.svg"],
        r#"@font-face{src:url("f.{/f.eot}.eot?#iefix"),url(f.{/f.svg}.svg#fa)}"#,
    );
}

#[test]
fn case_12_fragment_only() {
    sheet(
        "a{fill:url(#g);b:url()}",
        &["/a.png"],
        "a{fill:url(#g);b:url()}",
    );
}

#[test]
fn case_13_external_and_data() {
    let source = "a{b:url(//cdn/a.png);c:url(https://x/a.png);d:url(data:image/svg+xml;utf8,url(a.png));e:url(\"data:,url(a.png)\")}";
    sheet(source, &["/a.png"], source);
}

#[test]
fn case_38_comment_and_string() {
    let source = r#"/* url(a.png) */ a{content:"url(a.png)"}"#;
    sheet(source, &["/a.png"], source);
}

#[test]
fn case_39_forms_of_url() {
    sheet(
        r#"a{b:URL(a.png);c:url( "a.png" );d:url(a\.png);e:url('a.png');f:u\72l(a.png);g:url(\61.png);h:url(a.png"#,
        &["/a.png"],
        r#"a{b:URL(a.{/a.png}.png);c:url( "a.{/a.png}.png" );d:url(a.{/a.png}\.png);e:url('a.{/a.png}.png');f:u\72l(a.{/a.png}.png);g:url(\61.{/a.png}.png);h:url(a.{/a.png}.png"#,
    );
}

#[test]
fn case_40_import() {
    sheet(
        r#"@import "b.css" layer(x);@import/**/url(c.css) screen;@import url(//fonts/x.css);@IMPORT 'b.css';"#,
        &["/b.css", "/c.css"],
        r#"@import "b.{/b.css}.css" layer(x);@import/**/url(c.{/c.css}.css) screen;@import url(//fonts/x.css);@IMPORT 'b.{/b.css}.css';"#,
    );
}

#[test]
fn case_41_image_set() {
    sheet(
        r#"a{b:image-set("a.png" 1x, url(b.png) type("image/png"));c:-webkit-image-set("a.png" 1x)}"#,
        &["/a.png", "/b.png"],
        r#"a{b:image-set("a.{/a.png}.png" 1x, url(b.{/b.png}.png) type("image/png"));c:-webkit-image-set("a.{/a.png}.png" 1x)}"#,
    );
}

#[test]
fn case_42_what_is_not_fetched() {
    let source = r#"@namespace url(a.png);@document url(a.png){}a{src:format("a.png"),local("a.png");behavior:url(#default#VML)}"#;
    sheet(source, &["/a.png"], source);
}

#[test]
fn case_43_custom_property() {
    let set = ":root{--i:url(img/a.png)}";
    let same = build(&[
        ("/css/a.css", set),
        ("/css/b.css", "a{b:var(--i)}"),
        ("/css/img/a.png", ""),
    ]);
    same.expect("/css/a.css", ":root{--i:url(img/a.{/css/img/a.png}.png)}");
    let other = build(&[
        ("/css/a.css", set),
        ("/b.css", "a{b:var(--i)}"),
        ("/css/img/a.png", ""),
    ]);
    other.expect("/css/a.css", set);
    let absolute = build(&[
        ("/css/a.css", ":root{--i:url(/a.png)}"),
        ("/b.css", "a{b:var(--i)}"),
        ("/a.png", ""),
    ]);
    absolute.expect("/css/a.css", ":root{--i:url(/a.{/a.png}.png)}");
}

#[test]
fn case_44_circles_of_sheets_and_images() {
    let site = |a: &str, b: &str| {
        build(&[
            ("/i.html", "<link rel=stylesheet href=a.css>"),
            ("/a.css", &format!("@import 'b.css';{a}")),
            ("/b.css", &format!("@import 'a.css';{b}")),
            ("/c.css", "a{b:url(d.svg)}"),
            ("/d.svg", "<svg><style>@import 'c.css'</style></svg>"),
        ])
    };
    let first = site("", "");
    assert_eq!(first.tree(), site("", "").tree(), "stable");
    first.expect("/a.css", "@import 'b.{/b.css}.css';");
    first.expect(
        "/d.svg",
        "<svg><style>@import 'c.{/c.css}.css'</style></svg>",
    );
    for changed in [site("x{}", ""), site("", "x{}")] {
        assert_ne!(first.renamed("/a.css"), changed.renamed("/a.css"));
        assert_ne!(first.renamed("/b.css"), changed.renamed("/b.css"));
        assert_eq!(first.renamed("/c.css"), changed.renamed("/c.css"));
    }
}

#[test]
fn case_46_encodings() {
    let settings = Settings::default();
    let latin = build_bytes(
        &[("/a.css", b"/* \xE9 */a{b:url(a.png)}"), ("/a.png", b"")],
        &settings,
    );
    let fingerprint = latin.fill("{/a.png}");
    let expected = [
        b"/* \xE9 */a{b:url(a.".as_slice(),
        fingerprint.as_bytes(),
        b".png)}",
    ]
    .concat();
    assert_eq!(latin.bytes("/a.css"), expected);

    let verbatim: [&[u8]; 3] = [
        b"\xFF\xFEa\0{\0b\0:\0u\0r\0l\0(\0a\0.\0p\0n\0g\0)\0}\0",
        b"@charset \"Shift_JIS\";a{b:url(a.png)}",
        b"a{content:'\x95\\';b:url(a.png)}",
    ];
    for source in verbatim {
        let html = b"<img src=a.png>";
        let built = build_bytes(
            &[("/a.css", source), ("/a.png", b""), ("/i.html", html)],
            &settings,
        );
        assert_eq!(built.bytes("/a.css"), source);
        assert!(
            matches!(built.decision("/a.png"), Decision::Pinned(_)),
            "what is mentioned there keeps its name"
        );
    }

    let bom = build_bytes(
        &[("/a.css", b"\xEF\xBB\xBF@import 'b.css';"), ("/b.css", b"")],
        &settings,
    );
    assert_eq!(
        bom.text("/a.css"),
        bom.fill("\u{FEFF}@import 'b.{/b.css}.css';")
    );

    let url = b"a{b:url(caf\xE9.png)}";
    let built = build_bytes(&[("/a.css", url), ("/cafx.png", b"")], &settings);
    assert_eq!(
        built.bytes("/a.css"),
        url,
        "a byte that is not UTF-8 stands for no letter"
    );
}

#[test]
fn case_59_source_map_of_a_sheet() {
    let source = "a{}\n/*# sourceMappingURL=a.css.map */\n";
    let built = build(&[
        ("/a.css", source),
        ("/a.css.map", ""),
        ("/i.html", "<link rel=stylesheet href=a.css>"),
    ]);
    built.expect(
        "/a.css",
        "a{}\n/*# sourceMappingURL=a.css.{/a.css.map}.map */\n",
    );
    sheet(source, &["/a.css.map"], source);
}

#[test]
fn deeply_nested_sheets_are_left() {
    let source = format!("a{{b:url(a.png)}}{}", "(".repeat(100_000));
    let built = build(&[("/a.css", &source), ("/a.png", "")]);
    assert_eq!(built.text("/a.css"), source);
}

#[test]
fn a_selector_on_a_url_pins() {
    let source = "img[src$=\"a.png\"]{b:url(b.png)}";
    let built = build(&[
        ("/a.css", source),
        ("/a.png", ""),
        ("/b.png", ""),
        ("/i.html", "<img src=a.png>"),
    ]);
    built.expect("/a.css", &source.replace("b.png", "b.{/b.png}.png"));
    assert_eq!(built.text("/i.html"), "<img src=a.png>");
}

#[test]
fn an_attribute_selector_pins_even_in_a_sheet_without_functions() {
    let html = "<link rel=stylesheet href=a.css><img src=logo-on.png>";
    let sheet = r#"img[src$="-on.png"]{border:1px}img[src="logo-on.png"]{margin:0}"#;
    let built = build(&[("/i.html", html), ("/a.css", sheet), ("/logo-on.png", "")]);
    assert!(built.renamed("/logo-on.png").is_none());
    assert!(built.renamed("/a.css").is_some());
}
