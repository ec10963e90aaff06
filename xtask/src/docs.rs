//! Prints the reference documentation anew: `docs/reference`.
//!
//! The documents and how they are made are in tests/docs.rs, which compares them in every run of the tests: there is one
//! list, and no second build of the library.

use std::process::ExitCode;

use crate::cargo::cargo;

/// `cargo xtask docs [--check]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let mut command = cargo(&["test", "--quiet", "--test", "docs"]);
    match arguments {
        [] => command.env("LARDER_WRITE_DOCS", "1"),
        [flag] if flag == "--check" => command.env_remove("LARDER_WRITE_DOCS"),
        other => anyhow::bail!("`docs` takes nothing or `--check`, not {other:?}"),
    };
    let succeeded = command.status()?.success();
    Ok(if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
