//! `larder build` as whoever runs it sees it: a folder in, a folder out, an exit code, and what it says.
//!
//! What is done with a reference or a name is tested where it is decided, in `src/fingerprint`. These tests are about the folder: what is published, when,
//! what is refused, and what survives a full disk, a killed process and a second build.

#![expect(
    clippy::print_stderr,
    reason = "a test that is skipped says so, and why"
)]

#[path = "../support/mod.rs"]
mod support;

mod codings;
mod faults;
mod output;
mod previous;
mod refusals;
mod serving;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use support::{Site, larder::PROGRAM};

/// How a build ended.
struct Built {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// A site, and a place for its releases beside it.
struct Work {
    site: Site,
}

impl Work {
    fn of<C: AsRef<[u8]>>(files: &[(&str, C)]) -> Self {
        Self {
            site: Site::of(files),
        }
    }

    /// A hand-written site with something of every kind.
    fn classic() -> Self {
        Self::of(&[
            ("index.html", INDEX),
            ("about/index.html", ABOUT),
            ("css/site.css", STYLE),
            ("js/app.js", SCRIPT),
            ("js/words.js", WORDS),
            ("image/dot.svg", DOT),
            ("robots.txt", "User-agent: *\n"),
        ])
    }

    fn out(&self) -> PathBuf {
        self.site.beside("release")
    }

    /// `larder build SITE -o OUT` with the defaults.
    fn build(&self) -> Built {
        self.build_with(&[])
    }

    fn build_with(&self, arguments: &[&str]) -> Built {
        self.build_to(&self.out(), arguments)
    }

    fn build_to(&self, out: &Path, arguments: &[&str]) -> Built {
        self.run(&self.site.root(), out, arguments)
    }

    fn run(&self, site: &Path, out: &Path, arguments: &[&str]) -> Built {
        Built::by(self.command(site, out).args(arguments))
    }

    fn command(&self, site: &Path, out: &Path) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("build").arg(site).arg("-o").arg(out);
        command.env("LARDER_CACHE_DIR", self.site.beside("codings"));
        command
    }

    fn released(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.out())
    }

    /// Everything beside the site, but for the cache: whatever a build left there.
    fn beside(&self) -> Vec<String> {
        let parent = self.site.beside("");
        let mut names: Vec<String> = fs::read_dir(parent)
            .expect("the folder is there")
            .map(|entry| entry.expect("it can be read").file_name())
            .filter_map(|name| name.into_string().ok())
            .filter(|name| name != "codings" && name != "www")
            .collect();
        names.sort();
        names
    }
}

impl Built {
    fn by(command: &mut Command) -> Self {
        let output = command.output().expect("cargo built the program");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("it prints UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("it prints UTF-8"),
        }
    }

    #[track_caller]
    fn succeeds(&self) -> &Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// It did nothing, and says why in these words.
    #[track_caller]
    fn is_refused(&self, words: &str) -> &Self {
        assert_eq!(self.code, Some(2), "{}", self.stderr);
        assert!(
            self.stderr.contains(words),
            "`{words}` is not in:\n{}",
            self.stderr
        );
        assert_eq!(self.stdout, "");
        self
    }

    #[track_caller]
    fn says(&self, words: &str) -> &Self {
        assert!(
            self.stderr.contains(words),
            "`{words}` is not in:\n{}",
            self.stderr
        );
        self
    }
}

/// Every file below `folder`, by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("it is a folder") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("it is below");
                let name = below.to_str().expect("it is UTF-8").to_owned();
                files.insert(name, fs::read(&path).expect("it can be read"));
            }
        }
    }
    files
}

/// The manifest of a release, as anybody can read it.
fn manifest(out: &Path) -> serde_json::Value {
    let text = fs::read(out.join(".larder/manifest.json")).expect("a release has one");
    serde_json::from_slice(&text).expect("it is JSON")
}

/// SHA-256, in hexadecimal digits.
fn digest(content: &[u8]) -> String {
    hex::encode(<sha2::Sha256 as sha2::Digest>::digest(content))
}

/// The name in `released` of the form `stem.16 digits.extension`.
#[track_caller]
fn fingerprinted(released: &BTreeMap<String, Vec<u8>>, stem: &str, extension: &str) -> String {
    let is_it = |name: &&String| {
        name.strip_prefix(stem)
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.strip_suffix(extension))
            .and_then(|rest| rest.strip_suffix('.'))
            .is_some_and(|digits| digits.len() == 16)
    };
    released
        .keys()
        .find(is_it)
        .unwrap_or_else(|| {
            panic!(
                "no fingerprinted {stem}.{extension} in {:?}",
                released.keys()
            )
        })
        .clone()
}

const INDEX: &str = "<!doctype html>\n<title>Larder</title>\n<link rel=stylesheet href=css/site.css>\n\
    <img src=image/dot.svg alt=dot>\n<script type=module src=js/app.js></script>\n<a href=about/>About</a>\n";
const ABOUT: &str = "<!doctype html>\n<title>About</title>\n<link rel=stylesheet href=../css/site.css>\n<p>About.\n";
const STYLE: &str = "body { background: url(../image/dot.svg); color: teal }\nmain { margin: 0 auto; max-width: 60rem; padding: 1rem }\n\
    h1, h2, h3 { margin: 0 auto; max-width: 60rem; padding: 1rem }\np { margin: 0 auto; max-width: 60rem; padding: 1rem }\n\
    a { margin: 0 auto; max-width: 60rem; padding: 1rem }\nli { margin: 0 auto; max-width: 60rem; padding: 1rem }\n";
const SCRIPT: &str = "import { words } from './words.js';\ndocument.body.append(words);\n";
const WORDS: &str = "export const words = 'what keeps and what goes off';\n";
const DOT: &str = "<svg xmlns='http://www.w3.org/2000/svg'><circle r='4'/></svg>\n";
