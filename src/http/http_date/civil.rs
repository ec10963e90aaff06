//! The calendar: seconds to year, month, day and back.
//!
//! Proleptic Gregorian, days counted from 1970-01-01; the arithmetic counts years from March, so
//! that the leap day is the last of its year and needs no case of its own.
//!
//! RFC 9110 §5.6.7 (day and month names).
//!
//! Uses: nothing of ours · Never: time zones, leap seconds (a 60th second is folded into the next).

/// Names as IMF-fixdate and asctime write them, Monday first.
pub(super) const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// Names as the RFC 850 format writes them.
pub(super) const LONG_WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
/// Names of the months.
pub(super) const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

const DAY: i64 = 86_400;

/// A moment by calendar and clock, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: i64,
    /// 1 to 31.
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
}

impl Civil {
    pub(super) fn from_unix_seconds(seconds: i64) -> Self {
        let (days, clock) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        // 719_468 days lie between 0000-03-01 and 1970-01-01; 146_097 days are 400 years.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * march_month + 2) / 5 + 1,
            hour: clock / 3600,
            minute: clock / 60 % 60,
            second: clock % 60,
        }
    }

    /// `None` for a day or a time that does not exist; a leap second is allowed.
    pub(super) fn unix_seconds(self) -> Option<i64> {
        let month_index = usize::try_from(self.month - 1).ok()?;
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let length = [
            31,
            28 + i64::from(leap),
            31,
            30,
            31,
            30,
            31,
            31,
            30,
            31,
            30,
            31,
        ];
        let exists = (1..=*length.get(month_index)?).contains(&self.day)
            && (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..=60).contains(&self.second);
        exists.then(|| self.days() * DAY + self.hour * 3600 + self.minute * 60 + self.second)
    }

    /// Days since 1970-01-01.
    fn days(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let march_month = (self.month + 9) % 12;
        let day_of_year = (153 * march_month + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// 0 is Monday; 1970-01-01 was a Thursday.
    pub(super) fn weekday(self) -> usize {
        usize::try_from((self.days() + 3).rem_euclid(7)).unwrap_or_default()
    }

    pub(super) fn weekday_name(self) -> &'static str {
        WEEKDAYS[self.weekday()]
    }

    pub(super) fn month_name(self) -> &'static str {
        MONTHS[usize::try_from(self.month - 1).unwrap_or_default() % 12]
    }
}
