//! Durations as people say them.
//!
//! Uses: std · Never: anything else

/// Units and their seconds, the largest first.
const UNITS: [(u64, &str); 5] = [
    (365 * 24 * 3600, "year"),
    (24 * 3600, "day"),
    (3600, "hour"),
    (60, "minute"),
    (1, "second"),
];

/// `a year`, `3 days`: in the largest unit that it fills, rounded down.
pub(super) fn spell(seconds: u64) -> String {
    // Browsers keep for ever what may be kept longer than anybody lives.
    if seconds >= 100 * UNITS[0].0 || seconds >= 0x7fff_ffff {
        return "ever".to_owned();
    }
    let (unit, name) = UNITS
        .into_iter()
        .find(|(unit, _)| seconds >= *unit)
        .unwrap_or((1, "second"));
    match seconds / unit {
        1 if name == "hour" => "an hour".to_owned(),
        1 => format!("a {name}"),
        count => format!("{count} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::spell;

    #[test]
    fn a_duration_is_told_in_its_largest_unit() {
        let spelt = [0, 1, 90, 3600, 5 * 3600, 86_400, 31_536_000, 63_072_000].map(spell);
        assert_eq!(
            spelt,
            [
                "0 seconds",
                "a second",
                "a minute",
                "an hour",
                "5 hours",
                "a day",
                "a year",
                "2 years"
            ]
        );
    }
}
