//! Media types as a rule names them: `text/css`, `image/*`.
//!
//! Implements: RFC 9110 §8.3.1 (type and subtype compare without regard to case).
//! Uses: std · Never: anything else

use std::fmt;

/// One media type, or all of one top-level type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaPattern {
    top: String,
    subtype: Option<String>,
}

impl MediaPattern {
    /// Reads `type/subtype` or `type/*`. Parameters are not part of it: a rule is about the essence.
    pub fn parse(text: &str) -> Option<Self> {
        let (top, subtype) = text.split_once('/')?;
        if !is_token(top)
            || top == "*"
            || !is_token(subtype)
            || (subtype.contains('*') && subtype != "*")
        {
            return None;
        }
        Some(Self {
            top: top.to_ascii_lowercase(),
            subtype: (subtype != "*").then(|| subtype.to_ascii_lowercase()),
        })
    }

    /// Whether the essence (lower case) is meant.
    pub fn matches(&self, essence: &str) -> bool {
        essence.split_once('/').is_some_and(|(top, subtype)| {
            top == self.top && self.subtype.as_ref().is_none_or(|wanted| wanted == subtype)
        })
    }

    /// Whether everything `other` means is meant by this one too.
    pub fn covers(&self, other: &Self) -> bool {
        self.top == other.top && (self.subtype.is_none() || self.subtype == other.subtype)
    }
}

impl fmt::Display for MediaPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}/{}",
            self.top,
            self.subtype.as_deref().unwrap_or("*")
        )
    }
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_or_all_of_its_subtypes() {
        assert!(
            MediaPattern::parse("image/*")
                .unwrap()
                .matches("image/svg+xml")
        );
        assert!(MediaPattern::parse("Text/CSS").unwrap().matches("text/css"));
        assert!(
            !MediaPattern::parse("text/css")
                .unwrap()
                .matches("text/html")
        );
    }

    #[test]
    fn what_is_no_media_type_is_refused() {
        for bad in [
            "",
            "css",
            "*/*",
            "text/",
            "text/c*",
            "text/html; charset=utf-8",
            "a/b/c",
        ] {
            assert_eq!(MediaPattern::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_wider_covers_the_narrower() {
        let wide = MediaPattern::parse("image/*").unwrap();
        let narrow = MediaPattern::parse("image/png").unwrap();
        assert!(wide.covers(&narrow) && !narrow.covers(&wide) && narrow.covers(&narrow));
    }
}
