//! What the operator sees and does: health, metrics, signals, certificates, sockets handed over.

use std::{
    collections::HashMap,
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::net::UnixDatagram,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use rustix::process::Signal;

use crate::{
    app, documents, http2,
    support::{
        Ask, Connection, Larder, Site, eventually, holds, larder,
        secure::{self, Pair, Secure},
    },
};

const ADMIN: &str = "[server]\nadmin = \"127.0.0.1:0\"\n";

#[test]
fn health_readiness_and_metrics_are_told_on_a_listener_of_their_own() {
    let site = documents();
    let larder = Larder::under(&site, ADMIN);
    let admin = |target: &str| Connection::open(larder.admin()).ask(&Ask::get(target));
    admin("/-/health").is(200).has("cache-control", "no-store");
    admin("/-/ready").is(200);
    admin("/-/metrics")
        .is(200)
        .has("content-type", "text/plain; version=0.0.4; charset=utf-8");
    admin("/style.css").is_error(404);
    for target in ["/-/health", "/-/ready", "/-/metrics"] {
        larder.get(target).is_error(404);
    }
}

#[test]
fn without_the_key_there_is_no_such_listener() {
    let site = documents();
    let larder = Larder::serve(&site);
    larder.get("/style.css").is(200);
    assert!(!larder.log().contains("/-/metrics"));
}

#[test]
fn metrics_say_what_was_answered_and_saved() {
    let site = app();
    let larder = Larder::under(&site, ADMIN);
    let first = larder.get("/assets/plain.css");
    first.is(200);
    larder
        .ask(&Ask::get("/assets/plain.css").with("If-None-Match", first.tag()))
        .is(304);
    larder.navigate("/").is(200);
    larder.get("/assets/app-3e5b7ab69fb7d67b.js").is(200);
    larder.get("/assets/app-DiwrgTda.js").is_error(404);
    larder.get("/assets/plain-missing.css").is_error(404);
    for (metric, value) in [
        ("larder_requests_total{class=\"asset\",status=\"200\"}", 1),
        ("larder_requests_total{class=\"asset\",status=\"304\"}", 1),
        (
            "larder_requests_total{class=\"document\",status=\"200\"}",
            1,
        ),
        (
            "larder_requests_total{class=\"fingerprinted\",status=\"200\"}",
            1,
        ),
        ("larder_requests_total{class=\"error\",status=\"404\"}", 2),
        ("larder_missing_fingerprinted_total", 1),
        (
            "larder_saved_by_validation_bytes_total",
            first.content.len() as u64,
        ),
        ("larder_panics_total", 0),
    ] {
        assert_eq!(larder.metric(metric), value, "{metric}");
    }
    assert!(larder.metric("larder_sent_bytes_total") > 1000);
    assert!(larder.metric("larder_snapshot_generation") >= 1);
}

#[test]
fn a_policy_that_cannot_be_used_is_counted_and_the_one_before_stays() {
    let site = documents();
    let larder = Larder::under(&site, &format!("{ADMIN}[cache]\nasset = \"max-age=60\"\n"));
    let failures = "larder_reload_failures_total{what=\"policy\"}";
    larder.get("/style.css").has("cache-control", "max-age=60");
    assert_eq!(larder.metric(failures), 0);
    site.policy("[cache]\nassett = \"max-age=5\"\n");
    holds("the failure is counted", || larder.metric(failures) == 1);
    larder.get("/style.css").has("cache-control", "max-age=60");
    assert!(larder.log().contains("the nearest known key is `asset`"));
}

#[test]
fn sighup_reads_everything_again_even_where_changes_are_not_followed() {
    let site = documents();
    let policy = site.policy("[cache]\nasset = \"max-age=60\"\n");
    let larder = Larder::with(&site, &["--policy", &policy, "--no-watch"]);
    larder.get("/style.css").has("cache-control", "max-age=60");
    site.policy("[cache]\nasset = \"max-age=5\"\n");
    site.write("style.css", "changed");
    larder.signal(Signal::HUP);
    larder
        .until_it_serves("/style.css", "changed")
        .has("cache-control", "max-age=5");
    site.policy("[cache]\nassett = \"max-age=5\"\n");
    larder.signal(Signal::HUP);
    holds("the reason is in the log", || {
        larder.log().contains("the nearest known key is `asset`")
    });
    larder.get("/style.css").has("cache-control", "max-age=5");
}

#[test]
fn a_policy_is_in_force_only_when_its_writer_has_closed_it() {
    let site = documents();
    site.write("secret.txt", "secret");
    let private = "[site]\nprivate = [\"/secret.txt\"]\n";
    let larder = Larder::under(&site, private);
    larder.get("/secret.txt").is(404);
    // As a shell does before a command writes its first byte: what is there is a policy, under which nothing is private.
    let mut policy = fs::File::create(site.beside("policy.toml")).expect("it is ours");
    let part = "[cache]\nasset = \"max-age=5\"\n";
    for (written, content) in [("", "changed"), (part, "changed again")] {
        policy.write_all(written.as_bytes()).expect("it is ours");
        site.write("style.css", content);
        let style = larder.until_it_serves("/style.css", content);
        style.has("cache-control", "no-cache");
        larder.get("/secret.txt").is(404);
    }
    policy.write_all(private.as_bytes()).expect("it is ours");
    drop(policy);
    holds("the whole of it is in force", || {
        larder.get("/style.css").field("cache-control") == Some("max-age=5")
    });
    larder.get("/secret.txt").is(404);
}

/// As some editors write: away with the old one, and then the new one. What was private is so in between.
#[test]
fn a_policy_that_is_removed_and_written_anew_is_in_force_meanwhile() {
    let site = documents();
    let text = |value: &str| format!("[headers]\n\"X-Policy\" = \"{value}\"\n");
    site.write("policy.toml", text("first"));
    let larder = Larder::serve(&site);
    larder.get("/style.css").has("x-policy", "first");
    for (before, after) in [("first", "second"), ("second", "third")] {
        site.remove("policy.toml");
        site.write("style.css", after);
        // What is looked at together is decided together.
        larder
            .until_it_serves("/style.css", after)
            .has("x-policy", before);
        site.write("policy.toml", text(after));
        holds("the new one is in force", || {
            larder.get("/style.css").field("x-policy") == Some(after)
        });
    }
    site.remove("policy.toml");
    holds("it is gone for good", || {
        larder.get("/style.css").field("x-policy").is_none()
    });
}

#[test]
fn a_policy_that_came_through_a_pipe_is_kept() {
    let site = documents();
    let (reader, mut writer) = std::io::pipe().expect("there are handles to spare");
    writer
        .write_all(b"[cache]\nasset = \"max-age=60\"\n")
        .expect("a pipe has room for a line");
    drop(writer);
    let command = larder::command(&site.root(), &["--policy", "/dev/stdin"]);
    let larder = Larder::spawn_with_input(command, 1, reader);
    for content in ["changed", "changed again"] {
        site.write("style.css", content);
        larder.signal(Signal::HUP);
        larder
            .until_it_serves("/style.css", content)
            .has("cache-control", "max-age=60");
    }
}

#[test]
fn coded_content_that_somebody_took_from_the_cache_is_coded_again_at_the_next_look() {
    let text = "a rose is a rose is a rose. ".repeat(1000);
    let site = Site::of(&[("index.html", "<title>x</title>"), ("rose.txt", &text)]);
    let cache = site.beside("cache");
    // Beyond the budget: the coded form stays in the cache.
    let policy = site.policy(&format!(
        "[server]\nmemory-budget = \"1KiB\"\n[compress]\ncache-dir = \"{}\"\n",
        cache.display()
    ));
    let larder = Larder::with(&site, &["--policy", &policy, "--no-watch"]);
    larder.until_coded();
    let coded = || larder.ask(&Ask::get("/rose.txt").with("Accept-Encoding", "gzip"));
    coded().is(200).has("content-encoding", "gzip");
    fs::remove_dir_all(&cache).expect("it is ours");
    coded().is(503);
    larder.signal(Signal::HUP);
    holds("it is coded again", || {
        let answer = coded();
        answer.status == 200 && answer.field("content-encoding") == Some("gzip")
    });
    assert!(larder.log().contains("gone from the cache"));
}

fn secure_get(stream: &mut Secure, target: &str) -> std::io::Result<String> {
    write!(stream, "GET {target} HTTP/1.1\r\nHost: larder.test\r\n\r\n")?;
    let mut said = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = stream.read(&mut part)?;
        said.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&said);
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, content)| {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            });
            content.len() >= length.unwrap_or(0_usize)
        });
        if whole || count == 0 {
            return Ok(text.into_owned());
        }
    }
}

/// `pair` as it is now, for clients that go on trusting its certificate when there is another one.
fn kept(pair: &Pair) -> Pair {
    let kept = Pair {
        certificate: pair.certificate.with_file_name("old.pem"),
        key: pair.key.clone(),
    };
    fs::copy(&pair.certificate, &kept.certificate).expect("there is room");
    kept
}

#[test]
fn a_certificate_is_swapped_under_load_and_no_request_fails() {
    let site = documents();
    let folder = site.beside("");
    let old = Pair::write(&folder, "own", &["larder.test"]);
    let kept = kept(&old);
    let larder = Larder::under(
        &site,
        &format!("{ADMIN}keep-alive = \"1h\"\n{}", old.table()),
    );
    let (is_over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // A connection that was begun with the old certificate goes on with it.
                let mut stream =
                    secure::connect(larder.address(), "larder.test", &kept, &["http/1.1"]).unwrap();
                while !is_over.load(Ordering::Relaxed) {
                    let said =
                        secure_get(&mut stream, "/style.css").expect("no connection is dropped");
                    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        holds("load", || asked.load(Ordering::Relaxed) > 20);
        let new = Pair::write(&folder, "own", &["larder.test", "new.larder.test"]);
        eventually("new connections get the new certificate", || {
            secure::connect(larder.address(), "new.larder.test", &new, &["http/1.1"]).ok()
        });
        let before = asked.load(Ordering::Relaxed);
        holds("more load", || asked.load(Ordering::Relaxed) > before + 20);
        is_over.store(true, Ordering::Relaxed);
    });
    assert_eq!(
        larder.metric("larder_reload_failures_total{what=\"certificate\"}"),
        0
    );
}

#[test]
fn a_certificate_that_cannot_be_used_leaves_the_one_before_in_force() {
    let site = documents();
    let folder = site.beside("");
    let pair = Pair::write(&folder, "own", &["larder.test"]);
    let other = Pair::write(&folder, "other", &["larder.test"]);
    let kept = kept(&pair);
    let larder = Larder::under(&site, &format!("{ADMIN}{}", pair.table()));
    // The certificate of another key.
    fs::copy(&other.certificate, &pair.certificate).unwrap();
    holds("it is said, and counted", || {
        larder
            .log()
            .contains("the certificate before stays in force")
            && larder.metric("larder_reload_failures_total{what=\"certificate\"}") == 1
    });
    secure::connect(larder.address(), "larder.test", &kept, &["h2"]).unwrap();
}

#[test]
fn a_certificate_that_cannot_be_used_keeps_no_other_from_being_renewed() {
    let site = documents();
    let folder = site.beside("");
    let first = Pair::write(&folder, "first", &["first.test"]);
    let second = Pair::write(&folder, "second", &["second.test"]);
    let kept = kept(&first);
    let larder = Larder::under(
        &site,
        &format!("{ADMIN}{}{}", first.table(), second.table()),
    );
    fs::write(&first.certificate, "no certificate").unwrap();
    let renewed = Pair::write(&folder, "second", &["second.test"]);
    eventually("new connections get the renewed certificate", || {
        secure::connect(larder.address(), "second.test", &renewed, &["http/1.1"]).ok()
    });
    secure::connect(larder.address(), "first.test", &kept, &["http/1.1"]).unwrap();
    holds("the other is said to be broken", || {
        larder.log().contains("first.pem")
            && larder.metric("larder_reload_failures_total{what=\"certificate\"}") == 1
    });
    secure::connect(larder.address(), "first.test", &kept, &["http/1.1"]).unwrap();
}

#[test]
fn a_client_gets_the_certificate_of_the_host_it_names() {
    let site = documents();
    let folder = site.beside("");
    let first = Pair::write(&folder, "first", &["first.test"]);
    let second = Pair::write(&folder, "second", &["second.test", "*.second.test"]);
    let larder = Larder::under(&site, &format!("{}{}", first.table(), second.table()));
    for (host, pair) in [
        ("first.test", &first),
        ("second.test", &second),
        ("www.second.test", &second),
    ] {
        let mut stream = secure::connect(larder.address(), host, pair, &["http/1.1"]).unwrap();
        assert!(
            secure_get(&mut stream, "/style.css")
                .unwrap()
                .starts_with("HTTP/1.1 200")
        );
    }
    assert!(secure::connect(larder.address(), "first.test", &second, &["h2"]).is_err());
}

#[test]
fn hsts_goes_out_over_tls_and_only_when_asked() {
    let site = documents();
    let folder = site.beside("");
    let pair = Pair::write(&folder, "own", &["larder.test"]);
    let field = "strict-transport-security: max-age=31536000";
    for (key, is_sent) in [("hsts = \"max-age=31536000\"\n", true), ("", false)] {
        let policy = format!(
            "[server]\nredirect-http = \"127.0.0.1:0\"\n{key}{}",
            pair.table()
        );
        let larder = Larder::under(&site, &policy);
        let mut stream =
            secure::connect(larder.address(), "larder.test", &pair, &["http/1.1"]).unwrap();
        for target in ["/style.css", "/missing"] {
            let said = secure_get(&mut stream, target)
                .unwrap()
                .to_ascii_lowercase();
            assert_eq!(said.contains(field), is_sent, "{said}");
        }
        let plain = Connection::open(larder.plain()).ask(&Ask::get("/"));
        plain.lacks("strict-transport-security");
    }
}

/// RFC 6797 §8.1: an error is as good an occasion as any to say that a host wants TLS.
#[test]
fn hsts_goes_out_with_errors_that_the_site_has_no_part_in() {
    let site = documents();
    let folder = site.beside("");
    let pair = Pair::write(&folder, "own", &["larder.test"]);
    let field = "strict-transport-security: max-age=60";
    let keys = "hsts = \"max-age=60\"\nmax-head-size = \"2KiB\"\nmax-connections = 2\nkeep-alive = \"1h\"\n";
    let policy = format!(
        "[server]\nredirect-http = \"127.0.0.1:0\"\n{keys}{}",
        pair.table()
    );
    let larder = Larder::under(&site, &policy);
    let connect =
        || secure::connect(larder.address(), "larder.test", &pair, &["http/1.1"]).unwrap();
    let large = format!("/style.css?{}", "x".repeat(3000));
    let mut held = connect();
    for (target, status) in [(large.as_str(), 414), ("/style.css", 200)] {
        let said = secure_get(&mut held, target).unwrap().to_ascii_lowercase();
        assert!(said.starts_with(&format!("http/1.1 {status}")), "{said}");
        assert!(said.contains(field), "{said}");
    }
    let mut plain = Connection::open(larder.plain());
    let large = Ask::get("/style.css").with("X", vec![b'x'; 3000]);
    plain
        .ask(&large)
        .is_error(431)
        .lacks("strict-transport-security");
    // There is room for two.
    let said = secure_get(&mut connect(), "/style.css").unwrap();
    let said = said.to_ascii_lowercase();
    assert!(said.starts_with("http/1.1 503"), "{said}");
    assert!(said.contains(field), "{said}");
    for method in ["GET", "HEAD"] {
        let refused = http2::client::ask(larder.address(), &pair, method, &["/style.css"]);
        let refused = refused[0].as_ref().expect("a reply");
        assert_eq!(refused.status, 503);
        assert_eq!(refused.fields["strict-transport-security"], "max-age=60");
        // RFC 9110 §9.3.2: a reply to HEAD has the length, and no content.
        assert_eq!(refused.content.is_empty(), method == "HEAD");
        assert_ne!(refused.fields["content-length"], "0");
    }
}

/// What was decided on is not what was sent: a file that is not as it was any more is a 503, and no 200.
#[test]
fn metrics_count_what_was_sent_where_content_cannot_be_read_any_more() {
    let site = documents();
    site.write("large.bin", vec![b'x'; 48 << 20]);
    let policy = site.policy(ADMIN);
    let larder = Larder::with(&site, &["--policy", &policy, "--no-watch"]);
    let whole = "larder_requests_total{class=\"asset\",status=\"200\"}";
    let error = "larder_requests_total{class=\"error\",status=\"503\"}";
    larder.get("/large.bin").is(200);
    assert_eq!((larder.metric(whole), larder.metric(error)), (1, 0));
    site.write("large.bin", "no longer");
    larder.get("/large.bin").is_error(503);
    assert_eq!((larder.metric(whole), larder.metric(error)), (1, 1));
}

#[test]
fn plain_http_is_sent_to_https_for_whom_the_certificates_are_for_and_nobody_else() {
    let site = documents();
    site.write(".well-known/acme-challenge/token", "of another tool");
    let folder = site.beside("");
    let names = ["larder.test", "*.larder.test", "192.0.2.1", "2001:db8::1"];
    let pair = Pair::write(&folder, "own", &names);
    let policy = format!(
        "[server]\nredirect-http = \"127.0.0.1:0\"\n{}",
        pair.table()
    );
    let larder = Larder::under(&site, &policy);
    let port = larder.address().port();
    let ask = |target: &str, host: &str| {
        Connection::open(larder.plain()).ask(&Ask::get(target).with("Host", host))
    };
    for (target, host, location) in [
        (
            "/a?b=c",
            "larder.test",
            format!("https://larder.test:{port}/a?b=c"),
        ),
        (
            "/",
            "WWW.Larder.Test:80",
            format!("https://www.larder.test:{port}/"),
        ),
        (
            "//evil.example/",
            "larder.test",
            format!("https://larder.test:{port}//evil.example/"),
        ),
        (
            "http://larder.test?b=c",
            "larder.test",
            format!("https://larder.test:{port}/?b=c"),
        ),
        ("*", "larder.test", format!("https://larder.test:{port}/")),
        ("/a", "192.0.2.1:80", format!("https://192.0.2.1:{port}/a")),
        (
            "/a",
            "[2001:DB8:0::1]",
            format!("https://[2001:db8::1]:{port}/a"),
        ),
    ] {
        ask(target, host)
            .is(308)
            .has("location", &location)
            .has("cache-control", "no-cache");
    }
    for host in [
        "evil.example",
        "larder.test.evil.example",
        "a.b.larder.test",
        "127.0.0.1",
        "[::1]",
    ] {
        ask("/", host).is_error(421).lacks("location");
    }
    for (target, host) in [
        ("/", "a b"),
        ("/", "user@larder.test"),
        ("/", "larder.test/x"),
        ("/", "larder.test:x"),
        ("/", "[192.0.2.1]"),
        ("http://evil@larder.test/", "larder.test"),
        ("http://larder.test/", "a b"),
    ] {
        ask(target, host).is_error(400).lacks("location");
    }
    ask("/.well-known/acme-challenge/token", "larder.test")
        .is(200)
        .says("of another tool");
    ask("/.well-known/acme-challenge/missing", "larder.test").is(404);
}

#[test]
fn a_socket_that_was_handed_over_is_served_and_the_manager_is_told() {
    let site = documents();
    let handed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = handed.local_addr().unwrap();
    let told = site.beside("notify");
    let socket = UnixDatagram::bind(&told).unwrap();
    socket
        .set_read_timeout(Some(crate::support::eventually::DEADLINE))
        .unwrap();
    // As systemd does it: the socket as descriptor 3, and the process's own number in LISTEN_PID.
    let script = "exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"";
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh", larder::PROGRAM, "serve"])
        .arg(site.root())
        .env("NOTIFY_SOCKET", &told);
    let larder = Larder::spawn_with_input(command, 1, handed);
    assert_eq!(larder.address(), address);
    larder.get("/style.css").is(200);
    let mut message = [0; 512];
    let length = socket.recv(&mut message).expect("READY=1 comes");
    let text = String::from_utf8_lossy(&message[..length]).into_owned();
    assert!(
        text.contains("READY=1") && text.contains("STATUS=serving http"),
        "{text}"
    );
    larder.signal(Signal::TERM);
    let length = socket.recv(&mut message).expect("STOPPING=1 comes");
    assert!(String::from_utf8_lossy(&message[..length]).contains("STOPPING=1"));
}

/// So many reloads show whether memory is flat.
const SETTLED: usize = 100;

/// How large the file is that changes, in bytes: each snapshot that is kept takes as much.
const SIZE: usize = 512 * 1024;

/// Reloads under load: `rounds` of them.
fn reload_under_load(rounds: usize) {
    let version = |round: usize| format!("{round:08}").repeat(SIZE / 8);
    let site = Site::in_memory(&[
        ("index.html", "<title>x</title>".to_owned()),
        ("a.txt", version(0)),
    ]);
    let larder = Larder::under(&site, ADMIN);
    let (is_over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let tags = Mutex::new(HashMap::new());
    let mut memory = Vec::new();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut connection = Connection::open(larder.address());
                while !is_over.load(Ordering::Relaxed) {
                    let answer = connection.ask(&Ask::get("/a.txt"));
                    answer.is(200);
                    let text = answer.text();
                    let (round, _) = text.split_at(8);
                    assert!(text == round.repeat(SIZE / 8), "one snapshot, and no other");
                    // One content, one tag: a tag of another snapshot would be a second one.
                    let mut tags = tags.lock().expect("no reader panicked");
                    let tag = tags.entry(round.to_owned()).or_insert_with(|| answer.tag());
                    assert_eq!(*tag, answer.tag());
                    drop(tags);
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for round in 1..=rounds {
            let rule = "[[rule]]\nname = \"round\"\npaths = [\"/a.txt\"]\n";
            site.policy(&format!(
                "{ADMIN}{rule}cache-control = \"max-age={round}\"\n"
            ));
            site.replace("a.txt", version(round));
            larder.signal(Signal::HUP);
            larder.until_it_serves("/a.txt", version(round));
            memory.push(larder.resident());
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(asked.load(Ordering::Relaxed) > rounds);
    holds("no snapshot is left but the one that is served", || {
        larder.metric("larder_snapshots") == 1
    });
    // What is free goes back to the system now and then, so memory swings, and the first rounds fill the pools of the allocator and the coders.
    // What is kept does not go back: then the least of the last quarter would be above all of the second.
    if rounds >= SETTLED {
        let most = memory[rounds / 4..rounds / 2].iter().max();
        let least = memory[rounds * 3 / 4..].iter().min();
        let (most, least) = (most.expect("rounds"), least.expect("rounds"));
        assert!(
            *least < most + (rounds / 4 * SIZE / 2) as u64,
            "memory grew from {most} to {least}: {memory:?}"
        );
    }
}

#[test]
fn a_reload_under_load_fails_no_request_and_mixes_no_snapshots() {
    reload_under_load(12);
}

#[test]
#[ignore = "half a minute: cargo xtask test"]
fn five_hundred_reloads_under_load_fail_no_request_and_leave_memory_flat() {
    reload_under_load(500);
}
