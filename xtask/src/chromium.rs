//! The browser of the browser tests: found, or installed where we may.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::bail;

/// What distributions call it.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Installs Debian's package; waits while another installation holds the lock.
const INSTALL: [&[&str]; 2] = [
    &["apt-get", "-q", "-o", "DPkg::Lock::Timeout=600", "update"],
    &[
        "apt-get",
        "-q",
        "-y",
        "-o",
        "DPkg::Lock::Timeout=600",
        "install",
        "--no-install-recommends",
        "chromium",
    ],
];

/// Where Chromium is: `LARDER_CHROMIUM`, else on the PATH, else freshly installed.
///
/// # Errors
/// When there is none and it cannot be installed: with what to run instead.
pub(crate) fn find_or_install() -> anyhow::Result<PathBuf> {
    if let Some(named) = env::var_os("LARDER_CHROMIUM") {
        return Ok(named.into());
    }
    if let Some(found) = on_path(&NAMES) {
        return Ok(found);
    }
    if !(is_root() && on_path(&["apt-get"]).is_some()) {
        bail!(
            "the browser tests need Chromium. Install it (Debian: `sudo apt-get install chromium`) or say where it is: \
             `LARDER_CHROMIUM=/path/to/chrome cargo xtask test`"
        );
    }
    for step in INSTALL {
        println!("{}", step.join(" "));
        let status = Command::new(step[0])
            .args(&step[1..])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        if !status.success() {
            bail!(
                "`{}` failed: install Chromium by hand and run this again",
                step.join(" ")
            );
        }
    }
    match on_path(&NAMES) {
        Some(found) => Ok(found),
        None => bail!("Debian's package `chromium` is installed, but no {NAMES:?} is on the PATH"),
    }
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// May we install packages?
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").stdin(Stdio::null()).output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0") && Path::new("/var/lib/dpkg").exists()
}
