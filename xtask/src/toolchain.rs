//! The Rust toolchain that builds this project: where its parts are, and how it gets more of them.
//!
//! Uses: rustc, rustup, Debian's packages · Never: building

use std::{path::PathBuf, process::Command};

use anyhow::{Context, ensure};

use crate::{cargo::root, debian::find_or_install};

/// What `rustc --print` says of a place, such as `sysroot`.
pub(crate) fn place(what: &str) -> anyhow::Result<PathBuf> {
    let said = Command::new("rustc")
        .args(["--print", what])
        .current_dir(root())
        .output()
        .context("rustc cannot be run")?;
    Ok(String::from_utf8(said.stdout)?.trim().into())
}

/// The target with musl, and what it takes to build for it.
pub(crate) fn musl() -> anyhow::Result<String> {
    find_or_install("musl-gcc", &["musl-tools"])?;
    let triple = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    add("target", &triple)?;
    Ok(triple)
}

/// Has rustup add a `target` or a `component`, which it does nothing about if it is there.
pub(crate) fn add(kind: &str, name: &str) -> anyhow::Result<()> {
    let added = Command::new("rustup")
        .args([kind, "add", name])
        .current_dir(root())
        .status();
    ensure!(
        added.is_ok_and(|status| status.success()),
        "rustup cannot add {name}: is there a network?"
    );
    Ok(())
}
