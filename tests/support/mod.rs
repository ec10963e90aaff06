//! What the black-box tests share: a site on disk, a larder process that serves it, and a client that sends exact bytes.
//!
//! Exists so that a test reads as one sentence: this site, this request, that answer. The client knows no more of HTTP
//! than it must: whatever it tidied up would be hidden from the test.
//!
//! RFC 9112 (message framing), as far as a reader of answers needs it.

#![allow(
    dead_code,
    unused_imports,
    reason = "every test crate includes this module and uses its own part of it"
)]

pub(crate) mod eventually;
pub(crate) mod larder;
pub(crate) mod secure;
pub(crate) mod site;
pub(crate) mod tls;
pub(crate) mod wire;

pub(crate) use eventually::{eventually, holds};
pub(crate) use larder::Larder;
pub(crate) use site::Site;
pub(crate) use wire::{Answer, Ask, Connection};
