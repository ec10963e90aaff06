//! Where a rule is written, and the text that tells a person about it.
//!
//! Everything found in a field value is reported in the same three parts: what
//! was found, what a cache will do because of it, what to write instead. Keeping
//! the parts apart lets the terminal, JSON and the browser lay them out as they like.
//!
//! Uses: nothing of ours · Never: rendering, severity.

use std::fmt;

/// A section of an RFC, so that a reader can check what we claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Section {
    /// Number of the RFC, `9111`.
    pub rfc: u16,
    /// Number of the section without the sign, `5.2.2.5`.
    pub section: &'static str,
}

impl Section {
    /// `Section::new(9111, "5.2.2.5")`.
    pub const fn new(rfc: u16, section: &'static str) -> Self {
        Self { rfc, section }
    }

    /// Address of the section's text.
    pub fn url(self) -> String {
        format!(
            "https://www.rfc-editor.org/rfc/rfc{}#section-{}",
            self.rfc, self.section
        )
    }
}

impl fmt::Display for Section {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RFC {} §{}", self.rfc, self.section)
    }
}

/// What we say about one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was found, naming the directive.
    pub found: String,
    /// What a cache will do because of it.
    pub effect: &'static str,
    /// What to write instead.
    pub instead: String,
    /// Where the rule is written.
    pub section: Section,
}

impl Explanation {
    /// The effect as part of a sentence: without the capital letter at its beginning and the full stop at its end.
    pub fn effect_within(&self) -> String {
        let effect = self.effect.trim_end_matches('.');
        let mut letters = effect.chars();
        letters
            .next()
            .into_iter()
            .flat_map(char::to_lowercase)
            .chain(letters)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_goes_into_a_sentence() {
        let explanation = Explanation {
            found: "unknown directive `max-agee`".to_owned(),
            effect: "Caches ignore directives they do not know.",
            instead: "did you mean `max-age`?".to_owned(),
            section: Section::new(9111, "5.2.3"),
        };
        assert_eq!(
            explanation.effect_within(),
            "caches ignore directives they do not know"
        );
    }

    #[test]
    fn a_section_is_written_as_people_cite_it() {
        let section = Section::new(9111, "5.2.2.5");
        assert_eq!(section.to_string(), "RFC 9111 §5.2.2.5");
        assert_eq!(
            section.url(),
            "https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5"
        );
    }
}
