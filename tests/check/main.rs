//! `larder check` as people run it: on folders, on live servers, in every form of output.
//!
//! What each finding is raised by, and what not, is tested beside it in `src/findings`; that it is found on real servers, by
//! `cargo xtask check-peers`.

#[path = "../support/mod.rs"]
mod support;

mod both;
mod crooked;
mod folders;
mod live;
mod output;

use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs `larder check ARGUMENTS…`.
fn check(arguments: &[&str]) -> Output {
    Command::new(support::larder::PROGRAM)
        .arg("check")
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .stdin(Stdio::null())
        .output()
        .expect("cargo built the program")
}

/// The same with `--json`: the exit code, and the findings.
fn findings(arguments: &[&str]) -> (i32, Vec<Value>) {
    let output = check(&[arguments, &["--json"]].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let told: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("no JSON: {error}\n{stderr}"));
    let findings = told["findings"].as_array().expect("a list").clone();
    (output.status.code().expect("it ended by itself"), findings)
}

/// The codes of what weighs at least a warning.
fn faults(findings: &[Value]) -> Vec<&str> {
    let heavy = |finding: &&Value| finding["level"] == "warning" || finding["level"] == "error";
    findings
        .iter()
        .filter(heavy)
        .map(|finding| finding["code"].as_str().expect("a code"))
        .collect()
}

/// The first finding with this code.
#[track_caller]
fn find<'f>(findings: &'f [Value], code: &str) -> &'f Value {
    let found = findings.iter().find(|finding| finding["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} among {findings:#?}"))
}
