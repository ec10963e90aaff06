//! Redirects that the author wrote: which path goes where, and never anywhere else.
//!
//! A target is a path of this site or a host written in policy.toml. What comes from a request only ever fills a place in the path or the
//! query of the target, percent-encoded, so that no link can choose the host. The first redirect that matches is taken.
//!
//! Implements: RFC 9110 §10.2.2 (Location), §15.4 (which statuses), RFC 3986 §2.1, §3.3, §3.4 (encoding).
//! Uses: http · Never: the Host of a request

mod encode;
mod pattern;
mod target;

pub use pattern::{BadPattern, Captures, Pattern};
pub use target::{BadTarget, Target};

use crate::http::TargetPath;

use super::Location;

/// The statuses a redirect may have.
pub const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// One redirect.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// Which paths it is about.
    pub from: Pattern,
    /// Where it sends them.
    pub to: Target,
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
    /// Where it was written.
    pub location: Option<Location>,
}

impl PartialEq for Redirect {
    fn eq(&self, other: &Self) -> bool {
        (&self.from, &self.to, self.status) == (&other.from, &other.to, other.status)
    }
}

impl Eq for Redirect {}

/// Where one request is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection<'p> {
    /// The status of the reply.
    pub status: u16,
    /// The value of `Location`: path-absolute with one leading slash, or `https://` and the host that was written. Visible ASCII only.
    pub location: String,
    /// The redirect that says so.
    pub because: &'p Redirect,
}

/// All redirects, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redirects(Vec<Redirect>);

impl Redirects {
    /// In the order they are tried.
    pub fn new(redirects: Vec<Redirect>) -> Self {
        Self(redirects)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The redirects, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Redirect> {
        self.0.iter()
    }

    /// The first redirect for the path, with its target filled in. The query of the request is kept unless the target has its own.
    pub fn find(&self, path: &TargetPath<'_>, query: Option<&str>) -> Option<Redirection<'_>> {
        self.0.iter().find_map(|redirect| {
            let captures = redirect.from.matches(path.as_str())?;
            Some(Redirection {
                status: redirect.status,
                location: redirect.to.fill(&captures, query),
                because: redirect,
            })
        })
    }
}

impl<'r> IntoIterator for &'r Redirects {
    type Item = &'r Redirect;
    type IntoIter = std::slice::Iter<'r, Redirect>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests;
