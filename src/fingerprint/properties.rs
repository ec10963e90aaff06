//! What holds for every site, shown for arbitrary ones.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use proptest::prelude::*;

use super::{Decision, OutputOrigin, Settings, Source, fingerprint, scan, site::Site};

/// A site: for each file its kind, which others it refers to, and some text of its own.
type Shape = Vec<(u8, Vec<prop::sample::Index>, u8)>;

fn shape() -> impl Strategy<Value = Shape> {
    let file = (
        0_u8..4,
        prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        any::<u8>(),
    );
    prop::collection::vec(file, 1..12)
}

fn path(number: usize, kind: u8) -> String {
    let extension = ["css", "js", "svg", "html"][usize::from(kind)];
    format!("/d{}/f{number}.{extension}", number % 3)
}

/// The files of a site of this shape, and which of them each refers to.
fn files(shape: &Shape) -> (BTreeMap<String, String>, BTreeMap<String, BTreeSet<String>>) {
    let paths: Vec<String> = shape
        .iter()
        .enumerate()
        .map(|(number, (kind, ..))| path(number, *kind))
        .collect();
    let mut files = BTreeMap::new();
    let mut graph = BTreeMap::new();
    for ((kind, references, salt), own) in shape.iter().zip(&paths) {
        let mut text = String::new();
        let mut targets = BTreeSet::new();
        for index in references {
            let target = index.get(&paths);
            let extension = target.rsplit('.').next().unwrap_or_default();
            let is_script = extension == "js";
            if extension == "html"
                || (*kind == 1 && !is_script)
                || (matches!(*kind, 0 | 2) && is_script)
            {
                continue;
            }
            targets.insert(target.clone());
            let reference = match *kind {
                0 => format!("a{{b:url(..{target})}}\n"),
                1 => format!("import '..{target}';\n"),
                2 => format!("<image href=\"{target}\"/>"),
                _ if is_script => format!("<script type=module src='{target}'></script>"),
                _ => format!("<img src={target}>"),
            };
            text.push_str(&reference);
        }
        text = match *kind {
            0 => format!("{text}/* {salt} */"),
            1 => format!("{text}let x={salt}"),
            2 => format!("<svg>{text}<!-- {salt} --></svg>"),
            _ => format!("<p>{salt}{text}"),
        };
        files.insert(own.clone(), text);
        graph.insert(own.clone(), targets);
    }
    (files, graph)
}

fn sources(files: &BTreeMap<String, String>) -> Vec<Source> {
    files
        .iter()
        .map(|(path, text)| Source {
            path: path.clone(),
            content: Bytes::from(text.clone()),
        })
        .collect()
}

fn names(files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    fingerprint(sources(files), &Settings::default())
        .outputs
        .into_iter()
        .filter_map(|output| match output.origin {
            OutputOrigin::Renamed { from, .. } => Some((from, output.path)),
            OutputOrigin::Original => None,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Changing one file changes the names of exactly the files that refer to it, directly or not.
    #[test]
    fn closure(shape in shape(), which: prop::sample::Index) {
        let (mut files, graph) = files(&shape);
        let before = names(&files);
        let changed = which.get(&files.keys().cloned().collect::<Vec<_>>()).clone();
        let mut referrers = BTreeSet::from([changed.clone()]);
        loop {
            let more: BTreeSet<String> = graph
                .iter()
                .filter(|(_, targets)| targets.iter().any(|target| referrers.contains(target) && before.contains_key(target)))
                .map(|(path, _)| path.clone())
                .collect();
            let size = referrers.len();
            referrers.extend(more);
            if referrers.len() == size { break }
        }
        let text = files.get_mut(&changed).expect("there");
        *text = text.replace("/* ", "/* changed ").replace("let x=", "let changed=").replace("<!-- ", "<!-- changed ").replace("<p>", "<p>changed");
        let after = names(&files);
        let differing: BTreeSet<String> = before.iter().filter(|(path, name)| after.get(*path) != Some(*name)).map(|(path, _)| path.clone()).collect();
        let expected: BTreeSet<String> = referrers.into_iter().filter(|path| before.contains_key(path)).collect();
        prop_assert_eq!(differing, expected);
    }

    /// The order of the files does not matter.
    #[test]
    fn order(shape in shape(), seed: u64) {
        let (files, _) = files(&shape);
        let mut shuffled = sources(&files);
        let mut state = seed | 1;
        for index in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(index, usize::try_from(state >> 33).expect("small") % (index + 1));
        }
        let tree = |sources| -> Vec<(String, Bytes)> {
            fingerprint(sources, &Settings::default()).outputs.into_iter().map(|output| (output.path, output.content)).collect()
        };
        prop_assert_eq!(tree(sources(&files)), tree(shuffled));
    }

    /// Building a build changes nothing.
    #[test]
    fn idempotence(shape in shape()) {
        let (files, _) = files(&shape);
        let first = fingerprint(sources(&files), &Settings::default()).outputs;
        let again = first.iter().map(|output| Source { path: output.path.clone(), content: output.content.clone() }).collect();
        let second = fingerprint(again, &Settings::default()).outputs;
        let tree = |outputs: &[super::Output]| -> Vec<(String, Bytes, bool)> {
            outputs.iter().map(|output| (output.path.clone(), output.content.clone(), output.fingerprinted)).collect()
        };
        prop_assert_eq!(tree(&first), tree(&second));
    }

    /// With the fingerprints taken out, every output is its original; and a name outside circles is the digest of the bytes.
    #[test]
    fn bytes_outside_references(shape in shape()) {
        let (files, _) = files(&shape);
        let result = fingerprint(sources(&files), &Settings::default());
        let names = names(&files);
        for output in result.outputs {
            if let Some(original) = files.get(&output.path) {
                let mut text = String::from_utf8(output.content.to_vec()).expect("UTF-8");
                for (from, to) in &names {
                    text = text.replace(to, from);
                }
                prop_assert_eq!(&text, original);
            }
        }
        for (path, decision) in &result.decisions {
            prop_assert_eq!(*decision == Decision::Renamed, names.contains_key(path));
        }
    }

    /// No bytes make a scanner panic, and every edit it plans fits.
    #[test]
    fn scanners_never_panic(
        kind in prop::sample::select(vec!["css", "js", "html", "svg", "json", "webmanifest", "js.map", "mjs", "xhtml"]),
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24),
        noise in prop::collection::vec(any::<u8>(), 0..12),
        at: prop::sample::Index,
    ) {
        let mut content: Vec<u8> = pieces.concat().into_bytes();
        let at = at.index(content.len() + 1);
        content.splice(at..at, noise);
        let own = format!("/x.{kind}");
        let paths = [own.clone(), "/a.png".into(), "/a.js".into(), "/a.css".into(), "/x.js.map.map".into()];
        let site = Site::new(paths.clone(), &Settings::default());
        let scanned = scan(&site, site.find(&own).expect("there"), &content);
        prop_assert!(scanned.references.iter().all(|reference| reference.insert <= content.len()));
        let others = paths[1..].iter().map(|path| Source { path: path.clone(), content: Bytes::new() });
        let mut all: Vec<Source> = others.collect();
        all.push(Source { path: own.clone(), content: content.into() });
        fingerprint(all, &Settings { integrity: true, ..Settings::default() });
    }
}

const PIECES: &[&str] = &[
    "<",
    ">",
    "\"",
    "'",
    "`",
    "\\",
    "/",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ";",
    ":",
    ",",
    "=",
    "&",
    "#",
    "?",
    "%",
    " ",
    "\n",
    "\r",
    "\t",
    "é",
    "😀",
    "a.png",
    "a.js",
    "a.css",
    "./a.js",
    "url(",
    "@import ",
    "import ",
    "import(",
    "export*from",
    "new URL(",
    ",import.meta.url)",
    "<img src=",
    "<script type=module>",
    "</script>",
    "<style>",
    "</style>",
    "<svg>",
    "<noscript>",
    "</noscript>",
    "<iframe srcdoc='",
    "srcset=",
    "style=",
    "&lt;",
    "&eacute;",
    "\\61 ",
    "\\u0061",
    "%2e",
    "--i:",
    "var(--i)",
    "/*",
    "*/",
    "//# sourceMappingURL=",
    "<base href=",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml-stylesheet href='",
    "{\"icons\":[{\"src\":\"",
    "\"}]}",
    "<script type=importmap>",
    "{\"imports\":{\"x\":\"",
    "integrity=\"sha384-x\"",
    "<meta http-equiv=content-security-policy content=\"'sha256-x'\">",
    "/(a+)+\\.js/",
    "${",
    "<title>",
    "<textarea>",
    "{\"mappings\":\"AAAA;AACA\"}",
    "@charset \"",
    "\u{FEFF}",
    "image-set(",
    "<link rel=stylesheet href=",
];
