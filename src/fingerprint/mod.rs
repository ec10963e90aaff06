//! Fingerprinting: giving files names that say what their content is, without ever breaking the site.
//!
//! A name that changes whenever the bytes do may be cached for good. This module finds every reference to a file with a real tokenizer,
//! inserts fingerprints by byte span, and leaves alone whatever it is not sure of: a broken site is unforgivable, a file that must be
//! revalidated is not. Every original path stays, with the same final bytes.
//!
//! Implements: the condition of RFC 8246 §2, that content under an immutable URL does not change.
//!
//! Uses: tokenizers (`lol_html`, `cssparser`, `oxc`), sha2, regress · Never: files, clock, threads, sockets

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod class;
mod decide;
pub mod digest;
mod escape;
mod examine;
mod findings;
mod foreign;
mod graph;
mod integrity;
mod locks;
pub mod manifest;
mod mapped;
mod mount;
mod name;
mod named;
mod naming;
mod pattern;
mod plan;
pub mod recognise;
mod reference;
mod resolve;
mod scan;
mod settings;
mod site;
mod source_map;
mod splice;
mod swap;
mod verify;
mod whole;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;

pub use class::Class;
pub use decide::{Decision, Lock, Pin};
pub use digest::Digest;
pub use examine::{Trouble, Wrong, examine};
pub use findings::Finding;
pub use foreign::Foreign;
pub use mount::mounted;
pub use named::{Named, Target, named, named_on};
pub use plan::Plan;
pub use reference::{Mention, Position, Scanned, Unreadable};
pub use scan::scan;
pub use settings::{Predicate, Settings};
pub use site::{FileId, Site};
pub use verify::{Fault, Verifier};
pub use whole::{Fingerprinted, Output, OutputOrigin, Source, fingerprint, leave};
