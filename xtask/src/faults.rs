//! Faults of disk, clock, watches and process, staged for real (`tests/faults`), with tools of Debian.

use std::process::ExitCode;

use anyhow::ensure;

use crate::{cargo::cargo, debian};

/// Program and package.
const TOOLS: [(&str, &str); 4] = [
    ("strace", "strace"),
    ("faketime", "faketime"),
    ("unshare", "util-linux"),
    ("mount", "mount"),
];

/// Those that take long and are left to `cargo xtask faults`.
const LONG: [&str; 4] = [
    "killed_while_it_starts_and_codes",
    "a_change_that_no_event_tells",
    "a_hundred_thousand_files",
    "a_change_that_cannot_be_read",
];

/// `cargo xtask faults`: all of them.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    ensure!(arguments.is_empty(), "`faults` takes no arguments");
    let passed = command(&[])?.status()?.success();
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Those that are quick enough for every run of the tests.
///
/// # Errors
/// When a tool is missing and cannot be installed.
pub(crate) fn quick() -> anyhow::Result<std::process::Command> {
    command(&LONG)
}

fn command(skipped: &[&str]) -> anyhow::Result<std::process::Command> {
    for (program, package) in TOOLS {
        debian::find_or_install(program, &[package])?;
    }
    let mut command = cargo(&[
        "test",
        "--no-fail-fast",
        "--test",
        "faults",
        "--",
        "--ignored",
    ]);
    for name in skipped {
        command.args(["--skip", name]);
    }
    Ok(command)
}
