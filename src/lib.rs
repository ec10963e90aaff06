//! A web server for single-page apps and static sites that knows what keeps and what goes off.
//!
//! Cache policy follows what was served, never how its URL is spelt. Read the modules from the floor up:
//!
//! | module | | what it does |
//! |---|---|---|
//! | [`http`] | pure | the RFCs as values |
//! | [`diagnostic`] | pure | what can be said to the author of a policy |
//! | [`policy`] | pure | policy.toml → decisions, each with its reason |
//! | [`fingerprint`] | pure | which names carry a hash of their content; giving names that do |
//! | [`snapshot`] | pure | the immutable site: every answer, made before it is asked for |
//! | [`origin`] | pure | a request and a snapshot in, a reply out |
//! | [`explain`] | pure | why a request gets its answer, and what caches do with it |
//! | [`findings`] | pure | what is wrong with the caching of a site, and what is right |
//! | [`audit`] | edge | asks a live server, or a folder, for `findings` to judge |
//! | [`build`] | edge | a folder → the files of a snapshot |
//! | [`watch`] | edge | the next snapshot, when something changed |
//! | [`client`] | edge | asks a server, any server, and hides nothing of the answer |
//! | [`serve`] | edge | the network in front of the origin: sockets, TLS, HTTP/1.1 and HTTP/2 |
//! | [`dev`] | edge | what only a developer's browser sees: live reload, what is wrong |
//! | [`bench`] | edge | what caching costs a server and a visitor, measured |
//! | [`cli`] | edge | the command line |
//!
//! ARCHITECTURE.md has the arrows between them, and `tests/architecture.rs` holds the code to them.

pub mod audit;
pub mod bench;
pub mod build;
pub mod cli;
pub mod client;
pub mod dev;
pub mod diagnostic;
pub mod explain;
pub mod findings;
pub mod fingerprint;
pub mod http;
pub mod origin;
pub mod policy;
pub mod serve;
pub mod snapshot;
pub mod watch;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;

pub use origin::respond;
pub use policy::{Policy, compile};
pub use snapshot::{Snapshot, assemble};
