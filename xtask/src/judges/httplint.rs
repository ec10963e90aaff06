//! httplint on every distinct reply of the conformance suite.

use std::fs;

use anyhow::ensure;

use super::{Finding, python};
use crate::cargo::cargo;

const SCRIPT: &str = include_str!("httplint.py");

/// The suite writes its replies down; the linter reads them.
pub(super) fn run() -> anyhow::Result<Vec<Finding>> {
    let replies = python::folder()?.join("replies.jsonl");
    let _ = fs::remove_file(&replies);
    let mut suite = cargo(&["test", "--quiet", "--test", "conformance"]);
    suite.env("LARDER_REPLIES", &replies);
    ensure!(
        suite.status()?.success(),
        "the conformance suite fails: mend that first"
    );
    python::findings(SCRIPT, &[replies.display().to_string()])
}
