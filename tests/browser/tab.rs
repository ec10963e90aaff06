//! One tab: goes places and tells what every resource cost.

use std::{collections::BTreeMap, thread, time::Instant};

use serde_json::{Value, json};

use crate::{
    devtools::{DevTools, Event},
    support::eventually::{DEADLINE, PAUSE},
};

/// A tab of the browser; closed when dropped.
pub(crate) struct Tab {
    devtools: DevTools,
    target: String,
}

/// How one resource of a visit was had.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fetched {
    /// Its URL without scheme and authority.
    pub(crate) path: String,
    /// What the page saw: to it, a revalidated resource is mostly a 200.
    pub(crate) status: u64,
    /// What came over the network, if anything did.
    pub(crate) network_status: Option<u64>,
    /// All bytes that came, field section included.
    pub(crate) bytes: u64,
    /// Its Cache-Control.
    pub(crate) cache_control: String,
    /// Why there was no answer.
    pub(crate) failure: Option<String>,
}

/// All that happened until the network was idle.
#[derive(Debug, Default)]
pub(crate) struct Visit {
    /// Every resource, in the order of asking.
    pub(crate) fetched: Vec<Fetched>,
    /// What the page complained about.
    pub(crate) complaints: Vec<String>,
}

impl Visit {
    /// The resource at `path`.
    #[track_caller]
    pub(crate) fn of(&self, path: &str) -> &Fetched {
        let found = self.fetched.iter().find(|fetched| fetched.path == path);
        found.unwrap_or_else(|| panic!("{path} was not asked for: {self:#?}"))
    }

    /// What was asked for over the network, with the status that came.
    pub(crate) fn network(&self) -> Vec<(&str, u64)> {
        let status = |fetched: &'_ Fetched| fetched.network_status;
        self.fetched
            .iter()
            .filter_map(|fetched| Some((fetched.path.as_str(), status(fetched)?)))
            .collect()
    }

    /// Asserts that the page has all it asked for, and complains about nothing.
    #[track_caller]
    pub(crate) fn is_clean(&self) -> &Self {
        assert!(!self.fetched.is_empty(), "nothing was asked for at all");
        for fetched in &self.fetched {
            assert!(
                fetched.failure.is_none() && [200, 304].contains(&fetched.status),
                "{fetched:#?}"
            );
        }
        assert!(self.complaints.is_empty(), "{:#?}", self.complaints);
        self
    }

    /// Asserts that `document` was revalidated with 304, and so was whatever may change under its name; and that nothing
    /// that is immutable was asked for.
    #[track_caller]
    pub(crate) fn revalidates_what_may_change(&self, document: &str) -> &Self {
        assert_eq!(self.of(document).network_status, Some(304), "{self:#?}");
        for fetched in self
            .fetched
            .iter()
            .filter(|fetched| fetched.network_status.is_some())
        {
            assert_eq!(
                fetched.network_status,
                Some(304),
                "downloaded again: {fetched:#?}"
            );
            assert!(
                !fetched.cache_control.contains("immutable"),
                "asked for again: {fetched:#?}"
            );
        }
        self
    }

    /// Asserts that `document` was revalidated with 304 and that nothing else went over the network.
    #[track_caller]
    pub(crate) fn only_revalidates(&self, document: &str) -> &Self {
        assert_eq!(self.network(), [(document, 304)], "{self:#?}");
        self
    }
}

impl Tab {
    /// A new tab over this connection.
    pub(crate) fn open(mut devtools: DevTools) -> Self {
        let target =
            devtools.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"]
                .take();
        let attached = devtools.call(
            "Target.attachToTarget",
            &json!({ "targetId": target, "flatten": true }),
        );
        devtools.attach(attached["sessionId"].as_str().expect("a session has an id"));
        for domain in ["Network", "Page", "Runtime", "Log"] {
            devtools.call(&format!("{domain}.enable"), &json!({}));
        }
        devtools.call(
            "Page.setLifecycleEventsEnabled",
            &json!({ "enabled": true }),
        );
        let target = target.as_str().expect("a target has an id").to_owned();
        Self { devtools, target }
    }

    /// Goes to `url`, as from the address bar, and waits until the network is idle.
    #[track_caller]
    pub(crate) fn visit(&mut self, url: &str) -> Visit {
        self.devtools.take_events();
        let result = self.devtools.call("Page.navigate", &json!({ "url": url }));
        assert!(result["errorText"].is_null(), "{url}: {result}");
        let loader = result["loaderId"]
            .as_str()
            .expect("a navigation has a loader")
            .to_owned();
        self.devtools
            .wait(|event| is_idle(event) && event.text("/loaderId") == loader);
        self.visited()
    }

    /// Presses reload; with `hard`, past the cache.
    pub(crate) fn reload(&mut self, hard: bool) -> Visit {
        self.devtools.take_events();
        self.devtools
            .call("Page.reload", &json!({ "ignoreCache": hard }));
        let loader = self
            .devtools
            .wait(|event| event.method == "Page.frameNavigated");
        let loader = loader.text("/frame/loaderId").to_owned();
        self.devtools
            .wait(|event| is_idle(event) && event.text("/loaderId") == loader);
        self.visited()
    }

    /// Leaves the page by `action`, a script, and waits until the network is idle at the next one; a page that is restored whole asks nothing.
    #[track_caller]
    pub(crate) fn leave(&mut self, action: &str) -> Visit {
        self.devtools.take_events();
        let parameters = json!({ "expression": action, "userGesture": true });
        self.devtools.call("Runtime.evaluate", &parameters);
        let arrived = self
            .devtools
            .wait(|event| event.method == "Page.frameNavigated");
        if arrived.text("/type") != "BackForwardCacheRestore" {
            let loader = arrived.text("/frame/loaderId").to_owned();
            self.devtools
                .wait(|event| is_idle(event) && event.text("/loaderId") == loader);
        }
        self.visited()
    }

    /// Does something inside the document that may fetch resources, and waits until `condition`, a script, is true.
    #[track_caller]
    pub(crate) fn act(&mut self, script: &str, condition: &str) -> Visit {
        self.devtools.take_events();
        self.run(script);
        self.until(condition);
        self.visited()
    }

    /// Waits until `condition`, a script, is true. While a page is replaced by the next there may be no body to ask, or
    /// nothing that runs scripts at all: that is "not yet", and is told if it stays so.
    #[track_caller]
    pub(crate) fn until(&mut self, condition: &str) {
        let mut last = json!(null);
        let waited = Instant::now();
        loop {
            match self.evaluate(condition) {
                Ok(Value::Bool(true)) => return,
                Ok(value) | Err(value) => last = value,
            }
            assert!(
                waited.elapsed() < DEADLINE,
                "waited {DEADLINE:?} in vain: {condition}; the last answer was {last}"
            );
            thread::sleep(PAUSE);
        }
    }

    /// The value of a script.
    #[track_caller]
    pub(crate) fn run(&mut self, script: &str) -> Value {
        self.evaluate(script)
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The value of a script, or what it threw.
    fn evaluate(&mut self, script: &str) -> Result<Value, Value> {
        let parameters = json!({ "expression": script, "returnByValue": true, "awaitPromise": true, "userGesture": true });
        let mut result = self.devtools.try_call("Runtime.evaluate", &parameters)?;
        if result["exceptionDetails"].is_null() {
            Ok(result["result"]["value"].take())
        } else {
            Err(result["exceptionDetails"].take())
        }
    }

    /// Waits until `selector` matches something that has `text`.
    #[track_caller]
    pub(crate) fn shows(&mut self, selector: &str, text: &str) {
        let (selector, text) = (json!(selector), json!(text));
        self.until(&format!(
            "!!document.querySelector({selector})?.textContent.includes({text})"
        ));
    }

    fn visited(&mut self) -> Visit {
        visit_in(&self.devtools.take_events())
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.devtools
                .call("Target.closeTarget", &json!({ "targetId": self.target }));
        }
    }
}

/// Chromium's own word for half a second without a request.
fn is_idle(event: &Event) -> bool {
    event.method == "Page.lifecycleEvent" && event.text("/name") == "networkIdle"
}

/// What every browser asks for on its own, whatever the document says, and no app can be blamed for.
const BROWSERS_OWN: &str = "/favicon.ico";

/// Puts together what the events tell. Those of one request come in no certain order, so all requests are found first.
fn visit_in(events: &[Event]) -> Visit {
    let mut visit = Visit::default();
    let mut by_request = BTreeMap::new();
    for event in events.iter().filter(|event| is_request(event)) {
        by_request.insert(event.text("/requestId"), visit.fetched.len());
        visit.fetched.push(Fetched {
            path: path_of(event.text("/request/url")).to_owned(),
            ..Fetched::default()
        });
    }
    for event in events {
        if let Some(at) = by_request.get(event.text("/requestId")) {
            learn(&mut visit.fetched[*at], event);
        }
        visit.complaints.extend(complaint_in(event));
    }
    visit
}

fn is_request(event: &Event) -> bool {
    let url = event.text("/request/url");
    event.method == "Network.requestWillBeSent"
        && url.starts_with("http")
        && !url.ends_with(BROWSERS_OWN)
}

/// What an event tells about the resource it is about.
fn learn(fetched: &mut Fetched, event: &Event) {
    let number = |pointer: &str| event.parameters.pointer(pointer).and_then(Value::as_u64);
    match event.method.as_str() {
        "Network.responseReceived" => {
            fetched.status = number("/response/status").unwrap_or_default();
            let fields = event
                .parameters
                .pointer("/response/headers")
                .and_then(Value::as_object);
            let cache_control = fields
                .into_iter()
                .flatten()
                .find(|(name, _)| name.eq_ignore_ascii_case("cache-control"));
            cache_control
                .and_then(|(_, value)| value.as_str())
                .unwrap_or_default()
                .clone_into(&mut fetched.cache_control);
        }
        // Sent only for what went over the network, with the status that came: 304 where the page sees 200.
        "Network.responseReceivedExtraInfo" => fetched.network_status = number("/statusCode"),
        // A whole number that the protocol has as a fraction.
        "Network.loadingFinished" => {
            let length = event.parameters.pointer("/encodedDataLength");
            let length = length.and_then(Value::as_f64).unwrap_or_default();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a length in bytes"
            )]
            let length = length as u64;
            fetched.bytes = length;
        }
        "Network.loadingFailed" => fetched.failure = Some(event.text("/errorText").to_owned()),
        _ => {}
    }
}

fn complaint_in(event: &Event) -> Option<String> {
    let is_complaint = match event.method.as_str() {
        "Runtime.exceptionThrown" => true,
        "Runtime.consoleAPICalled" => event.text("/type") == "error",
        "Log.entryAdded" => {
            event.text("/entry/level") == "error"
                && !event.text("/entry/url").ends_with(BROWSERS_OWN)
        }
        _ => false,
    };
    is_complaint.then(|| event.parameters.to_string())
}

fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.find('/').map_or("/", |at| &after_scheme[at..])
}
