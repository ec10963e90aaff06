//! The program, as people and scripts use it: `larder explain`, its exit codes, and the answer of a real server to the same request.

use std::process::{Command, Output};

use larder::explain::Explanation;

use super::support::{Ask, Larder, Site, larder::PROGRAM};

const POLICY: &str = "[[rule]]
name = \"pictures\"
media = \"image/*\"
cache-control = \"max-age=60\"
[[rule]]
name = \"short\"
status = 404
cache-control = \"max-age=10\"
[[redirect]]
from = \"/old/*\"
to = \"/docs/:splat\"
[headers]
\"Referrer-Policy\" = \"no-referrer\"
";

fn shop() -> Site {
    let long = "a line that is worth coding\n".repeat(60);
    Site::of(&[
        ("index.html", "<!doctype html><title>Home</title>"),
        (
            "docs/index.html",
            &*format!("<!doctype html><title>Docs</title>{long}"),
        ),
        ("docs/guide.html", "<!doctype html><title>Guide</title>"),
        ("404.html", "<!doctype html><title>Nothing</title>"),
        ("app.js", &*format!("/* {long} */")),
        ("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ])
}

/// Method, target, fields.
type Asked<'r> = (&'r str, &'r str, &'r [(&'r str, &'r str)]);

fn larder(arguments: &[&str]) -> Output {
    let codings = tempfile::tempdir().expect("a temporary folder can be made");
    Command::new(PROGRAM)
        .args(arguments)
        .env("LARDER_CACHE_DIR", codings.path())
        .env("COLUMNS", "80")
        .output()
        .expect("cargo built the program")
}

#[track_caller]
fn json(arguments: &[&str]) -> Explanation {
    let output = larder(&[arguments, &["--json"]].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    serde_json::from_slice(&output.stdout).expect("it is the JSON that is documented")
}

#[test]
fn it_says_what_a_server_answers_field_by_field() {
    let site = shop();
    let policy = site.policy(POLICY);
    let root = site.root().display().to_string();
    let server = Larder::with(&site, &["--policy", &policy]);
    server.until_coded();
    let requests: &[Asked<'_>] = &[
        ("GET", "/", &[]),
        ("GET", "/docs/", &[("Accept-Encoding", "br")]),
        ("GET", "/docs", &[]),
        (
            "GET",
            "/docs/guide?x=1",
            &[("Accept-Encoding", "gzip, zstd;q=0.5")],
        ),
        ("HEAD", "/app.js", &[("Accept-Encoding", "zstd")]),
        ("GET", "/app.js", &[("Range", "bytes=5-9")]),
        ("GET", "/app.js", &[("Range", "bytes=99999-")]),
        (
            "GET",
            "/app.js",
            &[("Accept-Encoding", "identity;q=0, *;q=0")],
        ),
        ("GET", "/logo.svg", &[]),
        ("GET", "/logo.svg", &[("If-None-Match", "*")]),
        ("GET", "/logo.svg", &[("If-Match", "\"x\"")]),
        ("GET", "/old/guide?a=b", &[]),
        ("GET", "/missing.js", &[]),
        ("GET", "/missing", &[]),
        ("GET", "/missing", &[("Accept", "application/json")]),
        ("GET", "/a//b", &[]),
        ("OPTIONS", "/", &[]),
        ("DELETE", "/", &[]),
    ];
    for (method, target, lines) in requests {
        let mut arguments = vec!["explain", &root, target, "--policy", &policy];
        arguments.extend(["--method", method]);
        let written: Vec<String> = lines
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        arguments.extend(written.iter().flat_map(|line| ["-H", line.as_str()]));
        let explanation = json(&arguments);

        let mut ask = Ask::new(method, target);
        for (name, value) in *lines {
            ask = ask.with(name, value);
        }
        let answer = server.ask(&ask);
        assert_eq!(explanation.status, answer.status, "{method} {target}");
        let mut said: Vec<(String, String)> = explanation
            .fields
            .into_iter()
            .map(|field| (field.name.to_ascii_lowercase(), field.value))
            .collect();
        let mut sent: Vec<(String, String)> = answer
            .fields
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .collect();
        // The clock goes on between the two, and the connection is the server's business.
        said.retain(|(name, _)| name != "date");
        sent.retain(|(name, _)| name != "date" && name != "connection");
        said.sort();
        sent.sort();
        assert_eq!(said, sent, "{method} {target}");
        assert_eq!(
            explanation.content_bytes,
            answer.content.len() as u64,
            "{method} {target}"
        );
    }
}

#[test]
fn a_first_visit_has_as_many_bytes_as_come_over_the_socket() {
    let site = shop();
    let root = site.root().display().to_string();
    let server = Larder::serve(&site);
    server.until_coded();
    let explanation = json(&["explain", &root, "/docs/"]);
    let ask = Ask::get("/docs/").with("Accept-Encoding", "gzip, deflate, br, zstd");
    let mut connection = super::support::Connection::open(server.address());
    connection
        .send(b"GET /docs/ HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n")
        .expect("the server is there");
    let length = usize::try_from(explanation.visits[0].bytes).expect("small");
    let taken = connection.take(length).expect("the answer comes");
    assert_eq!(taken.len(), length, "not fewer");
    let content = server.ask(&ask).content;
    assert!(taken.ends_with(&content), "and not more");
}

#[test]
fn a_404_is_an_answer_and_no_failure() {
    let site = shop();
    let output = larder(&["explain", &site.root().display().to_string(), "/missing.js"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(
        text.contains("404 Not Found") && !text.contains('\x1b'),
        "{text}"
    );
    assert!(output.stderr.is_empty());
}

#[test]
fn what_cannot_be_explained_exits_with_2_and_says_why() {
    let site = shop();
    let root = site.root().display().to_string();
    let bad_policy = site.policy("[cache]\nasset = \"max-age=600, immutable\"\n");
    let nowhere = format!("{root}/nowhere");
    for (arguments, words) in [
        (vec!["explain", &nowhere, "/"], "nowhere"),
        (vec!["explain", &root], "PATH"),
        (vec!["explain", &root, "/", "-H", "no colon"], "Name: value"),
        (
            vec!["explain", &root, "/", "--policy", &bad_policy],
            "immutable",
        ),
    ] {
        let output = larder(&arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(words), "{errors}");
    }
}

/// Every key of the JSON, however deep.
fn keys(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                found.insert(key.clone());
                keys(value, found);
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn every_key_of_the_json_is_in_the_reference() {
    let site = shop();
    let root = site.root().display().to_string();
    let policy = site.policy(POLICY);
    let mut found = std::collections::BTreeSet::new();
    for path in ["/logo.svg", "/docs/"] {
        let explanation = json(&["explain", &root, path, "--policy", &policy]);
        keys(
            &serde_json::to_value(explanation).expect("JSON"),
            &mut found,
        );
    }
    let reference = include_str!("../../docs/reference/explain.md");
    let missing: Vec<_> = found
        .iter()
        .filter(|key| !reference.contains(&format!("`{key}`")))
        .collect();
    assert!(missing.is_empty() && found.len() > 30, "{missing:?}");
}

#[test]
fn a_server_that_explains_says_what_it_answers() {
    let site = shop();
    let server = Larder::with(&site, &["--explain"]);
    server.until_coded();
    let url = server.url("/docs/guide?x=1");
    let explanation = json(&[
        "explain",
        &url,
        "-H",
        "Accept-Encoding: br",
        "--method",
        "HEAD",
    ]);
    assert_eq!(explanation.request.target, "/docs/guide?x=1");
    assert_eq!(explanation.request.method, "HEAD");
    let ask = Ask::head("/docs/guide?x=1").with("Accept-Encoding", "br");
    let answer = server.ask(&ask);
    assert_eq!(explanation.status, answer.status);
    for field in explanation
        .fields
        .iter()
        .filter(|field| field.name != "Date")
    {
        assert_eq!(answer.field(&field.name), Some(field.value.as_str()));
    }
}

#[test]
fn the_policy_can_switch_explaining_on_and_dev_always_explains() {
    let site = shop();
    let servers = [
        Larder::under(&site, "[server]\nexplain = true\n"),
        Larder::dev(&site, &[]),
        Larder::dev(&site, &["--as-deployed"]),
    ];
    for server in &servers {
        let explanation = json(&["explain", &server.url("/docs/")]);
        let answer = server.get("/docs/");
        assert_eq!(explanation.status, answer.status);
        let sent = |field: &&larder::explain::Explained| field.name != "Date";
        for field in explanation.fields.iter().filter(sent) {
            assert_eq!(answer.field(&field.name), Some(field.value.as_str()));
        }
        let forwarded = Ask::get("/")
            .with("Larder-Explain", "GET")
            .with("Via", "1.1 proxy");
        let answer = server.ask(&forwarded);
        assert_eq!(
            answer.field("Content-Type"),
            Some("text/html; charset=utf-8")
        );
    }
}

#[test]
fn only_the_machine_itself_is_explained_to() {
    let site = shop();
    let server = Larder::with(&site, &["--explain"]);
    let host = server.address().to_string();
    let asked = || {
        Ask::get("/")
            .with("Host", &host)
            .with("Larder-Explain", "GET")
    };
    let is_explained = |ask: &Ask| {
        let answer = server.ask(ask);
        answer.field("Content-Type") == Some("application/vnd.larder.explanation+json")
    };
    assert!(is_explained(&asked()));
    assert!(!is_explained(
        &asked().with("X-Forwarded-For", "203.0.113.9")
    ));
    let foreign = b"GET / HTTP/1.1\r\nHost: example.com\r\nLarder-Explain: GET\r\n\r\n";
    let mut connection = super::support::Connection::open(server.address());
    connection.send(foreign).expect("the server is there");
    let answer = connection.answer_to("GET").expect("it answers");
    answer
        .is(200)
        .has("Content-Type", "text/html; charset=utf-8");
}

/// RFC 9110 §9.3.2: what came behind the head would be taken for the next reply.
#[test]
fn head_has_no_explanation_for_content() {
    let site = shop();
    let server = Larder::with(&site, &["--explain"]);
    let host = server.address().to_string();
    let mut connection = super::support::Connection::open(server.address());
    for ask in [Ask::head("/"), Ask::get("/"), Ask::head("/"), Ask::get("/")] {
        let ask = ask.with("Host", &host).with("Larder-Explain", "GET");
        connection
            .ask(&ask)
            .is(200)
            .has("Content-Type", "application/vnd.larder.explanation+json");
    }
}

#[test]
fn a_server_that_does_not_explain_is_told_of() {
    let site = shop();
    let server = Larder::serve(&site);
    let output = larder(&["explain", &server.url("/")]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(
        errors.contains("serve --explain") && errors.contains("larder check"),
        "{errors}"
    );
}

#[test]
fn with_build_the_names_are_those_that_serve_build_gives() {
    let site = Site::of(&[
        ("index.html", "<!doctype html><script src=app.js></script>"),
        (
            "app.js",
            "console.log('an app that is long enough to be renamed')",
        ),
    ]);
    let server = Larder::with(&site, &["--build"]);
    let page = server.get("/").text();
    let name = page
        .split("src=")
        .nth(1)
        .expect("a script")
        .split('>')
        .next();
    let path = format!("/{}", name.expect("its name").trim_matches(['"', '/']));
    let root = site.root().display().to_string();
    let explanation = json(&["explain", &root, &path, "--build"]);
    assert_eq!(explanation.kind.as_deref(), Some("fingerprinted"), "{path}");
    assert_eq!(json(&["explain", &root, &path]).status, 404);
}
