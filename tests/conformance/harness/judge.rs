//! Compares an answer with what a case expects.

use super::{
    Case,
    answer::Answer,
    case::{Content, Want},
};

/// What differs; nothing when all is as expected. `unconditional` is what the same request gets without conditions and ranges, `fill` fills in templates.
pub(super) fn differences(
    case: &Case,
    answer: &Answer,
    unconditional: &Answer,
    fill: &dyn Fn(&str) -> String,
) -> Vec<String> {
    let mut differences = Vec::new();
    if !case.expect.status.contains(&answer.status) {
        differences.push(format!(
            "status {}, not {:?}",
            answer.status, case.expect.status
        ));
    }
    for (name, want) in &case.expect.fields {
        let lines: Vec<&str> = answer.lines(name).collect();
        let wanted = match want {
            Want::Is(value) => {
                let value = fill(value);
                (lines != [value.as_str()]).then(|| format!("not `{value}`"))
            }
            Want::Present => lines.is_empty().then(|| "has to be there".to_owned()),
            Want::Absent => (!lines.is_empty()).then(|| "must not be there".to_owned()),
            Want::Not(value) => {
                let value = fill(value);
                lines
                    .contains(&value.as_str())
                    .then(|| "must be another".to_owned())
            }
            Want::Has(text) => {
                (!lines.iter().any(|line| line.contains(text))).then(|| format!("without `{text}`"))
            }
            Want::Lacks(text) => lines
                .iter()
                .any(|line| line.contains(text))
                .then(|| format!("with `{text}`")),
            Want::SameAsUnconditional => {
                let same: Vec<&str> = unconditional.lines(name).collect();
                (lines != same || lines.is_empty())
                    .then(|| format!("not {same:?} as without conditions"))
            }
        };
        differences.extend(wanted.map(|wanted| format!("{name} {lines:?}: {wanted}")));
    }
    differences.extend(content(case, answer, unconditional));
    differences
}

fn content(case: &Case, answer: &Answer, unconditional: &Answer) -> Option<String> {
    let slice = |first: u64, last: u64| {
        let at = |place: u64| usize::try_from(place).expect("sites of the suite are small");
        unconditional
            .content
            .get(at(first)..=at(last))
            .unwrap_or_default()
    };
    let wanted: Vec<u8> = match &case.expect.content {
        Content::Any => return None,
        Content::Empty => Vec::new(),
        Content::Is(content) => content.clone(),
        Content::Of(path) => case
            .site
            .content(path)
            .unwrap_or_else(|| panic!("{}: the site has no {path}", case.id))
            .to_vec(),
        Content::Slice(first, last) => slice(*first, *last).to_vec(),
        Content::Lacks(text) => {
            return String::from_utf8_lossy(&answer.content)
                .contains(text)
                .then(|| format!("content with `{text}`"));
        }
        Content::Parts(wanted) => {
            let wanted: Vec<(String, Vec<u8>)> = wanted
                .iter()
                .map(|(first, last)| {
                    (
                        format!("bytes {first}-{last}/{}", unconditional.content.len()),
                        slice(*first, *last).to_vec(),
                    )
                })
                .collect();
            return match parts(answer) {
                Err(problem) => Some(problem),
                Ok(parts) => (parts != wanted).then(|| {
                    format!(
                        "parts {:?}",
                        parts.iter().map(|(range, _)| range).collect::<Vec<_>>()
                    )
                }),
            };
        }
    };
    (answer.content != wanted).then(|| {
        format!(
            "content of {} bytes `{}`, not of {} `{}`",
            answer.content.len(),
            start(&answer.content),
            wanted.len(),
            start(&wanted)
        )
    })
}

fn start(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(40)].escape_ascii().to_string()
}

/// The parts of a multipart/byteranges (RFC 9110 §14.6): `Content-Range` and content of each.
pub(super) fn parts(answer: &Answer) -> Result<Vec<(String, Vec<u8>)>, String> {
    let content_type = answer.field("content-type").unwrap_or_default();
    let boundary = content_type
        .strip_prefix("multipart/byteranges; boundary=")
        .ok_or("no multipart/byteranges with a boundary")?;
    let delimiter = format!("--{boundary}");
    let mut rest: &[u8] = &answer.content;
    rest = rest
        .strip_prefix(delimiter.as_bytes())
        .ok_or("it does not begin with the delimiter")?;
    let mut parts = Vec::new();
    loop {
        rest = match rest {
            [b'-', b'-', tail @ ..] if tail == b"\r\n" || tail.is_empty() => return Ok(parts),
            [b'\r', b'\n', tail @ ..] => tail,
            _ => return Err("a delimiter is followed by neither a part nor the end".to_owned()),
        };
        let blank = find(rest, b"\r\n\r\n").ok_or("a part without content")?;
        let head = String::from_utf8_lossy(&rest[..blank]).into_owned();
        let range = head
            .split("\r\n")
            .find_map(|line| line.strip_prefix("Content-Range: "))
            .ok_or("a part without Content-Range")?;
        rest = &rest[blank + 4..];
        let end = find(rest, format!("\r\n{delimiter}").as_bytes()).ok_or("a part without end")?;
        parts.push((range.to_owned(), rest[..end].to_vec()));
        rest = &rest[end + 2 + delimiter.len()..];
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
