//! RFC 9110 §13: conditional requests.

use crate::harness::{Case, Choice, Level, May, Must, Should, Site, case, site::MODIFIED};

const BEFORE: &str = "Wed, 12 Mar 2025 08:29:59 GMT";
const AFTER: &str = "Wed, 12 Mar 2025 08:30:01 GMT";

/// `If-None-Match` → status, on a resource with a strong entity tag.
const IF_NONE_MATCH: &[(Level, &str, &str, u16)] = &[
    (Must, "exact", "{tag}", 304),
    (Must, "weak", "W/{tag}", 304),
    (Must, "other", "\"other\"", 200),
    (Must, "weak-other", "W/\"other\"", 200),
    (Must, "any", "*", 304),
    (Must, "list-first-member", "{tag}, \"other\"", 304),
    (Must, "list-second-member", "\"other\", {tag}", 304),
    (
        Must,
        "list-weak-member",
        "\"other\", W/{tag}, W/\"more\"",
        304,
    ),
    (Must, "list-without-spaces", "\"a\",\"b\",{tag}", 304),
    (Must, "list-with-empty-members", ", \"a\",, {tag} ,", 304),
    (Must, "list-of-others", "\"a\", \"b\", W/\"c\"", 200),
    (Must, "comma-inside-a-tag", "\"a,b\", {tag}", 304),
    (Must, "tag-inside-a-tag", "\"x{opaque}\"", 200),
    (Must, "prefix-of-the-tag", "\"{opaque}0\"", 200),
    (Must, "empty-tag", "\"\"", 200),
    (Must, "no-escapes-in-tags", "\"\\\\\", {tag}", 304),
    (Choice, "unquoted", "{opaque}", 200),
    (Choice, "single-quotes", "'{opaque}'", 200),
    (Choice, "quote-missing", "\"{opaque}", 200),
    (Choice, "lower-case-weakness", "w/{tag}", 200),
    (Choice, "space-after-weakness", "W/ {tag}", 200),
    (Choice, "members-without-comma", "\"other\" {tag}", 200),
    (Choice, "one-bad-member", "{tag}, other", 200),
    (Choice, "star-in-a-list", "*, \"other\"", 200),
    (Choice, "quoted-star", "\"*\"", 200),
    (Choice, "no-value", "", 200),
];

/// `If-Match` → status.
const IF_MATCH: &[(Level, &str, &str, u16)] = &[
    (Must, "exact", "{tag}", 200),
    (Must, "any", "*", 200),
    (Must, "list-second-member", "\"other\", {tag}", 200),
    (Must, "other", "\"other\"", 412),
    (Must, "weak-never-matches", "W/{tag}", 412),
    (Must, "weak-in-a-list", "W/{tag}, \"other\"", 412),
    (Must, "list-of-others", "\"a\", \"b\"", 412),
    (Choice, "unquoted", "{opaque}", 412),
    (Choice, "one-bad-member", "{tag}, other", 412),
    (Choice, "no-value", "", 412),
];

/// `If-Modified-Since` → status, on a resource last changed at [`MODIFIED`].
const IF_MODIFIED_SINCE: &[(Level, &str, &str, u16)] = &[
    (Must, "same", MODIFIED, 304),
    (Must, "later", AFTER, 304),
    (Must, "earlier", BEFORE, 200),
    (Must, "years-ago", "Sun, 06 Nov 1994 08:49:37 GMT", 200),
    (Must, "rfc850", "Wednesday, 12-Mar-25 08:30:00 GMT", 304),
    (
        Must,
        "rfc850-earlier",
        "Wednesday, 12-Mar-25 08:29:59 GMT",
        200,
    ),
    (
        Must,
        "rfc850-of-the-last-century",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        200,
    ),
    (Must, "asctime", "Wed Mar 12 08:30:00 2025", 304),
    (
        Must,
        "asctime-one-digit-day",
        "Thu Mar 13 08:30:00 2025",
        304,
    ),
    (Must, "asctime-padded-day", "Sun Nov  6 08:49:37 1994", 200),
    (Must, "garbage", "yesterday", 200),
    (Must, "number", "1741768200", 200),
    (Must, "iso-8601", "2025-03-12T08:30:00Z", 200),
    (Must, "empty", "", 200),
    (Must, "no-such-day", "Sun, 30 Feb 2025 08:30:00 GMT", 200),
    (Must, "no-such-hour", "Wed, 12 Mar 2025 24:30:00 GMT", 200),
    (Must, "time-zone", "Wed, 12 Mar 2025 08:30:00 +0000", 200),
    (Must, "no-time-zone", "Wed, 12 Mar 2025 08:30:00", 200),
    (
        Must,
        "list",
        "Wed, 12 Mar 2025 08:30:00 GMT, Wed, 12 Mar 2025 08:30:01 GMT",
        200,
    ),
    (
        Must,
        "length-of-netscape",
        "Wed, 12 Mar 2025 08:30:00 GMT; length=10",
        200,
    ),
    (Choice, "lower-case", "wed, 12 mar 2025 08:30:00 gmt", 200),
    (
        Choice,
        "wrong-weekday",
        "Fri, 14 Mar 2025 08:30:00 UTC",
        200,
    ),
    (May, "in-the-future", "Fri, 01 Jan 2100 00:00:00 GMT", 304),
];

/// `If-Unmodified-Since` → status, on the same.
const IF_UNMODIFIED_SINCE: &[(Level, &str, &str, u16)] = &[
    (Must, "same", MODIFIED, 200),
    (Must, "later", AFTER, 200),
    (Must, "earlier", BEFORE, 412),
    (
        Must,
        "rfc850-earlier",
        "Wednesday, 12-Mar-25 08:29:59 GMT",
        412,
    ),
    (Must, "asctime-earlier", "Wed Mar 12 08:29:59 2025", 412),
    (Must, "garbage", "yesterday", 200),
    (Must, "number", "0", 200),
    (Must, "empty", "", 200),
];

/// `If-Range` → status of `Range: bytes=0-3`, on the same.
const IF_RANGE: &[(Level, &str, &str, u16)] = &[
    (Must, "exact", "{tag}", 206),
    (Must, "other", "\"other\"", 200),
    (Must, "weak-never-matches", "W/{tag}", 200),
    (Must, "list-is-no-value", "\"other\", {tag}", 200),
    (Must, "list-of-one-tag-twice", "{tag}, {tag}", 200),
    (Must, "star-is-no-value", "*", 200),
    (Must, "unquoted", "{opaque}", 200),
    (Must, "empty", "", 200),
    (Must, "same-date", MODIFIED, 206),
    (Must, "earlier-date", BEFORE, 200),
    (Must, "later-date-is-not-the-same", AFTER, 200),
    (
        Must,
        "same-date-as-rfc850",
        "Wednesday, 12-Mar-25 08:30:00 GMT",
        206,
    ),
    (
        Must,
        "same-date-as-asctime",
        "Wed Mar 12 08:30:00 2025",
        206,
    ),
    (Must, "garbage", "yesterday", 200),
];

fn table(
    section: &str,
    field: &'static str,
    rows: &'static [(Level, &str, &str, u16)],
    on: fn(Case) -> Case,
) -> impl Iterator<Item = Case> {
    rows.iter().map(move |(level, name, value, status)| {
        let case = on(case(
            *level,
            format!("rfc9110-{section}-{name}"),
            format!("{field}: `{value}` gets {status}"),
        ))
        .with(field, *value)
        .expect(*status);
        match status {
            200 => case.whole("/ten.bin"),
            304 => case.has("ETag", "{tag}").empty(),
            _ => case,
        }
    })
}

pub(crate) fn cases() -> Vec<Case> {
    let ten = |case: Case| case.get("/ten.bin");
    let dated = |case: Case| case.on(Site::Dated).get("/ten.bin");
    let ranged = |case: Case| {
        case.on(Site::Dated)
            .get("/ten.bin")
            .with("Range", "bytes=0-3")
    };
    let mut cases: Vec<Case> = table("13.1.2", "If-None-Match", IF_NONE_MATCH, ten)
        .chain(table("13.1.1", "If-Match", IF_MATCH, ten))
        .chain(table(
            "13.1.3",
            "If-Modified-Since",
            IF_MODIFIED_SINCE,
            dated,
        ))
        .chain(table(
            "13.1.4",
            "If-Unmodified-Since",
            IF_UNMODIFIED_SINCE,
            dated,
        ))
        .chain(table("13.1.5", "If-Range", IF_RANGE, ranged))
        .collect();
    cases.extend(single_fields());
    cases.extend(precedence());
    cases
}

fn single_fields() -> Vec<Case> {
    vec![
        case(Must, "rfc9110-13.1.1-two-lines", "several field lines are one list (§5.2)").get("/ten.bin").with("If-Match", "\"other\"").with("If-Match", "{tag}").expect(200),
        case(Must, "rfc9110-13.1.1-tag-of-another-coding", "it is compared with the representation that is selected now").get("/style.css").with("If-Match", "{tag:br}").expect(412),
        case(Must, "rfc9110-13.1.1-tag-of-the-same-coding", "… in the coding that is selected now").get("/style.css").with("Accept-Encoding", "br").with("If-Match", "{tag:br}").expect(200).has("Content-Encoding", "br"),
        case(Must, "rfc9110-13.1.1-any-of-what-is-missing", "`*` is false where there is no representation; the answer would not be a success anyway (§13.2.1)").get("/missing.js").with("If-Match", "*").expect(404).or(412),
        case(Must, "rfc9110-13.1.2-two-lines", "several field lines are one list (§5.2)").get("/ten.bin").with("If-None-Match", "\"other\"").with("If-None-Match", "{tag}").expect(304),
        case(Must, "rfc9110-13.1.2-match-on-the-first-of-two-lines", "whichever line it stands on").get("/ten.bin").with("If-None-Match", "{tag}").with("If-None-Match", "\"other\"").expect(304),
        case(Must, "rfc9110-13.1.2-tag-of-another-coding", "the stored response has other bytes: it cannot be used").get("/style.css").with("If-None-Match", "{tag:br}").expect(200).whole("/style.css"),
        case(Must, "rfc9110-13.1.2-identity-when-br-is-selected", "nor the other way round").get("/style.css").with("Accept-Encoding", "br").with("If-None-Match", "{tag:identity}").expect(200).has("Content-Encoding", "br"),
        case(Must, "rfc9110-13.1.2-same-coding", "the stored response has the same bytes").get("/style.css").with("Accept-Encoding", "br").with("If-None-Match", "{tag:br}").expect(304).has("ETag", "{tag:br}").lacks("Content-Encoding"),
        case(Must, "rfc9110-13.1.2-tags-of-all-codings", "a cache that holds all of them is told which to use (RFC 9111 §4.3.1)").get("/style.css").with("Accept-Encoding", "gzip").with("If-None-Match", "{tag:br}, {tag:identity}, {tag:gzip}").expect(304).has("ETag", "{tag:gzip}"),
        case(Must, "rfc9110-13.1.2-gzip-suffix-of-apache", "a tag that somebody changed on the way is another tag").get("/style.css").with("If-None-Match", "\"{opaque}-gzip\"").expect(200),
        case(Must, "rfc9110-13.1.2-any-of-what-is-missing", "`*` cannot make a success of 404").get("/missing.js").with("If-None-Match", "*").expect(404),
        case(Must, "rfc9110-13.1.2-any-of-a-redirect", "nor of a redirect").get("/docs").with("If-None-Match", "*").expect(301),
        case(Must, "rfc9110-13.1.2-empty-content", "content of no bytes can be validated too").get("/empty.bin").with("If-None-Match", "{tag}").expect(304),
        case(Choice, "rfc9110-13.1.2-long-list", "work is bounded: a list of more than 256 members is not read").get("/ten.bin").with("If-None-Match", format!("{}{{tag}}", "\"x\", ".repeat(300))).expect(200),
        case(Should, "rfc9110-13.1.2-some-dozens", "what a cache with many stored responses sends is read").get("/ten.bin").with("If-None-Match", format!("{}{{tag}}", "\"0123456789abcdef0123456789abcdef\", ".repeat(60))).expect(304),
        case(Must, "rfc9110-13.1.3-no-date-known", "without a date of last change it is ignored").get("/ten.bin").with("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT").expect(200).whole("/ten.bin"),
        case(Must, "rfc9110-13.1.3-two-lines", "two members are no date").on(Site::Dated).get("/ten.bin").with("If-Modified-Since", MODIFIED).with("If-Modified-Since", MODIFIED).expect(200),
        case(Must, "rfc9110-13.1.3-ignored-beside-if-none-match", "If-None-Match is the better condition").on(Site::Dated).get("/ten.bin").with("If-Modified-Since", MODIFIED).with("If-None-Match", "\"other\"").expect(200),
        case(Must, "rfc9110-13.1.3-ignored-beside-a-match", "… also when the date would say changed").on(Site::Dated).get("/ten.bin").with("If-Modified-Since", BEFORE).with("If-None-Match", "{tag}").expect(304),
        case(Must, "rfc9110-13.1.3-ignored-beside-garbage", "… also when it cannot be read").on(Site::Dated).get("/ten.bin").with("If-Modified-Since", MODIFIED).with("If-None-Match", "garbage").expect(200),
        case(Must, "rfc9110-13.1.3-match-and-old-date", "the tag matches: 304, whatever the date").get("/style.css").with("If-None-Match", "{tag}").with("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT").expect(304),
        case(Must, "rfc9110-13.1.4-no-date-known", "without a date of last change it is ignored").get("/ten.bin").with("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT").expect(200),
        case(Must, "rfc9110-13.1.4-two-lines", "two members are no date").on(Site::Dated).get("/ten.bin").with("If-Unmodified-Since", BEFORE).with("If-Unmodified-Since", BEFORE).expect(200),
        case(Must, "rfc9110-13.1.4-ignored-beside-if-match", "If-Match is the better condition").on(Site::Dated).get("/ten.bin").with("If-Match", "{tag}").with("If-Unmodified-Since", BEFORE).expect(200),
        case(Must, "rfc9110-13.1.4-cannot-save-if-match", "… and decides alone").on(Site::Dated).get("/ten.bin").with("If-Match", "\"other\"").with("If-Unmodified-Since", AFTER).expect(412),
        case(Must, "rfc9110-13.1.5-without-range", "without Range it is ignored").get("/ten.bin").with("If-Range", "{tag}").expect(200).whole("/ten.bin"),
        case(Must, "rfc9110-13.1.5-false-without-range", "… also when it would be false").get("/ten.bin").with("If-Range", "\"other\"").expect(200).whole("/ten.bin"),
        case(Must, "rfc9110-13.1.5-false-and-unsatisfiable", "if it is false the range does not matter, not even a bad one").get("/ten.bin").with("Range", "bytes=99-").with("If-Range", "\"other\"").expect(200),
        case(Should, "rfc9110-13.1.5-true-and-unsatisfiable", "if it is true the range counts").get("/ten.bin").with("Range", "bytes=99-").with("If-Range", "{tag}").expect(416),
        case(Must, "rfc9110-13.1.5-no-date-known", "a date cannot be that of content whose date is not known").get("/ten.bin").with("Range", "bytes=0-3").with("If-Range", MODIFIED).expect(200),
        case(Must, "rfc9110-13.1.5-two-lines", "two are no value").get("/ten.bin").with("Range", "bytes=0-3").with("If-Range", "{tag}").with("If-Range", "{tag}").expect(200),
        case(Must, "rfc9110-13.1.5-tag-of-another-coding", "parts of two codings never become one").get("/style.css").with("Range", "bytes=0-3").with("If-Range", "{tag:br}").expect(200).whole("/style.css"),
        case(Must, "rfc9110-13.1.5-same-coding", "a download of coded content goes on").get("/style.css").with("Accept-Encoding", "br").with("Range", "bytes=4-9").with("If-Range", "{tag:br}").expect(206).has("Content-Encoding", "br").has("ETag", "{tag:br}"),
        case(Must, "rfc9110-13.1.5-several-ranges", "it is about all ranges of the set").get("/thousand.bin").with("Range", "bytes=0-9,500-509").with("If-Range", "\"other\"").expect(200).whole("/thousand.bin"),
    ]
}

fn precedence() -> Vec<Case> {
    vec![
        case(
            Must,
            "rfc9110-13.2.1-missing-stays-missing",
            "conditions are ignored where the answer would be no success",
        )
        .get("/missing.js")
        .with("If-Match", "\"other\"")
        .with("If-None-Match", "\"other\"")
        .expect(404),
        case(
            Must,
            "rfc9110-13.2.1-redirect-stays-redirect",
            "… and on redirects",
        )
        .get("/docs")
        .with("If-Match", "\"other\"")
        .expect(301),
        case(
            Must,
            "rfc9110-13.2.1-bad-path-stays-bad",
            "… and on paths that are none",
        )
        .get("/a%zz")
        .with("If-None-Match", "*")
        .expect(400),
        case(
            Must,
            "rfc9110-13.2.1-406-stays-406",
            "… and where nothing is acceptable",
        )
        .get("/style.css")
        .with("Accept-Encoding", "*;q=0")
        .with("If-Match", "\"other\"")
        .expect(406),
        case(
            Must,
            "rfc9110-13.2.2-if-match-before-if-none-match",
            "If-Match is evaluated first",
        )
        .get("/ten.bin")
        .with("If-Match", "\"other\"")
        .with("If-None-Match", "{tag}")
        .expect(412),
        case(
            Must,
            "rfc9110-13.2.2-both-true",
            "a true If-Match goes on to If-None-Match",
        )
        .get("/ten.bin")
        .with("If-Match", "{tag}")
        .with("If-None-Match", "{tag}")
        .expect(304),
        case(
            Must,
            "rfc9110-13.2.2-if-match-and-other",
            "both hold: the method is performed",
        )
        .get("/ten.bin")
        .with("If-Match", "{tag}")
        .with("If-None-Match", "\"other\"")
        .expect(200),
        case(
            Must,
            "rfc9110-13.2.2-if-unmodified-since-before-if-none-match",
            "the date condition that fails comes before the tag that matches",
        )
        .on(Site::Dated)
        .get("/ten.bin")
        .with("If-Unmodified-Since", BEFORE)
        .with("If-None-Match", "{tag}")
        .expect(412),
        case(
            Must,
            "rfc9110-13.2.2-if-unmodified-since-then-if-modified-since",
            "unmodified since then, and not modified since",
        )
        .on(Site::Dated)
        .get("/ten.bin")
        .with("If-Unmodified-Since", MODIFIED)
        .with("If-Modified-Since", MODIFIED)
        .expect(304),
        case(
            Must,
            "rfc9110-13.2.2-if-match-then-if-modified-since",
            "a true If-Match goes on to If-Modified-Since",
        )
        .on(Site::Dated)
        .get("/ten.bin")
        .with("If-Match", "*")
        .with("If-Modified-Since", MODIFIED)
        .expect(304),
        case(
            Must,
            "rfc9110-13.2.2-not-modified-before-range",
            "304 comes before 206",
        )
        .get("/ten.bin")
        .with("If-None-Match", "{tag}")
        .with("Range", "bytes=0-3")
        .expect(304),
        case(
            Must,
            "rfc9110-13.2.2-not-modified-before-unsatisfiable-range",
            "304 comes before 416",
        )
        .get("/ten.bin")
        .with("If-None-Match", "{tag}")
        .with("Range", "bytes=99-")
        .expect(304),
        case(
            Must,
            "rfc9110-13.2.2-not-modified-before-if-range",
            "304 comes before If-Range",
        )
        .get("/ten.bin")
        .with("If-None-Match", "{tag}")
        .with("If-Range", "\"other\"")
        .with("Range", "bytes=0-3")
        .expect(304),
        case(
            Must,
            "rfc9110-13.2.2-failed-before-range",
            "412 comes before 206",
        )
        .get("/ten.bin")
        .with("If-Match", "\"other\"")
        .with("Range", "bytes=0-3")
        .expect(412),
        case(
            Must,
            "rfc9110-13.2.2-range-after-true-conditions",
            "ranges are looked at when all conditions hold",
        )
        .get("/ten.bin")
        .with("If-Match", "{tag}")
        .with("If-None-Match", "\"other\"")
        .with("Range", "bytes=0-3")
        .expect(206)
        .slice(0, 3, 10),
        case(Must, "rfc9110-13.2.2-all-five", "all five in their order")
            .on(Site::Dated)
            .get("/ten.bin")
            .with("If-Match", "{tag}")
            .with("If-Unmodified-Since", BEFORE)
            .with("If-None-Match", "\"other\"")
            .with("If-Modified-Since", MODIFIED)
            .with("If-Range", "{tag}")
            .with("Range", "bytes=-1")
            .expect(206)
            .slice(9, 9, 10),
    ]
}
