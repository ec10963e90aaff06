//! What `larder build` costs next to the least that any tool could do with the same files: hash each, and copy each.

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{bail, ensure};

use crate::{
    cargo::released_larder,
    measure::{Spent, mebibytes, spent_by},
    startup::{count, toolchain_docs},
};

/// The most CPU time that a build without codings may take, as a multiple of hashing and copying.
const TIMES: f64 = 3.0;
/// The most memory, in bytes.
const PEAK: u64 = 3 << 29;

/// `cargo xtask bench-build [--codings] [DIR]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let (flags, folders): (Vec<&String>, Vec<&String>) = arguments
        .iter()
        .partition(|argument| argument.starts_with("--"));
    let codings = match flags.as_slice() {
        [] => false,
        [flag] if *flag == "--codings" => true,
        _ => bail!("the only flag is --codings"),
    };
    let site = match folders.as_slice() {
        [] => toolchain_docs()?,
        [folder] => PathBuf::from(folder),
        _ => bail!("one folder, please"),
    };
    ensure!(site.is_dir(), "{} is no folder", site.display());
    let (files, bytes) = count(&site)?;
    println!("{}: {files} files, {}\n", site.display(), mebibytes(bytes));
    let larder = released_larder()?;
    let scratch = tempfile::tempdir()?;

    println!("{:<34} {:>8} {:>8} {:>12}", "", "CPU s", "wall s", "peak");
    let mut hash = Command::new("sh");
    let every = "find \"$0\" -type f -print0 | xargs -0 sha256sum > /dev/null";
    hash.args(["-c", every]).arg(&site);
    let hashed = row("sha256sum of every file", hash)?;
    let mut copy = Command::new("cp");
    copy.arg("-r").arg(&site).arg(scratch.path().join("copy"));
    let copied = row("cp -r", copy)?;

    let build = |quality: Option<&str>| -> anyhow::Result<Command> {
        let mut build = Command::new(&larder);
        build.arg("build").arg(&site);
        build.arg("-o").arg(scratch.path().join("release"));
        build.env("LARDER_CACHE_DIR", scratch.path().join("codings"));
        match quality {
            None => build.arg("--no-compress"),
            Some(quality) => {
                let policy = scratch.path().join("policy.toml");
                std::fs::write(&policy, format!("[compress]\nquality = \"{quality}\"\n"))?;
                build.arg("--policy").arg(policy)
            }
        };
        Ok(build)
    };
    let took = row("larder build --no-compress", build(None)?)?;
    row("… once more, in its place", build(None)?)?;
    if codings {
        row("… with brotli 11, zstd 19, gzip 9", build(Some("best"))?)?;
        row("… once more, from the cache", build(Some("best"))?)?;
    }
    Ok(verdict(took, hashed.cpu + copied.cpu))
}

fn row(name: &str, mut command: Command) -> anyhow::Result<Spent> {
    let spent = spent_by(&mut command)?;
    let peak = mebibytes(spent.peak);
    println!(
        "{name:<34} {:>8.2} {:>8.2} {peak:>12}",
        spent.cpu, spent.wall
    );
    Ok(spent)
}

fn verdict(built: Spent, least: f64) -> ExitCode {
    let times = built.cpu / least;
    println!(
        "\n{times:.2} times the CPU time of sha256sum and cp -r; the target is {TIMES} times, and {} of memory",
        mebibytes(PEAK)
    );
    if times <= TIMES && built.peak <= PEAK {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_is_about_time_and_memory() {
        let spent = |cpu, peak| Spent {
            cpu,
            wall: 1.0,
            peak,
        };
        assert_eq!(verdict(spent(2.9, PEAK), 1.0), ExitCode::SUCCESS);
        assert_eq!(verdict(spent(3.1, PEAK), 1.0), ExitCode::FAILURE);
        assert_eq!(verdict(spent(2.9, PEAK + 1), 1.0), ExitCode::FAILURE);
    }
}
