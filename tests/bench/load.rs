//! `larder bench load`.

use std::{
    io::Read,
    process::{Command, Output},
};

use serde_json::Value;

use crate::{
    liar::{self, Lie},
    support::{Larder, Site, eventually, holds, larder::PROGRAM},
};

/// Short enough for a test, and long enough to mean something to it.
const SHORT: [&str; 8] = [
    "--connections",
    "4",
    "--rounds",
    "2",
    "--requests",
    "40",
    "--warm-up",
    "0s",
];

fn bench(arguments: &[&str]) -> Output {
    super::bench("load", arguments)
}

/// The report, and the exit code.
#[track_caller]
fn report(arguments: &[&str]) -> (Value, i32) {
    super::report("load", arguments)
}

fn scenario(report: &Value, target: usize, place: usize) -> &Value {
    &report["targets"][target]["scenarios"][place]
}

fn site() -> Site {
    Site::of(&[
        (
            "index.html",
            "<!doctype html><link rel=stylesheet href=a.css><a href=more.html>more</a>",
        ),
        ("more.html", "<!doctype html><img src=b.png>"),
        ("a.css", "a{color:red}"),
        ("b.png", "not really"),
    ])
}

#[test]
fn every_reply_of_an_honest_server_is_verified() {
    let larder = Larder::serve(&site());
    let mut arguments = SHORT.to_vec();
    let url = larder.url("/");
    arguments.extend([url.as_str(), "--scenario", "first,revalidate,reload,mixed"]);
    let (report, code) = report(&arguments);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(report["targets"][0]["assets"], 4);
    for (place, statuses) in [
        (0, serde_json::json!({ "200": 40 })),
        (1, serde_json::json!({ "304": 40 })),
        (2, serde_json::json!({ "304": 40 })),
        (3, serde_json::json!({ "200": 8, "304": 32 })),
    ] {
        let scenario = scenario(&report, 0, place);
        assert_eq!(scenario["requests"], 40);
        assert_eq!(scenario["verified"], 40);
        assert_eq!(scenario["errors"], 0);
        // Each connection of `mixed` begins its own order, so that its ratio is met only nearly in so few requests.
        if place < 3 {
            assert_eq!(scenario["statuses"], statuses);
        }
        assert!(scenario["bytes"].as_u64() > scenario["content_bytes"].as_u64());
        let latency = &scenario["latency_us"];
        assert!(latency["p50"].as_f64() > Some(0.0));
        assert!(latency["p999"].as_f64() >= latency["p50"].as_f64());
        assert!(scenario["requests_per_second"].as_f64() > Some(0.0));
    }
}

#[test]
fn its_counts_are_those_of_the_servers_own_log() {
    let larder = Larder::under(&site(), "[server]\naccess-log = \"combined\"\n");
    let url = larder.url("/");
    let mut arguments = SHORT.to_vec();
    arguments.push(&url);
    let (report, _) = report(&arguments);
    let logged = |status: &str| {
        let mark = format!("HTTP/1.1\" {status} ");
        larder
            .log()
            .lines()
            .filter(|line| line.contains(&mark))
            .count() as u64
    };
    let counted = |status: &str| -> u64 {
        (0..2)
            .filter_map(|place| scenario(&report, 0, place)["statuses"][status].as_u64())
            .sum()
    };
    let discovery = report["targets"][0]["discovery_requests"].as_u64().unwrap();
    holds("the log to be written", || {
        logged("200") == counted("200") + discovery && logged("304") == counted("304")
    });
    assert_eq!((counted("200"), counted("304")), (40, 40));
}

#[test]
fn each_lie_is_caught_counted_and_shown() {
    for (lie, about, in_first) in [
        (Lie::TagOn304, "ETag", false),
        (Lie::NoTagOn304, "ETag", false),
        (Lie::CacheControlOn304, "Cache-Control", false),
        (Lie::CacheControlLater, "Cache-Control", true),
        (Lie::VaryLater, "Vary", true),
        (Lie::ShortContent, "length", true),
        (Lie::OtherContent, "content", true),
        (Lie::CutShort, "cut short", true),
        (Lie::NotFoundLater, "status", true),
        (Lie::Never304, "status", false),
        (Lie::Silence, "timeout", true),
    ] {
        let url = format!("http://{}/", liar::start(lie));
        let (report, code) = report(&[
            &url,
            "-c",
            "2",
            "--rounds",
            "1",
            "-n",
            "6",
            "--warm-up",
            "0s",
            "--timeout",
            "300ms",
        ]);
        assert_eq!(code, 1, "{lie:?}: {report:#}");
        let place = usize::from(!in_first);
        let scenario = scenario(&report, 0, place);
        let example = &scenario["error_examples"][0];
        assert_eq!(example["about"], about, "{lie:?}: {scenario:#}");
        assert!(example["example"].as_str().unwrap().contains("GET /"));
        assert_eq!(scenario["verified"], 0, "{lie:?}");
        assert_eq!(scenario["errors"], 6, "{lie:?}");
        assert_eq!(scenario["requests"], 6, "{lie:?}");
    }
}

#[test]
fn the_same_server_without_a_lie_is_believed() {
    let url = format!("http://{}/", liar::start(Lie::None));
    let mut arguments = SHORT.to_vec();
    arguments.push(&url);
    let (report, code) = report(&arguments);
    assert_eq!(
        (code, &report["errors"]),
        (0, &serde_json::json!(0)),
        "{report:#}"
    );
}

#[test]
fn a_policy_is_required_of_a_server_that_has_another() {
    let site = site();
    let larder = Larder::under(&site, "[cache]\nasset = \"max-age=60\"\n");
    let url = larder.url("/");
    // Not the file that the server watches.
    let file = site.beside("wanted.toml");
    std::fs::write(&file, "[cache]\nasset = \"max-age=600\"\n").unwrap();
    let wanted = file.to_str().unwrap();
    // One connection: with several, how many requests fall to which is chance, and so is how many of them are for assets.
    let mut arguments = vec!["--connections", "1"];
    arguments.extend(&SHORT[2..]);
    arguments.extend([url.as_str(), "--policy", wanted]);
    let (report, code) = report(&arguments);
    assert_eq!(code, 1);
    for place in 0..2 {
        let scenario = scenario(&report, 0, place);
        assert_eq!(
            (&scenario["verified"], &scenario["errors"]),
            (&20.into(), &20.into())
        );
        let example = scenario["error_examples"][0]["example"].as_str().unwrap();
        assert!(
            example.contains("`max-age=60` instead of `max-age=600`"),
            "{example}"
        );
    }
}

#[test]
fn a_folder_gets_a_server_whose_cpu_time_is_its_own() {
    let site = site();
    let root = site.root();
    let root = root.to_str().unwrap();
    let (report, code) = report(&[
        root,
        "--vs",
        root,
        "--duration",
        "300ms",
        "--rounds",
        "3",
        "--warm-up",
        "20ms",
        "-c",
        "4",
    ]);
    assert_eq!(code, 0, "{report:#}");
    let targets = report["targets"].as_array().unwrap();
    assert_eq!(targets.len(), 2);
    assert_ne!(targets[0]["url"], targets[1]["url"]);
    for place in 0..2 {
        let scenario = scenario(&report, 0, place);
        assert!(
            scenario["server_cpu_us_per_request"].as_f64() > Some(0.0),
            "{scenario:#}"
        );
        assert_eq!(scenario["rounds"].as_array().unwrap().len(), 3);
        let ratio = &report["comparisons"][place]["requests_per_second_ratio"];
        let value = |name: &str| ratio[name].as_f64().unwrap();
        assert!(value("min") <= value("median") && value("median") <= value("max"));
    }
}

/// Its policy is that of a server elsewhere: certificates, other listeners, an authority to ask. To be measured takes none of them.
#[test]
fn a_folder_is_measured_whatever_else_its_server_would_have() {
    let site = site();
    site.policy(
        "[server]\ntls-cert = \"none.pem\"\ntls-key = \"none.key\"\nadmin = \"127.0.0.1:1\"\nredirect-http = \"127.0.0.1:2\"\n",
    );
    let root = site.root();
    let arguments = [root.to_str().unwrap(), "-n", "2", "--rounds", "4"];
    let (report, code) = report(&arguments);
    assert_eq!(code, 0, "{report:#}");
    let scenario = scenario(&report, 0, 0);
    assert_eq!(scenario["verified"], 2, "{scenario:#}");
    // Two requests are two rounds, and not four of which two have a rate of nothing.
    assert_eq!(scenario["rounds"].as_array().unwrap().len(), 2);
}

/// What one round of an open loop with these options comes to.
fn open_loop(options: &[&str]) -> Value {
    let larder = Larder::serve(&site());
    let url = larder.url("/");
    let usual = [url.as_str(), "--scenario", "revalidate", "--rounds", "1"];
    let (report, _) = report(&[&usual, options].concat());
    scenario(&report, 0, 0).clone()
}

#[test]
fn an_open_loop_keeps_its_rate() {
    let scenario = open_loop(&["--rate", "200", "-n", "100", "--warm-up", "0s", "-c", "4"]);
    let elapsed = scenario["elapsed_s"].as_f64().unwrap();
    assert!(
        elapsed >= 99.0 / 200.0,
        "100 requests take half a second at this rate: {elapsed}"
    );
}

#[test]
fn what_waits_for_an_open_loop_since_the_warm_up_is_counted() {
    let scenario = open_loop(&["--rate", "40", "-n", "40", "--warm-up", "500ms", "-c", "32"]);
    let [requests, unmeasured] =
        ["requests", "unmeasured_requests"].map(|name| scenario[name].as_u64());
    assert_eq!(requests, Some(40), "{scenario:#}");
    // Twenty fall into the warm-up; each of the 32 connections waits for another one when it ends.
    assert!(unmeasured < Some(40), "{scenario:#}");
}

#[test]
fn what_cannot_be_measured_is_said_with_what_to_do() {
    for (arguments, said) in [
        (&["http://192.0.2.1/"][..], "--i-own-this-host"),
        (&["http://127.0.0.1:1/"], "does not answer"),
        (&["no-such-folder"], "neither a folder nor the URL"),
        (
            &["http://127.0.0.1/", "--duration", "2h"],
            "at most an hour",
        ),
        (
            &["http://127.0.0.1/", "--scenario", "fast"],
            "first, revalidate, reload, mixed",
        ),
        (&["http://127.0.0.1/", "--duration", "0s"], "in no time"),
        (
            &["http://127.0.0.1/", "--path", "/a\r\nHost: b"],
            "percent-encoded",
        ),
        (
            &["http://127.0.0.1/", "--html", "no-such-folder/report.html"],
            "cannot write no-such-folder/report.html",
        ),
    ] {
        let output = bench(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[test]
fn over_tls_and_http2_the_same_is_verified() {
    let site = site();
    let root = site.root();
    let root = root.to_str().unwrap();
    for version in ["--http2", "--tls"] {
        let mut arguments = SHORT.to_vec();
        arguments.extend([root, version]);
        let (report, code) = report(&arguments);
        assert_eq!(code, 0, "{version}: {report:#}");
        assert!(
            report["targets"][0]["url"]
                .as_str()
                .unwrap()
                .starts_with("https://")
        );
        for place in 0..2 {
            let scenario = scenario(&report, 0, place);
            assert_eq!(
                (&scenario["verified"], &scenario["errors"]),
                (&40.into(), &0.into())
            );
            assert!(scenario["bytes"].as_u64() > scenario["content_bytes"].as_u64());
            // At most four a round, whatever the number of streams.
            assert!(
                scenario["connections_opened"].as_u64() <= Some(8),
                "{version}"
            );
        }
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    let site = site();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (site.beside("cert.pem"), site.beside("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let certificate = certificate.to_str().unwrap();
    let larder = Larder::with(
        &site,
        &[
            "--tls-cert",
            certificate,
            "--tls-key",
            key.to_str().unwrap(),
        ],
    );
    let url = format!("https://{}/", larder.address());
    let with = |more: &[&str]| {
        let mut arguments = SHORT.to_vec();
        arguments.push(&url);
        arguments.extend(more);
        bench(&arguments).status.code()
    };
    assert_eq!(with(&[]), Some(2));
    assert_eq!(with(&["--insecure"]), Some(0));
    assert_eq!(with(&["--ca", certificate, "--http2"]), Some(0));
}

#[test]
fn the_report_as_a_document_is_whole_and_fetches_nothing() {
    let larder = Larder::serve(&site());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let url = larder.url("/");
    let mut arguments = SHORT.to_vec();
    arguments.extend([
        url.as_str(),
        "--vs",
        url.as_str(),
        "--html",
        file.to_str().unwrap(),
    ]);
    assert_eq!(bench(&arguments).status.code(), Some(0));
    let document = std::fs::read_to_string(file).unwrap();
    assert_eq!(
        document.matches("<svg").count(),
        3,
        "ratios, and latencies of two scenarios"
    );
    for elsewhere in ["src=", "href=", "url(", "@import", "<script", "http-equiv"] {
        assert!(!document.contains(elsewhere), "{elsewhere}");
    }
    assert!(document.contains("All 160 replies were verified"));
}

#[test]
fn who_is_told_to_stop_reports_and_leaves_no_server_behind() {
    let site = site();
    let mut child = Command::new(PROGRAM)
        .args(["bench", "load", site.root().to_str().unwrap()])
        .args(["--duration", "10m", "--rounds", "1", "--json", "-c", "2"])
        .env("LARDER_CACHE_DIR", site.beside("codings"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let pid = rustix::process::Pid::from_child(&child);
    eventually("its server", || children(id).pop());
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let mut text = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(2), "it did not come to its end");
    let report: Value = serde_json::from_str(&text).expect("what was measured until then");
    assert_eq!(report["interrupted"], true);
    let url = report["targets"][0]["url"].as_str().unwrap();
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    assert!(
        std::net::TcpStream::connect(address).is_err(),
        "{address} still answers"
    );
}

/// The processes whose parent is `parent`.
fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            after_name.split_whitespace().nth(1) == Some(&parent.to_string())
        })
        .collect()
}
