//! A program that is compiled twice: the first counts what its code does while it is asked what servers are asked, the second is laid out by these counts.
//!
//! Most of a small reply over HTTP/2 is branches and moves between many small functions of `h2` and `http`, which no profile of cargo's arranges by use.
//!
//! Uses: cargo, toolchain (llvm-tools), h2load, the built `larder` and floor · Never: the library

use std::{
    env::consts::EXE_SUFFIX,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use anyhow::{Context, ensure};

use crate::{
    cargo::{built_by, cargo, root, target},
    debian::find_or_install,
    floor::Floor,
    identity::Identity,
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

/// What the floor is asked: small and large.
const FLOOR: [&str; 4] = ["/304", "/4k", "/100k", "/1m"];

/// What can be compiled so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Larder,
    /// `benches/floor`, so that it is compared with what is built alike.
    Floor,
}

/// Builds `program` as it is given away, static with musl, once for each run, and says where it is.
pub(crate) fn packaged(program: Program) -> anyhow::Result<PathBuf> {
    static LARDER: OnceLock<PathBuf> = OnceLock::new();
    static FLOOR: OnceLock<PathBuf> = OnceLock::new();
    let place = match program {
        Program::Larder => &LARDER,
        Program::Floor => &FLOOR,
    };
    if let Some(path) = place.get() {
        return Ok(path.clone());
    }
    let path = program.trained(&toolchain::musl()?)?;
    Ok(place.get_or_init(|| path).clone())
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Larder => "larder",
            Self::Floor => "floor",
        }
    }

    fn trained(self, triple: &str) -> anyhow::Result<PathBuf> {
        let folder = target()?.join("training");
        let counts = folder.join("counts").join(triple).join(self.name());
        if counts.exists() {
            // Those of another version of the code.
            fs::remove_dir_all(&counts)?;
        }
        let learner = self.built(triple, &folder, &flag("-Cprofile-generate=", &counts))?;
        match self {
            Self::Larder => exercise_larder(&learner)?,
            Self::Floor => exercise_floor(&learner)?,
        }
        let merged = counts.join("merged.profdata");
        let merging = Command::new(tool("llvm-profdata")?)
            .args(["merge", "-o"])
            .arg(&merged)
            .arg(&counts)
            .status()?;
        ensure!(merging.success(), "the counts cannot be merged: {merging}");
        self.built(triple, &target()?, &flag("-Cprofile-use=", &merged))
    }

    /// Builds below `folder`, with one flag for rustc. As a target is named, build scripts and macros are compiled without it.
    fn built(self, triple: &str, folder: &Path, flag: &OsString) -> anyhow::Result<PathBuf> {
        let what: &[&str] = match self {
            Self::Larder => &["build", "--bin", "larder"],
            Self::Floor => &["bench", "--no-run", "--bench", "floor"],
        };
        let mut command = cargo(what);
        command
            .args(["--locked", "--profile", "dist"])
            .args(["--message-format", "json-render-diagnostics"])
            .args(["--target", triple, "--target-dir"])
            .arg(folder)
            // Of the two variables the one in which a space separates nothing.
            .env("CARGO_ENCODED_RUSTFLAGS", flag);
        built_by(command, self.name()).with_context(|| format!("for {triple}"))
    }
}

fn exercise_larder(learner: &Path) -> anyhow::Result<()> {
    let sites = SITES.map(|site| root().join(site));
    for (site, exercise) in sites
        .iter()
        .flat_map(|site| EXERCISES.map(|exercise| (site, exercise)))
    {
        let done = Command::new(learner)
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
    Ok(())
}

/// By another load tool: `larder bench load` holds servers to more than canned replies.
fn exercise_floor(learner: &Path) -> anyhow::Result<()> {
    let load = find_or_install("h2load", &["nghttp2-client"])?;
    let scratch = tempfile::tempdir()?;
    let (certificate, key) = (
        scratch.path().join("chain.pem"),
        scratch.path().join("key.pem"),
    );
    let identity = Identity::new()?;
    fs::write(&certificate, identity.certificate)?;
    fs::write(&key, identity.key)?;
    let [certificate, key] = [&certificate, &key].map(|path| path.to_string_lossy());
    let tls = ["--tls-cert", &certificate, "--tls-key", &key];
    let streams = ["-c4", "-m32"];
    for (more, how) in [(&[][..], &["--h1", "-c32"][..]), (&tls, &streams)] {
        let floor = Floor::start(learner, more)?;
        let asked = |path: &str, amount: &[&str]| -> anyhow::Result<()> {
            let done = Command::new(&load)
                .args(how)
                .args(amount)
                .arg(floor.url(path))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .status()?;
            ensure!(done.success(), "h2load at {path} ended with {done}");
            Ok(())
        };
        for path in FLOOR {
            asked(path, &["-D", TIME])?;
        }
        // It ends without a word: that this request failed is no matter, but that the counts are written is.
        let _ = Command::new(&load)
            .args(how)
            .args(["-n", "32"])
            .arg(floor.url("/end"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        floor.ended()?;
    }
    Ok(())
}

fn flag(name: &str, path: &Path) -> OsString {
    let mut flag = OsString::from(name);
    flag.push(path);
    flag
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
