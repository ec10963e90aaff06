//! The steps of one answer, kept.
//!
//! Uses: origin · Never: words

use crate::{
    http::{NotAPath, Precondition, Ranges},
    origin::{Missing, Step},
    snapshot::{DecisionId, Error, FoundBy, Representation, Resource, SentBy},
};

/// What was told on the way to a reply.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail<'s> {
    pub(super) bad_path: Option<NotAPath>,
    pub(super) sent: Option<SentBy<'s>>,
    pub(super) missing: Option<Missing>,
    pub(super) resource: Option<&'s Resource>,
    pub(super) found_by: Option<FoundBy>,
    pub(super) selected: Option<&'s Representation>,
    pub(super) precondition: Option<Precondition>,
    pub(super) ranges: Option<Ranges>,
    pub(super) failed: Option<Error>,
    /// The decision about a redirect or about `OPTIONS`.
    pub(super) decision: Option<DecisionId>,
}

impl<'s> Trail<'s> {
    pub(super) fn take(&mut self, step: Step<'s, '_>) {
        match step {
            Step::BadPath(why) => self.bad_path = Some(why),
            Step::Sent(by, decision) => {
                self.sent = Some(by);
                self.decision = Some(decision);
            }
            Step::Missing(why) => self.missing = Some(why),
            Step::Found(resource, by) => {
                self.resource = Some(resource);
                self.found_by = Some(by);
            }
            Step::Selected(representation) => self.selected = Some(representation),
            Step::Compared(precondition) => self.precondition = Some(precondition),
            Step::Measured(ranges) => self.ranges = Some(ranges.clone()),
            Step::Failed(error) => self.failed = Some(error),
            Step::Options(decision) => self.decision = Some(decision),
        }
    }
}
