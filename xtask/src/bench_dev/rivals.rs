//! The development servers that are compared, each as its manual says, and told not to open a browser.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::NamedTempFile;

use crate::peers::{Running, Setup, Tool};

/// A development server.
pub(super) struct Rival {
    pub(super) name: &'static str,
    setup: Option<Setup<'static>>,
    /// Where its pages connect to.
    pub(super) socket: &'static str,
    /// The subprotocol they ask for.
    pub(super) protocol: Option<&'static str>,
    /// What they say first.
    pub(super) greeting: &'static [&'static str],
    /// Does a message tell of a change?
    pub(super) is_change: fn(&str) -> bool,
}

/// All of them.
pub(super) const RIVALS: &[Rival] = &[
    Rival {
        name: "larder dev",
        setup: None,
        socket: "/-/larder/live",
        protocol: None,
        greeting: &["{\"age\":0}"],
        is_change: |text| text.contains("\"reload\""),
    },
    Rival {
        name: "vite dev",
        setup: Some(Setup {
            name: "vite dev",
            tool: Tool::Vite,
            about: "the plain files of its root",
            // Looking for dependencies in 48,000 documents would keep it busy for minutes.
            files: &[(
                "vite.config.mjs",
                "export default { optimizeDeps: { noDiscovery: true, include: [] } };\n",
            )],
            arguments: &[
                "{site}",
                "--config",
                "{scratch}/vite.config.mjs",
                "--host",
                "127.0.0.1",
                "--port",
                "{port}",
                "--strictPort",
            ],
        }),
        socket: "/",
        protocol: Some("vite-hmr"),
        greeting: &[],
        is_change: |text| text.contains("full-reload") || text.contains("\"update\""),
    },
    Rival {
        name: "live-server",
        setup: Some(Setup {
            name: "live-server",
            tool: Tool::LiveServer,
            about: "as it comes",
            files: &[],
            arguments: &[
                "{site}",
                "--host=127.0.0.1",
                "--port={port}",
                "--no-browser",
                "--quiet",
            ],
        }),
        socket: "/ws",
        protocol: None,
        greeting: &[],
        is_change: |text| text == "reload" || text == "refreshcss",
    },
    Rival {
        name: "browser-sync",
        setup: Some(Setup {
            name: "browser-sync",
            tool: Tool::BrowserSync,
            about: "serving and watching a folder",
            files: &[],
            arguments: &[
                "start",
                "--server",
                "{site}",
                "--watch",
                "--no-open",
                "--no-ui",
                "--no-notify",
                "--listen",
                "127.0.0.1",
                "--port",
                "{port}",
            ],
        }),
        socket: "/browser-sync/socket.io/?EIO=4&transport=websocket",
        protocol: None,
        greeting: &["40/browser-sync,"],
        is_change: |text| text.contains("browser:reload") || text.contains("file:reload"),
    },
];

/// A server that runs.
pub(super) enum Started {
    Own(Own),
    Other(Running),
}

/// `larder dev`.
pub(super) struct Own {
    child: Child,
    address: SocketAddr,
    said: NamedTempFile,
}

impl Rival {
    /// Starts it on `site`; `larder` is our program.
    pub(super) fn start(&self, larder: &Path, site: &Path) -> anyhow::Result<Started> {
        match &self.setup {
            Some(setup) => Ok(Started::Other(setup.start(site)?)),
            None => Ok(Started::Own(Own::start(larder, site)?)),
        }
    }
}

impl Own {
    fn start(larder: &Path, site: &Path) -> anyhow::Result<Self> {
        let said = NamedTempFile::new()?;
        let mut child = Command::new(larder)
            .arg("dev")
            .arg(site)
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(said.reopen()?)
            .spawn()
            .with_context(|| format!("{} cannot be started", larder.display()))?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line
            .trim()
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .parse()
            .with_context(|| format!("no URL: {line:?}"))?;
        Ok(Self {
            child,
            address,
            said,
        })
    }
}

impl Started {
    pub(super) fn address(&self) -> SocketAddr {
        match self {
            Self::Own(own) => own.address,
            Self::Other(running) => running.address,
        }
    }

    /// What it wrote.
    pub(super) fn said(&self) -> String {
        match self {
            Self::Own(own) => fs::read_to_string(own.said.path()).unwrap_or_default(),
            Self::Other(running) => running.said(),
        }
    }

    /// The times that it says each change took it, in milliseconds: only larder says so.
    pub(super) fn own_work(&self) -> anyhow::Result<Vec<f64>> {
        match self {
            Self::Own(_) => self
                .said()
                .lines()
                .filter_map(|line| line.split_once("shown after ")?.1.split(' ').next())
                .map(|number| number.parse().context("a number of milliseconds"))
                .collect(),
            Self::Other(_) => Ok(Vec::new()),
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id())
            && let Some(process) = Pid::from_raw(id)
        {
            // It may have ended.
            let _ = kill_process(process, Signal::TERM);
        }
        let _ = self.child.wait();
    }
}
