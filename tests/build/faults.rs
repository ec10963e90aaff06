//! A killed process, a full disk, two at once: the folder is the old release or the new one, and never anything between.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{Built, Work, files, fingerprinted, support::larder::nobody};

/// A small file system of its own, where the test may mount one.
pub(crate) struct Tmpfs(PathBuf);

impl Tmpfs {
    /// Mounts one of `size` at `path`; where that is not allowed, says so and gives nothing.
    pub(crate) fn mount(path: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(path).expect("it can be made");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(path)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("skipped: a file system can be mounted by root only");
        }
        mounted.then(|| Self(path.to_owned()))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Fault 18.
#[test]
fn a_full_disk_leaves_the_old_release() {
    let work = Work::classic();
    let disk = work.site.beside("disk");
    let Some(_mounted) = Tmpfs::mount(&disk, "600k") else {
        return;
    };
    let out = disk.join("release");
    work.build_to(&out, &[]).succeeds();
    let before = files(&out);
    work.site.write("film.mp4", vec![1; 2_000_000]);
    let built = work.build_to(&out, &[]);
    built
        .is_refused("nothing was published")
        .says("No space left on device");
    assert_eq!(files(&out), before);
    let names: Vec<_> = fs::read_dir(&disk)
        .expect("it is there")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(names, ["release"], "what was written is removed again");
}

/// Fault 19.
#[test]
fn a_killed_build_leaves_the_old_release_or_the_new_one() {
    let work = Work::classic();
    for number in 0..60 {
        work.site.write(
            &format!("more/{number}.css"),
            format!(".n{number} {{ color: red }}\n").repeat(50),
        );
    }
    work.site.write("state.txt", "0");
    let began = Instant::now();
    work.build().succeeds();
    let whole = began.elapsed();
    let mut states = vec![release(&work)];
    let mut published = 0;
    for round in 1_u32..=30 {
        work.site.write("state.txt", round.to_string());
        let mut child = work
            .command(&work.site.root(), &work.out())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("cargo built the program");
        // From before its first step to after its last, in an order that looks like chance.
        thread::sleep(whole * ((round * 17) % 31) / 24);
        child.kill().expect("it is our child");
        child.wait().expect("it is our child");
        let now = release(&work);
        assert!(
            is_whole(&work),
            "round {round}: {:?}",
            work.released().keys()
        );
        if Some(&now) != states.last() {
            assert_eq!(now, round.to_string(), "round {round}");
            published += 1;
            states.push(now);
        }
    }
    // The next one cleans up whatever they left.
    work.build().succeeds();
    assert_eq!(work.beside(), ["release"]);
    assert_eq!(release(&work), "30");
    eprintln!("{published} of 30 killed builds had published before");
}

fn release(work: &Work) -> String {
    fs::read_to_string(work.out().join("state.txt")).expect("there is a release at any moment")
}

/// Is every file of the manifest there, with its length and its digest?
fn is_whole(work: &Work) -> bool {
    let manifest = super::manifest(&work.out());
    let resources = manifest["resources"].as_object().expect("it is a table");
    resources.iter().all(|(path, resource)| {
        let content = fs::read(work.out().join(&path[1..])).unwrap_or_default();
        resource["length"] == content.len() && resource["sha256"] == super::digest(&content)
    })
}

#[test]
fn what_a_killed_build_left_is_cleaned_up() {
    let work = Work::classic();
    work.build().succeeds();
    let before = work.released();
    for left in [".release.new-1", ".release.new-4194303/css"] {
        fs::create_dir_all(work.site.beside(left)).expect("it can be made");
    }
    fs::write(work.site.beside(".release.lock"), "1").expect("it can be written");
    // A file system that cannot exchange two names: killed between the two renames.
    fs::rename(work.out(), work.site.beside(".release.old-1")).expect("it can be moved");
    work.build()
        .succeeds()
        .says("compared with an earlier release");
    assert_eq!(work.beside(), ["release"]);
    assert_eq!(work.released(), before);
}

/// Fault 20.
#[test]
fn of_two_builds_at_once_the_second_says_so() {
    let work = Work::classic();
    for number in 0..400 {
        work.site.write(
            &format!("more/{number}.css"),
            format!(".n{number} {{ color: red }}\n").repeat(80),
        );
    }
    let mut first = work
        .command(&work.site.root(), &work.out())
        .stderr(Stdio::null())
        .spawn()
        .expect("cargo built the program");
    super::support::holds("the first build's lock", || {
        fs::read_to_string(work.site.beside(".release.lock"))
            .is_ok_and(|process| !process.is_empty())
    });
    let second = work.build();
    let is_first_running = first.try_wait().expect("it is our child").is_none();
    if is_first_running {
        second.is_refused(&format!("(process {})", first.id()));
    }
    assert!(first.wait().expect("it is our child").success());
    assert!(
        is_first_running,
        "the first one was too quick for this test to tell anything"
    );
    assert_eq!(work.beside(), ["release"]);
}

#[test]
fn a_file_that_is_written_to_all_the_time_publishes_nothing_mixed() {
    let work = Work::classic();
    for number in 0..200 {
        work.site.write(
            &format!("more/{number}.css"),
            format!(".n{number} {{ color: red }}\n").repeat(80),
        );
    }
    work.build().succeeds();
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0_u64.. {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                let letter = b'a' + u8::try_from(round % 26).expect("it is small");
                work.site.write("css/site.css", [letter; 5000]);
                thread::sleep(Duration::from_millis(1));
            }
        });
        let built = work.build();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        if built.code == Some(2) {
            built.says("was written to while the site was built");
        }
        let style = &work.released()["css/site.css"];
        assert!(
            style.windows(2).skip(1).all(|pair| pair[0] == pair[1]) || style.starts_with(b"body"),
            "two states in one file"
        );
        assert!(is_whole(&work));
    });
}

fn as_nobody(work: &Work) -> Command {
    let mut command = nobody(&work.site);
    command.arg("build").arg(work.site.root());
    command.arg("-o").arg(work.out());
    command.env("LARDER_CACHE_DIR", work.site.beside("codings"));
    command
}

#[test]
fn what_may_not_be_read_is_left_out_and_said() {
    let work = Work::classic();
    for path in ["css/site.css", "image"] {
        let path = work.site.root().join(path);
        fs::set_permissions(path, Permissions::from_mode(0o0)).expect("it is ours");
    }
    let strict = Built::by(as_nobody(&work).arg("--strict"));
    assert_eq!(strict.code, Some(1), "{}", strict.stderr);
    assert!(!work.out().exists());
    let built = Built::by(&mut as_nobody(&work));
    let image = work.site.root().join("image");
    fs::set_permissions(image, Permissions::from_mode(0o755)).expect("it is ours");
    for built in [&strict, &built] {
        built.says("www/css/site.css: this user may not read it");
        built.says("www/image: this user may not read it");
        assert!(!built.stderr.contains("-0.00 s"), "{}", built.stderr);
    }
    built.succeeds();
    let released = work.released();
    assert!(released.contains_key("index.html"));
    assert!(
        !released.keys().any(|path| path.contains("site")),
        "{released:?}"
    );
    fingerprinted(&released, "js/app", "js");
}
