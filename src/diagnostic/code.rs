//! The stable names of all findings.
//!
//! A code is what people search for, write into their notes and silence in a pipeline, so it is part of larder's interface: a new one may
//! come with any release, a renamed or removed one only with a breaking one (`docs/adr/0009-diagnostic-codes-are-api.md`). The test below
//! holds the whole list.
//!
//! Uses: std · Never: anything else

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident => $name:literal,)+) => {
        /// Which kind of finding, by a name that stays: `policy/immutable-without-lifetime`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// One sentence for a list of all codes.
            pub fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc,)+).trim_ascii_start(),)+
                }
            }
        }
    };
}

codes! {
    /// The text is not TOML.
    Syntax => "policy/syntax",
    /// A key or table that the grammar does not have.
    UnknownKey => "policy/unknown-key",
    /// A key that stands in no table.
    StrayKey => "policy/stray-key",
    /// A key that has to be there is not.
    MissingKey => "policy/missing-key",
    /// A value of another type than the key takes.
    WrongType => "policy/wrong-type",
    /// A value of the right type that the key cannot take.
    BadValue => "policy/bad-value",
    /// A pattern for paths that cannot be read.
    BadGlob => "policy/bad-glob",
    /// A name that no field can have.
    BadFieldName => "policy/bad-field-name",
    /// A value that no field, or not this field, can have.
    BadFieldValue => "policy/bad-field-value",
    /// A field that larder writes itself, because only it knows the value.
    OwnedField => "policy/owned-field",
    /// Two rules with one name.
    DuplicateRuleName => "policy/duplicate-rule-name",
    /// A rule that says nothing about when it applies.
    RuleWithoutCondition => "policy/rule-without-condition",
    /// A rule that sets nothing.
    RuleWithoutEffect => "policy/rule-without-effect",
    /// A redirect whose target could be chosen by whoever writes the link.
    OpenRedirect => "policy/open-redirect",
    /// A redirect that leads back to itself.
    RedirectLoop => "policy/redirect-loop",
    /// A redirect behind another one that always comes first.
    RedirectShadowed => "policy/redirect-shadowed",
    /// A placeholder in `to` that `from` does not fill.
    UnknownPlaceholder => "policy/unknown-placeholder",
    /// `immutable` without a time for which it would hold.
    ImmutableWithoutLifetime => "policy/immutable-without-lifetime",
    /// `immutable` for something whose name does not change with its content.
    ImmutableWithoutFingerprint => "policy/immutable-without-fingerprint",
    /// Two cache directives of which one makes the other void.
    ConflictingDirectives => "policy/conflicting-directives",
    /// A cache directive that is not written as caches read it.
    UnreadableDirective => "policy/unreadable-directive",
    /// A cache directive that no cache knows.
    UnknownDirective => "policy/unknown-directive",
    /// A cache policy that leaves the lifetime to the guess of each cache.
    HeuristicLifetime => "policy/heuristic-lifetime",
    /// A document that caches may use without asking.
    LongLifetimeOnDocument => "policy/long-lifetime-on-document",
    /// An error that caches may keep.
    LongLifetimeOnError => "policy/long-lifetime-on-error",
    /// A rule whose conditions exclude each other.
    RuleNeverMatches => "policy/rule-never-matches",
    /// A rule of which a later one overrides every field.
    RuleShadowed => "policy/rule-shadowed",
    /// A cache field among `headers`, where it would be blind to what is served.
    CacheControlInHeaders => "policy/cache-control-in-headers",
    /// A targeted field that looks like a slip of a known one.
    UnknownTargetedField => "policy/unknown-targeted-field",
    /// A document that the policy names for everybody, and keeps from everybody.
    PrivateDocument => "policy/private-document",
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_stable() {
        let names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.join("\n"), include_str!("codes.txt").trim_end());
    }

    #[test]
    fn names_are_kebab_case_and_unique() {
        let mut seen = BTreeSet::new();
        for code in Code::ALL {
            let name = code.as_str();
            assert!(seen.insert(name), "{name} twice");
            let (area, rest) = name.split_once('/').expect("area/name");
            for part in [area, rest] {
                assert!(
                    !part.is_empty()
                        && part
                            .bytes()
                            .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn every_code_says_what_it_is() {
        for code in Code::ALL {
            assert!(code.summary().ends_with('.'), "{code}");
        }
    }
}
