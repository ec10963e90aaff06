//! What the keeper has to say, and to whom.
//!
//! The same news goes to the log of a server and to the terminal and the browsers of a developer; what is said about it is theirs.
//!
//! Uses: snapshot, policy, build · Never: printing

use std::{fmt, sync::Arc, time::Duration};

use super::{hold::Hold, in_force::Refused};
use crate::{
    build::Odd,
    policy::Policy,
    snapshot::{Generation, Snapshot},
};

/// Who is shown what becomes of a site. Called from the keeper's thread, which waits meanwhile.
pub trait Audience: Send {
    /// The next snapshot: to be served from now on.
    fn publish(&mut self, snapshot: Arc<Snapshot>);

    /// What there is to say.
    fn hear(&mut self, news: News<'_>);
}

/// Something that happened.
#[derive(Debug)]
pub enum News<'n> {
    /// The site changed, and its next state is served.
    Shown {
        /// Which snapshot that is.
        generation: Generation,
        /// How many files are new, gone or different.
        changes: usize,
        /// How long that took from when it was time to look.
        work: Duration,
        /// How long it took from the first that was heard of it.
        took: Duration,
    },
    /// Content codings are ready, and served.
    Coded {
        /// Which snapshot has them.
        generation: Generation,
        /// How many there are.
        forms: usize,
        /// How long that took.
        took: Duration,
    },
    /// Another policy is in force.
    Policy(&'n Policy),
    /// A file is there and not served.
    NotServed(&'n Odd),
    /// Something stays as it was. Said once, until it is another reason.
    Kept(&'n Complaint),
    /// Nothing has to stay as it was any more.
    Mended,
}

/// Why something stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// The folder cannot be read: the site stays.
    Folder(String),
    /// The next policy cannot be used: the one in force stays.
    Policy(Refused),
    /// The next state of the site is not whole: the one that is shown stays.
    Held(Hold),
}

impl fmt::Display for Complaint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(why) => write!(formatter, "{why}: the site as it was stays up"),
            Self::Policy(refused) => formatter.write_str(&refused.said),
            Self::Held(hold) => hold.fmt(formatter),
        }
    }
}
