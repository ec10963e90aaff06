//! Measuring what caching costs: a server under load, and a visitor's cache under a policy.
//!
//! | module | | what it does |
//! |---|---|---|
//! | [`load`] | edge, with a pure core | requests with and without validators, every reply verified, rates compared in rounds |
//!
//! Uses: build, origin, snapshot, policy, fingerprint, http · Never: serve (a server under test is a process of its own)

mod error;
mod links;
pub mod load;
mod url;

pub use error::BenchError;
pub use url::Url;
