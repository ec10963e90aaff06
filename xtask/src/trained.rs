//! A program that is compiled twice: the first counts what its code does while it is asked what servers are asked, the second is laid out by these counts.
//!
//! Most of a small reply over HTTP/2 is branches and moves between many small functions of `h2` and `http`, which no profile of cargo's arranges by use.
//!
//! Uses: cargo, toolchain (llvm-tools), the built `larder` · Never: the library

use std::{
    env::consts::EXE_SUFFIX,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};

use crate::{
    cargo::{cargo, root, target},
    toolchain,
};

/// How long each scenario of an exercise lasts.
const TIME: &str = "3s";

/// Small pages by hand, and large scripts from a bundler.
const SITES: [&str; 2] = ["site", "tests/sites/vite"];

/// What is done with a site: every reply of it is verified, too.
const EXERCISES: [&[&str]; 4] = [
    &[],
    &["--http2", "--streams", "32", "--connections", "4"],
    &["--path", "/settings/profile", "--path", "/"],
    &["--path", "/settings/profile", "--path", "/", "--http2"],
];

/// Builds `larder` for `triple` as it is given away, and says where it is.
pub(crate) fn larder(triple: &str) -> anyhow::Result<PathBuf> {
    let folder = target()?.join("training");
    let counts = folder.join("counts").join(triple);
    if counts.exists() {
        // Those of another version of the code.
        fs::remove_dir_all(&counts)?;
    }
    let learner = built(triple, &folder, &flag("-Cprofile-generate=", &counts))?;
    let sites = SITES.map(|site| root().join(site));
    for (site, exercise) in sites
        .iter()
        .flat_map(|site| EXERCISES.map(|exercise| (site, exercise)))
    {
        let done = Command::new(&learner)
            .args(["bench", "load"])
            .arg(site)
            .args(["--rounds", "1", "--duration", TIME])
            .args(["--scenario", "first,revalidate,reload"])
            .args(exercise)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        ensure!(
            done.success(),
            "`bench load` with {exercise:?} ended with {done}"
        );
    }
    let merged = counts.join("merged.profdata");
    let merging = Command::new(tool("llvm-profdata")?)
        .args(["merge", "-o"])
        .arg(&merged)
        .arg(&counts)
        .status()?;
    ensure!(merging.success(), "the counts cannot be merged: {merging}");
    built(triple, &target()?, &flag("-Cprofile-use=", &merged))
}

fn flag(name: &str, path: &Path) -> OsString {
    let mut flag = OsString::from(name);
    flag.push(path);
    flag
}

/// Builds below `folder`, with one flag for rustc. As a target is named, build scripts and macros are compiled without it.
fn built(triple: &str, folder: &Path, flag: &OsString) -> anyhow::Result<PathBuf> {
    let built = cargo(&["build", "--locked", "--bin", "larder", "--profile", "dist"])
        .args(["--target", triple, "--target-dir"])
        .arg(folder)
        // Of the two variables the one in which a space separates nothing.
        .env("CARGO_ENCODED_RUSTFLAGS", flag)
        .status()?;
    ensure!(built.success(), "larder does not compile for {triple}");
    Ok(folder.join(triple).join("dist").join("larder"))
}

/// A program of rustup's component llvm-tools, which is added where it is missing.
fn tool(name: &str) -> anyhow::Result<PathBuf> {
    let libraries = toolchain::place("target-libdir")?;
    let programs = libraries.parent().context("it is lib/rustlib/HOST/lib")?;
    let tool = programs.join("bin").join(format!("{name}{EXE_SUFFIX}"));
    if !tool.exists() {
        toolchain::add("component", "llvm-tools")?;
        ensure!(tool.exists(), "llvm-tools has no {}", tool.display());
    }
    Ok(tool)
}
