//! The table of chores.

use std::process::ExitCode;

use crate::{
    bench_dev, bench_generator, bench_peers, building, check_peers, corpus, docs, faults, held,
    instructions, judges, package, peers, spec_coverage, startup, test,
};

/// One chore.
pub(crate) struct Command {
    /// What is typed after `cargo xtask`.
    pub(crate) name: &'static str,
    /// What may follow it.
    arguments: &'static str,
    /// One line for the list.
    about: &'static str,
    /// Does it.
    pub(crate) run: fn(&[String]) -> anyhow::Result<ExitCode>,
}

/// All of them, in the order of the list.
pub(crate) const COMMANDS: &[Command] = &[
    Command {
        name: "test",
        arguments: "",
        about: "everything that must pass: format, lints, all tests, docs, browser; installs what it needs",
        run: test::run,
    },
    Command {
        name: "case",
        arguments: "SUBSTRING",
        about: "runs the conformance cases whose id contains SUBSTRING, such as rfc9110-13.1.3",
        run: test::case,
    },
    Command {
        name: "spec-coverage",
        arguments: "",
        about: "the RFC sections we claim, and how many conformance cases each has; fails on a gap",
        run: spec_coverage::run,
    },
    Command {
        name: "docs",
        arguments: "[--check]",
        about: "writes docs/reference from the program; --check only compares",
        run: docs::run,
    },
    Command {
        name: "corpus",
        arguments: "[--browser] [NAME]…",
        about: "fetches real sites (tests/sites/corpus.toml): what each takes; or in Chromium, before and after a build",
        run: corpus::run,
    },
    Command {
        name: "check-peers",
        arguments: "[NAME]…",
        about: "what `larder check` finds on other servers; fails when a known fault is missed or larder is not clean",
        run: check_peers::run,
    },
    Command {
        name: "peers",
        arguments: "SITE [NAME]…",
        about: "starts other servers (nginx, Caddy, sirv, …) on SITE in their usual configurations, until Enter",
        run: peers::chore::run,
    },
    Command {
        name: "bench-generator",
        arguments: "[LARDER]",
        about: "drives the bare floor with larder bench, wrk and h2load: is the generator fast enough, does it count right?",
        run: bench_generator::run,
    },
    Command {
        name: "bench-build",
        arguments: "[--codings] [DIR]",
        about: "CPU and memory of `larder build` of DIR (or the toolchain's own docs) next to sha256sum and cp -r",
        run: building::run,
    },
    Command {
        name: "faults",
        arguments: "",
        about: "stages faults of disk, clock, watches and process (tests/faults); installs strace and faketime",
        run: faults::run,
    },
    Command {
        name: "load-held",
        arguments: "[--seconds N] [LARDER]",
        about: "10,000 idle and 1,000 busy connections for a minute, slow readers among them, beside nginx; fails on any error of larder",
        run: held::run,
    },
    Command {
        name: "package",
        arguments: "[--dist]",
        about: "builds larder static, with musl, and runs it where there is nothing else, as packaging/docker does; --dist: as it is given away",
        run: package::run,
    },
    Command {
        name: "judges",
        arguments: "[--peers] [NAME]…",
        about: "httplint, REDbot, curl, sslyze, slowhttptest, Lighthouse; --peers: the table of docs/conformance.md",
        run: judges::run,
    },
    Command {
        name: "instructions",
        arguments: "[--write]",
        about: "counts what a request takes in the pure parts, by callgrind; fails on a tenth more than benches/instructions.txt says",
        run: instructions::run,
    },
    Command {
        name: "bench-peers",
        arguments: "[--rounds N] [NAME]…",
        about: "CPU per request beside nginx, h2o, lighttpd, Caddy, static-web-server; writes benches/results, the README's table and plot",
        run: bench_peers::run,
    },
    Command {
        name: "bench-startup",
        arguments: "[DIR]",
        about: "CPU and memory until DIR (or the toolchain's own docs: 50,000 files) is served, cold and warm",
        run: startup::run,
    },
    Command {
        name: "bench-dev",
        arguments: "[CHANGES] [LARDER]",
        about: "from saving a file to its being served and told: larder dev beside vite, live-server and browser-sync",
        run: bench_dev::run,
    },
];

/// What `cargo xtask` prints.
pub(crate) fn list() -> String {
    let line = |command: &Command| {
        let call = format!("{} {}", command.name, command.arguments);
        format!("  {call:<28} {}\n", command.about)
    };
    let lines: String = COMMANDS.iter().map(line).collect();
    format!("cargo xtask CHORE\n\n{lines}")
}
