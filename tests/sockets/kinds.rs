//! Things in a folder that are not files: links, pipes, sockets, what may not be read.

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{PermissionsExt, symlink},
        net::UnixListener,
    },
    path::Path,
};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::{
    documents,
    support::{Ask, Connection, Larder, Site, larder::nobody},
};

const SECRET: &str = "the secret beside the site";

/// Hostile 19, 20.
#[test]
fn a_link_out_of_the_site_is_not_followed() {
    let site = documents();
    fs::write(site.beside("secret.txt"), SECRET).expect("the folder is there");
    fs::create_dir(site.beside("private")).expect("the folder is there");
    fs::write(site.beside("private/secret.txt"), SECRET).expect("the folder is there");
    symlink(site.beside("secret.txt"), site.path("absolute.txt")).expect("links can be made");
    symlink("../secret.txt", site.path("relative.txt")).expect("links can be made");
    symlink("../private", site.path("folder")).expect("links can be made");
    symlink("/etc/passwd", site.path("passwd.txt")).expect("links can be made");
    let larder = Larder::serve(&site);
    for target in [
        "/absolute.txt",
        "/relative.txt",
        "/folder/secret.txt",
        "/folder/",
        "/folder",
        "/passwd.txt",
    ] {
        larder.get(target).is_error(404);
    }
}

#[test]
fn a_link_to_a_link_out_of_the_site_is_not_followed_either() {
    let site = documents();
    fs::write(site.beside("secret.txt"), SECRET).expect("the folder is there");
    symlink("../secret.txt", site.path("first.txt")).expect("links can be made");
    symlink("first.txt", site.path("second.txt")).expect("links can be made");
    symlink("docs/../../secret.txt", site.path("third.txt")).expect("links can be made");
    let larder = Larder::serve(&site);
    for target in ["/first.txt", "/second.txt", "/third.txt"] {
        larder.get(target).is_error(404);
    }
}

/// Hostile 21.
#[test]
fn a_link_inside_the_site_is_followed() {
    let site = documents();
    symlink("style.css", site.path("theme.css")).expect("links can be made");
    symlink("docs", site.path("manual")).expect("links can be made");
    let larder = Larder::serve(&site);
    larder
        .get("/theme.css")
        .is(200)
        .says("body { color: teal }\n");
    larder
        .get("/manual/")
        .is(200)
        .says("<!doctype html><title>Docs</title>");
}

#[test]
fn a_link_is_no_way_to_a_hidden_file() {
    let site = documents();
    site.write(".env", SECRET);
    symlink(".env", site.path("env.txt")).expect("links can be made");
    let larder = Larder::serve(&site);
    let answer = larder.get("/.env");
    answer.is_error(404);
}

/// Hostile 22.
#[test]
fn loops_and_dangling_links_are_reported_and_keep_nobody_from_starting() {
    let site = documents();
    symlink("loop-b", site.path("loop-a")).expect("links can be made");
    symlink("loop-a", site.path("loop-b")).expect("links can be made");
    symlink("nowhere", site.path("dangling.txt")).expect("links can be made");
    symlink("..", site.path("docs/up")).expect("links can be made");
    symlink(".", site.path("docs/self")).expect("links can be made");
    let larder = Larder::serve(&site);
    for target in ["/loop-a", "/loop-b", "/dangling.txt", "/loop-a/x"] {
        larder.get(target).is_error(404);
    }
    larder.get("/style.css").is(200);
    let log = larder.log();
    assert!(
        log.contains("dangling.txt") && log.contains("loop-a"),
        "both are named at start:\n{log}"
    );
}

/// Hostile 23.
#[test]
fn a_pipe_a_socket_and_a_device_are_404_at_once_and_block_nobody() {
    let site = documents();
    make_pipe(&site.path("pipe.css"));
    let _listener = UnixListener::bind(site.path("socket.css")).expect("a socket can be made");
    symlink("/dev/zero", site.path("zero.css")).expect("links can be made");
    let larder = Larder::serve(&site);
    // More than there are workers: a worker that opens a pipe to read waits for a writer for ever.
    for _ in 0..16 {
        for target in ["/pipe.css", "/socket.css", "/zero.css"] {
            larder.get(target).is_error(404);
        }
    }
    larder.get("/style.css").is(200);
    let log = larder.log();
    assert!(log.contains("pipe.css"), "it is named at start:\n{log}");
}

#[test]
fn a_pipe_that_comes_later_blocks_nobody() {
    let site = documents();
    let larder = Larder::serve(&site);
    make_pipe(&site.path("pipe.css"));
    site.write("after.css", "seen");
    larder.until_it_serves("/after.css", "seen");
    larder.get("/pipe.css").is_error(404);
    site.remove("style.css");
    make_pipe(&site.path("style.css"));
    larder.until_status("/style.css", 404);
    larder.get("/after.css").is(200);
}

/// Hostile 24.
#[test]
fn an_unreadable_file_is_404_and_ends_nothing() {
    let site = documents();
    site.write("private.css", SECRET);
    site.write("private/a.css", SECRET);
    fs::set_permissions(site.path("private.css"), Permissions::from_mode(0o000))
        .expect("it is ours");
    fs::set_permissions(site.path("private"), Permissions::from_mode(0o000)).expect("it is ours");
    let larder = as_nobody(&site);
    larder.get("/private.css").is_error(404);
    larder.get("/private/a.css").is_error(404);
    larder.get("/style.css").is(200);
    let log = larder.log();
    assert!(log.contains("private.css"), "it is named at start:\n{log}");
    drop(larder);
    fs::set_permissions(site.path("private"), Permissions::from_mode(0o700)).expect("it is ours");
}

/// Hostile 25.
#[test]
fn a_file_swapped_for_a_link_out_of_the_site_leaks_nothing() {
    let site = documents();
    fs::write(site.beside("secret.txt"), SECRET.repeat(10)).expect("the folder is there");
    let larder = Larder::serve(&site);
    let mut connection = Connection::open(larder.address());
    for round in 0..60 {
        let new = site.beside("swapped");
        if round % 2 == 0 {
            symlink("../secret.txt", &new).expect("links can be made");
        } else {
            fs::write(&new, "body {}").expect("the folder is there");
        }
        fs::rename(&new, site.path("style.css")).expect("both are in one folder");
        for _ in 0..5 {
            let answer = connection.ask(&Ask::get("/style.css"));
            assert!(!answer.text().contains("secret"), "{answer:?}");
        }
    }
}

/// Hostile 26.
#[test]
fn a_root_that_is_a_link_is_served() {
    let site = documents();
    symlink("www", site.beside("current")).expect("links can be made");
    let larder = Larder::folder(&site.beside("current"), &[]);
    larder.get("/style.css").is(200);
}

fn make_pipe(path: &Path) {
    mknodat(
        CWD,
        path,
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR | Mode::ROTH,
        0,
    )
    .expect("a pipe can be made");
}

/// Serves as a user who may not read everything.
fn as_nobody(site: &Site) -> Larder {
    let mut command = nobody(site);
    command.arg("serve").arg(site.root());
    command.args(["--listen", "127.0.0.1:0"]);
    Larder::spawn(command, 1)
}
