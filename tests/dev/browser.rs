//! The protocol of live reload, spoken by a client that is no browser.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket, client::IntoClientRequest, handshake::HandshakeError};

use crate::support::{Larder, Site, eventually, eventually::DEADLINE};

/// A connected page.
pub(crate) struct Page(WebSocket<TcpStream>);

impl Page {
    /// Connects as a page of `larder` that has been loading for `age` milliseconds.
    pub(crate) fn open(larder: &Larder, age: u32) -> Self {
        let mut page = Self::connect(larder, "/-/larder/live", None).expect("it is our own page");
        page.send(&json!({ "age": age }).to_string());
        page
    }

    /// Opens a WebSocket, as a page of `origin`.
    pub(crate) fn connect(
        larder: &Larder,
        path: &str,
        origin: Option<&str>,
    ) -> Result<Self, String> {
        let url = format!("ws://{}{path}", larder.address());
        let mut request = url.into_client_request().expect("it is a URL");
        if let Some(origin) = origin {
            let origin = origin.parse().expect("it is a field value");
            request.headers_mut().insert("Origin", origin);
        }
        let stream = TcpStream::connect(larder.address()).expect("larder listens");
        let timeout = Some(Duration::from_secs(30));
        stream
            .set_read_timeout(timeout)
            .expect("a socket has timeouts");
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(HandshakeError::Failure(error)) => Err(error.to_string()),
            Err(HandshakeError::Interrupted(_)) => Err("no answer".to_owned()),
        }
    }

    pub(crate) fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).expect("larder listens");
    }

    /// The next text.
    #[track_caller]
    pub(crate) fn text(&mut self) -> String {
        let start = Instant::now();
        loop {
            // Whoever is only asked whether they are still there has not been told anything.
            assert!(start.elapsed() < DEADLINE, "nothing is told");
            match self.0.read().expect("a message before the deadline") {
                Message::Text(text) => return text.to_string(),
                Message::Close(_) => panic!("it was closed"),
                _ => {}
            }
        }
    }

    /// The next message.
    #[track_caller]
    pub(crate) fn hear(&mut self) -> Value {
        serde_json::from_str(&self.text()).expect("messages are JSON")
    }

    /// The next message of this type; others are passed over.
    #[track_caller]
    pub(crate) fn wait(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear();
            if message["type"] == kind {
                return message;
            }
        }
    }
}

/// Serves `site` for its developer.
pub(crate) fn dev(site: &Site, arguments: &[&str]) -> Larder {
    Larder::dev(site, arguments)
}

fn site() -> Site {
    Site::in_memory(&[
        (
            "index.html",
            "<!doctype html><head><link rel=stylesheet href=a.css><script src=a.js></script>",
        ),
        ("a.css", "body { color: red }"),
        ("a.js", "1"),
        ("a.png", "not really"),
    ])
}

#[test]
fn a_page_is_told_what_it_can_do_about_a_change() {
    let site = site();
    let larder = dev(&site, &[]);
    let (mut one, mut other) = (Page::open(&larder, 0), Page::open(&larder, 0));
    let hello = one.hear();
    assert_eq!(hello["type"], "hello");
    assert_eq!(hello, other.hear());
    for (file, kind) in [
        ("a.css", "css"),
        ("a.png", "image"),
        ("a.js", "reload"),
        ("index.html", "reload"),
    ] {
        site.replace(file, format!("/* changed: {file} */"));
        for page in [&mut one, &mut other] {
            let message = page.wait(kind);
            assert_eq!(message["paths"], json!([format!("/{file}")]), "{message}");
            if kind != "reload" {
                assert_ne!(message["snapshot"], hello["snapshot"]);
            }
        }
    }
}

#[test]
fn a_page_that_was_loading_meanwhile_is_told_too() {
    let site = site();
    let larder = dev(&site, &[]);
    site.replace("a.js", "2");
    larder.until_it_serves("/a.js", "2");
    let mut late = Page::open(&larder, 60_000);
    assert_eq!(late.wait("reload")["paths"], json!(["/a.js"]));
}

#[test]
fn after_a_restart_an_unchanged_site_has_the_same_mark_and_a_changed_one_another() {
    let site = site();
    let mark = |larder: &Larder| Page::open(larder, 0).hear()["snapshot"].clone();
    let first = mark(&dev(&site, &[]));
    assert_eq!(first, mark(&dev(&site, &[])));
    site.replace("a.css", "body { color: blue }");
    assert_ne!(first, mark(&dev(&site, &[])));
}

#[test]
fn what_is_wrong_is_told_and_that_it_was_mended() {
    let site = site();
    let larder = dev(&site, &[]);
    let mut page = Page::open(&larder, 0);
    page.wait("hello");

    site.replace("a.js", "const a = 1;\nconst = 2;");
    let problem = page.wait("overlay")["problems"][0].clone();
    assert_eq!(
        (&problem["file"], &problem["line"], &problem["column"]),
        (&json!("a.js"), &json!(2), &json!(7)),
        "{problem}"
    );
    site.replace("a.js", "const a = 1;");
    page.wait("clear");

    site.replace(
        "index.html",
        "<!doctype html>\n<script src=\"<b>gone.js\"></script>",
    );
    let problem = page.wait("overlay")["problems"][0].clone();
    assert_eq!(
        (&problem["line"], &problem["column"]),
        (&json!(2), &json!(14)),
        "{problem}"
    );
    assert!(
        problem["title"].as_str().unwrap().contains("<b>gone.js"),
        "as text: {problem}"
    );
    site.write("<b>gone.js", "1");
    page.wait("clear");

    std::fs::write(site.beside("policy.toml"), "[cache]\nassets = 3\n").unwrap();
    let problem = page.wait("overlay")["problems"][0].clone();
    assert_eq!(
        (&problem["line"], &problem["column"]),
        (&json!(2), &json!(1)),
        "{problem}"
    );
    assert!(
        problem["help"].as_str().unwrap().contains("asset"),
        "{problem}"
    );
    let mut late = Page::open(&larder, 0);
    late.wait("overlay");
    eventually("the same in the terminal", || {
        larder.log().contains("policy.toml:2:1").then_some(())
    });
    std::fs::write(
        site.beside("policy.toml"),
        "[cache]\nasset = \"no-cache\"\n",
    )
    .unwrap();
    page.wait("clear");
    larder.get("/a.css").is(200);
}

#[test]
fn a_policy_with_errors_at_the_start_is_shown_and_the_defaults_hold_until_it_is_mended() {
    for named in [false, true] {
        let site = site();
        let policy = site.policy("[cache]\nassets = 3\n");
        let arguments: &[&str] = if named { &["--policy", &policy] } else { &[] };
        let larder = dev(&site, arguments);
        let mut page = Page::open(&larder, 0);
        let problem = page.wait("overlay")["problems"][0].clone();
        assert_eq!(
            (&problem["line"], &problem["column"]),
            (&json!(2), &json!(1)),
            "{problem}"
        );
        let help = problem["help"].as_str().unwrap();
        assert!(help.contains("the defaults are in force"), "{help}");
        eventually("the same in the terminal", || {
            let log = larder.log();
            let is_said = log.contains("policy.toml:2:1") && log.contains("the defaults");
            is_said.then_some(())
        });
        larder.get("/a.js").is(200).says("1");
        site.replace("a.js", "2");
        larder.until_it_serves("/a.js", "2");
        site.policy("[headers]\nX-Mended = \"yes\"\n");
        page.wait("clear");
        larder.get("/a.js").has("X-Mended", "yes");
    }
}

#[test]
fn an_error_is_a_page_that_goes_away_when_the_file_comes() {
    let site = Site::in_memory(&[("index.html", "<!doctype html>home"), ("b.html", "b")]);
    let larder = dev(&site, &[]);
    for (target, status) in [("/new.html", 404), ("/new/", 404), ("/%zz", 400)] {
        let page = larder.navigate(target);
        page.is(status)
            .has("Content-Type", "text/html; charset=utf-8");
        assert!(page.text().contains("/-/larder/live.js"), "{}", page.text());
        assert!(page.text().contains(&status.to_string()), "{}", page.text());
        assert!(
            page.text().contains("loads itself again"),
            "{}",
            page.text()
        );
        let fetched = larder.get(target);
        fetched.is(status);
        assert!(!fetched.text().contains("live.js"), "{}", fetched.text());
    }
    let mut page = Page::open(&larder, 0);
    site.write("new.html", "<!doctype html>new");
    page.wait("reload");
    assert!(larder.navigate("/new.html").text().contains("new"));
    site.write("404.html", "<!doctype html><head><title>ours</title>");
    let own = || {
        let page = larder.navigate("/gone/");
        let is_own = page.text().contains("<title>ours");
        (page.status == 404 && is_own && page.text().contains("live.js")).then_some(())
    };
    eventually("the site's own document with the script", own);
}

#[test]
fn everything_is_revalidated_and_the_tag_is_that_of_what_is_sent() {
    let site = site();
    let larder = dev(&site, &[]);
    let page = larder.navigate("/");
    page.is(200).has("Cache-Control", "no-cache");
    assert!(
        page.text()
            .contains("<head><script src=\"/-/larder/live.js\" async></script>"),
        "{}",
        page.text()
    );
    let ask = crate::support::Ask::get("/")
        .navigating()
        .with("If-None-Match", page.tag());
    larder.ask(&ask).is(304);
    larder
        .get("/a.js")
        .is(200)
        .has("Cache-Control", "no-cache")
        .says("1");
    larder
        .get("/-/larder/live.js")
        .is(200)
        .has("Cache-Control", "no-store");
    larder
        .get("/gone.js")
        .is(404)
        .has("Cache-Control", "no-store");
    let part = crate::support::Ask::get("/").with("Range", "bytes=15-30");
    assert_eq!(larder.ask(&part).is(206).content, page.content[15..=30]);
}

#[test]
fn as_deployed_a_save_is_a_deploy() {
    let site = site();
    let larder = dev(&site, &["--as-deployed"]);
    let name = |page: &str| {
        let start = page
            .find("href=")
            .unwrap_or_else(|| panic!("no style: {page}"));
        let name = page[start + 5..]
            .split(['>', ' '])
            .next()
            .unwrap_or_default();
        name.trim_matches(['"', '/']).to_owned()
    };
    let before = name(&larder.navigate("/").text());
    larder
        .get(&format!("/{before}"))
        .is(200)
        .has("Cache-Control", "public, max-age=31536000, immutable");
    let mut page = Page::open(&larder, 0);
    assert_eq!(page.hear()["asDeployed"], true);
    site.replace("a.css", "body { color: green }");
    page.wait("reload");
    let after = name(&larder.navigate("/").text());
    assert_ne!(before, after);
    larder
        .get(&format!("/{after}"))
        .is(200)
        .says("body { color: green }");
}
