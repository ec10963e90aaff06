//! The steps of an answer, told as they are taken.
//!
//! Serving listens to none of them, and then they cost nothing; explaining listens to all. So there is one way to an answer, and no second one that explains
//! what the first might have done.
//!
//! Uses: http, snapshot · Never: deciding anything

use crate::{
    http::{NotAPath, Precondition, Ranges},
    snapshot::{DecisionId, Error, FoundBy, Representation, Resource, SentBy},
};

/// One step on the way to a reply, in the order in which [`respond`](super::respond) takes them.
#[derive(Clone, Copy, Debug)]
pub enum Step<'s, 'r> {
    /// The target is not a path that could name anything.
    BadPath(NotAPath),
    /// The request is sent elsewhere.
    Sent(SentBy<'s>, DecisionId),
    /// Nobody has this path, or nobody may see what is there.
    Missing(Missing),
    /// A resource was found.
    Found(&'s Resource, FoundBy),
    /// One of its representations was selected.
    Selected(&'s Representation),
    /// Its validators were compared with the preconditions.
    Compared(Precondition),
    /// Its length was compared with the ranges that were asked for.
    Measured(&'r Ranges),
    /// The answer is one of the fixed ones.
    Failed(Error),
    /// The request was `OPTIONS`.
    Options(DecisionId),
}

/// Why a path leads to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// Something is there that is not served.
    Withheld,
    /// It looks like an asset's, which no document may stand in for.
    Asset,
    /// What it would be below is a file, and has nothing below it.
    BelowAFile,
    /// One of its names is hidden.
    Hidden,
    /// It has the name of a backup.
    Backup,
    /// It is a well-known name, which somebody asks for to learn whether it is there.
    WellKnown,
    /// The request is no navigation, so no document may stand in for what it wants.
    NotANavigation,
    /// The site has no document for history-API routes.
    NoFallback,
}
