//! The three formats of a date.
//!
//! Each is read strictly: names are case-sensitive and numbers have their fixed width, as the
//! ABNF says, so that two readers of the same bytes cannot see two dates.
//!
//! RFC 9110 §5.6.7.
//!
//! Uses: nothing of ours · Never: allocation.

use super::HttpDate;
use super::civil::{Civil, LONG_WEEKDAYS, MONTHS, WEEKDAYS};

pub(super) fn parse(value: &[u8], now: HttpDate) -> Option<HttpDate> {
    let text = std::str::from_utf8(value).ok()?;
    let comma = text.find(',');
    let (weekday, civil) = match comma {
        Some(3) => imf_fixdate(text)?,
        Some(_) => rfc850(text, now)?,
        None => asctime(text)?,
    };
    let seconds = civil.unix_seconds()?;
    (civil.weekday() == weekday)
        .then(|| HttpDate::from_unix_seconds(seconds))
        .flatten()
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
fn imf_fixdate(text: &str) -> Option<(usize, Civil)> {
    let mut reader = Reader(text);
    let weekday = reader.name(&WEEKDAYS)?;
    reader.literal(", ")?;
    let day = reader.digits(2)?;
    reader.literal(" ")?;
    let month = reader.month()?;
    reader.literal(" ")?;
    let year = reader.digits(4)?;
    reader.literal(" ")?;
    let civil = reader.clock(year, month, day)?;
    reader.literal(" GMT")?;
    reader.end()?;
    Some((weekday, civil))
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`.
fn rfc850(text: &str, now: HttpDate) -> Option<(usize, Civil)> {
    let mut reader = Reader(text);
    let weekday = reader.name(&LONG_WEEKDAYS)?;
    reader.literal(", ")?;
    let day = reader.digits(2)?;
    reader.literal("-")?;
    let month = reader.month()?;
    reader.literal("-")?;
    let two_digits = reader.digits(2)?;
    reader.literal(" ")?;
    let mut civil = reader.clock(two_digits, month, day)?;
    reader.literal(" GMT")?;
    reader.end()?;
    civil.year = full_year(civil, now);
    Some((weekday, civil))
}

/// The year in this century, or a century earlier when that lies more than 50 years after `now`.
///
/// The RFC speaks of the timestamp, not of the year, so the rest of the date decides in the fiftieth year.
fn full_year(civil: Civil, now: HttpDate) -> i64 {
    let today = Civil::from_unix_seconds(now.unix_seconds());
    let latest = Civil {
        year: today.year + 50,
        ..today
    };
    let key = |civil: Civil| {
        let Civil {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = civil;
        (year, month, day, hour, minute, second)
    };
    let mut year = latest.year - latest.year % 100 + civil.year;
    while key(Civil { year, ..civil }) > key(latest) {
        year -= 100;
    }
    year
}

/// `Sun Nov  6 08:49:37 1994`.
fn asctime(text: &str) -> Option<(usize, Civil)> {
    let mut reader = Reader(text);
    let weekday = reader.name(&WEEKDAYS)?;
    reader.literal(" ")?;
    let month = reader.month()?;
    reader.literal(" ")?;
    let day = if reader.literal(" ").is_some() {
        reader.digits(1)?
    } else {
        reader.digits(2)?
    };
    reader.literal(" ")?;
    let civil = reader.clock(0, month, day)?;
    reader.literal(" ")?;
    let year = reader.digits(4)?;
    reader.end()?;
    Some((weekday, Civil { year, ..civil }))
}

struct Reader<'t>(&'t str);

impl Reader<'_> {
    fn literal(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    fn name(&mut self, names: &[&str]) -> Option<usize> {
        let place = names.iter().position(|name| self.0.starts_with(name))?;
        self.0 = &self.0[names[place].len()..];
        Some(place)
    }

    fn month(&mut self) -> Option<i64> {
        let place = self.name(&MONTHS)?;
        i64::try_from(place + 1).ok()
    }

    fn digits(&mut self, width: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(width)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        digits.parse().ok()
    }

    fn clock(&mut self, year: i64, month: i64, day: i64) -> Option<Civil> {
        let hour = self.digits(2)?;
        self.literal(":")?;
        let minute = self.digits(2)?;
        self.literal(":")?;
        let second = self.digits(2)?;
        Some(Civil {
            year,
            month,
            day,
            hour,
            minute,
            second,
        })
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
