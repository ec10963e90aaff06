//! Documents.

use super::*;
use crate::fingerprint::integrity::renewed;
use crate::fingerprint::reference::Algorithm;

#[test]
fn case_01_plain_link() {
    document(
        r#"<link rel=stylesheet href="/css/a.css">"#,
        &["/css/a.css"],
        r#"<link rel=stylesheet href="/css/a.{/css/a.css}.css">"#,
    );
}

#[test]
fn case_02_relative_up() {
    let built = build(&[
        ("/p/q/i.html", "<script src='../../js/a.js'></script>"),
        ("/js/a.js", "1"),
    ]);
    built.expect(
        "/p/q/i.html",
        "<script src='../../js/a.{/js/a.js}.js'></script>",
    );
}

#[test]
fn case_03_unquoted_and_the_slash_trap() {
    document(
        "<script src=app.js defer></script><link rel=stylesheet href=a.css/>",
        &["/app.js", "/a.css"],
        "<script src=app.{/app.js}.js defer></script><link rel=stylesheet href=a.css/>",
    );
}

#[test]
fn case_04_case_of_tags_and_attributes_and_spaces() {
    document(
        r#"<IMG SRC = "a.png">"#,
        &["/a.png"],
        r#"<IMG SRC = "a.{/a.png}.png">"#,
    );
}

#[test]
fn case_05_whitespace_in_the_value() {
    document(
        "<img src=\" \n a.png\t\">",
        &["/a.png"],
        "<img src=\" \n a.{/a.png}.png\t\">",
    );
    document(
        "<img src=\"a\n.png\">",
        &["/a.png"],
        "<img src=\"a\n.{/a.png}.png\">",
    );
}

#[test]
fn case_06_entities_in_the_value() {
    document(
        r#"<link rel=stylesheet href="a.css?x=1&amp;y=2">"#,
        &["/a.css"],
        r#"<link rel=stylesheet href="a.{/a.css}.css?x=1&amp;y=2">"#,
    );
}

#[test]
fn case_07_entity_in_the_file_name() {
    document(
        r#"<img src="caf&eacute;.png"><img src="caf&#xE9;&#46;png">"#,
        &["/café.png"],
        r#"<img src="caf&eacute;.{/café.png}.png"><img src="caf&#xE9;.{/café.png}&#46;png">"#,
    );
}

#[test]
fn case_08_percent_encoding() {
    document(
        r#"<img src="my%20pic.png"><img src="my pic%2Epng">"#,
        &["/my pic.png"],
        r#"<img src="my%20pic.{/my pic.png}.png"><img src="my pic.{/my pic.png}%2Epng">"#,
    );
}

#[test]
fn case_09_literal_percent_in_the_file_name() {
    document(
        r#"<img src="100%25.png">"#,
        &["/100%.png"],
        r#"<img src="100%25.{/100%.png}.png">"#,
    );
}

#[test]
fn case_10_query() {
    document(
        "<script src='a.js?v=3'></script>",
        &["/a.js"],
        "<script src='a.{/a.js}.js?v=3'></script>",
    );
}

#[test]
fn case_12_fragment_only_and_empty() {
    for source in [
        "<img src=''>",
        "<svg><use href='#i'/></svg>",
        "<img src>",
        "<img src=\"  \">",
    ] {
        document(source, &["/a.png"], source);
    }
}

#[test]
fn case_13_external_urls() {
    for source in [
        "<script src='//cdn/x.js'></script>",
        "<script src='https://cdn/x.js'></script>",
        r#"<img src="data:image/svg+xml,<style>a{background:url(a.png)}</style>">"#,
        "<img src='blob:https://x/a.png'>",
        "<img src='mailto:a@x.js'>",
    ] {
        document(source, &["/x.js", "/a.png"], source);
    }
}

#[test]
fn case_14_double_slash_in_the_path() {
    document(
        r#"<img src="images//a.png">"#,
        &["/images/a.png"],
        r#"<img src="images//a.{/images/a.png}.png">"#,
    );
}

#[test]
fn case_15_dot_segments_beyond_the_root() {
    let built = build(&[
        ("/x/i.html", "<img src='../../../../a.png'>"),
        ("/a.png", ""),
    ]);
    built.expect("/x/i.html", "<img src='../../../../a.{/a.png}.png'>");
}

#[test]
fn case_16_wrong_case_is_reported() {
    let source = "<img src='Logo.PNG'>";
    let built = document(source, &["/logo.png"], source);
    let finding = built
        .result
        .findings
        .iter()
        .map(ToString::to_string)
        .collect::<String>();
    assert!(
        finding.contains("/logo.png differs in case only"),
        "{finding}"
    );
}

#[test]
fn case_17_missing_target_is_reported_once() {
    let source = "<link rel=stylesheet href='nope.css'><link rel=stylesheet href='nope.css'>";
    let built = document(source, &[], source);
    let findings: Vec<String> = built
        .result
        .findings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0]
            .starts_with("nothing is at /nope.css, to which /i.html:1:28 refers, as does one more"),
        "{findings:?}"
    );
}

#[test]
fn case_18_duplicate_attribute() {
    document(
        "<img src=a.png src=b.png><img src=b.png>",
        &["/a.png", "/b.png"],
        "<img src=a.{/a.png}.png src=b.png><img src=b.{/b.png}.png>",
    );
}

#[test]
fn case_19_commented_out_tag() {
    let source = r#"<!-- <img src="a.png"> -->"#;
    document(source, &["/a.png"], source);
}

#[test]
fn case_20_conditional_comment() {
    let source = r#"<!--[if lt IE 9]><script src="h.js"></script><![endif]-->"#;
    document(source, &["/h.js"], source);
}

#[test]
fn case_21_text_that_only_looks_like_tags() {
    for element in ["textarea", "title", "xmp", "noframes"] {
        let source = format!("<{element}><img src=a.png></{element}>");
        document(&source, &["/a.png"], &source);
    }
}

#[test]
fn case_22_template() {
    document(
        "<template><img src=a.png></template>",
        &["/a.png"],
        "<template><img src=a.{/a.png}.png></template>",
    );
}

#[test]
fn case_23_noscript() {
    document(
        "<noscript><link rel=stylesheet href=n.css></noscript>",
        &["/n.css"],
        "<noscript><link rel=stylesheet href=n.{/n.css}.css></noscript>",
    );
}

#[test]
fn case_24_srcdoc() {
    document(
        r#"<iframe srcdoc="&lt;img src=&quot;a.png&quot;&gt;"></iframe>"#,
        &["/a.png"],
        r#"<iframe srcdoc="&lt;img src=&quot;a.{/a.png}.png&quot;&gt;"></iframe>"#,
    );
}

#[test]
fn a_srcdoc_with_a_base_of_its_own_is_left_and_pins() {
    let html = r#"<iframe srcdoc="&lt;base href=/z/&gt;&lt;img src=a.png&gt;"></iframe><img src=/z/a.png>"#;
    let built = build(&[("/i.html", html), ("/z/a.png", "z"), ("/a.png", "root")]);
    assert_eq!(built.text("/i.html"), html);
}

#[test]
fn case_25_srcset() {
    document(
        "<img srcset='a.png 1x, b.png 2x,c.png 3x'><img srcset='w_2,h_3/a.png 1x'>\
         <source srcset='data:image/png;base64,AA== 1x, a.png 2x'>",
        &["/a.png", "/b.png", "/c.png", "/w_2,h_3/a.png"],
        "<img srcset='a.{/a.png}.png 1x, b.{/b.png}.png 2x,c.{/c.png}.png 3x'><img srcset='w_2,h_3/a.{/w_2,h_3/a.png}.png 1x'>\
         <source srcset='data:image/png;base64,AA== 1x, a.{/a.png}.png 2x'>",
    );
}

#[test]
fn case_26_imagesrcset_and_preload() {
    document(
        r#"<link rel=preload as=image href=a.png imagesrcset="a.png 1x"><img src=a.png>"#,
        &["/a.png"],
        r#"<link rel=preload as=image href=a.{/a.png}.png imagesrcset="a.{/a.png}.png 1x"><img src=a.{/a.png}.png>"#,
    );
}

#[test]
fn case_27_rel_is_a_list_of_tokens() {
    document(
        r#"<link rel="preload stylesheet" href="/s.css"><link rel="ICON shortcut" href=f.png>"#,
        &["/s.css", "/f.png"],
        r#"<link rel="preload stylesheet" href="/s.{/s.css}.css"><link rel="ICON shortcut" href=f.{/f.png}.png>"#,
    );
}

#[test]
fn case_28_local_base() {
    let built = build(&[
        (
            "/x/i.html",
            r#"<base href="/app/"><script src="m.js"></script>"#,
        ),
        ("/app/m.js", ""),
        ("/x/m.js", ""),
    ]);
    built.expect(
        "/x/i.html",
        r#"<base href="/app/"><script src="m.{/app/m.js}.js"></script>"#,
    );
}

#[test]
fn case_29_external_base_and_late_base() {
    let external = r#"<base href="https://cdn/"><script src="m.js"></script>"#;
    document(external, &["/m.js"], external);
    document(
        r#"<script src="m.js"></script><base href="/app/"><base href="/other/">"#,
        &["/m.js", "/app/m.js"],
        r#"<script src="m.{/app/m.js}.js"></script><base href="/app/"><base href="/other/">"#,
    );
}

#[test]
fn case_30_deploy_prefix_given() {
    let settings = Settings {
        base: "/docs/".into(),
        ..Settings::default()
    };
    let source = r#"<link rel=stylesheet href="/docs/extra.css"><script src="/app.js"></script><img src=a.png>"#;
    let built = build_with(
        &[
            ("/i.html", source),
            ("/extra.css", ""),
            ("/app.js", ""),
            ("/a.png", ""),
        ],
        &settings,
    );
    built.expect(
        "/i.html",
        r#"<link rel=stylesheet href="/docs/extra.{/extra.css}.css"><script src="/app.js"></script><img src=a.{/a.png}.png>"#,
    );
}

#[test]
fn case_30_deploy_prefix_found() {
    let built = build(&[
        (
            "/404.html",
            r#"<link rel=stylesheet href="/docs/css/extra.css"><script src="/docs/app.js"></script>"#,
        ),
        (
            "/index.html",
            r#"<link rel=stylesheet href="css/extra.css">"#,
        ),
        ("/css/extra.css", ""),
        ("/app.js", ""),
    ]);
    built.expect(
        "/404.html",
        r#"<link rel=stylesheet href="/docs/css/extra.{/css/extra.css}.css"><script src="/docs/app.{/app.js}.js"></script>"#,
    );
    assert!(built.result.findings.is_empty());
}

#[test]
fn case_30_under_a_prefix_that_is_evident_all_is_as_if_it_were_given() {
    let style = "body{background:url(../img/a.png)}";
    let record = Algorithm::Sha384.record(style.as_bytes());
    let page = |style: &str, record: &str, script: &str| {
        format!(
            "<link rel=stylesheet href=\"/docs/css/s{style}.css\" integrity=\"{record}\"><script type=module src=/docs/m{script}.js></script>"
        )
    };
    let (index, left) = (page("", &record, ""), "<img src=/docs/img/a.png>");
    let files = [
        ("/index.html", index.as_str()),
        ("/locked.html", left),
        ("/listed.html", left),
        ("/css/s.css", style),
        ("/img/a.png", "png"),
        (
            "/m.js",
            "import(`/docs/js/l/${n}.js`);import '/docs/js/l/a.js'",
        ),
        ("/js/l/a.js", "1"),
        (
            "/sw.js",
            "precacheAndRoute([{url:'/docs/locked.html',revision:'abc'}])",
        ),
        ("/ngsw.json", r#"{"hashTable":{"/docs/listed.html":"aa"}}"#),
    ];
    let built = build(&files);
    let renewed = Algorithm::Sha384.record(built.bytes("/css/s.css"));
    assert_ne!(record, renewed);
    built.expect("/index.html", &page(".{/css/s.css}", &renewed, ".{/m.js}"));
    for locked in ["/locked.html", "/listed.html"] {
        assert!(matches!(built.decision(locked), Decision::Locked(_)));
        assert_eq!(built.text(locked), left);
    }
    assert!(matches!(
        built.decision("/js/l/a.js"),
        Decision::Pinned(crate::fingerprint::Pin::Computed { .. })
    ));
    for integrity in [false, true] {
        let settings = |base: &str| Settings {
            base: base.into(),
            integrity,
            ..Settings::default()
        };
        let evident = build_with(&files, &settings("/")).tree();
        assert_eq!(evident, build_with(&files, &settings("/docs/")).tree());
    }
}

#[test]
fn case_30_one_namesake_is_no_prefix() {
    let page = |rest: &str| {
        format!("<link rel=stylesheet href=/shared/css/style.css>{rest}<img src=a.png>")
    };
    let style = "<link rel=stylesheet href=css/style.css>";
    let (one, two) = (page(style), page("<img src=/shared/b.png>"));
    let assets = ["/css/style.css", "/a.png", "/b.png"];
    document(
        &one,
        &assets,
        &one.replace("=css/style", "=css/style.{/css/style.css}")
            .replace("a.png", "a.{/a.png}.png"),
    );
    let edited = two
        .replace("style.css", "style.{/css/style.css}.css")
        .replace("a.png", "a.{/a.png}.png")
        .replace("b.png", "b.{/b.png}.png");
    document(&two, &assets, &edited);
    // With nothing beside it in documents, it is all that the site says.
    let only = "<link rel=stylesheet href=/shared/css/style.css>";
    let built = build(&[
        ("/i.html", only),
        ("/css/style.css", "a{b:url(../a.png)}"),
        ("/a.png", ""),
    ]);
    built.expect(
        "/i.html",
        &only.replace("style.css", "style.{/css/style.css}.css"),
    );
}

#[test]
fn case_30_a_prefix_that_base_elements_make_evident() {
    let script = "import './b.js'";
    let record = Algorithm::Sha384.record(script.as_bytes());
    let page = |name: &str, record: &str| {
        format!("<base href=/app/><script type=module src=a{name}.js integrity={record}></script>")
    };
    let built = build(&[
        ("/i.html", &page("", &record)),
        ("/a.js", script),
        ("/b.js", ""),
    ]);
    let renewed = Algorithm::Sha384.record(built.bytes("/a.js"));
    assert_ne!(record, renewed);
    built.expect("/i.html", &page(".{/a.js}", &renewed));
}

#[test]
fn case_31_absolute_urls_of_our_own_origin() {
    let source = "<script src='https://example.com/sub/a.js'></script>";
    document(source, &["/a.js"], source);
    let settings = Settings {
        base: "/sub/".into(),
        origin: Some("https://example.com".into()),
        ..Settings::default()
    };
    let built = build_with(&[("/i.html", source), ("/a.js", "")], &settings);
    built.expect(
        "/i.html",
        "<script src='https://example.com/sub/a.{/a.js}.js'></script>",
    );
}

#[test]
fn case_32_published_urls() {
    let source = r#"<meta property="og:image" content="/big.jpg"><a href="big.jpg">b</a><link rel=canonical href=/big.jpg>
        <script type="application/ld+json">{"image":"/big.jpg"}</script>"#;
    let whole = format!("{source}<img src=big.jpg>");
    let built = build(&[("/i.html", &whole), ("/big.jpg", "")]);
    let edited = built.fill("<img src=big.{/big.jpg}.jpg>");
    assert_eq!(built.text("/i.html"), format!("{source}{edited}"));
}

#[test]
fn case_33_inline_style() {
    document(
        r#"<a style="background:url('a.png')"><a style="b:url(&quot;a.png&quot;)"><style>a{b:url(a.png)}</style>"#,
        &["/a.png"],
        r#"<a style="background:url('a.{/a.png}.png')"><a style="b:url(&quot;a.{/a.png}.png&quot;)"><style>a{b:url(a.{/a.png}.png)}</style>"#,
    );
}

#[test]
fn case_34_event_attribute_pins() {
    let source = r#"<a onclick="f(&#39;a.js&#39;)"></a><script src=a.js></script>"#;
    let built = document(source, &["/a.js"], source);
    assert!(matches!(built.decision("/a.js"), Decision::Pinned(_)));
}

#[test]
fn case_35_integrity_of_edited_scripts() {
    let script = "import './b.js'";
    let old = format!(
        "{} {}",
        Algorithm::Sha384.record(script.as_bytes()),
        Algorithm::Sha512.record(script.as_bytes())
    );
    let style = "a{}";
    // As Hugo writes it.
    let unchanged = Algorithm::Sha256
        .record(style.as_bytes())
        .replace('+', "&#43;");
    let document = |script: &str| {
        format!(
            r#"<script src=a{{}}.js integrity="{script}" crossorigin></script><link rel=stylesheet href=s{{}}.css integrity="{unchanged}">"#
        )
    };
    let source = document(&old).replace("{}", "");
    let built = build(&[
        ("/i.html", &source),
        ("/a.js", script),
        ("/b.js", ""),
        ("/s.css", style),
    ]);
    let new = renewed(&old, script.as_bytes(), built.bytes("/a.js")).expect("was true");
    assert_ne!(old, new);
    let expected = document(&new)
        .replacen("{}", ".{/a.js}", 1)
        .replacen("{}", ".{/s.css}", 1);
    built.expect("/i.html", &expected);
}

#[test]
fn case_35_integrity_of_a_script_that_waits_for_consent() {
    let script = "import('./b.js')";
    let old = Algorithm::Sha384.record(script.as_bytes());
    for source in ["src=a.js", "data-src='a.js'"] {
        let document = |record: &str| {
            format!("<script type=text/plain {source} integrity=\"{record}\"></script>")
        };
        let built = build(&[
            ("/i.html", &document(&old)),
            ("/a.js", script),
            ("/b.js", ""),
        ]);
        let new = Algorithm::Sha384.record(built.bytes("/a.js"));
        assert_ne!(old, new);
        assert_eq!(built.text("/i.html"), document(&new));
    }
}

#[test]
fn case_35_integrity_that_was_never_true_stays_wrong() {
    let source = r#"<script src=a.js integrity="sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="></script>"#;
    let built = build(&[
        ("/i.html", source),
        ("/a.js", "import './b.js'"),
        ("/b.js", ""),
    ]);
    built.expect("/i.html", &source.replace("a.js", "a.{/a.js}.js"));
}

#[test]
fn case_35_integrity_is_added_on_request() {
    let settings = Settings {
        integrity: true,
        ..Settings::default()
    };
    let source =
        r#"<script src="a.js"></script><link rel=stylesheet href=b.css><link rel=icon href=c.png>"#;
    let built = build_with(
        &[
            ("/i.html", source),
            ("/a.js", "1"),
            ("/b.css", ""),
            ("/c.png", ""),
        ],
        &settings,
    );
    let expected = format!(
        r#"<script src="a.{{/a.js}}.js" integrity="{}"></script><link rel=stylesheet href=b.{{/b.css}}.css integrity="{}"><link rel=icon href=c.{{/c.png}}.png>"#,
        Algorithm::Sha384.record(b"1"),
        Algorithm::Sha384.record(b""),
    );
    built.expect("/i.html", &expected);
}

#[test]
fn case_36_integrity_of_external_scripts() {
    let source = r#"<script src="https://cdn/a.js" integrity="sha384-x"></script>"#;
    document(source, &["/a.js"], source);
}

#[test]
fn case_37_policy_digest_of_an_edited_inline_module() {
    let inline = "\r\nimport './a.js'\r\n";
    let old = Algorithm::Sha256.record(b"\nimport './a.js'\n");
    let document = |digest: &str, inline: &str| {
        format!(
            r#"<meta http-equiv="Content-Security-Policy" content="script-src 'self' '{digest}'"><script type=module>{inline}</script>"#
        )
    };
    let built = build(&[("/i.html", &document(&old, inline)), ("/a.js", "")]);
    let edited = built.fill("\r\nimport './a.{/a.js}.js'\r\n");
    let new = Algorithm::Sha256.record(edited.replace("\r\n", "\n").as_bytes());
    assert_eq!(built.text("/i.html"), document(&new, &edited));
}

/// A document that allows its own parts by their digests.
fn allowing(digests: &[String], rest: &str) -> String {
    let digests: Vec<String> = digests.iter().map(|digest| format!("'{digest}'")).collect();
    format!(
        r#"<meta http-equiv="Content-Security-Policy" content="script-src 'self' {}">{rest}"#,
        digests.join(" ")
    )
}

#[test]
fn case_37_policy_digests_of_all_that_is_edited_in_a_document() {
    let map = r#"{"imports":{"a":"/a.png"}}"#;
    let style = "a{fill:url(/a.png)}";
    for (open, text, close) in [
        ("<script type=importmap>", map, "</script>"),
        ("<svg><style>", style, "</style></svg>"),
        ("<svg><style><![CDATA[", style, "]]></style></svg>"),
        ("<noscript><style>", style, "</style></noscript>"),
        ("<iframe srcdoc='<style>", style, "</style>'></iframe>"),
        (
            "<svg><script type=module>",
            "import '/a.png'",
            "</script></svg>",
        ),
    ] {
        let document = |text: &str| {
            let digest = Algorithm::Sha256.record(text.as_bytes());
            allowing(&[digest], &format!("{open}{text}{close}"))
        };
        let built = build(&[("/i.html", &document(text)), ("/a.png", "")]);
        let edited = built.fill(&text.replace("a.png", "a.{/a.png}.png"));
        assert_eq!(built.text("/i.html"), document(&edited), "{open}");
    }
}

#[test]
fn case_37_what_is_written_in_entities_is_left_if_a_policy_holds_its_digest() {
    let digest = Algorithm::Sha256.record(b"a{b:url(\"a.png\")}");
    for rest in [
        "<svg><style>a{b:url(&quot;a.png&quot;)}</style></svg>",
        "<iframe srcdoc='<style>a{b:url(&quot;a.png&quot;)}</style>'></iframe>",
    ] {
        let source = allowing(std::slice::from_ref(&digest), rest);
        let built = document(&source, &["/a.png"], &source);
        assert!(built.renamed("/a.png").is_none());
        // The digest of something else.
        let other = allowing(&[Algorithm::Sha256.record(b"")], rest);
        document(
            &other,
            &["/a.png"],
            &other.replace("a.png", "a.{/a.png}.png"),
        );
    }
}

#[test]
fn case_37_policy_digest_of_a_script_with_integrity() {
    let script = "import './b.js'";
    let document = |name: &str, script: &[u8]| {
        let records = [Algorithm::Sha256, Algorithm::Sha384].map(|by| by.record(script));
        let element = format!(
            r#"<script type=module src=a{name}.js integrity="{}"></script>"#,
            records.join(" ")
        );
        allowing(&records, &element)
    };
    let built = build(&[
        ("/i.html", &document("", script.as_bytes())),
        ("/a.js", script),
        ("/b.js", ""),
    ]);
    assert_ne!(built.text("/a.js"), script);
    built.expect("/i.html", &document(".{/a.js}", built.bytes("/a.js")));
}

#[test]
fn case_37_a_policy_may_hold_the_digest_of_a_record_that_is_added() {
    let settings = Settings {
        integrity: true,
        ..Settings::default()
    };
    let record = Algorithm::Sha384.record(b"1");
    let document = |element: &str| allowing(std::slice::from_ref(&record), element);
    let source = document("<script src=a.js></script>");
    let built = build_with(&[("/i.html", &source), ("/a.js", "1")], &settings);
    let element = format!(r#"<script src=a.{{/a.js}}.js integrity="{record}"></script>"#);
    built.expect("/i.html", &document(&element));
}

#[test]
fn case_37_a_file_is_left_whose_digest_stands_in_a_policy_alone() {
    let script = "import './b.js'";
    let digest = Algorithm::Sha256.record(script.as_bytes());
    let source = allowing(&[digest], "<script type=module src=a.js></script>");
    let built = build(&[("/i.html", &source), ("/a.js", script), ("/b.js", "")]);
    assert_eq!(built.text("/i.html"), source);
    assert_eq!(built.text("/a.js"), script);
    assert!(matches!(built.decision("/a.js"), Decision::Locked(_)));
}

#[test]
fn case_37_style_attributes_under_unsafe_hashes_are_left() {
    let source = r#"<meta http-equiv="Content-Security-Policy" content="style-src 'unsafe-hashes' 'sha256-x'"><a style="b:url(a.png)">"#;
    document(source, &["/a.png"], source);
}

#[test]
fn case_71_templates() {
    let source = r#"<link rel=stylesheet href="{{ base }}a.css"><script src="/__PREFIX__/a.js"></script><img src="<%= x %>a.png">"#;
    let built = build(&[
        ("/i.html", source),
        ("/a.css", ""),
        ("/a.js", ""),
        ("/a.png", ""),
    ]);
    assert_eq!(built.text("/i.html"), source);
}

#[test]
fn case_80_hydration_payload() {
    let source = r#"<img src="/next.svg"><script>self.__next_f.push([1,"5:[\"$\",\"img\",null,{\"src\":\"/next.svg\"}]"])</script>"#;
    let built = document(source, &["/next.svg"], source);
    assert!(matches!(built.decision("/next.svg"), Decision::Pinned(_)));
}

#[test]
fn an_empty_script_ends_in_xhtml_and_not_in_html() {
    let source = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/><script src='a.js'/>\
                  <base href='/d/'/><link rel='stylesheet' href='a.css'/></head><body><script src='b.js' /><img src='a.png'/></body></html>";
    let files = |name| {
        [
            (name, source),
            ("/d/a.js", "1"),
            ("/d/b.js", "2"),
            ("/d/a.css", ""),
            ("/d/a.png", ""),
        ]
    };
    let edited = ["a.js", "b.js", "a.css", "a.png"]
        .iter()
        .fold(source.to_owned(), |text, name| {
            let (stem, extension) = name.split_once('.').expect("a dot");
            text.replace(name, &format!("{stem}.{{/d/{name}}}.{extension}"))
        });
    build(&files("/i.xhtml")).expect("/i.xhtml", &edited);
    // To HTML, everything behind the title's tag is the title.
    assert_eq!(build(&files("/i.html")).text("/i.html"), source);

    let policy = source.replace(
        "<head>",
        "<head><meta http-equiv='Content-Security-Policy' content=\"script-src 'self'\"/>",
    );
    let built = build(&[("/i.xhtml", &policy), ("/d/a.png", "")]);
    assert_eq!(built.text("/i.xhtml"), policy);
}

#[test]
fn a_name_in_another_unicode_form_is_reported() {
    // A disk of a Mac takes both for one name; a server does not.
    for (file, reference) in [
        ("/cafe\u{301}.png", "caf\u{e9}.png"),
        ("/caf\u{e9}.png", "cafe\u{301}.png"),
    ] {
        let source = format!("<img src='{reference}'>");
        let built = build(&[("/i.html", &source), (file, "")]);
        assert_eq!(built.text("/i.html"), source);
        let finding = built.result.findings[0].to_string();
        assert!(
            finding.contains(&format!(
                "{file} differs in the Unicode form of its letters only"
            )),
            "{finding}"
        );
    }
}

#[test]
fn attributes_that_scripts_read_pin() {
    let source = "<img data-src='/a.png' src='/a.png'><theme-switch light='/l.css'></theme-switch><link rel=stylesheet href=/l.css>";
    document(source, &["/a.png", "/l.css"], source);
}

#[test]
fn a_piece_of_a_document_is_edited_only_where_it_means_one_thing() {
    let piece = "<img src=a.png><img src=b.png>";
    let built = build(&[
        ("/parts/p.html", piece),
        ("/parts/a.png", ""),
        ("/a.png", ""),
        ("/parts/b.png", ""),
    ]);
    built.expect(
        "/parts/p.html",
        &piece.replace("b.png", "b.{/parts/b.png}.png"),
    );
    let whole = format!("<!doctype html>{piece}");
    let built = build(&[
        ("/parts/p.html", &whole),
        ("/parts/a.png", ""),
        ("/a.png", ""),
        ("/parts/b.png", ""),
    ]);
    built.expect(
        "/parts/p.html",
        &whole
            .replace("a.png", "a.{/parts/a.png}.png")
            .replace("b.png", "b.{/parts/b.png}.png"),
    );
}

/// As `[headers]` of policy.toml says it: nobody edits that.
#[test]
fn what_a_policy_that_is_sent_has_the_digest_of_stays() {
    let (module, style) = ("import './a.js'", "b{background:url(b.png)}");
    let settings = Settings {
        sent_policies: vec![format!(
            "script-src '{}' '{}'; style-src '{}'",
            Algorithm::Sha256.record(module.as_bytes()),
            Algorithm::Sha384.record(b"import './c.js'"),
            Algorithm::Sha512.record(style.as_bytes()),
        )],
        ..Settings::default()
    };
    let document = |script: &str| {
        format!(
            "<!doctype html><script type=module>{script}</script><style>{style}</style><script type=module src=d.js></script>"
        )
    };
    let built = build_with(
        &[
            ("/i.html", &document(module)),
            // Another one, which no digest is of.
            ("/j.html", &document("import './a.js' // j")),
            ("/a.js", "1"),
            ("/b.png", "2"),
            ("/c.js", "3"),
            // A file that the policy allows by its digest.
            ("/d.js", "import './c.js'"),
        ],
        &settings,
    );
    assert_eq!(built.text("/i.html"), document(module));
    assert!(built.renamed("/a.js").is_none() && built.renamed("/b.png").is_none());
    assert_eq!(built.text("/d.js"), "import './c.js'");
    assert!(built.renamed("/d.js").is_none());
}
