//! A small app with unhashed sources, fingerprinted as it is served: every kind of visit a person makes.

use crate::{
    chromium::Chromium,
    support::{Larder, Site},
    tab::{Tab, Visit},
};

/// Routes are drawn from the path; `/lazy` loads a module, and the style sheet the image of the document.
fn app() -> Site {
    Site::of(&[
        (
            "index.html",
            "<!doctype html>\n<html lang=en>\n<title>Own app</title>\n\
             <link rel=stylesheet href=/style.css>\n<script type=module src=/app.js></script>\n\
             <nav><a href=/>start</a> <a href=/lazy>lazy</a> <a href=/user/ada.lovelace>ada</a></nav>\n\
             <img src=/paper.svg alt=''>\n<main></main>\n",
        ),
        ("style.css", "body { background: url(paper.svg) }\n"),
        (
            "paper.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8' fill='#eee'/></svg>",
        ),
        (
            "app.js",
            "const main = document.querySelector('main');\n\
             async function draw() {\n\
             \x20 const path = location.pathname;\n\
             \x20 main.textContent = path === '/lazy' ? (await import('./lazy.js')).text : `route ${path}`;\n\
             }\n\
             addEventListener('popstate', draw);\n\
             addEventListener('click', event => {\n\
             \x20 const link = event.target.closest('a');\n\
             \x20 if (!link) return;\n\
             \x20 event.preventDefault();\n\
             \x20 history.pushState(null, '', link.href);\n\
             \x20 draw();\n\
             });\n\
             draw();\n",
        ),
        ("lazy.js", "export const text = 'the lazy module';\n"),
    ])
}

/// A browser, a server, and the first visit.
struct Setting {
    chromium: Chromium,
    larder: Larder,
    site: Site,
}

impl Setting {
    fn new() -> Self {
        let site = app();
        let larder = Larder::with(&site, &["--build"]);
        larder.until_coded();
        Self {
            chromium: Chromium::start(),
            larder,
            site,
        }
    }

    #[track_caller]
    fn visit(&self, path: &str) -> (Tab, Visit) {
        let mut tab = self.chromium.tab();
        let visit = tab.visit(&self.larder.url(path));
        tab.shows("main", &format!("route {path}"));
        (tab, visit)
    }
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn the_first_visit_downloads_everything_once() {
    let setting = Setting::new();
    let (_tab, visit) = setting.visit("/");
    visit.is_clean();
    let mut paths: Vec<_> = visit.network().into_iter().map(|(path, _)| path).collect();
    assert!(
        visit.network().iter().all(|(_, status)| *status == 200),
        "{visit:#?}"
    );
    for name in ["style", "app", "paper"] {
        assert!(
            paths.iter().any(|path| path.contains(name)),
            "{name} in {paths:?}"
        );
    }
    let count = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), count, "nothing twice: {paths:?}");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn the_second_visit_only_revalidates_the_document() {
    let setting = Setting::new();
    let (first_tab, first) = setting.visit("/");
    drop(first_tab);
    let (_tab, second) = setting.visit("/");
    second.is_clean().only_revalidates("/");
    assert_eq!(
        second.fetched.len(),
        first.fetched.len(),
        "the same resources, from the cache"
    );
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_visit_to_another_route_downloads_only_the_document() {
    let setting = Setting::new();
    drop(setting.visit("/"));
    let (_tab, visit) = setting.visit("/deep/link");
    visit.is_clean();
    assert_eq!(visit.network(), [("/deep/link", 200)], "{visit:#?}");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_route_with_a_dot_is_an_ordinary_route() {
    let setting = Setting::new();
    drop(setting.visit("/user/ada.lovelace"));
    let (_tab, again) = setting.visit("/user/ada.lovelace");
    again.is_clean().only_revalidates("/user/ada.lovelace");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_reload_only_revalidates_the_document() {
    let setting = Setting::new();
    let (mut tab, _) = setting.visit("/");
    tab.reload(false).is_clean().only_revalidates("/");
    tab.shows("main", "route /");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_hard_reload_downloads_everything_again() {
    let setting = Setting::new();
    let (mut tab, first) = setting.visit("/");
    let hard = tab.reload(true);
    hard.is_clean();
    assert!(
        hard.network().iter().all(|(_, status)| *status == 200),
        "{hard:#?}"
    );
    assert_eq!(hard.network().len(), first.network().len());
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn going_back_and_forward_inside_the_app_asks_for_nothing() {
    let setting = Setting::new();
    let (mut tab, _) = setting.visit("/");
    let lazy = tab.act(
        "document.querySelector('a[href=\"/lazy\"]').click()",
        "document.querySelector('main').textContent === 'the lazy module'",
    );
    lazy.is_clean();
    assert_eq!(lazy.network().len(), 1, "the lazy module: {lazy:#?}");
    assert!(
        lazy.fetched[0].cache_control.contains("immutable"),
        "{lazy:#?}"
    );

    let back = tab.act(
        "history.back()",
        "document.querySelector('main').textContent === 'route /'",
    );
    assert_eq!(back.network(), []);
    let forward = tab.act(
        "history.forward()",
        "document.querySelector('main').textContent === 'the lazy module'",
    );
    assert_eq!(forward.network(), []);
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn coming_back_from_another_document_asks_for_no_fingerprinted_file() {
    let setting = Setting::new();
    let (mut tab, _) = setting.visit("/");
    tab.visit("about:blank");
    let back = tab.act(
        "history.back()",
        "document.querySelector('main')?.textContent === 'route /'",
    );
    assert!(
        back.network()
            .iter()
            .all(|(path, status)| *path == "/" && *status == 304),
        "{back:#?}"
    );
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_missing_chunk_is_an_error_that_is_not_kept() {
    let setting = Setting::new();
    let (mut tab, _) = setting.visit("/");
    let import = "import('/assets/old-deadbeef.js').then(() => 'loaded', () => 'failed')";
    for _ in 0..2 {
        let visit = tab.act(
            &format!("{import}.then(outcome => {{ window.outcome = outcome }})"),
            "window.outcome === 'failed'",
        );
        assert_eq!(
            visit.of("/assets/old-deadbeef.js").network_status,
            Some(404),
            "{visit:#?}"
        );
        tab.visit(&setting.larder.url("/"));
    }
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_changed_style_sheet_is_downloaded_and_nothing_else_is() {
    let setting = Setting::new();
    drop(setting.visit("/"));
    let old = setting.larder.navigate("/").text();
    setting.site.write(
        "style.css",
        "body { background: url(paper.svg); color: teal }\n",
    );
    crate::support::holds("a new document", || {
        setting.larder.navigate("/").text() != old
    });
    let (_tab, visit) = setting.visit("/");
    visit.is_clean();
    let paths: Vec<_> = visit.network().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths.len(), 2, "document and style sheet: {visit:#?}");
    assert!(paths[0] == "/" && paths[1].contains("style"), "{visit:#?}");
}
