//! What a person at a terminal sees and can press: in a terminal made by script(1), which is on every Linux.
#![cfg(target_os = "linux")]

use std::{
    env, fs,
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use crate::support::{Site, eventually};

/// A terminal with `larder dev` in it.
struct Terminal {
    child: Child,
    screen: Arc<Mutex<String>>,
}

impl Terminal {
    /// Of so many columns, with these flags and variables; what would open a browser writes the URL into `opened` beside the site.
    fn open(site: &Site, columns: usize, flags: &str, variables: &[(&str, &str)]) -> Self {
        let tools = site.beside("tools");
        fs::create_dir(&tools).expect("the folder is new");
        let opener = tools.join("xdg-open");
        let list = site.beside("opened");
        let text = format!("#!/bin/sh\necho \"$1\" >> '{}'\n", list.display());
        fs::write(&opener, text).expect("the folder is ours");
        fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let path = env::var("PATH").unwrap_or_default();
        let line = format!(
            "stty cols {columns}; exec '{}' dev '{}' --listen 127.0.0.1:0 {flags}",
            env!("CARGO_BIN_EXE_larder"),
            site.root().display()
        );
        let mut child = Command::new("script")
            .args(["-qefc", &line, "/dev/null"])
            .env("PATH", format!("{}:{path}", tools.display()))
            .env("TERM", "xterm-256color")
            .env("LARDER_CACHE_DIR", site.beside("codings"))
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script(1) is there");
        let screen = Arc::new(Mutex::new(String::new()));
        let mut output = child.stdout.take().expect("it is piped");
        let shown = Arc::clone(&screen);
        thread::spawn(move || {
            let mut read = [0; 4096];
            let mut bytes = Vec::new();
            while let Ok(length @ 1..) = output.read(&mut read) {
                bytes.extend_from_slice(&read[..length]);
                *shown.lock().expect("nobody panics with it") =
                    String::from_utf8_lossy(&bytes).into_owned();
            }
        });
        let terminal = Self { child, screen };
        terminal.until("q quit");
        terminal
    }

    fn screen(&self) -> String {
        self.screen.lock().expect("nobody panics with it").clone()
    }

    #[track_caller]
    fn until(&self, text: &str) {
        eventually(text, || self.screen().contains(text).then_some(()));
    }

    fn press(&mut self, key: &str) {
        let stdin = self.child.stdin.as_mut().expect("it is piped");
        stdin
            .write_all(key.as_bytes())
            .and_then(|()| stdin.flush())
            .expect("larder reads keys");
    }

    /// Presses `q`, and waits for the end.
    fn quit(mut self) {
        self.press("q");
        let status = eventually("the end", || self.child.try_wait().expect("it is ours"));
        assert!(status.success(), "{status}: {}", self.screen());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is seen of a text, without what only colours it.
fn seen(text: &str) -> String {
    let mut seen = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            letters.by_ref().find(char::is_ascii_alphabetic);
        } else if letter != '\r' {
            seen.push(letter);
        }
    }
    seen
}

fn site() -> Site {
    Site::in_memory(&[
        (
            "index.html",
            "<!doctype html><head><script src=app.js></script>",
        ),
        ("app.js", "1"),
    ])
}

#[test]
fn keys_reload_open_help_and_quit() {
    let site = site();
    let mut terminal = Terminal::open(&site, 100, "--open", &[]);
    let opened = || fs::read_to_string(site.beside("opened")).unwrap_or_default();
    let url = eventually("a browser to be opened", || {
        opened().lines().next().map(str::to_owned)
    });
    assert!(terminal.screen().contains(&url), "{}", terminal.screen());
    terminal.press("r");
    terminal.until("reload · 0 browsers");
    terminal.press("o");
    eventually("another one", || {
        (opened() == format!("{url}\n{url}\n")).then_some(())
    });
    let helped = |terminal: &Terminal| terminal.screen().matches("q quit").count();
    assert_eq!(helped(&terminal), 1);
    terminal.press("?");
    eventually("the help", || (helped(&terminal) == 2).then_some(()));
    site.replace("app.js", "2");
    terminal.until("app.js · shown after");
    terminal.quit();
}

#[test]
fn what_is_wrong_stands_out_and_fits_a_narrow_terminal() {
    let site = site();
    let terminal = Terminal::open(&site, 60, "", &[]);
    let padding = "a".repeat(300);
    site.replace(
        "app.js",
        format!("/* {padding} */ const = 1; /* {padding} */"),
    );
    terminal.until("\u{1b}[1;31m×");
    terminal.until("what to do:");
    let text = seen(&terminal.screen());
    for line in text.lines() {
        let is_word = !line.trim().contains(' ');
        assert!(line.chars().count() <= 60 || is_word, "{line:?} of {text}");
    }
    let lines: Vec<&str> = text.lines().collect();
    let caret = lines.iter().position(|line| line.contains('▲')).unwrap();
    let column = lines[caret]
        .chars()
        .position(|letter| letter == '▲')
        .unwrap();
    let marked: String = lines[caret - 1].chars().skip(column).take(1).collect();
    assert_eq!(marked, "=", "{text}");
    site.replace("app.js", "3");
    terminal.until("✓ mended");
    terminal.quit();
}

#[test]
fn no_color_means_none() {
    let site = site();
    let terminal = Terminal::open(&site, 80, "", &[("NO_COLOR", "1")]);
    site.policy("[cache]\nassets = 3\n");
    terminal.until("what to do:");
    assert!(
        !terminal.screen().contains('\u{1b}'),
        "{:?}",
        terminal.screen()
    );
    terminal.quit();
}

#[test]
fn for_phones_there_is_a_picture_dark_on_light() {
    let site = site();
    // Port 0 and all addresses: what --host does, on a port of the test's own.
    let terminal = Terminal::open(&site, 80, "--listen 0.0.0.0:0", &[]);
    let screen = terminal.screen();
    let has_others = screen.matches("http://").count() > 2;
    assert_eq!(
        screen.contains("\u{1b}[38;5;16;48;5;231m"),
        has_others,
        "{screen}"
    );
    terminal.quit();
}
