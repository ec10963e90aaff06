//! The programs: where they are, how they come here, which version it is.
//!
//! Debian's packages where they are current enough to matter; what is written in Rust or for Node is installed below `target/peers`, or
//! where `LARDER_PEERS` says, and never into the system.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};

use crate::{cargo::target, debian::find_or_install, trained};

/// What `npm` installs: the versions that docs/reference/servers.md is about.
const PACKAGES: [&str; 5] = [
    "serve@14.2.7",
    "sirv-cli@3.0.1",
    "vite@8.2.2",
    "live-server@1.2.2",
    "browser-sync@3.0.4",
];

/// What `cargo install` installs.
const STATIC_WEB_SERVER: &str = "static-web-server@3.0.0-beta.1";

/// A server program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    Nginx,
    Caddy,
    Lighttpd,
    H2o,
    StaticWebServer,
    Serve,
    Sirv,
    Vite,
    LiveServer,
    BrowserSync,
    /// larder itself, as it is packaged.
    Larder,
    /// No server, but the least that could be one: `benches/floor`, built as the package is.
    Floor,
}

/// How a tool is called: the program and what always comes first.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) first: Vec<OsString>,
}

impl Program {
    fn of(path: PathBuf) -> Self {
        Self {
            path,
            first: Vec::new(),
        }
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.first).stdin(Stdio::null());
        command
    }
}

impl Tool {
    /// Where it is, after it was installed if it had to be.
    ///
    /// # Errors
    /// When it is not there and cannot be installed: with what to run by hand.
    pub(crate) fn find_or_install(self) -> anyhow::Result<Program> {
        match self {
            Self::Nginx => system("nginx", &["nginx-light"]),
            Self::Caddy => system("caddy", &["caddy"]),
            Self::Lighttpd => system("lighttpd", &["lighttpd", "lighttpd-mod-deflate"]),
            Self::H2o => system("h2o", &["h2o"]),
            Self::StaticWebServer => static_web_server(),
            Self::Serve => npm("serve/build/main.js"),
            Self::Sirv => npm("sirv-cli/bin.js"),
            Self::Vite => npm("vite/bin/vite.js"),
            Self::LiveServer => npm("live-server/live-server.js"),
            Self::BrowserSync => npm("browser-sync/dist/bin.js"),
            Self::Larder => trained::packaged(trained::Program::Larder).map(Program::of),
            Self::Floor => trained::packaged(trained::Program::Floor).map(Program::of),
        }
    }

    /// Such as `1.22.1`: the first word that begins with a digit in what it says about itself.
    pub(crate) fn version(self, program: &Program) -> anyhow::Result<String> {
        if self == Self::Floor {
            return Ok("of this commit".to_owned());
        }
        let flag = match self {
            Self::Caddy => "version",
            Self::Nginx | Self::Lighttpd | Self::H2o => "-v",
            _ => "--version",
        };
        let output = program.command().arg(flag).output()?;
        // nginx tells it on stderr.
        let said = [output.stdout, output.stderr].concat();
        Ok(version_in(&String::from_utf8_lossy(&said)).unwrap_or_else(|| "unknown".to_owned()))
    }
}

fn version_in(text: &str) -> Option<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || matches!(letter, '/' | ','));
    words
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.contains('.') && word.starts_with(|letter: char| letter.is_ascii_digit()))
        .map(str::to_owned)
}

fn system(name: &str, packages: &[&str]) -> anyhow::Result<Program> {
    find_or_install(name, packages).map(Program::of)
}

/// Where tools are kept that are no packages of the system.
fn folder() -> anyhow::Result<PathBuf> {
    let folder = match env::var_os("LARDER_PEERS") {
        Some(named) => PathBuf::from(named),
        None => target()?.join("peers"),
    };
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Compiled once, at low priority: it takes minutes.
fn static_web_server() -> anyhow::Result<Program> {
    let folder = folder()?;
    let program = folder.join("bin/static-web-server");
    if !program.exists() {
        println!("cargo install --locked {STATIC_WEB_SERVER} (once; some minutes)");
        let status = Command::new("nice")
            .args(["-n", "19"])
            .arg(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["install", "--quiet", "--locked", "--root"])
            .arg(&folder)
            .arg("--target-dir")
            .arg(folder.join("build"))
            .arg(STATIC_WEB_SERVER)
            .stdin(Stdio::null())
            .status()?;
        ensure!(status.success(), "static-web-server cannot be installed");
        // Gigabytes that nobody needs again.
        fs::remove_dir_all(folder.join("build"))?;
    }
    Ok(Program::of(program))
}

/// A script of a package, run by node itself so that the process is the server's own.
fn npm(script: &str) -> anyhow::Result<Program> {
    let node = find_or_install("node", &["nodejs", "npm"])?;
    let folder = folder()?.join("npm");
    let script = folder.join("node_modules").join(script);
    if !script.exists() {
        add_packages(&folder)?;
    }
    ensure!(script.exists(), "{} is not there", script.display());
    Ok(Program {
        path: node,
        first: vec![script.into_os_string()],
    })
}

fn add_packages(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
    println!("npm install {}", PACKAGES.join(" "));
    let status = Command::new("npm")
        .args([
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--save-exact",
        ])
        .args(PACKAGES)
        .current_dir(folder)
        .stdin(Stdio::null())
        .status()
        .context(
            "npm cannot be run: install Node.js with npm (Debian: `sudo apt-get install npm`)",
        )?;
    ensure!(status.success(), "npm cannot install {PACKAGES:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn a_version_is_found_in_what_each_tool_says() {
        for (said, version) in [
            ("nginx version: nginx/1.22.1\n", "1.22.1"),
            ("2.6.2\n", "2.6.2"),
            (
                "v2.11.1 h1:C7sQpsFOC5CH+31KqJc7EoOf8mXrOEkFyYd6GpIqm/s=\n",
                "2.11.1",
            ),
            (
                "lighttpd/1.4.69 (ssl) - a light and fast webserver\n",
                "1.4.69",
            ),
            ("static-web-server 3.0.0-beta.1\n", "3.0.0-beta.1"),
            ("sirv-cli, 3.0.1\n", "3.0.1"),
            ("vite/8.2.2 linux-x64 node-v20.20.2\n", "8.2.2"),
        ] {
            assert_eq!(version_in(said).as_deref(), Some(version), "{said}");
        }
    }
}
