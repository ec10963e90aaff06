//! The timeline of `larder explain` is what Chromium does: which status comes back on which kind of visit, and how many bytes.

use std::process::Command;

use larder::explain::{Explanation, Visited};

use crate::{
    chromium::Chromium,
    support::{Ask, Larder, Site, eventually, larder::PROGRAM},
    tab::{Tab, Visit},
};

/// `3e5b7ab69fb7d67b` is how the SHA-256 digest of its content begins.
const SCRIPT: &str = "assets/app-3e5b7ab69fb7d67b.js";
const SCRIPT_CONTENT: &str = "console.log(\"app\")\n";
/// What the page has, and what is looked at: revalidated, immutable, kept for an hour, revalidated.
const LOOKED_AT: [&str; 4] = [
    "/",
    "/assets/app-3e5b7ab69fb7d67b.js",
    "/style.css",
    "/logo.svg",
];

const POLICY: &str = "[[rule]]
name = \"styles\"
media = \"text/css\"
cache-control = \"max-age=3600\"
";

fn page(words: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=en>\n<title>Explained</title>\n<link rel=icon href=data:,>\n\
         <link rel=stylesheet href=/style.css>\n<script type=module src=/{SCRIPT}></script>\n\
         <img src=/logo.svg alt=''>\n<p>{}</p>\n",
        words.repeat(60)
    )
}

fn logo(colour: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8' fill='{colour}'/></svg>"
    )
}

/// Browser, server, site, and the program that explains.
struct Setting {
    chromium: Chromium,
    larder: Larder,
    site: Site,
    policy: String,
}

impl Setting {
    fn new() -> Self {
        let site = Site::of(&[
            ("index.html", page("before ")),
            (
                "other.html",
                "<!doctype html><title>Other</title><link rel=icon href=data:,><a href=/>home</a>"
                    .to_owned(),
            ),
            (SCRIPT, SCRIPT_CONTENT.to_owned()),
            ("style.css", "p { color: teal }\n".to_owned()),
            ("logo.svg", logo("teal")),
        ]);
        let policy = site.policy(POLICY);
        let larder = Larder::with(&site, &["--policy", &policy]);
        larder.until_coded();
        Self {
            chromium: Chromium::start(),
            larder,
            site,
            policy,
        }
    }

    /// The timeline of `path`, for a site as it is now.
    fn timeline(&self, path: &str) -> Vec<Visited> {
        let codings = tempfile::tempdir().expect("a temporary folder can be made");
        let output = Command::new(PROGRAM)
            .arg("explain")
            .arg(self.site.root())
            .args([path, "--policy", &self.policy, "--json"])
            .env("LARDER_CACHE_DIR", codings.path())
            .output()
            .expect("cargo built the program");
        let explanation: Explanation =
            serde_json::from_slice(&output.stdout).expect("an explanation");
        explanation.visits
    }

    /// Asserts that `visit` went as the timeline says for a visit of this kind.
    #[track_caller]
    fn is_as_told(&self, kind: &str, visit: &Visit) {
        for path in LOOKED_AT {
            let told = self.timeline(path);
            let told = told.iter().find(|told| told.visit == kind);
            let told = told.unwrap_or_else(|| panic!("{kind} is told"));
            let really = visit.fetched.iter().find(|fetched| fetched.path == path);
            let really = really.map(|fetched| (fetched.network_status, fetched.bytes));
            let expected = (told.status.map(u64::from), told.bytes);
            // What a restored page or the memory of a tab has is not asked for at all.
            assert_eq!(
                really.unwrap_or((None, 0)),
                expected,
                "{kind} of {path}: {visit:#?}"
            );
        }
    }

    fn elsewhere(&self) -> Tab {
        let mut tab = self.chromium.tab();
        tab.visit(&self.larder.url("/other"));
        tab
    }

    fn by_link(&self) -> Visit {
        self.elsewhere()
            .leave("document.querySelector('a').click()")
    }

    /// Waits until `path` is served with `content`, in a coding if it has one.
    fn until_deployed(&self, path: &str, content: &str, is_coded: bool) {
        self.larder.until_it_serves(path, content);
        if is_coded {
            eventually("its codings", || {
                let ask = Ask::get(path).with("Accept-Encoding", "gzip, deflate, br, zstd");
                self.larder.ask(&ask).field("Content-Encoding").map(|_| ())
            });
        }
    }
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn each_kind_of_visit_goes_as_it_is_told() {
    let setting = Setting::new();
    let home = setting.larder.url("/");
    let mut tab = setting.elsewhere();
    let first = tab.visit(&home);
    setting.is_as_told("first-visit", &first);
    setting.is_as_told("reload", &tab.reload(false));
    setting.is_as_told("hard-reload", &tab.reload(true));
    setting.is_as_told("typed", &setting.elsewhere().visit(&home));
    setting.is_as_told("link", &setting.by_link());
    let mut tab = setting.elsewhere();
    tab.visit(&home);
    tab.leave("location.href = '/other'");
    setting.is_as_told("back", &tab.leave("history.back()"));
}

#[test]
#[ignore = "needs Chromium: cargo xtask test"]
fn a_deploy_goes_as_it_is_told() {
    let setting = Setting::new();
    setting.elsewhere().visit(&setting.larder.url("/"));
    setting
        .site
        .write("more.txt", "a deploy that changed something else");
    setting.until_deployed("/more.txt", "a deploy that changed something else", false);
    setting.is_as_told("deploy-unchanged", &setting.by_link());

    setting.site.write("index.html", page("after "));
    setting.site.write("logo.svg", logo("tomato"));
    setting.site.write("style.css", "p { color: tomato }\n");
    setting.until_deployed("/", &page("after "), true);
    setting.until_deployed("/logo.svg", &logo("tomato"), false);
    let visit = setting.by_link();
    for path in ["/", "/style.css", "/logo.svg"] {
        let told = setting.timeline(path);
        let told = told
            .iter()
            .find(|told| told.visit == "deploy-changed")
            .expect("it is told");
        let really = visit.fetched.iter().find(|fetched| fetched.path == path);
        let really = really.map_or((None, 0), |fetched| (fetched.network_status, fetched.bytes));
        assert_eq!(
            really,
            (told.status.map(u64::from), told.bytes),
            "{path}: {visit:#?}"
        );
    }
}
