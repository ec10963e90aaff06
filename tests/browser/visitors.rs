//! The virtual visitors of `larder bench visitors` beside Chromium: the same site under the same policy costs both the same requests.

use std::process::Command;

use serde_json::Value;

use crate::{
    chromium::Chromium,
    support::{Larder, Site, larder::PROGRAM},
    tab::Visit,
};

/// Two pages with all that a page names: a style sheet with an image and another sheet, a script with a module of its own, an image.
fn site() -> Site {
    let page = |title: &str, more: &str| {
        format!(
            "<!doctype html>\n<html lang=en>\n<title>{title}</title>\n<link rel=icon href=data:,>\n\
             <link rel=stylesheet href=/css/style.css>\n<script type=module src=/app.js></script>\n{more}<main>x</main>\n<!-- {} -->\n",
            "worth a content coding ".repeat(100)
        )
    };
    let drawing = |colour: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8' fill='{colour}'/></svg>"
        )
    };
    Site::of(&[
        (
            "index.html",
            page(
                "One",
                "<a href=/second.html>second</a> <img src=/img/one.svg alt=''>\n",
            ),
        ),
        (
            "second.html",
            page("Two", "<img src=/img/two.svg alt=''>\n"),
        ),
        (
            "css/style.css",
            "@import 'more.css';\nbody { background: url(../img/paper.svg) }\n".to_owned(),
        ),
        ("css/more.css", "main { color: #123 }\n".to_owned()),
        (
            "app.js",
            "import { text } from './lib/text.js';\ndocument.querySelector('main').textContent = text;\n"
                .to_owned(),
        ),
        ("lib/text.js", "export const text = 'ready';\n".to_owned()),
        ("img/paper.svg", drawing("#eee")),
        ("img/one.svg", drawing("#c00")),
        ("img/two.svg", drawing("#0c0")),
    ])
}

/// Requests that left the browser, those answered 304, what was taken from the cache without a question.
type Counts = (u64, u64, u64);

fn seen(visit: &Visit) -> Counts {
    visit.is_clean();
    let count = |number: usize| u64::try_from(number).expect("a few");
    let network = visit.network();
    let not_modified = network.iter().filter(|(_, status)| *status == 304).count();
    (
        count(network.len()),
        count(not_modified),
        count(visit.fetched.len() - network.len()),
    )
}

/// What `larder bench visitors` expects of the first visit, a reload, and the next page.
fn expected(site: &Site, arguments: &[&str]) -> [Counts; 3] {
    let output = Command::new(PROGRAM)
        .args(["bench", "visitors", "--json"])
        .args(arguments)
        .arg(site.root())
        .output()
        .expect("cargo built the program");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    ["first", "reload", "next-page"].map(|name| {
        let visits = report["runs"][0]["visits"].as_array();
        let visit = visits
            .into_iter()
            .flatten()
            .find(|visit| visit["visit"] == name);
        let visit = visit.unwrap_or_else(|| panic!("no {name}: {report:#}"));
        let number = |key: &str| visit[key].as_u64().expect("a number");
        (
            number("requests"),
            number("not_modified"),
            number("from_cache"),
        )
    })
}

/// Not with `stale-while-revalidate`: how often Chromium asks in the background for what one page uses twice depends on the moment.
#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_virtual_visitor_asks_as_often_as_chromium() {
    for (policy, more) in [
        ("", None),
        ("", Some("--build")),
        ("[cache]\nasset = \"max-age=3600\"\n", None),
        ("[cache]\nasset = \"no-store\"\n", None),
        ("[cache]\ndocument = \"max-age=600\"\n", None),
    ] {
        let site = site();
        let file = site.policy(policy);
        let arguments: Vec<&str> = ["--policy", &file].into_iter().chain(more).collect();
        let larder = Larder::with(&site, &arguments);
        larder.until_coded();
        let chromium = Chromium::start();
        let mut tab = chromium.tab();
        let first = tab.visit(&larder.url("/"));
        tab.shows("main", "ready");
        let reload = tab.reload(false);
        let next = tab.visit(&larder.url("/second.html"));
        let found = [&first, &reload, &next].map(seen);
        assert_eq!(
            expected(&site, &arguments),
            found,
            "{policy}{more:?}\n{first:#?}\n{reload:#?}\n{next:#?}"
        );
    }
}
