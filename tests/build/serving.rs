//! `larder serve RELEASE`: the same answers as `larder serve --build SITE`, without hashing anything.

use std::{fs, os::unix::fs::symlink, path::Path};

use super::{Work, files, fingerprinted};
use crate::support::{Ask, Larder, eventually, holds};

const CODINGS: [&str; 5] = ["identity", "br", "zstd", "gzip", "br, zstd, gzip"];

/// Everything but the status line's neighbours that may differ: the fields that do not depend on the moment, and the content.
fn answer(larder: &Larder, target: &str, coding: &str) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let answer = larder.ask(&Ask::get(target).with("accept-encoding", coding));
    (answer.status, answer.stable_fields(), answer.content)
}

fn target(path: &str) -> String {
    path.replace('%', "%25").replace(' ', "%20")
}

#[track_caller]
fn same_answers(site: &Path, release: &Path, policy: &[&str]) {
    let mut arguments = vec!["--build", "--no-watch"];
    arguments.extend(policy);
    let in_memory = Larder::folder(site, &arguments);
    in_memory.until_coded();
    let mut arguments = vec!["--no-watch"];
    arguments.extend(policy);
    let released = Larder::folder(release, &arguments);
    holds("as they were released", || {
        released.log().contains("as they were released")
    });
    let mut paths: Vec<String> = files(release).into_keys().collect();
    paths.extend(["", "about/", "about", "nothing", "js/nothing.js"].map(str::to_owned));
    for path in paths {
        for coding in CODINGS {
            let target = format!("/{}", target(&path));
            assert_eq!(
                answer(&in_memory, &target, coding),
                answer(&released, &target, coding),
                "{target} with accept-encoding: {coding}"
            );
        }
    }
}

#[test]
fn a_release_is_served_as_the_site_is_with_build() {
    let work = Work::classic();
    work.site.write("rows.csv", "a,b,c\n1,2,3\n".repeat(80));
    work.site.write("rows.csv.gz", "not the rows at all");
    work.site.write(
        "css/site.css.gz",
        super::codings::gzip(super::STYLE.as_bytes()),
    );
    work.site.write(
        "js/words.js",
        "export const words = 'what keeps and what goes off';\n".repeat(40),
    );
    work.build().succeeds();
    same_answers(&work.site.root(), &work.out(), &[]);
}

#[test]
fn what_is_withheld_from_an_application_is_withheld_from_its_release() {
    let work = Work::of(&[("index.html", "<!doctype html><div id=app></div>")]);
    symlink("nowhere", work.site.path("reports")).expect("it can be made");
    symlink("/etc", work.site.path("settings")).expect("it can be made");
    work.build().succeeds();
    let manifest = super::manifest(&work.out());
    assert_eq!(
        manifest["withheld"],
        serde_json::json!(["/reports", "/settings"])
    );
    // Of a release of the release, too.
    let second = work.site.beside("second");
    work.run(&work.out(), &second, &[]).succeeds();
    assert_eq!(files(&second), work.released());
    for (folder, how) in [(work.site.root(), "--build"), (work.out(), "--verify")] {
        let larder = Larder::folder(&folder, &["--no-watch", how]);
        larder.navigate("/any/route").is(200);
        for path in ["/reports", "/settings", "/settings/hostname"] {
            larder.navigate(path).is_error(404);
        }
    }
}

#[test]
fn a_release_is_served_under_the_policy_it_was_built_under() {
    let work = Work::classic();
    work.site.write(
        "policy.toml",
        "[[rule]]\nname = \"styles\"\npaths = [\"/css/**\"]\nheaders = { \"X-Styled\" = \"yes\" }\n",
    );
    work.build().succeeds();
    let larder = Larder::folder(&work.out(), &["--no-watch"]);
    larder.get("/css/site.css").is(200).has("x-styled", "yes");
    for path in [
        "/.larder/manifest.json",
        "/.larder/policy.toml",
        "/.larder/",
        "/.larder",
    ] {
        larder.get(path).is_error(404);
    }
}

#[test]
fn a_bundlers_output_is_served_as_it_is_with_build() {
    for bundler in ["vite", "classic"] {
        let work = Work::of::<Vec<u8>>(&[]);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/sites")
            .join(bundler);
        work.run(&root, &work.out(), &[]).succeeds();
        same_answers(&root, &work.out(), &[]);
    }
}

#[test]
fn an_edited_release_is_read_like_any_other_folder() {
    let work = Work::classic();
    work.build().succeeds();
    let style = fingerprinted(&work.released(), "css/site", "css");
    // Another length: seen at once.
    let path = work.out().join(&style);
    let mut content = fs::read(&path).expect("it is there");
    content.extend(b"/* edited */");
    fs::remove_file(&path).expect("it is there");
    fs::write(&path, &content).expect("it can be written");
    let larder = Larder::folder(&work.out(), &["--no-watch"]);
    holds("is read like any other folder", || {
        larder.log().contains("is read like any other folder")
    });
    let answer = larder.get(&format!("/{style}"));
    answer.is(200).says(&content);
    assert!(
        !answer
            .field("cache-control")
            .unwrap_or_default()
            .contains("immutable")
    );
}

#[test]
fn an_edit_that_keeps_the_length_is_seen_by_verify() {
    let work = Work::classic();
    work.build().succeeds();
    let style = fingerprinted(&work.released(), "css/site", "css");
    let path = work.out().join(&style);
    let content = fs::read_to_string(&path)
        .expect("it is there")
        .replace("teal", "navy");
    fs::remove_file(&path).expect("it is there");
    fs::write(&path, &content).expect("it can be written");
    let larder = Larder::folder(&work.out(), &["--no-watch", "--verify"]);
    holds("has other bytes than were built", || {
        larder.log().contains("has other bytes than were built")
    });
    larder.get(&format!("/{style}")).is(200).says(&content);
}

#[test]
fn a_file_that_is_added_to_a_release_is_served() {
    let work = Work::classic();
    work.build().succeeds();
    fs::write(work.out().join("added.txt"), "added").expect("it can be written");
    let larder = Larder::folder(&work.out(), &["--no-watch"]);
    larder.get("/added.txt").is(200).says("added");
    holds("/added.txt was added", || {
        larder.log().contains("/added.txt was added")
    });
}

#[test]
fn the_next_release_is_served_when_it_is_published() {
    let work = Work::classic();
    work.build().succeeds();
    let larder = Larder::folder(&work.out(), &[]);
    let before = fingerprinted(&work.released(), "css/site", "css");
    for round in 0..5 {
        work.site
            .write("css/site.css", format!("body {{ margin: {round}px }}\n"));
        work.site.write("state.txt", round.to_string());
        work.build().succeeds();
        larder.until_it_serves("/state.txt", round.to_string());
        larder
            .get("/css/site.css")
            .is(200)
            .says(format!("body {{ margin: {round}px }}\n"));
    }
    larder.get(&format!("/{before}")).is_error(404);
    assert!(
        !larder.log().contains("is read like any other folder"),
        "{}",
        larder.log()
    );
}

#[test]
fn an_edit_of_a_release_that_is_served_is_seen() {
    let work = Work::classic();
    work.build().succeeds();
    let larder = Larder::folder(&work.out(), &[]);
    let index = work.out().join("index.html");
    let content = fs::read_to_string(&index)
        .expect("it is there")
        .replace("Larder", "Pantry");
    fs::write(&index, &content).expect("it can be written");
    larder.until_it_serves("/index.html", &content);
    holds("the warning", || {
        larder.log().contains("is read like any other folder")
    });
    // And built again, it is a release again.
    fs::remove_dir_all(work.out()).expect("it is there");
    work.build().succeeds();
    let original = fs::read(&index).expect("it is there");
    eventually("the release", || {
        (larder.get("/index.html").content == original).then_some(())
    });
}
