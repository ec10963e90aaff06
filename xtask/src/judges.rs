//! What others say of larder's answers: linters, scanners, attackers and browsers that know nothing of it.
//!
//! Each judge reports findings, a short code and what it is about. A finding is a defect, or it is explained in `xtask/judges.toml` with the section
//! that allows it; an explanation that no judge needs any more fails too. They come from Python's, Debian's and Node's registries, into `target/judges`.
//!
//! Uses: cargo, the built `larder`, Python, npm · Never: the library.

mod curl;
mod explained;
mod httplint;
mod lighthouse;
mod peers;
mod python;
mod redbot;
mod server;
mod slow;
mod tls;

use std::process::ExitCode;

use anyhow::bail;

pub(crate) use explained::{Explained, Finding};

/// One judge.
struct Judge {
    name: &'static str,
    about: &'static str,
    run: fn() -> anyhow::Result<Vec<Finding>>,
}

/// All of them, the quick ones first.
const JUDGES: &[Judge] = &[
    Judge {
        name: "httplint",
        about: "every distinct reply of the conformance suite (PyPI)",
        run: httplint::run,
    },
    Judge {
        name: "redbot",
        about: "asks the sample again and again: ranges, conditions, codings (PyPI)",
        run: redbot::run,
    },
    Judge {
        name: "curl",
        about: "what curl makes of validators, codings, ranges, HTTP/2 (Debian)",
        run: curl::run,
    },
    Judge {
        name: "sslyze",
        about: "TLS against Mozilla's intermediate configuration (PyPI)",
        run: tls::run,
    },
    Judge {
        name: "slowhttptest",
        about: "slow heads, contents, ranges and readers (Debian)",
        run: slow::run,
    },
    Judge {
        name: "lighthouse",
        about: "cache-insight and bf-cache of the sample in Chromium (npm)",
        run: lighthouse::run,
    },
];

/// `cargo xtask judges [--peers] [NAME]…`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if arguments.iter().any(|argument| argument == "--peers") {
        return peers::run();
    }
    for argument in arguments {
        if !JUDGES.iter().any(|judge| judge.name == argument) {
            let names: Vec<_> = JUDGES.iter().map(|judge| judge.name).collect();
            bail!("`{argument}` is no judge: {}", names.join(", "));
        }
    }
    let chosen: Vec<&Judge> = JUDGES
        .iter()
        .filter(|judge| arguments.is_empty() || arguments.iter().any(|name| name == judge.name))
        .collect();
    let explained = Explained::read()?;
    let mut failed = 0;
    for judge in chosen {
        println!("\n── {}: {} ──", judge.name, judge.about);
        match (judge.run)() {
            Ok(findings) => failed += explained.report(judge.name, &findings),
            Err(error) => {
                println!("{}: {error:#}", judge.name);
                failed += 1;
            }
        }
    }
    println!();
    Ok(if failed == 0 {
        println!("Nothing is left unexplained.");
        ExitCode::SUCCESS
    } else {
        println!("{failed} left unexplained.");
        ExitCode::FAILURE
    })
}

/// The judge that is quick enough for every run of the tests: (passed, failed).
///
/// # Errors
/// When it cannot be installed.
pub(crate) fn quick() -> anyhow::Result<(usize, usize)> {
    let findings = httplint::run()?;
    let failed = Explained::read()?.report("httplint", &findings);
    Ok((usize::from(failed == 0), failed))
}
