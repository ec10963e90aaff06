//! Apps as Vite, webpack, Angular, SvelteKit and Parcel built them, served as they are.

use std::path::Path;

use crate::{chromium::Chromium, support::Larder};

/// Visits an app twice and holds the second visit against the first.
#[track_caller]
fn second_visit_costs_one_304(app: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/sites")
        .join(app);
    let larder = Larder::folder(&root, &[]);
    larder.until_coded();
    let chromium = Chromium::start();

    let mut tab = chromium.tab();
    let first = tab.visit(&larder.url("/"));
    first.is_clean();
    tab.until("document.body.innerText.trim().length > 0");
    drop(tab);
    assert!(
        first.fetched.len() > 1,
        "an app is more than its document: {first:#?}"
    );
    for fetched in &first.fetched {
        let is_code = [".js", ".css"]
            .iter()
            .any(|suffix| fetched.path.ends_with(suffix));
        assert!(
            !is_code || fetched.cache_control.contains("immutable"),
            "{fetched:#?}"
        );
    }

    let mut tab = chromium.tab();
    let second = tab.visit(&larder.url("/"));
    second.is_clean();
    tab.until("document.body.innerText.trim().length > 0");
    assert_eq!(second.of("/").network_status, Some(304), "{second:#?}");
    for (path, status) in second.network() {
        assert_eq!(status, 304, "{path} was downloaded again: {second:#?}");
        assert!(
            !first.of(path).cache_control.contains("immutable"),
            "{path} was asked for: {second:#?}"
        );
    }

    let deep = tab.visit(&larder.url("/a/deep.link/into"));
    assert_eq!(deep.of("/a/deep.link/into").status, 200, "{deep:#?}");
    assert!(
        deep.fetched.iter().all(|fetched| fetched.failure.is_none()),
        "{deep:#?}"
    );
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_vite_app_is_revalidated_with_one_request() {
    second_visit_costs_one_304("vite");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_webpack_app_is_revalidated_with_one_request() {
    second_visit_costs_one_304("webpack");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn an_angular_app_is_revalidated_with_one_request() {
    second_visit_costs_one_304("angular");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_sveltekit_app_is_revalidated_with_one_request() {
    second_visit_costs_one_304("sveltekit");
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_parcel_app_is_revalidated_with_one_request() {
    second_visit_costs_one_304("parcel");
}
