//! Dates: three formats are read, one is written, whole seconds.
//!
//! Written here instead of taken from a crate because the two-digit year of the second
//! format needs `now` (a crate that has no clock can only guess a pivot), and
//! because a weekday that does not fit its date must not pass.
//!
//! RFC 9110 §5.6.7.
//!
//! Uses: `fields` · Never: the clock; `now` is given.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use thiserror::Error;

use super::fields::FieldValue;
use super::list;

mod civil;
mod parse;

use civil::Civil;

/// The text is none of the three formats, or not a day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a date of HTTP, `Sun, 06 Nov 1994 08:49:37 GMT`")]
pub struct NotADate;

/// A moment, in whole seconds, between the years 0 and 9999.
///
/// [RFC 9110 §5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HttpDate {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    seconds: i64,
}

impl HttpDate {
    /// 1970-01-01 00:00:00.
    pub const EPOCH: Self = Self { seconds: 0 };
    const FIRST: i64 = -62_167_219_200;
    const LAST: i64 = 253_402_300_799;

    /// Seconds since 1970; `None` before the year 0 and after 9999, which no format can write.
    pub const fn from_unix_seconds(seconds: i64) -> Option<Self> {
        if seconds < Self::FIRST || seconds > Self::LAST {
            return None;
        }
        Some(Self { seconds })
    }

    /// The whole second that a moment lies in; `None` outside the years 0 to 9999.
    pub fn from_system_time(time: SystemTime) -> Option<Self> {
        let seconds = match time.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).ok()?,
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).ok()?;
                // Rounds down, so that a date is never later than the moment.
                -whole - i64::from(before.subsec_nanos() > 0)
            }
        };
        Self::from_unix_seconds(seconds)
    }

    /// A field's value, in any of the three formats.
    ///
    /// A two-digit year that seems more than 50 years after `now` is the latest past year that ends in
    /// the same digits (§5.6.7). A weekday that does not fit the date is an error.
    ///
    /// # Errors
    /// [`NotADate`].
    pub fn parse(value: &[u8], now: Self) -> Result<Self, NotADate> {
        parse::parse(list::trim(value), now).ok_or(NotADate)
    }

    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// The moment that much later, at most the end of the year 9999.
    #[must_use]
    pub fn saturating_add(self, later: Duration) -> Self {
        let later = i64::try_from(later.as_secs()).unwrap_or(i64::MAX);
        Self {
            seconds: self.seconds.saturating_add(later).min(Self::LAST),
        }
    }

    /// How long it is since `earlier`; nothing when it is not earlier.
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.seconds - earlier.seconds).unwrap_or(0))
    }

    /// The date as the value of a field.
    pub fn field_value(self) -> FieldValue {
        FieldValue::written(&self.to_string())
    }
}

/// The second a moment lies in; one outside the years 0 to 9999 becomes the nearest that can be written.
impl From<SystemTime> for HttpDate {
    fn from(time: SystemTime) -> Self {
        Self::from_system_time(time).unwrap_or(Self {
            seconds: if time < UNIX_EPOCH {
                Self::FIRST
            } else {
                Self::LAST
            },
        })
    }
}

/// IMF-fixdate, the one format that is written.
impl fmt::Display for HttpDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = Civil::from_unix_seconds(self.seconds);
        write!(
            formatter,
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
            civil.weekday_name(),
            civil.day,
            civil.month_name(),
            civil.year,
            civil.hour,
            civil.minute,
            civil.second
        )
    }
}

#[cfg(test)]
mod tests;
