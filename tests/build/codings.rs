//! Coded forms beside their resources: only where they pay, only of the right bytes, made only once.

use std::{
    io::{Read, Write},
    process::{Command, Stdio},
};

use super::{STYLE, Work, fingerprinted};

#[test]
fn coded_forms_lie_beside_what_they_are_forms_of() {
    let work = Work::classic();
    work.build().succeeds();
    let released = work.released();
    let style = fingerprinted(&released, "css/site", "css");
    for suffix in ["br", "zst", "gz"] {
        let coded = &released[&format!("{style}.{suffix}")];
        assert_eq!(coded, &released[&format!("css/site.css.{suffix}")]);
        assert!(coded.len() < released[&style].len());
    }
    assert_eq!(gunzip(&released[&format!("{style}.gz")]), released[&style]);
    // 14 bytes: no coding pays.
    assert!(!released.contains_key("robots.txt.gz"));
}

#[test]
fn without_compression_there_are_none() {
    let work = Work::classic();
    work.build_with(&["--no-compress"]).succeeds();
    assert!(work.released().keys().all(|path| {
        ![".br", ".zst", ".gz"]
            .iter()
            .any(|suffix| path.ends_with(suffix))
    }));
}

#[test]
fn a_coded_form_of_an_edited_resource_is_coded_anew() {
    let work = Work::classic();
    work.site.write("css/site.css.gz", gzip(STYLE.as_bytes()));
    for arguments in [&[][..], &["--no-compress"][..]] {
        work.build_with(arguments)
            .succeeds()
            .says("/css/site.css.gz was coded anew, because /css/site.css was edited");
        let released = work.released();
        assert_eq!(
            gunzip(&released["css/site.css.gz"]),
            released["css/site.css"]
        );
        assert_ne!(released["css/site.css"], STYLE.as_bytes());
    }
}

#[test]
fn a_coded_form_of_a_resource_that_is_not_edited_is_adopted() {
    let work = Work::classic();
    let words = "export const words = 'what keeps and what goes off';\n".repeat(40);
    work.site.write("js/words.js", &words);
    let coded = gzip(words.as_bytes());
    work.site.write("js/words.js.gz", &coded);
    work.build_with(&["--strict"]).succeeds();
    assert_eq!(work.released()["js/words.js.gz"], coded);
}

#[test]
fn what_only_looks_like_a_coded_form_stays_what_it_is() {
    let work = Work::classic();
    let other = gzip(b"the whole table, and not the few rows of it that are shown");
    work.site.write("rows.csv", "a,b,c\n1,2,3\n".repeat(80));
    work.site.write("rows.csv.gz", &other);
    work.site.write("css/site.css.br", "no brotli at all");
    work.build()
        .succeeds()
        .says("/rows.csv.gz does not decode to /rows.csv")
        .says("/css/site.css.br does not decode to /css/site.css");
    let released = work.released();
    assert_eq!(released["rows.csv.gz"], other);
    assert_eq!(released["css/site.css.br"], b"no brotli at all");
    // Ours lie where only larder looks.
    let own = |suffix: &str| {
        released
            .keys()
            .filter(|path| path.starts_with(".larder/coded/") && path.ends_with(suffix))
            .count()
    };
    assert_eq!((own(".gz"), own(".br")), (1, 1));
    assert_eq!(work.build_with(&["--strict"]).code, Some(1));
}

#[test]
fn a_rebuild_codes_only_what_changed() {
    let work = Work::classic();
    work.build().succeeds();
    let cached = || super::files(&work.site.beside("codings"));
    let before = cached();
    work.build().succeeds();
    assert_eq!(cached().len(), before.len());
    work.site.write(
        "js/words.js",
        "export const words = 'something else, and longer';\n".repeat(9),
    );
    work.build().succeeds();
    let new = cached()
        .keys()
        .filter(|path| !before.contains_key(*path))
        .count();
    // words.js, app.js that imports it and index.html that loads that, in three codings each, where they are long enough.
    assert!((3..=9).contains(&new), "{new} new forms");
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    piped("gzip", &["-9", "-n"], content)
}

fn gunzip(content: &[u8]) -> Vec<u8> {
    piped("gzip", &["-d"], content)
}

fn piped(program: &str, arguments: &[&str], content: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("gzip is on every system");
    child
        .stdin
        .take()
        .expect("it is piped")
        .write_all(content)
        .expect("it reads");
    let mut output = Vec::new();
    child
        .stdout
        .take()
        .expect("it is piped")
        .read_to_end(&mut output)
        .expect("it writes");
    assert!(child.wait().expect("it is our child").success());
    output
}
