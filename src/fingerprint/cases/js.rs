//! JavaScript.

use super::*;

/// Builds a module beside `assets`, and asserts what becomes of it.
#[track_caller]
fn module(source: &str, assets: &[&str], expected: &str) -> Built {
    let mut files = vec![
        ("/i.html", "<script type=module src=m.js></script>"),
        ("/m.js", source),
    ];
    files.extend(assets.iter().map(|path| (*path, "")));
    let built = build(&files);
    built.expect("/m.js", expected);
    built
}

#[test]
fn case_45_a_module_that_refers_to_itself() {
    let built = module(
        "new URL('./m.js',import.meta.url)",
        &[],
        "new URL('./m.{/m.js}.js',import.meta.url)",
    );
    built.expect("/i.html", "<script type=module src=m.{/m.js}.js></script>");
}

#[test]
fn case_47_static_import_minified() {
    module(
        r#"import a,{b}from"./a.js";export*from'./c.js'
export{d}from"/d.js";import"./e.js"
export*as f from'./f.js'"#,
        &["/a.js", "/c.js", "/d.js", "/e.js", "/f.js"],
        r#"import a,{b}from"./a.{/a.js}.js";export*from'./c.{/c.js}.js'
export{d}from"/d.{/d.js}.js";import"./e.{/e.js}.js"
export*as f from'./f.{/f.js}.js'"#,
    );
}

#[test]
fn case_48_what_only_looks_like_an_import() {
    let source = "// import './a.js'\n/import '.\\/a.js'/;'#!';/*import './a.js'*/";
    module(source, &["/a.js"], source);
    let string = r#""import './a.js'""#;
    let built = module(string, &["/a.js"], string);
    assert!(built.renamed("/a.js").is_none());
}

#[test]
fn case_49_members_and_keys_called_import() {
    let source = "x.import('./a.js');({import:1})";
    module(source, &["/a.js"], source);
}

#[test]
fn case_50_dynamic_import() {
    module(
        "import(\"./a.js\");import(`./b.js`);import(/* @vite-ignore */'./c.js')",
        &["/a.js", "/b.js", "/c.js"],
        "import(\"./a.{/a.js}.js\");import(`./b.{/b.js}.js`);import(/* @vite-ignore */'./c.{/c.js}.js')",
    );
}

#[test]
fn case_51_computed_import_pins_what_it_may_mean() {
    let source = "import('./x/'+n+'.js');import(`./y/${n}.js`);import './x/a.js';import './y/b.js';import './z/c.js'";
    let built = module(
        source,
        &["/x/a.js", "/y/b.js", "/z/c.js"],
        &source.replace("z/c.js", "z/c.{/z/c.js}.js"),
    );
    assert!(matches!(
        built.decision("/x/a.js"),
        Decision::Pinned(crate::fingerprint::Pin::Computed { .. })
    ));
}

#[test]
fn case_52_attributes_and_phases() {
    module(
        "import j from './j.json' with {type:'json'};import defer * as x from './x.js';import s from './s.css' with{type:'css'}",
        &["/j.json", "/x.js", "/s.css"],
        "import j from './j.json' with {type:'json'};import defer * as x from './x.{/x.js}.js';import s from './s.{/s.css}.css' with{type:'css'}",
    );
}

#[test]
fn case_53_escapes() {
    module(
        r"import './\u0061.js';import '.\x2fb\u{2e}js'",
        &["/a.js", "/b.js"],
        r"import './\u0061.{/a.js}.js';import '.\x2fb.{/b.js}\u{2e}js'",
    );
}

#[test]
fn case_54_import_meta() {
    module(
        "new URL('./w.js',import.meta.url);import.meta.resolve('./z.js');new URL('./img/',import.meta.url)",
        &["/w.js", "/z.js", "/img/a.png"],
        "new URL('./w.{/w.js}.js',import.meta.url);import.meta.resolve('./z.{/z.js}.js');new URL('./img/',import.meta.url)",
    );
}

#[test]
fn case_55_workers_keep_their_names() {
    let source = "new Worker('w.js');importScripts('x.js');navigator.serviceWorker.register('/sw.js');\
                  navigator.serviceWorker.register(new URL('./sw2.js',import.meta.url))";
    let files = ["/w.js", "/x.js", "/sw.js", "/sw2.js"];
    let mut site = vec![
        ("/m.js", source),
        (
            "/i.html",
            "<link rel=modulepreload href=w.js><script src=x.js></script><script src=sw.js></script><script src=sw2.js></script>",
        ),
    ];
    site.extend(files.iter().map(|path| (*path, "")));
    let built = build(&site);
    assert_eq!(built.text("/m.js"), source);
    for file in files {
        assert!(built.renamed(file).is_none(), "{file}");
    }
}

#[test]
fn case_55_a_module_worker_is_a_reference() {
    module(
        "new Worker(new URL('./w.js',import.meta.url),{type:'module'})",
        &["/w.js"],
        "new Worker(new URL('./w.{/w.js}.js',import.meta.url),{type:'module'})",
    );
}

#[test]
fn a_template_without_expressions_is_a_string() {
    // As minifiers write strings: what pins or refers in quotes does so in backticks.
    let source = "new Worker(`w.js`);importScripts(`x.js`);navigator.serviceWorker.register(`/sw.js`);\
                  navigator.serviceWorker.register(new URL(`./sw2.js`,import.meta.url))";
    let html = "<link rel=modulepreload href=w.js><script src=x.js></script><script src=sw.js></script><script src=sw2.js></script>";
    let mut site = vec![("/m.js", source), ("/i.html", html)];
    let files = ["/w.js", "/x.js", "/sw.js", "/sw2.js"];
    site.extend(files.iter().map(|path| (*path, "")));
    let built = build(&site);
    assert_eq!(built.text("/m.js"), source);
    assert_eq!(built.text("/i.html"), html);

    let script = r"b=d.src.match(new RegExp(`(.*/)lib\\.js$`))[1]";
    let html = "<script src=x/lib.js></script>";
    let built = build(&[("/i.html", html), ("/x/lib.js", script)]);
    assert_eq!(built.text("/i.html"), html);

    for literal in ["`dep.js`", "`./dep.js`", "(`dep.js`)", "('dep.js')"] {
        let edited = literal.replace("dep.js", "dep.{/dep.js}.js");
        module(
            &format!("const u=new URL({literal},import.meta.url);import(u)"),
            &["/dep.js"],
            &format!("const u=new URL({edited},import.meta.url);import(u)"),
        );
    }
    // A bare specifier, as in quotes.
    module("import(`dep.js`)", &["/dep.js"], "import(`dep.js`)");
}

#[test]
fn case_56_module_identity() {
    let built = build(&[
        ("/i.html", "<script type=module src=m.js></script>"),
        ("/m.js", "import './chunk.js'"),
        ("/chunk.js", "import './m.js'"),
    ]);
    built.expect("/chunk.js", "import './m.{/m.js}.js'");
    built.expect("/i.html", "<script type=module src=m.{/m.js}.js></script>");

    let broken = build(&[
        ("/i.html", "<script type=module src=m.js></script>"),
        ("/m.js", "import './chunk.js'"),
        ("/chunk.js", "import './m.js'; var x = = 3"),
    ]);
    broken.expect("/i.html", "<script type=module src=m.js></script>");
}

#[test]
fn case_57_a_circle_of_434_modules() {
    let files: Vec<(String, String)> = (0..434)
        .map(|n| {
            let next = (n + 1) % 434;
            (
                format!("/c/{n:03}.js"),
                format!("import './{next:03}.js';import('./{:03}.js')", n * 7 % 434),
            )
        })
        .collect();
    let mut site: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    site.push(("/i.html", "<script type=module src=c/000.js></script>"));
    let built = build(&site);
    for (n, (path, _)) in files.iter().enumerate() {
        let next = (n + 1) % 434;
        let other = n * 7 % 434;
        built.expect(
            path,
            &format!("import './{next:03}.{{/c/{next:03}.js}}.js';import('./{other:03}.{{/c/{other:03}.js}}.js')"),
        );
    }
    site.reverse();
    assert_eq!(built.tree(), build(&site).tree());
}

#[test]
fn case_58_import_map() {
    use crate::fingerprint::reference::Algorithm;
    let x = "import './y.js'";
    let old = Algorithm::Sha384.record(x.as_bytes());
    let map = |x: &str, digest: &str| {
        format!(
            r#"<script type="importmap">{{"imports":{{"x":"./x{x}.js","/js/":"/js/"}},"scopes":{{"/s/":{{"z":".\/x{x}.js"}}}},"integrity":{{"./x{x}.js":"{digest}"}}}}</script>"#
        )
    };
    let source = map("", &old) + "<script type=module src=/js/a.js></script>";
    let built = build(&[
        ("/i.html", &source),
        ("/x.js", x),
        ("/y.js", ""),
        ("/js/a.js", ""),
    ]);
    let fingerprint = built.fill(".{/x.js}");
    let new = Algorithm::Sha384.record(built.bytes("/x.js"));
    assert_ne!(old, new);
    assert_eq!(
        built.text("/i.html"),
        map(&fingerprint, &new) + "<script type=module src=/js/a.js></script>"
    );
}

#[test]
fn case_58_integrity_in_an_import_map_with_escaped_keys() {
    use crate::fingerprint::reference::Algorithm;
    let script = "import './b.js'";
    // As PHP writes JSON.
    let map = |name: &str, content: &[u8]| {
        let record = Algorithm::Sha384.record(content);
        format!(
            r#"<script type=importmap>{{"imports":{{"a":"\/js\/a{name}.js"}},"integrity":{{"\/js\/a{name}.js":"{record}"}}}}</script>"#
        )
    };
    let built = build(&[
        ("/i.html", &map("", script.as_bytes())),
        ("/js/a.js", script),
        ("/js/b.js", ""),
    ]);
    built.expect("/i.html", &map(".{/js/a.js}", built.bytes("/js/a.js")));
}

#[test]
fn case_58_a_scope_for_one_module_keeps_its_name() {
    let map = |lib: &str| {
        format!(
            r#"<script type=importmap>{{"imports":{{"lib":"/js/lib1.js"}},"scopes":{{"/js/a.js":{{"lib":"/js/lib2{lib}.js"}},"/js/":{{}}}}}}</script><script type=module src=/js/a.js></script>"#
        )
    };
    let built = build(&[
        ("/i.html", &map("")),
        ("/js/a.js", "import 'lib'"),
        ("/js/lib1.js", "1"),
        ("/js/lib2.js", "2"),
    ]);
    let expected = map(".{/js/lib2.js}").replace("lib1", "lib1.{/js/lib1.js}");
    built.expect("/i.html", &expected);
}

#[test]
fn case_59_source_mapping_comments() {
    let edited = [
        (
            "1\n//# sourceMappingURL=m.js.map",
            "1\n//# sourceMappingURL=m.js.{/m.js.map}.map",
        ),
        (
            "1\n/*# sourceMappingURL=m.js.map */",
            "1\n/*# sourceMappingURL=m.js.{/m.js.map}.map */",
        ),
        (
            "1\n//@ sourceMappingURL=m.js.map  \r\n",
            "1\n//@ sourceMappingURL=m.js.{/m.js.map}.map  \r\n",
        ),
    ];
    for (source, expected) in edited {
        module(source, &["/m.js.map"], expected);
    }
    for source in [
        "1\n//# sourceMappingURL=data:application/json,m.js.map",
        "1\n//# sourceMappingURL=missing.js.map",
        "`\n//# sourceMappingURL=m.js.map`",
        "//# sourceMappingURL=m.js.map\n1",
    ] {
        module(source, &["/m.js.map"], source);
    }
}

#[test]
fn case_59_columns_of_the_map_are_patched() {
    let built = build(&[
        ("/i.html", "<script type=module src=m.js></script>"),
        ("/m.js", "import'./a.js';f()\n//# sourceMappingURL=m.js.map"),
        ("/a.js", ""),
        (
            "/m.js.map",
            r#"{"version":3,"file":"m.js","sources":["a.js"],"mappings":"AAAA,eAAe"}"#,
        ),
    ]);
    // 15 + 17 = 32 = "gC".
    built.expect(
        "/m.js.map",
        r#"{"version":3,"file":"m.js","sources":["a.js"],"mappings":"AAAA,gCAAe"}"#,
    );
    built.expect(
        "/m.js",
        "import'./a.{/a.js}.js';f()\n//# sourceMappingURL=m.js.{/m.js.map}.map",
    );
}

#[test]
fn case_60_leaflet() {
    let script = r#"function f(p){return strip(p,/^(.*)marker-icon\.png$/,1)||document.querySelector('link[href$="leaflet.css"]')}"#;
    let sheet = "a{b:url(images/layers.png);c:url(images/marker-icon.png)}";
    let built = build(&[
        (
            "/i.html",
            "<link rel=stylesheet href=dist/leaflet.css><script src=dist/leaflet.js></script>",
        ),
        ("/dist/leaflet.js", script),
        ("/dist/leaflet.css", sheet),
        ("/dist/images/layers.png", ""),
        ("/dist/images/marker-icon.png", ""),
    ]);
    built.expect(
        "/i.html",
        "<link rel=stylesheet href=dist/leaflet.css><script src=dist/leaflet.{/dist/leaflet.js}.js></script>",
    );
    built.expect(
        "/dist/leaflet.css",
        "a{b:url(images/layers.{/dist/images/layers.png}.png);c:url(images/marker-icon.png)}",
    );
}

#[test]
fn case_61_tinymce_and_ckeditor() {
    let html = "<script src=tinymce.min.js></script><script src=ckeditor.js></script>";
    let built = build(&[
        ("/i.html", html),
        (
            "/tinymce.min.js",
            r"x.test(/tinymce(\.full|\.jquery|)(\.min|\.dev|)\.js/)",
        ),
        (
            "/ckeditor.js",
            r"s[i].src.match(/(^|.*[\\\/])ckeditor\.js(?:\?.*|;.*)?$/i)",
        ),
    ]);
    assert_eq!(built.text("/i.html"), html);
}

#[test]
fn a_regular_expression_pins_however_its_dot_is_written() {
    let html = "<script src=x/embed.js></script>";
    for script in [
        r"b=s.src.match(/(.*)embed.js$/)[1]",
        r"b=s.src.match(/(.*)embed[.]js/)[1]",
        r"b=s.src.match(/(.*)embed.(js|mjs)$/)[1]",
        r#"b=s.src.match(new RegExp("(.*)embed[.]js$"))[1]"#,
    ] {
        let built = build(&[("/i.html", html), ("/x/embed.js", script)]);
        assert_eq!(built.text("/i.html"), html, "{script}");
    }
    // They find the fingerprinted name, too, or speak of other files.
    for script in [
        "/.*js/.test(s.src)",
        "/embed.*[.]js$/.test(s.src)",
        "/(.*)embed.css$/.test(s.src)",
    ] {
        let built = build(&[("/i.html", html), ("/x/embed.js", script)]);
        built.expect("/i.html", "<script src=x/embed.{/x/embed.js}.js></script>");
    }
}

#[test]
fn a_regular_expression_in_a_string_pins_like_a_literal() {
    let html = "<script src=x/lib.js></script>";
    for script in [
        r#"b=d.src.match(new RegExp("(.*/)lib\\.js$"))[1]"#,
        r#"b=d.src.match(RegExp("(^|.*/)LIB\\.js(\\?.*)?$","i"))[1]"#,
    ] {
        let built = build(&[("/i.html", html), ("/x/lib.js", script)]);
        assert_eq!(built.text("/i.html"), html, "{script}");
    }
}

#[test]
fn case_62_string_paths() {
    let html = "<img src=/img/logo.png><script src=a.js></script>";
    let built = build(&[
        ("/i.html", html),
        ("/a.js", "img.src='/img/logo.png'"),
        ("/img/logo.png", ""),
    ]);
    built.expect(
        "/i.html",
        "<img src=/img/logo.png><script src=a.{/a.js}.js></script>",
    );
}

#[test]
fn case_72_broken_scripts() {
    let html = "<script type=module src=a.js></script><script src=b.js></script><script src=c.js></script>";
    let broken = "import './a.js'; var x = = 3";
    let json = r#"{"a":"./c.js"}"#;
    let built = build(&[
        ("/i.html", html),
        ("/a.js", ""),
        ("/b.js", broken),
        ("/c.js", ""),
        ("/d.js", json),
    ]);
    assert_eq!(built.text("/b.js"), broken);
    assert_eq!(built.text("/d.js"), json);
    let findings: Vec<String> = built
        .result
        .findings
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        findings[0].starts_with("/b.js has a syntax error (line 1, column 26: "),
        "{findings:?}"
    );
    built.expect("/i.html", &html.replace("b.js", "b.{/b.js}.js"));
}

#[test]
fn bare_specifiers_and_import_map_keys_are_left() {
    let html = r#"<script type=importmap>{"imports":{"/m.js":"/n.js"}}</script><script type=module>import '/m.js';import 'm.js'</script>"#;
    let built = build(&[("/i.html", html), ("/m.js", ""), ("/n.js", "")]);
    built.expect("/i.html", &html.replace("/n.js", "/n.{/n.js}.js"));
}

#[test]
fn towers_of_brackets_do_not_exhaust_the_stack() {
    for piece in [
        "(",
        "[",
        "a=>",
        "!",
        "a?b:",
        "{",
        "`${",
        "x.a",
        "()",
        "if(a);else ",
        "if(a)b,c;else ",
        "for(;;)",
        "a:",
        "if(a)",
        "1+",
        "a=",
        "[\")\",",
        "function(){",
        "new ",
        "class extends ",
        "class extends\t",
        "typeof/**/",
        "async()=>",
        "{a:",
        "a**",
        "do ",
    ] {
        for times in [50, 500, 7_900, 39_000, 60_000] {
            let source = format!("import './a.js';{}", piece.repeat(times));
            let built = build(&[("/m.js", &source), ("/a.js", "")]);
            assert!(built.text("/m.js").len() >= source.len(), "{piece}");
        }
    }
    let sum = format!("import './a.js';x={}1", "1+".repeat(30_000));
    let built = build(&[("/m.js", &sum), ("/a.js", "")]);
    assert!(built.renamed("/a.js").is_some());
}

#[test]
fn names_made_from_names_pin() {
    let html =
        "<link rel=stylesheet href=theme-light.css><img src=btn.png><script src=a.js></script>";
    let script =
        "l.href=l.href.replace('light.css','dark.css');i.src=i.src.replace('.png','-hover.png')";
    let built = build(&[
        ("/i.html", html),
        ("/a.js", script),
        ("/theme-light.css", ""),
        ("/theme-dark.css", ""),
        ("/btn.png", ""),
        ("/btn-hover.png", ""),
    ]);
    built.expect("/i.html", &html.replace("a.js", "a.{/a.js}.js"));
}

#[test]
fn names_that_a_replacement_leads_between_pin() {
    let files = [
        "/theme-light.css",
        "/theme-dark.css",
        "/img/slide1.png",
        "/img/slide2.png",
        "/light/a.png",
        "/dark/a.png",
        "/other.css",
    ];
    let html = "<link rel=stylesheet href=theme-light.css><img src=img/slide1.png><img src=light/a.png><link rel=stylesheet href=other.css>";
    let pinned = |place: &str, code: &str| -> Vec<&str> {
        let (script, html) = match place {
            "script" => (code.to_owned(), html.to_owned()),
            _ => (
                String::new(),
                format!("{html}<a {place}{}\">x</a>", code.replace('"', "&quot;")),
            ),
        };
        let mut site = vec![("/i.html", html.as_str()), ("/a.js", script.as_str())];
        site.extend(files.iter().map(|path| (*path, *path)));
        let built = build(&site);
        [
            "/theme-light.css",
            "/img/slide1.png",
            "/light/a.png",
            "/other.css",
        ]
        .into_iter()
        .filter(|path| built.renamed(path).is_none())
        .collect()
    };
    let (theme, slide, folder) = ("/theme-light.css", "/img/slide1.png", "/light/a.png");
    for place in [
        "script",
        "onclick=\"",
        "href=\"javascript:",
        "href=\" JavaScript:",
        "href=\"#\" xlink:href=\"javascript:",
    ] {
        for (code, expected) in [
            ("l.href=l.href.replace('light','dark')", vec![theme, folder]),
            (
                "l.href=l.href.replaceAll(`light`, \"dark\")",
                vec![theme, folder],
            ),
            ("l.href=l.href.replace(/light/,'dark')", vec![theme, folder]),
            ("l.href=l.href.replace('light',mode)", vec![theme, folder]),
            ("l.href=l.href.replace(mode,'dark')", vec![theme]),
            (
                "l.href=l.href.replace(/light|dark/,mode)",
                vec![theme, folder],
            ),
            ("i.src=i.src.replace('slide1','slide2')", vec![slide]),
            ("i.src=i.src.replace('1','2')", vec![slide]),
            ("i.src=i.src.replace('/light/','/dark/')", vec![folder]),
            (
                "l.href=l.href.replace(/(.*)-(\\w+)\\.(\\w+)$/,'$1-dark.$3')",
                vec![theme],
            ),
            (
                "i.src=i.src.replace(/(slide)\\d(\\.\\w+)$/,'$12$2')",
                vec![slide],
            ),
            ("i.src=i.src.replace(/light/,'$&')", vec![]),
            ("i.src=i.src.replace(/\\d+/,n)", vec![slide]),
            // The digits of a fingerprint are some, too.
            ("i.src=i.src.replace(/\\d+\\.png$/,n)", vec![slide, folder]),
            ("t=t.replace(/\\D+/,n)", vec![]),
            (
                "t=t.replace('a','b').replace(/&/g,'&amp;').replace(x,y)",
                vec![],
            ),
            ("t=t.replace('light','heavy')", vec![]),
            ("t=t.replace('.css',x).replace('/',x).replace(x,'')", vec![]),
        ] {
            assert_eq!(pinned(place, code), expected, "{place}: {code}");
        }
    }
    assert_eq!(
        pinned("script", "l.href=l.href.split('light').join('dark')"),
        [theme, folder]
    );
}

#[test]
fn the_list_that_vite_writes_into_a_chunk_is_edited() {
    let list = |script: &str, style: &str| {
        format!(
            r#"const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/lazy{script}.js","./lazy{style}.css","assets/gone.js"])))=>i.map(i=>d[i]);p(()=>import("./lazy{script}.js"),__vite__mapDeps([0,1]))"#
        )
    };
    let html = "<script type=module src=/assets/main.js></script><link rel=stylesheet href=/assets/lazy.css>";
    let files = [("/assets/lazy.js", "1"), ("/assets/lazy.css", "a{}")];
    let (before, after) = (
        list("", ""),
        list(".{/assets/lazy.js}", ".{/assets/lazy.css}"),
    );
    let mut site = vec![("/i.html", html), ("/assets/main.js", before.as_str())];
    site.extend(files);
    let built = build(&site);
    assert_eq!(built.text("/assets/main.js"), built.fill(&after));

    // In any other form its strings are strings.
    for other in [
        before.replace("__vite__mapDeps", "mapDeps"),
        before.replace("\"assets/gone.js\"", "x"),
        before.replace("m.f||(m.f=", "m.f&&g(m.f="),
    ] {
        let mut site = vec![("/i.html", html), ("/assets/main.js", other.as_str())];
        site.extend(files);
        let built = build(&site);
        assert_eq!(built.text("/assets/main.js"), other);
        assert!(built.renamed("/assets/lazy.css").is_none(), "{other}");
    }
}

#[test]
fn a_prefix_of_an_import_map_pins_what_it_covers() {
    let html = r#"<script type=importmap>{"imports":{"/js/":"/other/"}}</script><script type=module src=/js/a.js></script>"#;
    let built = build(&[("/i.html", html), ("/js/a.js", "")]);
    built.expect("/i.html", html);
}

#[test]
fn a_foreign_source_map_is_left_byte_for_byte() {
    let map = r#"{"version":3,"mappings":"AAAA,eAAe"}"#;
    let foreign = format!(
        "/m.js.{}.map",
        crate::fingerprint::Digest::of(map.as_bytes()).short(16)
    );
    let script = format!("import'./a.js';f()\n//# sourceMappingURL={}", &foreign[1..]);
    let built = build(&[
        ("/i.html", "<script type=module src=m.js></script>"),
        ("/m.js", &script),
        ("/a.js", ""),
        (&foreign, map),
    ]);
    assert_eq!(built.text(&foreign), map);
    built.expect("/m.js", &script.replace("a.js", "a.{/a.js}.js"));
}
