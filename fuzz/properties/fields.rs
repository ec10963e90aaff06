//! The fields that a request is read by: whatever they hold, what is read of them is what a plainer reading finds, or less.

use larder::http::{
    CacheControl, Coding, ContentCoding, EntityTag, FieldSource, HttpDate, RangeRequest, Ranges,
    TargetPath, Validators, accept_encoding,
    entity_tag::{Comparison, Listed, MAX_LIST_LENGTH, MAX_LIST_MEMBERS, compare_list},
    is_host, names, range,
};

/// 2026-06-01 00:00:00.
fn now() -> HttpDate {
    HttpDate::from_unix_seconds(1_780_272_000).expect("a time in this millennium")
}

/// Field lines: one for each line of the input.
fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    data.split(|byte| *byte == b'\n')
}

/// A list of entity tags is read as a second reader, which takes its time, reads it.
pub(crate) fn entity_tag_list(data: &[u8]) {
    let current = EntityTag::strong("current").expect("it is a tag");
    let listed = |comparison| compare_list(lines(data), Some(&current), comparison);
    let (strong, weak) = (listed(Comparison::Strong), listed(Comparison::Weak));
    if strong == Listed::Current {
        assert_eq!(
            weak,
            Listed::Current,
            "what is strongly equal is weakly equal"
        );
    }
    assert_eq!(strong == Listed::Any, weak == Listed::Any);
    assert!(compare_list(lines(data), None, Comparison::Weak) != Listed::Current);
    if data.len() > MAX_LIST_LENGTH || data.contains(&b'*') {
        return;
    }
    let read: Option<Vec<(bool, Vec<u8>)>> = lines(data)
        .map(tags)
        .collect::<Option<Vec<_>>>()
        .map(|lists| lists.concat());
    let members = data
        .iter()
        .filter(|byte| matches!(byte, b',' | b'\n'))
        .count()
        + 1;
    if members > MAX_LIST_MEMBERS {
        return;
    }
    let is_current = |(_, opaque): &(bool, Vec<u8>)| opaque == b"current";
    let (wanted_strong, wanted_weak) = match &read {
        None => (false, false),
        Some(tags) => (
            tags.iter().any(|tag| !tag.0 && is_current(tag)),
            tags.iter().any(is_current),
        ),
    };
    assert_eq!(
        (strong == Listed::Current, weak == Listed::Current),
        (wanted_strong, wanted_weak),
        "{read:?}"
    );
}

/// One line, letter by letter (RFC 9110 §8.8.3, §5.6.1): weak or not, and what stands between the quotes.
fn tags(line: &[u8]) -> Option<Vec<(bool, Vec<u8>)>> {
    let mut tags = Vec::new();
    let mut letters = line.iter().copied().peekable();
    let mut comma = true;
    while let Some(letter) = letters.next() {
        match letter {
            b' ' | b'\t' => {}
            b',' => comma = true,
            _ if !comma => return None,
            b'W' | b'"' => {
                let weak = letter == b'W';
                if weak && (letters.next() != Some(b'/') || letters.next() != Some(b'"')) {
                    return None;
                }
                let mut opaque = Vec::new();
                loop {
                    match letters.next()? {
                        b'"' => break,
                        letter @ (0x21 | 0x23..=0x7e | 0x80..=0xff) => opaque.push(letter),
                        _ => return None,
                    }
                }
                tags.push((weak, opaque));
                comma = false;
            }
            _ => return None,
        }
    }
    Some(tags)
}

struct Only(Vec<(&'static str, Vec<u8>)>);

impl FieldSource for Only {
    fn lines<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }
}

/// The first two bytes are the length of the content; the rest is `Range`.
pub(crate) fn byte_range(data: &[u8]) {
    let [one, other, value @ ..] = data else {
        return;
    };
    let length = u64::from(u16::from_be_bytes([*one, *other]));
    let evaluate = |value: &[u8]| {
        let fields = Only(vec![(names::RANGE, value.to_vec())]);
        RangeRequest::evaluate(&fields, &Validators::default(), length, now())
    };
    let parts = match evaluate(value) {
        Ranges::Whole(_) => return,
        Ranges::Unsatisfiable => vec![],
        Ranges::Single(part) => vec![part],
        Ranges::Several(parts) => {
            assert!(parts.len() >= 2 && parts.len() <= range::MAX_PARTS);
            parts
        }
    };
    let trimmed = value.trim_ascii();
    assert!(
        trimmed.len() > 6 && trimmed[..6].eq_ignore_ascii_case(b"bytes="),
        "no range without its unit"
    );
    let sent: u64 = parts.iter().map(|part| part.len()).sum();
    assert!(sent <= 2 * length, "{sent} bytes of {length}");
    for part in &parts {
        assert!(
            part.first <= part.last && part.last < length,
            "{part:?} of {length}"
        );
    }
    if parts.is_empty() {
        return;
    }
    // Said again in the plainest way, it is the same.
    let plain: Vec<String> = parts
        .iter()
        .map(|part| format!("{}-{}", part.first, part.last))
        .collect();
    let again = match evaluate(format!("bytes={}", plain.join(",")).as_bytes()) {
        Ranges::Single(part) => vec![part],
        Ranges::Several(parts) => parts,
        other => panic!("{plain:?} is {other:?} when it is said plainly"),
    };
    assert_eq!(again, parts);
}

/// No coding is sent that was not asked for, none that was refused, and the order of the lines tells nothing.
pub(crate) fn accepted_codings(data: &[u8]) {
    let available = ContentCoding::ALL;
    let chosen = accept_encoding::preferred(lines(data), &available);
    let text = data.to_ascii_lowercase();
    let says = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    match chosen {
        Coding::Coded(coding) => {
            assert!(
                says(coding.as_str().as_bytes()) || says(b"*"),
                "{coding} was not asked for"
            );
        }
        Coding::NotAcceptable => assert!(says(b"q=0"), "nothing was refused"),
        Coding::Identity => {}
    }
    let members = data
        .iter()
        .filter(|byte| matches!(byte, b',' | b'\n'))
        .count()
        + 1;
    if data.len() <= accept_encoding::MAX_LENGTH && members <= accept_encoding::MAX_MEMBERS {
        let mut reversed: Vec<&[u8]> = lines(data).collect();
        reversed.reverse();
        assert_eq!(
            accept_encoding::preferred(reversed.into_iter(), &available),
            chosen
        );
    }
    // With nothing to choose from, nothing is chosen.
    assert!(!matches!(
        accept_encoding::preferred(lines(data), &[]),
        Coding::Coded(_)
    ));
}

/// What was read, written and read again is the same, and no more is wrong with it.
pub(crate) fn cache_control(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let (read, problems) = CacheControl::parse(text);
    for problem in &problems {
        assert!(problem.span.start <= problem.span.end && problem.span.end <= text.len());
    }
    let written = read.field_value();
    let (again, _) = CacheControl::parse(written.as_str());
    let directives = |control: &CacheControl| control.directives().cloned().collect::<Vec<_>>();
    assert_eq!(
        directives(&again),
        directives(&read),
        "{}",
        written.as_str()
    );
    assert_eq!(again.field_value().as_str(), written.as_str());
}

/// A date that could be read is written in one form, and read from it again.
pub(crate) fn http_date(data: &[u8]) {
    let Ok(read) = HttpDate::parse(data, now()) else {
        return;
    };
    let written = read.field_value();
    assert_eq!(HttpDate::parse(written.as_bytes(), now()), Ok(read));
    assert!(
        written.as_str().ends_with(" GMT") && written.as_str().len() == 29,
        "{}",
        written.as_str()
    );
    assert_eq!(HttpDate::from_unix_seconds(read.unix_seconds()), Some(read));
}

/// A path that was taken is absolute, inside, without anything that another program could read as a separator; and has one spelling.
pub(crate) fn target_path(data: &[u8]) {
    let Ok(raw) = str::from_utf8(data) else {
        return;
    };
    let Ok(path) = TargetPath::parse(raw) else {
        return;
    };
    let text = path.as_str();
    assert!(text.starts_with('/') && !text.starts_with("//"));
    assert!(!text.contains(['\\', '\0']) && !text.chars().any(char::is_control));
    let segments: Vec<&str> = path.segments().collect();
    for (place, segment) in segments.iter().enumerate() {
        assert!(!matches!(*segment, "." | ".."), "{text}");
        assert!(!segment.is_empty() || place + 1 == segments.len(), "{text}");
    }
    let encoded = path.encoded();
    assert!(encoded.is_ascii() && !encoded.contains(['"', '\'', '<', '>', ' ', '\\']));
    if encoded.len() <= larder::http::target_path::MAX_LENGTH {
        assert_eq!(TargetPath::parse(&encoded).as_ref(), Ok(&path));
        assert_eq!(TargetPath::from_site(text).as_ref(), Ok(&path));
    }
}

/// A host has nothing in it that ends a host for somebody else.
pub(crate) fn host(data: &[u8]) {
    if !is_host(data) {
        return;
    }
    assert!(
        !data
            .iter()
            .any(|byte| b"/\\@?#<>\"{}|^` \t\r\n\0".contains(byte)),
        "{data:?}"
    );
    assert!(data.is_ascii());
    let with_port = [data, b":80"].concat();
    let has_port = data.ends_with(b":")
        || data
            .rsplit(|byte| *byte == b':')
            .next()
            .is_some_and(|last| last.len() < data.len() && !last.contains(&b']'));
    if !has_port {
        assert!(is_host(&with_port));
    }
    assert!(!is_host(&[data, b"@"].concat()));
}
