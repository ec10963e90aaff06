//! Sizes and durations as people write them.
//!
//! Uses: std · Never: anything else

use std::time::Duration;

/// Reads `256B`, `64KiB`, `1MiB` or `2GiB`: bytes.
pub(super) fn parse_size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let factor = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// The longest duration: nothing here is waited for longer, and what is reckoned with it stays within what a clock can say.
const LONGEST: Duration = Duration::from_hours(30 * 24);

/// Reads `500ms`, `5s`, `2m` or `1h`: up to thirty days.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(3600)?),
        _ => return None,
    };
    (duration <= LONGEST).then_some(duration)
}

/// Seconds as people count them: `1 day`, `90 seconds`.
pub(super) fn spell_seconds(seconds: u32) -> String {
    let units = [
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let (size, unit) = units
        .into_iter()
        .find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size))
        .unwrap_or((1, "second"));
    let count = seconds / size;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim_start_matches(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units() {
        assert_eq!(parse_size("256B"), Some(256));
        assert_eq!(parse_size("1 MiB"), Some(1_048_576));
        for bad in ["", "1", "MiB", "1MB", "-1B", "1.5MiB", "99999999999GiB"] {
            assert_eq!(parse_size(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations_are_of_thirty_days_at_most() {
        assert_eq!(parse_duration("720h"), Some(LONGEST));
        for bad in ["721h", "5000000000000000h", "99999999999999999999s"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn seconds_are_spelt_in_the_largest_unit_that_fits() {
        let spelt = [0, 1, 90, 600, 3600, 86_400, 31_536_000].map(spell_seconds);
        assert_eq!(
            spelt,
            [
                "0 seconds",
                "1 second",
                "90 seconds",
                "10 minutes",
                "1 hour",
                "1 day",
                "365 days"
            ]
        );
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(parse_duration("5s"), Some(Duration::from_secs(5)));
        assert_eq!(parse_duration("500ms"), Some(Duration::from_millis(500)));
        for bad in ["", "5", "s", "5 days", "1.5s", "99999999999999999999h"] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
