//! Visits whose cost was reckoned by hand.

use std::collections::BTreeMap;

use bytes::Bytes;
use url::Url;

use super::{
    Journey, Model, Settings, Visited, journey,
    visitor::{Answered, Cost, Origin},
};
use crate::{
    bench::BenchError,
    client::Trust,
    http::{
        FieldSource, FieldValue, Fields, HttpDate, exchange::Received, freshness::browser::Engine,
        names,
    },
};

/// A site of a few files: path, `Cache-Control`, content. The entity tag is the content's first word.
#[derive(Clone)]
struct Table {
    files: BTreeMap<&'static str, (&'static str, &'static str)>,
    base: Url,
}

impl Table {
    fn of(files: &[(&'static str, &'static str, &'static str)]) -> Box<dyn Origin> {
        let files = files
            .iter()
            .map(|(path, control, content)| (*path, (*control, *content)));
        Box::new(Self {
            files: files.collect(),
            base: Url::parse("https://site.example/").unwrap(),
        })
    }
}

impl Origin for Table {
    fn ask(&mut self, target: &str, fields: &Fields) -> Result<Answered, BenchError> {
        let Some((control, content)) = self.files.get(target) else {
            let fields = [("cache-control", "no-store")].into_iter().collect();
            return Ok(Answered {
                status: 404,
                fields,
                length: 7,
            });
        };
        let tag = format!("\"{}\"", content.len());
        let path = target.split('?').next().unwrap_or_default();
        let media_type = match path.rsplit_once('.') {
            Some((_, "js")) => "text/javascript",
            _ => "text/html",
        };
        let lines = [
            ("cache-control", *control),
            ("etag", &tag),
            ("content-type", media_type),
        ];
        let is_known = fields.only_line(names::IF_NONE_MATCH) == Some(tag.as_bytes());
        Ok(Answered {
            status: if is_known { 304 } else { 200 },
            fields: lines.into_iter().collect::<Received>(),
            length: if is_known { 0 } else { content.len() as u64 },
        })
    }

    fn content(&mut self, target: &str) -> Result<Option<Bytes>, BenchError> {
        let file = self.files.get(target);
        Ok(file.map(|(_, content)| Bytes::from_static(content.as_bytes())))
    }

    fn base(&self) -> &Url {
        &self.base
    }

    fn start(&self) -> HttpDate {
        HttpDate::EPOCH
    }
}

fn settings() -> Settings {
    Settings {
        entry: "/".to_owned(),
        engine: Engine::Chromium,
        accept_encoding: FieldValue::from_static("br"),
        trust: Trust::System,
        model: Model::default(),
    }
}

const ASK: &str = "no-cache";
const KEEP: &str = "public, max-age=31536000, immutable";

const NEW: [(&str, &str, &str); 4] = [
    (
        "/",
        ASK,
        "<!doctype html><script type=module src=/app-2.js></script><a href=/about>About</a>",
    ),
    (
        "/about",
        ASK,
        "<!doctype html><script type=module src=/app-2.js></script>",
    ),
    (
        "/app-2.js",
        KEEP,
        "import '/dep.js'; later = () => import('/route-2.js');",
    ),
    ("/dep.js", "max-age=7200", "export {}"),
];

const OLD: [(&str, &str, &str); 4] = [
    (
        "/",
        ASK,
        "<!doctype html><script type=module src=/app-1.js></script>",
    ),
    (
        "/app-1.js",
        KEEP,
        "import '/dep.js'; later = () => import('/route-1.js')",
    ),
    ("/dep.js", "max-age=7200", "export {}"),
    ("/route-1.js", KEEP, "export {}"),
];

fn costs() -> BTreeMap<&'static str, Cost> {
    let mut previous = [("old".to_owned(), Table::of(&OLD))];
    let visits = journey::visits(Table::of(&NEW).as_mut(), &mut previous, &settings()).unwrap();
    visits
        .into_iter()
        .map(|Visited { journey, cost }| (journey.as_str(), cost))
        .collect()
}

fn counts(cost: &Cost) -> (u64, u64, u64, u32) {
    (
        cost.requests,
        cost.not_modified,
        cost.from_cache,
        cost.round_trips,
    )
}

#[test]
fn each_visit_costs_what_was_reckoned_by_hand() {
    let costs = costs();
    for (visit, reckoned) in [
        // The document, the script, what it imports: three waves on a new connection.
        ("first", (3, 0, 0, 3 + 2)),
        // The next page, and nothing of what it shares.
        ("next-page", (1, 0, 2, 1)),
        // A reload asks about the page alone (Chromium).
        ("reload", (1, 1, 2, 1)),
        // After an hour all scripts are fresh.
        ("after-an-hour", (1, 1, 2, 1 + 2)),
        // After a day `dep.js` is stale, and asked about when the script before it is there: at once, from the cache.
        ("after-a-day", (2, 2, 1, 2 + 2)),
        ("after-a-month", (2, 2, 1, 2 + 2)),
        // A new page and script; what both import is still fresh.
        ("after-deploy", (2, 0, 1, 2 + 2)),
        ("after-rollback", (2, 0, 1, 2 + 2)),
        // The route of the old release is gone.
        ("open-tab", (1, 0, 0, 1 + 2)),
    ] {
        assert_eq!(counts(&costs[visit]), reckoned, "{visit}");
    }
}

#[test]
fn bytes_are_those_of_content_and_fields() {
    let costs = costs();
    let content: usize = [NEW[0].2, NEW[2].2, NEW[3].2]
        .iter()
        .map(|text| text.len())
        .sum();
    assert_eq!(costs["first"].content_bytes, content as u64);
    assert!(costs["first"].bytes > costs["first"].content_bytes + 3 * 60);
    assert_eq!(costs["after-an-hour"].content_bytes, 0);
    assert!(costs["after-an-hour"].bytes > 0);
}

#[test]
fn what_a_tab_asks_for_in_vain_is_told() {
    let broken = &costs()["open-tab"].broken;
    assert_eq!(broken.len(), 1);
    assert_eq!(
        (broken[0].target.as_str(), broken[0].why.as_str()),
        ("/route-1.js", "status 404")
    );
}

/// Answers otherwise than the site does.
struct Altered<F>(Box<dyn Origin>, F);

impl<F: Fn(&str, Answered) -> Answered> Origin for Altered<F> {
    fn ask(&mut self, target: &str, fields: &Fields) -> Result<Answered, BenchError> {
        let answered = self.0.ask(target, fields)?;
        Ok((self.1)(target, answered))
    }

    fn content(&mut self, target: &str) -> Result<Option<Bytes>, BenchError> {
        self.0.content(target)
    }

    fn base(&self) -> &Url {
        self.0.base()
    }

    fn start(&self) -> HttpDate {
        self.0.start()
    }
}

#[test]
fn a_redirect_is_followed_as_far_as_the_site_goes() {
    for (location, requests, broken) in [
        ("/about", 4, None),
        ("https://site.example/about", 4, None),
        ("//site.example/about", 4, None),
        ("http://site.example/about", 1, Some("302, to another site")),
        (
            "https://elsewhere.example/",
            1,
            Some("302, to another site"),
        ),
        ("/", 10, Some("redirects without end")),
    ] {
        let mut site = Altered(Table::of(&NEW), |target: &str, answered| match target {
            "/" => Answered {
                status: 302,
                fields: [("location", location)].into_iter().collect(),
                length: 0,
            },
            _ => answered,
        });
        let visits = journey::visits(&mut site, &mut [], &settings()).unwrap();
        let first = &visits[0].cost;
        assert_eq!(first.requests, requests, "{location}");
        let why = first.broken.first().map(|broken| broken.why.as_str());
        let is_told = match broken {
            Some(text) => why.is_some_and(|why| why.contains(text)),
            None => why.is_none(),
        };
        assert!(is_told, "{location}: {why:?}");
    }
}

#[test]
fn a_query_makes_another_resource() {
    let site = [
        (
            "/",
            ASK,
            "<!doctype html><script src=/a.js?v=1></script><script src=https://site.example/a.js?v=2></script>",
        ),
        ("/a.js?v=1", KEEP, "1"),
        ("/a.js?v=2", KEEP, "2"),
    ];
    let visits = journey::visits(Table::of(&site).as_mut(), &mut [], &settings()).unwrap();
    let first = &visits[0].cost;
    assert_eq!((first.requests, first.broken.len()), (3, 0));
}

#[test]
fn a_page_in_place_of_a_script_is_broken() {
    let site = [
        ("/", ASK, "<!doctype html><script src=/gone.js></script>"),
        ("/gone.js", ASK, "<!doctype html>"),
    ];
    let page = |_: &str, answered| Answered {
        fields: [("content-type", "text/html")].into_iter().collect(),
        ..answered
    };
    let mut liar = Altered(Table::of(&site), page);
    let visits = journey::visits(&mut liar, &mut [], &settings()).unwrap();
    assert_eq!(visits[0].journey, Journey::First);
    assert_eq!(
        visits[0].cost.broken[0].why,
        "an HTML document in its place"
    );
}

#[test]
fn nothing_is_kept_that_may_not_be() {
    let site = [("/", "no-store", "<!doctype html>")];
    let visits = journey::visits(Table::of(&site).as_mut(), &mut [], &settings()).unwrap();
    for visit in visits {
        assert_eq!(visit.cost.requests, 1, "{}", visit.journey);
        assert_eq!(visit.cost.not_modified, 0, "{}", visit.journey);
    }
}
