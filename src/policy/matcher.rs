//! The conditions of a rule: globs over paths, kinds, media types, statuses.
//!
//! Uses: globset · Never: request data

mod media;
mod mismatch;
mod path;
mod status;

pub use media::MediaPattern;
pub use mismatch::Mismatch;
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
        self.mismatches(subject).next().is_none()
    }

    /// The conditions that do not hold for the subject; each is looked at only when it is asked for.
    pub fn mismatches<'c>(
        &'c self,
        subject: &'c Subject<'c>,
    ) -> impl Iterator<Item = Mismatch<'c>> {
        [Self::kind, Self::status, Self::path, Self::media]
            .into_iter()
            .filter_map(move |condition| condition(self, subject))
    }

    fn kind<'c>(&'c self, subject: &'c Subject<'c>) -> Option<Mismatch<'c>> {
        let (is, wanted) = (subject.kind(), self.kinds.as_deref()?);
        (!wanted.contains(&is)).then_some(Mismatch::Kind { is, wanted })
    }

    /// A rule that names no status is about successes, and about redirects if it names that kind; never about errors, because nobody who
    /// writes `paths = "/assets/**"` thinks of the 404s among them.
    fn status<'c>(&'c self, subject: &'c Subject<'c>) -> Option<Mismatch<'c>> {
        let (is, kind) = (subject.status(), subject.kind());
        let Some(wanted) = self.statuses.as_deref() else {
            // Where the kind is named and is another one, that says it all.
            let is_meant = match self.kinds.as_deref() {
                Some(kinds) => kind == Kind::Redirect || !kinds.contains(&kind),
                None => false,
            };
            return (!kind.is_success() && !is_meant).then_some(Mismatch::NoSuccess { is });
        };
        let holds = wanted.iter().any(|pattern| pattern.matches(is));
        (!holds).then_some(Mismatch::Status { is, wanted })
    }

    /// A reply without a representation has no path.
    fn path<'c>(&'c self, subject: &'c Subject<'c>) -> Option<Mismatch<'c>> {
        let (wanted, is) = (
            self.paths.as_ref()?,
            subject.representation().map(|facts| facts.path),
        );
        let holds = is.is_some_and(|path| wanted.matches(path));
        (!holds).then_some(Mismatch::Path { is, wanted })
    }

    /// Nor has it a media type.
    fn media<'c>(&'c self, subject: &'c Subject<'c>) -> Option<Mismatch<'c>> {
        let wanted = self.media.as_deref()?;
        let is = subject.representation().map(|facts| facts.media_type);
        let holds = is.is_some_and(|is| wanted.iter().any(|pattern| pattern.matches(is)));
        (!holds).then_some(Mismatch::Media { is, wanted })
    }
}
