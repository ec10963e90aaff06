//! Where a release must not go: it is said why, and nothing is lost.

use std::{fs, os::unix::fs::symlink};

use super::{Work, files};

#[test]
fn a_release_inside_the_site_is_refused() {
    let work = Work::classic();
    let before = files(&work.site.root());
    for out in ["", "dist", "a/b/dist", "css/../dist"] {
        work.build_to(&work.site.root().join(out), &[])
            .is_refused("lies inside");
    }
    assert_eq!(files(&work.site.root()), before);
}

#[test]
fn a_release_that_holds_the_site_is_refused() {
    let work = Work::classic();
    let before = files(&work.site.root());
    work.build_to(&work.site.beside(""), &[])
        .is_refused("would replace the site itself");
    assert_eq!(files(&work.site.root()), before);
}

#[test]
fn a_link_does_not_hide_that_the_release_lies_in_the_site() {
    let work = Work::classic();
    let link = work.site.beside("link");
    symlink(work.site.root(), &link).expect("it can be made");
    work.build_to(&link.join("dist"), &[])
        .is_refused("lies inside");
    work.build_to(&link, &[]).is_refused("lies inside");
}

#[test]
fn somebody_elses_folder_is_not_replaced() {
    let work = Work::classic();
    fs::create_dir(work.out()).expect("it can be made");
    fs::write(work.out().join("thesis.tex"), "ten years").expect("it can be written");
    work.build().is_refused("larder did not write it");
    assert_eq!(work.released()["thesis.tex"], b"ten years");
    assert_eq!(work.beside(), ["release"]);
}

#[test]
fn an_empty_folder_is_filled() {
    let work = Work::classic();
    fs::create_dir(work.out()).expect("it can be made");
    work.build().succeeds();
    assert!(work.released().contains_key("index.html"));
}

#[test]
fn what_somebody_put_into_a_release_is_not_lost() {
    let work = Work::classic();
    work.build().succeeds();
    fs::create_dir(work.out().join(".git")).expect("it can be made");
    fs::write(work.out().join(".git/HEAD"), "ref: refs/heads/pages").expect("it can be written");
    work.build()
        .is_refused("release holds a file that larder did not write, such as .git/HEAD");
    assert!(work.released().contains_key(".git/HEAD"));
}

#[test]
fn a_folder_with_a_manifest_that_is_none_is_not_replaced() {
    let work = Work::classic();
    for text in ["", "{}", r#"{"format":"larder-manifest","version":99}"#] {
        fs::create_dir_all(work.out().join(".larder")).expect("it can be made");
        fs::write(work.out().join(".larder/manifest.json"), text).expect("it can be written");
        work.build().is_refused("nothing was touched");
        assert_eq!(work.released().len(), 1, "{text}");
    }
}

#[test]
fn a_file_is_not_replaced_by_a_release() {
    let work = Work::classic();
    fs::write(work.out(), "a file").expect("it can be written");
    work.build().is_refused("is there and is not a folder");
    assert_eq!(fs::read(work.out()).expect("it is there"), b"a file");
}

#[test]
fn a_link_to_nothing_is_not_replaced() {
    let work = Work::classic();
    symlink(work.site.beside("gone"), work.out()).expect("it can be made");
    work.build().is_refused("is not a folder");
    assert!(fs::symlink_metadata(work.out()).is_ok_and(|metadata| metadata.is_symlink()));
}

#[test]
fn a_link_to_a_release_stays_a_link() {
    let work = Work::classic();
    let real = work.site.beside("real");
    work.build_to(&real, &[]).succeeds();
    symlink(&real, work.out()).expect("it can be made");
    work.site.write("new.txt", "new");
    work.build().succeeds();
    assert!(fs::symlink_metadata(work.out()).is_ok_and(|metadata| metadata.is_symlink()));
    assert!(real.join("new.txt").exists());
}

#[test]
fn a_mount_point_is_refused_before_anything_is_written() {
    let work = Work::classic();
    let Some(_mounted) = super::faults::Tmpfs::mount(&work.out(), "1m") else {
        return;
    };
    work.build().is_refused("is a mount point");
    assert_eq!(work.released().len(), 0);
}

#[test]
fn a_site_that_is_not_there_is_said_so() {
    let work = Work::classic();
    work.run(&work.site.beside("nowhere"), &work.out(), &[])
        .is_refused("there is no folder");
    work.run(&work.site.path("robots.txt"), &work.out(), &[])
        .is_refused("is not a folder");
    assert_eq!(work.beside(), [""; 0]);
}

#[test]
fn warnings_under_strict_publish_nothing() {
    let work = Work::classic();
    work.build().succeeds();
    let before = work.released();
    work.site
        .write("index.html", "<!doctype html><img src=gone.png>");
    let built = work.build_with(&["--strict"]);
    assert_eq!(built.code, Some(1), "{}", built.stderr);
    built
        .says("nothing is at /gone.png")
        .says("nothing was published");
    assert_eq!(work.released(), before);
    assert_eq!(work.beside(), ["release"]);
    work.build().succeeds().says("nothing is at /gone.png");
}

#[test]
fn a_policy_with_errors_builds_nothing() {
    let work = Work::classic();
    let policy = work.site.policy("[site]\nspaa = true\n");
    work.build_with(&["--policy", &policy]).is_refused("spa");
    assert!(!work.out().exists());
}

#[test]
fn a_link_that_leads_nowhere_or_out_is_told_and_left_out() {
    let work = Work::classic();
    symlink("nowhere", work.site.path("dangling.css")).expect("it can be made");
    symlink("/etc/hostname", work.site.path("outside.txt")).expect("it can be made");
    work.build()
        .succeeds()
        .says("a link to nothing")
        .says("a link out of the site's folder");
    let released = work.released();
    assert!(!released.contains_key("dangling.css") && !released.contains_key("outside.txt"));
    assert_eq!(work.build_with(&["--strict"]).code, Some(1));
}
