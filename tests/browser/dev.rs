//! What a developer sees: style swapped under a page that stays, a reload where one is needed, what is wrong on top of the page.

use std::{fs, process::Command};

use serde_json::json;

use crate::{
    chromium::Chromium,
    support::{Larder, Site, eventually},
    tab::Tab,
};

const PAGE: &str = "<!doctype html><html><head><title>page</title>
<link rel=stylesheet href=/css/site.css><script type=module src=/app.js></script></head>
<body style=\"height:4000px\"><input id=field><img id=picture src=/dot.svg><p id=script></p></body></html>";
const RED: &str = "@import 'base.css'; body { background: rgb(255, 0, 0) }";
const BLUE: &str = "@import 'base.css'; body { background: rgb(0, 0, 255) }";
const DOT: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"/>";

fn site() -> Site {
    Site::in_memory(&[
        ("index.html", PAGE),
        (
            "app.js",
            "document.querySelector('#script').textContent = 'one'",
        ),
        ("css/site.css", RED),
        ("css/base.css", "p { color: rgb(1, 1, 1) }"),
        ("dot.svg", DOT),
    ])
}

const BACKGROUND: &str = "getComputedStyle(document.body).backgroundColor";
const COLOUR: &str = "getComputedStyle(document.querySelector('#script')).color";

/// Goes to the site and leaves something on the page that a reload would lose.
fn visit(chromium: &Chromium, larder: &Larder) -> Tab {
    let mut tab = chromium.tab();
    tab.visit(&larder.url("/"));
    tab.shows("#script", "one");
    mark(&mut tab);
    tab
}

fn mark(tab: &mut Tab) {
    tab.run(
        "window.mark = 'here'; document.querySelector('#field').value = 'typed'; scrollTo(0, 1500)",
    );
}

/// Is it still the page that was marked?
fn is_marked(tab: &mut Tab) -> bool {
    tab.run("window.mark === 'here' && document.querySelector('#field').value === 'typed'")
        == json!(true)
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_style_sheet_is_swapped_and_the_page_stays() {
    let (site, chromium) = (site(), Chromium::start());
    let larder = Larder::dev(&site, &[]);
    let mut tab = visit(&chromium, &larder);
    assert_eq!(tab.run(BACKGROUND), "rgb(255, 0, 0)");
    // No frame without a style: the old sheet stays until the new one holds.
    tab.run(&format!(
        "window.seen = new Set(); (function look() {{ seen.add({BACKGROUND}); requestAnimationFrame(look) }})()"
    ));
    site.replace("css/site.css", BLUE);
    tab.until(&format!("{BACKGROUND} === 'rgb(0, 0, 255)'"));
    tab.until("document.querySelectorAll('link[rel=stylesheet]').length === 1");
    tab.until("seen.has('rgb(0, 0, 255)')");
    assert_eq!(tab.run("[...seen].join()"), "rgb(255, 0, 0),rgb(0, 0, 255)");
    site.replace("css/base.css", "p { color: rgb(2, 2, 2) }");
    tab.until(&format!("{COLOUR} === 'rgb(2, 2, 2)'"));
    assert_eq!(tab.run(BACKGROUND), "rgb(0, 0, 255)");
    assert!(is_marked(&mut tab));
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn an_image_is_swapped_and_the_page_stays() {
    let (site, chromium) = (site(), Chromium::start());
    let larder = Larder::dev(&site, &[]);
    let mut tab = visit(&chromium, &larder);
    tab.until("document.querySelector('#picture').naturalWidth === 10");
    site.replace("dot.svg", DOT.replace("\"10\"", "\"20\""));
    tab.until("document.querySelector('#picture').naturalWidth === 20");
    assert!(is_marked(&mut tab));
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_script_or_a_document_reloads_every_tab_where_it_was() {
    let (site, chromium) = (site(), Chromium::start());
    let larder = Larder::dev(&site, &[]);
    let (mut one, mut other) = (visit(&chromium, &larder), visit(&chromium, &larder));
    site.replace(
        "app.js",
        "document.querySelector('#script').textContent = 'two'",
    );
    for tab in [&mut one, &mut other] {
        tab.shows("#script", "two");
        tab.until("scrollY === 1500");
        assert!(!is_marked(tab));
        mark(tab);
    }
    site.write("index.html", PAGE.replace("<title>page", "<title>next"));
    for tab in [&mut one, &mut other] {
        tab.until("document.title === 'next'");
        tab.until("scrollY === 1500");
    }
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn what_is_wrong_is_on_top_of_the_page_until_it_is_mended() {
    let (site, chromium) = (site(), Chromium::start());
    let larder = Larder::dev(&site, &[]);
    let mut tab = visit(&chromium, &larder);
    let text = "document.querySelector('larder-overlay')?.shadowRoot.textContent";
    let shows =
        |tab: &mut Tab, what: &str| tab.until(&format!("!!{text}?.includes({})", json!(what)));
    let gone = |tab: &mut Tab| tab.until("!document.querySelector('larder-overlay')");

    site.replace("app.js", "const a = 1;\nconst = 2;");
    shows(&mut tab, "app.js:2:7");
    site.replace(
        "app.js",
        "document.querySelector('#script').textContent = 'one'",
    );
    gone(&mut tab);

    site.replace(
        "index.html",
        PAGE.replace("/app.js", "/<img src=x onerror=window.hacked=1>.js")
            .replace("src=/<", "src=\"/<")
            .replace(">.js>", ">.js\">"),
    );
    shows(&mut tab, "there is no such file");
    assert_eq!(
        tab.run("document.querySelector('larder-overlay').shadowRoot.querySelector('img')"),
        json!(null)
    );
    assert_eq!(
        tab.run("window.hacked ?? null"),
        json!(null),
        "names of files are text"
    );
    site.replace("index.html", PAGE);
    gone(&mut tab);

    fs::write(site.beside("policy.toml"), "[cache]\nassets = 3\n").unwrap();
    shows(&mut tab, "policy.toml:2:1");
    let mut late = chromium.tab();
    late.visit(&larder.url("/"));
    shows(&mut late, "policy.toml:2:1");
    fs::remove_file(site.beside("policy.toml")).unwrap();
    gone(&mut tab);
    gone(&mut late);
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_page_comes_back_after_a_restart_and_reloads_only_if_the_site_differs() {
    let (site, chromium) = (site(), Chromium::start());
    let larder = Larder::dev(&site, &[]);
    let mut tab = visit(&chromium, &larder);
    let address = larder.address().to_string();
    tab.run(
        "const Socket = WebSocket; window.WebSocket = class extends Socket {
            constructor(...all) { super(...all); this.addEventListener('message', () => { window.isBack = true }) } }",
    );
    drop(larder);
    let larder = Larder::dev(&site, &["--listen", &address]);
    tab.until("window.isBack === true");
    site.replace("css/site.css", BLUE);
    tab.until(&format!("{BACKGROUND} === 'rgb(0, 0, 255)'"));
    assert!(is_marked(&mut tab), "nothing had changed");
    drop(larder);
    site.replace(
        "app.js",
        "document.querySelector('#script').textContent = 'two'",
    );
    let _larder = Larder::dev(&site, &["--listen", &address]);
    tab.shows("#script", "two");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn as_deployed_the_page_says_what_a_returning_visitor_fetched() {
    let (site, chromium) = (site(), Chromium::start());
    let larder = Larder::dev(&site, &["--as-deployed"]);
    let mut tab = chromium.tab();
    tab.visit(&larder.url("/"));
    tab.shows("#script", "one");
    let text = "(document.querySelector('larder-visit')?.shadowRoot.textContent ?? '')";
    tab.until(&format!("{text}.length > 0"));
    site.replace("css/site.css", BLUE);
    tab.until(&format!("{BACKGROUND} === 'rgb(0, 0, 255)'"));
    tab.until(&format!("/^\\d+ kept/.test({text})"));
    // The style is new, and so is the document that names it; script and picture are kept under their names, without asking.
    tab.until(&format!("{text}.split('Kept, without asking')[1]?.includes('/app-') || {text}.split('Kept, without asking')[1]?.includes('/app.')"));
    let fetched = tab.run(&format!("{text}.split('Fetched')[1].split('Kept')[0]"));
    assert!(
        fetched
            .as_str()
            .is_some_and(|text| text.contains("/css/site")),
        "{fetched}"
    );
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn what_is_missing_is_seen_as_soon_as_it_is_made() {
    let (site, chromium) = (site(), Chromium::start());
    site.write("about.html", "<!doctype html>so that none is the app's");
    let larder = Larder::dev(&site, &[]);
    let mut tab = chromium.tab();
    tab.visit(&larder.url("/new.html"));
    tab.until("document.body.textContent.includes('404 Not Found')");
    site.write("new.html", "<!doctype html><title>made</title>");
    tab.until("document.title === 'made'");
    tab.visit(&larder.url("/new.svg"));
    tab.until("document.body.textContent.includes('404 Not Found')");
    site.write("new.svg", DOT);
    tab.until("document.documentElement.tagName === 'svg'");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn over_tls_a_page_is_a_secure_context_once_the_authority_is_trusted_as_the_terminal_says() {
    let site = Site::in_memory(&[
        (
            "index.html",
            "<!doctype html><head><title>one</title><script>navigator.serviceWorker.register('/sw.js').then(() => { window.worker = true })</script>",
        ),
        ("sw.js", "// It does nothing yet."),
    ]);
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_larder"));
    command
        .arg("dev")
        .arg(site.root())
        .args(["--tls", "--listen", "127.0.0.1:0"])
        .env("HOME", home.path())
        .env_remove("XDG_DATA_HOME");
    let larder = Larder::spawn(command, 1);
    let line = eventually("how to trust it", || {
        let log = larder.log();
        let line = log.lines().find(|line| line.contains("Chrome on Linux"))?;
        Some(line.replace("Chrome on Linux", ""))
    });
    let trusted = Command::new("sh")
        .args(["-c", &line])
        .env("HOME", home.path())
        .status()
        .unwrap();
    assert!(trusted.success(), "{line}");

    let chromium = Chromium::at_home(home.path());
    let port = larder.address().port();
    for host in ["127.0.0.1", "localhost"] {
        let mut tab = chromium.tab();
        tab.visit(&format!("https://{host}:{port}/"));
        tab.until("isSecureContext && window.worker === true");
        let title = format!("over {host}");
        let page = fs::read_to_string(site.path("index.html")).unwrap();
        let start = page.find("<title>").unwrap();
        let end = page.find("</title>").unwrap();
        site.replace(
            "index.html",
            format!("{}<title>{title}{}", &page[..start], &page[end..]),
        );
        // Told over wss.
        tab.until(&format!("document.title === '{title}'"));
    }
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn under_a_strict_policy_the_page_is_kept_up_to_date_all_the_same() {
    let (site, chromium) = (site(), Chromium::start());
    let policy = site.policy("[headers]\n\"Content-Security-Policy\" = \"default-src 'self'; style-src 'self' 'unsafe-inline'; require-trusted-types-for 'script'\"\n");
    let larder = Larder::dev(&site, &["--policy", &policy]);
    let mut tab = visit(&chromium, &larder);
    site.replace("css/site.css", BLUE);
    tab.until(&format!("{BACKGROUND} === 'rgb(0, 0, 255)'"));
    assert!(is_marked(&mut tab));
    site.replace("app.js", "const = 1");
    tab.until("!!document.querySelector('larder-overlay')");
}
