//! Which bundlers made the site, and in which folders they wrote.
//!
//! A marker is a name that a bundler writes into its runtime (`webpackChunk`, `parcelRequire`). It says nothing about one file, but it
//! says whose names to expect in a folder. At most [`super::reader::MARKER_READS`] contents are looked at: the site's first documents
//! and the scripts they name.
//!
//! Uses: memchr · Never: files, clock

use std::collections::BTreeSet;
use std::fmt;

use memchr::memmem;

use super::Site;
use super::name::parse_name;
use super::reader::Reader;
use super::token::parse_token;

/// A tool that gives fingerprinted names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bundler {
    /// Angular, which bundles with esbuild.
    Angular,
    /// Astro, on Vite.
    Astro,
    /// Next.js.
    Next,
    /// Nuxt, on Vite.
    Nuxt,
    /// Parcel.
    Parcel,
    /// Rspack.
    Rspack,
    /// `SvelteKit`, on Vite.
    SvelteKit,
    /// Vite or Rollup.
    Vite,
    /// `VitePress`, on Vite.
    VitePress,
    /// webpack.
    Webpack,
}

impl fmt::Display for Bundler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Angular => "Angular",
            Self::Astro => "Astro",
            Self::Next => "Next.js",
            Self::Nuxt => "Nuxt",
            Self::Parcel => "Parcel",
            Self::Rspack => "Rspack",
            Self::SvelteKit => "SvelteKit",
            Self::Vite => "Vite",
            Self::VitePress => "VitePress",
            Self::Webpack => "webpack",
        })
    }
}

/// What a document of each tool holds.
const IN_DOCUMENT: &[(&str, Bundler)] = &[
    ("ng-version", Bundler::Angular),
    ("content=\"Astro ", Bundler::Astro),
    ("/_next/static/", Bundler::Next),
    ("__NUXT__", Bundler::Nuxt),
    ("__sveltekit", Bundler::SvelteKit),
    ("__VP_HASH_MAP__", Bundler::VitePress),
    ("type=\"module\" crossorigin", Bundler::Vite),
];

/// What a script of each tool holds.
const IN_SCRIPT: &[(&str, Bundler)] = &[
    ("__rspack", Bundler::Rspack),
    ("rspackChunk", Bundler::Rspack),
    ("webpackChunk", Bundler::Webpack),
    ("webpackJsonp", Bundler::Webpack),
    ("__webpack_require__", Bundler::Webpack),
    ("parcelRequire", Bundler::Parcel),
    ("__vite", Bundler::Vite),
    ("vite:preloadError", Bundler::Vite),
    ("ng-version", Bundler::Angular),
];

/// How many documents are looked at; the rest of the allowance is for scripts.
const DOCUMENTS: usize = 4;
/// How much of a document is searched: what it loads stands in its head.
const HEAD: usize = 64 << 10;
/// How much of a script is searched: a runtime stands near its beginning or its end.
const WINDOW: usize = 128 << 10;

/// The bundlers found, the folders that hold a script of theirs, and what the first documents ask for.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) bundlers: BTreeSet<Bundler>,
    directories: BTreeSet<String>,
    named: BTreeSet<String>,
}

impl Marks {
    /// Whether a bundler wrote into `directory` or into one beside it (`static/js` and `static/css`).
    pub(super) fn cover(&self, directory: &str) -> bool {
        self.directories.iter().any(|marked| {
            marked == directory || (parent(marked) == parent(directory) && parent(marked) != "/")
        })
    }

    /// Whether one of the site's first documents asks for the script or style sheet at `path`.
    pub(super) fn name(&self, path: &str) -> bool {
        self.named.contains(path)
    }
}

/// The folder that holds `directory` (with its slash at the end).
fn parent(directory: &str) -> &str {
    directory
        .strip_suffix('/')
        .and_then(|path| path.rfind('/').map(|slash| &directory[..=slash]))
        .unwrap_or("/")
}

/// Looks at the site's first documents and their scripts. `scripts` are further ones to look at, in the order of promise.
pub(super) fn find_marks<'p, S: Site>(
    site: &'p S,
    reader: &Reader<'_, S>,
    documents: &[&'p str],
    scripts: impl Iterator<Item = &'p str>,
) -> Marks {
    let mut marks = Marks::default();
    for document in documents.iter().take(DOCUMENTS) {
        if let Some(content) = reader.for_markers(document) {
            read_document(
                site,
                document,
                &content[..content.len().min(HEAD)],
                &mut marks,
            );
        }
    }
    let named = marks
        .named
        .iter()
        .filter(|path| path.ends_with("js"))
        .cloned();
    let further = scripts
        .filter(|path| !marks.named.contains(*path))
        .map(str::to_owned);
    for path in named.chain(further).collect::<Vec<_>>() {
        if let Some(content) = reader.for_markers(&path) {
            let found = bundlers_in(&content);
            if !found.is_empty() {
                marks.directories.insert(directory_of(&path).to_owned());
            }
            marks.bundlers.extend(found);
        }
    }
    marks
}

fn read_document<S: Site>(site: &S, document: &str, content: &[u8], marks: &mut Marks) {
    let found: Vec<_> = IN_DOCUMENT
        .iter()
        .filter(|(text, _)| memmem::find(content, text.as_bytes()).is_some())
        .map(|(_, bundler)| *bundler)
        .collect();
    let text = String::from_utf8_lossy(content);
    for path in code_words(&text).filter_map(|word| resolve(site, document, word)) {
        // Vite's mark in a document is as good as one in the script that it names.
        let is_hashed = parse_name(path.rsplit('/').next().unwrap_or_default())
            .is_some_and(|name| parse_token(name.stem).is_some());
        if found.contains(&Bundler::Vite) && path.ends_with("js") && is_hashed {
            marks.directories.insert(directory_of(&path).to_owned());
        }
        marks.named.insert(path);
    }
    marks.bundlers.extend(found);
}

fn bundlers_in(script: &[u8]) -> BTreeSet<Bundler> {
    let head = &script[..script.len().min(WINDOW)];
    let tail = &script[script.len().saturating_sub(WINDOW).max(head.len())..];
    let holds = |text: &str| {
        [head, tail]
            .iter()
            .any(|part| memmem::find(part, text.as_bytes()).is_some())
    };
    IN_SCRIPT
        .iter()
        .filter(|(text, _)| holds(text))
        .map(|(_, bundler)| *bundler)
        .collect()
}

/// The folder of `path`, with its slash.
fn directory_of(path: &str) -> &str {
    &path[..=path.rfind('/').unwrap_or(0)]
}

/// The words of a document that could name a script or style sheet, wherever they stand.
fn code_words(document: &str) -> impl Iterator<Item = &str> {
    document
        .split(|letter: char| letter.is_whitespace() || "\"'`=<>(),;".contains(letter))
        .map(|word| word.split(['?', '#']).next().unwrap_or(word))
        .filter(|word| {
            word.len() < 512
                && [".js", ".mjs", ".css"]
                    .iter()
                    .any(|ending| word.ends_with(ending))
        })
}

/// The path that `word` in `document` most likely means: relative to it, or with a deployment prefix that this folder does not have.
pub(super) fn resolve<S: Site>(site: &S, document: &str, word: &str) -> Option<String> {
    let base = &document[..=document.rfind('/')?];
    let relative = word.trim_start_matches("./");
    if !relative.starts_with('/') && !relative.contains("..") {
        let path = format!("{base}{relative}");
        if site.digest(&path).is_some() {
            return Some(path);
        }
    }
    let mut rest = word;
    loop {
        let path = format!("/{}", rest.trim_start_matches('/'));
        if site.digest(&path).is_some() {
            return Some(path);
        }
        rest = rest.trim_start_matches('/').split_once('/')?.1;
    }
}
