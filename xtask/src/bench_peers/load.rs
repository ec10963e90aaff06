//! Load, from the two tools everybody knows, and what it cost the server.
//!
//! Wall time says little on a machine that does other things. What is measured is CPU time of the server's threads, as the scheduler counts it (in
//! nanoseconds), per request that the load tool counted. The server has one core for itself, the tool the other.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, ensure};

use super::servers::{FLOOR, Server};
use crate::{debian::find_or_install, peers::Running};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    /// What the floor is asked instead, if it has it.
    pub(crate) floor: Option<&'static str>,
    pub(crate) fields: &'static [&'static str],
    /// Send the server's own entity tag?
    pub(crate) revalidate: bool,
    /// Answered by a status of this hundred.
    pub(crate) class: char,
}

/// Over what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

impl Protocol {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2 over TLS",
        }
    }

    /// The process that serves it.
    pub(crate) fn of(self, server: &Server) -> Option<&Running> {
        match self {
            Self::Http1 => Some(&server.plain),
            Self::Http2 => server.tls.as_ref(),
        }
    }
}

/// One measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// CPU time of the server per request, in microseconds.
    pub(crate) cpu: f64,
    pub(crate) requests_per_second: f64,
}

/// Installs the tools where they are missing.
pub(crate) fn tools() -> anyhow::Result<()> {
    for (program, package) in [
        ("wrk", "wrk"),
        ("h2load", "nghttp2-client"),
        ("taskset", "util-linux"),
    ] {
        find_or_install(program, &[package])?;
    }
    Ok(())
}

/// Gives a server the first core.
pub(crate) fn pin(server: &Running) -> anyhow::Result<()> {
    let pinned = Command::new("taskset")
        .args(["-apc", "0", &server.process().to_string()])
        .stdout(Stdio::null())
        .status()?;
    ensure!(pinned.success(), "{} cannot be pinned", server.name);
    Ok(())
}

/// Loads one server with one scenario for some time.
pub(crate) fn load(
    server: &Server,
    protocol: Protocol,
    scenario: &Scenario,
    time: Duration,
) -> anyhow::Result<Sample> {
    let running = protocol.of(server).context("the protocol is not spoken")?;
    let mut fields: Vec<String> = scenario.fields.iter().map(ToString::to_string).collect();
    if scenario.revalidate && server.name != FLOOR {
        // Both processes of a server have the same files, so their tags are the same.
        fields.push(format!(
            "If-None-Match: {}",
            entity_tag(server.plain.address, scenario.path)?
        ));
    }
    let mut command = Command::new("taskset");
    command.args(["-c", "1"]);
    let seconds = time.as_secs().max(1);
    match protocol {
        Protocol::Http1 => command.args(["wrk", "-t1", "-c32", &format!("-d{seconds}s")]),
        Protocol::Http2 => command.args(["h2load", "-c4", "-m32", "-D", &seconds.to_string()]),
    };
    for field in &fields {
        command.args(["-H", field]);
    }
    let scheme = if protocol == Protocol::Http1 {
        "http"
    } else {
        "https"
    };
    let path = if server.name == FLOOR {
        scenario.floor.context("the floor does not have it")?
    } else {
        scenario.path
    };
    command.arg(format!("{scheme}://{}{path}", running.address));
    let before = cpu(running.process())?;
    let output = command.stdin(Stdio::null()).output()?;
    let spent = cpu(running.process())? - before;
    let said = String::from_utf8_lossy(&output.stdout);
    let requests = match protocol {
        Protocol::Http1 => wrk(&said, scenario.class),
        Protocol::Http2 => h2load(&said, scenario.class),
    };
    let requests = requests.with_context(|| {
        format!(
            "{} answered {} otherwise than asked:\n{said}",
            server.name, scenario.name
        )
    })?;
    Ok(Sample {
        cpu: spent / requests / 1000.0,
        requests_per_second: requests / time.as_secs_f64(),
    })
}

/// How many requests, by wrk; `None` when a status was not of the class. wrk tells only of those beyond 399.
fn wrk(said: &str, class: char) -> Option<f64> {
    let failed = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("Non-2xx or 3xx responses: "))
        .map_or(Some(0), |count| count.parse::<u64>().ok())?;
    let line = said.lines().find(|line| line.contains(" requests in "))?;
    let requests: u64 = line.split_whitespace().next()?.parse().ok()?;
    let expected = if matches!(class, '2' | '3') {
        0
    } else {
        requests
    };
    (requests > 0 && failed == expected).then(|| number(requests))
}

/// How many requests, by h2load; `None` when a status was not of the class.
fn h2load(said: &str, class: char) -> Option<f64> {
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("status codes: "))?;
    let count = |of: char| -> Option<u64> {
        line.split(", ")
            .find(|part| part.ends_with(&format!("{of}xx")))
            .and_then(|part| part.split(' ').next()?.parse().ok())
    };
    let all: u64 = ['2', '3', '4', '5']
        .into_iter()
        .map(|of| count(of).unwrap_or(0))
        .sum();
    let ours = count(class)?;
    (ours > 0 && ours == all).then(|| number(ours))
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn number(count: u64) -> f64 {
    count as f64
}

/// CPU time of all threads of a process, in nanoseconds.
pub(crate) fn cpu(process: u32) -> anyhow::Result<f64> {
    let mut total = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may end while we look.
        let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else {
            continue;
        };
        let spent = text
            .split(' ')
            .next()
            .and_then(|first| first.parse::<u64>().ok());
        total += spent.context("the measurement needs Linux with schedstat")?;
    }
    Ok(number(total))
}

/// The entity tag of a path.
fn entity_tag(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let head = ask(address, "HEAD", path)?;
    let line = head
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("etag:"));
    let line = line.with_context(|| format!("no entity tag for {path}:\n{head}"))?;
    Ok(line[5..].trim().to_owned())
}

/// One request by hand, over HTTP/1.1.
pub(crate) fn ask(address: SocketAddr, method: &str, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while let Ok(count) = stream.read(&mut part) {
        answer.extend_from_slice(&part[..count]);
        if count == 0 || answer.windows(4).any(|four| four == b"\r\n\r\n") {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{h2load, wrk};

    #[test]
    fn wrk_counts_and_refuses_what_was_not_expected() {
        let said = "  1 threads and 32 connections\n  70844 requests in 1.01s, 16.08MB read\n";
        assert_eq!(wrk(said, '3'), Some(70844.0));
        assert_eq!(wrk(said, '4'), None);
        let failed = format!("{said}  Non-2xx or 3xx responses: 70844\n");
        assert_eq!(wrk(&failed, '4'), Some(70844.0));
        assert_eq!(wrk(&failed, '2'), None);
    }

    #[test]
    fn h2load_counts_by_class() {
        let said = "requests: 9 total\nstatus codes: 0 2xx, 9 3xx, 0 4xx, 0 5xx\n";
        assert_eq!(h2load(said, '3'), Some(9.0));
        assert_eq!(h2load(said, '2'), None);
    }
}
