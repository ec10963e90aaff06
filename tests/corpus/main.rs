//! Finished sites in a browser, before and after `larder build`: nobody may be able to tell the difference.
//!
//! A reference that was missed, a module that is evaluated under two URLs, a name that a script computes: no reading of the
//! source finds them all. So each site is visited as it came and as it was built, and what the browser asked for, got,
//! evaluated, printed and painted is held against each other.
//!
//! The sites of `tests/sites` are committed and need nothing but Chromium; those of `tests/sites/corpus.toml` are fetched by
//! `cargo xtask corpus --browser`, which hands their folders over in `LARDER_CORPUS`.

#[allow(
    dead_code,
    reason = "this crate looks at other things than the tests of the cache"
)]
#[path = "../browser/chromium.rs"]
mod chromium;
#[allow(
    dead_code,
    reason = "this crate looks at other things than the tests of the cache"
)]
#[path = "../browser/devtools.rs"]
mod devtools;
#[path = "../support/mod.rs"]
mod support;
#[allow(
    dead_code,
    reason = "this crate looks at other things than the tests of the cache"
)]
#[path = "../browser/tab.rs"]
mod tab;

mod committed;
mod difference;
mod fetched;
mod picture;
mod release;
mod rounds;
mod seen;
mod visitor;
