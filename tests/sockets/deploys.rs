//! A new release replaces the old one under a running server.

use std::{fs, os::unix::fs::symlink, path::Path};

use crate::{
    faults::under_load,
    support::{Ask, Larder, Site, holds},
};

/// Release folders and the link `current` to one of them.
struct Releases {
    site: Site,
}

impl Releases {
    fn new() -> Self {
        let releases = Self {
            site: Site::of::<&str>(&[]),
        };
        releases.add(0);
        releases.switch_to(0);
        releases
    }

    /// A release: a shell and a style sheet that tell its number.
    fn add(&self, number: u32) {
        let folder = self.site.beside("releases").join(number.to_string());
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(folder.join("style.css"), style(number)).expect("the folder is there");
        fs::write(folder.join("index.html"), shell(number)).expect("the folder is there");
    }

    /// `ln -s … && mv -T`: at every moment the link leads to a whole release.
    fn switch_to(&self, number: u32) {
        let new = self.site.beside("new-link");
        symlink(Path::new("releases").join(number.to_string()), &new).expect("links can be made");
        fs::rename(&new, self.current()).expect("both are in one folder");
    }

    fn current(&self) -> std::path::PathBuf {
        self.site.beside("current")
    }
}

fn style(number: u32) -> String {
    format!("body {{ order: {number} }}\n")
}

fn shell(number: u32) -> String {
    format!("<!doctype html><title>Release {number}</title><link rel=stylesheet href=style.css>")
}

#[test]
fn a_link_switched_to_the_next_release_is_followed() {
    let releases = Releases::new();
    let larder = Larder::folder(&releases.current(), &[]);
    larder.get("/style.css").is(200).says(style(0));
    for number in 1..4 {
        releases.add(number);
        releases.switch_to(number);
        larder.until_it_serves("/style.css", style(number));
        larder.until_it_serves("/", shell(number));
    }
}

#[test]
fn a_release_that_was_switched_to_is_watched_from_then_on() {
    let releases = Releases::new();
    let larder = Larder::folder(&releases.current(), &[]);
    releases.add(1);
    releases.switch_to(1);
    larder.until_it_serves("/style.css", style(1));
    fs::write(releases.current().join("style.css"), "patched").expect("the release is there");
    larder.until_it_serves("/style.css", "patched");
}

/// Fault 9.
#[test]
fn a_hundred_and_fifty_switches_under_load_yield_no_bad_answer() {
    let releases = Releases::new();
    for number in 1..=150 {
        releases.add(number);
    }
    let larder = Larder::folder(&releases.current(), &[]);
    let check = |answer: &crate::Answer| {
        answer.is(200);
        assert!(
            answer.text().starts_with("body { order: ") && answer.text().ends_with("}\n"),
            "{answer:#?}"
        );
    };
    under_load(&larder, "/style.css", check, || {
        for number in 1..=150 {
            releases.switch_to(number);
        }
    });
    larder.until_it_serves("/style.css", style(150));
    larder.until_it_serves("/", shell(150));
}

#[test]
fn a_deploy_by_link_leaves_the_shell_and_every_route_at_one_release() {
    let releases = Releases::new();
    let larder = Larder::folder(&releases.current(), &[]);
    let old = larder.navigate("/").tag();
    releases.add(1);
    releases.switch_to(1);
    larder.until_it_serves("/", shell(1));
    larder.navigate("/deep/link").is(200).says(shell(1));
    larder
        .ask(
            &Ask::get("/deep/link")
                .navigating()
                .with("If-None-Match", old),
        )
        .is(200)
        .says(shell(1));
}

/// Fault 21.
#[test]
fn a_shell_that_comes_before_its_assets_waits_for_them() {
    let site = Site::of(&[
        (
            "index.html",
            "<!doctype html><title>1</title><script type=module src=/assets/one.js></script>",
        ),
        ("assets/one.js", "1"),
    ]);
    let larder = Larder::serve(&site);
    let old = larder.navigate("/").text();
    let new = "<!doctype html><title>2</title><script type=module src=/assets/two.js></script>";
    site.write("index.html", new);
    holds("the operator is told what is missing", || {
        larder.log().contains("two.js")
    });
    larder.navigate("/").is(200).says(&old);
    larder.get("/assets/two.js").is_error(404);
    larder.get("/assets/one.js").is(200);

    site.write("assets/two.js", "2");
    larder.until_it_serves("/", new);
    larder.get("/assets/two.js").is(200).says("2");
}

#[test]
fn files_deployed_one_by_one_are_seen_in_the_end() {
    let site = Site::of(&[("index.html", "<!doctype html><title>1</title>")]);
    let larder = Larder::serve(&site);
    for number in 0..30 {
        site.write(
            &format!("assets/chunk-{number}.js"),
            format!("export default {number}"),
        );
    }
    site.write(
        "index.html",
        "<!doctype html><title>2</title><script src=/assets/chunk-29.js></script>",
    );
    larder.until_it_serves(
        "/",
        "<!doctype html><title>2</title><script src=/assets/chunk-29.js></script>",
    );
    for number in 0..30 {
        larder
            .get(&format!("/assets/chunk-{number}.js"))
            .is(200)
            .says(format!("export default {number}"));
    }
}

/// Fault 22.
#[test]
fn an_old_shell_asking_for_a_chunk_that_is_gone_gets_an_error_that_nobody_stores() {
    let site = Site::of(&[
        (
            "index.html",
            "<!doctype html><title>1</title><script type=module src=/assets/one.js></script>",
        ),
        ("assets/one.js", "1"),
    ]);
    let larder = Larder::serve(&site);
    site.write("assets/two.js", "2");
    site.replace(
        "index.html",
        "<!doctype html><title>2</title><script type=module src=/assets/two.js></script>",
    );
    site.remove("assets/one.js");
    larder.until_status("/assets/one.js", 404).is_error(404);
    larder
        .ask(&Ask::get("/assets/one.js").loading_a_script())
        .is_error(404);
}
