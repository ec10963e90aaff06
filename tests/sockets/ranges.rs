//! Parts of content: every form of RFC 9110 §14.1.2 on empty, tiny, held and streamed content.

use crate::{
    get_and_head,
    support::{Answer, Ask, Larder, Site, holds},
};

/// Content in which every offset can be told from every other nearby.
fn content(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from((at * 7 + at / 251) % 251).expect("less than 251"))
        .collect()
}

/// The last is above the limit up to which content is held in memory: it is read from disk.
const SIZES: [usize; 6] = [0, 1, 10, 1000, 10_000, 3 << 20];

#[test]
fn parts_of_coded_content_are_not_sent_together() {
    let site = Site::of(&[("index.html", "<title>x</title>")]);
    let words =
        (0..20_000_u32).map(|number| format!("{}\n", number.wrapping_mul(2_654_435_761) % 9973));
    site.write("words.txt", words.collect::<String>());
    let larder = Larder::serve(&site);
    let ask = |range: &str| {
        let ask = Ask::get("/words.txt").with("Range", range);
        larder.ask(&ask.with("Accept-Encoding", "gzip"))
    };
    holds("it is coded", || {
        ask("bytes=0-9").field("content-encoding") == Some("gzip")
    });
    ask("bytes=0-9").is(206).has("content-encoding", "gzip");
    ask("bytes=0-9,1000-1009")
        .is(200)
        .has("content-encoding", "gzip")
        .lacks("content-range");
    let plain = Ask::get("/words.txt").with("Range", "bytes=0-9,1000-1009");
    larder.ask(&plain).is(206).lacks("content-encoding");
}

fn serve() -> (Site, Larder) {
    let site = Site::of(&[
        ("index.html", "<title>x</title>"),
        ("about.html", "<title>y</title>"),
    ]);
    for size in SIZES {
        site.write(&format!("{size}.bin"), content(size));
    }
    let larder = Larder::serve(&site);
    (site, larder)
}

#[track_caller]
fn part(larder: &Larder, size: usize, range: &str) -> Answer {
    larder.ask(&Ask::get(format!("/{size}.bin")).with("Range", range))
}

/// Asserts 206 with the bytes from `first` to `last`, both included.
#[track_caller]
fn is_part(answer: &Answer, size: usize, first: usize, last: usize) {
    answer
        .is(206)
        .has("content-range", &format!("bytes {first}-{last}/{size}"))
        .has("content-length", &(last - first + 1).to_string())
        .says(&content(size)[first..=last]);
}

/// Hostile 32, 40.
#[test]
fn every_form_of_a_single_range_gives_its_bytes() {
    let (_site, larder) = serve();
    for size in SIZES.into_iter().filter(|size| *size > 0) {
        let last = size - 1;
        let middle = size / 2;
        is_part(&part(&larder, size, "bytes=0-0"), size, 0, 0);
        is_part(&part(&larder, size, "bytes=0-"), size, 0, last);
        is_part(
            &part(&larder, size, &format!("bytes={middle}-")),
            size,
            middle,
            last,
        );
        is_part(
            &part(&larder, size, &format!("bytes={middle}-{middle}")),
            size,
            middle,
            middle,
        );
        is_part(
            &part(&larder, size, &format!("bytes=0-{last}")),
            size,
            0,
            last,
        );
        is_part(
            &part(&larder, size, &format!("bytes=0-{size}")),
            size,
            0,
            last,
        );
        is_part(
            &part(&larder, size, &format!("bytes={last}-{}", size + 1000)),
            size,
            last,
            last,
        );
        is_part(&part(&larder, size, "bytes=-1"), size, last, last);
        is_part(
            &part(&larder, size, &format!("bytes=-{size}")),
            size,
            0,
            last,
        );
        is_part(
            &part(&larder, size, &format!("bytes=-{}", size + 1)),
            size,
            0,
            last,
        );
        is_part(&part(&larder, size, "Bytes=0-0"), size, 0, 0);
    }
}

#[test]
fn the_last_three_bytes_are_the_last_three_bytes() {
    let (_site, larder) = serve();
    is_part(&part(&larder, 10, "bytes=-3"), 10, 7, 9);
}

/// Hostile 35.
#[test]
fn a_range_after_the_end_is_416_that_nobody_stores() {
    let (_site, larder) = serve();
    for size in SIZES {
        let answer = part(&larder, size, &format!("bytes={size}-"));
        answer
            .is_error(416)
            .has("content-range", &format!("bytes */{size}"));
        part(&larder, size, &format!("bytes={}-{}", size + 5, size + 9)).is_error(416);
    }
    part(&larder, 10, "bytes=-0")
        .is_error(416)
        .has("content-range", "bytes */10");
}

/// Hostile 41.
#[test]
fn empty_content_has_no_part() {
    let (_site, larder) = serve();
    for range in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
        let answer = part(&larder, 0, range);
        assert!(matches!(answer.status, 200 | 416), "{range}: {answer:#?}");
        assert!(
            answer.status == 416 || answer.content.is_empty(),
            "{range}: {answer:#?}"
        );
    }
}

/// Hostile 33, 34.
#[test]
fn what_is_no_range_is_ignored() {
    let (_site, larder) = serve();
    for range in [
        "seconds=0-5",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=0x0-0x1",
        "bytes=+0-1",
        "bytes=0-+1",
        "bytes=--1",
        "bytes=0--1",
        "bytes=5-4",
        "bytes=0-1-2",
        "bytes=1.5-2",
        "bytes 0-1",
        "bytes:0-1",
        "0-1",
        "",
        "bytes=0-1;2-3",
        "bytes=\u{0661}-2",
    ] {
        let answer = part(&larder, 10, range);
        assert!(
            matches!(answer.status, 200 | 416),
            "{range:?} is no range: {answer:#?}"
        );
        if answer.status == 200 {
            answer.lacks("content-range").says(content(10));
        }
    }
    part(&larder, 10, "seconds=0-5").is(200);
}

/// Hostile 36.
#[test]
fn numbers_beyond_every_integer_are_bounded() {
    let (_site, larder) = serve();
    let huge = "9".repeat(60);
    is_part(&part(&larder, 10, &format!("bytes=0-{huge}")), 10, 0, 9);
    is_part(&part(&larder, 10, &format!("bytes=-{huge}")), 10, 0, 9);
    is_part(
        &part(&larder, 10, &format!("bytes=3-{}", u64::MAX)),
        10,
        3,
        9,
    );
    is_part(
        &part(&larder, 10, &format!("bytes=-{}", i64::MAX)),
        10,
        0,
        9,
    );
    is_part(&part(&larder, 10, "bytes=-9223372036854775808"), 10, 0, 9);
    for first in [
        huge.as_str(),
        "18446744073709551615",
        "18446744073709551616",
        "9223372036854775808",
    ] {
        part(&larder, 10, &format!("bytes={first}-")).is(416);
    }
}

/// Hostile 38.
#[test]
fn several_ranges_are_all_sent_or_the_whole_is() {
    let (_site, larder) = serve();
    for size in [10, 10_000, 3 << 20] {
        let answer = part(&larder, size, "bytes=0-1,4-5,-1");
        if answer.status == 200 {
            answer.says(content(size));
            continue;
        }
        answer.is(206).lacks("content-range");
        let parts = parts(&answer);
        let bytes = content(size);
        let wanted = [(0, 2), (4, 6), (size - 1, size)].map(|(from, to)| bytes[from..to].to_vec());
        assert_eq!(parts, wanted, "size {size}");
    }
}

#[test]
fn a_satisfiable_range_beside_an_unsatisfiable_one_is_sent() {
    let (_site, larder) = serve();
    let answer = part(&larder, 10, "bytes=0-1,50-60");
    match answer.status {
        200 => answer.says(content(10)),
        _ if answer.field("content-range").is_some() => {
            answer.is(206).has("content-range", "bytes 0-1/10")
        }
        _ => {
            assert_eq!(parts(&answer), [content(10)[..2].to_vec()]);
            answer.is(206)
        }
    };
}

/// Hostile 37.
#[test]
fn a_flood_of_ranges_is_answered_with_at_most_twice_the_content() {
    let (_site, larder) = serve();
    let many: Vec<String> = (0..400)
        .map(|at| format!("{}-{}", at * 2, at * 2))
        .collect();
    let overlapping: Vec<String> = (0..400).map(|_| "0-".to_owned()).collect();
    let nested: Vec<String> = (0..150).map(|at| format!("{at}-9999")).collect();
    for ranges in [many, overlapping, nested] {
        let answer = part(&larder, 10_000, &format!("bytes={}", ranges.join(",")));
        assert!(
            matches!(answer.status, 200 | 206 | 416),
            "{}",
            answer.status
        );
        assert!(
            answer.content.len() <= 20_000,
            "{} bytes for 10,000",
            answer.content.len()
        );
    }
    part(
        &larder,
        10_000,
        &format!("bytes={}", vec!["0-"; 400].join(",")),
    )
    .is(200);
}

/// Hostile 39.
#[test]
fn head_has_no_parts() {
    let (_site, larder) = serve();
    for size in SIZES {
        let head = larder.ask(&Ask::head(format!("/{size}.bin")).with("Range", "bytes=0-0"));
        head.is(200)
            .lacks("content-range")
            .has("content-length", &size.to_string());
    }
}

#[test]
fn all_content_says_that_it_can_be_asked_for_in_parts() {
    let (_site, larder) = serve();
    for size in SIZES {
        get_and_head(&larder, &Ask::get(format!("/{size}.bin")))
            .is(200)
            .has("accept-ranges", "bytes")
            .says(content(size));
    }
}

#[test]
fn a_part_has_the_fields_of_the_whole() {
    let (_site, larder) = serve();
    for size in [10, 3 << 20] {
        let whole = larder.get(&format!("/{size}.bin"));
        let part = part(&larder, size, "bytes=2-4");
        for name in [
            "etag",
            "cache-control",
            "content-type",
            "vary",
            "last-modified",
        ] {
            assert_eq!(part.field(name), whole.field(name), "{name} of {size}");
        }
    }
}

/// Hostile 47.
#[test]
fn a_part_is_only_of_the_representation_that_the_client_has() {
    let (_site, larder) = serve();
    for size in [10, 3 << 20] {
        let tag = larder.get(&format!("/{size}.bin")).tag();
        let ask = |value: &str| {
            larder.ask(
                &Ask::get(format!("/{size}.bin"))
                    .with("Range", "bytes=0-3")
                    .with("If-Range", value),
            )
        };
        is_part(&ask(&tag), size, 0, 3);
        for other in [
            "\"other\"".to_owned(),
            format!("W/{tag}"),
            tag.trim_matches('"').to_owned(),
            format!("{tag}, \"other\""),
            "*".to_owned(),
            "garbage".to_owned(),
            "Thu, 01 Jan 1970 00:00:00 GMT".to_owned(),
            "Fri, 01 Jan 2100 00:00:00 GMT".to_owned(),
        ] {
            ask(&other)
                .is(200)
                .lacks("content-range")
                .says(content(size));
        }
    }
}

/// Hostile 48.
#[test]
fn a_client_that_has_everything_gets_304_whatever_range_it_asks_for() {
    let (_site, larder) = serve();
    for range in ["bytes=0-0", "bytes=99999999-", "nonsense"] {
        let tag = larder.get("/10.bin").tag();
        larder
            .ask(
                &Ask::get("/10.bin")
                    .with("Range", range)
                    .with("If-None-Match", tag),
            )
            .is(304)
            .lacks("content-range");
    }
}

#[test]
fn parts_of_streamed_content_put_together_are_the_whole() {
    let (_site, larder) = serve();
    let size = 3 << 20;
    let mut whole = Vec::new();
    let step = 777_777;
    for first in (0..size).step_by(step) {
        whole.extend(
            part(
                &larder,
                size,
                &format!("bytes={first}-{}", first + step - 1),
            )
            .is(206)
            .content
            .clone(),
        );
    }
    assert!(whole == content(size), "{} bytes", whole.len());
}

/// The contents of a `multipart/byteranges`, each checked against the range that its own Content-Range tells.
#[track_caller]
fn parts(answer: &Answer) -> Vec<Vec<u8>> {
    let kind = answer.field("content-type").expect("parts have a type");
    let boundary = kind
        .strip_prefix("multipart/byteranges; boundary=")
        .unwrap_or_else(|| panic!("Content-Type: {kind}"));
    let delimiter = format!("--{}", boundary.trim_matches('"'));
    let mut rest = answer.content.as_slice();
    let mut parts = Vec::new();
    loop {
        let at = find(rest, delimiter.as_bytes()).expect("parts are delimited");
        rest = &rest[at + delimiter.len()..];
        if rest.starts_with(b"--") {
            return parts;
        }
        let head_end = find(rest, b"\r\n\r\n").expect("a part has a head");
        let head = String::from_utf8_lossy(&rest[..head_end]).to_ascii_lowercase();
        let range = head
            .split("content-range: bytes ")
            .nth(1)
            .expect("a part says which it is");
        let range = range.split('/').next().expect("a range has a length");
        let (first, last) = range.split_once('-').expect("a range has two ends");
        let number = |text: &str| text.parse::<usize>().expect("an offset is a number");
        let length = number(last) - number(first) + 1;
        rest = &rest[head_end + 4..];
        parts.push(rest[..length].to_vec());
        rest = &rest[length..];
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
