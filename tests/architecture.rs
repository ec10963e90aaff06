//! The arrows of the house, read from the sources: which module uses which, and what a pure module never touches.
//!
//! The table below is the architecture; ARCHITECTURE.md draws it. A new arrow is a decision: it is added here, with the
//! reason in the change that adds it. Tests are free to use what they like, so they are cut off before anything is read.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Module, what it may use. `a::b` means: of `a` only `b`.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "dev",
            "bench",
            "audit",
            "client",
            "findings",
            "watch",
            "serve",
            "build",
            "explain",
            "origin",
            "snapshot",
            "policy",
            "fingerprint",
            "diagnostic",
            "http",
        ],
    ),
    (
        "dev",
        &[
            "client",
            "watch",
            "serve",
            "snapshot",
            "policy",
            "fingerprint",
            "diagnostic",
            "http",
        ],
    ),
    (
        "watch",
        &[
            "build",
            "snapshot",
            "policy",
            "fingerprint",
            "diagnostic",
            "http",
        ],
    ),
    ("serve", &["origin", "snapshot", "http"]),
    ("client", &["http"]),
    (
        "bench",
        &[
            "client",
            "build",
            "origin",
            "snapshot",
            "policy",
            "fingerprint",
            "http",
        ],
    ),
    (
        "audit",
        &[
            "findings",
            "client",
            "build",
            "snapshot",
            "policy",
            "fingerprint",
            "http",
        ],
    ),
    (
        "findings",
        &[
            "origin",
            "snapshot",
            "policy",
            "fingerprint",
            "diagnostic",
            "http",
        ],
    ),
    (
        "build",
        &["snapshot", "policy", "fingerprint", "diagnostic", "http"],
    ),
    ("explain", &["origin", "snapshot", "policy", "http"]),
    ("origin", &["snapshot", "http"]),
    ("snapshot", &["policy", "fingerprint", "diagnostic", "http"]),
    ("policy", &["http", "diagnostic"]),
    ("fingerprint", &["http", "diagnostic"]),
    ("http", &[]),
    ("diagnostic", &[]),
];

/// The modules that turn values into values.
const PURE: [&str; 8] = [
    "findings",
    "http",
    "diagnostic",
    "policy",
    "fingerprint",
    "snapshot",
    "origin",
    "explain",
];

/// Of the standard library, what no pure module uses. `std::net` is not here: an IP address is a value.
const IMPURE_PATHS: [&str; 4] = ["fs", "env", "thread", "process"];

/// What no pure module names, wherever it comes from.
const IMPURE_WORDS: [&str; 8] = [
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "SystemTime::now",
    "Instant::now",
    "tokio",
    "actix",
    "rayon",
];

/// The walls, as the first lines of a pure module.
const WALLS: &str = "#![deny(clippy::disallowed_methods, clippy::disallowed_types)]";

#[test]
fn every_module_uses_only_what_its_arrows_allow() {
    let mut faults = String::new();
    for source in sources() {
        let Some((_, allowed)) = ARROWS.iter().find(|(module, _)| *module == source.module) else {
            let _ = writeln!(
                faults,
                "{}: the module `{}` has no row in the table of arrows",
                source.name(),
                source.module
            );
            continue;
        };
        for path in source.paths() {
            let module = path.split("::").next().unwrap_or_default();
            let is_allowed = module == source.module
                || allowed
                    .iter()
                    .any(|arrow| path == *arrow || path.starts_with(&format!("{arrow}::")));
            if !is_allowed {
                let _ = writeln!(
                    faults,
                    "{}: `{path}`: no arrow leads from {} to it",
                    source.name(),
                    source.module
                );
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn pure_modules_name_no_file_no_socket_no_clock_and_no_thread() {
    let mut faults = String::new();
    for source in sources()
        .iter()
        .filter(|source| PURE.contains(&source.module.as_str()))
    {
        for path in paths_after("std::", &source.code) {
            let module = path.split("::").next().unwrap_or_default();
            if IMPURE_PATHS.contains(&module) {
                let _ = writeln!(faults, "{}: `std::{path}` in a pure module", source.name());
            }
        }
        for (line, text) in source.code.lines().enumerate() {
            for word in IMPURE_WORDS.iter().filter(|word| names(text, word)) {
                let _ = writeln!(
                    faults,
                    "{}:{}: `{word}` in a pure module",
                    source.name(),
                    line + 1
                );
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn pure_modules_begin_with_their_walls() {
    for module in PURE {
        let file = root().join("src").join(module).join("mod.rs");
        let text = fs::read_to_string(&file).expect("a pure module is a folder with a mod.rs");
        assert!(
            text.contains(WALLS),
            "src/{module}/mod.rs lacks `{WALLS}`: clippy does not guard it"
        );
    }
}

#[test]
fn every_header_says_what_the_module_uses_and_what_it_never_does() {
    let mut faults = String::new();
    for source in sources().iter().filter(|source| source.module != "main") {
        let header = source.header();
        let Some((_, never)) = header
            .split_once("Uses: ")
            .and_then(|(_, line)| line.split_once("· Never: "))
        else {
            let _ = writeln!(
                faults,
                "{}: its header has no line `Uses: … · Never: …`",
                source.name()
            );
            continue;
        };
        let never: Vec<&str> = never
            .split([',', '('])
            .map(|item| item.trim_matches([' ', '`']))
            .collect();
        let used: BTreeSet<String> = source
            .paths()
            .iter()
            .filter_map(|path| path.split("::").next().map(str::to_owned))
            .collect();
        for module in used
            .iter()
            .filter(|module| **module != source.module && never.contains(&module.as_str()))
        {
            let _ = writeln!(
                faults,
                "{}: uses {module}, which its header says it never does",
                source.name()
            );
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn a_group_of_imports_is_read_as_the_paths_it_means() {
    let code = "use crate::{\n    http::{Fields, EntityTag},\n    policy, snapshot::head::HeadId as Id,\n};\nfn f() { crate::build::walk() }";
    let wanted = [
        "build::walk",
        "http::EntityTag",
        "http::Fields",
        "policy",
        "snapshot::head::HeadId",
    ];
    assert_eq!(
        paths_after("crate::", code).into_iter().collect::<Vec<_>>(),
        wanted
    );
}

#[test]
fn an_import_over_several_lines_is_seen() {
    let code = "use std::{\n    collections::HashMap,\n    fs,\n};";
    assert!(paths_after("std::", code).contains("fs"));
}

#[test]
fn a_word_is_named_only_as_a_whole_and_not_in_a_comment() {
    assert!(names("use tokio::sync;", "tokio"));
    assert!(names("use actix_web::web;", "actix"));
    assert!(!names("let tokiota = 1;", "tokio"));
    assert!(!names("// tokio is for edges", "tokio"));
}

/// One file of `src`, without its tests.
struct Source {
    path: PathBuf,
    /// The top-level module it belongs to.
    module: String,
    code: String,
}

impl Source {
    fn name(&self) -> String {
        self.path
            .strip_prefix(root())
            .unwrap_or(&self.path)
            .display()
            .to_string()
    }

    /// What it names of the crate: the program names it as any other crate does.
    fn paths(&self) -> BTreeSet<String> {
        let root = if self.module == "main" {
            "larder::"
        } else {
            "crate::"
        };
        paths_after(root, &self.code)
    }

    /// The `//!` lines, as one line.
    fn header(&self) -> String {
        let lines = self.code.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let (mut sources, mut tests) = (Vec::new(), Vec::new());
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src is there") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|suffix| suffix == "rs") {
                let text = fs::read_to_string(&path).expect("a source is UTF-8");
                let below = path.strip_prefix(&src).expect("it is below src");
                let first = below
                    .iter()
                    .next()
                    .expect("it has a name")
                    .to_string_lossy();
                tests.extend(modules_of_tests(&path, &text));
                sources.push(Source {
                    module: first.trim_end_matches(".rs").to_owned(),
                    code: without_tests(&text),
                    path,
                });
            }
        }
    }
    // `lib` is the map of the tree: it names every module.
    sources.retain(|source| source.module != "lib");
    sources.retain(|source| {
        !tests
            .iter()
            .any(|test| source.path.with_extension("").starts_with(test))
    });
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

/// Where the modules are that this file declares for tests only, without their `.rs`.
fn modules_of_tests(path: &Path, text: &str) -> Vec<PathBuf> {
    let folder = match path.file_name() {
        Some(name) if name == "mod.rs" || name == "lib.rs" => path.with_file_name(""),
        _ => path.with_extension(""),
    };
    let after_attribute = text.split("#[cfg(test)]").skip(1);
    let names =
        after_attribute.filter_map(|rest| rest.trim_start().strip_prefix("mod ")?.split_once(';'));
    names
        .map(|(name, _)| folder.join(name))
        .filter(|module| module.with_extension("rs").exists() || module.is_dir())
        .collect()
}

/// The text up to the tests, which stand last.
fn without_tests(text: &str) -> String {
    let end = text.find("\n#[cfg(test)]\nmod tests {");
    text[..end.unwrap_or(text.len())].to_owned()
}

/// Every path after `root` that the code names, groups taken apart, comments left out.
fn paths_after(root: &str, code: &str) -> BTreeSet<String> {
    let code: String = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut paths = BTreeSet::new();
    for (at, _) in code.match_indices(root) {
        let is_whole = !code[..at]
            .ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$');
        if is_whole {
            read_paths(
                &mut code[at + root.len()..].chars().peekable(),
                "",
                &mut paths,
            );
        }
    }
    paths
}

/// Reads `a::b`, `a::{b, c::d}` or `a as b` after `prefix`.
fn read_paths(
    text: &mut std::iter::Peekable<std::str::Chars<'_>>,
    prefix: &str,
    paths: &mut BTreeSet<String>,
) {
    let mut path = prefix.to_owned();
    loop {
        match text.peek() {
            Some('{') => {
                text.next();
                read_group(text, &path, paths);
                return;
            }
            Some(letter) if letter.is_alphanumeric() || matches!(letter, '_' | ':' | '*') => {
                path.push(*letter);
                text.next();
            }
            _ => {
                paths.insert(path.trim_end_matches([':', '*']).to_owned());
                return;
            }
        }
    }
}

fn read_group(
    text: &mut std::iter::Peekable<std::str::Chars<'_>>,
    prefix: &str,
    paths: &mut BTreeSet<String>,
) {
    loop {
        match text.peek() {
            None => return,
            Some('}') => {
                text.next();
                return;
            }
            Some(letter) if letter.is_whitespace() || *letter == ',' => {
                text.next();
            }
            Some(_) => {
                read_paths(text, prefix, paths);
                // `as Name`, if there is one.
                while text
                    .peek()
                    .is_some_and(|letter| !matches!(letter, ',' | '}'))
                {
                    text.next();
                }
            }
        }
    }
}

/// Does this line of code name `word`? `actix` stands for `actix_web` and its kin, too.
fn names(line: &str, word: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(word).any(|(at, _)| {
        let after = &code[at + word.len()..];
        !code[..at].ends_with(is_letter) && (word == "actix" || !after.starts_with(is_letter))
    })
}
