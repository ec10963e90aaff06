//! `kill -9` at any moment: the next start is clean, and nothing half-written is ever served.

use std::{
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{
    disk::gunzip,
    support::{Ask, Larder, Site, larder::PROGRAM},
};

/// Files that take a moment to code.
fn site() -> (Site, String) {
    let site = Site::of(&[
        ("index.html", "<title>x</title>"),
        ("about.html", "<title>y</title>"),
    ]);
    for number in 0..40 {
        site.write(&format!("{number}.txt"), text(number));
    }
    let policy = format!(
        "[compress]\ncache-dir = \"{}\"\n",
        site.beside("codings").display()
    );
    (site, policy)
}

fn text(number: u64) -> String {
    let lines = (0..2000_u64).map(|line| {
        let random = (line ^ (number << 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{number} {:x}\n", random >> 40)
    });
    lines.collect::<Vec<_>>().concat()
}

/// Every file, in every coding, is what is on disk.
#[track_caller]
fn is_right(larder: &Larder) {
    larder.until_coded();
    for number in 0..40 {
        let target = format!("/{number}.txt");
        larder.get(&target).is(200).says(text(number));
        let gzip = larder.ask(&Ask::get(&target).with("Accept-Encoding", "gzip"));
        gzip.is(200).has("content-encoding", "gzip");
        assert!(
            gunzip(&gzip.content) == text(number).as_bytes(),
            "{target} in gzip"
        );
        let br = larder.ask(&Ask::get(&target).with("Accept-Encoding", "br"));
        br.is(200).has("content-encoding", "br");
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &br.content[..], &mut plain).expect("it is br");
        assert!(plain == text(number).as_bytes(), "{target} in br");
    }
}

/// Fault 19.
#[test]
#[ignore = "takes a minute"]
fn killed_while_it_starts_and_codes_the_next_start_is_clean() {
    let (site, policy) = site();
    let policy = site.policy(&policy);
    let begin = Instant::now();
    let larder = Larder::with(&site, &["--policy", &policy]);
    larder.until_coded();
    let whole = begin.elapsed();
    drop(larder);
    let _ = std::fs::remove_dir_all(site.beside("codings"));
    for round in 0..25_u32 {
        let mut child = Command::new(PROGRAM)
            .arg("serve")
            .arg(site.root())
            .args(["--listen", "127.0.0.1:0", "--policy", &policy])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("cargo built the program");
        // From before the first step to after the last, in an order that looks like chance.
        thread::sleep(whole * ((round * 17) % 29) / 27);
        child.kill().expect("it is our child");
        child.wait().expect("it is our child");
    }
    let larder = Larder::with(&site, &["--policy", &policy]);
    is_right(&larder);
    let left: Vec<_> = walk(&site.beside("codings"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "tmp"))
        .collect();
    assert!(
        left.len() <= 25,
        "each killed start leaves at most one: {left:?}"
    );
}

/// Fault 19.
#[test]
#[ignore = "takes half a minute"]
fn killed_while_it_reloads_the_next_start_is_clean() {
    let (site, policy) = site();
    let policy = site.policy(&policy);
    for round in 0..8_u64 {
        let mut larder = Larder::with(&site, &["--policy", &policy]);
        for number in 0..10 {
            site.write(&format!("reload-{number}.css"), format!("/* {round} */"));
        }
        // In the middle of what it does about that, more often than not.
        thread::sleep(Duration::from_millis(30 * round));
        larder.signal(Signal::KILL);
        larder.ended();
    }
    let larder = Larder::with(&site, &["--policy", &policy]);
    is_right(&larder);
    for number in 0..10 {
        larder
            .get(&format!("/reload-{number}.css"))
            .is(200)
            .says("/* 7 */");
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}
