//! The wall clock jumps, by years and in both directions. Timers run on another clock; what is told of time follows.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use larder::http::HttpDate;

use crate::{
    site,
    support::{Answer, Ask, Connection, Larder, holds, larder::PROGRAM},
};

fn library() -> PathBuf {
    ["/usr/lib", "/usr/lib64", "/usr/local/lib"]
        .iter()
        .flat_map(|folder| {
            let below = fs::read_dir(folder).into_iter().flatten().flatten();
            below
                .map(|entry| entry.path())
                .chain([PathBuf::from(folder)])
        })
        .map(|folder| folder.join("faketime/libfaketime.so.1"))
        .find(|file| file.is_file())
        .expect("libfaketime is not installed: `cargo xtask faults` installs what it can")
}

fn date(answer: &Answer, name: &str) -> Option<i64> {
    let now = HttpDate::from_unix_seconds(1_780_272_000).expect("a time in this millennium");
    let date = HttpDate::parse(answer.field(name)?.as_bytes(), now).expect("it is a date");
    Some(date.unix_seconds())
}

/// Fault 28.
#[test]
#[ignore = "needs libfaketime"]
fn dates_follow_the_clock_and_nothing_else_does() {
    let site = site();
    let clock = site.beside("clock");
    let set = |clock: &Path, offset: &str| fs::write(clock, offset).expect("it is ours");
    set(&clock, "+0");
    let mut command = Command::new(PROGRAM);
    command
        .arg("serve")
        .arg(site.root())
        .args(["--listen", "127.0.0.1:0"])
        .env("LD_PRELOAD", library())
        .env("FAKETIME_TIMESTAMP_FILE", &clock)
        .env("FAKETIME_NO_CACHE", "1")
        .env("DONT_FAKE_MONOTONIC", "1");
    let mut larder = Larder::spawn(command, 1);
    let first = larder.get("/style.css");
    first.is(200);
    let began = date(&first, "date").expect("a date");
    let mut kept = Connection::open(larder.address());
    for (offset, years) in [("-10y", -10_i64), ("+10y", 10), ("-1y", -1), ("+0", 0)] {
        set(&clock, offset);
        let wanted = began + years * 31_536_000;
        holds(&format!("Date follows to {offset}"), || {
            let now = date(&larder.get("/style.css"), "date").expect("a date");
            (now - wanted).abs() < 86_400 * 4
        });
        let answer = larder.get("/style.css");
        answer.is(200).has("etag", &first.tag());
        assert_eq!(answer.field("cache-control"), first.field("cache-control"));
        assert!(
            date(&answer, "last-modified") <= date(&answer, "date"),
            "{answer:#?}"
        );
        answer.lacks("age");
        larder
            .ask(&Ask::get("/style.css").with("If-None-Match", first.tag()))
            .is(304);
        // A connection is idle for as long as it is idle, not for ten years.
        if kept.try_ask(&Ask::get("/style.css")).is_err() {
            kept = Connection::open(larder.address());
            kept.ask(&Ask::get("/style.css")).is(200);
        }
        // And changes are still seen.
        let content = format!("/* {offset} */");
        site.write("changed.css", &content);
        larder.until_it_serves("/changed.css", &content);
    }
    assert!(larder.is_running());
    // Half a head is given up after seconds, whatever the clock says in the meantime.
    let mut half = Connection::open(larder.address());
    half.send(b"GET /style.css HT").expect("the server reads");
    set(&clock, "-10y");
    assert!(half.rest().is_ok(), "it is closed before the deadline");
}
