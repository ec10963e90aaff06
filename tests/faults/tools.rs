//! The tools that stage a fault, and their end with the test.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Larder, eventually, holds};

/// Where a tool is.
///
/// # Panics
/// When it is not there; says what to do.
pub(crate) fn tool(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| {
            panic!("`{name}` is not installed: `cargo xtask faults` installs what it can")
        })
}

/// Makes system calls of a running larder fail or wait, until it is dropped.
pub(crate) struct Injected {
    strace: Child,
    larder: u32,
}

impl Injected {
    /// `what` is an expression of strace, such as `pread64:error=EIO`.
    pub(crate) fn into(larder: &Larder, what: &str) -> Self {
        let pid = larder.id().to_string();
        let calls = what.split(':').next().expect("a call comes first");
        let strace = Command::new(tool("strace"))
            .args(["-f", "-qq", "-o", "/dev/null", "-p", &pid])
            .args([
                "-e",
                &format!("trace={calls}"),
                "-e",
                &format!("inject={what}"),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("strace can be started");
        let injected = Self {
            strace,
            larder: larder.id(),
        };
        holds("strace sees every thread", || {
            tracers(injected.larder).all(|tracer| tracer)
        });
        injected
    }
}

impl Drop for Injected {
    fn drop(&mut self) {
        // Told so, it lets go of the process; killed, it would leave it stopped.
        let _ = kill_process(Pid::from_child(&self.strace), Signal::TERM);
        let _ = self.strace.wait();
        if !std::thread::panicking() {
            holds("strace has let go", || {
                tracers(self.larder).all(|tracer| !tracer)
            });
        }
    }
}

/// Of each thread of a process: is it traced?
fn tracers(pid: u32) -> impl Iterator<Item = bool> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    tasks.filter_map(|task| {
        let status = fs::read_to_string(task.path().join("status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("TracerPid:"))?;
        Some(line.trim() != "0")
    })
}

/// A small file system in memory, until it is dropped.
pub(crate) struct Tmpfs(PathBuf);

impl Tmpfs {
    pub(crate) fn mount(at: &Path, size: &str) -> Self {
        fs::create_dir_all(at).expect("the folder can be made");
        let mounted = Command::new(tool("mount"))
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at)
            .status()
            .expect("mount can be started");
        assert!(mounted.success(), "only root may mount: run it as root");
        Self(at.to_owned())
    }

    /// How many bytes are still free.
    pub(crate) fn free(&self) -> u64 {
        let stat = rustix::fs::statvfs(&self.0).expect("it is mounted");
        stat.f_bfree * stat.f_frsize
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // The server may hold a file of it for a moment more.
        eventually("it can be unmounted", || {
            let unmounted = Command::new("umount")
                .arg(&self.0)
                .stderr(Stdio::null())
                .status();
            unmounted.is_ok_and(|status| status.success()).then_some(())
        });
    }
}
