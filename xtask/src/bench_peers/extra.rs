//! What a table of costs per request does not show: many files, many connections, slow clients, more than one worker.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};

use super::{
    PLAIN,
    load::{self, Protocol, ask, cpu, load},
    record::{median, rounded},
    servers::{FLOOR, LARDER, Server, start},
};
use crate::{
    identity::Identity,
    trained::{self, Program},
};

/// Idle connections that are held open.
const IDLE: usize = 10_000;

/// Clients that take their time.
const SLOW: usize = 64;

/// Everything, as it is kept.
pub(super) fn all(site: &Path, rounds: u64, time: Duration) -> anyhow::Result<Value> {
    Ok(json!({
        "idle_connections": idle_connections(site)?,
        "slow_readers": slow_readers(site, rounds, time)?,
        "latency_at_70_percent": latency(site)?,
        "workers": workers(site, rounds, time)?,
        "files": files(rounds, time)?,
    }))
}

/// Waits until a process does nothing.
pub(super) fn idle(process: u32) -> anyhow::Result<()> {
    let start = Instant::now();
    let mut last = cpu(process)?;
    while start.elapsed() < Duration::from_mins(10) {
        thread::sleep(Duration::from_millis(500));
        let now = cpu(process)?;
        // Less than a hundredth of the half second.
        if now - last < 5e6 {
            return Ok(());
        }
        last = now;
    }
    Ok(())
}

fn larder(site: &Path) -> anyhow::Result<Server> {
    running(site, &[LARDER])?.pop().context("it was asked for")
}

/// Those of these names, pinned, with nothing left to do.
fn running(site: &Path, names: &[&str]) -> anyhow::Result<Vec<Server>> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let servers = start(site, &Identity::new()?, &names)?;
    for server in &servers {
        load::pin(&server.plain)?;
        idle(server.plain.process())?;
    }
    Ok(servers)
}

/// Is a request dearer when there are 50,000 files, and all of them are asked for in turn? The floor has them in memory, too, and says what that alone costs.
fn files(rounds: u64, time: Duration) -> anyhow::Result<Value> {
    let mut all = Vec::new();
    for count in [5, 50_000] {
        let site = tempfile::tempdir()?;
        fs::create_dir(site.path().join("f"))?;
        for number in 0..count {
            let mut content = format!("{number:09}").repeat(114);
            content.push('\n');
            fs::write(site.path().join(format!("f/{number}.bin")), content)?;
        }
        let script = site.path().join("f/ask.lua");
        fs::write(
            &script,
            format!(
                "local i = 0\nrequest = function() i = (i + 7919) % {count}; return wrk.format('GET', '/f/' .. i .. '.bin') end\n"
            ),
        )?;
        let servers = running(site.path(), &[LARDER, FLOOR])?;
        all.push((count, site, script, servers));
    }
    let mut rows = Vec::new();
    let mut samples = vec![Vec::new(); all.iter().map(|(.., servers)| servers.len()).sum()];
    for _ in 0..rounds {
        let asked = all
            .iter()
            .flat_map(|(_, _, script, servers)| servers.iter().map(move |server| (script, server)));
        for ((script, server), samples) in asked.zip(&mut samples) {
            samples.push(scripted(server, script, time).context(server.name)?);
        }
    }
    let mut samples = samples.into_iter();
    for (count, .., servers) in &all {
        for (server, samples) in servers.iter().zip(&mut samples) {
            let cost = rounded(median(samples.into_iter()));
            println!(
                "{}, {count} files: {cost} µs CPU per request of 1 KiB",
                server.name
            );
            rows.push(json!({
                "server": server.name,
                "files": count,
                "cpu_us_median": cost,
                "resident_bytes": resident(server.plain.process())?,
            }));
        }
    }
    Ok(rows.into())
}

/// CPU per request of what a script of wrk asks.
fn scripted(server: &Server, script: &Path, time: Duration) -> anyhow::Result<f64> {
    let process = server.plain.process();
    let before = cpu(process)?;
    let output = Command::new("taskset")
        .args(["-c", "1", "wrk", "-t1", "-c32"])
        .arg(format!("-d{}s", time.as_secs().max(1)))
        .arg("-s")
        .arg(script)
        .arg(server.plain.url("/"))
        .stdin(Stdio::null())
        .output()?;
    let spent = cpu(process)? - before;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        !said.contains("Non-2xx"),
        "not every file was there:\n{said}"
    );
    let line = said.lines().find(|line| line.contains(" requests in "));
    let requests: f64 = line
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .with_context(|| format!("wrk counted nothing:\n{said}"))?;
    Ok(spent / requests / 1000.0)
}

/// What a connection costs that has had its answer and stays.
fn idle_connections(site: &Path) -> anyhow::Result<Value> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    let identity = Identity::new()?;
    let names = ["nginx", "h2o", LARDER].map(str::to_owned);
    let servers = start(site, &identity, &names)?;
    let rows = servers.iter().map(|server| {
        let process = server.plain.process();
        idle(process)?;
        let before = resident(process)?;
        let connections: Vec<TcpStream> = (0..IDLE)
            .map(|_| connected(server.plain.address, PLAIN.path))
            .collect::<anyhow::Result<_>>()?;
        let each = resident(process)?.saturating_sub(before) / IDLE as u64;
        drop(connections);
        println!(
            "{}: {each} bytes for each of {IDLE} idle connections",
            server.name
        );
        Ok(json!({"server": server.name, "connections": IDLE, "bytes_each": each}))
    });
    rows.collect()
}

/// A connection that has asked for `path` once and read the answer.
fn connected(address: SocketAddr, path: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut part = [0; 8192];
    let mut read = 0;
    while read < 4096 {
        let count = stream.read(&mut part)?;
        ensure!(count > 0, "the server hung up after {read} bytes");
        read += count;
    }
    Ok(stream)
}

/// Bytes of a process that are in memory.
fn resident(process: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    Ok(kibibytes.context("/proc/PID/status names no VmRSS")? * 1024)
}

/// Do clients that take a megabyte a kilobyte at a time make others wait?
fn slow_readers(site: &Path, rounds: u64, time: Duration) -> anyhow::Result<Value> {
    let server = larder(site)?;
    let one = || -> anyhow::Result<(f64, f64)> {
        let sample = load(&server, Protocol::Http1, &PLAIN, time)?;
        Ok((sample.cpu, sample.requests_per_second))
    };
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        without.push(one()?);
        let slow: Vec<TcpStream> = (0..SLOW)
            .map(|_| dawdling(server.plain.address))
            .collect::<anyhow::Result<_>>()?;
        let sample = thread::scope(|scope| {
            let (stop, stopped) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || {
                let mut part = [0; 1024];
                while stopped
                    .recv_timeout(Duration::from_millis(50))
                    .is_err_and(|why| why == std::sync::mpsc::RecvTimeoutError::Timeout)
                {
                    for mut stream in &slow {
                        let _ = stream.read(&mut part);
                    }
                }
            });
            let sample = one();
            drop(stop);
            sample
        });
        with.push(sample?);
    }
    let row = |samples: &[(f64, f64)]| {
        json!({
            "cpu_us_median": rounded(median(samples.iter().map(|sample| sample.0))),
            "requests_per_second_median": median(samples.iter().map(|sample| sample.1)).round(),
        })
    };
    let (without, with) = (row(&without), row(&with));
    println!("without slow readers {without}\nwith {SLOW} of them {with}");
    Ok(json!({"slow_readers": SLOW, "without": without, "with": with}))
}

/// A client that has asked for a megabyte and read nothing of it.
fn dawdling(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_millis(10)))?;
    write!(stream, "GET /1m.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    Ok(stream)
}

/// How long replies take when a server does seven tenths of what it can do, open loop: measured by `larder bench load`.
fn latency(site: &Path) -> anyhow::Result<Value> {
    let program = trained::packaged(Program::Larder)?;
    let identity = Identity::new()?;
    let names = ["nginx", "h2o", LARDER].map(str::to_owned);
    let servers = start(site, &identity, &names)?;
    let rows = servers.iter().map(|server| {
        load::pin(&server.plain)?;
        idle(server.plain.process())?;
        let measured = |more: &[&str]| -> anyhow::Result<Value> {
            let output = Command::new("taskset")
                .args(["-c", "1"])
                .arg(&program)
                .args([
                    "bench",
                    "load",
                    &server.plain.url("/"),
                    "--path",
                    PLAIN.path,
                ])
                .args(["--scenario", "first", "--rounds", "1", "--json"])
                .args(more)
                .stdin(Stdio::null())
                .output()?;
            let said: Value = serde_json::from_slice(&output.stdout)
                .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
            Ok(said["targets"][0]["scenarios"][0].clone())
        };
        let most = measured(&["--duration", "2s"])?["requests_per_second"]
            .as_f64()
            .context("a rate")?;
        let rate = (0.7 * most).round();
        let at = measured(&["--duration", "3s", "--rate", &rate.to_string()])?;
        println!("{} at {rate} requests/s: {}", server.name, at["latency_us"]);
        Ok(json!({
            "server": server.name,
            "rate": rate,
            "most": most.round(),
            "errors": at["errors"],
            "latency_us": at["latency_us"],
        }))
    });
    rows.collect()
}

/// Does a second worker make a request dearer?
fn workers(site: &Path, rounds: u64, time: Duration) -> anyhow::Result<Value> {
    let program = trained::packaged(Program::Larder)?;
    let mut rows = Vec::new();
    for workers in ["1", "2"] {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut child = Command::new(&program)
            .arg("serve")
            .arg(site)
            .args(["--listen", &port.to_string(), "--workers", workers])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        while ask(port, "HEAD", PLAIN.path).is_err() {
            ensure!(child.try_wait()?.is_none(), "larder ended");
            thread::sleep(Duration::from_millis(50));
        }
        idle(child.id())?;
        rows.push((workers, port, child));
    }
    let mut samples = vec![Vec::new(); rows.len()];
    for _ in 0..rounds {
        for ((_, address, child), samples) in rows.iter().zip(&mut samples) {
            let before = cpu(child.id())?;
            let output = Command::new("wrk")
                .args(["-t2", "-c64"])
                .arg(format!("-d{}s", time.as_secs().max(1)))
                .arg(format!("http://{address}{}", PLAIN.path))
                .stdin(Stdio::null())
                .output()?;
            let spent = cpu(child.id())? - before;
            let said = String::from_utf8_lossy(&output.stdout);
            let line = said.lines().find(|line| line.contains(" requests in "));
            let requests: f64 = line
                .and_then(|line| line.split_whitespace().next()?.parse().ok())
                .with_context(|| format!("wrk counted nothing:\n{said}"))?;
            samples.push((spent / requests / 1000.0, requests / time.as_secs_f64()));
        }
    }
    let mut all = Vec::new();
    for ((workers, _, mut child), samples) in rows.into_iter().zip(samples) {
        child.kill()?;
        child.wait()?;
        let cost = rounded(median(samples.iter().map(|sample| sample.0)));
        let rate = median(samples.iter().map(|sample| sample.1)).round();
        println!(
            "{workers} workers: {cost} µs CPU per request, {rate} requests/s beside the load tool on the same cores"
        );
        all.push(
            json!({"workers": workers, "cpu_us_median": cost, "requests_per_second_median": rate}),
        );
    }
    Ok(Value::Array(all))
}
