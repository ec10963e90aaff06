//! The program as `packaging/docker` makes it: static, with musl, and run where there is nothing else: no libc, no shell, no root.
//!
//! A container is more than an empty root, but what a static program could miss in one it misses here, and no daemon has to run.
//!
//! Uses: cargo, toolchain, the built `larder` · Never: the library.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    cargo::{cargo, target},
    toolchain, trained,
};

/// `cargo xtask package [--dist]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let is_given_away = match arguments {
        [] => false,
        [flag] if flag == "--dist" => true,
        _ => bail!("`package` takes --dist, and nothing else"),
    };
    let triple = toolchain::musl()?;
    let program = if is_given_away {
        trained::packaged(trained::Program::Larder)?
    } else {
        built(&triple)?
    };
    ensure!(is_static(&program)?, "{} wants a loader", program.display());
    let length = fs::metadata(&program)?.len();
    println!("{}: static, {} MiB", program.display(), length >> 20);
    serves_from_an_empty_root(&program)?;
    println!("it serves from an empty root, without a right, and ends when it is told to");
    Ok(ExitCode::SUCCESS)
}

/// Builds it as tests are built, which takes the least time.
fn built(triple: &str) -> anyhow::Result<PathBuf> {
    let built = cargo(&["build", "--locked", "--bin", "larder", "--target", triple]).status()?;
    ensure!(built.success(), "larder does not compile for {triple}");
    Ok(target()?.join(triple).join("debug").join("larder"))
}

/// Has the program no header that names a loader (`PT_INTERP`)? 64-bit ELF, as its specification lays it out.
fn is_static(program: &Path) -> anyhow::Result<bool> {
    const INTERPRETER: u32 = 3;
    let bytes = fs::read(program)?;
    let number = |place: usize, length: usize| -> anyhow::Result<usize> {
        let field = bytes.get(place..place + length).context("it is cut off")?;
        Ok(field
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    ensure!(
        bytes.starts_with(b"\x7fELF\x02\x01"),
        "{} is no 64-bit little-endian ELF",
        program.display()
    );
    let (table, size, count) = (number(0x20, 8)?, number(0x36, 2)?, number(0x38, 2)?);
    ensure!(count > 0, "it has no program headers");
    for header in 0..count {
        if number(table + header * size, 4)? == INTERPRETER as usize {
            return Ok(false);
        }
    }
    Ok(true)
}

fn serves_from_an_empty_root(program: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("site"))?;
    fs::write(
        folder.path().join("site/index.html"),
        "<title>static</title>",
    )?;
    fs::copy(program, folder.path().join("larder"))?;
    // A user namespace, so that whoever runs this need not be root; no variable of ours goes along.
    let mut child = Command::new("unshare")
        .args(["--user", "--map-root-user", "chroot"])
        .arg(folder.path())
        .args(["/larder", "serve", "/site", "--listen", "127.0.0.1:0"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("unshare (util-linux) cannot be run")?;
    let mut url = String::new();
    let stdout = child.stdout.take().context("it is piped")?;
    BufReader::new(stdout).read_line(&mut url)?;
    let asked = ask(url.trim());
    // `unshare` and `chroot` have become the program: the signal is for it.
    let _ = kill_process(Pid::from_child(&child), Signal::TERM);
    let status = child.wait()?;
    let answer = asked?;
    ensure!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("<title>static</title>"),
        "{answer}"
    );
    ensure!(status.success(), "told to stop, it ended with {status}");
    Ok(())
}

fn ask(url: &str) -> anyhow::Result<String> {
    let authority = url.strip_prefix("http://").context("it told no URL")?;
    let mut stream = TcpStream::connect(authority.trim_end_matches('/'))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::root;

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn a_program_that_wants_a_loader_is_not_called_static() {
        let own = std::env::current_exe().unwrap();
        assert!(!is_static(&own).unwrap());
    }

    #[test]
    fn a_file_that_is_no_program_is_an_error() {
        assert!(is_static(&root().join("Cargo.toml")).is_err());
    }
}
