use super::Coding::{Coded, Identity, NotAcceptable};
use super::ContentCoding::{Brotli, Gzip, Zstd};
use super::*;
use proptest::prelude::*;

fn ask(lines: &[&str]) -> Coding {
    preferred(
        lines.iter().map(|line| line.as_bytes()),
        &ContentCoding::ALL,
    )
}

#[test]
fn without_a_field_the_content_goes_as_it_is() {
    assert_eq!(ask(&[]), Identity);
    assert_eq!(ask(&[""]), Identity);
}

#[test]
fn each_field_value_has_its_answer() {
    for (line, expected) in [
        ("gzip", Coded(Gzip)),
        ("x-gzip", Coded(Gzip)),
        ("GZip", Coded(Gzip)),
        ("gzip, deflate, br, zstd", Coded(Brotli)),
        ("gzip;q=1.0, br;q=0.5", Coded(Gzip)),
        ("gzip;q=0.5, br;q=0.5", Coded(Brotli)),
        ("gzip;q=0", Identity),
        ("gzip;q=0.000, *", Coded(Brotli)),
        ("*", Coded(Brotli)),
        ("*, br;q=0", Coded(Zstd)),
        ("*;q=0", NotAcceptable),
        ("*;q=0, gzip", Coded(Gzip)),
        ("*;q=0, identity", Identity),
        ("*;q=0, identity;q=0.1", Identity),
        ("identity;q=0", NotAcceptable),
        ("identity;q=0, gzip;q=0.1", Coded(Gzip)),
        ("identity;q=0, *", Coded(Brotli)),
        ("identity, gzip", Coded(Gzip)),
        ("identity, gzip;q=0.9", Identity),
        ("identity;q=0.5, gzip;q=0.4, br;q=0.6", Coded(Brotli)),
        ("compress, deflate", Identity),
        ("gzip;q=2", Identity),
        ("gzip;q=", Identity),
        ("gzip;q=-1", Identity),
        ("gzip;q=0.5;q=0", Identity),
        ("gzipped, agzip, gzip2", Identity),
        ("gzip q=1", Identity),
        (",, ,gzip ; q=0.5 ,", Coded(Gzip)),
        ("gzip, gzip;q=0", Identity),
        ("gzip;q=0, gzip", Identity),
    ] {
        assert_eq!(ask(&[line]), expected, "{line}");
    }
}

#[test]
fn several_lines_are_one_list() {
    assert_eq!(ask(&["gzip;q=0.5", "br"]), Coded(Brotli));
    assert_eq!(ask(&["identity;q=0", "gzip"]), Coded(Gzip));
}

#[test]
fn only_what_is_available_is_preferred() {
    let preferred = |line: &str, available: &[ContentCoding]| {
        super::preferred(std::iter::once(line.as_bytes()), available)
    };
    assert_eq!(preferred("br, gzip;q=0.1", &[Gzip]), Coded(Gzip));
    assert_eq!(preferred("br", &[Gzip]), Identity);
    assert_eq!(preferred("br, identity;q=0", &[Gzip]), NotAcceptable);
    assert_eq!(preferred("br, gzip", &[Gzip, Brotli]), Coded(Gzip));
    assert_eq!(preferred("gzip", &[]), Identity);
    assert_eq!(preferred("identity;q=0, *", &[]), NotAcceptable);
}

#[test]
fn the_work_on_a_list_has_a_ceiling() {
    let members = format!("{}br", "x,".repeat(MAX_MEMBERS));
    assert_eq!(ask(&[&members]), Identity);
    let long = "x".repeat(MAX_LENGTH);
    assert_eq!(ask(&["gzip", &long, "br"]), Coded(Gzip));
}

proptest! {
    #[test]
    fn any_bytes_are_answered(lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..4)) {
        let _ = preferred(lines.iter().map(Vec::as_slice), &ContentCoding::ALL);
    }

    #[test]
    fn a_coding_is_sent_only_when_it_was_named_or_starred(line in "((gzip|br|zstd|identity|\\*|x)(;q=[01](\\.[0-9]{1,3})?)?, ?){0,5}") {
        if let Coded(coding) = ask(&[&line]) {
            prop_assert!(line.contains(coding.as_str()) || line.contains('*'));
        }
    }
}
