//! `larder dev` from outside: what it shows after each way in which files change, whom it answers, what it tells browsers, and whom it forwards to.

#[path = "../support/mod.rs"]
mod support;

mod browser;
mod names;
mod proxy;
mod soak;
mod terminal;
mod watching;
