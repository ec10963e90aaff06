//! What was found, in one line for people.
//!
//! Uses: std · Never: files, clock

use std::fmt;

use super::bundler::Bundler;
use super::verdict::{Recognised, Verdict};

/// How many names are trusted, how many are not, and which bundlers were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Names that may be `immutable`.
    pub fingerprinted: usize,
    /// Names that look so but are not trusted.
    pub doubted: usize,
    /// The bundlers whose marks were found.
    pub bundlers: Vec<Bundler>,
}

impl Summary {
    pub(super) fn of(recognised: &Recognised) -> Self {
        let fingerprinted = recognised
            .verdicts
            .values()
            .filter(|verdict| verdict.is_fingerprinted())
            .count();
        let doubted = recognised
            .verdicts
            .values()
            .filter(|verdict| matches!(verdict, Verdict::LooksFingerprinted(_)))
            .count();
        Self {
            fingerprinted,
            doubted,
            bundlers: recognised.bundlers.clone(),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} fingerprinted", self.fingerprinted)?;
        for (index, bundler) in self.bundlers.iter().enumerate() {
            formatter.write_str(if index == 0 { " by " } else { ", " })?;
            bundler.fmt(formatter)?;
        }
        if self.doubted > 0 {
            write!(
                formatter,
                "; {} only look so and are revalidated",
                self.doubted
            )?;
        }
        Ok(())
    }
}
