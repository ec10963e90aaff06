//! The policy of a site in the making: nothing is kept unasked, so that what is seen is what is on disk.
//!
//! Uses: http · Never: files

use super::{Kind, Policy, rule::Effect};
use crate::http::{FieldName, FieldValue, names, targeted::is_targeted};

impl Policy {
    /// This policy without what it lets caches keep: everything is revalidated each time, by its entity tag, and comes without content codings. What else it
    /// says holds: paths, redirects, other fields.
    #[must_use]
    pub fn revalidating(mut self) -> Self {
        for (kind, effect) in &mut self.cache {
            effect.value = FieldValue::from_static(match kind {
                Kind::Error => "no-store",
                _ => "no-cache",
            });
            effect.immutable = false;
        }
        let keeps = |effect: &Effect| !is_about_keeping(&effect.field);
        self.headers.retain(keeps);
        for rule in &mut self.rules {
            rule.effects.retain(keeps);
        }
        self.compress.codings.clear();
        self.server.hsts = None;
        self
    }
}

/// Does the field say how long something is kept? A browser keeps `Strict-Transport-Security` for the whole host, whatever the port: it would lock the
/// developer out of every other server on this machine.
fn is_about_keeping(field: &FieldName) -> bool {
    let is = |name: &str| field.as_str().eq_ignore_ascii_case(name);
    is_targeted(field.as_str())
        || [
            names::CACHE_CONTROL,
            "Expires",
            "Pragma",
            "Strict-Transport-Security",
        ]
        .into_iter()
        .any(is)
}

#[cfg(test)]
mod tests {
    use crate::policy::{Facts, RepresentationKind, Subject, compile};

    #[test]
    fn nothing_is_kept_unasked_and_other_fields_stay() {
        let text = "[cache]\nasset = \"max-age=60\"\n[headers]\n\"X-Frame-Options\" = \"DENY\"\n\"Strict-Transport-Security\" = \"max-age=9\"\n\
                    [[rule]]\nname = \"fonts\"\npaths = [\"*.woff2\"]\ncache-control = \"max-age=9\"\nheaders = { \"X-A\" = \"b\" }\n";
        let policy = compile("policy.toml", text).policy.unwrap().revalidating();
        for kind in [
            RepresentationKind::Document,
            RepresentationKind::Fingerprinted,
            RepresentationKind::Asset,
        ] {
            let facts = Facts {
                path: "/a.woff2",
                kind,
                media_type: "font/woff2",
            };
            let fields = policy.decide(&Subject::new(200, Some(facts))).fields;
            assert_eq!(fields.get("Cache-Control").unwrap().as_str(), "no-cache");
            assert_eq!(fields.get("X-Frame-Options").unwrap().as_str(), "DENY");
            assert_eq!(fields.get("X-A").unwrap().as_str(), "b");
            assert!(fields.get("Strict-Transport-Security").is_none());
        }
        let error = policy.decide(&Subject::new(404, None)).fields;
        assert_eq!(error.get("Cache-Control").unwrap().as_str(), "no-store");
    }
}
