//! Cases are texts: a block for each exchange, `PURPOSE METHOD PATH -> STATUS`, request fields after `> `, fields, a blank line, content.

use std::collections::BTreeSet;

use bytes::Bytes;
use url::Url;

use super::*;
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
    Exchange {
        purpose: Purpose::parse(purpose).unwrap_or_else(|| panic!("no purpose {purpose}")),
        ask,
        answer: Answer {
            version: Version::Http11,
            status: status.parse().unwrap(),
            fields,
            content: content_of(content),
            end: End::Complete,
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

fn codes(case: &str) -> Vec<String> {
    judge(&record(case))
        .into_iter()
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn every_finding_is_raised_by_its_cases() {
    for check in CHECKS {
        assert!(
            !check.raises.is_empty(),
            "{} has no case that raises it",
            check.code
        );
        for case in check.raises {
            let found = codes(case);
            assert!(
                found.contains(&check.code.to_owned()),
                "{} is not raised by:\n{case}\nbut {found:?}",
                check.code
            );
        }
    }
}

#[test]
fn no_finding_is_raised_by_what_only_looks_like_it() {
    for check in CHECKS {
        assert!(
            !check.passes.is_empty(),
            "{} has no case that must not raise it",
            check.code
        );
        for case in check.passes {
            assert!(
                !codes(case).contains(&check.code.to_owned()),
                "{} is raised by:\n{case}",
                check.code
            );
        }
    }
}

#[test]
fn every_finding_has_a_doc_with_four_headings() {
    for check in CHECKS {
        let headings: Vec<_> = check
            .doc
            .lines()
            .filter(|line| line.starts_with("# "))
            .collect();
        assert_eq!(
            headings,
            ["# What", "# Why", "# Example", "# Spec"],
            "{}",
            check.code
        );
    }
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
            let content = format!("@import url({path}x.css);");
            let mut answer = answer(200, "text/css", "");
            answer.content = content.into();
            answer
        };
        assert!(run(1000, endless).len() <= 400);
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
