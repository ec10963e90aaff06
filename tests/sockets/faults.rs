//! The folder changes while it is served: whatever happens to the files, no answer is mixed, torn or falsely whole.

use std::{
    fs,
    io::Write as _,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant, SystemTime},
};

use crate::{
    documents,
    support::{Answer, Ask, Connection, Larder, Site, holds},
};

/// More than the sockets in between can hold: when the client stops reading, the server must stop sending.
const LARGE: usize = 48 << 20;

/// Longer than any watcher waits for a folder to come to rest.
const STORM: Duration = Duration::from_millis(1500);

/// Content of one letter, so that a mixture shows.
fn letters(letter: u8, length: usize) -> Vec<u8> {
    vec![letter; length]
}

/// A download of which the beginning has come, and no more is read yet.
struct Download {
    connection: Connection,
    received: Vec<u8>,
    length: usize,
}

impl Download {
    fn of(larder: &Larder, target: &str) -> Self {
        let mut connection = Connection::open(larder.address());
        connection.start(&Ask::get(target));
        let head = connection.head().expect("an answer begins");
        head.is(200);
        let length = head
            .field("content-length")
            .expect("its length is known")
            .parse()
            .expect("a number");
        let received = connection.take(16 * 1024).expect("content begins");
        Self {
            connection,
            received,
            length,
        }
    }

    /// Reads on, to the end of the content or of the connection.
    fn finish(&mut self) -> Vec<u8> {
        let rest = self
            .connection
            .take(self.length - self.received.len())
            .expect("content or an end");
        self.received.extend(rest);
        std::mem::take(&mut self.received)
    }
}

fn large() -> (Site, Larder) {
    let site = documents();
    site.write("large.bin", letters(b'a', LARGE));
    let larder = Larder::serve(&site);
    (site, larder)
}

/// Fault 1.
#[test]
fn replaced_while_it_is_sent_the_old_content_is_finished_and_the_next_is_new() {
    let (site, larder) = large();
    let mut download = Download::of(&larder, "/large.bin");
    site.replace("large.bin", letters(b'b', LARGE / 2));
    assert!(
        download.finish() == letters(b'a', LARGE),
        "the old content, whole"
    );
    larder.until_it_serves("/large.bin", letters(b'b', LARGE / 2));
}

/// Fault 2, 3.
#[test]
fn truncated_while_it_is_sent_the_answer_is_cut_and_not_filled_up() {
    let (site, larder) = large();
    let mut download = Download::of(&larder, "/large.bin");
    // A request behind it: its answer must not become the missing part of this one.
    download.connection.start(&Ask::get("/style.css"));
    fs::File::options()
        .write(true)
        .open(site.path("large.bin"))
        .unwrap()
        .set_len(1024)
        .unwrap();
    let received = download.finish();
    assert!(
        received.iter().all(|byte| *byte == b'a'),
        "only the old content: no second answer, no zeros"
    );
    if received.len() < LARGE {
        assert!(
            download.connection.is_closed(),
            "after a cut answer there is nothing more"
        );
    }
    larder.get("/style.css").is(200);
    larder.until_it_serves("/large.bin", letters(b'a', 1024));
}

/// Fault 4.
#[test]
fn grown_while_it_is_sent_the_answer_has_exactly_its_length() {
    let (site, larder) = large();
    let mut download = Download::of(&larder, "/large.bin");
    let mut file = fs::File::options()
        .append(true)
        .open(site.path("large.bin"))
        .unwrap();
    file.write_all(&letters(b'b', 1 << 20)).unwrap();
    drop(file);
    let received = download.finish();
    assert!(
        received == letters(b'a', received.len()),
        "only the old content"
    );
    if received.len() == LARGE {
        // The connection goes on after the content, with nothing in between.
        if let Ok(next) = download.connection.try_ask(&Ask::get("/style.css")) {
            next.is(200).says("body { color: teal }\n");
        }
    }
    let mut grown = letters(b'a', LARGE);
    grown.extend(letters(b'b', 1 << 20));
    larder.until_it_serves("/large.bin", grown);
}

/// Fault 5.
#[test]
fn deleted_while_it_is_sent_it_is_finished_and_then_404() {
    let (site, larder) = large();
    let mut download = Download::of(&larder, "/large.bin");
    site.remove("large.bin");
    assert!(
        download.finish() == letters(b'a', LARGE),
        "the old content, whole"
    );
    larder.until_status("/large.bin", 404).is_error(404);
    larder.get("/style.css").is(200);
}

#[test]
fn overwritten_in_place_while_it_is_sent_no_mixture_claims_to_be_whole() {
    let (site, larder) = large();
    let mut download = Download::of(&larder, "/large.bin");
    let mut file = fs::File::options()
        .write(true)
        .open(site.path("large.bin"))
        .unwrap();
    file.write_all(&letters(b'b', LARGE)).unwrap();
    drop(file);
    let received = download.finish();
    let is_mixed = received.contains(&b'a') && received.contains(&b'b');
    assert!(
        received.len() < LARGE || !is_mixed,
        "a mixture of old and new with the length of the whole"
    );
    larder.until_it_serves("/large.bin", letters(b'b', LARGE));
}

/// Fault 6.
#[test]
fn new_bytes_of_equal_size_and_equal_time_are_seen() {
    for length in [20, 3 << 20] {
        let site = documents();
        let time = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 10);
        site.write("asset.bin", letters(b'a', length));
        site.set_modified("asset.bin", time);
        let larder = Larder::serve(&site);
        let tag = larder.get("/asset.bin").tag();
        let new = site.beside("new");
        fs::write(&new, letters(b'b', length)).unwrap();
        fs::File::options()
            .write(true)
            .open(&new)
            .unwrap()
            .set_modified(time)
            .unwrap();
        fs::rename(&new, site.path("asset.bin")).unwrap();
        larder.until_it_serves("/asset.bin", letters(b'b', length));
        larder
            .ask(&Ask::get("/asset.bin").with("If-None-Match", tag))
            .is(200);
    }
}

/// Fault 7.
#[test]
fn several_writes_within_a_second_end_with_the_last() {
    let site = documents();
    let larder = Larder::serve(&site);
    for round in 0..5 {
        let content = format!("body {{ order: {round} }}\n");
        site.write("style.css", &content);
        let seen = larder.until_it_serves("/style.css", &content);
        larder
            .ask(&Ask::get("/style.css").with("If-None-Match", seen.tag()))
            .is(304);
    }
}

/// Fault 10.
#[test]
fn a_storm_of_renames_yields_no_bad_answer() {
    for length in [2000, 2 << 20] {
        let site = documents();
        site.write("asset.bin", letters(b'a', length));
        let larder = Larder::serve(&site);
        let last = letters(b'a' + (199 % 26), length);
        under_load(
            &larder,
            "/asset.bin",
            |answer| whole_and_unmixed(answer, length),
            || {
                for round in 0..200_u8 {
                    site.replace("asset.bin", letters(b'a' + round % 26, length));
                }
            },
        );
        larder.until_it_serves("/asset.bin", last);
    }
}

/// Fault 11.
#[test]
fn a_storm_of_writes_in_place_yields_no_torn_answer() {
    for length in [2000, 2 << 20] {
        let site = Site::in_memory(&[
            ("index.html", "<title>x</title>"),
            ("about.html", "<title>y</title>"),
        ]);
        site.write("asset.bin", letters(b'a', length));
        let larder = Larder::serve(&site);
        under_load(
            &larder,
            "/asset.bin",
            |answer| cut_or_unmixed(answer, length),
            || {
                let start = Instant::now();
                for letter in (b'a'..=b'y').cycle() {
                    site.write("asset.bin", letters(letter, length));
                    if start.elapsed() > STORM {
                        break;
                    }
                }
                site.write("asset.bin", letters(b'z', length));
            },
        );
        larder.until_it_serves("/asset.bin", letters(b'z', length));
    }
}

/// Fault 12.
#[test]
fn a_file_becomes_a_folder_and_a_file_again() {
    let site = documents();
    site.write("thing", "a file");
    let larder = Larder::serve(&site);
    larder.get("/thing").is(200).says("a file");
    site.remove("thing");
    site.write("thing/inside.txt", "in a folder");
    larder.until_it_serves("/thing/inside.txt", "in a folder");
    larder.until_status("/thing", 404);
    site.remove("thing");
    site.write("thing", "a file again");
    larder.until_it_serves("/thing", "a file again");
    larder.until_status("/thing/inside.txt", 404);
}

/// Fault 12.
#[test]
fn a_root_that_was_deleted_and_made_anew_is_followed() {
    let site = documents();
    let mut larder = Larder::serve(&site);
    let root = site.root();
    fs::remove_dir_all(&root).unwrap();
    holds("the server lives and answers without its folder", || {
        larder.get("/style.css").status < 600
    });
    assert!(larder.is_running());
    fs::create_dir(&root).unwrap();
    site.write("index.html", "<title>anew</title>");
    site.write("style.css", "body { color: plum }\n");
    larder.until_it_serves("/style.css", "body { color: plum }\n");
    site.write("style.css", "body { color: gold }\n");
    larder.until_it_serves("/style.css", "body { color: gold }\n");
}

/// Fault 26.
#[test]
fn a_root_that_another_folder_was_renamed_over_is_followed() {
    let site = documents();
    let larder = Larder::serve(&site);
    let next = site.beside("next");
    fs::create_dir(&next).unwrap();
    fs::write(next.join("index.html"), "<title>next</title>").unwrap();
    fs::write(next.join("style.css"), "next").unwrap();
    fs::rename(site.root(), site.beside("old")).unwrap();
    fs::rename(&next, site.root()).unwrap();
    larder.until_it_serves("/style.css", "next");
    site.write("style.css", "and watched");
    larder.until_it_serves("/style.css", "and watched");
}

/// Fault 25.
#[test]
fn a_folder_filled_as_it_is_made_is_seen_whole() {
    let site = documents();
    let larder = Larder::serve(&site);
    for round in 0..10 {
        for file in 0..10 {
            site.write(
                &format!("new{round}/deep/er/{file}.txt"),
                format!("{round}/{file}"),
            );
        }
    }
    for round in 0..10 {
        for file in 0..10 {
            larder.until_it_serves(
                &format!("/new{round}/deep/er/{file}.txt"),
                format!("{round}/{file}"),
            );
        }
    }
}

/// Fault 30.
#[test]
fn a_broken_policy_keeps_the_last_good_one_and_is_told() {
    let site = documents();
    let policy = site.policy("[cache]\nasset = \"max-age=60\"\n");
    let larder = Larder::with(&site, &["--policy", &policy]);
    larder.get("/style.css").has("cache-control", "max-age=60");
    site.policy("[cache]\nasset = \"max-age=60\"\nasste = 1\n");
    holds("the mistake is told", || larder.log().contains("asste"));
    larder
        .get("/style.css")
        .is(200)
        .has("cache-control", "max-age=60");
    site.policy("[cache]\nasset = \"max-age=120\"\n");
    holds("the mended policy counts", || {
        larder.get("/style.css").field("cache-control") == Some("max-age=120")
    });
}

fn whole_and_unmixed(answer: &Answer, length: usize) {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.content.len(), length);
    assert!(is_unmixed(&answer.content), "two letters in one answer");
}

/// Content that is read from disk may be on its way to other content just now: then an error that nobody stores is right.
fn cut_or_unmixed(answer: &Answer, length: usize) {
    if answer.status == 503 && length > 1 << 20 {
        answer.is_error(503);
        return;
    }
    assert_eq!(answer.status, 200);
    assert!(
        answer.missing > 0 || answer.content.len() == length,
        "{length} bytes were written each time: {answer:#?}"
    );
    assert!(
        answer.missing > 0 || is_unmixed(&answer.content),
        "two letters in one whole answer"
    );
}

fn is_unmixed(content: &[u8]) -> bool {
    content.iter().all(|byte| *byte == content[0])
}

/// Asks for `target` again and again, on two connections, as long as `act` takes; every answer must pass `check`.
pub(crate) fn under_load(
    larder: &Larder,
    target: &str,
    check: impl Fn(&Answer) + Sync,
    act: impl FnOnce(),
) {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let askers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut asked = 0_u32;
                    let mut connection = Connection::open(larder.address());
                    while !done.load(Ordering::Relaxed) || asked < 10 {
                        match connection.try_ask(&Ask::get(target)) {
                            Ok(answer) => {
                                let ends = !answer.is_whole()
                                    || answer.field("connection") == Some("close");
                                check(&answer);
                                if ends {
                                    connection = Connection::open(larder.address());
                                }
                            }
                            Err(error) => panic!("no answer under load: {error}"),
                        }
                        asked += 1;
                    }
                })
            })
            .collect();
        // The askers stop even when the act panics, or the test would hang instead of failing.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        done.store(true, Ordering::Relaxed);
        for asker in askers {
            asker.join().expect("every answer is good");
        }
        outcome.expect("the act succeeds");
    });
}

/// Fault 23.
#[test]
fn a_change_behind_an_overflowing_queue_of_events_is_seen() {
    let site = Site::in_memory(&[
        ("index.html", "<title>x</title>"),
        ("about.html", "<title>y</title>"),
        ("style.css", "old"),
    ]);
    let larder = Larder::serve(&site);
    larder.get("/style.css").is(200);
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events");
    let limit: u32 = limit
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(16_384);
    larder.signal(rustix::process::Signal::STOP);
    // Two names by turns: the kernel joins events that are alike and follow each other.
    for round in 0..=limit {
        site.write(if round % 2 == 0 { "one.txt" } else { "two.txt" }, "");
    }
    site.write("style.css", "new");
    larder.signal(rustix::process::Signal::CONT);
    larder.until_it_serves("/style.css", "new");
}

/// A way to save content under a path.
type Save = fn(&std::path::Path, &str);

/// Fault 26.
#[test]
fn whatever_way_an_editor_saves_it_is_seen() {
    let site = documents();
    let larder = Larder::serve(&site);
    let path = site.path("style.css");
    let ways: [(&str, Save); 4] = [
        ("in place", |path, content| {
            fs::write(path, content).expect("it is ours");
        }),
        ("beside and renamed", |path, content| {
            let beside = path.with_extension("css.tmp");
            fs::write(&beside, content).expect("it is ours");
            fs::rename(&beside, path).expect("both are in one folder");
        }),
        ("the old one renamed to a backup", |path, content| {
            fs::rename(path, path.with_extension("css~")).expect("both are in one folder");
            fs::write(path, content).expect("it is ours");
        }),
        ("removed and written anew", |path, content| {
            fs::remove_file(path).expect("it is there");
            fs::write(path, content).expect("it is ours");
        }),
    ];
    for round in 0..2 {
        for (way, save) in ways {
            let content = format!("/* {round}: {way} */");
            save(&path, &content);
            larder.until_it_serves("/style.css", &content);
        }
    }
    larder.get("/style.css~").is_error(404);
}
