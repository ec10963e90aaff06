//! Cases are texts: a block for each exchange, `PURPOSE METHOD PATH -> STATUS`, request fields after `> `, fields, a blank line, content.

use std::collections::BTreeSet;

use bytes::Bytes;
use url::Url;

use super::*;
use crate::diagnostic::cases::Kind;
use crate::http::{
    FieldName, FieldValue, HttpDate,
    exchange::{Answer, Ask, End, Received, Timing, Version},
};

fn record(text: &str) -> Record {
    // 2024, so that a Last-Modified of 1994 is old.
    let mut record = Record::new(HttpDate::from_unix_seconds(1_704_067_200).unwrap());
    for block in text.split("\n---\n") {
        let (head, content) = block.split_once("\n\n").unwrap_or((block, ""));
        let mut lines = head.lines();
        let first = lines.next().expect("a block has a first line");
        let words: Vec<&str> = first.splitn(3, ' ').collect();
        match words[..] {
            ["file", path] => record.site.paths.push(path.to_owned()),
            ["dangling", from, to] => record.site.dangling.push((from.into(), to.into())),
            ["unanswered", url, why] => record.unanswered.push((url.into(), why.into())),
            ["private", glob] => {
                let text = format!("[site]\nprivate = [\"{glob}\"]");
                let policy = crate::policy::compile("policy.toml", &text).policy;
                record.private = policy.map(|policy| policy.site);
            }
            ["for-nobody", path] => record.site.private.push(path.to_owned()),
            ["withheld", path, why] => record.site.withheld.push((path.into(), why.into())),
            ["sibling", path] => record.site.siblings.push(Sibling {
                path: path.into(),
                fault: None,
            }),
            ["sibling", path, fault] => record.site.siblings.push(Sibling {
                path: path.into(),
                fault: Some(fault.into()),
            }),
            _ => record.exchanges.push(exchange(first, lines, content)),
        }
    }
    record
}

fn exchange<'l>(first: &str, lines: impl Iterator<Item = &'l str>, content: &str) -> Exchange {
    let words: Vec<&str> = first.split(' ').collect();
    let [purpose, method, path, "->", status] = words[..] else {
        panic!("not the first line of an exchange: {first}")
    };
    let url = Url::parse("https://site.example")
        .unwrap()
        .join(path)
        .unwrap();
    let mut ask = Ask::get(url).method(method.to_owned());
    let mut fields = Received::default();
    for line in lines {
        let (name, value) = line
            .split_once(": ")
            .expect("a field has a name and a value");
        if let Some(name) = name.strip_prefix("> ") {
            let name = FieldName::parse(name).unwrap();
            ask = ask.with(name, FieldValue::parse(value).unwrap());
        } else {
            fields.push(name, value.as_bytes());
        }
    }
    let purpose = Purpose::parse(purpose).unwrap_or_else(|| panic!("no purpose {purpose}"));
    Exchange {
        purpose,
        ask,
        answer: Answer {
            version: match purpose {
                Purpose::Http2 => Version::Http2,
                _ => Version::Http11,
            },
            status: status.parse().unwrap(),
            fields,
            content: content_of(content),
            end: match content {
                "{cut}" => End::Cut,
                "{broken}" => End::Broken("the connection was closed".to_owned()),
                _ => End::Complete,
            },
            timing: Timing::default(),
        },
    }
}

/// `{br:text}` is `text` in brotli.
fn content_of(text: &str) -> Bytes {
    let Some(plain) = text
        .strip_prefix("{br:")
        .and_then(|rest| rest.strip_suffix('}'))
    else {
        return Bytes::copy_from_slice(text.as_bytes());
    };
    let mut coded = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut plain.as_bytes(), &mut coded, &parameters).unwrap();
    coded.into()
}

fn codes(case: &str) -> Vec<&'static str> {
    let raised = |check: &&&Check| !check.findings(&record(case)).is_empty();
    CHECKS
        .iter()
        .filter(raised)
        .map(|check| check.code)
        .collect()
}

#[test]
fn every_finding_has_its_cases_and_its_doc() {
    let faults = CHECKS.iter().flat_map(|check| {
        let kind = Kind {
            code: check.code,
            doc: check.doc,
            raises: check.raises,
            passes: check.passes,
        };
        kind.faults(codes)
    });
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn every_finding_says_what_was_seen_what_it_means_and_what_to_write() {
    for check in CHECKS {
        for case in check.raises {
            for finding in check.findings(&record(case)) {
                let texts = [&finding.message, &finding.seen, &finding.means];
                for text in texts {
                    assert!(
                        !text.is_empty() && !text.ends_with('.'),
                        "{}: {text}",
                        check.code
                    );
                }
                let has_fix = finding.fix.is_some_and(|fix| !fix.is_empty());
                assert_eq!(has_fix, finding.level > Level::Good, "{}", check.code);
            }
        }
    }
}

#[test]
fn codes_are_stable_and_unique() {
    let names: BTreeSet<&str> = CHECKS.iter().map(|check| check.code).collect();
    assert_eq!(names.len(), CHECKS.len());
    let listed: Vec<&str> = names.into_iter().collect();
    assert_eq!(listed.join("\n"), include_str!("codes.txt").trim_end());
}

#[test]
fn the_worst_comes_first() {
    let found = judge(&record(
        "start GET / -> 200\ncontent-type: text/html\n---\nmissing-asset GET /a.js -> 200\ncontent-type: text/html\ncache-control: max-age=60",
    ));
    let levels: Vec<Level> = found.iter().map(|finding| finding.level).collect();
    assert!(levels.is_sorted_by(|one, other| one >= other), "{levels:?}");
    assert_eq!(found[0].code, "reply/document-for-missing-asset");
}

#[test]
fn the_reference_has_every_finding() {
    let text = reference_markdown();
    for check in CHECKS {
        assert!(text.contains(&format!("## `{}`", check.code)));
    }
}

mod surveys {
    use super::*;

    fn answer(status: u16, media: &str, content: &'static str) -> Answer {
        Answer {
            version: Version::Http11,
            status,
            fields: [("content-type", media), ("etag", "\"a\"")]
                .into_iter()
                .collect(),
            content: Bytes::from_static(content.as_bytes()),
            end: End::Complete,
            timing: Timing::default(),
        }
    }

    fn run(crawl: usize, reply: impl Fn(&Probe) -> Answer) -> Vec<Probe> {
        let mut survey = Survey::new(Url::parse("http://site.example/").unwrap(), crawl);
        let mut probes = Vec::new();
        while let Some(probe) = survey.next() {
            probes.push(probe.clone());
            let answer = reply(&probe);
            survey.take(probe, answer);
        }
        probes
    }

    const PAGE: &str = "<script src=/a/app.js></script><script src=https://elsewhere.example/b.js></script><img src=/c.png>";

    fn site(probe: &Probe) -> Answer {
        match probe.ask.url.path() {
            "/" => answer(200, "text/html", PAGE),
            "/a/app.js" => answer(200, "text/javascript", "console.log('sixteen bytes')"),
            "/c.png" => answer(200, "image/png", "0123456789abcdef"),
            _ => answer(404, "text/plain", ""),
        }
    }

    #[test]
    fn a_survey_never_leaves_the_host_that_was_named() {
        for probe in run(50, site) {
            assert_eq!(probe.ask.url.host_str(), Some("site.example"));
        }
    }

    #[test]
    fn a_survey_only_reads() {
        for probe in run(50, site) {
            assert!(
                matches!(&*probe.ask.method, "GET" | "HEAD"),
                "{}",
                probe.ask.method
            );
        }
    }

    #[test]
    fn a_survey_asks_for_what_the_document_names_and_for_its_neighbours() {
        let probes = run(50, site);
        let asked = |purpose| {
            probes
                .iter()
                .filter(|probe| probe.purpose == purpose)
                .map(|probe| probe.ask.url.path().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(asked(Purpose::Asset), ["/a/app.js", "/c.png"]);
        let missing = asked(Purpose::MissingAsset);
        assert!(
            missing
                .iter()
                .any(|path| path.starts_with("/a/larder-check-")),
            "{missing:?}"
        );
        assert_eq!(asked(Purpose::Tag), ["/", "/a/app.js", "/c.png"]);
    }

    #[test]
    fn absolute_urls_of_the_own_host_are_followed() {
        let absolute = |probe: &Probe| {
            match probe.ask.url.path() {
            "/" => answer(
                200,
                "text/html",
                "<script src=http://site.example/a.js></script><img src=//site.example/b.png><img src=http://site.example:81/c.png>
                 <img src=https://site.example/d.png>",
            ),
            _ => site(probe),
        }
        };
        let probes = run(50, absolute);
        let assets: Vec<&str> = probes
            .iter()
            .filter(|probe| probe.purpose == Purpose::Asset)
            .map(|probe| probe.ask.url.as_str())
            .collect();
        assert_eq!(
            assets,
            ["http://site.example/a.js", "http://site.example/b.png"]
        );
    }

    #[test]
    fn service_workers_are_asked_for_where_documents_and_scripts_register_them() {
        let registering = |probe: &Probe| match probe.ask.url.path() {
            "/" => answer(
                200,
                "text/html",
                "<script src=/a/app.js></script><script>navigator.serviceWorker.register('worker.js?v=2#x')</script>",
            ),
            "/a/app.js" => answer(
                200,
                "text/javascript",
                "new Workbox('https://elsewhere.example/sw.js');x('ngsw-worker.js',{registrationStrategy:'y'})",
            ),
            _ => answer(404, "text/plain", ""),
        };
        let workers: Vec<String> = run(50, registering)
            .iter()
            .filter(|probe| probe.purpose == Purpose::ServiceWorker)
            .map(|probe| probe.ask.url.as_str().to_owned())
            .collect();
        // A script's registrations are relative to the document, too.
        let at = |path: &str| format!("http://site.example{path}");
        assert_eq!(
            workers,
            [
                at("/sw.js"),
                at("/service-worker.js"),
                at("/ngsw-worker.js"),
                at("/worker.js?v=2")
            ]
        );
    }

    #[test]
    fn without_tls_http2_is_asked_for_once_and_with_tls_for_each_sample() {
        let count = |url: &str| {
            let mut survey = Survey::new(Url::parse(url).unwrap(), 50);
            let mut count = 0;
            while let Some(probe) = survey.next() {
                count += usize::from(probe.purpose == Purpose::Http2);
                let reply = site(&probe);
                survey.take(probe, reply);
            }
            count
        };
        assert_eq!(count("http://site.example/"), 1);
        assert_eq!(count("https://site.example/"), 3);
    }

    #[test]
    fn a_policy_adds_its_redirects_and_its_private_paths() {
        let text = "[site]\nprivate = [\"*.map\", \"/drafts/next.html\"]\n[[redirect]]\nfrom = \"/u/:id/*\"\nto = \"/:id\"\n";
        let policy = crate::policy::compile("policy.toml", text).policy.unwrap();
        let start = Url::parse("http://site.example/").unwrap();
        let mut survey = Survey::new(start, 50).expecting(&policy);
        let mut asked = Vec::new();
        while let Some(probe) = survey.next() {
            if matches!(probe.purpose, Purpose::Redirect | Purpose::Private) {
                asked.push(probe.ask.url.path().to_owned());
            }
            let reply = site(&probe);
            survey.take(probe, reply);
        }
        let word = "larder-check-no-such";
        assert_eq!(
            asked,
            [format!("/u/{word}/{word}"), "/drafts/next.html".to_owned()]
        );
    }

    #[test]
    fn a_survey_crawls_no_further_than_it_was_told() {
        let probes = run(2, site);
        let crawled = probes
            .iter()
            .filter(|probe| probe.purpose == Purpose::Asset);
        assert_eq!(crawled.count(), 1);
    }

    #[test]
    fn a_survey_ends_even_where_documents_name_ever_more() {
        let endless = |probe: &Probe| {
            let path = probe.ask.url.path();
            let (media, content) = match path {
                "/" => ("text/html", "<link rel=stylesheet href=x.css>".to_owned()),
                _ => ("text/css", format!("@import url({path}x.css);")),
            };
            let mut answer = answer(200, media, "");
            answer.content = content.into();
            answer
        };
        let asked = run(1000, endless).len();
        assert!((1000..=1400).contains(&asked), "{asked}");
    }

    #[test]
    fn a_server_that_hangs_is_not_waited_for_again_and_again() {
        let mut survey = Survey::new(Url::parse("http://site.example/").unwrap(), 50);
        let mut asked = 0;
        while let Some(probe) = survey.next() {
            asked += 1;
            if probe.purpose == Purpose::Start {
                let reply = site(&probe);
                survey.take(probe, reply);
            } else {
                survey.give_up(&probe, "no complete answer within 20 seconds");
            }
        }
        // Three while it looks around, and three when it tries what it has found.
        assert_eq!(asked, 1 + 3 + 3);
        let record = survey.finish(HttpDate::EPOCH);
        let told = judge(&record);
        let told = told.iter().filter(|one| one.code == "reply/incomplete");
        // Each of them, and that the rest was left out.
        assert_eq!(told.count(), 3 + 3 + 1);
    }

    #[test]
    fn a_redirect_is_followed_on_its_own_host_only() {
        let away = |probe: &Probe| {
            let mut answer = answer(302, "text/plain", "");
            let to = match probe.ask.url.path() {
                "/" => "/en/",
                _ => "https://elsewhere.example/",
            };
            answer.fields.push("location", to.as_bytes());
            answer
        };
        let starts: Vec<String> = run(50, away)
            .iter()
            .filter(|probe| probe.purpose == Purpose::Start)
            .map(|probe| probe.ask.url.path().to_owned())
            .collect();
        assert_eq!(starts, ["/", "/en/"]);
    }
}
