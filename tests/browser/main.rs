//! larder as a browser sees it: what is asked for again, what is not, and whether the app still works.
//!
//! Only what needs a browser is here, because only a browser has a browser's cache. The tests are run by `cargo xtask
//! test`, which finds or installs Chromium; `LARDER_CHROMIUM` says which to take.

#[path = "../support/mod.rs"]
mod support;

mod chromium;
mod dev;
mod devtools;
mod explained;
mod own_app;
mod real_apps;
mod sample;
mod tab;
mod visitors;
