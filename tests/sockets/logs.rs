//! The log: what a client sends cannot forge a line, and a log that cannot be written stops nobody.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::Arc,
};

use rustix::process::Signal;

use crate::{
    documents,
    support::{
        Ask, Connection, Larder, Site, eventually, holds,
        larder::{ADMIN, PROGRAM, address_behind, metric},
    },
};

fn policy(format: &str) -> String {
    format!("[server]\naccess-log = \"{format}\"\n")
}

fn logging(site: &Site, format: &str) -> Larder {
    Larder::under(site, &policy(format))
}

/// Hostile 94.
#[test]
fn what_a_client_sends_is_one_value_of_one_line() {
    for format in ["combined", "json"] {
        let larder = logging(&documents(), format);
        let ask = Ask::get("/style.css?a=%22b%22&c=%0aFORGED")
            .with("User-Agent", b"quo\"te \\ tab\tend \xff\xc3\xa9\xc2\x9b31m")
            .with("Referer", "\" 200 0 \"FORGED");
        larder.ask(&ask).is(200);
        larder.get("/about").is(200);
        holds("both requests are logged", || {
            larder.log().contains("/about")
        });
        let log = larder.log();
        let lines: Vec<&str> = log.lines().filter(|line| line.contains("FORGED")).collect();
        let [line] = lines[..] else {
            panic!("{format}: one request, one line: {lines:?}")
        };
        assert!(!line.chars().any(char::is_control), "{format}: {line:?}");
        // The quote that the client sent does not end the value it stands in.
        assert!(!line.contains("quo\"te"), "{format}: {line}");
        assert!(!line.contains("\"\" 200 0"), "{format}: {line}");
        if format == "json" {
            serde_json::from_str::<serde_json::Value>(line).expect("a line is one JSON value");
        }
    }
}

/// Fault 32.
#[test]
fn a_log_that_is_full_or_gone_stops_nobody() {
    let site = documents();
    let full = || {
        Stdio::from(
            File::options()
                .write(true)
                .open("/dev/full")
                .expect("Linux has it"),
        )
    };
    let gone = || {
        let (reader, writer) = std::io::pipe().expect("a pipe can be made");
        drop(reader);
        Stdio::from(writer)
    };
    for (what, stderr) in [("full", full()), ("gone", gone())] {
        let mut command = Command::new(PROGRAM);
        command
            .arg("serve")
            .arg(site.root())
            .args(["--listen", "127.0.0.1:0", "--policy"])
            .arg(site.policy(&policy("combined")));
        let mut larder = Larder::spawn_with_stderr(command, stderr);
        for _ in 0..200 {
            let answer = Connection::open(larder.address()).ask(&Ask::get("/style.css"));
            assert_eq!(answer.status, 200, "{what}");
        }
        assert!(larder.is_running(), "{what}");
    }
}

/// A log whose reader has stopped reading, as a pipe to a program that hangs.
#[test]
fn a_log_that_nobody_reads_any_more_stops_nobody_and_its_losses_are_counted() {
    const LOST: &str = "larder_access_log_lines_lost_total";
    let site = documents();
    let (reader, writer) = std::io::pipe().expect("a pipe can be made");
    let mut command = Command::new(PROGRAM);
    command
        .arg("serve")
        .arg(site.root())
        .args(["--listen", "127.0.0.1:0", "--policy"])
        .arg(site.policy(&format!("{}admin = \"127.0.0.1:0\"\n", policy("combined"))));
    let mut larder = Larder::spawn_with_stderr(command, writer.into());
    let mut said = BufReader::new(reader).lines().map_while(Result::ok);
    let admin = said.find_map(|line| address_behind(ADMIN, &line));
    let admin = admin.expect("the log says where");
    assert_eq!(metric(admin, LOST), 0);
    // Beyond the 8 MiB that wait, and what a pipe holds.
    let target = format!("/style.css?{}", "a".repeat(7000));
    let mut client = Connection::open(larder.address());
    for _ in 0..1500 {
        assert_eq!(client.ask(&Ask::get(&target)).status, 200);
    }
    assert_ne!(metric(admin, LOST), 0);
    larder.signal(Signal::TERM);
    larder.ended();
}

/// One answer to each of many clients at once, each logged on a line of its own.
#[test]
fn lines_of_many_clients_do_not_mix() {
    let larder = Arc::new(logging(&documents(), "combined"));
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let larder = Arc::clone(&larder);
            std::thread::spawn(move || {
                for round in 0..25 {
                    larder
                        .get(&format!("/style.css?client={client}&round={round}"))
                        .is(200);
                }
            })
        })
        .collect();
    for client in clients {
        client.join().expect("every client is answered");
    }
    let lines = || {
        larder
            .log()
            .lines()
            .filter(|line| line.contains("client="))
            .count()
    };
    holds("200 lines", || lines() == 200);
    let log = larder.log();
    for line in log.lines().filter(|line| line.contains("client=")) {
        assert_eq!(line.matches("client=").count(), 1, "{line}");
    }
}

/// A container has a root that nobody can write to, a site has thousands of files.
#[test]
fn a_cache_that_cannot_be_written_is_said_once_and_everything_is_coded_all_the_same() {
    let site = documents();
    for number in 0..20 {
        site.write(&format!("{number}.txt"), format!("{number} ").repeat(1000));
    }
    fs::write(site.beside("a-file"), "").unwrap();
    let folder = site.beside("a-file/codings");
    let larder = Larder::under(&site, &format!("[compress]\ncache-dir = {folder:?}\n"));
    eventually("everything is coded", || {
        larder.log().contains("coded forms ready").then_some(())
    });
    let said = larder.log();
    assert_eq!(said.matches("cannot be written").count(), 1, "{said}");
    assert!(said.contains(&folder.display().to_string()), "{said}");
    larder
        .ask(&Ask::get("/7.txt").with("Accept-Encoding", "br"))
        .is(200)
        .has("content-encoding", "br");
}
