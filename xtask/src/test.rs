//! Everything that must pass before a change lands.
//!
//! Each step runs even when an earlier one failed, so that one run shows all that is wrong; only what cannot work without
//! a build is left out when there is none. The last line is the sum over all steps: a test counts as one, and so does a
//! step that runs no tests of its own.

use std::{
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use anyhow::{bail, ensure};

use crate::{
    cargo::{cargo, watched},
    check_peers, chromium,
    debian::find_or_install,
    faults, instructions, judges,
};

/// How a step went.
struct Outcome {
    name: &'static str,
    passed: usize,
    failed: usize,
    time: Duration,
}

/// `cargo xtask test`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    ensure!(
        arguments.is_empty(),
        "`test` takes no arguments: run `cargo test` for a part"
    );
    let mut outcomes = vec![
        step("format", || checked(cargo(&["fmt", "--all", "--check"]))),
        step("lints", || {
            checked(cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]))
        }),
        step("tests", || {
            tests(cargo(&["test", "--workspace", "--no-fail-fast"]))
        }),
    ];
    // The browser has nothing to visit when larder does not compile; the steps above have said so by then.
    if cargo(&["build", "--quiet", "--bin", "larder"])
        .status()?
        .success()
    {
        outcomes.push(step("browser", browser));
        outcomes.push(step("other servers", check_peers::step));
        outcomes.push(step("instructions", || check(instructions::check())));
        outcomes.push(step("faults", || tests(faults::quick()?)));
        outcomes.push(step("judges", judges::quick));
    }
    outcomes.push(step("operation", operation));
    outcomes.push(step("soak", soak));
    outcomes.push(step("dependencies", dependencies));
    Ok(summary(&outcomes))
}

/// `cargo xtask case SUBSTRING`.
pub(crate) fn case(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let [substring] = arguments else {
        bail!("which cases? `cargo xtask case rfc9110-13.1.3`")
    };
    let mut command = cargo(&["test", "--test", "conformance", "--", "--nocapture"]);
    command.env("LARDER_CASE", substring);
    let passed = command.status()?.success();
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Browser tests need Chromium, so `cargo test` leaves them out.
fn browser() -> anyhow::Result<(usize, usize)> {
    let chromium = chromium::find_or_install()?;
    // The sites of tests/corpus that have to be fetched are visited by `cargo xtask corpus --browser`.
    let mut command = cargo(&[
        "test",
        "--no-fail-fast",
        "--test",
        "browser",
        "--test",
        "corpus",
    ]);
    command.args(["--", "--ignored", "--skip", "fetched::"]);
    command.env("LARDER_CHROMIUM", chromium);
    tests(command)
}

/// A minute of changes is more than `cargo test` is to take.
fn soak() -> anyhow::Result<(usize, usize)> {
    tests(cargo(&["test", "--test", "dev", "--", "--ignored"]))
}

/// Tests of operation that need an authority to get certificates from, or more time than `cargo test` should take.
fn operation() -> anyhow::Result<(usize, usize)> {
    find_or_install("pebble", &["pebble"])?;
    let mut command = cargo(&[
        "test",
        "--no-fail-fast",
        "--test",
        "acme",
        "--test",
        "sockets",
    ]);
    let names = [
        "certificate_is_obtained",
        "certificate_is_renewed",
        "authority_objects",
        "five_hundred_reloads",
    ];
    command.args(["--", "--ignored"]).args(names);
    tests(command)
}

/// Licences, bans and sources of what larder is built with, by deny.toml; and advisories, where a copy of them is at hand.
fn dependencies() -> anyhow::Result<(usize, usize)> {
    let is_here = cargo(&["deny", "--version"])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_here {
        println!("not run: there is no cargo-deny here (`cargo install cargo-deny`)");
        return Ok((0, 0));
    }
    let mut checks = vec!["deny", "--workspace", "--offline", "check"];
    checks.extend(["bans", "licenses", "sources"]);
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    if home.is_some_and(|home| home.join("advisory-dbs").is_dir()) {
        checks.push("advisories");
    } else {
        println!(
            "advisories are not checked: there is no copy of them (`cargo deny fetch` gets one)"
        );
    }
    checked(cargo(&checks))
}

fn step(name: &'static str, act: impl FnOnce() -> anyhow::Result<(usize, usize)>) -> Outcome {
    println!("\n── {name} ──");
    let start = Instant::now();
    let (passed, failed) = act().unwrap_or_else(|error| {
        println!("{name}: {error:#}");
        (0, 1)
    });
    Outcome {
        name,
        passed,
        failed,
        time: start.elapsed(),
    }
}

fn checked(mut command: Command) -> anyhow::Result<(usize, usize)> {
    check(
        command
            .status()
            .map(|status| status.success())
            .map_err(Into::into),
    )
}

/// A step that is one check.
fn check(passed: anyhow::Result<bool>) -> anyhow::Result<(usize, usize)> {
    Ok(if passed? { (1, 0) } else { (0, 1) })
}

/// A step that runs tests: counts them by cargo's own closing lines.
fn tests(command: Command) -> anyhow::Result<(usize, usize)> {
    let (mut passed, mut failed) = (0, 0);
    let succeeded = watched(command, |line| {
        if let Some((more_passed, more_failed)) = parse_result(line) {
            passed += more_passed;
            failed += more_failed;
        }
    })?;
    // A test that does not compile, or a crash, has no closing line; and a run without tests has tested nothing.
    if failed == 0 && (!succeeded || passed == 0) {
        failed = 1;
    }
    Ok((passed, failed))
}

/// Reads `test result: ok. 12 passed; 0 failed; …`.
fn parse_result(line: &str) -> Option<(usize, usize)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = counts.split("; ").filter_map(|part| part.split_once(' '));
    let passed = counts.next()?.0.parse().ok()?;
    let failed = counts.next()?.0.parse().ok()?;
    Some((passed, failed))
}

fn summary(outcomes: &[Outcome]) -> ExitCode {
    println!();
    for Outcome {
        name,
        passed,
        failed,
        time,
    } in outcomes
    {
        let verdict = if *failed == 0 { "ok" } else { "FAILED" };
        println!(
            "{name:<14} {verdict:<7} {passed:>5} passed {failed:>4} failed {:>7.1} s",
            time.as_secs_f64()
        );
    }
    let passed: usize = outcomes.iter().map(|outcome| outcome.passed).sum();
    let failed: usize = outcomes.iter().map(|outcome| outcome.failed).sum();
    println!("\n{passed} passed, {failed} failed");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::{check, parse_result, tests};

    #[test]
    fn cargos_closing_line_is_read() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(parse_result(line), Some((12, 3)));
    }

    #[test]
    fn a_line_about_one_test_is_not_a_closing_line() {
        assert_eq!(parse_result("test a::b ... ok"), None);
    }

    #[test]
    fn a_run_that_fails_without_a_failed_test_counts_as_one_failure() {
        let mut command = std::process::Command::new("sh");
        command.args([
            "-c",
            "echo 'test result: ok. 5 passed; 0 failed; 0 ignored'; exit 101",
        ]);
        assert_eq!(tests(command).unwrap(), (5, 1));
    }

    #[test]
    fn a_run_without_tests_is_a_failure() {
        assert_eq!(tests(std::process::Command::new("true")).unwrap(), (0, 1));
    }

    #[test]
    fn a_check_counts_as_one() {
        assert_eq!(check(Ok(true)).unwrap(), (1, 0));
        assert_eq!(check(Ok(false)).unwrap(), (0, 1));
    }
}
