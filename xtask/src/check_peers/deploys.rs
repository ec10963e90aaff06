//! Two deploys that visitors pay for although no field looks wrong, replayed on each server.
//!
//! Other bytes under the same length and time are what a reproducible build makes of a changed literal: its files have one fixed date. A
//! server that makes its entity tag from length and time answers 304, and the old code stays (RFC 9110 §8.8.1). A new document that `/` has
//! and a route has not is what a server shows that read its fallback at the start.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    thread,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, ensure};

use crate::peers::ask::{Answer, ask};

/// What a server gets to notice a change, which all but those that look at each request have to.
const NOTICE: Duration = Duration::from_secs(3);

/// What became of the two deploys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deploys {
    /// The status of a conditional request, after the bytes changed and neither length nor time did.
    pub(super) changed: u16,
    /// Does a route show the new document, once `/` does?
    pub(super) has_new_route: bool,
}

/// A script of the site that is served, and the old and the new word in it.
const SCRIPT: &str = "/assets/plain.js";
const WORDS: (&str, &str) = ("hashed", "banana");

/// Deploys twice into `site`, which `server` serves.
pub(super) fn replay(server: SocketAddr, site: &Path) -> anyhow::Result<Deploys> {
    Ok(Deploys {
        changed: change(server, site)?,
        has_new_route: swap(server, site)?,
    })
}

fn change(server: SocketAddr, site: &Path) -> anyhow::Result<u16> {
    let file = site.join(SCRIPT.trim_start_matches('/'));
    let modified = fs::metadata(&file)?.modified()?;
    let before = ask(server, "GET", SCRIPT, &[]);
    ensure!(before.status == 200, "{SCRIPT}: {}", before.status);
    let old = String::from_utf8(before.content.clone())?;
    ensure!(old.contains(WORDS.0), "{SCRIPT} is not what was written");
    let new = old.replace(WORDS.0, WORDS.1);
    put(&file, &new, modified)?;
    until(|| {
        let now = ask(server, "GET", SCRIPT, &[]);
        now.content == new.as_bytes()
    });
    let mut fields = Vec::new();
    let (tag, date) = (before.field("etag"), before.field("last-modified"));
    fields.extend(tag.as_deref().map(|tag| ("If-None-Match", tag)));
    fields.extend(date.as_deref().map(|date| ("If-Modified-Since", date)));
    Ok(ask(server, "GET", SCRIPT, &fields).status)
}

fn swap(server: SocketAddr, site: &Path) -> anyhow::Result<bool> {
    const MARK: &str = "<!-- the next release -->";
    let index = site.join("index.html");
    let text = fs::read_to_string(&index)? + MARK;
    put(&index, &text, SystemTime::now())?;
    let is_new = |answer: &Answer| String::from_utf8_lossy(&answer.content).contains(MARK);
    let navigation = [("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate")];
    let get = |target: &str| ask(server, "GET", target, &navigation);
    let arrived = until(|| is_new(&get("/")));
    ensure!(arrived, "the new document is not shown at /");
    Ok(is_new(&get("/some/route")))
}

/// A new file in the place of the old one, as deploys do it.
fn put(file: &Path, text: &str, modified: SystemTime) -> anyhow::Result<()> {
    let next = file.with_extension("next");
    fs::write(&next, text)?;
    fs::File::options()
        .write(true)
        .open(&next)?
        .set_modified(modified)?;
    fs::rename(&next, file).with_context(|| format!("{} cannot be replaced", file.display()))
}

fn until(mut is_so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < NOTICE {
        if is_so() {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    is_so()
}
