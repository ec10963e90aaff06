//! A larder process for one test: started on a free port, stopped with SIGTERM when the test ends, however it ends.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    os::{
        fd::OwnedFd,
        unix::{fs::PermissionsExt as _, process::CommandExt as _},
    },
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{
    eventually::{DEADLINE, PAUSE, eventually},
    site::Site,
    wire::{Answer, Ask, Connection},
};

/// The program under test, built by cargo for this test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_larder");

/// How many of the last lines of its log a failed test shows.
const SHOWN: usize = 30;

/// A running server.
pub(crate) struct Larder {
    child: Child,
    addresses: Vec<SocketAddr>,
    stderr: Arc<Mutex<String>>,
    /// The content codings made at start go here and not into the home of whoever runs the tests.
    _codings: TempDir,
}

impl Larder {
    /// Serves `site` with nothing but defaults.
    pub(crate) fn serve(site: &Site) -> Self {
        Self::with(site, &[])
    }

    /// Serves `site` with a policy.
    pub(crate) fn under(site: &Site, policy: &str) -> Self {
        Self::with(site, &["--policy", &site.policy(policy)])
    }

    /// Serves `site` with more arguments.
    pub(crate) fn with(site: &Site, arguments: &[&str]) -> Self {
        Self::folder(&site.root(), arguments)
    }

    /// Serves any folder. Without a `--listen` of the test's own it listens on one free port of the loopback address.
    pub(crate) fn folder(root: &Path, arguments: &[&str]) -> Self {
        let mut command = command(root, arguments);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let listeners = arguments
            .iter()
            .filter(|argument| **argument == "--listen")
            .count()
            .max(1);
        Self::spawn(command, listeners)
    }

    /// Serves `site` for its developer.
    pub(crate) fn dev(site: &Site, arguments: &[&str]) -> Self {
        Self::dev_folder(&site.root(), arguments)
    }

    /// Serves any folder for its developer, on a free port if the test names none.
    pub(crate) fn dev_folder(root: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("dev").arg(root).args(arguments);
        // The name that our client gives every server.
        command.args(["--allow-host", "larder.test"]);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        Self::spawn(command, 1)
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts a prepared command and waits for its URLs, one line on stdout for each listener.
    ///
    /// # Panics
    /// When the process ends, or says nothing before the deadline; with everything it wrote to stderr.
    pub(crate) fn spawn(command: Command, listeners: usize) -> Self {
        let nothing = std::fs::File::open("/dev/null").expect("every Unix has it");
        Self::spawn_with_input(command, listeners, nothing)
    }

    /// The same with a standard input, such as a socket that is handed over.
    pub(crate) fn spawn_with_input(
        command: Command,
        listeners: usize,
        input: impl Into<OwnedFd>,
    ) -> Self {
        Self::spawned(command, listeners, input, Stdio::piped())
    }

    /// The same with a stderr of the test's own: nothing is collected, and the log stays empty.
    pub(crate) fn spawn_with_stderr(command: Command, stderr: Stdio) -> Self {
        let nothing = std::fs::File::open("/dev/null").expect("every Unix has it");
        Self::spawned(command, 1, nothing, stderr)
    }

    fn spawned(
        mut command: Command,
        listeners: usize,
        input: impl Into<OwnedFd>,
        stderr: Stdio,
    ) -> Self {
        let codings = tempfile::tempdir().expect("a temporary folder can be made");
        let mut child = command
            .env("LARDER_CACHE_DIR", codings.path())
            .stdin(Stdio::from(input.into()))
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .expect("cargo built the program");
        let stderr = child.stderr.take().map(collect).unwrap_or_default();
        let lines = lines_of(child.stdout.take().expect("stdout is piped"));
        let mut larder = Self {
            child,
            addresses: Vec::new(),
            stderr,
            _codings: codings,
        };
        for _ in 0..listeners {
            let line = lines.recv_timeout(DEADLINE);
            let Ok(line) = line else {
                panic!("no URL on stdout; stderr:\n{}", larder.log())
            };
            larder.addresses.push(address_in(&line));
        }
        larder
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// Where it listens, when it was told several addresses.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// A URL of this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// All that it wrote to stderr so far.
    pub(crate) fn log(&self) -> String {
        self.stderr
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Where the admin listener is, which only the log says.
    pub(crate) fn admin(&self) -> SocketAddr {
        self.said(ADMIN)
    }

    /// Where plain HTTP is sent to HTTPS.
    pub(crate) fn plain(&self) -> SocketAddr {
        self.said("plain HTTP at http://")
    }

    fn said(&self, before: &str) -> SocketAddr {
        eventually(before, || address_behind(before, &self.log()))
    }

    /// What the metric of this name and these labels is now; 0 if it is not there.
    #[track_caller]
    pub(crate) fn metric(&self, name: &str) -> u64 {
        metric(self.admin(), name)
    }

    /// How much memory it has, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id()));
        let statm = statm.expect("this is Linux, and the process runs");
        let pages = statm.split(' ').nth(1).expect("the second number");
        pages.parse::<u64>().expect("a number") * 4096
    }

    /// One request on a connection of its own.
    #[track_caller]
    pub(crate) fn ask(&self, ask: &Ask) -> Answer {
        Connection::open(self.address()).ask(ask)
    }

    /// GET with no field but Host.
    #[track_caller]
    pub(crate) fn get(&self, target: &str) -> Answer {
        self.ask(&Ask::get(target))
    }

    /// GET as a browser's address bar asks.
    #[track_caller]
    pub(crate) fn navigate(&self, target: &str) -> Answer {
        self.ask(&Ask::get(target).navigating())
    }

    /// HEAD with no field but Host.
    #[track_caller]
    pub(crate) fn head(&self, target: &str) -> Answer {
        self.ask(&Ask::head(target))
    }

    /// Waits until the content codings are made: until then answers are coded otherwise, with another tag, than after.
    ///
    /// Of use only for a site that has something worth coding.
    #[track_caller]
    pub(crate) fn until_coded(&self) {
        eventually("the content codings", || {
            self.log().contains("coded forms").then_some(())
        });
    }

    /// Waits until GET of `target` answers `content`: until the watcher has seen a change and a new snapshot is served.
    #[track_caller]
    pub(crate) fn until_it_serves(&self, target: &str, content: impl AsRef<[u8]>) -> Answer {
        eventually(&format!("the new content of {target}"), || {
            let answer = self.get(target);
            (answer.status == 200 && answer.content == content.as_ref()).then_some(answer)
        })
    }

    /// Waits until GET of `target` answers `status`.
    #[track_caller]
    pub(crate) fn until_status(&self, target: &str, status: u16) -> Answer {
        eventually(&format!("{status} for {target}"), || {
            let answer = self.get(target);
            (answer.status == status).then_some(answer)
        })
    }

    /// How many bytes of memory the process holds now.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()))
            .expect("the system tells about a process that runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kibibytes.expect("it is a number of KiB") * 1024
    }

    /// How many files and sockets it has open.
    pub(crate) fn handles(&self) -> usize {
        let folder = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        folder.expect("this is Linux, and the process runs").count()
    }

    /// How many threads it has now.
    pub(crate) fn threads(&self) -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.id()));
        tasks.map_or(0, Iterator::count) as u64
    }

    /// How much processor time it has used.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id()))
            .expect("the system tells about a process that runs");
        // The name of the program stands in parentheses, and may hold anything.
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 = after
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u64>().ok())
            .sum();
        // Linux counts for user space in hundredths of a second.
        Duration::from_millis(ticks * 10)
    }

    /// Is the process still there?
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// Asks it to stop, as a supervisor does.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal)
            .expect("the process is our child and not yet waited for");
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> ExitStatus {
        eventually("the end of the process", || {
            self.child.try_wait().expect("it is our child")
        })
    }
}

impl Drop for Larder {
    #[expect(
        clippy::print_stderr,
        reason = "a failed test shows what the server said"
    )]
    fn drop(&mut self) {
        self.stop();
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = &lines[lines.len().saturating_sub(SHOWN)..];
            eprintln!("the end of larder's stderr:\n{}", last.join("\n"));
        }
    }
}

impl Larder {
    /// Ends the process. A test may leave connections open, so their grace period is not waited for.
    fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        for _ in 0..20 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(PAUSE);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, as a user who may not read everything: root may, so the tests of root run it as `nobody`.
pub(crate) fn nobody(site: &Site) -> Command {
    const NOBODY: u32 = 65_534;
    if !rustix::process::geteuid().is_root() {
        return Command::new(PROGRAM);
    }
    // Where the program was built, `nobody` may not reach it.
    let program = site.beside("larder");
    fs::copy(PROGRAM, &program).expect("there is room for it");
    let parent = program.parent().expect("the program is in a folder");
    fs::set_permissions(parent, Permissions::from_mode(0o777)).expect("it is ours");
    let mut command = Command::new(&program);
    command.uid(NOBODY).gid(NOBODY);
    command
}

/// `larder serve ROOT ARGUMENTS…`, not yet started.
pub(crate) fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg("serve").arg(root).args(arguments);
    command
}

/// How a larder that must not start ended.
pub(crate) struct Refusal {
    /// Its exit code.
    pub(crate) code: Option<i32>,
    /// What it printed on stdout: nothing, as it accepted no connection.
    pub(crate) stdout: String,
    /// What it told the operator.
    pub(crate) stderr: String,
}

/// Starts a larder that is expected to refuse, and waits for its end.
#[track_caller]
pub(crate) fn refusal(root: &Path, arguments: &[&str]) -> Refusal {
    let codings = tempfile::tempdir().expect("a temporary folder can be made");
    let mut child = command(root, arguments)
        .env("LARDER_CACHE_DIR", codings.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo built the program");
    let stdout = collect(child.stdout.take().expect("stdout is piped"));
    let stderr = collect(child.stderr.take().expect("stderr is piped"));
    let start = std::time::Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it is our child") {
            break status;
        }
        if start.elapsed() > DEADLINE {
            let _ = child.kill();
            panic!("it started, although it should have refused");
        }
        thread::sleep(PAUSE);
    };
    // The pipes end with the process: the collectors have seen everything soon after.
    eventually("the end of its output", || {
        (Arc::strong_count(&stderr) == 1 && Arc::strong_count(&stdout) == 1).then_some(())
    });
    let text = |shared: &Mutex<String>| {
        shared
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    };
    Refusal {
        code: status.code(),
        stdout: text(&stdout),
        stderr: text(&stderr),
    }
}

/// Reads a pipe to its end on a thread, so that the process never blocks on a full one.
fn collect(mut pipe: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let all = Arc::new(Mutex::new(String::new()));
    let shared = Arc::clone(&all);
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(length @ 1..) = pipe.read(&mut chunk) {
            let text = String::from_utf8_lossy(&chunk[..length]).into_owned();
            shared
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_str(&text);
        }
    });
    all
}

fn lines_of(pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

/// What the log says before the address of the admin listener.
pub(crate) const ADMIN: &str = "health and metrics at http://";

/// The address that `text` says behind `before`.
pub(crate) fn address_behind(before: &str, text: &str) -> Option<SocketAddr> {
    let (_, rest) = text.split_once(before)?;
    rest.split('/').next()?.parse().ok()
}

/// What the metric of this name and these labels is at this admin listener; 0 if it is not there.
#[track_caller]
pub(crate) fn metric(admin: SocketAddr, name: &str) -> u64 {
    let page = Connection::open(admin).ask(&Ask::get("/-/metrics"));
    let text = page.is(200).text();
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0, |value| value.parse().expect("a whole number"))
}

/// The socket address in `http://127.0.0.1:41237/`.
fn address_in(url: &str) -> SocketAddr {
    let authority = url
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_end_matches('/');
    authority.parse().unwrap_or_else(|error| {
        panic!("the first line on stdout is `{url}`, not a URL with a port: {error}")
    })
}
