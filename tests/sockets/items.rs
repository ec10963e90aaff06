//! What a server of static files meets on the open internet: hostile input, and faults of the machine below it. Each item has a test.
//!
//! A test says in its doc which items it shows: `/// Hostile 54, 55.` or `/// Fault 13.` This list is compared with those marks, in both
//! directions, so that neither an item without a test nor a mark without an item stays. `cargo xtask spec-coverage` runs the comparison.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Hostile or merely odd input: number and what is expected.
const HOSTILE: &[(u32, &str)] = &[
    // paths
    (1, "dot segments in every spelling stay inside the site"),
    (2, "a path is decoded once, not twice"),
    (3, "overlong and broken UTF-8 names nothing"),
    (
        4,
        "NUL, line breaks and other control characters are a bad request",
    ),
    (5, "a percent sign without two digits is a bad request"),
    (6, "a backslash separates nothing"),
    (7, "a semicolon begins no parameter"),
    (
        8,
        "one resource has one URL: second spellings are refused or redirected",
    ),
    (9, "three dots and more are a name"),
    (10, "a folder whose name begins like the root's is outside"),
    (11, "drive letters, UNC and file URLs name nothing"),
    (
        12,
        "names that are devices or streams elsewhere are only names",
    ),
    (13, "names are compared with their case"),
    (14, "a file is no folder"),
    (15, "long paths are refused and cheap"),
    (16, "hidden files are absent, .well-known is not"),
    (17, "what editors leave behind is not served"),
    (18, "odd but honest names are served"),
    // kinds of files
    (19, "a link to a file outside is not followed"),
    (20, "nor one to a folder outside"),
    (21, "a link inside is followed"),
    (22, "loops and dangling links keep nobody from starting"),
    (23, "pipes, sockets and devices block nobody"),
    (24, "an unreadable file ends nothing"),
    (25, "a file swapped for a link leaks nothing"),
    (26, "the root may be a link"),
    // redirects
    (
        27,
        "no redirect leads to another host by the form of its path",
    ),
    (28, "what a client says about the host is repeated nowhere"),
    (29, "a line break in a path makes no field"),
    (30, "a redirect keeps the query and is safe to show"),
    (31, "a folder's redirect is revalidated"),
    // ranges
    (32, "every form of a range gives its bytes"),
    (33, "an unknown unit is ignored"),
    (34, "what is no range is never answered with 206"),
    (35, "a range behind the end is 416 with the length"),
    (36, "numbers beyond every integer are bounded"),
    (37, "hundreds of ranges cost at most twice the content"),
    (38, "several ranges are all sent, or the whole is"),
    (39, "HEAD has no parts"),
    (40, "a range of everything is a 206"),
    (41, "empty content has no parts"),
    (42, "parts of a coding are parts of its bytes"),
    // conditions
    (
        43,
        "lists of entity tags are read whole; what is no list matches nothing",
    ),
    (44, "tags are believed before dates"),
    (45, "If-Match compares strongly"),
    (46, "three formats of dates are read, others ignored"),
    (47, "If-Range takes no weak, other or malformed validator"),
    (48, "304 comes before 206 and 416"),
    (
        49,
        "a 304 repeats what a cache updates and nothing about content",
    ),
    (50, "each coding has a strong tag of its own"),
    (51, "Vary is where something is selected and nowhere else"),
    (
        52,
        "Accept-Encoding is read with its weights, however long it is",
    ),
    (53, "Last-Modified is never later than Date"),
    // framing
    (54, "Content-Length beside Transfer-Encoding is refused"),
    (55, "a Content-Length that is not one number is refused"),
    (56, "a Transfer-Encoding other than chunked is refused"),
    (57, "after malformed chunks nothing is read"),
    (58, "malformed field lines are refused"),
    (59, "a Host that is none, or comes twice, is refused"),
    (60, "a malformed request line is refused"),
    (61, "content of a GET is never taken for a request"),
    (62, "pipelined requests are answered in their order"),
    (63, "other methods are 405, and reflect nothing"),
    (64, "a head that is too large is refused"),
    (65, "Expect is met or answered at once"),
    (66, "other protocols on the port are closed"),
    // time and volume
    (
        67,
        "slow heads, contents, handshakes and prefaces are not waited for",
    ),
    (68, "a client that never reads blocks nobody"),
    (69, "without file descriptors it waits and does not spin"),
    (70, "HTTP/2 rapid reset"),
    (71, "HTTP/2 CONTINUATION flood"),
    (72, "HTTP/2 made you reset"),
    (73, "HTTP/2 PING and SETTINGS floods"),
    (74, "HTTP/2 empty DATA flood"),
    (75, "HTTP/2 PRIORITY flood"),
    (76, "HPACK bomb"),
    (77, "HTTP/2 windows of 0 and 1"),
    (78, "10,001 HTTP/2 streams at once"),
    (79, "300 kB of fields in HTTP/2"),
    (80, "TLS 1.2 and 1.3 only, without early data"),
    // what caches are told
    (81, "a missing asset is an error that nobody stores"),
    (82, "only a navigation to a route gets the app's document"),
    (83, "no spelling makes a document cacheable as an asset"),
    (84, "errors have none of the fields of a success"),
    (85, "a name that looks hashed is not trusted for it"),
    (
        86,
        "documents are revalidated and may be kept for going back",
    ),
    (
        87,
        "public is said only of what everybody may keep for good",
    ),
    (88, "right types, no sniffing, no version, no inode"),
    (89, "a policy can put SVG under a content security policy"),
    (90, "a query changes no lifetime"),
    (91, "fields that no cache key knows change nothing"),
    (
        92,
        "there is no endpoint that takes content: it is refused, not read, not reflected",
    ),
    (93, "nor is coded content ever decoded"),
    (94, "no log line can be forged"),
];

/// Faults of the machine, and what is expected.
const FAULTS: &[(u32, &str)] = &[
    (
        1,
        "replaced by a rename while it is sent: the old content, whole",
    ),
    (2, "truncated while it is sent: cut short"),
    (
        3,
        "the same with a request behind it: the next answer fills no gap",
    ),
    (4, "grown while it is sent: exactly the announced length"),
    (5, "deleted while it is sent: whole, then 404"),
    (6, "new bytes of equal size and time: 200"),
    (7, "several writes within a second: the last one"),
    (
        8,
        "the same bytes deployed again or elsewhere: the same tag",
    ),
    (9, "a link switched 150 times under load: no bad answer"),
    (10, "a storm of renames: no bad answer"),
    (
        11,
        "a storm of writes in place: no torn answer that claims to be whole",
    ),
    (
        12,
        "a file becomes a folder, the root is made anew: followed",
    ),
    (13, "no file descriptors left: alive, idle, recovers"),
    (14, "SIGTERM during a download: finished"),
    (15, "a time in the future is not told"),
    (16, "a time before 1970 ends nothing"),
    (
        17,
        "EIO, EACCES, ENOMEM of the disk: the last good copy, or an error that nobody stores",
    ),
    (
        18,
        "a full disk while building: the release before stays as it was",
    ),
    (
        19,
        "kill -9 at any moment: old or new, never mixed, and the next start is clean",
    ),
    (20, "two builds at once: one waits or is told"),
    (21, "a document before its assets: held back"),
    (
        22,
        "an old document asks for an asset that is gone: an error that nobody stores",
    ),
    (
        23,
        "the queue of the watcher overflows: everything is looked at again",
    ),
    (
        24,
        "no watches left: told once, then looked at in intervals",
    ),
    (25, "a folder filled before it is watched: seen whole"),
    (
        26,
        "a root that is renamed or replaced, and how editors save: followed",
    ),
    (27, "a change that no event tells: found by looking"),
    (
        28,
        "a clock that jumps: dates follow, lifetimes and timers do not",
    ),
    (29, "a slow disk: whoever needs no disk does not wait"),
    (
        30,
        "a policy or certificate with errors: the one before stays",
    ),
    (31, "a panic in one request: 500, and nobody else notices"),
    (32, "a log that is full or gone: nobody stops"),
    (
        33,
        "a port in use, a root that is missing: told, and not started",
    ),
    (
        34,
        "a hundred thousand files: bounded memory, ready when whole",
    ),
];

/// Marks of all tests: `Hostile` or `Fault`, number → where.
fn marks() -> BTreeMap<(String, u32), Vec<String>> {
    let mut marks: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [root.join("tests"), root.join("src")]
        .iter()
        .flat_map(|folder| sources(folder))
    {
        let text = fs::read_to_string(&file).expect("a source can be read");
        for line in text.lines() {
            let Some(doc) = line.trim_start().strip_prefix("/// ") else {
                continue;
            };
            // One line may show items of both kinds: `Hostile 69. Fault 13.`
            for sentence in doc.split(". ") {
                let sentence = sentence.trim_end_matches('.');
                let Some((kind @ ("Hostile" | "Fault"), numbers)) = sentence.split_once(' ') else {
                    continue;
                };
                let numbers: Option<Vec<u32>> = numbers
                    .split(", ")
                    .map(|number| number.split(':').next()?.parse().ok())
                    .collect();
                for number in numbers.into_iter().flatten() {
                    marks
                        .entry((kind.to_owned(), number))
                        .or_default()
                        .push(file.display().to_string());
                }
            }
        }
    }
    marks
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|suffix| suffix == "rs") {
            files.push(path);
        }
    }
    files
}

fn items() -> BTreeMap<(String, u32), &'static str> {
    let hostile = HOSTILE.iter().map(|item| ("Hostile", item));
    let faults = FAULTS.iter().map(|item| ("Fault", item));
    hostile
        .chain(faults)
        .map(|(kind, (number, says))| ((kind.to_owned(), *number), *says))
        .collect()
}

#[test]
fn every_item_has_a_test() {
    let marks = marks();
    let missing: Vec<_> = items()
        .into_iter()
        .filter(|(item, _)| !marks.contains_key(item))
        .collect();
    assert!(missing.is_empty(), "no test shows: {missing:#?}");
}

#[test]
fn every_mark_is_an_item() {
    let items = items();
    let unknown: Vec<_> = marks()
        .into_iter()
        .filter(|(mark, _)| !items.contains_key(mark))
        .collect();
    assert!(unknown.is_empty(), "no such item: {unknown:#?}");
}

#[test]
fn the_numbers_have_no_gap() {
    for list in [HOSTILE, FAULTS] {
        let numbers: BTreeSet<u32> = list.iter().map(|(number, _)| *number).collect();
        let count = u32::try_from(list.len()).expect("the list is short");
        assert_eq!(numbers, (1..=count).collect());
    }
}
