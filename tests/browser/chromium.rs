//! A headless Chromium of the test's own: fresh profile, empty cache.

use std::{
    env, fs,
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    devtools::DevTools,
    support::{eventually, eventually::DEADLINE},
    tab::Tab,
};

/// Nothing but what the test asks for: no first-run pages, no updates, no requests of the browser's own.
const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--remote-debugging-port=0",
];

/// A running browser; ended when dropped.
pub(crate) struct Chromium {
    process: Child,
    profile: TempDir,
}

impl Chromium {
    /// Starts it.
    ///
    /// # Panics
    /// When it is not there, or does not open its DevTools port.
    pub(crate) fn start() -> Self {
        Self::started(None)
    }

    /// Starts it for somebody whose home is this folder: with whom they trust.
    pub(crate) fn at_home(home: &Path) -> Self {
        Self::started(Some(home))
    }

    fn started(home: Option<&Path>) -> Self {
        let program = env::var_os("LARDER_CHROMIUM").unwrap_or_else(|| "chromium".into());
        let profile = tempfile::tempdir().expect("a temporary folder can be made");
        let mut command = Command::new(&program);
        if let Some(home) = home {
            command.env("HOME", home);
        }
        let process = command
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{}: {error}: `cargo xtask test` installs it",
                    program.display()
                )
            });
        Self { process, profile }
    }

    /// A new tab: empty, with the browser's cache as the tabs before it left it.
    pub(crate) fn tab(&self) -> Tab {
        Tab::open(self.devtools())
    }

    /// A connection of its own, attached to nothing yet.
    pub(crate) fn devtools(&self) -> DevTools {
        let (port, path) = eventually("Chromium's DevTools port", || {
            let text = fs::read_to_string(self.profile.path().join("DevToolsActivePort")).ok()?;
            let (port, path) = text.trim().split_once('\n')?;
            Some((port.parse::<u16>().ok()?, path.to_owned()))
        });
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("Chromium listens");
        stream
            .set_read_timeout(Some(DEADLINE))
            .expect("a socket has timeouts");
        let url = format!("ws://127.0.0.1:{port}{path}");
        DevTools::connect(&url, stream)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
