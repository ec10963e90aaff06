//! A server for a folder, started only to be measured: the same program in a process of its own, so that its CPU time is its own.
//!
//! Its coded forms are made before it starts, into the cache that it reads: while they appear, tags and lengths would change under the load.
//!
//! Uses: build, client (trust), policy, rcgen, std · Never: serve (that is the child's)

use std::{
    fs,
    io::{self, BufRead, BufReader},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use super::interrupt::Interrupt;
use crate::{
    bench::{BenchError, Url},
    build::{Mode, Site, Workshop},
    client::Trust,
    policy::Policy,
    snapshot::{Generation, Snapshot, assemble},
};

/// How a folder is served.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The finished site.
    pub site: PathBuf,
    /// The policy, where one is named.
    pub policy_file: Option<PathBuf>,
    /// The policy in force.
    pub policy: Policy,
    /// Fingerprint it first?
    pub build: bool,
    /// How many threads answer.
    pub workers: u16,
    /// Over TLS, with a certificate made on the spot?
    pub tls: bool,
    /// Where coded forms are kept.
    pub cache: PathBuf,
}

/// A server that ends with this value.
pub(super) struct Embedded {
    child: Child,
    pub(super) url: Url,
    /// A folder that goes with it: what it said, and its certificate.
    folder: PathBuf,
    certificate: Option<Vec<u8>>,
}

/// How long a start may take.
const START: Duration = Duration::from_mins(1);

impl Serving {
    /// Reads the site and makes all its coded forms, unless told to stop. Gives the snapshot the server will have.
    pub(in crate::bench) fn prepare(&self, interrupt: &Interrupt) -> Result<Snapshot, BenchError> {
        let mode = if self.build {
            Mode::Fingerprint
        } else {
            Mode::AsTheyAre
        };
        let mut workshop = Workshop::new(&self.site, mode, Some(&self.cache))?;
        let Site {
            files, withheld, ..
        } = workshop.look(&self.policy)?;
        let mut coded = files.clone();
        workshop.add_codings(&self.policy, &mut coded);
        if workshop.missing_codings() > 0 {
            let (sender, done) = mpsc::channel();
            workshop.start_coding(move |one| drop(sender.send(one)));
            while let Some(one) = interrupt.receive(&done, None) {
                if workshop.take_coded(one) {
                    break;
                }
            }
            coded = files;
            workshop.add_codings(&self.policy, &mut coded);
        }
        Ok(assemble(coded, &self.policy, Generation(1)).withholding(withheld))
    }

    /// Starts the server and waits until it accepts connections.
    pub(super) fn start(&self, interrupt: &Interrupt) -> Result<Embedded, BenchError> {
        let program = std::env::current_exe().map_err(|source| BenchError::File {
            what: "find",
            path: "larder".into(),
            source,
        })?;
        let folder = own_folder()?;
        let unwritten = |source| BenchError::File {
            what: "write",
            path: folder.clone(),
            source,
        };
        let stderr = fs::File::create(folder.join(LOG)).map_err(unwritten)?;
        let certificate = self.tls.then(|| write_certificate(&folder)).transpose()?;
        let mut command = Command::new(&program);
        command
            .arg("serve")
            .arg(&self.site)
            .args(["--listen", "127.0.0.1:0", "--no-watch", "--only-site"])
            .args(["--workers", &self.workers.to_string()])
            .env("LARDER_CACHE_DIR", &self.cache);
        if let Some(policy) = &self.policy_file {
            command.arg("--policy").arg(policy);
        }
        if self.build {
            command.arg("--build");
        }
        if certificate.is_some() {
            command
                .arg("--tls-cert")
                .arg(folder.join(CERTIFICATE))
                .arg("--tls-key")
                .arg(folder.join(KEY));
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(|source| BenchError::File {
                what: "start",
                path: program,
                source,
            })?;
        let stdout = child.stdout.take();
        let (sender, first) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            if let Some(stdout) = stdout {
                let mut stdout = BufReader::new(stdout);
                // A server that ends without a line is seen by whoever waits for it.
                let _ = stdout.read_line(&mut line);
            }
            let _ = sender.send(line);
        });
        let line = interrupt.receive(&first, Some(Instant::now() + START));
        // Whoever is told to stop says where it was, if that does not take long.
        let line = line
            .or_else(|| first.recv_timeout(END).ok())
            .unwrap_or_default();
        let mut embedded = Embedded {
            child,
            url: Url {
                is_https: false,
                host: String::new(),
                port: 0,
                target: String::new(),
            },
            folder,
            certificate,
        };
        match Url::parse(line.trim()) {
            Ok(url) => {
                embedded.url = url;
                Ok(embedded)
            }
            Err(_) => Err(BenchError::NotStarted {
                site: self.site.clone(),
                said: fs::read_to_string(embedded.folder.join(LOG)).unwrap_or_default(),
            }),
        }
    }
}

/// A new folder: with a private key in it, perhaps, so it is nobody else's, and nobody else's to read.
fn own_folder() -> Result<PathBuf, BenchError> {
    loop {
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("larder-bench-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        match fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            // Of a process with this number that was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => {
                return Err(BenchError::File {
                    what: "write",
                    path: folder,
                    source,
                });
            }
        }
    }
}

static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

const LOG: &str = "log";
const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// Makes a certificate for this one server, and gives it in PEM form.
fn write_certificate(folder: &Path) -> Result<Vec<u8>, BenchError> {
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names)
        .map_err(|error| BenchError::Tls(error.to_string()))?;
    let certificate = made.cert.pem();
    for (name, text) in [
        (CERTIFICATE, certificate.clone()),
        (KEY, made.signing_key.serialize_pem()),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|source| BenchError::File {
            what: "write",
            path: path.clone(),
            source,
        })?;
    }
    Ok(certificate.into_bytes())
}

impl Embedded {
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whom to trust in its place: itself alone.
    pub(super) fn trust(&self) -> Option<Trust> {
        self.certificate.clone().map(Trust::Only)
    }
}

/// How long a server may take to end by itself.
const END: Duration = Duration::from_secs(2);

impl Drop for Embedded {
    fn drop(&mut self) {
        let process = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
        let start = Instant::now();
        while start.elapsed() < END {
            if let Ok(Some(_)) | Err(_) = self.child.try_wait() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
