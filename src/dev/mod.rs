//! What only a developer's browser sees: live reload, what is wrong on top of the page, the way to the developer's back end.
//!
//! The site itself is served as in production, by the same origin out of the same kind of snapshot. A document gets one script element more, before it is
//! digested, so that its entity tag is that of what is really sent; and unless caching itself is to be tried, the policy lets nothing be kept unasked.
//!
//! | file | holds |
//! |---|---|
//! | `inject`, `dress`, `spliced` | the script element, where it goes, and content with it |
//! | `message`, `hub`, `socket`, `live.js` | what browsers are told, and which there are |
//! | `problem`, `examine` | what is wrong with the site, with its place and the way out |
//! | `proxy` | the way to the developer's back end |
//! | `certificate` | HTTPS on this machine |
//! | `guard` | which names this server answers to |
//! | `server` | the routes in front of the origin |
//! | `page` | a page for what has none of its own: errors, which go away when they are mended |
//!
//! Implements RFC 6455 (through actix-ws) and RFC 9110 §7.2 (Host), §7.6.1 (what a proxy does not forward).
//!
//! Uses: serve, watch, build, snapshot, policy, fingerprint, diagnostic, http, actix · Never: a look-up of its own

mod certificate;
mod dress;
mod examine;
mod guard;
mod hub;
mod inject;
mod message;
mod page;
mod problem;
mod proxy;
mod server;
mod socket;
mod spliced;

pub use certificate::{Certificate, CertificateError, certificate, is_own, is_own_address};
pub use dress::dress;
pub use examine::Examiner;
pub use guard::Names;
pub use hub::{Hub, Told};
pub use problem::{Excerpt, Problem, Severity};
pub use proxy::Proxies;
pub use server::{Parts, application};

/// Below this path nothing is the site's.
pub const RESERVED: &str = "/-/larder/";
/// The script that documents get.
const SCRIPT: &str = "/-/larder/live.js";
/// Where it connects to.
const LIVE: &str = "/-/larder/live";
/// Where a phone gets the certificate that it has to trust.
const AUTHORITY: &str = "/-/larder/authority.pem";
