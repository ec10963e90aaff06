//! Which paths of its site a resource names, there or not.
//!
//! Asked before a new state of a site is shown: a document is no use before what it names. And asked of what a server answers, to find what
//! else there is.
//!
//! Uses: scan, site · Never: files

use super::{reference::Scanned, scan::scan, settings::Settings, site::Site};

/// What one resource names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The paths of assets: absolute, sorted, each once.
    pub assets: Vec<String>,
    /// The same with the queries that they are asked for with, as they are written.
    pub targets: Vec<Target>,
    /// The service workers that it registers: URLs as they are written, relative to the document; those relative to a module are absolute
    /// paths.
    pub workers: Vec<String>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The path: absolute and decoded.
    pub path: String,
    /// What follows its `?`, as it is written.
    pub query: Option<String>,
    /// Does it begin at the root, where a site that is mounted elsewhere may not be?
    pub is_rooted: bool,
}

/// The paths of assets that the document `content` at `path` names: absolute, sorted, each once.
///
/// Whether there is something at a named path makes no difference.
pub fn named(path: &str, content: &[u8]) -> Vec<String> {
    named_on(None, path, content).assets
}

/// All that `content` at `path` names, absolute URLs of `origin` (`https://example.com`) included.
pub fn named_on(origin: Option<&str>, path: &str, content: &[u8]) -> Named {
    let settings = Settings {
        origin: origin.map(str::to_owned),
        ..Settings::default()
    };
    let site = Site::new([path.to_owned()], &settings);
    let Some(document) = site.find(path) else {
        return Named::default();
    };
    let Scanned {
        missing,
        registered,
        ..
    } = scan(&site, document, content);
    let mut targets: Vec<Target> = missing
        .into_iter()
        .map(|missing| Target {
            path: missing.path,
            query: missing.query,
            is_rooted: missing.says.is_some(),
        })
        .collect();
    targets.sort_unstable();
    targets.dedup();
    let mut assets: Vec<String> = targets.iter().map(|target| target.path.clone()).collect();
    assets.dedup();
    Named {
        assets,
        targets,
        workers: registered.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_styles_and_images_are_named_and_links_are_not() {
        let document = br#"<!doctype html><link rel=stylesheet href=a.css><script src="/js/b.js"></script><img src=../c.png>
            <a href="/page.html">page</a><script src="https://elsewhere.example/d.js"></script>"#;
        assert_eq!(
            named("/app/index.html", document),
            ["/app/a.css", "/c.png", "/js/b.js"]
        );
    }

    #[test]
    fn absolute_urls_of_the_own_origin_are_named_and_no_others() {
        let document = br#"<!doctype html><script src="https://site.example/a.js"></script><img src="//site.example/b.png">
            <script src="https://site.example.org/c.js"></script><script src="http://site.example/d.js"></script>"#;
        let on = |origin| named_on(origin, "/index.html", document).assets;
        assert_eq!(on(Some("https://site.example")), ["/a.js", "/b.png"]);
        assert!(on(None).is_empty());
    }

    #[test]
    fn service_workers_are_found_however_they_are_registered() {
        for (script, workers) in [
            (
                "navigator.serviceWorker.register('/sw.js')",
                &["/sw.js"][..],
            ),
            (
                "navigator.serviceWorker.register(`worker.js?v=2`,{type:'module'})",
                &["worker.js?v=2"],
            ),
            (
                "navigator.serviceWorker.register(new URL('./sw.js', import.meta.url))",
                &["/js/sw.js"],
            ),
            (
                "const wb = new Workbox('/app-sw.js'); wb.register()",
                &["/app-sw.js"],
            ),
            // What vite-plugin-pwa and Angular leave of it.
            (
                "s=new l.t('./sw.js',{scope:'./',type:'classic'})",
                &["./sw.js"],
            ),
            (
                "xc('ngsw-worker.js',{enabled:!0,registrationStrategy:'registerWhenStable:30000'})",
                &["ngsw-worker.js"],
            ),
            ("plugins.register('/a.js')", &[]),
            ("compile('template',{scope:this})", &[]),
            ("new Worker('/worker.js')", &[]),
            ("navigator.serviceWorker.register(url)", &[]),
        ] {
            let found = named_on(None, "/js/app.js", script.as_bytes()).workers;
            assert_eq!(found, workers, "{script}");
            let document = format!("<!doctype html><script>{script}</script>");
            let found = named_on(None, "/index.html", document.as_bytes()).workers;
            if !script.contains("import.meta") {
                assert_eq!(found, workers, "{document}");
            }
        }
    }
}
