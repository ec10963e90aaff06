//! Statuses as a rule names them: `404`, `"5xx"`.
//!
//! Implements: RFC 9110 §15 (the first digit is the class).
//! Uses: std · Never: anything else

use std::fmt;

/// One status, or a class of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusPattern {
    /// Exactly this one.
    Exact(u16),
    /// Every one with this first digit.
    Class(u16),
}

impl StatusPattern {
    /// Reads `404` or `4xx`. Only 200 to 599: nothing else is ever a final reply.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(digit) = text.to_ascii_lowercase().strip_suffix("xx") {
            let class = digit.parse().ok()?;
            return (2..=5).contains(&class).then_some(Self::Class(class));
        }
        let status = text.parse().ok()?;
        (text.len() == 3 && (200..=599).contains(&status)).then_some(Self::Exact(status))
    }

    /// Whether the status is meant.
    pub fn matches(self, status: u16) -> bool {
        match self {
            Self::Exact(wanted) => status == wanted,
            Self::Class(class) => status / 100 == class,
        }
    }

    /// Whether everything `other` means is meant by this one too.
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Exact(_), _) => self == other,
            (Self::Class(class), Self::Exact(status)) => status / 100 == class,
            (Self::Class(one), Self::Class(two)) => one == two,
        }
    }

    /// The first digit.
    pub fn class(self) -> u16 {
        match self {
            Self::Exact(status) => status / 100,
            Self::Class(class) => class,
        }
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(status) => write!(formatter, "{status}"),
            Self::Class(class) => write!(formatter, "{class}xx"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_or_its_class() {
        assert!(StatusPattern::parse("4xx").unwrap().matches(404));
        assert!(StatusPattern::parse("404").unwrap().matches(404));
        assert!(!StatusPattern::parse("404").unwrap().matches(405));
    }

    #[test]
    fn what_is_no_final_status_is_refused() {
        for bad in [
            "", "xx", "1xx", "6xx", "100", "99", "600", "+404", "0404", "40x",
        ] {
            assert_eq!(StatusPattern::parse(bad), None, "{bad}");
        }
    }
}
