use std::fmt::Write;

use proptest::prelude::*;

use super::super::browser::{Ask, Engine, Role, Visit, ask};
use super::*;
use crate::http::FieldSource;

/// Directives that make sense, and some that do not.
fn control() -> impl Strategy<Value = String> {
    let directive = prop_oneof![
        Just("no-cache".to_owned()),
        Just("no-store".to_owned()),
        Just("public".to_owned()),
        Just("private".to_owned()),
        Just("immutable".to_owned()),
        Just("must-revalidate".to_owned()),
        Just("max-age=x".to_owned()),
        (0..200_u32).prop_map(|seconds| format!("max-age={seconds}")),
        (0..200_u32).prop_map(|seconds| format!("s-maxage={seconds}")),
        (0..200_u32).prop_map(|seconds| format!("stale-while-revalidate={seconds}")),
        (0..200_u32).prop_map(|seconds| format!("stale-if-error={seconds}")),
    ];
    prop::collection::vec(directive, 0..4).prop_map(|directives| directives.join(", "))
}

fn any_fields() -> impl Strategy<Value = Fields> {
    let tag = prop::option::of("[a-z]{1,3}");
    let age = prop::option::of(0..100_u32);
    (control(), tag, age).prop_map(|(control, tag, age)| {
        let mut lines = format!("Cache-Control: {control}\n");
        if let Some(tag) = tag {
            let _ = writeln!(lines, "ETag: \"{tag}\"");
        }
        if let Some(age) = age {
            let _ = writeln!(lines, "Age: {age}");
        }
        fields(&lines)
    })
}

proptest! {
    #[test]
    fn a_response_only_ages(lines in any_fields(), one in 0..1000_i64, more in 0..1000_i64) {
        let stored = Stored::new(Response::read(200, &lines, at(0)), &Fields::new(), Exchange::at(at(0)));
        prop_assert!(stored.age_at(at(one)) <= stored.age_at(at(one + more)));
        // What is not fresh now never becomes fresh by waiting.
        let is_fresh = |seconds| matches!(stored.reuse(Cache::Private, &Fields::new(), at(seconds)), Reuse::Fresh { .. });
        prop_assert!(is_fresh(one) || !is_fresh(one + more));
    }

    #[test]
    fn what_is_fresh_is_within_its_lifetime_and_nobody_forbids_it(lines in any_fields(), seconds in 0..400_i64) {
        for cache in Cache::ALL {
            let response = Response::read(200, &lines, at(0));
            let stored = Stored::new(response.clone(), &Fields::new(), Exchange::at(at(0)));
            if let Reuse::Fresh { left } = stored.reuse(cache, &Fields::new(), at(seconds)) {
                prop_assert_eq!(stored.age_at(at(seconds)).saturating_add(left), response.lifetime(cache).length);
                prop_assert!(!response.control.is_no_cache());
            }
        }
    }

    #[test]
    fn a_shared_cache_stores_nothing_that_a_private_one_may_not(lines in any_fields(), status in 200..600_u16) {
        let response = Response::read(status, &lines, at(0));
        let may = |cache| matches!(storage(cache, "GET", &Fields::new(), &response), Storage::Allowed(_));
        // `s-maxage` alone lets only shared caches store a status that is not stored unasked.
        let only_shared = response.control.s_maxage().is_some() && !is_heuristically_cacheable(status);
        prop_assert!(!may(Cache::Shared) || may(Cache::Private) || only_shared);
    }

    #[test]
    fn an_unconditional_request_carries_no_precondition(lines in any_fields(), seconds in 0..400_i64, visit in prop::sample::select(Visit::ALL.to_vec())) {
        let stored = Stored::new(Response::read(200, &lines, at(0)), &Fields::new(), Exchange::at(at(0)));
        for engine in Engine::ALL {
            for role in [Role::Document, Role::Subresource] {
                let ask = ask(engine, visit, role, Some(&stored), &Fields::new(), at(seconds));
                let added = ask.fields().unwrap_or_default();
                let is_conditional = matches!(ask, Ask::Conditional { .. });
                prop_assert_eq!(added.has_field("If-None-Match"), is_conditional);
            }
        }
    }
}
