//! The immutable site: every answer exists before it is asked for.
//!
//! A snapshot is built once, swapped in whole, and never changed; a request sees one snapshot from beginning to end, so that no reply mixes two
//! states of a site. It has no lock and no clock.
//!
//! Uses: policy, fingerprint, http · Never: files, sockets, clock, interior mutability

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod assemble;
mod compare;
mod content;
mod error;
mod head;
mod representation;
mod resources;
mod routes;
mod spa;

use std::{collections::BTreeSet, sync::Arc};

pub use assemble::{CodedContent, SiteFile, assemble};
pub use compare::{Change, Difference, compare};
pub use content::{Content, OpenContent, Stored, Unreadable};
pub use error::{Error, ErrorReply};
pub use head::{HeadId, Heads};
pub use representation::{DecisionId, Mark, Representation, Resource, ResourceId, entity_tag};
pub use resources::Resources;
pub use routes::{FoundBy, SentBy};
pub use spa::SpaChoice;

pub use crate::policy::Kind;

use crate::{
    http::{FieldValue, TargetPath},
    policy::{Decision, Policy},
};
use routes::{Route, Routes, other_slash};

/// Which snapshot of a site this is: counts up from 1 while a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub u64);

impl Generation {
    /// The generation after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A whole site, ready to be served.
#[derive(Clone, Debug)]
pub struct Snapshot {
    generation: Generation,
    routes: Arc<Routes>,
    policy: Policy,
    redirect_heads: [(u16, HeadId, DecisionId); 5],
    options: (HeadId, DecisionId),
    resources: Resources,
    mark: Mark,
    fallback: Option<ResourceId>,
    spa: SpaChoice,
    errors: [ErrorReply; Error::ALL.len()],
    heads: Heads,
    decisions: Vec<Decision>,
    withheld: Arc<BTreeSet<String>>,
}

/// What a path leads to.
#[derive(Debug)]
pub enum Lookup<'s> {
    /// A resource, and how the path leads to it.
    Resource(&'s Resource, FoundBy),
    /// Elsewhere.
    Redirect {
        /// The status code: 301, 302, 303, 307 or 308.
        status: u16,
        /// Where to: path-absolute, or on the one host that the policy names; never on one that a request names.
        location: FieldValue,
        /// The fields of the reply, without `Location`.
        head: HeadId,
        /// Why its fields are what they are.
        decision: DecisionId,
        /// Who sends there.
        by: SentBy<'s>,
    },
    /// Something is there that is not served, such as a link out of the site: nobody's business, and no route either.
    Withheld,
    /// Nobody has this path.
    Nothing,
}

/// A folder asked for without its slash has moved for good: the path to it does not depend on the site's state.
const OTHER_SLASH: u16 = 301;

impl Snapshot {
    /// Where `path` leads.
    ///
    /// # Panics
    /// Never: every redirect of a policy and every route of a site was checked when it was made.
    pub fn look_up(&self, path: &TargetPath<'_>, query: Option<&str>) -> Lookup<'_> {
        if let Some(redirection) = self.policy.redirects.find(path, query) {
            let by = SentBy::Policy(redirection.because);
            return self.redirect(redirection.status, &redirection.location, by);
        }
        match self
            .routes
            .get(path.as_str(), |id| &self.resources[id].path)
        {
            Some(Route::Resource { id, by }) => Lookup::Resource(self.resource(id), by),
            Some(Route::OtherSlash) => {
                let to = other_slash(path.as_str());
                let to =
                    TargetPath::from_site(&to).expect("routes are made of the site's own paths");
                self.redirect(OTHER_SLASH, &with_query(to.encoded(), query), SentBy::Slash)
            }
            None if self.is_withheld(path.as_str()) => Lookup::Withheld,
            None => Lookup::Nothing,
        }
    }

    fn redirect<'s>(&'s self, status: u16, location: &str, by: SentBy<'s>) -> Lookup<'s> {
        let location = FieldValue::parse(location).expect("a location is percent-encoded");
        let (_, head, decision) = *self
            .redirect_heads
            .iter()
            .find(|(of, ..)| *of == status)
            .expect("a policy has no other redirects");
        Lookup::Redirect {
            status,
            location,
            head,
            decision,
            by,
        }
    }

    /// This snapshot, answering 404 for `paths` and what is below them, whatever the site does with unknown routes.
    #[must_use]
    pub fn withholding(mut self, paths: impl IntoIterator<Item = String>) -> Self {
        Arc::make_mut(&mut self.withheld).extend(paths);
        self
    }

    /// Is what stands before one of its slashes the own path of a resource, which has nothing below it?
    pub fn is_below_a_file(&self, path: &TargetPath<'_>) -> bool {
        self.resources.has_one_above(path.as_str())
    }

    fn is_withheld(&self, path: &str) -> bool {
        let at = |end: usize| self.withheld.contains(&path[..end]);
        !self.withheld.is_empty()
            && (self
                .routes
                .owns(path)
                .any(|own| self.withheld.contains(&own))
                || path.match_indices('/').any(|(slash, _)| at(slash)))
    }

    /// The document of history-API routes.
    pub fn fallback(&self) -> Option<&Resource> {
        self.fallback.map(|id| self.resource(id))
    }

    /// What was found out about history-API routes.
    pub fn spa(&self) -> &SpaChoice {
        &self.spa
    }

    /// The reply for `error`.
    pub fn error(&self, error: Error) -> &ErrorReply {
        &self.errors[error.index()]
    }

    /// The fields of the reply to `OPTIONS`.
    pub fn options_head(&self) -> HeadId {
        self.options.0
    }

    /// Why the fields of the reply to `OPTIONS` are what they are.
    pub fn options_decision(&self) -> DecisionId {
        self.options.1
    }

    /// The policy that it was assembled under.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// All resources, sorted by path.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// The resource `id`.
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id]
    }

    /// The resource whose own path this is.
    pub fn resource_at(&self, path: &str) -> Option<&Resource> {
        Some(&self.resources[self.resources.place_of(path)?])
    }

    /// The decision `id`, with its reasons.
    pub fn decision(&self, id: DecisionId) -> &Decision {
        &self.decisions[id.0 as usize]
    }

    /// All distinct field sections.
    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// What tells this snapshot from any other, on every machine and after a restart: two sites that serve the same representations under the same
    /// paths have the same mark.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Which snapshot this is.
    pub fn generation(&self) -> Generation {
        self.generation
    }
}

/// The location with the query of the request, which is visible ASCII or is left out: nothing of a request becomes a field otherwise.
fn with_query(location: String, query: Option<&str>) -> String {
    match query {
        Some(query) if query.bytes().all(|byte| byte.is_ascii_graphic()) => {
            format!("{location}?{query}")
        }
        _ => location,
    }
}
