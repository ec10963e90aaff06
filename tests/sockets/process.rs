//! The process: how it starts, what it prints where, how it ends.

use std::net::TcpListener;

use rustix::process::Signal;

use crate::{
    app, documents,
    support::{Ask, Connection, Larder, Site, holds, larder},
};

#[test]
fn the_first_line_on_stdout_is_a_url_that_answers() {
    let site = app();
    let larder = Larder::serve(&site);
    larder.navigate("/").is(200);
    assert!(larder.address().port() != 0);
}

#[test]
fn every_listener_has_its_line_and_answers() {
    let site = app();
    let larder = Larder::with(
        &site,
        &[
            "--listen",
            "127.0.0.1:0",
            "--listen",
            "[::1]:0",
            "--listen",
            "127.0.0.1:0",
        ],
    );
    assert_eq!(larder.addresses().len(), 3);
    for address in larder.addresses() {
        Connection::open(*address)
            .ask(&Ask::get("/").navigating())
            .is(200);
    }
}

#[test]
fn one_port_is_listened_on_over_both_versions_of_ip() {
    let site = app();
    // Of any port that is free for both, in either order.
    let port = {
        let free = TcpListener::bind("[::]:0").expect("this machine has IPv6");
        free.local_addr().expect("it is bound").port()
    };
    let (four, six) = (format!("0.0.0.0:{port}"), format!("[::]:{port}"));
    for order in [[&four, &six], [&six, &four]] {
        let larder = Larder::with(&site, &["--listen", order[0], "--listen", order[1]]);
        for host in ["127.0.0.1", "[::1]"] {
            let address = format!("{host}:{port}").parse().expect("an address");
            Connection::open(address)
                .ask(&Ask::get("/").navigating())
                .is(200);
        }
        drop(larder);
    }
}

#[test]
fn the_summary_at_start_says_what_was_found() {
    let site = app();
    let larder = Larder::serve(&site);
    for wanted in ["4 files", "1 fingerprinted", "single-page app"] {
        holds(wanted, || larder.log().contains(wanted));
    }
}

#[test]
fn sigterm_and_sigint_end_it_with_exit_code_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let site = documents();
        let mut larder = Larder::serve(&site);
        larder.get("/style.css").is(200);
        larder.signal(signal);
        assert_eq!(larder.ended().code(), Some(0), "{}", larder.log());
    }
}

/// Fault 14.
#[test]
fn a_download_in_flight_is_finished_before_the_end() {
    let content = vec![b'x'; 24 << 20];
    let site = Site::of(&[
        ("index.html", b"<title>x</title>".as_slice()),
        ("large.bin", &content),
    ]);
    let mut larder = Larder::serve(&site);
    let mut connection = Connection::open(larder.address());
    connection.start(&Ask::get("/large.bin"));
    let head = connection.head().expect("an answer begins");
    head.is(200)
        .has("content-length", &content.len().to_string());
    let mut received = connection.take(64 * 1024).expect("content begins").len();

    larder.signal(Signal::TERM);
    holds("no new connection is accepted", || {
        Connection::try_open(larder.address())
            .and_then(|mut late| late.try_ask(&Ask::get("/")))
            .is_err()
    });
    assert!(
        larder.is_running(),
        "it does not leave a download behind: {}",
        larder.log()
    );

    received += connection
        .take(content.len() - received)
        .expect("the rest comes")
        .len();
    assert_eq!(received, content.len());
    drop(connection);
    assert_eq!(larder.ended().code(), Some(0), "{}", larder.log());
}

#[test]
fn an_idle_connection_does_not_delay_the_end() {
    let site = documents();
    let mut larder = Larder::serve(&site);
    let mut idle = Connection::open(larder.address());
    idle.ask(&Ask::get("/style.css")).is(200);
    larder.signal(Signal::TERM);
    assert_eq!(larder.ended().code(), Some(0), "{}", larder.log());
}

/// Fault 33.
#[test]
fn a_port_in_use_is_an_error_that_names_it() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let refusal = larder::refusal(&documents().root(), &["--listen", &address]);
    assert_ne!(refusal.code, Some(0));
    assert!(
        refusal.code.is_some(),
        "no signal ended it: {}",
        refusal.stderr
    );
    assert!(refusal.stderr.contains(&address), "{}", refusal.stderr);
    assert!(refusal.stderr.contains("--listen"), "{}", refusal.stderr);
    assert_eq!(refusal.stdout, "");

    let site = documents();
    let policy = site.beside("policy.toml");
    std::fs::write(&policy, format!("[server]\nadmin = \"{address}\"\n"))
        .expect("it can be written");
    let policy = policy.to_str().expect("UTF-8");
    let arguments = ["--listen", "127.0.0.1:0", "--policy", policy];
    let refusal = larder::refusal(&site.root(), &arguments);
    assert!(
        refusal.stderr.contains("with `admin`"),
        "{}",
        refusal.stderr
    );
}

/// Fault 33.
#[test]
fn a_root_that_is_missing_or_no_folder_is_an_error_that_names_it() {
    let site = documents();
    for root in [site.path("nowhere"), site.path("style.css")] {
        let refusal = larder::refusal(&root, &["--listen", "127.0.0.1:0"]);
        assert!(
            refusal.code.is_some_and(|code| code != 0),
            "{:?}: {}",
            refusal.code,
            refusal.stderr
        );
        assert!(
            refusal.stderr.contains(&root.display().to_string()),
            "{}",
            refusal.stderr
        );
        assert!(!refusal.stderr.contains("panicked"), "{}", refusal.stderr);
        assert_eq!(refusal.stdout, "");
    }
}

#[test]
fn an_empty_folder_is_served() {
    let site = Site::of::<&str>(&[]);
    let larder = Larder::serve(&site);
    larder.navigate("/").is_error(404);
}

#[test]
fn without_watching_nothing_changes() {
    let site = documents();
    let fixed = Larder::with(&site, &["--no-watch"]);
    // Another one, which watches, tells when the change could have been seen.
    let watching = Larder::serve(&site);
    let before = fixed.get("/style.css");
    site.write("style.css", "changed");
    site.write("new.css", "new");
    watching.until_it_serves("/style.css", "changed");
    watching.until_it_serves("/new.css", "new");
    fixed.get("/style.css").is(200).says(&before.content);
    fixed.get("/new.css").is_error(404);
}

#[test]
fn a_site_can_be_fingerprinted_as_it_is_served() {
    let site = Site::of(&[
        (
            "index.html",
            "<!doctype html><title>x</title><link rel=stylesheet href=style.css><script src=/app.js></script>",
        ),
        ("style.css", "body { background: url(dot.svg) }"),
        ("dot.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("app.js", "console.log(1)"),
    ]);
    let larder = Larder::with(&site, &["--build"]);
    let shell = larder.navigate("/").text();
    for name in ["style", "app"] {
        let reference = shell
            .split(['"', '\'', '=', ' ', '>'])
            .find(|part| part.contains(name) && part.contains('.'))
            .expect("it is still named");
        assert!(
            !reference.ends_with(&format!("{name}.css"))
                && !reference.ends_with(&format!("{name}.js")),
            "{reference} in {shell}"
        );
        let target = format!("/{}", reference.trim_start_matches('/'));
        larder
            .get(&target)
            .is(200)
            .has("cache-control", "public, max-age=31536000, immutable");
    }
    let on_disk = std::fs::read_to_string(site.path("index.html")).unwrap();
    assert!(
        on_disk.contains("href=style.css"),
        "the sources stay as they are"
    );
}
