//! Conditional requests and content codings over a socket, on held and on streamed content.

use std::io::Read as _;

use crate::{
    get_and_head,
    support::{Answer, Ask, Larder, Site, eventually},
};

/// Held in memory and worth coding; streamed from disk.
const TARGETS: [&str; 3] = ["/text.css", "/large.css", "/"];

fn text(length: usize) -> String {
    let mut text = String::new();
    let mut number = 0_u32;
    while text.len() < length {
        number += 1;
        text.push_str(&format_rule(number));
    }
    text
}

fn format_rule(number: u32) -> String {
    format!(
        ".rule-{number} {{ margin: {}px; color: #{:06x} }}\n",
        number % 37,
        number * 7919 % 0x00ff_ffff
    )
}

fn serve() -> (Site, Larder) {
    let site = Site::of(&[
        ("index.html", "<!doctype html><title>x</title>".to_owned()),
        ("text.css", text(40_000)),
        ("large.css", text(3 << 20)),
    ]);
    let larder = Larder::serve(&site);
    (site, larder)
}

fn with(larder: &Larder, target: &str, name: &str, value: impl AsRef<[u8]>) -> Answer {
    get_and_head(larder, &Ask::get(target).with(name, value))
}

/// Waits until a content coding of `target` is made, and gives the answer in it.
#[track_caller]
fn coded(larder: &Larder, target: &str, coding: &str) -> Answer {
    eventually(&format!("{target} in {coding}"), || {
        let answer = larder.ask(&Ask::get(target).with("Accept-Encoding", coding));
        (answer.field("content-encoding") == Some(coding)).then_some(answer)
    })
}

/// Hostile 43.
#[test]
fn whoever_has_the_representation_gets_304() {
    let (_site, larder) = serve();
    for target in TARGETS {
        let tag = larder.get(target).tag();
        for list in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            format!("\"other\",{tag},\"third\""),
            format!("W/\"other\", W/{tag}"),
            format!("\"a,b\", {tag}"),
            format!("\"a,{}\", {tag}", tag.trim_matches('"')),
            format!(" \t{tag}\t "),
            format!(", ,{tag}, ,"),
            "*".to_owned(),
        ] {
            let answer = with(&larder, target, "If-None-Match", &list);
            assert_eq!(answer.status, 304, "{target}, If-None-Match: {list}");
            answer
                .says("")
                .lacks("content-encoding")
                .lacks("content-type")
                .lacks("content-range");
        }
    }
}

/// Hostile 43.
#[test]
fn several_field_lines_are_one_list() {
    let (_site, larder) = serve();
    let tag = larder.get("/text.css").tag();
    let ask = Ask::get("/text.css")
        .with("If-None-Match", "\"other\"")
        .with("If-None-Match", &tag);
    get_and_head(&larder, &ask).is(304);
    let ask = Ask::get("/text.css")
        .with("If-Match", "\"other\"")
        .with("If-Match", &tag);
    get_and_head(&larder, &ask).is(200);
}

/// Hostile 43.
#[test]
fn what_only_looks_like_the_tag_is_not_it() {
    let (_site, larder) = serve();
    for target in TARGETS {
        let tag = larder.get(target).tag();
        let bare = tag.trim_matches('"').to_owned();
        for other in [
            "\"other\"".to_owned(),
            bare.clone(),
            format!("\"{}\"", &bare[..bare.len() - 1]),
            format!("\"{bare}x\""),
            format!("\"{}\"", swap_case(&bare)),
            format!("\"{bare}"),
            format!("{bare}\""),
            format!("\"a,{bare}\""),
            "\"*\"".to_owned(),
            "\"\"".to_owned(),
            String::new(),
        ] {
            let answer = with(&larder, target, "If-None-Match", &other);
            assert_eq!(
                answer.status, 200,
                "{target} ({tag}), If-None-Match: {other}"
            );
        }
    }
}

fn swap_case(text: &str) -> String {
    let swap = |letter: char| {
        if letter.is_lowercase() {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        }
    };
    let swapped: String = text.chars().map(swap).collect();
    assert_ne!(
        swapped, text,
        "a tag without letters would make this test say nothing"
    );
    swapped
}

/// Hostile 45.
#[test]
fn if_match_compares_strongly_and_fails_with_412_that_nobody_stores() {
    let (_site, larder) = serve();
    for target in TARGETS {
        let tag = larder.get(target).tag();
        with(&larder, target, "If-Match", &tag).is(200);
        with(&larder, target, "If-Match", format!("\"other\", {tag}")).is(200);
        with(&larder, target, "If-Match", "*").is(200);
        with(&larder, target, "If-Match", format!("W/{tag}")).is_error(412);
        with(&larder, target, "If-Match", "\"other\"").is_error(412);
    }
}

/// Hostile 44.
#[test]
fn tags_are_believed_before_dates() {
    let (_site, larder) = serve();
    let tag = larder.get("/text.css").tag();
    let (past, future) = (
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 01 Jan 2100 00:00:00 GMT",
    );
    let ask = |name: &str, value: &str, date_name: &str, date: &str| {
        get_and_head(
            &larder,
            &Ask::get("/text.css")
                .with(name, value)
                .with(date_name, date),
        )
        .status
    };
    assert_eq!(ask("If-None-Match", &tag, "If-Modified-Since", past), 304);
    assert_eq!(
        ask("If-None-Match", "\"other\"", "If-Modified-Since", future),
        200
    );
    assert_eq!(ask("If-Match", &tag, "If-Unmodified-Since", past), 200);
    assert_eq!(
        ask("If-Match", "\"other\"", "If-Unmodified-Since", future),
        412
    );
}

/// Hostile 46.
#[test]
fn a_date_that_is_none_is_ignored() {
    let (_site, larder) = serve();
    for bad in [
        "",
        "yesterday",
        "0",
        "Thu, 32 Jan 2020 00:00:00 GMT",
        "Thu, 01 Jan 2100 00:00:00 PST",
        "2100-01-01T00:00:00Z",
    ] {
        for name in ["If-Modified-Since", "If-Unmodified-Since"] {
            assert_eq!(
                with(&larder, "/text.css", name, bad).status,
                200,
                "{name}: {bad}"
            );
        }
    }
}

/// Hostile 49.
#[test]
fn a_304_repeats_what_a_cache_updates() {
    let (_site, larder) = serve();
    for target in TARGETS {
        eventually("an answer from one snapshot", || {
            let full = larder.ask(&Ask::get(target).with("Accept-Encoding", "br"));
            let ask = Ask::get(target)
                .with("Accept-Encoding", "br")
                .with("If-None-Match", full.tag());
            let unchanged = larder.ask(&ask);
            let again = larder.ask(&Ask::get(target).with("Accept-Encoding", "br"));
            if full.stable_fields() != again.stable_fields() {
                return None;
            }
            unchanged.is(304).says("");
            for name in [
                "etag",
                "cache-control",
                "vary",
                "expires",
                "content-location",
            ] {
                assert_eq!(
                    unchanged.field(name),
                    full.field(name),
                    "{name} of {target}"
                );
            }
            assert!(unchanged.field("date").is_some(), "{unchanged:#?}");
            Some(())
        });
    }
}

/// Hostile 50.
#[test]
fn each_content_coding_is_the_content_and_has_a_strong_tag_of_its_own() {
    let (site, larder) = serve();
    let wanted = std::fs::read(site.path("text.css")).unwrap();
    let mut tags = vec![larder.get("/text.css").tag()];
    for coding in ["br", "zstd", "gzip"] {
        let answer = coded(&larder, "/text.css", coding);
        answer.is(200).has("vary", "Accept-Encoding");
        assert!(
            answer.content.len() < wanted.len() / 2,
            "{coding}: {} bytes",
            answer.content.len()
        );
        tags.push(answer.tag());
    }
    assert!(tags.iter().all(|tag| tag.starts_with('"')), "{tags:?}");
    let mut different = tags.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 4, "{tags:?}");

    let mut decoded = Vec::new();
    let gzip = coded(&larder, "/text.css", "gzip");
    flate2::read::GzDecoder::new(gzip.content.as_slice())
        .read_to_end(&mut decoded)
        .expect("it is gzip");
    assert!(decoded == wanted);
}

/// Hostile 50.
#[test]
fn the_tag_of_one_coding_is_no_304_for_another() {
    let (_site, larder) = serve();
    let brotli = coded(&larder, "/text.css", "br").tag();
    let gzip = coded(&larder, "/text.css", "gzip").tag();
    let ask = |coding: &str, tag: &str| {
        larder
            .ask(
                &Ask::get("/text.css")
                    .with("Accept-Encoding", coding)
                    .with("If-None-Match", tag),
            )
            .status
    };
    assert_eq!(ask("br", &brotli), 304);
    assert_eq!(ask("gzip", &gzip), 304);
    assert_eq!(ask("gzip", &brotli), 200);
    assert_eq!(ask("identity", &brotli), 200);
    assert_eq!(ask("br", &gzip), 200);
}

/// Hostile 51.
#[test]
fn vary_is_on_every_answer_that_was_chosen_and_on_no_other() {
    let (site, larder) = serve();
    site.write("tiny.bin", [0, 1, 2, 3]);
    larder.until_it_serves("/tiny.bin", [0, 1, 2, 3]);
    let tag = coded(&larder, "/text.css", "br").tag();
    for ask in [
        Ask::get("/text.css"),
        Ask::get("/text.css").with("Accept-Encoding", "identity"),
        Ask::get("/text.css").with("Accept-Encoding", "br"),
        Ask::get("/text.css")
            .with("Accept-Encoding", "br")
            .with("If-None-Match", &tag),
        Ask::get("/text.css")
            .with("Accept-Encoding", "br")
            .with("Range", "bytes=0-9"),
    ] {
        larder.ask(&ask).has("vary", "Accept-Encoding");
    }
    larder
        .ask(&Ask::get("/tiny.bin").with("Accept-Encoding", "br"))
        .is(200)
        .lacks("vary");
}

/// Hostile 52.
#[test]
fn a_refused_coding_is_not_sent() {
    let (_site, larder) = serve();
    for coding in ["br", "zstd", "gzip"] {
        coded(&larder, "/text.css", coding);
    }
    let chosen = |accept: &str| {
        let answer = larder.ask(&Ask::get("/text.css").with("Accept-Encoding", accept));
        answer.is(200);
        answer
            .field("content-encoding")
            .unwrap_or("identity")
            .to_owned()
    };
    assert_eq!(chosen("gzip;q=0, br;q=0, zstd;q=0"), "identity");
    assert_eq!(chosen("br;q=0, *"), chosen("*, br;q=0"));
    assert_ne!(chosen("br;q=0, *"), "br");
    assert_eq!(chosen("*;q=0, gzip"), "gzip");
    assert_eq!(chosen("identity;q=0, gzip;q=0.1"), "gzip");
    assert_eq!(chosen("gzip;q=0.5, br;q=0.9"), "br");
    assert_eq!(chosen("gzip;q=1.0, br;q=0.1"), "gzip");
    assert_eq!(chosen("GZIP"), "gzip");
    assert_eq!(chosen("x-unknown, gzip"), "gzip");
    assert_eq!(chosen("gzipp"), "identity");
    assert_eq!(chosen("notbr"), "identity");
    assert_eq!(chosen(""), "identity");
    // Whoever reads only the start of an absurd field and sends identity is right, too: it is always acceptable.
    let absurd = chosen(&format!("{}gzip", "x, ".repeat(2700)));
    assert!(["gzip", "identity"].contains(&absurd.as_str()), "{absurd}");
}

/// Hostile 51, 52.
#[test]
fn where_nothing_is_acceptable_the_error_says_so_and_is_not_stored() {
    let (_site, larder) = serve();
    coded(&larder, "/text.css", "br");
    let answer =
        larder.ask(&Ask::get("/text.css").with("Accept-Encoding", "identity;q=0, x-unknown"));
    // RFC 9110 §12.5.3 lets a server answer as if the field were not there.
    assert!(matches!(answer.status, 200 | 406), "{answer:#?}");
    if answer.status == 406 {
        answer.is_error(406);
    }
}

/// Hostile 42.
#[test]
fn parts_of_a_coding_are_parts_of_its_bytes() {
    let (_site, larder) = serve();
    let whole = coded(&larder, "/text.css", "br");
    let part = larder.ask(
        &Ask::get("/text.css")
            .with("Accept-Encoding", "br")
            .with("Range", "bytes=10-19"),
    );
    match part.status {
        206 => {
            part.has("etag", &whole.tag())
                .has("content-encoding", "br")
                .says(&whole.content[10..20]);
            part.has(
                "content-range",
                &format!("bytes 10-19/{}", whole.content.len()),
            );
        }
        _ => {
            part.is(200).says(&whole.content);
        }
    }
}

/// RFC 9110 §8.4: a browser shows an image of that suffix only where it is told what to undo.
#[test]
fn a_suffix_that_means_a_coding_is_told_and_not_coded_again() {
    let picture = "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0h1'/></svg>\n".repeat(100);
    let mut coded = Vec::new();
    flate2::read::GzEncoder::new(picture.as_bytes(), flate2::Compression::none())
        .read_to_end(&mut coded)
        .expect("it is in memory");
    let site = Site::of(&[
        ("index.html", b"<title>x</title>".as_slice()),
        ("logo.SVGZ", &coded),
    ]);
    let larder = Larder::serve(&site);
    for accepts in ["gzip, br", "br", "identity"] {
        let ask = Ask::get("/logo.SVGZ").with("Accept-Encoding", accepts);
        let answer = larder.ask(&ask);
        answer
            .is(200)
            .has("content-encoding", "gzip")
            .has("content-type", "image/svg+xml")
            .lacks("vary");
        assert!(answer.content == coded);
    }
}

#[test]
fn siblings_are_adopted_only_if_they_decode_to_the_same_bytes() {
    use std::io::Write as _;
    let site = Site::of(&[
        ("index.html", "<title>x</title>".to_owned()),
        ("good.css", text(5000)),
        ("stale.css", text(5000)),
    ]);
    let gzip = |bytes: &[u8]| {
        // The name in the head makes it another gzip than larder's own.
        let mut encoder = flate2::GzBuilder::new()
            .filename("theirs.css")
            .write(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    };
    let theirs = gzip(text(5000).as_bytes());
    site.write("good.css.gz", &theirs);
    site.write("stale.css.gz", gzip(b"an earlier release"));
    let larder = Larder::serve(&site);
    coded(&larder, "/good.css", "gzip").says(&theirs);
    let mut decoded = String::new();
    let answer = coded(&larder, "/stale.css", "gzip");
    flate2::read::GzDecoder::new(answer.content.as_slice())
        .read_to_string(&mut decoded)
        .expect("it is gzip");
    assert_eq!(decoded, text(5000));
}
