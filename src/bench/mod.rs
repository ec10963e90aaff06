//! Measuring what caching costs: a server under load, and a visitor's cache under a policy.
//!
//! | module | | what it does |
//! |---|---|---|
//! | [`load`] | edge, with a pure core | requests with and without validators, every reply verified, rates compared in rounds |
//! | [`visitors`] | pure but for its origins | a browser's cache, simulated: what a visit costs under a policy, across a release |
//!
//! Uses: client, build, origin, snapshot, policy, fingerprint, http · Never: serve (a server under test is a process of its own)

mod error;
mod links;
pub mod load;
mod url;
pub mod visitors;

pub use error::BenchError;
pub use url::Url;
