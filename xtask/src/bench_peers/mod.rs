//! larder beside other servers, on this machine, side by side: what the README's table and plot are made of.
//!
//! Every scenario is run against every server in turn, round after round, so that whatever else the machine does falls on all alike.

mod extra;
mod load;
mod plot;
mod record;
mod servers;
mod table;

use std::{
    fs,
    path::Path,
    process::{Command, ExitCode},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::{cargo::root, identity::Identity};
use load::{Protocol, Sample, Scenario};
use record::{Row, Run};
use servers::{FLOOR, LARDER, Server};

const PLAIN: Scenario = Scenario {
    name: "4 KiB",
    path: "/4k.bin",
    floor: Some("/4k"),
    fields: &[],
    revalidate: false,
    class: '2',
};

/// What every server is asked, over both protocols.
const SHARED: [Scenario; 4] = [
    Scenario {
        name: "304",
        floor: Some("/304"),
        revalidate: true,
        class: '3',
        ..PLAIN
    },
    PLAIN,
    Scenario {
        name: "100 KiB",
        path: "/100k.bin",
        floor: Some("/100k"),
        ..PLAIN
    },
    Scenario {
        name: "1 MiB",
        path: "/1m.bin",
        floor: Some("/1m"),
        ..PLAIN
    },
];

/// What only larder is asked, to be compared with its own plain 200 of 4 KiB.
const OWN: [Scenario; 5] = [
    Scenario {
        name: "history-API route",
        path: "/user/ada",
        fields: &["Accept: text/html,application/xhtml+xml,*/*;q=0.8"],
        floor: None,
        ..PLAIN
    },
    Scenario {
        name: "missing asset, 404",
        path: "/assets/gone.js",
        class: '4',
        floor: None,
        ..PLAIN
    },
    Scenario {
        name: "negotiated to br",
        path: "/4k.js",
        fields: &["Accept-Encoding: gzip, deflate, br, zstd"],
        floor: None,
        ..PLAIN
    },
    Scenario {
        name: "eight entity tags",
        fields: &["If-None-Match: \"0a\", \"0b\", \"0c\", \"0d\", \"0e\", \"0f\", \"10\", \"11\""],
        floor: None,
        ..PLAIN
    },
    Scenario {
        name: "path with escapes",
        path: "/with%20space%2Ebin",
        floor: None,
        ..PLAIN
    },
];

/// `cargo xtask bench-peers [--rounds N] [--seconds N] [--more RECORD | NAME…]`. With `--more` only what the table does not show is measured, and put into
/// a record that is there.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let (mut rounds, mut seconds, mut only, mut more) = (5, 2, Vec::new(), None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut number = || -> anyhow::Result<u64> {
            let value = rest
                .next()
                .with_context(|| format!("{argument} needs a number"))?;
            Ok(value.parse()?)
        };
        match argument.as_str() {
            "--rounds" => rounds = number()?,
            "--seconds" => seconds = number()?,
            "--more" => more = Some(rest.next().context("--more needs a record")?),
            flag if flag.starts_with('-') => bail!("`{flag}` is no option"),
            name => only.push(name.to_owned()),
        }
    }
    ensure!(rounds > 0, "at least one round");
    load::tools()?;
    let site = tempfile::tempdir()?;
    lay_out(site.path())?;
    let time = Duration::from_secs(seconds);
    if let Some(record) = more {
        let text = fs::read_to_string(record).with_context(|| record.clone())?;
        let mut kept: Value = serde_json::from_str(&text)?;
        kept["more"] = extra::all(site.path(), rounds, time)?;
        fs::write(record, format!("{kept:#}\n"))?;
        println!("{record} has it");
        return Ok(ExitCode::SUCCESS);
    }
    let identity = Identity::new()?;
    let servers = servers::start(site.path(), &identity, &only)?;
    for server in &servers {
        load::pin(&server.plain)?;
        server.tls.as_ref().map(load::pin).transpose()?;
    }
    wait_for_codings(&servers)?;

    let mut rows = Vec::new();
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let all: Vec<&Server> = servers.iter().collect();
        for scenario in &SHARED {
            rows.extend(measure(&all, protocol, scenario, rounds, time)?);
        }
        let ours: Vec<&Server> = servers
            .iter()
            .filter(|server| server.name == LARDER)
            .collect();
        for scenario in [&PLAIN].into_iter().chain(&OWN) {
            rows.extend(
                measure(&ours, protocol, scenario, rounds, time)?
                    .into_iter()
                    .map(Row::own),
            );
        }
    }
    drop(servers);
    let mut run = Run::new(rows, rounds, seconds)?;
    if only.is_empty() {
        // What follows takes as long again; the table is kept if it fails.
        publish(&run)?;
        run.extra = extra::all(site.path(), rounds, time)?;
        publish(&run)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One scenario, round after round.
fn measure(
    servers: &[&Server],
    protocol: Protocol,
    scenario: &Scenario,
    rounds: u64,
    time: Duration,
) -> anyhow::Result<Vec<Row>> {
    let able: Vec<&Server> = servers
        .iter()
        .copied()
        .filter(|server| protocol.of(server).is_some())
        .filter(|server| server.name != FLOOR || scenario.floor.is_some())
        .collect();
    if able.is_empty() {
        return Ok(Vec::new());
    }
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); able.len()];
    for _ in 0..rounds {
        for (server, samples) in able.iter().zip(&mut samples) {
            samples.push(load::load(server, protocol, scenario, time)?);
        }
    }
    let rows: Vec<Row> = able
        .iter()
        .zip(samples)
        .filter_map(|(server, samples)| {
            Some(Row::new(
                server,
                protocol.of(server)?,
                protocol,
                scenario,
                samples,
            ))
        })
        .collect();
    println!("{}, {}", protocol.name(), scenario.name);
    for row in &rows {
        println!(
            "  {:<24} {:>8.2} µs CPU per request",
            row.server,
            row.median()
        );
    }
    Ok(rows)
}

/// Files of random bytes, which no coding makes smaller, and two that can be coded.
fn lay_out(site: &Path) -> anyhow::Result<()> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |length: usize| -> Vec<u8> {
        std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[3]
        })
        .take(length)
        .collect()
    };
    for (name, length) in [
        ("4k.bin", 4 << 10),
        ("100k.bin", 100 << 10),
        ("1m.bin", 1 << 20),
        ("with space.bin", 4 << 10),
    ] {
        fs::write(site.join(name), random(length))?;
    }
    // Half of it can be told in fewer bytes: 4 KiB are sent when it is coded.
    let text: String = random(8 << 10)
        .iter()
        .map(|byte| char::from(b'a' + byte % 16))
        .collect();
    fs::write(site.join("4k.js"), format!("/* {text} */"))?;
    let document: String = random((4 << 10) - 15)
        .iter()
        .map(|byte| char::from(b'a' + byte % 16))
        .collect();
    fs::write(
        site.join("index.html"),
        format!("<!doctype html>{document}"),
    )?;
    Ok(())
}

/// Waits until larder has coded what can be coded: it is not measured while it does other things.
fn wait_for_codings(servers: &[Server]) -> anyhow::Result<()> {
    for server in servers
        .iter()
        .filter(|server| server.name.starts_with(LARDER))
    {
        let running = [Some(&server.plain), server.tls.as_ref()];
        for running in running.into_iter().flatten() {
            extra::idle(running.process())?;
        }
    }
    Ok(())
}

/// Writes the record, the table and the plot.
fn publish(run: &Run) -> anyhow::Result<()> {
    let folder = root().join("benches/results");
    fs::create_dir_all(&folder)?;
    let name = format!("{}.json", run.date);
    fs::write(folder.join(&name), run.json())?;
    fs::create_dir_all(root().join("docs/images"))?;
    fs::write(root().join("docs/images/peers.svg"), plot::svg(run))?;
    table::insert(&root().join("README.md"), run)?;
    println!(
        "benches/results/{name}, docs/images/peers.svg and the table in README.md are written"
    );
    Ok(())
}

/// What a command prints, in one line.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
