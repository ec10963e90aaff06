//! The ways in which editors, bundlers and people change files: after each, what is served is what is on disk.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::{FileExt as _, symlink},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use crate::{
    browser::{Page, dev},
    soak::watches,
    support::{Ask, Connection, Larder, Site},
};

fn site() -> Site {
    Site::in_memory(&[
        (
            "index.html",
            "<!doctype html><head><script src=app.js></script>",
        ),
        ("app.js", "one"),
        ("css/a.css", "one"),
    ])
}

/// Tries `test` with each list of arguments, on a site that is served with them.
fn both(arguments: &[&[&str]], test: impl Fn(&Site, &Larder)) {
    each(arguments, |site, arguments| {
        test(site, &dev(site, arguments));
    });
}

/// Tries `test` with each list of arguments, on a site that is not served yet.
fn each(arguments: &[&[&str]], test: impl Fn(&Site, &[&str])) {
    for arguments in arguments {
        test(&site(), arguments);
    }
}

const TOLD: &[&str] = &[];
const POLLED: &[&str] = &["--poll"];
const AS_DEPLOYED: &[&str] = &["--as-deployed"];

#[test]
fn written_in_place_renamed_over_removed_and_made_anew() {
    both(&[TOLD, POLLED, AS_DEPLOYED], |site, larder| {
        site.write("app.js", "in place");
        larder.until_it_serves("/app.js", "in place");
        site.replace("app.js", "renamed over");
        larder.until_it_serves("/app.js", "renamed over");
        site.remove("css/a.css");
        larder.until_status("/css/a.css", 404);
        site.write("css/a.css", "made anew");
        larder.until_it_serves("/css/a.css", "made anew");
        site.write("deep/er/still.txt", "a new folder");
        larder.until_it_serves("/deep/er/still.txt", "a new folder");
    });
}

#[test]
fn an_editor_that_keeps_backups_is_told_of_once() {
    let site = site();
    let larder = dev(&site, &[]);
    let mut page = Page::open(&larder, 0);
    // As vim does: the old one becomes the backup, the new one is written, the backup goes.
    fs::rename(site.path("css/a.css"), site.path("css/a.css~")).unwrap();
    site.write("css/4913", "");
    site.remove("css/4913");
    site.write("css/a.css", "two");
    site.remove("css/a.css~");
    assert_eq!(page.wait("css")["paths"].to_string(), "[\"/css/a.css\"]");
    larder.get("/css/a.css").says("two");
    larder.get("/css/a.css~").is(404);
    site.replace("css/a.css", "three");
    assert_eq!(page.hear()["type"], "css", "nothing was told in between");
}

#[test]
fn a_folder_that_is_filled_before_its_watch_stands_is_seen_whole() {
    both(&[TOLD, AS_DEPLOYED], |site, larder| {
        for round in 0..20 {
            let folder = format!("made-{round}/a/b/c");
            fs::create_dir_all(site.path(&folder)).unwrap();
            for number in 0..5 {
                fs::write(
                    site.path(&format!("{folder}/{number}.txt")),
                    folder.as_bytes(),
                )
                .unwrap();
            }
            for number in 0..5 {
                larder.until_it_serves(&format!("/{folder}/{number}.txt"), &folder);
            }
        }
    });
}

#[test]
fn a_folder_that_moved_is_watched_at_its_new_place() {
    both(&[TOLD, POLLED], |site, larder| {
        fs::rename(site.path("css"), site.path("style")).unwrap();
        larder.until_it_serves("/style/a.css", "one");
        larder.until_status("/css/a.css", 404);
        site.write("style/a.css", "after the move");
        larder.until_it_serves("/style/a.css", "after the move");
        fs::rename(site.path("style"), site.beside("elsewhere")).unwrap();
        larder.until_status("/style/a.css", 404);
        fs::write(site.beside("elsewhere/a.css"), "outside").unwrap();
        fs::rename(site.beside("elsewhere"), site.path("css")).unwrap();
        larder.until_it_serves("/css/a.css", "outside");
        site.write("css/a.css", "back");
        larder.until_it_serves("/css/a.css", "back");
    });
}

/// A log, a database, a download: what is told of them never ends, and comes faster than it is heard.
#[test]
fn a_change_is_shown_while_other_files_are_written_to_again_and_again() {
    let site = site();
    let larder = dev(&site, &[]);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for writer in 0..2 {
            let files = [0, 1].map(|file| {
                let name = format!("busy-{writer}-{file}.txt");
                File::create(site.path(&name)).unwrap()
            });
            let is_over = &is_over;
            scope.spawn(move || {
                // In turn: of the same event again the system tells once.
                for file in files.iter().cycle() {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    file.write_all_at(b"x", 0).unwrap();
                }
            });
        }
        let changed = catch_unwind(AssertUnwindSafe(|| {
            for round in 0..3 {
                let text = format!("round {round}");
                site.write("app.js", &text);
                larder.until_it_serves("/app.js", &text);
                let new = format!("new-{round}/note.txt");
                for text in ["a folder that is not watched yet", "one that may be"] {
                    site.write(&new, text);
                    larder.until_it_serves(&format!("/{new}"), text);
                }
            }
        }));
        is_over.store(true, Ordering::Relaxed);
        changed.unwrap_or_else(|panic| resume_unwind(panic));
    });
}

#[test]
fn a_bundler_that_empties_its_folder_shows_only_what_is_whole() {
    let site = site();
    let larder = dev(&site, &[]);
    for round in 0..5 {
        fs::remove_dir_all(site.root()).unwrap();
        fs::create_dir(site.root()).unwrap();
        let name = format!("app-{round}.js");
        site.write(
            "index.html",
            format!("<!doctype html><head><script src={name}></script>"),
        );
        // The old state or the new one, and never a page without its script.
        for _ in 0..5 {
            let page = larder.navigate("/");
            if page.status == 200 {
                let text = page.text();
                let script = text
                    .split("src=")
                    .last()
                    .unwrap()
                    .split('>')
                    .next()
                    .unwrap()
                    .to_owned();
                larder.get(&format!("/{script}")).is(200);
            }
        }
        site.write(&name, "1");
        larder.until_it_serves(&format!("/{name}"), "1");
    }
}

#[test]
fn a_document_without_its_script_is_shown_after_a_while_and_said_to_be_wrong() {
    let site = site();
    let larder = dev(&site, &[]);
    let mut page = Page::open(&larder, 0);
    let document = "<!doctype html><head><script src=not-yet.js></script>";
    site.write("index.html", document);
    let problem = page.wait("overlay")["problems"][0].clone();
    assert!(
        problem["title"].as_str().unwrap().contains("/not-yet.js"),
        "{problem}"
    );
    assert!(larder.navigate("/").text().contains("not-yet.js"));
    site.write("not-yet.js", "1");
    page.wait("clear");
}

#[test]
fn a_root_that_was_removed_and_made_again_is_followed() {
    both(&[TOLD, POLLED, AS_DEPLOYED], |site, larder| {
        fs::remove_dir_all(site.root()).unwrap();
        fs::create_dir(site.root()).unwrap();
        site.write("index.html", "<!doctype html>anew");
        site.write("new.txt", "one");
        larder.until_it_serves("/new.txt", "one");
        larder.until_status("/app.js", 404);
        site.write("new.txt", "two");
        larder.until_it_serves("/new.txt", "two");
    });
}

#[test]
fn a_root_that_is_a_link_may_lead_elsewhere() {
    each(&[TOLD, POLLED, AS_DEPLOYED], |site, arguments| {
        for (folder, content) in [("v1", "one"), ("v2", "two")] {
            fs::create_dir(site.beside(folder)).unwrap();
            fs::write(site.beside(folder).join("a.txt"), content).unwrap();
        }
        let link = site.beside("current");
        symlink("v1", &link).unwrap();
        let larder = Larder::dev_folder(&link, arguments);
        larder.until_it_serves("/a.txt", "one");
        symlink("v2", site.beside("next")).unwrap();
        fs::rename(site.beside("next"), &link).unwrap();
        larder.until_it_serves("/a.txt", "two");
        fs::write(site.beside("v2/a.txt"), "three").unwrap();
        larder.until_it_serves("/a.txt", "three");
    });
}

#[test]
fn a_checkout_of_a_thousand_files_is_served_as_it_is_on_disk() {
    both(&[TOLD, AS_DEPLOYED], |site, larder| {
        // As git does: what differs is removed and made anew, in order, and some names are of one branch only.
        for branch in ["a", "b", "a"] {
            let (own, others) = if branch == "a" {
                ("x", "y")
            } else {
                ("y", "x")
            };
            for number in 0..1000 {
                let name = |of: &str| format!("d{}/f{number}{of}.js", number % 20);
                let is_of_one = number % 10 == 0;
                for gone in ["", own, others] {
                    let _ = fs::remove_file(site.path(&name(gone)));
                }
                let name = name(if is_of_one { own } else { "" });
                site.write(&name, format!("export const v = '{branch}{number}'"));
            }
            for number in 0..1000 {
                let of = if number % 10 == 0 { own } else { "" };
                let content = format!("export const v = '{branch}{number}'");
                larder.until_it_serves(&format!("/d{}/f{number}{of}.js", number % 20), content);
            }
            larder.until_status(&format!("/d10/f10{others}.js"), 404);
        }
    });
}

#[test]
fn half_a_file_is_not_shown_while_its_writer_has_it_open() {
    let site = site();
    let larder = dev(&site, &[]);
    let mut page = Page::open(&larder, 0);
    page.wait("hello");
    let mut file = File::create(site.path("app.js")).unwrap();
    file.write_all(b"the first half, ").unwrap();
    file.flush().unwrap();
    // As long as a burst is waited for, and longer than a file that nobody was seen to write to has to rest.
    thread::sleep(Duration::from_millis(400));
    larder.get("/app.js").says("one");
    file.write_all(b"and the second").unwrap();
    drop(file);
    page.wait("reload");
    larder.get("/app.js").says("the first half, and the second");
}

/// Content that says which round it is of, wherever one looks.
fn round(number: u8, size: usize) -> Vec<u8> {
    vec![number; size]
}

/// Sizes of content that is held in memory, and of content that is read from its file.
const HELD: usize = 900 * 1024;
const STORED: usize = 2 * 1024 * 1024;

/// Writes `content` into `file` in small pieces with pauses between them, as a slow tool does that keeps its file open.
fn write_slowly(mut file: File, content: &[u8]) {
    for (number, piece) in content.chunks(32 * 1024).enumerate() {
        file.write_all(piece).expect("there is room");
        thread::sleep(Duration::from_millis([2, 30, 70, 5][number % 4]));
    }
}

#[test]
fn a_large_file_is_never_shown_torn_however_slowly_it_is_written() {
    both(&[TOLD, POLLED], |site, larder| {
        for size in [HELD, STORED] {
            let round = |number| round(number, size);
            site.replace("big.bin", round(0));
            larder.until_it_serves("/big.bin", round(0));
            for number in 1..=3 {
                let (path, beside) = (site.path("big.bin"), site.path("big.bin.part"));
                let content = round(number);
                let writer = thread::spawn(move || match number {
                    1 => write_slowly(File::create(path).unwrap(), &content),
                    // Over the old bytes, which stay behind the new ones until the end.
                    2 => write_slowly(File::options().write(true).open(path).unwrap(), &content),
                    _ => {
                        write_slowly(File::create(&beside).unwrap(), &content);
                        fs::rename(beside, path).unwrap();
                    }
                });
                let mut seen = 0;
                while !writer.is_finished() {
                    thread::sleep(Duration::from_millis(3));
                    // What is cut short says so, and so does a 503: neither is a torn file.
                    let asked = Connection::try_open(larder.address())
                        .and_then(|mut connection| connection.try_ask(&Ask::get("/big.bin")));
                    let Ok(answer) = asked else { continue };
                    if answer.status != 200 || !answer.is_whole() {
                        continue;
                    }
                    seen += 1;
                    let first = answer.content.first().copied().unwrap_or_default();
                    assert!(
                        [number - 1, number].contains(&first) && answer.content == round(first),
                        "torn in round {number}: {} bytes of {first}",
                        answer.content.len()
                    );
                }
                let is_there_all_the_time = size == HELD || number == 3;
                assert!(seen > 0 || !is_there_all_the_time, "round {number}");
                writer.join().unwrap();
                larder.until_it_serves("/big.bin", round(number));
            }
        }
    });
}

#[test]
fn with_poll_nothing_is_watched() {
    let site = site();
    let larder = dev(&site, POLLED);
    site.write("app.js", "two");
    larder.until_it_serves("/app.js", "two");
    assert_eq!(watches(&larder), 0);
    let told = dev(&site, TOLD);
    site.write("app.js", "three");
    told.until_it_serves("/app.js", "three");
    assert!(!cfg!(target_os = "linux") || watches(&told) > 0);
}

#[test]
fn links_and_second_names_are_followed() {
    let site = site();
    symlink("app.js", site.path("alias.js")).unwrap();
    fs::hard_link(site.path("app.js"), site.path("second.js")).unwrap();
    let larder = dev(&site, &[]);
    site.write("app.js", "two");
    for path in ["/app.js", "/alias.js", "/second.js"] {
        larder.until_it_serves(path, "two");
    }
}
