//! `larder bench visitors`.

use std::process::Output;

use serde_json::Value;

use crate::support::{Larder, Site};

fn bench(arguments: &[&str]) -> Output {
    super::bench("visitors", arguments)
}

/// The report, and the exit code.
#[track_caller]
fn report(arguments: &[&str]) -> (Value, i32) {
    super::report("visitors", arguments)
}

/// Requests, 304s and what the cache gave, of one visit.
#[track_caller]
fn counts(run: &Value, visit: &str) -> (u64, u64, u64) {
    let visits = run["visits"].as_array().expect("a list");
    let visit = visits
        .iter()
        .find(|one| one["visit"] == visit)
        .unwrap_or_else(|| panic!("no visit {visit}: {run:#}"));
    let number = |key: &str| visit[key].as_u64().expect("a number");
    (
        number("requests"),
        number("not_modified"),
        number("from_cache"),
    )
}

/// An app with a hashed script, which imports a route later. The letters are the names' only difference.
fn release(version: &str) -> Site {
    let document = format!(
        "<!doctype html><title>{version}</title><script type=module src=/app-{version}.js></script><img src=/logo.png>"
    );
    let script = format!("export const go = () => import('./route-{version}.js'); // {version}");
    let (app, route) = (format!("app-{version}.js"), format!("route-{version}.js"));
    Site::of(&[
        ("index.html", document.as_bytes()),
        (app.as_str(), script.as_bytes()),
        (route.as_str(), b"export {}"),
        ("logo.png", b"not really"),
    ])
}

/// What is in `app-` and `route-` names may be kept.
const POLICY: &str =
    "[[rule]]\nname = \"kept\"\npaths = [\"/*-*.js\"]\ncache-control = \"max-age=31536000\"\n";

#[test]
fn visits_to_a_folder_cost_what_its_policy_says() {
    let site = release("a");
    let root = site.root();
    let root = root.to_str().unwrap();
    // Not where it would be found by itself.
    let policy = site.beside("kept.toml");
    std::fs::write(&policy, POLICY).unwrap();
    let (report, code) = report(&[root, "--vs-policy", policy.to_str().unwrap()]);
    assert_eq!(code, 0, "{report:#}");
    let (defaults, kept) = (&report["runs"][0], &report["runs"][1]);
    for run in [defaults, kept] {
        assert_eq!(counts(run, "first"), (3, 0, 0));
    }
    // Nothing has a known hash: everything is asked about.
    assert_eq!(counts(defaults, "after-a-day"), (3, 3, 0));
    assert_eq!(counts(kept, "after-a-day"), (2, 2, 1));
    assert!(kept["policy"].as_str().unwrap().ends_with("kept.toml"));
}

/// Whatever is in memory: the script names what is loaded later, and it is a file.
#[test]
fn what_is_too_large_for_memory_is_looked_into_too() {
    let (old, new) = (release("a"), release("b"));
    for site in [&old, &new] {
        site.policy("[server]\nmax-file-in-memory = \"1B\"\n");
    }
    let (old, new) = (old.root(), new.root());
    let arguments = [new.to_str().unwrap(), "--previous", old.to_str().unwrap()];
    let (report, _) = report(&arguments);
    let run = &report["runs"][0];
    assert_eq!(counts(run, "first"), (3, 0, 0), "{run:#}");
    assert_eq!(counts(run, "open-tab"), (1, 0, 0));
}

#[test]
fn a_tab_across_a_deploy_asks_in_vain_for_the_route_that_is_gone() {
    let (old, new) = (release("a"), release("b"));
    let (old, new) = (old.root(), new.root());
    let arguments = [new.to_str().unwrap(), "--previous", old.to_str().unwrap()];
    let (report, code) = report(&arguments);
    assert_eq!(code, 1, "something did not load: {report:#}");
    let run = &report["runs"][0];
    // The document and the script are new, the logo is asked about.
    assert_eq!(counts(run, "after-deploy"), (3, 1, 0));
    assert_eq!(counts(run, "open-tab"), (1, 0, 0));
    let visits = run["visits"].as_array().unwrap();
    let tab = visits
        .iter()
        .find(|one| one["visit"] == "open-tab")
        .unwrap();
    assert_eq!(tab["broken"][0]["target"], "/route-a.js");
    assert_eq!(report["broken"], 1);

    let output = bench(&arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("this release costs a visitor who returns from"),
        "{text}"
    );
    assert!(text.contains("1 BROKEN"), "{text}");
}

#[test]
fn a_running_server_costs_what_its_folder_does_in_memory() {
    let site = release("a");
    let larder = Larder::serve(&site);
    let root = site.root();
    let url = larder.url("/");
    let (report, code) = report(&[root.to_str().unwrap(), "--vs", &url]);
    assert_eq!(code, 0, "{report:#}");
    let (memory, live) = (&report["runs"][0], &report["runs"][1]);
    for visit in [
        "first",
        "reload",
        "after-an-hour",
        "after-a-day",
        "after-a-month",
    ] {
        assert_eq!(counts(memory, visit), counts(live, visit), "{visit}");
    }
}
