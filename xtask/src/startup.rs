//! How long larder takes to be ready, and how much memory it holds: the numbers of the README.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, bail, ensure};

use crate::{
    cargo::released_larder,
    measure::{Cost, Server, mebibytes},
    toolchain,
};

/// Compressing 50,000 documents takes minutes; more than this means that it never ends.
const LIMIT: Duration = Duration::from_hours(1);

/// `cargo xtask bench-startup [DIR]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let site = match arguments {
        [] => toolchain_docs()?,
        [folder] => PathBuf::from(folder),
        _ => bail!("one folder, please"),
    };
    ensure!(site.is_dir(), "{} is no folder", site.display());
    let (files, bytes) = count(&site)?;
    println!("{}: {files} files, {}\n", site.display(), mebibytes(bytes));

    let larder = released_larder()?;
    let codings = tempfile::tempdir()?;
    println!(
        "{:<22} {:>8} {:>8} {:>12} {:>12}",
        "", "CPU s", "wall s", "resident", "peak"
    );
    for (name, idle) in [("cold", "cold, all codings made"), ("warm", "warm, idle")] {
        let server = Server::start(&larder, &site, codings.path())?;
        row(name, server.ready);
        row(idle, server.idle(LIMIT)?);
    }
    Ok(ExitCode::SUCCESS)
}

fn row(name: &str, cost: Cost) {
    let (resident, peak) = (mebibytes(cost.resident), mebibytes(cost.peak));
    println!(
        "{name:<22} {:>8.2} {:>8.2} {resident:>12} {peak:>12}",
        cost.cpu, cost.wall
    );
}

/// The documentation that ships with the toolchain: a real site of 50,000 files that every developer has.
pub(crate) fn toolchain_docs() -> anyhow::Result<PathBuf> {
    let docs = toolchain::place("sysroot")?.join("share/doc/rust/html");
    ensure!(
        docs.is_dir(),
        "no documentation in the toolchain: `rustup component add rust-docs`, or name a folder"
    );
    Ok(docs)
}

/// Files under a folder, and their bytes.
pub(crate) fn count(folder: &Path) -> anyhow::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in folder
            .read_dir()
            .with_context(|| folder.display().to_string())?
        {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files += 1;
                bytes += entry.metadata()?.len();
            }
        }
    }
    Ok((files, bytes))
}
