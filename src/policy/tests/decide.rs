use super::super::*;
use crate::http::names::CACHE_CONTROL;

pub(super) fn policy(text: &str) -> Policy {
    let compiled = compile("policy.toml", text);
    compiled
        .policy
        .unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

pub(super) const DOCUMENT: Facts<'_> = Facts {
    path: "/index.html",
    kind: RepresentationKind::Document,
    media_type: "text/html",
};
pub(super) const SCRIPT: Facts<'_> = Facts {
    path: "/assets/app-3f9a51c2.js",
    kind: RepresentationKind::Fingerprinted,
    media_type: "text/javascript",
};
pub(super) const ICON: Facts<'_> = Facts {
    path: "/favicon.ico",
    kind: RepresentationKind::Asset,
    media_type: "image/x-icon",
};

fn value(decision: &Decision, field: &str) -> Option<String> {
    decision.fields.get(field).map(ToString::to_string)
}

fn cache_control(policy: &Policy, status: u16, facts: Option<Facts<'_>>) -> String {
    value(&policy.decide(&Subject::new(status, facts)), CACHE_CONTROL).expect("every reply has one")
}

#[test]
fn without_a_policy_each_kind_is_already_right() {
    let policy = Policy::default();
    assert_eq!(cache_control(&policy, 200, Some(DOCUMENT)), "no-cache");
    assert_eq!(
        cache_control(&policy, 200, Some(SCRIPT)),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(cache_control(&policy, 200, Some(ICON)), "no-cache");
    assert_eq!(cache_control(&policy, 308, None), "no-cache");
    assert_eq!(cache_control(&policy, 404, Some(DOCUMENT)), "no-store");
    assert_eq!(cache_control(&policy, 404, None), "no-store");
    assert_eq!(cache_control(&policy, 500, Some(SCRIPT)), "no-store");
}

#[test]
fn a_304_and_a_206_have_the_fields_of_their_200() {
    let policy = policy(
        "[[rule]]\nname = \"a\"\nstatus = 200\ncache-control = \"max-age=60\"\nheaders = { X = \"y\" }",
    );
    let ok = policy.decide(&Subject::new(200, Some(ICON)));
    assert_eq!(value(&ok, "X").as_deref(), Some("y"));
    for status in [206, 304] {
        assert_eq!(policy.decide(&Subject::new(status, Some(ICON))), ok);
    }
}

#[test]
fn a_rule_without_a_status_never_touches_an_error() {
    let policy = policy("[[rule]]\nname = \"a\"\npaths = \"/**\"\ncache-control = \"max-age=60\"");
    assert_eq!(cache_control(&policy, 200, Some(ICON)), "max-age=60");
    assert_eq!(cache_control(&policy, 404, Some(DOCUMENT)), "no-store");
    assert_eq!(cache_control(&policy, 308, None), "no-cache");
}

#[test]
fn a_rule_that_names_a_status_is_about_that_status() {
    let policy =
        policy("[[rule]]\nname = \"a\"\nstatus = [404, \"5xx\"]\ncache-control = \"max-age=5\"");
    assert_eq!(cache_control(&policy, 404, None), "max-age=5");
    assert_eq!(cache_control(&policy, 503, None), "max-age=5");
    assert_eq!(cache_control(&policy, 405, None), "no-store");
    assert_eq!(cache_control(&policy, 200, Some(ICON)), "no-cache");
}

#[test]
fn a_rule_for_redirects_needs_no_status() {
    let policy =
        policy("[[rule]]\nname = \"a\"\nkind = \"redirect\"\ncache-control = \"max-age=60\"");
    assert_eq!(cache_control(&policy, 301, None), "max-age=60");
    assert_eq!(cache_control(&policy, 200, Some(ICON)), "no-cache");
}

#[test]
fn the_lower_rule_wins_field_by_field() {
    let policy = policy(concat!(
        "[[rule]]\nname = \"wide\"\nkind = [\"asset\"]\ncache-control = \"max-age=60\"\nheaders = { A = \"1\", B = \"1\" }\n",
        "[[rule]]\nname = \"narrow\"\nmedia = \"image/*\"\ncache-control = \"max-age=90\"\nheaders = { B = \"2\" }\n",
    ));
    let decision = policy.decide(&Subject::new(200, Some(ICON)));
    assert_eq!(
        value(&decision, CACHE_CONTROL).as_deref(),
        Some("max-age=90")
    );
    assert_eq!(value(&decision, "A").as_deref(), Some("1"));
    assert_eq!(value(&decision, "B").as_deref(), Some("2"));
}

#[test]
fn the_path_is_that_of_what_was_served() {
    let policy = policy("[[rule]]\nname = \"a\"\npaths = \"/index.html\"\nheaders = { X = \"y\" }");
    assert!(
        policy
            .decide(&Subject::new(200, Some(DOCUMENT)))
            .fields
            .contains("X")
    );
    assert!(
        !policy
            .decide(&Subject::new(200, Some(ICON)))
            .fields
            .contains("X")
    );
    assert!(!policy.decide(&Subject::new(200, None)).fields.contains("X"));
}

#[test]
fn immutable_is_taken_where_it_is_safe_and_refused_elsewhere() {
    let policy = policy(
        "[[rule]]\nname = \"a\"\npaths = \"/**\"\ncache-control = \"max-age=60, immutable\"\ncdn-cache-control = \"max-age=60, immutable\"",
    );
    assert_eq!(
        cache_control(&policy, 200, Some(SCRIPT)),
        "max-age=60, immutable"
    );
    let decision = policy.decide(&Subject::new(200, Some(ICON)));
    assert_eq!(value(&decision, CACHE_CONTROL).as_deref(), Some("no-cache"));
    assert_eq!(value(&decision, "CDN-Cache-Control"), None);
    let refused: Vec<_> = decision
        .because
        .iter()
        .filter(|reason| reason.outcome == Outcome::Refused)
        .collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0].source, Source::Rule(RuleId(0), "a".into()));
}

#[test]
fn every_reply_is_nosniff_whatever_a_policy_says() {
    let policy =
        policy("[headers]\nx-content-type-options = \"nosniff\"\nX-Frame-Options = \"DENY\"");
    for status in [200, 301, 404, 500] {
        let decision = policy.decide(&Subject::new(status, None));
        assert_eq!(
            value(&decision, "X-Content-Type-Options").as_deref(),
            Some("nosniff")
        );
        assert_eq!(value(&decision, "X-Frame-Options").as_deref(), Some("DENY"));
    }
}

#[test]
fn reasons_name_the_line_or_the_default() {
    let policy = policy(
        "[cache]\nasset = \"max-age=60\"\n\n[[rule]]\nname = \"icons\"\nmedia = \"image/*\"\ncache-control = \"max-age=90\"\n",
    );
    let decision = policy.decide(&Subject::new(200, Some(ICON)));
    let reason = decision
        .reason_for(&FieldName::from_static(CACHE_CONTROL))
        .unwrap();
    assert_eq!(reason.source, Source::Rule(RuleId(0), "icons".into()));
    assert_eq!(
        reason.location.as_ref().unwrap().to_string(),
        "policy.toml:7:17"
    );
    let overridden = &decision.because[0];
    assert_eq!(
        (overridden.outcome, overridden.source.clone()),
        (Outcome::Overridden, Source::Default("cache.asset"))
    );
    assert_eq!(overridden.location.as_ref().unwrap().line, 2);

    let document = policy.decide(&Subject::new(200, Some(DOCUMENT)));
    let reason = document
        .reason_for(&FieldName::from_static(CACHE_CONTROL))
        .unwrap();
    assert_eq!(
        (reason.source.clone(), reason.location.clone()),
        (Source::Default("cache.document"), None)
    );
    let nosniff = document
        .reason_for(&FieldName::from_static("X-Content-Type-Options"))
        .unwrap();
    assert_eq!(nosniff.source, Source::BuiltIn);
}

#[test]
fn targeted_fields_are_sent_in_their_usual_spelling() {
    let policy = policy(
        "[[rule]]\nname = \"a\"\nkind = \"document\"\ncloudflare-cdn-cache-control = \"max-age=60\"",
    );
    let decision = policy.decide(&Subject::new(200, Some(DOCUMENT)));
    assert!(
        decision
            .fields
            .iter()
            .any(|(name, _)| name.as_str() == "Cloudflare-CDN-Cache-Control")
    );
    assert_eq!(value(&decision, CACHE_CONTROL).as_deref(), Some("no-cache"));
}
