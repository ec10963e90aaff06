//! What the author set in `[fingerprint]`.
//!
//! Uses: nothing · Never: files, clock

use std::fmt;
use std::sync::Arc;

/// A question about a path: `/css/a.css`.
pub type Predicate = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What the author set in `[fingerprint]`.
#[derive(Clone)]
pub struct Settings {
    /// How many hexadecimal digits a fingerprint has: 8 to 64, 16 by default.
    pub length: usize,
    /// Paths that keep their name.
    pub exclude: Predicate,
    /// Paths that may be renamed; all, by default.
    pub include: Predicate,
    /// Where the site will be mounted: `/`, or `/docs/`.
    pub base: String,
    /// The origin, such as `https://example.com`, whose absolute URLs are this site's.
    pub origin: Option<String>,
    /// Add `integrity` to the scripts and style sheets of documents.
    pub integrity: bool,
    /// Content security policies that documents are sent with: values of `Content-Security-Policy`.
    pub sent_policies: Vec<String>,
}

impl Settings {
    /// The digits of a fingerprint, within what makes sense.
    pub(crate) fn digits(&self) -> usize {
        self.length.clamp(8, 64)
    }

    /// The base with a slash at both ends.
    pub(crate) fn base_path(&self) -> String {
        let inner = self.base.trim_matches('/');
        if inner.is_empty() {
            "/".to_owned()
        } else {
            format!("/{inner}/")
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            length: 16,
            exclude: Arc::new(|_| false),
            include: Arc::new(|_| true),
            base: "/".to_owned(),
            origin: None,
            integrity: false,
            sent_policies: Vec::new(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("length", &self.length)
            .field("base", &self.base)
            .field("origin", &self.origin)
            .field("integrity", &self.integrity)
            .finish_non_exhaustive()
    }
}
