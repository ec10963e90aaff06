//! A disk that fails, fills up or takes its time.

use std::{process::Command, thread, time::Instant};

use crate::{
    LARGE, site,
    support::{Ask, Connection, Larder, Site, eventually, holds, larder::PROGRAM},
    tools::{Injected, Tmpfs, tool},
};

/// Asks for what is on disk: whole, cut short, or an error that nobody stores. Tells whether it was whole.
#[track_caller]
fn is_whole_or_no_success(larder: &Larder) -> bool {
    let Ok(answer) = Connection::open(larder.address()).try_ask(&Ask::get("/large.bin")) else {
        panic!("not even a head came");
    };
    if answer.status == 200 {
        assert!(answer.content.iter().all(|byte| *byte == b'x'));
        return answer.is_whole() && answer.content.len() == LARGE;
    }
    assert!(matches!(answer.status, 500 | 503), "{answer:#?}");
    answer.is_error(answer.status);
    false
}

/// Fault 17.
#[test]
#[ignore = "needs strace"]
fn a_read_that_fails_is_an_error_that_nobody_stores_and_passes() {
    for what in ["pread64:error=EIO", "pread64:error=ENOMEM"] {
        let site = site();
        let larder = Larder::serve(&site);
        assert!(is_whole_or_no_success(&larder));
        let injected = Injected::into(&larder, what);
        assert!(
            !is_whole_or_no_success(&larder),
            "{what}: the disk was not asked"
        );
        larder.get("/style.css").is(200);
        holds("the operator is told", || {
            larder.log().contains("large.bin")
        });
        drop(injected);
        holds("it passes", || is_whole_or_no_success(&larder));
    }
}

/// Long content that is held goes out of a file in memory, where the system lets it.
#[test]
#[ignore = "needs strace"]
fn a_system_without_files_in_memory_or_sendfile_gets_the_same_bytes() {
    for what in [
        "memfd_create:error=ENOSYS",
        "memfd_create:error=EMFILE",
        "sendfile:error=EPERM",
        "sendfile:error=EINVAL:when=2+",
    ] {
        let site = Site::of(&[("long.bin", b"0123456789".repeat(100_000))]);
        let larder = Larder::serve(&site);
        let injected = Injected::into(&larder, what);
        for _ in 0..3 {
            let answer = larder.get("/long.bin");
            answer.is(200);
            assert!(answer.content == b"0123456789".repeat(100_000), "{what}");
        }
        drop(injected);
    }
}

/// Fault 17.
#[test]
#[ignore = "needs strace"]
fn a_build_from_a_disk_that_fails_publishes_nothing() {
    let site = site();
    let (style, out) = (site.root().join("style.css"), site.beside("release"));
    let mut build = Command::new(tool("strace"));
    build
        .args(["-f", "-qq", "-o", "/dev/null", "-P"])
        .arg(&style);
    build.args(["-e", "trace=read,pread64,openat"]);
    build.args(["-e", "inject=read,pread64:error=EIO"]);
    build.arg(PROGRAM).arg("build").arg(site.root());
    build.arg("-o").arg(&out).arg("--no-compress");
    let output = build.output().expect("strace can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("style.css"), "{said}");
    assert!(!out.exists());
}

/// Fault 17.
#[test]
#[ignore = "needs strace"]
fn a_file_that_cannot_be_opened_is_503_that_nobody_stores_and_passes() {
    // More files outside of memory than are kept open: each is opened when it is asked for.
    let site = site();
    for number in 0..300 {
        site.write(&format!("{number}.txt"), "content");
    }
    let larder = Larder::under(
        &site,
        "[server]\nmax-file-in-memory = \"1B\"\nwatch = false\n",
    );
    for what in ["EIO", "EACCES", "ENOMEM", "EMFILE", "ENFILE"] {
        larder.get("/7.txt").is(200).says("content");
        let injected = Injected::into(&larder, &format!("openat:error={what}"));
        larder.get("/7.txt").is_error(503);
        holds("the operator is told", || larder.log().contains("7.txt"));
        drop(injected);
    }
    larder.get("/7.txt").is(200).says("content");
}

/// Fault 17.
#[test]
#[ignore = "needs strace"]
fn a_change_that_cannot_be_read_keeps_the_last_good_copy() {
    for what in [
        "read,pread64:error=EIO",
        "openat:error=EIO",
        "openat:error=ENOMEM",
    ] {
        let site = site();
        let larder = Larder::serve(&site);
        let before = larder.get("/style.css").content;
        let injected = Injected::into(&larder, what);
        site.write("style.css", "body { color: plum }\n");
        site.write("new.css", "new");
        // Whatever it has tried in the meantime: nobody sees an error, and nothing that is half read.
        let start = Instant::now();
        while start.elapsed().as_secs() < 3 {
            larder.get("/style.css").is(200).says(&before);
            assert!(matches!(larder.get("/new.css").status, 404));
        }
        drop(injected);
        // When the disk answers again, so does the next look; a change unseen until then is found by looking, within half a minute.
        let mut tries = 0;
        site.write("nudge.css", "look again");
        eventually("the new content", || {
            tries += 1;
            (larder.get("/style.css").content == b"body { color: plum }\n").then_some(())
        });
        larder.until_it_serves("/new.css", "new");
    }
}

/// Fault 17.
#[test]
#[ignore = "needs strace"]
fn a_folder_that_cannot_be_listed_has_lost_nothing() {
    let site = site();
    site.write("folder/a.css", "a");
    let larder = Larder::serve(&site);
    larder.get("/folder/a.css").is(200);
    let injected = Injected::into(&larder, "getdents64:error=EIO");
    // A new folder has to be listed, and so has everything when the watcher is in doubt.
    site.write("new/b.css", "b");
    holds("the operator is told", || {
        for target in ["/style.css", "/folder/a.css", "/"] {
            larder.navigate(target).is(200);
        }
        larder.log().contains("Input/output error")
    });
    for target in ["/style.css", "/folder/a.css", "/"] {
        larder.navigate(target).is(200);
    }
    drop(injected);
    site.write("new/c.css", "c");
    larder.until_it_serves("/new/c.css", "c");
    larder.get("/folder/a.css").is(200);
}

/// Fault 29.
#[test]
#[ignore = "needs strace"]
fn a_slow_disk_keeps_nobody_waiting_who_needs_none() {
    let site = site();
    let larder = Larder::serve(&site);
    // Two seconds for each call: more calls than there are workers are under way at once.
    let injected = Injected::into(&larder, "openat,pread64:delay_enter=2000000");
    thread::scope(|scope| {
        let slow: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| larder.get("/large.bin").is(200).content.len()))
            .collect();
        let start = Instant::now();
        for _ in 0..100 {
            larder.get("/style.css").is(200);
        }
        let taken = start.elapsed();
        assert!(
            slow.iter().any(|download| !download.is_finished()),
            "the disk was not slow"
        );
        assert!(taken.as_secs() < 8, "100 requests took {taken:?}");
        drop(injected);
        for download in slow {
            assert_eq!(download.join().expect("it is whole"), LARGE);
        }
    });
}

/// Fault 18.
#[test]
#[ignore = "mounts a file system"]
fn a_full_cache_of_codings_costs_the_cache_and_nothing_else() {
    const FILES: usize = 8;
    let site = Site::of(&[
        ("index.html", "<title>x</title>"),
        ("about.html", "<title>y</title>"),
    ]);
    let lines = (0..4000_u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let text = lines
        .map(|line| format!("{line:x}\n"))
        .collect::<Vec<_>>()
        .concat();
    // Few enough to be coded within the suite's patience on a machine that is busy; several times what the disk holds.
    for number in 0..FILES {
        site.write(&format!("{number}.txt"), format!("{number}{text}"));
    }
    let disk = site.beside("disk");
    let tmpfs = Tmpfs::mount(&disk, "128k");
    let policy = format!("[compress]\ncache-dir = \"{}\"\n", disk.display());
    let larder = Larder::under(&site, &policy);
    larder.until_coded();
    assert!(
        tmpfs.free() < 64 << 10,
        "it was not full: {} bytes free",
        tmpfs.free()
    );
    for number in 0..FILES {
        let target = format!("/{number}.txt");
        let answer = larder.ask(&Ask::get(&target).with("Accept-Encoding", "gzip"));
        answer.is(200).has("content-encoding", "gzip");
        assert_eq!(
            gunzip(&answer.content),
            format!("{number}{text}").as_bytes()
        );
    }
    drop(larder);
    // And what did fit is no trap for the next start.
    let larder = Larder::under(&site, &policy);
    larder.until_coded();
    let answer = larder.ask(&Ask::get("/0.txt").with("Accept-Encoding", "gzip"));
    assert_eq!(gunzip(&answer.content), format!("0{text}").as_bytes());
}

pub(crate) fn gunzip(coded: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(coded)
        .read_to_end(&mut plain)
        .expect("it is gzip");
    plain
}
