//! Durations of caches: whole seconds that never overflow.
//!
//! A cache that cannot hold a number must take it for 2^31, sixty-eight years, so a
//! number that large is not an error, only pointless. We write and compare the same way.
//!
//! RFC 9111 §1.2.2.
//!
//! Uses: nothing of ours · Never: clocks.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// A number of seconds from 0 to 2^31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DeltaSeconds(u32);

/// The text is not `1*DIGIT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a duration is written in digits only, in seconds")]
pub struct NotDeltaSeconds;

impl DeltaSeconds {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// 2^31, what every larger number is taken for.
    pub const MAX: Self = Self(1 << 31);
    /// A year of 365 days, the usual length of "as long as it is fingerprinted".
    pub const YEAR: Self = Self(31_536_000);

    /// A number of seconds; what is larger than [`Self::MAX`] becomes it.
    pub fn new(seconds: u64) -> Self {
        u32::try_from(seconds).map_or(Self::MAX, |seconds| Self(seconds).min(Self::MAX))
    }

    /// The number in a directive's argument.
    ///
    /// # Errors
    /// [`NotDeltaSeconds`] when the text is empty or holds anything but digits: no sign, no fraction, no unit.
    pub fn parse(text: &str) -> Result<Self, NotDeltaSeconds> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotDeltaSeconds);
        }
        // Only digits are left, so the one way to fail is to be too large.
        Ok(text.parse::<u64>().map_or(Self::MAX, Self::new))
    }

    /// The number of seconds.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Is this no time at all?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, never above [`Self::MAX`].
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self::new(u64::from(self.0) + u64::from(other.0))
    }

    /// The same length of time for the standard library.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64)
    }
}

impl fmt::Display for DeltaSeconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_two_to_the_thirty_first() {
        for text in ["2147483648", "2147483649", "99999999999999999999999999"] {
            assert_eq!(DeltaSeconds::parse(text), Ok(DeltaSeconds::MAX), "{text}");
        }
        assert_eq!(
            DeltaSeconds::parse("2147483647").unwrap().get(),
            2_147_483_647
        );
        assert_eq!(
            DeltaSeconds::MAX.saturating_add(DeltaSeconds::YEAR),
            DeltaSeconds::MAX
        );
    }

    #[test]
    fn only_digits_are_seconds() {
        for text in ["", "-1", "+1", "1.5", "1h", " 1", "0x10", "１"] {
            assert_eq!(DeltaSeconds::parse(text), Err(NotDeltaSeconds), "{text:?}");
        }
        assert_eq!(DeltaSeconds::parse("000060").unwrap().get(), 60);
    }
}
