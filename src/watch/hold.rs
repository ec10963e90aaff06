//! May the next state of the site be shown, or is it the middle of a deploy?
//!
//! A document that is published before the assets it names breaks in every browser that loads it now, and some caches keep the 404. So the site as it was
//! stays up until the new documents' assets are there, and while its entry document is gone.
//!
//! Uses: build · Never: clock, files

use std::{fmt, time::Duration};

use crate::build::{Dangling, References};
use crate::snapshot::SiteFile;

/// Why the site as it was stays up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// Documents name assets that are not there.
    Dangling(Vec<Dangling>),
    /// An entry document was there, and is not.
    NoEntry(&'static str),
}

/// How long a site waits for assets that leave a gap but break nothing, such as images.
const PATIENCE: Duration = Duration::from_secs(10);

impl Hold {
    /// Is there a reason to keep `shown` up instead of `next`, after having waited for `waited`?
    pub(super) fn of(
        shown: &[SiteFile],
        next: &[SiteFile],
        references: &mut References,
        waited: Duration,
    ) -> Option<Self> {
        let has = |files: &[SiteFile], entry: &str| files.iter().any(|file| file.path == entry);
        if let Some(entry) = ENTRIES
            .into_iter()
            .find(|entry| has(shown, entry) && !has(next, entry))
        {
            return Some(Self::NoEntry(entry));
        }
        let dangling = references.newly_dangling(shown, next);
        let holds =
            dangling.iter().any(Dangling::is_vital) || (!dangling.is_empty() && waited < PATIENCE);
        holds.then_some(Self::Dangling(dangling))
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
