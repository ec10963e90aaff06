//! How long it takes from saving a file to its being served, and to the browser's being told: the table of the README.
//!
//! The same file is written the same way again and again, while one connection asks for it and a WebSocket listens as a page would. What is measured
//! is wall time from just before the write call: of each server the whole, of larder also its own work after the event, as its terminal says.

mod ears;
mod rivals;

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};

use crate::{cargo, startup};
use ears::Ears;
use rivals::{RIVALS, Rival, Started};

/// How often the file is changed.
const CHANGES: u32 = 200;
/// The pause between two changes: a quick hand.
const PAUSE: Duration = Duration::from_millis(150);
/// More than any of them needs; a change that was not told by then was lost.
const LOST: Duration = Duration::from_secs(5);
/// The file that is changed: a plain document in the root.
const FILE: &str = "larder-bench.html";

/// `cargo xtask bench-dev [CHANGES] [LARDER]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let (changes, larder) = match arguments {
        [] => (CHANGES, cargo::released_larder()?),
        [number] => (parse(number)?, cargo::released_larder()?),
        [number, larder] => (parse(number)?, PathBuf::from(larder)),
        _ => bail!("a number and a program, please"),
    };
    let sample = cargo::root().join("site");
    let docs = startup::toolchain_docs()?;
    println!(
        "{:<22} {:<14} {:>18} {:>18} {:>18} {:>6}",
        "", "", "served, ms", "told, ms", "own work, ms", "lost"
    );
    println!(
        "{:<22} {:<14} {:>9} {:>8} {:>9} {:>8} {:>9} {:>8}",
        "", "", "median", "p99", "median", "p99", "median", "p99"
    );
    for (name, original) in [("site/", &sample), ("the Rust docs", &docs)] {
        let copy = tempfile::tempdir()?;
        let site = copy.path().join("site");
        copy_to(original, &site)?;
        for rival in RIVALS {
            fs::write(site.join(FILE), document(0))?;
            match measure(rival, &larder, &site, changes) {
                Ok(figures) => print_row(name, rival, &figures),
                Err(error) => println!("{name:<22} {:<14} {error:#}", rival.name),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn parse(number: &str) -> anyhow::Result<u32> {
    number.parse().context("how many changes?")
}

/// Times in milliseconds.
#[derive(Default)]
struct Figures {
    served: Vec<f64>,
    told: Vec<f64>,
    work: Vec<f64>,
    lost: usize,
}

fn measure(rival: &Rival, larder: &Path, site: &Path, changes: u32) -> anyhow::Result<Figures> {
    let started = rival.start(larder, site)?;
    let ears = Ears::open(started.address(), rival)?;
    let mut poll = Poll::open(started.address())?;
    warm_up(&started, &ears, &mut poll, site)?;
    let mut figures = Figures::default();
    for number in 1..=changes {
        thread::sleep(PAUSE);
        ears.forget();
        let text = document(number);
        let path = site.join(FILE);
        let before = poll.tag()?;
        let start = Instant::now();
        fs::write(&path, text)?;
        let served = poll.until_other(&before)?;
        let told = ears.next(start + LOST);
        figures
            .served
            .extend(served.map(|at| milliseconds(at - start)));
        match told {
            Some(at) => figures
                .told
                .push(milliseconds(at.saturating_duration_since(start))),
            None => figures.lost += 1,
        }
    }
    figures.work = started.own_work()?;
    Ok(figures)
}

/// A server is measured once it follows changes at all: some read 50,000 files first.
fn warm_up(started: &Started, ears: &Ears, poll: &mut Poll, site: &Path) -> anyhow::Result<()> {
    let start = Instant::now();
    for number in 1_000_000.. {
        ensure!(
            start.elapsed() < Duration::from_mins(5),
            "it tells of no change: {}",
            started.said()
        );
        let before = poll.tag()?;
        fs::write(site.join(FILE), document(number))?;
        let told = ears.next(Instant::now() + Duration::from_secs(2)).is_some();
        if told && poll.tag()? != before {
            break;
        }
    }
    thread::sleep(Duration::from_secs(1));
    Ok(())
}

fn document(number: u32) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><title>{number}</title></head><body><p>{number}</p></body></html>\n"
    )
}

/// One connection that asks for the file over and over.
struct Poll {
    stream: TcpStream,
    address: SocketAddr,
}

impl Poll {
    fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        Ok(Self { stream, address })
    }

    /// The entity tag that is served now.
    fn tag(&mut self) -> anyhow::Result<String> {
        if let Ok(tag) = self.ask() {
            return Ok(tag);
        }
        // A server may close a connection that was idle.
        *self = Self::open(self.address)?;
        self.ask()
    }

    fn ask(&mut self) -> anyhow::Result<String> {
        let ask = format!(
            "HEAD /{FILE} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\n\r\n",
            self.address
        );
        self.stream.write_all(ask.as_bytes())?;
        let mut head = Vec::new();
        let mut byte = [0; 512];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let length = self.stream.read(&mut byte)?;
            ensure!(length > 0, "the connection was closed");
            head.extend_from_slice(&byte[..length]);
        }
        let head = String::from_utf8_lossy(&head);
        let tag = head.lines().find_map(|line| {
            line.split_once(':')
                .filter(|(name, _)| name.eq_ignore_ascii_case("etag"))
        });
        Ok(tag
            .with_context(|| format!("no ETag: {head}"))?
            .1
            .trim()
            .to_owned())
    }

    /// When another tag was served.
    fn until_other(&mut self, before: &str) -> anyhow::Result<Option<Instant>> {
        let start = Instant::now();
        while start.elapsed() < LOST {
            if self.tag()? != before {
                return Ok(Some(Instant::now()));
            }
            // Asking is not to be what keeps the server busy, and a pause is to be short beside what is measured.
            thread::sleep(Duration::from_micros(50));
        }
        Ok(None)
    }
}

fn print_row(site: &str, rival: &Rival, figures: &Figures) {
    let pair = |times: &[f64]| {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        let at = |share: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place in a list of some hundred"
            )]
            let place = ((times.len() as f64 - 1.0) * share).round() as usize;
            times
                .get(place)
                .map_or("-".to_owned(), |time| format!("{time:.1}"))
        };
        (at(0.5), at(0.99))
    };
    let (served, told, work) = (
        pair(&figures.served),
        pair(&figures.told),
        pair(&figures.work),
    );
    println!(
        "{site:<22} {:<14} {:>9} {:>8} {:>9} {:>8} {:>9} {:>8} {:>6}",
        rival.name, served.0, served.1, told.0, told.1, work.0, work.1, figures.lost
    );
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn copy_to(from: &Path, to: &Path) -> anyhow::Result<()> {
    let copied = Command::new("cp").arg("-r").arg(from).arg(to).status()?;
    ensure!(copied.success(), "{} cannot be copied", from.display());
    // Else the first to be measured shares the disk with what is still to be written.
    rustix::fs::sync();
    Ok(())
}
