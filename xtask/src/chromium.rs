//! The browser of the browser tests: found, or installed where we may.

use std::{env, path::PathBuf};

use anyhow::bail;

use crate::debian::{install, may_install, on_path};

/// What distributions call it.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
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
        // What has it trust the authority of `larder dev --tls`.
        if on_path(&["certutil"]).is_none() && may_install() {
            install(&["libnss3-tools"])?;
        }
        return Ok(found);
    }
    if !may_install() {
        bail!(
            "the browser tests need Chromium. Install it (Debian: `sudo apt-get install chromium`) or say where it is: \
             `LARDER_CHROMIUM=/path/to/chrome cargo xtask test`"
        );
    }
    install(&["chromium", "libnss3-tools"])?;
    match on_path(&NAMES) {
        Some(found) => Ok(found),
        None => bail!("Debian's package `chromium` is installed, but no {NAMES:?} is on the PATH"),
    }
}
