//! The machine fails under a running larder: its disk, its clock, its watches, its process.
//!
//! Staged with tools of Debian that `cargo test` cannot count on, so all of these are ignored there; `cargo xtask faults` installs what is missing
//! and runs them, `cargo xtask test` those that are quick. Faults that need no tool are in `tests/sockets`; `tests/sockets/items.rs` has the list of both.

#[path = "../support/mod.rs"]
mod support;

mod clock;
mod disk;
mod kill;
mod many;
mod tools;
mod watching;

use support::Site;

/// More than is held in memory: it is read from disk for each reply.
const LARGE: usize = 4 << 20;

/// A site with something held and something that stays on disk.
fn site() -> Site {
    let site = Site::of(&[
        ("index.html", "<!doctype html><title>Start</title>"),
        ("about.html", "<!doctype html><title>About</title>"),
        ("style.css", "body { color: teal }\n"),
    ]);
    site.write("large.bin", vec![b'x'; LARGE]);
    site
}
