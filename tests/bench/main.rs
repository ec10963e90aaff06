//! `larder bench`, as a person or a script runs it: against larder, and against servers that lie.

#[path = "../support/mod.rs"]
mod support;

mod liar;
mod load;
mod visitors;

use std::process::{Command, Output};

use serde_json::Value;

use support::larder::PROGRAM;

/// Runs `larder bench COMMAND` with a cache of codings of its own.
fn bench(command: &str, arguments: &[&str]) -> Output {
    let codings = tempfile::tempdir().expect("a temporary folder can be made");
    Command::new(PROGRAM)
        .args(["bench", command])
        .args(arguments)
        .env("LARDER_CACHE_DIR", codings.path())
        .output()
        .expect("cargo built the program")
}

/// The report of `larder bench COMMAND`, and the exit code.
#[track_caller]
fn report(command: &str, arguments: &[&str]) -> (Value, i32) {
    let mut all = arguments.to_vec();
    all.push("--json");
    let output = bench(command, &all);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let report = serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!(
            "{error}: {text}\n{}",
            String::from_utf8_lossy(&output.stderr)
        )
    });
    (report, output.status.code().expect("it was not killed"))
}
