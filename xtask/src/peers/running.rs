//! A server that runs until it is dropped.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{Setup, tool::Program};

/// More than Node needs on a busy machine.
const START: Duration = Duration::from_mins(1);

/// What a server gets to finish before it is killed.
const END: Duration = Duration::from_secs(5);

/// How often another port is tried, when somebody else took ours between looking and listening.
const TRIES: usize = 3;

/// A server under observation. Dropping it stops this one process, by its number.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    /// The name of its setup.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    scratch: TempDir,
}

impl Running {
    pub(super) fn start(setup: &Setup<'_>, program: &Program, site: &Path) -> anyhow::Result<Self> {
        let site = site
            .canonicalize()
            .with_context(|| format!("{} cannot be served", site.display()))?;
        let version = setup.tool.version(program)?;
        let mut failure = None;
        for _ in 0..TRIES {
            match Self::once(setup, program, &site, &version) {
                Ok(running) => return Ok(running),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.expect("there was a try"))
    }

    fn once(
        setup: &Setup<'_>,
        program: &Program,
        site: &Path,
        version: &str,
    ) -> anyhow::Result<Self> {
        let scratch = tempfile::tempdir()?;
        let (port, user) = (free_port()?, user()?);
        let fill = |text: &str| {
            text.replace("{site}", &site.display().to_string())
                .replace("{port}", &port.to_string())
                .replace("{user}", &user)
                .replace("{scratch}", &scratch.path().display().to_string())
        };
        for (name, text) in setup.files {
            fs::write(scratch.path().join(name), fill(text))?;
        }
        let said = fs::File::create(scratch.path().join("said"))?;
        let child = program
            .command()
            .args(setup.arguments.iter().map(|argument| fill(argument)))
            .current_dir(scratch.path())
            .env("HOME", scratch.path())
            .env("NO_UPDATE_CHECK", "1")
            .stdout(said.try_clone()?)
            .stderr(said)
            .spawn()?;
        let mut running = Self {
            child,
            name: setup.name.to_owned(),
            version: version.to_owned(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            scratch,
        };
        running.wait_until_ready()?;
        Ok(running)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let start = Instant::now();
        while start.elapsed() < START {
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended with {status}:\n{}", self.said());
            }
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("it does not listen after {START:?}:\n{}", self.said())
    }

    /// A URL on it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The number of its process, for CPU time and memory. A server with workers has more below this one.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Everything that it wrote to stdout and stderr.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.scratch.path().join("said")).unwrap_or_default()
    }
}

impl Drop for Running {
    /// Asks first, because a server that is killed leaves its workers behind.
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id())
            && let Some(process) = Pid::from_raw(id)
        {
            let _ = kill_process(process, Signal::TERM);
        }
        let start = Instant::now();
        while start.elapsed() < END {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Whose name this process runs under: a server started by root would otherwise become somebody who may not read the site.
fn user() -> anyhow::Result<String> {
    let output = Command::new("id").arg("-un").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
