//! Programs of the system: found, or installed from Debian's packages where we may.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail, ensure};

/// Waits while another installation holds the lock.
const APT: [&str; 4] = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=600"];

/// The first of these programs that is on the PATH, or where Debian keeps servers.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// Where a program is, after its packages were installed if it was nowhere.
///
/// # Errors
/// When they cannot be installed, or the program is in none of them.
pub(crate) fn find_or_install(name: &str, packages: &[&str]) -> anyhow::Result<PathBuf> {
    if let Some(found) = on_path(&[name]) {
        return Ok(found);
    }
    install(packages)?;
    on_path(&[name]).with_context(|| {
        format!(
            "{} is installed, but no {name} is on the PATH",
            packages.join(" ")
        )
    })
}

/// May we install packages?
pub(crate) fn may_install() -> bool {
    let id = Command::new("id").arg("-u").stdin(Stdio::null()).output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
        && Path::new("/var/lib/dpkg").exists()
        && on_path(&["apt-get"]).is_some()
}

/// Installs packages. Services among them are not started: `RUNLEVEL` tells Debian's scripts that it is no time for that.
///
/// # Errors
/// When `apt-get` fails, with what to run by hand.
pub(crate) fn install(packages: &[&str]) -> anyhow::Result<()> {
    ensure!(
        may_install(),
        "install {0} (Debian: `sudo apt-get install {0}`) and run this again",
        packages.join(" ")
    );
    let steps: [&[&str]; 2] = [&["update"], &["-y", "install", "--no-install-recommends"]];
    for (step, packages) in steps.into_iter().zip([&[] as &[&str], packages]) {
        let command: Vec<&str> = [&APT, step, packages].concat();
        println!("{}", command.join(" "));
        let status = Command::new(command[0])
            .args(&command[1..])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .env("RUNLEVEL", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        if !status.success() {
            bail!(
                "`{}` failed: install it by hand and run this again",
                command.join(" ")
            );
        }
    }
    Ok(())
}
