//! Runs cargo and the program it builds.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};
use serde_json::Value;

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the project")
}

/// `cargo ARGUMENTS…` at the root: the cargo that runs this chore.
///
/// It does not see what cargo told this program about itself. Build scripts look at these variables, so that everything over ring would be compiled
/// anew whenever a chore and a plain `cargo test` took turns.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let is_about_us = |prefix| name.to_string_lossy().starts_with(prefix);
        if ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .into_iter()
            .any(is_about_us)
        {
            command.env_remove(&name);
        }
    }
    command
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::null());
    command
}

/// Runs to the end, showing every line of stdout at once and handing it to `see`. Says whether it succeeded.
pub(crate) fn watched(mut command: Command, mut see: impl FnMut(&str)) -> anyhow::Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{command:?} cannot be run"))?;
    let stdout = child.stdout.take().expect("stdout is piped");
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        see(&line);
    }
    Ok(child.wait()?.success())
}

/// Builds `larder` as it is released and says where it is: what is measured.
pub(crate) fn released_larder() -> anyhow::Result<PathBuf> {
    let built = cargo(&["build", "--release", "--bin", "larder"]).status()?;
    ensure!(built.success(), "larder does not compile");
    Ok(target()?.join("release").join("larder"))
}

/// Builds the benchmark `name` under a profile and says where it is.
pub(crate) fn benchmark_in(profile: &str, name: &str) -> anyhow::Result<PathBuf> {
    let arguments = [
        "bench",
        "--no-run",
        "--bench",
        name,
        "--profile",
        profile,
        "--message-format",
        // What is wrong with it is for people, on stderr as always.
        "json-render-diagnostics",
    ];
    built_by(cargo(&arguments), name)
}

/// Runs cargo, which is to build the target `name` and to say where as JSON, and gives that place.
pub(crate) fn built_by(mut command: Command, name: &str) -> anyhow::Result<PathBuf> {
    let built = command.stderr(Stdio::inherit()).output()?;
    ensure!(built.status.success(), "{name} does not compile");
    executable(&String::from_utf8(built.stdout)?, name)
        .with_context(|| format!("cargo does not say where it built {name}"))
}

/// The executable of the target `name`: cargo's messages name those of others, too, in any order.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

/// The folder cargo builds into: the one that holds this very program.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let xtask = std::env::current_exe()?;
    Ok(xtask
        .parent()
        .and_then(Path::parent)
        .context("xtask is in target/PROFILE")?
        .to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_that_of_the_target() {
        let message = |name: &str, executable: &str| {
            format!("{{\"target\":{{\"name\":\"{name}\"}},\"executable\":{executable}}}\n")
        };
        let messages = [
            "warning: no message\n".to_owned(),
            message("floor", "null"),
            message("floor", "\"/t/floor-1\""),
            message("larder", "\"/t/larder\""),
        ];
        let found = executable(&messages.concat(), "floor");
        assert_eq!(found, Some(PathBuf::from("/t/floor-1")));
    }
}
