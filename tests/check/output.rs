//! The forms of output: for people, for programs, for code scanning.

use std::{collections::BTreeSet, env, fs, path::Path, process::Command};

use serde_json::Value;

use crate::{
    check,
    crooked::Crooked,
    findings,
    support::{Site, larder::PROGRAM},
};

/// Set to write the snapshots anew: look at the difference before you commit it.
const WRITE: &str = "LARDER_WRITE_SNAPSHOTS";

fn stdout(arguments: &[&str]) -> String {
    String::from_utf8(check(arguments).stdout).expect("text")
}

fn assert_snapshot(name: &str, text: &str) {
    let file = Path::new("tests/check/snapshots").join(name);
    if env::var_os(WRITE).is_some() {
        fs::write(&file, text).expect("the snapshot can be written");
    }
    let known = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, known, "{name}: {WRITE}=1 writes it anew");
}

#[test]
fn a_person_reads_the_worst_first_and_what_to_write_instead() {
    let server = Crooked::start();
    let url = server.url("/");
    let text = stdout(&[&url]).replace(&url, "http://site.example/");
    assert_snapshot("crooked.txt", &text);
}

#[test]
fn a_clean_folder_is_told_to_be_clean() {
    assert_snapshot("vite.txt", &stdout(&["tests/sites/vite"]));
}

#[test]
fn annotations_are_one_line_each() {
    let server = Crooked::start();
    let url = server.url("/");
    let text =
        stdout(&[&url, "--github", "--severity", "error"]).replace(&url, "http://site.example/");
    assert_snapshot("github.txt", &text);
    for line in text.lines() {
        assert!(line.starts_with("::error "), "{line}");
    }
}

#[test]
fn every_finding_in_json_has_the_documented_keys() {
    let server = Crooked::start();
    let (_, findings) = findings(&[&server.url("/")]);
    assert!(!findings.is_empty());
    for finding in &findings {
        for key in ["code", "level", "url", "message", "seen", "means", "spec"] {
            assert!(finding[key].is_string(), "{key} of {finding:#}");
        }
        let has_fix = finding["fix"].is_string();
        assert_eq!(has_fix, finding["level"] != "good", "{finding:#}");
    }
}

#[test]
fn severity_hides_what_weighs_less_and_leaves_the_exit_code() {
    let server = Crooked::start();
    let output = check(&[&server.url("/"), "--json", "--severity", "error"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = told["findings"].as_array().unwrap();
    assert!(!findings.is_empty() && findings.iter().all(|finding| finding["level"] == "error"));
    assert_eq!(output.status.code(), Some(1));
}

/// What Microsoft's validator asks for, with the rules of GitHub's code scanning (GH2012, SARIF1002, SARIF1004): texts of both lengths, and places
/// below the root that are URI references.
#[test]
fn sarif_of_a_folder_points_at_its_files() {
    let site = Site::of(&[
        (
            "index.html",
            "<!doctype html><title>t</title><script src=/gone.js></script>",
        ),
        ("in dex.js.map", "{}"),
    ]);
    let policy =
        site.policy("[cache]\ndocument = \"max-age=3600\"\n[site]\nprivate = [\"*.map\"]\n");
    let output = Command::new(PROGRAM)
        .args(["check", "www", "--sarif", "--policy", "policy.toml"])
        .current_dir(Path::new(&policy).parent().unwrap())
        .output()
        .unwrap();
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    let run = &log["runs"][0];
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().unwrap().len() > 20, "{rule:#}");
        }
    }
    let places: BTreeSet<(&str, &str, u64)> = run["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            (
                result["ruleId"].as_str().unwrap(),
                place["artifactLocation"]["uri"].as_str().unwrap(),
                place["region"]["startLine"].as_u64().unwrap(),
            )
        })
        .collect();
    for place in [
        ("policy/long-lifetime-on-document", "policy.toml", 2),
        ("reply/document-kept", "policy.toml", 2),
        ("reply/private-served", "www/in%20dex.js.map", 1),
        ("site/dangling-reference", "www/index.html", 1),
    ] {
        assert!(places.contains(&place), "no {place:?} among {places:#?}");
    }
}

/// SARIF 2.1.0: `version` and `runs` (§3.13), `tool.driver.name` (§3.18, §3.19), `message` (§3.27.11), ids and levels that its schema allows.
#[test]
fn sarif_has_the_members_that_its_schema_requires() {
    let server = Crooked::start();
    let log: Value = serde_json::from_str(&stdout(&[&server.url("/"), "--sarif"])).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "larder check");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert!(place.is_string());
    }
}
