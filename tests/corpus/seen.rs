//! What one crawl of a site showed, in terms of the site as it came: no origin, no fingerprint, no time of day.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use regex::Regex;
use serde_json::Value;

use crate::{devtools::Event, release::Names};

/// Everything that a browser can tell about a site.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// What was printed on the console, by the browser or by a script.
    pub(crate) console: BTreeSet<String>,
    /// Every URL that was asked for, and whether it was had.
    pub(crate) requests: BTreeMap<String, Outcome>,
    /// Every script that was evaluated, and the URLs under which one document evaluated it.
    pub(crate) scripts: BTreeMap<String, BTreeSet<String>>,
    /// The text of every document, by its URL.
    pub(crate) texts: BTreeMap<String, String>,
    /// The entry document, painted: a PNG.
    pub(crate) picture: Vec<u8>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Still under way when the visit was over, such as a connection for events.
    Open,
    /// With a status below 400.
    Had,
    /// With this status, 400 or above.
    Refused(u64),
    /// Without an answer.
    Lost,
}

impl Outcome {
    /// Did the document have to live without it?
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, Self::Refused(_) | Self::Lost)
    }
}

/// Turns what a browser says about `origin` into what can be compared.
pub(crate) struct Normal<'n> {
    /// Such as `http://127.0.0.1:40123`.
    pub(crate) origin: String,
    /// The names of the release; none for the site as it came.
    pub(crate) names: Option<&'n Names>,
}

/// Where in a script something happened moves with every name in front of it; times and durations are never the same.
static POSITIONS_AND_TIMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) \d{4}-\d\d-\d\d[T\x20]? | \b\d{1,2}:\d\d(:\d\d(\.\d+)?)?(\s?[AP]M)? | :\d+(:\d+)?\b
             | \b\d+(\.\d+)?\s?m?s\b | \b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    )
    .expect("the expression is constant")
});

impl Normal<'_> {
    /// A URL of the site without its origin and fingerprint; any other URL as it is.
    pub(crate) fn url(&self, url: &str) -> String {
        let url = url.split('#').next().unwrap_or(url);
        let Some(path) = url.strip_prefix(&self.origin) else {
            return url.to_owned();
        };
        let (path, query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        let path = match self.names {
            Some(names) => names.undone(path),
            None => Names::default().undone(path),
        };
        query.map_or(path.clone(), |query| {
            format!("{path}?{}", POSITIONS_AND_TIMES.replace_all(query, "*"))
        })
    }

    /// A sentence without origin, fingerprints, positions and times.
    pub(crate) fn text(&self, text: &str) -> String {
        let authority = self.origin.trim_start_matches("http://");
        let text = text.replace(&self.origin, "").replace(authority, "");
        let text = match self.names {
            Some(names) => names.undone_in(&text),
            None => text,
        };
        POSITIONS_AND_TIMES.replace_all(&text, "*").into_owned()
    }
}

impl Seen {
    /// Adds what the events of one visit tell.
    pub(crate) fn learn(&mut self, events: &[Event], normal: &Normal<'_>) {
        let mut asked = BTreeMap::new();
        let mut evaluated: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for event in events {
            match event.method.as_str() {
                "Network.requestWillBeSent" if is_over_http(event.text("/request/url")) => {
                    let url = normal.url(event.text("/request/url"));
                    asked.insert(event.text("/requestId"), url.clone());
                    self.requests.entry(url).or_insert(Outcome::Open);
                }
                "Debugger.scriptParsed" if is_over_http(event.text("/url")) => {
                    let kind = if event.parameters["isModule"] == Value::Bool(true) {
                        "module"
                    } else {
                        "script"
                    };
                    let url = event.text("/url");
                    evaluated
                        .entry(format!("{kind} {}", normal.url(url)))
                        .or_default()
                        .insert(url.to_owned());
                }
                _ => self
                    .console
                    .extend(said_in(event).map(|said| normal.text(&said))),
            }
        }
        for event in events {
            let outcome = match event.method.as_str() {
                "Network.responseReceived" => answered(event),
                "Network.loadingFailed" if event.parameters["canceled"] == Value::Bool(true) => {
                    Outcome::Open
                }
                "Network.loadingFailed" => Outcome::Lost,
                _ => continue,
            };
            let url = asked.get(event.text("/requestId"));
            if let Some(before) = url.and_then(|url| self.requests.get_mut(url)) {
                *before = outcome.max(*before);
            }
        }
        for (script, urls) in evaluated {
            // Documents do not share scripts: the most URLs that one of them used is what counts.
            let most = self.scripts.entry(script).or_default();
            if urls.len() > most.len() {
                *most = urls;
            }
        }
    }
}

fn is_over_http(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

fn answered(event: &Event) -> Outcome {
    let status = event
        .parameters
        .pointer("/response/status")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    if status < 400 {
        Outcome::Had
    } else {
        Outcome::Refused(status)
    }
}

/// What an event adds to the console.
fn said_in(event: &Event) -> Option<String> {
    match event.method.as_str() {
        "Runtime.exceptionThrown" => {
            let description = event.text("/exceptionDetails/exception/description");
            let first = description.lines().next().unwrap_or_default();
            let text = event.text("/exceptionDetails/text");
            Some(format!("{text} {first}"))
        }
        "Runtime.consoleAPICalled" => {
            let arguments = event.parameters["args"].as_array()?;
            let words: Vec<String> = arguments.iter().map(argument).collect();
            Some(format!("{}: {}", event.text("/type"), words.join(" ")))
        }
        "Log.entryAdded" => Some(format!(
            "{}: {} {}",
            event.text("/entry/level"),
            event.text("/entry/text"),
            event.text("/entry/url")
        )),
        _ => None,
    }
}

/// An argument of `console.log`, as far as it is text.
fn argument(argument: &Value) -> String {
    if let Some(text) = argument["value"].as_str() {
        return text.lines().next().unwrap_or_default().to_owned();
    }
    if !argument["value"].is_null() {
        return argument["value"].to_string();
    }
    let description = argument["description"].as_str().unwrap_or_default();
    description.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Names, Normal};

    #[test]
    fn origin_position_and_time_are_not_compared() {
        let normal = Normal {
            origin: "http://127.0.0.1:40123".to_owned(),
            names: None,
        };
        assert_eq!(
            normal.text("at 10:42:07: no http://127.0.0.1:40123/a.js:12:7 after 13 ms"),
            "at *: no /a.js* after *"
        );
    }

    #[test]
    fn a_url_keeps_its_query_and_loses_its_fragment() {
        let names = Names::default();
        let normal = Normal {
            origin: "http://127.0.0.1:1".to_owned(),
            names: Some(&names),
        };
        assert_eq!(normal.url("http://127.0.0.1:1/a%20b.js?x#y"), "/a b.js?x");
        assert_eq!(
            normal.url("https://example.com/a.js"),
            "https://example.com/a.js"
        );
    }
}
