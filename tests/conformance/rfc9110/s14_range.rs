//! RFC 9110 §14: parts of a representation.

use crate::harness::{Case, Choice, Level, May, Must, Should, Site, case};

/// What a row expects.
#[derive(Clone, Copy)]
enum Get {
    /// 200 with everything.
    Whole,
    /// 206 with the bytes between these offsets, both included.
    Part(u64, u64),
    /// 416.
    Nothing,
}

use Get::{Nothing, Part, Whole};

/// `Range` → answer, on `/ten.bin`, ten bytes long.
const ON_TEN: &[(Level, &str, &str, Get)] = &[
    (Must, "14.1.1-both-ends-count", "bytes=2-4", Part(2, 4)),
    (Must, "14.1.1-leading-zeros", "bytes=000-0004", Part(0, 4)),
    (Must, "14.1-unit-in-any-case", "Bytes=0-1", Part(0, 1)),
    (Must, "14.2-unknown-unit", "seconds=0-5", Whole),
    (Must, "14.2-unit-that-begins-alike", "bytesx=0-5", Whole),
    (Choice, "14.1.1-last-before-first", "bytes=5-4", Whole),
    (Choice, "14.1.1-one-invalid-member", "bytes=0-1,5-4", Whole),
    (Choice, "14.1.1-no-set", "bytes=", Whole),
    (Choice, "14.1.1-no-equals-sign", "bytes", Whole),
    (Choice, "14.1.1-space-for-equals-sign", "bytes 0-1", Whole),
    (Choice, "14.1.1-no-unit", "=0-1", Whole),
    (Choice, "14.1.1-only-a-dash", "bytes=-", Whole),
    (Choice, "14.1.1-no-dash", "bytes=5", Whole),
    (Choice, "14.1.1-letters", "bytes=a-b", Whole),
    (Choice, "14.1.1-hexadecimal", "bytes=0x0-0x4", Whole),
    (Choice, "14.1.1-plus", "bytes=+0-4", Whole),
    (Choice, "14.1.1-minus", "bytes=0--4", Whole),
    (Choice, "14.1.1-two-dashes", "bytes=--4", Whole),
    (Choice, "14.1.1-fraction", "bytes=0.5-4", Whole),
    (Choice, "14.1.1-exponent", "bytes=0-1e0", Whole),
    (Choice, "14.1.1-space-inside", "bytes=0 - 4", Whole),
    (Choice, "14.1.1-garbage-behind", "bytes=0-4;x", Whole),
    (Choice, "14.1.1-other-digits", "bytes=٠-٤", Whole),
    (Choice, "14.1.1-empty-members", "bytes=, 0-4 ,,", Part(0, 4)),
    (
        Must,
        "14.1.2-end-beyond-64-bits",
        "bytes=5-18446744073709551616",
        Part(5, 9),
    ),
    (
        Must,
        "14.1.2-end-beyond-63-bits",
        "bytes=5-9223372036854775808",
        Part(5, 9),
    ),
    (
        Must,
        "14.1.2-suffix-beyond-64-bits",
        "bytes=-18446744073709551616",
        Part(0, 9),
    ),
    (
        Must,
        "14.1.2-suffix-of-63-bits",
        "bytes=-9223372036854775808",
        Part(0, 9),
    ),
    (
        Should,
        "14.1.2-start-beyond-64-bits",
        "bytes=18446744073709551616-",
        Nothing,
    ),
    (
        Should,
        "14.1.2-start-at-the-last-number",
        "bytes=18446744073709551615-18446744073709551615",
        Nothing,
    ),
    (
        Choice,
        "14.2-parts-that-cost-more-than-twice-the-whole",
        "bytes=0-0,9-9",
        Whole,
    ),
    (Must, "14.2-whole-as-a-range", "bytes=0-", Part(0, 9)),
    (
        Should,
        "14.2-all-members-unsatisfiable",
        "bytes=10-,20-30,-0",
        Nothing,
    ),
    (
        Should,
        "14.2-one-member-satisfiable",
        "bytes=20-30,7-8",
        Part(7, 8),
    ),
];

/// Sizes on which every form is tried.
const SIZES: [(&str, u64); 4] = [
    ("/ten.bin", 10),
    ("/eleven.bin", 11),
    ("/thousand.bin", 1000),
    ("/tenthousand.bin", 10_000),
];

fn forms(size: u64) -> Vec<(Level, &'static str, String, Get)> {
    let last = size - 1;
    vec![
        (Must, "first-byte", "bytes=0-0".to_owned(), Part(0, 0)),
        (
            Must,
            "last-byte",
            format!("bytes={last}-{last}"),
            Part(last, last),
        ),
        (Must, "all", format!("bytes=0-{last}"), Part(0, last)),
        (
            Must,
            "from-the-middle",
            format!("bytes={}-", size / 2),
            Part(size / 2, last),
        ),
        (
            Must,
            "end-behind-the-end",
            format!("bytes={}-{}", last - 1, size + 5),
            Part(last - 1, last),
        ),
        (
            Must,
            "last-three",
            "bytes=-3".to_owned(),
            Part(size - 3, last),
        ),
        (
            Must,
            "suffix-of-all",
            format!("bytes=-{size}"),
            Part(0, last),
        ),
        (
            Must,
            "suffix-longer-than-all",
            format!("bytes=-{}", size + 1),
            Part(0, last),
        ),
        (Should, "suffix-of-nothing", "bytes=-0".to_owned(), Nothing),
        (
            Should,
            "first-behind-the-end",
            format!("bytes={size}-"),
            Nothing,
        ),
        (
            Should,
            "both-behind-the-end",
            format!("bytes={size}-{}", size + 9),
            Nothing,
        ),
    ]
}

fn row(level: Level, id: String, target: &str, total: u64, range: &str, get: Get) -> Case {
    match get {
        Whole => case(level, id, format!("`{range}` is ignored"))
            .get(target)
            .with("Range", range)
            .expect(200)
            .lacks("Content-Range")
            .whole(target),
        Part(first, last) => case(
            level,
            id,
            format!("`{range}` of {total} bytes is {first} to {last}"),
        )
        .get(target)
        .with("Range", range)
        .expect(206)
        .slice(first, last, total),
        Nothing => case(level, id, format!("`{range}` of {total} bytes is none"))
            .get(target)
            .with("Range", range)
            .expect(416)
            .has("Content-Range", format!("bytes */{total}")),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = ON_TEN
        .iter()
        .map(|(level, id, range, get)| {
            row(*level, format!("rfc9110-{id}"), "/ten.bin", 10, range, *get)
        })
        .collect();
    for (target, size) in SIZES {
        cases.extend(forms(size).into_iter().map(|(level, name, range, get)| {
            row(
                level,
                format!("rfc9110-14.1.2-{name}-of-{size}"),
                target,
                size,
                &range,
                get,
            )
        }));
    }
    cases.extend(empty_content());
    cases.extend(several_ranges());
    cases.extend(around_ranges());
    cases
}

/// Content of no bytes has no part that `Content-Range` could name.
fn empty_content() -> Vec<Case> {
    let nothing = |level, name: &str, range: &str| {
        case(
            level,
            format!("rfc9110-14.1.2-{name}-of-0"),
            format!("`{range}` of no bytes"),
        )
        .get("/empty.bin")
        .with("Range", range)
        .expect(416)
        .has("Content-Range", "bytes */0")
    };
    vec![
        nothing(Should, "first-byte", "bytes=0-0"),
        nothing(Should, "from-the-start", "bytes=0-"),
        nothing(Should, "suffix-of-nothing", "bytes=-0"),
        case(
            Choice,
            "rfc9110-14.1.2-last-byte-of-0",
            "a suffix is satisfiable, and no part of nothing can be named: all of it",
        )
        .get("/empty.bin")
        .with("Range", "bytes=-1")
        .expect(200)
        .empty(),
        case(
            Choice,
            "rfc9110-14.1.2-garbage-of-0",
            "what is no range set is ignored",
        )
        .get("/empty.bin")
        .with("Range", "bytes=x")
        .expect(200)
        .empty(),
    ]
}

fn several_ranges() -> Vec<Case> {
    let on_thousand = |level, id: &str, says: &str, range: &str| {
        case(level, id, says)
            .get("/thousand.bin")
            .with("Range", range)
    };
    let flood = |count: u64, of: fn(u64) -> String| {
        format!("bytes={}", (0..count).map(of).collect::<Vec<_>>().join(","))
    };
    vec![
        on_thousand(
            Must,
            "rfc9110-14.6-two-parts",
            "several ranges are several parts, each with its Content-Range",
            "bytes=0-9,500-509",
        )
        .expect(206)
        .parts(&[(0, 9), (500, 509)]),
        on_thousand(
            Should,
            "rfc9110-15.3.7.2-order-is-kept",
            "parts come in the order asked for",
            "bytes=500-509,0-9",
        )
        .expect(206)
        .parts(&[(500, 509), (0, 9)]),
        on_thousand(
            Must,
            "rfc9110-14.6-all-forms-in-one-set",
            "first and last, open, suffix",
            "bytes=0-1,990-,-3",
        )
        .expect(206)
        .or(200),
        on_thousand(
            May,
            "rfc9110-15.3.7.2-neighbours-are-joined",
            "ranges that touch are sent as one",
            "bytes=0-9,10-19",
        )
        .expect(206)
        .slice(0, 19, 1000),
        on_thousand(
            May,
            "rfc9110-15.3.7.2-overlaps-are-joined",
            "ranges that overlap are sent as one",
            "bytes=0-19,10-29",
        )
        .expect(206)
        .slice(0, 29, 1000),
        on_thousand(
            May,
            "rfc9110-15.3.7.2-joined-beside-another",
            "two that touch and one apart are two parts",
            "bytes=0-9,10-19,500-501",
        )
        .expect(206)
        .parts(&[(0, 19), (500, 501)]),
        on_thousand(
            Must,
            "rfc9110-15.3.7.2-one-range-is-no-multipart",
            "a set of one range is answered without multipart",
            "bytes=5-6",
        )
        .expect(206)
        .slice(5, 6, 1000),
        on_thousand(
            Must,
            "rfc9110-15.3.7.2-unsatisfiable-members-are-left-out",
            "only the satisfiable ones are sent",
            "bytes=0-9,2000-2009,500-509",
        )
        .expect(206)
        .parts(&[(0, 9), (500, 509)]),
        on_thousand(
            Should,
            "rfc9110-15.3.7.2-one-is-left",
            "when one is left it is sent as one",
            "bytes=2000-2009,500-509",
        )
        .expect(206)
        .slice(500, 509, 1000),
        on_thousand(
            Must,
            "rfc9110-14.6-never-only-the-first",
            "never the first alone",
            "bytes=0-0,999-999",
        )
        .expect(206)
        .parts(&[(0, 0), (999, 999)]),
        on_thousand(
            Choice,
            "rfc9110-14.2-parts-that-cost-more-than-all",
            "when the parts would cost more than the whole, the whole is sent",
            "bytes=0-499,500-899,100-999",
        )
        .expect(200)
        .whole("/thousand.bin"),
        case(
            Should,
            "rfc9110-17.15-overlapping-flood",
            "many overlapping ranges are how a small request asks for a large answer",
        )
        .get("/tenthousand.bin")
        .with("Range", flood(100, |_| "0-".to_owned()))
        .expect(200)
        .whole("/tenthousand.bin"),
        case(
            Should,
            "rfc9110-17.15-many-small-ranges",
            "so are many small ones",
        )
        .get("/tenthousand.bin")
        .with(
            "Range",
            flood(150, |number| format!("{}-{}", number * 20, number * 20)),
        )
        .expect(200)
        .whole("/tenthousand.bin"),
        case(
            Choice,
            "rfc9110-17.15-more-than-200-ranges",
            "more than 200 ranges are not read",
        )
        .get("/tenthousand.bin")
        .with("Range", flood(201, |number| format!("{number}-{number}")))
        .expect(200)
        .whole("/tenthousand.bin"),
        case(
            Choice,
            "rfc9110-17.15-more-than-200-members",
            "not even empty ones",
        )
        .get("/tenthousand.bin")
        .with("Range", format!("bytes={}0-1", ",".repeat(250)))
        .expect(200),
        case(
            Should,
            "rfc9110-17.15-200-unsatisfiable",
            "ranges behind the end cost nothing",
        )
        .get("/ten.bin")
        .with("Range", flood(150, |number| format!("{}-", number + 10)))
        .expect(416),
        case(
            Choice,
            "rfc9110-14.2-two-lines",
            "Range is one value: two lines are ignored",
        )
        .get("/ten.bin")
        .with("Range", "bytes=0-1")
        .with("Range", "bytes=2-3")
        .expect(200)
        .whole("/ten.bin"),
        case(
            Must,
            "rfc9110-14.6-type-of-each-part",
            "each part says the media type of the whole",
        )
        .get("/style.css")
        .with("Range", "bytes=0-9,1000-1009")
        .expect(206)
        .parts(&[(0, 9), (1000, 1009)]),
        case(
            Choice,
            "rfc9110-14.6-of-coded-content",
            "several parts of coded content are ignored (§14.2): `Content-Encoding` would say of the multipart what is true of its parts alone (§8.4)",
        )
        .get("/data.json")
        .with("Accept-Encoding", "gzip")
        .with("Range", "bytes=0-0,200-200")
        .expect(200)
        .has("Content-Encoding", "gzip")
        .lacks("Content-Range"),
        case(
            Must,
            "rfc9110-14.2-one-part-of-coded-content",
            "one part is a slice of the coded bytes, and in their coding",
        )
        .get("/data.json")
        .with("Accept-Encoding", "gzip")
        .with("Range", "bytes=200-209")
        .expect(206)
        .has("Content-Encoding", "gzip")
        .has("ETag", "{tag:gzip}"),
    ]
}

fn around_ranges() -> Vec<Case> {
    vec![
        case(
            May,
            "rfc9110-14.3-accept-ranges",
            "a server says that it understands ranges",
        )
        .get("/ten.bin")
        .expect(200)
        .has("Accept-Ranges", "bytes"),
        case(May, "rfc9110-14.3-on-206", "also on a part")
            .get("/ten.bin")
            .with("Range", "bytes=0-0")
            .expect(206)
            .has("Accept-Ranges", "bytes"),
        case(
            Choice,
            "rfc9110-14.3-not-on-errors",
            "an error has no ranges",
        )
        .get("/missing.js")
        .expect(404)
        .lacks("Accept-Ranges"),
        case(
            Must,
            "rfc9110-14.4-total-is-that-of-the-coding",
            "Content-Range counts the bytes of the selected representation",
        )
        .get("/style.css")
        .with("Accept-Encoding", "br")
        .with("Range", "bytes=0-3")
        .expect(206)
        .has("Content-Encoding", "br")
        .never_mentions("Content-Range", "/3000")
        .has("Content-Length", "4"),
        case(
            Must,
            "rfc9110-14.2-ignored-on-404",
            "what is missing has no ranges",
        )
        .get("/missing.js")
        .with("Range", "bytes=0-0")
        .expect(404)
        .lacks("Content-Range"),
        case(
            Must,
            "rfc9110-14.2-ignored-on-redirects",
            "nor has a redirect",
        )
        .get("/docs")
        .with("Range", "bytes=0-0")
        .expect(301)
        .lacks("Content-Range"),
        case(Must, "rfc9110-14.2-ignored-on-post", "ranges are for GET")
            .ask("POST", "/ten.bin")
            .with("Range", "bytes=99-")
            .expect(405)
            .lacks("Content-Range"),
        case(
            Must,
            "rfc9110-14.2-ignored-on-options",
            "ranges are for GET",
        )
        .ask("OPTIONS", "/ten.bin")
        .with("Range", "bytes=99-")
        .expect(204)
        .lacks("Content-Range"),
        case(
            Must,
            "rfc9110-14.2-of-an-app",
            "the document of an app has ranges under every route",
        )
        .on(Site::App)
        .get("/some/route")
        .navigating()
        .with("Range", "bytes=0-8")
        .expect(206)
        .says_exactly("<!doctype")
        .has("ETag", "{tag}"),
        case(
            Must,
            "rfc9110-14.2-of-an-index",
            "so has the index of a folder",
        )
        .get("/docs/")
        .with("Range", "bytes=0-8")
        .expect(206)
        .says_exactly("<!doctype"),
    ]
}
