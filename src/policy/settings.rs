//! Tables of policy.toml that are plain values: what `[site]`, `[compress]` and `[fingerprint]` say.
//!
//! Policy carries them to the edges that act on them; it reads no folder and opens no socket itself.
//!
//! Uses: http · Never: files, sockets

use crate::http::ContentCoding;

use super::PathGlobs;

/// Which document answers navigations to paths that have none of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spa {
    /// `/200.html` if the site has it, else `/index.html` if that is the only document.
    Auto,
    /// None: such a path is a 404.
    Off,
    /// The document at this path.
    Document(String),
}

/// `[site]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// `spa`.
    pub spa: Spa,
    /// `not-found`: a path.
    pub not_found: String,
    /// `clean-urls`.
    pub clean_urls: bool,
    /// `index`: a name without slashes.
    pub index: String,
    /// `symlinks`: whether links out of the root are followed.
    pub symlinks: bool,
    /// `hidden`: dotted names that are served besides `/.well-known/`.
    pub hidden: PathGlobs,
    /// `private`: what lies in the folder and is for nobody.
    pub private: PathGlobs,
}

impl Site {
    /// Is what lies at `path` for nobody? Its coded forms hold the same content, so they are not either.
    pub fn is_private(&self, path: &str) -> bool {
        let plain = [".br", ".gz", ".zst"]
            .into_iter()
            .find_map(|suffix| path.strip_suffix(suffix));
        self.private.matches(path) || plain.is_some_and(|plain| self.private.matches(plain))
    }
}

/// `[compress] quality`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Best for what is kept, less for very large content.
    Auto,
    /// Little time.
    Fast,
    /// Few bytes.
    Best,
}

/// `[compress]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compress {
    /// `codings`, in the server's order of preference; empty turns compression off.
    pub codings: Vec<ContentCoding>,
    /// `min-size`, in bytes.
    pub min_size: u64,
    /// `quality`.
    pub quality: Quality,
    /// `cache-dir`; without it, the user's cache folder.
    pub cache_dir: Option<String>,
}

/// `[fingerprint]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FingerprintSettings {
    /// `include`.
    pub include: PathGlobs,
    /// `exclude`; wins over `include`.
    pub exclude: PathGlobs,
    /// `length` of the fingerprint, in hexadecimal digits.
    pub length: usize,
    /// `base`: where the site will be mounted.
    pub base: String,
    /// `origin`: the site's own, without a path.
    pub origin: Option<String>,
    /// `integrity`.
    pub integrity: bool,
}
