//! Goes through a site with a browser and notes what it sees.

use std::{
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    chromium::Chromium,
    devtools::DevTools,
    release::Names,
    seen::{Normal, Seen},
    support::{Larder, eventually::PAUSE},
};

/// Without a request for so long, a document has what it wants.
const QUIET: Duration = Duration::from_millis(800);

/// Some documents ask for ever; after this they are taken as they are.
const LONGEST: Duration = Duration::from_secs(20);

/// Pictures are taken until two are alike, but no more than this.
const PICTURES: usize = 8;

/// How many documents of a site are visited.
pub(crate) const DOCUMENTS: usize = 8;

/// Paths of the site's own documents, in the order of the links to them.
const LINKS: &str = r"
    [...document.querySelectorAll('a[href]')]
        .map(link => new URL(link.href, location.href))
        .filter(url => url.origin === location.origin && url.pathname !== location.pathname)
        .filter(url => /(\/|\.html?|\/[^.\/]*)$/.test(url.pathname))
        .map(url => url.pathname)
";

/// A browser in a site.
pub(crate) struct Visitor<'v> {
    devtools: DevTools,
    normal: Normal<'v>,
    /// Kept until the visit is over.
    _browser: Chromium,
}

impl<'v> Visitor<'v> {
    /// A fresh browser for what `larder` serves. No request leaves the machine.
    pub(crate) fn to(larder: &Larder, names: Option<&'v Names>) -> Self {
        let browser = Chromium::start();
        let mut devtools = browser.devtools();
        let target = devtools.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let session = devtools.call(
            "Target.attachToTarget",
            &json!({ "targetId": target["targetId"], "flatten": true }),
        );
        devtools.attach(session["sessionId"].as_str().expect("a session has an id"));
        for domain in ["Network", "Page", "Runtime", "Log", "Debugger"] {
            devtools.call(&format!("{domain}.enable"), &json!({}));
        }
        for (method, parameters) in [
            // A `debugger;` that somebody forgot would stop everything.
            ("Debugger.setSkipAllPauses", json!({ "skip": true })),
            ("Network.setCacheDisabled", json!({ "cacheDisabled": true })),
            (
                "Network.setBlockedURLs",
                json!({ "urls": ["https://*", "wss://*"] }),
            ),
            (
                "Emulation.setDeviceMetricsOverride",
                json!({ "width": 1024, "height": 768, "deviceScaleFactor": 1, "mobile": false }),
            ),
            (
                "Emulation.setEmulatedMedia",
                json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] }),
            ),
        ] {
            devtools.call(method, &parameters);
        }
        let normal = Normal {
            origin: format!("http://{}", larder.address()),
            names,
        };
        Self {
            devtools,
            normal,
            _browser: browser,
        }
    }

    /// Visits `entry` and then `others`, or if there are none what `entry` links to and then `documents`, up to
    /// [`DOCUMENTS`].
    pub(crate) fn crawl(
        &mut self,
        entry: &str,
        others: &[String],
        documents: &[String],
    ) -> (Seen, Vec<String>) {
        let mut seen = Seen::default();
        self.visit(entry, &mut seen);
        seen.picture = self.picture();
        let others = if others.is_empty() {
            self.choose(entry, documents)
        } else {
            others.to_vec()
        };
        for path in &others {
            self.visit(path, &mut seen);
        }
        (seen, others)
    }

    fn visit(&mut self, path: &str, seen: &mut Seen) {
        self.devtools.take_events();
        let url = format!("{}{path}", self.normal.origin);
        let navigated = self.devtools.call("Page.navigate", &json!({ "url": url }));
        assert!(navigated["errorText"].is_null(), "{path}: {navigated}");
        let start = Instant::now();
        let (mut events, mut quiet_since) = (Vec::new(), Instant::now());
        while quiet_since.elapsed() < QUIET && start.elapsed() < LONGEST {
            // Any command lets the events in; this one is answered by a document that computes, too.
            self.devtools.call("Target.getTargets", &json!({}));
            let new = self.devtools.take_events();
            if new.iter().any(|event| is_progress(&event.method)) {
                quiet_since = Instant::now();
            }
            events.extend(new);
            thread::sleep(PAUSE);
        }
        let text = self.run("document.body ? document.body.innerText : ''");
        let text = self.normal.text(text.as_str().unwrap_or_default());
        seen.texts.insert(path.to_owned(), text);
        events.extend(self.devtools.take_events());
        seen.learn(&events, &self.normal);
    }

    /// The document as it is painted once it does not move any more.
    fn picture(&mut self) -> Vec<u8> {
        let mut last = Value::Null;
        for _ in 0..PICTURES {
            let picture = self
                .devtools
                .call("Page.captureScreenshot", &json!({ "format": "png" }))["data"]
                .take();
            if picture == last {
                break;
            }
            last = picture;
        }
        STANDARD
            .decode(last.as_str().unwrap_or_default())
            .expect("a screenshot is base64")
    }

    fn choose(&mut self, entry: &str, documents: &[String]) -> Vec<String> {
        let links = self.run(LINKS);
        let links = links.as_array().into_iter().flatten();
        let links = links.filter_map(|link| link.as_str().map(str::to_owned));
        let mut paths = Vec::new();
        for path in links.chain(documents.iter().cloned()) {
            if path != entry && !paths.contains(&path) && paths.len() + 1 < DOCUMENTS {
                paths.push(path);
            }
        }
        paths
    }

    /// The value of an expression, or nothing when it throws.
    fn run(&mut self, expression: &str) -> Value {
        self.devtools.call(
            "Runtime.evaluate",
            &json!({ "expression": expression, "returnByValue": true }),
        )["result"]["value"]
            .take()
    }
}

fn is_progress(method: &str) -> bool {
    method.starts_with("Network.")
        || method == "Debugger.scriptParsed"
        || method == "Page.loadEventFired"
}
