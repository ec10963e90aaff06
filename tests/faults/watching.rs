//! Changes that no event tells: no watches left, or none that could see it.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    site,
    support::{Larder, holds, larder::PROGRAM},
    tools::tool,
};

/// Fault 24.
#[test]
#[ignore = "needs unshare, and user namespaces"]
fn without_watches_it_says_so_and_looks_by_itself() {
    for (limit, value) in [("max_inotify_watches", 3), ("max_inotify_instances", 0)] {
        let site = site();
        for number in 0..10 {
            site.write(&format!("folder{number}/a.css"), "a");
        }
        let mut command = Command::new(tool("unshare"));
        command
            .args(["-Ur", "sh", "-c"])
            .arg(format!(
                "echo {value} > /proc/sys/user/{limit} && exec \"$0\" serve \"$1\" --listen 127.0.0.1:0"
            ))
            .arg(PROGRAM)
            .arg(site.root());
        let larder = Larder::spawn(command, 1);
        holds("the operator is told", || {
            larder.log().contains("looked at every")
        });
        site.write("folder9/a.css", "changed");
        site.write("folder10/b.css", "new");
        larder.until_it_serves("/folder9/a.css", "changed");
        larder.until_it_serves("/folder10/b.css", "new");
        let told = larder.log().matches("looked at every").count();
        assert_eq!(told, 1, "once is enough:\n{}", larder.log());
    }
}

/// Fault 27.
#[test]
#[ignore = "waits for two sweeps, a minute"]
fn a_change_that_no_event_tells_is_found_by_looking_and_then_at_once() {
    let site = site();
    // Written through another name outside of the site: the folder's watch sees nothing, as it would on a network mount.
    let outside = site.beside("outside.css");
    fs::hard_link(site.path("style.css"), &outside).expect("both are on one file system");
    let larder = Larder::serve(&site);
    larder.get("/style.css").is(200);
    let found = |colour: &str| {
        let content = format!("body {{ color: {colour} }}\n");
        fs::write(&outside, &content).expect("it is there");
        let start = Instant::now();
        while larder.get("/style.css").content != content.as_bytes() {
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "a minute, and it was not found"
            );
            std::thread::sleep(Duration::from_millis(200));
        }
        start.elapsed()
    };
    // The first ones may be found by the looks that follow the start.
    let mut colours = ["plum", "teal", "navy", "gold"].into_iter();
    while !larder.log().contains("the system does not tell of") {
        found(
            colours
                .next()
                .expect("two sweeps make it distrust the watcher"),
        );
    }
    let took = found("rose");
    assert!(
        took < Duration::from_secs(20),
        "{took:?}: as rarely as before"
    );
}
