//! Which files of a finished site have a name that is known to carry their content's digest.
//!
//! Only such a file may be `immutable`: its name changes whenever its bytes do. A name that merely looks so is not enough (mdBook's
//! `searcher-c2a407aa.js` kept its name while its bytes changed; Sphinx names images after the digest of their *source*), because a
//! wrong yes pins stale bytes in browsers for a year, and a wrong no costs one 304. So every yes carries its [`Evidence`], found in
//! this order: the bundler's own manifest; the folder in which a framework keeps nothing else; a digest of the bytes that equals
//! the name; and a whole folder of names of one make. Where a folder's names can be recomputed, one that fails is doubted whatever
//! a manifest says.
//!
//! What is asked of the site is bounded (the numbers are in reader.rs): paths and SHA-256 digests of all files (known already), the
//! content of a few.
//!
//! Implements: the condition of RFC 8246 §2 ("the resource will not be updated during its freshness lifetime").
//!
//! Uses: bytes, `serde_json`, memchr, digests (sha1, md-5, md4, sha2, xxhash-rust, seahash), `Digest` · Never: files, clock, threads

mod bundler;
mod cohort;
mod content_hash;
mod court;
mod folder;
mod judge;
mod manifest;
mod name;
mod reader;
mod summary;
mod token;
mod verdict;

#[cfg(test)]
mod tests;

use bytes::Bytes;

use super::digest::Digest;

pub use bundler::Bundler;
pub use content_hash::Algorithm;
pub use summary::Summary;
pub use verdict::{Doubt, Evidence, Recognised, Verdict};

/// What the site is made of, as the recogniser asks for it.
pub trait Site {
    /// Every path of the site, absolute (`/assets/a.js`), in ascending order.
    fn paths(&self) -> impl Iterator<Item = &str>;

    /// The SHA-256 digest of the content at `path`, if the site has it.
    fn digest(&self, path: &str) -> Option<Digest>;

    /// The content at `path`. Asked of few paths only; also of well-known hidden ones (`/.vite/manifest.json`) that need not be among
    /// [`Site::paths`]. `None` if there is none or it cannot be read: the recogniser then knows less and says no more often.
    fn content(&self, path: &str) -> Option<Bytes>;
}

/// Does the last segment of `path` look as if it carried a hash? Of a site whose bytes and manifest cannot be seen, this is all there is to
/// know; nothing is made immutable for it.
pub fn looks_hashed(path: &str) -> bool {
    let segment = path.rsplit('/').next().unwrap_or_default();
    let Some(name) = name::parse_name(segment) else {
        return false;
    };
    let is_asset = matches!(
        name.kind,
        name::Kind::Code | name::Kind::Media | name::Kind::Data
    );
    let has_token =
        token::parse_token(name.stem).is_some_and(|token| token.strength > token::Strength::Word);
    is_asset && (has_token || token::is_turbopack(name.stem))
}

/// Judges every name of `site`.
pub fn recognise(site: &impl Site) -> Recognised {
    judge::judge(site)
}
