//! The conditions of a rule: globs over paths, kinds, media types, statuses.
//!
//! Uses: globset · Never: request data

mod media;
mod path;
mod status;

pub use media::MediaPattern;
pub use path::{BadGlob, PathGlobs};
pub use status::StatusPattern;

use super::{Kind, Subject};

/// All that has to hold for a rule to apply; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The path of the representation.
    pub paths: Option<PathGlobs>,
    /// What was served.
    pub kinds: Option<Vec<Kind>>,
    /// The representation's media type.
    pub media: Option<Vec<MediaPattern>>,
    /// The status.
    pub statuses: Option<Vec<StatusPattern>>,
}

impl Conditions {
    /// Whether every condition holds for the subject.
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        self.outcome_matches(subject) && self.representation_matches(subject)
    }

    /// The status and the kind. A rule that names no status is about successes, and about redirects if it names that kind; never about
    /// errors, because nobody who writes `paths = "/assets/**"` thinks of the 404s among them.
    fn outcome_matches(&self, subject: &Subject<'_>) -> bool {
        let kind = subject.kind();
        let named = self
            .kinds
            .as_ref()
            .is_some_and(|kinds| kinds.contains(&kind));
        if self.kinds.is_some() && !named {
            return false;
        }
        match &self.statuses {
            Some(statuses) => statuses
                .iter()
                .any(|pattern| pattern.matches(subject.status())),
            None => kind.is_success() || (kind == Kind::Redirect && named),
        }
    }

    /// The path and the media type; a reply without a representation has neither.
    fn representation_matches(&self, subject: &Subject<'_>) -> bool {
        let Some(facts) = subject.representation() else {
            return self.paths.is_none() && self.media.is_none();
        };
        self.paths
            .as_ref()
            .is_none_or(|paths| paths.matches(facts.path))
            && self.media.as_ref().is_none_or(|media| {
                media
                    .iter()
                    .any(|pattern| pattern.matches(facts.media_type))
            })
    }
}
