//! Random changes for a minute: at each pause, every URL is compared with the disk, and nothing leaks.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    browser::dev,
    support::{Ask, Connection, Larder, Site, eventually::eventually},
};

/// Numbers that look random and are the same each time: xorshift64*.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).expect("31 bits") % sides
    }
}

struct Soak {
    site: Site,
    dice: Dice,
    /// Every path that ever had a file.
    seen: BTreeSet<String>,
    round: u32,
}

const NAMES: [&str; 12] = [
    "index.html",
    "about.html",
    "a.js",
    "b.mjs",
    "c.css",
    "d.css",
    "e.png",
    "f.txt",
    "g.json",
    "h.svg",
    "i.html",
    "big.bin",
];

impl Soak {
    fn folders(&self) -> Vec<PathBuf> {
        walk(&self.site.root())
            .into_iter()
            .filter(|path| path.is_dir())
            .collect()
    }

    fn files(&self) -> Vec<PathBuf> {
        walk(&self.site.root())
            .into_iter()
            .filter(|path| path.is_file())
            .collect()
    }

    fn pick(&mut self, mut from: Vec<PathBuf>) -> Option<PathBuf> {
        from.sort();
        (!from.is_empty()).then(|| from.swap_remove(self.dice.roll(from.len())))
    }

    fn content(&mut self, name: &str) -> Vec<u8> {
        self.round += 1;
        let round = self.round;
        let named = NAMES[self.dice.roll(NAMES.len())];
        match name.rsplit('.').next() {
            Some("html") => format!(
                "<!doctype html><title>{round}</title><img src={named}><script src=a.js></script>"
            )
            .into_bytes(),
            Some("bin") => round.to_string().repeat(400_000).into_bytes(),
            _ => format!("/* {round} */").into_bytes(),
        }
    }

    /// One change. What cannot be done, as when a folder is moved into itself, is left.
    fn change(&mut self) {
        let mut folders = self.folders();
        folders.push(self.site.root());
        let folder = self.pick(folders).expect("the root is always there");
        let name = NAMES[self.dice.roll(NAMES.len())];
        let path = folder.join(name);
        match self.dice.roll(12) {
            0..=3 => {
                let content = self.content(name);
                let _ = fs::write(&path, content);
            }
            4..=6 => {
                let content = self.content(name);
                let new = self.site.beside("new");
                let _ = fs::write(&new, content).and_then(|()| fs::rename(&new, &path));
            }
            7 => {
                if let Some(file) = self.pick(self.files()) {
                    let _ = fs::remove_file(file);
                }
            }
            8 => {
                let deep = folder.join(format!("n{}", self.dice.roll(4))).join("m");
                if deep.components().count() < self.site.root().components().count() + 8 {
                    let _ = fs::create_dir_all(&deep);
                    let content = self.content(name);
                    let _ = fs::write(deep.join(name), content);
                }
            }
            9 => {
                if let (Some(from), Some(to)) =
                    (self.pick(self.folders()), self.pick(self.folders()))
                {
                    let _ = fs::rename(from, to.join("moved"));
                }
            }
            10 => {
                if let Some(folder) = self.pick(self.folders()) {
                    let _ = fs::rename(&folder, folder.with_extension("x"));
                }
            }
            _ => {
                if self.dice.roll(4) == 0
                    && let Some(folder) = self.pick(self.folders())
                {
                    let _ = fs::remove_dir_all(folder);
                }
            }
        }
    }

    /// What is not served as it is on disk; nothing is.
    fn differs(&mut self, larder: &Larder) -> Option<String> {
        let root = self.site.root();
        let on_disk: BTreeMap<String, PathBuf> = self
            .files()
            .into_iter()
            .map(|file| {
                let relative = file.strip_prefix(&root).expect("it is below the root");
                (format!("/{}", relative.display()), file)
            })
            .collect();
        for path in on_disk.keys() {
            self.seen.insert(path.clone());
        }
        let mut connection = Connection::open(larder.address());
        for path in &self.seen {
            let Ok(answer) = connection.try_ask(&Ask::get(path)) else {
                return Some(format!("{path}: no answer"));
            };
            let Some(file) = on_disk.get(path) else {
                if answer.status != 404 {
                    return Some(format!("{path} is gone and answered {}", answer.status));
                }
                continue;
            };
            let expected = fs::read(file).expect("nobody else writes here");
            let sent = String::from_utf8_lossy(&answer.content).replace(ELEMENT, "");
            if answer.status != 200 || sent.as_bytes() != expected {
                return Some(format!(
                    "{path}: {} {:.60?} instead of {:.60?}",
                    answer.status,
                    sent,
                    String::from_utf8_lossy(&expected)
                ));
            }
        }
        None
    }
}

const ELEMENT: &str = "<script src=\"/-/larder/live.js\" async></script>";

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map_while(Result::ok)
    {
        let path = entry.path();
        if path.is_dir() {
            found.extend(walk(&path));
        }
        found.push(path);
    }
    found
}

/// How many inotify watches the process has.
pub(crate) fn watches(larder: &Larder) -> usize {
    let folder = format!("/proc/{}/fdinfo", larder.id());
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map_while(Result::ok)
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .map(|text| {
            text.lines()
                .filter(|line| line.starts_with("inotify wd:"))
                .count()
        })
        .sum()
}

/// What the process holds in memory, in KiB.
fn memory(larder: &Larder) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", larder.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok())
        .unwrap_or(0)
}

fn soak(length: Duration, seed: u64) {
    let site = Site::in_memory(&[("index.html", "<!doctype html>"), ("a.js", "1")]);
    let larder = dev(&site, &[]);
    let mut soak = Soak {
        site,
        dice: Dice(seed),
        seen: BTreeSet::new(),
        round: 0,
    };
    let start = Instant::now();
    let mut held = Vec::new();
    while start.elapsed() < length {
        for _ in 0..=soak.dice.roll(120) {
            soak.change();
            if soak.dice.roll(8) == 0 {
                std::thread::sleep(Duration::from_millis(soak.dice.roll(20) as u64));
            }
        }
        let mut last = None;
        let settled = Instant::now();
        eventually("what is served to be what is on disk", || {
            last = soak.differs(&larder);
            assert!(
                settled.elapsed() < Duration::from_secs(8),
                "{last:?}\n{}",
                larder.log()
            );
            last.is_none().then_some(())
        });
        held.push(memory(&larder));
    }
    if cfg!(target_os = "linux") {
        let folders = soak.folders().len() + 1;
        eventually("no more watches than folders", || {
            // The root's parent, for when the root itself goes, is watched too.
            let watches = watches(&larder);
            (watches >= folders && watches <= folders + 2).then_some(())
        });
        let warm = held[held.len() / 3];
        let end = held[held.len() - 1];
        assert!(
            end < warm + 48 * 1024,
            "memory grew from {warm} to {end} KiB: {held:?}"
        );
    }
}

#[test]
fn after_any_changes_what_is_served_is_what_is_on_disk() {
    soak(Duration::from_secs(4), 1);
}

#[test]
#[ignore = "a minute: cargo xtask test"]
fn for_a_minute_of_any_changes_what_is_served_is_what_is_on_disk_and_nothing_leaks() {
    soak(Duration::from_mins(1), 0x00C0_FFEE);
}
