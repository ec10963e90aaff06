//! Is the generator of `larder bench load` the bottleneck? It has to drive the bare floor at no less than 0.8 × of the rate of wrk and of h2load, and all
//! three have to count what the floor counts.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::{
    cargo::{benchmark_in, released_larder},
    debian::find_or_install,
    floor::Floor,
};

/// What is asked for.
const PATHS: [&str; 3] = ["/304", "/4k", "/100k"];
const ROUNDS: usize = 5;
const SECONDS: u32 = 2;
const CONNECTIONS: u32 = 64;
/// How much of the rate of the others there has to be.
const ENOUGH: f64 = 0.8;

/// What one tool says about one run.
struct Counted {
    rate: f64,
    requests: u64,
    /// By how many requests its count may differ: those under way at the end, which nobody but the floor counts.
    tolerance: u64,
}

/// `cargo xtask bench-generator [LARDER]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let larder = match arguments {
        [] => released_larder()?,
        [path] => PathBuf::from(path),
        _ => bail!("`bench-generator` takes one argument at most: a larder that was built"),
    };
    let wrk = find_or_install("wrk", &["wrk"])?;
    let h2load = find_or_install("h2load", &["nghttp2-client"])?;
    let floor = Floor::start(&benchmark_in("bench", "floor")?, &[])?;
    println!(
        "requests/s at the floor, median of {ROUNDS} rounds of {SECONDS} s, {CONNECTIONS} connections, one thread each\n\n\
         | asked for | larder bench | wrk | h2load | to wrk | to h2load | counts agree |\n|---|---|---|---|---|---|---|"
    );
    let mut is_enough = true;
    for path in PATHS {
        let (mut rates, mut agree) = ([const { Vec::new() }; 3], true);
        for _ in 0..ROUNDS {
            let url = floor.url(path);
            let tools: [&dyn Fn() -> anyhow::Result<Counted>; 3] = [
                &|| by_larder(&larder, &url, path),
                &|| by_wrk(&wrk, &url),
                &|| by_h2load(&h2load, &url),
            ];
            for (tool, rates) in tools.iter().zip(&mut rates) {
                floor.count()?;
                let counted = tool()?;
                let served = floor.count()?;
                agree &= served.abs_diff(counted.requests) <= counted.tolerance;
                rates.push(counted.rate);
            }
        }
        let ratio = |other: &[f64]| {
            median(
                rates[0]
                    .iter()
                    .zip(other)
                    .map(|(one, other)| one / other)
                    .collect(),
            )
        };
        let (to_wrk, to_h2load) = (ratio(&rates[1]), ratio(&rates[2]));
        is_enough &= to_wrk >= ENOUGH && to_h2load >= ENOUGH && agree;
        let [ours, wrks, h2loads] = rates.map(median);
        println!(
            "| `{path}` | {ours:.0} | {wrks:.0} | {h2loads:.0} | {to_wrk:.2} × | {to_h2load:.2} × | {} |",
            if agree { "yes" } else { "no" }
        );
    }
    if !is_enough {
        println!(
            "\nless than {ENOUGH} × of another tool's rate, or another count than the floor's"
        );
    }
    Ok(if is_enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn said(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "{command:?} failed");
    Ok(String::from_utf8(output.stdout)?)
}

fn by_larder(larder: &Path, url: &str, path: &str) -> anyhow::Result<Counted> {
    let seconds = format!("{SECONDS}s");
    let connections = CONNECTIONS.to_string();
    let text = said(
        Command::new(larder)
            .args(["bench", "load", url, "--path", path])
            .args([
                "--scenario",
                "first",
                "--rounds",
                "1",
                "--warm-up",
                "0s",
                "--json",
                "--duration",
                &seconds,
                "--connections",
                &connections,
            ]),
    )?;
    let report: Value = serde_json::from_str(&text)?;
    let (target, scenario) = (&report["targets"][0], &report["targets"][0]["scenarios"][0]);
    let number = |value: &Value| {
        value
            .as_u64()
            .with_context(|| format!("no number: {value}"))
    };
    ensure!(
        number(&scenario["errors"])? == 0,
        "the floor was found to answer wrongly: {scenario:#}"
    );
    Ok(Counted {
        rate: scenario["requests_per_second"]
            .as_f64()
            .context("no rate")?,
        requests: number(&scenario["requests"])?
            + number(&scenario["unmeasured_requests"])?
            + number(&target["discovery_requests"])?,
        tolerance: 0,
    })
}

fn by_wrk(wrk: &Path, url: &str) -> anyhow::Result<Counted> {
    let text = said(Command::new(wrk).args([
        "-t1",
        &format!("-c{CONNECTIONS}"),
        &format!("-d{SECONDS}s"),
        url,
    ]))?;
    Ok(Counted {
        rate: after(&text, "Requests/sec:")?,
        requests: parse(before(&text, "requests in")?)?,
        tolerance: u64::from(CONNECTIONS),
    })
}

fn by_h2load(h2load: &Path, url: &str) -> anyhow::Result<Counted> {
    let text = said(Command::new(h2load).args([
        "--h1",
        "-t1",
        &format!("-c{CONNECTIONS}"),
        "-D",
        &SECONDS.to_string(),
        url,
    ]))?;
    Ok(Counted {
        rate: parse(before(&text, "req/s,")?)?,
        requests: parse(before(&text, "done,")?)?,
        // It stops in the middle of replies, and counts those that were begun.
        tolerance: 2 * u64::from(CONNECTIONS),
    })
}

/// The word before `mark`.
fn before<'t>(text: &'t str, mark: &str) -> anyhow::Result<&'t str> {
    let (before, _) = text
        .split_once(mark)
        .with_context(|| format!("no `{mark}` in:\n{text}"))?;
    before
        .split_whitespace()
        .last()
        .with_context(|| format!("nothing before `{mark}`"))
}

/// The number after `mark`.
fn after(text: &str, mark: &str) -> anyhow::Result<f64> {
    let (_, after) = text
        .split_once(mark)
        .with_context(|| format!("no `{mark}` in:\n{text}"))?;
    parse(after.split_whitespace().next().unwrap_or_default())
}

fn parse<T: std::str::FromStr>(text: &str) -> anyhow::Result<T> {
    text.parse()
        .ok()
        .with_context(|| format!("`{text}` is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tools_print_is_read() {
        let wrk = "  2 threads\n  123456 requests in 2.00s, 4.5MB read\nRequests/sec:  61728.00\n";
        assert_eq!(before(wrk, "requests in").unwrap(), "123456");
        assert!((after(wrk, "Requests/sec:").unwrap() - 61728.0).abs() < 0.1);
        let h2load = "finished in 2.00s, 61728.50 req/s, 9MB/s\nrequests: 0 total, 123521 started, 123457 done, 123457 succeeded";
        assert_eq!(before(h2load, "req/s,").unwrap(), "61728.50");
        assert_eq!(before(h2load, "done,").unwrap(), "123457");
    }

    #[test]
    fn the_middle_of_an_odd_number_is_taken() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
