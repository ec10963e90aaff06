//! May the next state of the site be shown, or is it the middle of a deploy?
//!
//! A document that is published before the assets it names breaks in every browser that loads it now, and some caches keep the 404. So the site as it was
//! stays up until the new documents' assets are there, and while its entry document is gone.
//!
//! Uses: build · Never: clock, files

use std::{fmt, time::Duration};

use crate::build::{Dangling, Pending, References};
use crate::snapshot::SiteFile;

/// Why the site as it was stays up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Documents name assets that are not there.
    Dangling(Vec<Dangling>),
    /// An entry document was there, and is not.
    NoEntry(&'static str),
}

/// How long the site as it was stays up while the next one is not whole; nothing is: until it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// With an entry document, or with the scripts and style sheets that documents name.
    pub vital: Option<Duration>,
    /// With assets that leave a gap but break nothing, such as images.
    pub gaps: Duration,
}

impl Patience {
    /// Before visitors: a broken site is never shown, and a gap only if it seems to be meant.
    pub const SERVING: Self = Self {
        vital: None,
        gaps: Duration::from_secs(10),
    };
    /// Before its author: long enough for a tool that writes one file after the other; then what is there is shown, and what is missing is said.
    pub const DEVELOPING: Self = Self {
        vital: Some(Duration::from_secs(1)),
        gaps: Duration::from_millis(300),
    };
}

impl Hold {
    /// Is there a reason to keep `shown` up instead of showing `pending`, after having waited for `waited`?
    pub(super) fn of(
        shown: &[SiteFile],
        pending: &Pending,
        references: &mut References,
        patience: Patience,
        waited: Duration,
    ) -> Option<Self> {
        let is_patient = patience.vital.is_none_or(|vital| waited < vital);
        let lost = ENTRIES.into_iter().find(|entry| pending.removes(entry));
        if let Some(entry) = lost.filter(|_| is_patient) {
            return Some(Self::NoEntry(entry));
        }
        let dangling = references.newly_dangling(shown, pending);
        let holds = (is_patient && dangling.iter().any(Dangling::is_vital))
            || (!dangling.is_empty() && waited < patience.gaps);
        holds.then_some(Self::Dangling(dangling))
    }

    /// When to decide anew, if nothing changes: after this long.
    pub(super) fn lasts(&self, patience: Patience) -> Option<Duration> {
        match self {
            Self::NoEntry(_) => patience.vital,
            Self::Dangling(dangling) if dangling.iter().any(Dangling::is_vital) => patience.vital,
            Self::Dangling(_) => Some(patience.gaps),
        }
    }
}

/// The documents that a visit begins with.
const ENTRIES: [&str; 2] = ["/index.html", "/200.html"];

impl fmt::Display for Hold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEntry(entry) => write!(
                formatter,
                "{entry} is gone: the site as it was stays up until it is back"
            ),
            Self::Dangling(dangling) => {
                write!(
                    formatter,
                    "the site as it was stays up until what its documents name is there: "
                )?;
                for (number, dangling) in dangling.iter().take(3).enumerate() {
                    write!(
                        formatter,
                        "{}{dangling}",
                        if number == 0 { "" } else { ", " }
                    )?;
                }
                if dangling.len() > 3 {
                    write!(formatter, " and {} more", dangling.len() - 3)?;
                }
                Ok(())
            }
        }
    }
}
