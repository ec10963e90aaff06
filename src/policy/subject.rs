//! What a rule may look at: the status and the representation that was selected, and nothing of the request.
//!
//! Policies that look at the URL give a missing asset the lifetime of a found one, or the fallback document the policy of a script. There is
//! no request path in here, so no rule can make that mistake.
//!
//! Implements: the outcome side of RFC 9110 §15 (status classes), §3.2 (selected representation).
//! Uses: std · Never: request data

use std::fmt;

/// What was served, in the words of the policy's `[cache]` and `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An HTML document.
    Document,
    /// Something that is known to carry a fingerprint of its content in its name.
    Fingerprinted,
    /// Any other representation.
    Asset,
    /// A redirect.
    Redirect,
    /// A 4xx or 5xx, and any other reply that has nothing to store.
    Error,
}

impl Kind {
    /// Every kind, in the order of `[cache]`.
    pub const ALL: [Self; 5] = [
        Self::Document,
        Self::Fingerprinted,
        Self::Asset,
        Self::Redirect,
        Self::Error,
    ];

    /// The word for it in policy.toml.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Fingerprinted => "fingerprinted",
            Self::Asset => "asset",
            Self::Redirect => "redirect",
            Self::Error => "error",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is the kind of a success.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Document | Self::Fingerprinted | Self::Asset)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What a representation is by itself, before any status is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepresentationKind {
    /// An HTML document.
    Document,
    /// Its name is known to carry a fingerprint of its content.
    Fingerprinted,
    /// Anything else.
    Asset,
}

impl From<RepresentationKind> for Kind {
    fn from(kind: RepresentationKind) -> Self {
        match kind {
            RepresentationKind::Document => Self::Document,
            RepresentationKind::Fingerprinted => Self::Fingerprinted,
            RepresentationKind::Asset => Self::Asset,
        }
    }
}

/// The facts of the selected representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts<'s> {
    /// Its own path in the site, decoded, with a leading slash: `/index.html` for whatever URL it was found.
    pub path: &'s str,
    /// What it is by itself.
    pub kind: RepresentationKind,
    /// The essence of its media type, lower case, without parameters: `text/html`.
    pub media_type: &'s str,
}

/// One outcome to decide about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'s> {
    status: u16,
    representation: Option<Facts<'s>>,
}

impl<'s> Subject<'s> {
    /// The reply with this status, and the representation it carries, if any. The document that comes with a 404 is given here too: the
    /// status, not the caller, makes it an error.
    pub fn new(status: u16, representation: Option<Facts<'s>>) -> Self {
        Self {
            status,
            representation,
        }
    }

    /// The status rules look at. A 206 and a 304 are a 200 said more briefly, and have to carry the fields the 200 would have had
    /// (RFC 9110 §15.3.7, §15.4.5), so all three are decided as 200.
    pub fn status(&self) -> u16 {
        match self.status {
            206 | 304 => 200,
            status => status,
        }
    }

    /// The representation, if there is one.
    pub fn representation(&self) -> Option<&Facts<'s>> {
        self.representation.as_ref()
    }

    /// What was served.
    pub fn kind(&self) -> Kind {
        match (self.status(), &self.representation) {
            (200, Some(facts)) => facts.kind.into(),
            (300..=399, _) => Kind::Redirect,
            _ => Kind::Error,
        }
    }

    /// Whether `immutable` may come with it: the content under this name can never be another one.
    pub fn may_be_immutable(&self) -> bool {
        self.kind() == Kind::Fingerprinted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: Facts<'_> = Facts {
        path: "/assets/app-0123456789abcdef.js",
        kind: RepresentationKind::Fingerprinted,
        media_type: "text/javascript",
    };

    #[test]
    fn the_status_outweighs_the_representation() {
        assert_eq!(Subject::new(200, Some(SCRIPT)).kind(), Kind::Fingerprinted);
        assert_eq!(Subject::new(404, Some(SCRIPT)).kind(), Kind::Error);
        assert_eq!(Subject::new(301, Some(SCRIPT)).kind(), Kind::Redirect);
        assert!(!Subject::new(500, Some(SCRIPT)).may_be_immutable());
    }

    #[test]
    fn a_304_and_a_206_are_decided_like_their_200() {
        for status in [304, 206] {
            assert_eq!(
                Subject::new(status, Some(SCRIPT)).kind(),
                Kind::Fingerprinted
            );
            assert_eq!(Subject::new(status, Some(SCRIPT)).status(), 200);
        }
    }

    #[test]
    fn without_a_representation_there_is_nothing_to_store() {
        assert_eq!(Subject::new(204, None).kind(), Kind::Error);
        assert_eq!(Subject::new(200, None).kind(), Kind::Error);
    }

    #[test]
    fn kinds_have_a_word_each() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
    }
}
