//! What a larder process costs: CPU time and memory, as Linux counts them.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::NamedTempFile;

/// Linux reports CPU time to programs in hundredths of a second, whatever its own clock does: see proc(5), `/proc/PID/stat`.
const TICKS_PER_SECOND: f64 = 100.0;

/// The process counts as idle when it used no CPU for this long.
const IDLE: Duration = Duration::from_secs(2);

/// Memory and time of a process, up to a moment.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// User and system time of all threads, in seconds.
    pub(crate) cpu: f64,
    /// Since it was started, in seconds.
    pub(crate) wall: f64,
    /// Bytes resident now.
    pub(crate) resident: u64,
    /// The most bytes that were ever resident.
    pub(crate) peak: u64,
}

/// What a command that has ended cost, with all that it started.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    /// User and system time, in seconds.
    pub(crate) cpu: f64,
    /// From its start to its end, in seconds.
    pub(crate) wall: f64,
    /// The most bytes that were ever resident, of the command itself.
    pub(crate) peak: u64,
}

/// Runs `command` to its end, without its output. It has to succeed.
pub(crate) fn spent_by(command: &mut Command) -> anyhow::Result<Spent> {
    let before = of_children()?;
    let (start, said) = (Instant::now(), NamedTempFile::new()?);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said.reopen()?)
        .spawn()
        .with_context(|| format!("{command:?} cannot be run"))?;
    let mut peak = 0;
    let status = loop {
        let memory = fs::read_to_string(format!("/proc/{}/status", child.id()));
        peak = peak.max(
            parse_memory(&memory.unwrap_or_default())
                .1
                .unwrap_or_default(),
        );
        match child.try_wait()? {
            Some(status) => break status,
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    let wall = start.elapsed().as_secs_f64();
    if !status.success() {
        bail!(
            "{command:?}: {status}\n{}",
            fs::read_to_string(said.path())?
        );
    }
    Ok(Spent {
        cpu: of_children()? - before,
        wall,
        peak,
    })
}

/// The CPU time of all children of this process that have ended, and of theirs, in seconds.
fn of_children() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("the measurement needs Linux")?;
    parse_ticks(&stat, 13).context("/proc/self/stat has another form here")
}

/// A server under measurement; stopped when dropped.
pub(crate) struct Server {
    child: Child,
    start: Instant,
    stderr: NamedTempFile,
    /// Where it is served.
    pub(crate) url: String,
    /// What it had cost when its first line on stdout came: when it accepted connections.
    pub(crate) ready: Cost,
}

impl Server {
    /// Starts `larder serve site` and waits until it accepts connections.
    pub(crate) fn start(larder: &Path, site: &Path, codings: &Path) -> anyhow::Result<Self> {
        let start = Instant::now();
        let stderr = NamedTempFile::new()?;
        let mut child = Command::new(larder)
            .arg("serve")
            .arg(site)
            .args(["--listen", "127.0.0.1:0"])
            .env("LARDER_CACHE_DIR", codings)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr.reopen()?)
            .spawn()
            .with_context(|| format!("{} cannot be run", larder.display()))?;
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url)?;
        if url.is_empty() {
            child.wait()?;
            bail!(
                "larder refused to serve {}:\n{}",
                site.display(),
                fs::read_to_string(stderr.path())?
            );
        }
        let ready = cost(child.id(), start)?;
        Ok(Self {
            child,
            start,
            stderr,
            url: url.trim().to_owned(),
            ready,
        })
    }

    /// What it told the operator so far.
    pub(crate) fn said(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.stderr.path())?)
    }

    /// Waits, at most `limit`, until the work in the background is done. The wall time is that of its last work.
    pub(crate) fn idle(&self, limit: Duration) -> anyhow::Result<Cost> {
        let mut last = cost(self.child.id(), self.start)?;
        let mut quiet_since = Instant::now();
        while quiet_since.elapsed() < IDLE && self.start.elapsed() < limit {
            thread::sleep(Duration::from_millis(100));
            let now = cost(self.child.id(), self.start)?;
            // One tick in the meantime is a timer, not work.
            if now.cpu - last.cpu > 1.5 / TICKS_PER_SECOND {
                quiet_since = Instant::now();
                last = now;
            }
        }
        Ok(Cost {
            wall: last.wall,
            ..cost(self.child.id(), self.start)?
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes as people read them.
pub(crate) fn mebibytes(bytes: u64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a table for people: one digit after the point"
    )]
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    format!("{mebibytes:.1} MiB")
}

fn cost(process: u32, start: Instant) -> anyhow::Result<Cost> {
    let read = |name: &str| {
        let path = format!("/proc/{process}/{name}");
        fs::read_to_string(&path)
            .with_context(|| format!("{path}: the measurement needs Linux and a living process"))
    };
    let (cpu, (resident, peak)) = (parse_cpu(&read("stat")?), parse_memory(&read("status")?));
    Ok(Cost {
        cpu: cpu.context("/proc/PID/stat has another form here")?,
        wall: start.elapsed().as_secs_f64(),
        resident: resident.context("/proc/PID/status names no VmRSS")?,
        peak: peak.context("/proc/PID/status names no VmHWM")?,
    })
}

/// Fields 14 and 15, utime and stime.
fn parse_cpu(stat: &str) -> Option<f64> {
    parse_ticks(stat, 11)
}

/// The sum of two fields in seconds, of which the first is the one behind `skip` others; the second field of all is the program's name in parentheses and may
/// hold blanks.
fn parse_ticks(stat: &str, skip: usize) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(skip);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

fn parse_memory(status: &str) -> (Option<u64>, Option<u64>) {
    let kibibytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
            .map(|kibibytes| kibibytes * 1024)
    };
    (kibibytes("VmRSS:"), kibibytes("VmHWM:"))
}

#[cfg(test)]
mod tests {
    use super::{parse_cpu, parse_memory, parse_ticks};

    #[test]
    fn a_program_with_blanks_in_its_name_does_not_shift_the_fields() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 150 50 300 100 20 0 4 0 100 0 0";
        assert_eq!(parse_cpu(stat), Some(2.0));
        assert_eq!(parse_ticks(stat, 13), Some(4.0), "cutime and cstime");
    }

    #[test]
    fn memory_is_in_bytes() {
        assert_eq!(
            parse_memory("VmHWM:\t 2048 kB\nVmRSS:\t 1024 kB\n"),
            (Some(1 << 20), Some(2 << 20))
        );
    }
}
