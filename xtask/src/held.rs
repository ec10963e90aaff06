//! Load held: ten thousand idle connections, a thousand busy ones, slow readers and stuck ones among them, for a minute; whoever keeps to the rules
//! gets every answer.
//!
//! nginx is asked the same, where it is installed, so that memory can be put beside memory. Load generator and server share the machine: how fast the
//! answers come says nothing, that they come says all.
//!
//! Uses: cargo, the built `larder`, `/proc` · Never: the library.

use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::{cargo::released_larder, debian::on_path};

/// Connections that have had an answer and stay.
const IDLE: usize = 10_000;
/// Connections that ask for the next answer as soon as they have one, and the threads that drive them.
const ACTIVE: usize = 1_000;
const DRIVERS: usize = 4;
/// Clients that take a megabyte a few kilobytes at a time, and never cease.
const SLOW: usize = 100;
/// Clients that ask for more than the sockets hold, and take nothing of it.
const STUCK: usize = 20;

/// How long an answer may take before its client calls it an error.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most memory that an idle connection of larder's may cost, in bytes.
const IDLE_AT_MOST: u64 = 8 * 1024;
/// The longest that a client may stay that takes nothing.
const STUCK_AT_MOST: Duration = Duration::from_mins(1);

/// What busy connections ask for, and its length.
const PAGE: (&str, usize) = ("/page.html", 4096);
const LARGE: (&str, usize) = ("/large.bin", 1 << 20);
const HUGE: (&str, usize) = ("/huge.bin", 32 << 20);

/// `cargo xtask load-held [--seconds N] [LARDER]`.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let (mut time, mut program) = (Duration::from_mins(1), None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--seconds" => {
                let seconds = rest.next().context("--seconds needs a number")?;
                time = Duration::from_secs(seconds.parse()?);
            }
            flag if flag.starts_with('-') => bail!("`{flag}` is no option"),
            path => program = Some(PathBuf::from(path)),
        }
    }
    raise_descriptors()?;
    let program = match program {
        Some(program) => program,
        None => released_larder()?,
    };
    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    fs::create_dir(&site)?;
    for (path, length) in [PAGE, LARGE, HUGE] {
        fs::write(site.join(&path[1..]), vec![b'x'; length])?;
    }
    let mut broken = 0;
    if on_path(&["nginx"]).is_some() {
        let nginx = nginx(folder.path(), &site)?;
        hold("nginx", &nginx, time)?;
    }
    let larder = larder(&program, folder.path(), &site)?;
    let (errors, idle) = hold("larder", &larder, time)?;
    broken += errors;
    if idle > IDLE_AT_MOST {
        println!("an idle connection may cost {IDLE_AT_MOST} bytes");
        broken += 1;
    }
    let gone = larder.metric("larder_connections_cut_total{waited_for=\"send\"}")?;
    println!(
        "larder counted {gone} connections that it cut because they took nothing; {STUCK} did"
    );
    if gone != STUCK as u64 {
        broken += 1;
    }
    Ok(if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn raise_descriptors() -> anyhow::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit)?;
    let needed = (IDLE + ACTIVE + SLOW + STUCK + 500) as u64;
    ensure!(
        limit.current.is_none_or(|allowed| allowed >= needed),
        "this shell may open {:?} files, and {needed} are needed: raise the hard limit (`ulimit -Hn`)",
        limit.current
    );
    Ok(())
}

/// A server of one process.
struct Server {
    child: Child,
    address: SocketAddr,
    admin: Option<SocketAddr>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that was free a moment ago.
fn free() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn larder(program: &Path, folder: &Path, site: &Path) -> anyhow::Result<Server> {
    let (address, admin) = (free()?, free()?);
    let policy = folder.join("policy.toml");
    // Idle connections are to stay; every other limit is the default.
    fs::write(
        &policy,
        format!("[server]\nkeep-alive = \"10m\"\nadmin = \"{admin}\"\n"),
    )?;
    let mut command = Command::new(program);
    command
        .arg("serve")
        .arg(site)
        .args(["--listen", &address.to_string(), "--policy"])
        .arg(&policy)
        .env("LARDER_CACHE_DIR", folder.join("codings"));
    start(command, address, Some(admin))
}

fn nginx(folder: &Path, site: &Path) -> anyhow::Result<Server> {
    let address = free()?;
    let config = folder.join("nginx.conf");
    let (here, site) = (folder.display(), site.display());
    fs::write(
        &config,
        format!(
            "daemon off; master_process off; pid {here}/nginx.pid; error_log stderr crit; user root;\n\
             events {{ worker_connections 16384; }}\n\
             http {{ access_log off; sendfile on; keepalive_timeout 600s; keepalive_requests 1000000000; send_timeout 20s;\n\
             client_body_temp_path {here}/b; proxy_temp_path {here}/p; fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u;\n\
             scgi_temp_path {here}/s; server {{ listen {address}; root {site}; }} }}\n"
        ),
    )?;
    let mut command = Command::new("nginx");
    command.arg("-c").arg(&config);
    start(command, address, None)
}

fn start(
    mut command: Command,
    address: SocketAddr,
    admin: Option<SocketAddr>,
) -> anyhow::Result<Server> {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{} cannot be started", command.get_program().display()))?;
    let mut server = Server {
        child,
        address,
        admin,
    };
    let begin = Instant::now();
    while TcpStream::connect(address).is_err() {
        ensure!(server.child.try_wait()?.is_none(), "the server ended");
        ensure!(begin.elapsed() < PATIENCE, "the server does not answer");
        thread::sleep(Duration::from_millis(20));
    }
    Ok(server)
}

impl Server {
    /// Bytes in memory.
    fn resident(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Ok(kibibytes.context("/proc/PID/status names no VmRSS")? * 1024)
    }

    /// One of larder's metrics.
    fn metric(&self, name: &str) -> anyhow::Result<u64> {
        let admin = self.admin.context("only larder has metrics")?;
        let mut stream = TcpStream::connect(admin)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(
            b"GET /-/metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        )?;
        let mut page = String::new();
        stream.read_to_string(&mut page)?;
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok())
            .with_context(|| format!("there is no metric {name}"))
    }
}

/// A connection, and what of the current answer is still to come.
struct Client {
    stream: TcpStream,
    asked: (&'static str, usize),
    head: Vec<u8>,
    left: Option<usize>,
}

impl Client {
    fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            asked: PAGE,
            head: Vec::new(),
            left: None,
        })
    }

    fn ask(&mut self, what: (&'static str, usize)) -> anyhow::Result<()> {
        (self.asked, self.left) = (what, None);
        self.head.clear();
        let request = format!("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", what.0);
        self.stream.write_all(request.as_bytes())?;
        Ok(())
    }

    /// Reads once; says whether the answer is whole, and the one that was asked for.
    fn read(&mut self, into: &mut [u8]) -> anyhow::Result<bool> {
        let count = self.stream.read(into)?;
        ensure!(count > 0, "the server hung up");
        let mut content = count;
        if self.left.is_none() {
            self.head.extend_from_slice(&into[..count]);
            let Some(end) = self.head.windows(4).position(|four| four == b"\r\n\r\n") else {
                return Ok(false);
            };
            let head = String::from_utf8_lossy(&self.head[..end]).to_ascii_lowercase();
            ensure!(head.starts_with("http/1.1 200"), "{head}");
            let length = format!("content-length: {}", self.asked.1);
            ensure!(head.contains(&length), "{head}");
            content = self.head.len() - end - 4;
            self.left = Some(self.asked.1);
        }
        let left = self.left.unwrap_or_default();
        ensure!(content <= left, "{} bytes too many", content - left);
        self.left = Some(left - content);
        Ok(content == left)
    }

    /// Reads the whole answer.
    fn answer(&mut self, into: &mut [u8]) -> anyhow::Result<()> {
        while !self.read(into)? {}
        Ok(())
    }
}

/// What the well-behaved saw.
#[derive(Default)]
struct Seen {
    answers: AtomicU64,
    slow_bytes: AtomicU64,
    errors: AtomicU64,
    slowest_ms: AtomicU64,
}

impl Seen {
    fn error(&self, who: &str, error: &anyhow::Error) {
        // The first few say what it is; all of them are counted.
        if self.errors.fetch_add(1, Ordering::Relaxed) < 5 {
            println!("  {who}: {error:#}");
        }
    }
}

/// Holds the load; says how many errors there were, and how many bytes an idle connection costs.
fn hold(name: &str, server: &Server, time: Duration) -> anyhow::Result<(u64, u64)> {
    let mut part = vec![0; 64 * 1024];
    let mut warm = Client::connect(server.address)?;
    warm.ask(PAGE)?;
    warm.answer(&mut part)?;
    let before = server.resident()?;
    let mut idle = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        let mut client = Client::connect(server.address)?;
        client.ask(PAGE)?;
        client.answer(&mut part)?;
        idle.push(client);
    }
    let with_idle = server.resident()?;
    let (seen, is_over) = (Seen::default(), AtomicBool::new(false));
    let begin = Instant::now();
    let mut most = with_idle;
    let stuck = thread::scope(|scope| -> anyhow::Result<Option<Duration>> {
        for _ in 0..DRIVERS {
            scope.spawn(|| drive(server.address, &seen, &is_over));
        }
        scope.spawn(|| dawdle(server.address, &seen, &is_over));
        let stuck = scope.spawn(|| take_nothing(server.address, &is_over));
        while begin.elapsed() < time {
            thread::sleep(Duration::from_millis(250));
            most = most.max(server.resident()?);
        }
        is_over.store(true, Ordering::Relaxed);
        stuck.join().unwrap_or(Ok(None))
    })?;
    // Whoever was idle all the time is answered as on the first day.
    for client in &mut idle {
        let answered = client.ask(PAGE).and_then(|()| client.answer(&mut part));
        match answered {
            Ok(()) => _ = seen.answers.fetch_add(1, Ordering::Relaxed),
            Err(error) => seen.error("idle", &error),
        }
    }
    let errors = seen.errors.load(Ordering::Relaxed);
    println!(
        "{name}: {IDLE} idle, {ACTIVE} busy, {SLOW} slow, {STUCK} stuck for {} s: {} answers, {} MiB taken slowly, {errors} errors; the slowest round of \
         {} connections took {} ms",
        time.as_secs(),
        seen.answers.load(Ordering::Relaxed),
        seen.slow_bytes.load(Ordering::Relaxed) >> 20,
        ACTIVE / DRIVERS,
        seen.slowest_ms.load(Ordering::Relaxed),
    );
    let each = with_idle.saturating_sub(before) / IDLE as u64;
    println!(
        "{name}: {each} bytes for each idle connection; {} MiB before, {} MiB at most",
        before >> 20,
        most >> 20
    );
    match stuck {
        Some(after) => println!(
            "{name}: the last of those that take nothing was gone after {} s",
            after.as_secs()
        ),
        None => println!("{name}: some that take nothing were still there"),
    }
    let stays = stuck.is_none_or(|after| after > STUCK_AT_MOST);
    Ok((errors + u64::from(stays && time > STUCK_AT_MOST / 2), each))
}

/// A share of the busy connections: all ask, then all read, and again.
fn drive(address: SocketAddr, seen: &Seen, is_over: &AtomicBool) {
    let mut part = vec![0; 64 * 1024];
    let mut clients = Vec::new();
    for _ in 0..ACTIVE / DRIVERS {
        match Client::connect(address) {
            Ok(client) => clients.push(client),
            Err(error) => seen.error("busy", &error),
        }
    }
    while !is_over.load(Ordering::Relaxed) {
        let begin = Instant::now();
        clients.retain_mut(|client| {
            let asked = client.ask(PAGE);
            asked.inspect_err(|error| seen.error("busy", error)).is_ok()
        });
        clients.retain_mut(|client| match client.answer(&mut part) {
            Ok(()) => {
                seen.answers.fetch_add(1, Ordering::Relaxed);
                true
            }
            Err(error) => {
                seen.error("busy", &error);
                false
            }
        });
        let took = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        seen.slowest_ms.fetch_max(took, Ordering::Relaxed);
    }
}

/// The slow readers: 4 KiB each in turn, ten times a second.
fn dawdle(address: SocketAddr, seen: &Seen, is_over: &AtomicBool) {
    let mut part = vec![0; 4096];
    let mut clients = Vec::new();
    for _ in 0..SLOW {
        let client = Client::connect(address).and_then(|mut client| {
            client.ask(LARGE)?;
            Ok(client)
        });
        match client {
            Ok(client) => clients.push(client),
            Err(error) => seen.error("slow", &error),
        }
    }
    while !is_over.load(Ordering::Relaxed) {
        clients.retain_mut(|client| {
            let read = client.read(&mut part).and_then(|is_whole| {
                seen.slow_bytes.fetch_add(4096, Ordering::Relaxed);
                if is_whole { client.ask(LARGE) } else { Ok(()) }
            });
            read.inspect_err(|error| seen.error("slow", error)).is_ok()
        });
        thread::sleep(Duration::from_millis(100));
    }
}

/// Those that take nothing; how long it took until the last of them was gone, if it was.
fn take_nothing(address: SocketAddr, is_over: &AtomicBool) -> anyhow::Result<Option<Duration>> {
    let begin = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..STUCK {
        let mut client = Client::connect(address)?;
        client.ask(HUGE)?;
        client.stream.set_nonblocking(true)?;
        clients.push(client);
    }
    while !is_over.load(Ordering::Relaxed) {
        // A reset shows in a write, without anything being read.
        clients.retain_mut(|client| match client.stream.write(b"\r\n") {
            Ok(_) => true,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        });
        if clients.is_empty() {
            return Ok(Some(begin.elapsed()));
        }
        thread::sleep(Duration::from_secs(1));
    }
    Ok(None)
}
