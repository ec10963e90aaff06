//! Which sections of the RFCs we claim to implement, and whether each has a conformance case; whether each item of hostile input and
//! each fault has a test.
//!
//! The claims and the cases are data of tests/conformance, so the comparison is a test there (`sections`), and runs with
//! all others. This chore runs it alone and shows what it counted.

use std::process::ExitCode;

use anyhow::ensure;

use crate::cargo::cargo;

/// `cargo xtask spec-coverage`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    ensure!(arguments.is_empty(), "`spec-coverage` takes no arguments");
    let mut command = cargo(&[
        "test",
        "--quiet",
        "--test",
        "conformance",
        "sections::",
        "--",
        "--nocapture",
    ]);
    let sections = command.status()?.success();
    // Hostile input and faults: every item has a test, every mark an item.
    let items = cargo(&["test", "--quiet", "--test", "sockets", "items::"])
        .status()?
        .success();
    Ok(if sections && items {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
