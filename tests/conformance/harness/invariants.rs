//! Rules that no reply may break, whatever it is about. They are held against every reply of the suite.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{
    Case, Engine,
    answer::{Answer, Ask},
    judge,
};

/// A rule for every reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// A 304 has no field that its 200 lacks, and has those that a cache needs to go on (RFC 9110 §15.4.5).
    NotModifiedIsPartOfTheWhole,
    /// A 206 has the fields of its 200, and its slices are those it names (§15.3.7).
    PartsArePartsOfTheWhole,
    /// An error tells caches nothing about a representation, and is not kept (§8.8, RFC 9111 §5.2.2.5).
    ErrorsAreNotKept,
    /// One strong tag, one sequence of bytes in one coding (§8.8.1, §8.8.3.3).
    OneTagOneContent,
    /// No browser guesses media types.
    NoSniffing,
    /// Nothing tells which program answers, or which version of it (§10.2.4).
    NoVersion,
    /// Text says its charset (§8.3.2).
    TextHasACharset,
    /// `Vary: Accept-Encoding` exactly where there is something to select (§12.5.5).
    VariesWhereItDoes,
    /// `Content-Length` is the length of the content; 204 and 304 have none (§8.6).
    LengthIsRight,
    /// `immutable` only with success under a name that carries its content's hash (RFC 8246 §2).
    ImmutableIsEarned,
    /// A redirect stays on this host (§10.2.2).
    LocationIsAPath,
    /// 405 says what is allowed (§15.5.6).
    AllowIsTold,
    /// No field that has one value comes twice (§5.3).
    NoFieldTwice,
    /// A reply of a server with a clock has a date (§6.6.1).
    Dated,
}

type Check = fn(&Reply<'_>) -> Result<(), String>;

const RULES: [(Rule, Check); 14] = [
    (
        Rule::NotModifiedIsPartOfTheWhole,
        not_modified_is_part_of_the_whole,
    ),
    (Rule::PartsArePartsOfTheWhole, parts_are_parts_of_the_whole),
    (Rule::ErrorsAreNotKept, errors_are_not_kept),
    (Rule::OneTagOneContent, one_tag_one_content),
    (Rule::NoSniffing, no_sniffing),
    (Rule::NoVersion, no_version),
    (Rule::TextHasACharset, text_has_a_charset),
    (Rule::VariesWhereItDoes, varies_where_it_does),
    (Rule::LengthIsRight, length_is_right),
    (Rule::ImmutableIsEarned, immutable_is_earned),
    (Rule::LocationIsAPath, location_is_a_path),
    (Rule::AllowIsTold, allow_is_told),
    (Rule::NoFieldTwice, no_field_twice),
    (Rule::Dated, dated),
];

struct Reply<'r> {
    case: &'r Case,
    engine: Engine,
    ask: &'r Ask,
    answer: &'r Answer,
    /// What GET without conditions and ranges gets.
    whole: &'r Answer,
}

/// The rules that `answer` breaks, but those that the case is the exception of.
pub(super) fn broken(
    case: &Case,
    engine: Engine,
    ask: &Ask,
    answer: &Answer,
    whole: &Answer,
) -> Vec<String> {
    let reply = Reply {
        case,
        engine,
        ask,
        answer,
        whole,
    };
    RULES
        .iter()
        .filter(|(rule, _)| !case.except.iter().any(|(except, _)| except == rule))
        .filter_map(|(rule, check)| check(&reply).err().map(|what| format!("{rule:?}: {what}")))
        .collect()
}

/// Every rule there is.
pub(super) fn all() -> impl Iterator<Item = Rule> {
    RULES.iter().map(|(rule, _)| *rule)
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn not_modified_is_part_of_the_whole(
    Reply { answer, whole, .. }: &Reply<'_>,
) -> Result<(), String> {
    if answer.status != 304 {
        return Ok(());
    }
    for line in answer.lasting() {
        ensure(whole.fields.contains(&line), || {
            format!("{line:?} is not in the 200")
        })?;
    }
    for name in [
        "cache-control",
        "content-location",
        "etag",
        "expires",
        "vary",
    ] {
        ensure(answer.field(name) == whole.field(name), || {
            format!(
                "{name} is {:?}, and {:?} in the 200",
                answer.field(name),
                whole.field(name)
            )
        })?;
    }
    for name in [
        "content-type",
        "content-encoding",
        "content-range",
        "content-length",
        "transfer-encoding",
    ] {
        ensure(answer.field(name).is_none(), || {
            format!("{name} says something about content that is not sent")
        })?;
    }
    ensure(answer.content.is_empty(), || "it has content".to_owned())
}

fn parts_are_parts_of_the_whole(Reply { answer, whole, .. }: &Reply<'_>) -> Result<(), String> {
    if answer.status != 206 {
        return ensure(
            answer.status == 416 || answer.field("content-range").is_none(),
            || "Content-Range without 206 or 416".to_owned(),
        );
    }
    let several = answer.field("content-range").is_none();
    let differs = |name: &str| {
        name == "content-length"
            || name == "content-range"
            || name == "date"
            || (several && name == "content-type")
    };
    for (name, value) in whole.fields.iter().filter(|(name, _)| !differs(name)) {
        ensure(answer.lines(name).any(|line| line == value), || {
            format!("{name}: {value} of the 200 is not in the 206")
        })?;
    }
    let parts = if several {
        judge::parts(answer)?
    } else {
        vec![(
            answer.field("content-range").unwrap_or_default().to_owned(),
            answer.content.clone(),
        )]
    };
    for (range, content) in parts {
        let slice =
            slice(&range, whole).ok_or_else(|| format!("`{range}` is not a range of the 200"))?;
        ensure(slice == content, || {
            format!("the bytes of `{range}` are others in the 200")
        })?;
    }
    Ok(())
}

/// The bytes of `whole` that a `Content-Range` names.
fn slice<'w>(content_range: &str, whole: &'w Answer) -> Option<&'w [u8]> {
    let (range, total) = content_range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
    (total.parse() == Ok(whole.content.len())).then_some(())?;
    whole.content.get(first..=last)
}

fn errors_are_not_kept(Reply { answer, .. }: &Reply<'_>) -> Result<(), String> {
    if answer.status < 400 {
        return Ok(());
    }
    for name in [
        "etag",
        "last-modified",
        "expires",
        "content-encoding",
        "accept-ranges",
        "content-location",
    ] {
        ensure(answer.field(name).is_none(), || {
            format!("{name} on {}", answer.status)
        })?;
    }
    ensure(answer.lines("cache-control").eq(["no-store"]), || {
        format!(
            "Cache-Control of {} is {:?}",
            answer.status,
            answer.field("cache-control")
        )
    })
}

/// Entity tag → coding, media type and content. Shared by all sites and engines: a tag is made of nothing else.
static TAGGED: Mutex<Option<HashMap<String, Representation>>> = Mutex::new(None);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Representation {
    coding: Option<String>,
    media_type: Option<String>,
    content: Vec<u8>,
}

fn one_tag_one_content(Reply { answer, ask, .. }: &Reply<'_>) -> Result<(), String> {
    let (200, "GET", Some(tag)) = (answer.status, ask.method.as_str(), answer.field("etag")) else {
        return Ok(());
    };
    ensure(is_strong(tag), || {
        format!("{tag} is not a strong entity tag")
    })?;
    let owned = |name| answer.field(name).map(str::to_owned);
    let this = Representation {
        coding: owned("content-encoding"),
        media_type: owned("content-type"),
        content: answer.content.clone(),
    };
    let mut known = TAGGED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known
        .get_or_insert_default()
        .entry(tag.to_owned())
        .or_insert_with(|| this.clone());
    ensure(*known == this, || {
        format!(
            "{tag} was the tag of another representation: {:?} {:?}",
            known.coding, known.media_type
        )
    })
}

fn is_strong(tag: &str) -> bool {
    tag.len() > 2
        && tag.starts_with('"')
        && tag.ends_with('"')
        && tag[1..tag.len() - 1]
            .bytes()
            .all(|byte| byte == b'!' || (b'#'..=b'~').contains(&byte))
}

fn no_sniffing(Reply { answer, .. }: &Reply<'_>) -> Result<(), String> {
    ensure(
        answer.lines("x-content-type-options").eq(["nosniff"]),
        || "X-Content-Type-Options is not nosniff".to_owned(),
    )
}

fn no_version(Reply { answer, .. }: &Reply<'_>) -> Result<(), String> {
    for name in ["server", "x-powered-by", "via"] {
        ensure(answer.field(name).is_none(), || {
            format!("{name}: {:?}", answer.field(name))
        })?;
    }
    if answer.status >= 400 {
        let text = String::from_utf8_lossy(&answer.content).to_ascii_lowercase();
        for told in [
            "larder",
            "actix",
            "rust",
            env!("CARGO_PKG_VERSION"),
            "/home",
            "/tmp",
            "/var",
        ] {
            ensure(!text.contains(told), || {
                format!("the text of {} tells `{told}`", answer.status)
            })?;
        }
    }
    Ok(())
}

fn text_has_a_charset(Reply { answer, .. }: &Reply<'_>) -> Result<(), String> {
    let content_type = answer.field("content-type").unwrap_or_default();
    ensure(
        !content_type.starts_with("text/") || content_type.contains("; charset="),
        || format!("Content-Type: {content_type}"),
    )
}

fn varies_where_it_does(
    Reply {
        case, ask, answer, ..
    }: &Reply<'_>,
) -> Result<(), String> {
    let varies = answer.varies_by();
    if !matches!(answer.status, 200 | 206 | 304) {
        return ensure(varies.is_empty() || answer.status == 406, || {
            format!("{} with Vary: {varies:?}", answer.status)
        });
    }
    let resource = case
        .site
        .resource(&ask.target)
        .ok_or("a reply about nothing")?;
    let negotiated = resource.negotiable || !resource.coded.is_empty();
    let wanted: &[&str] = if negotiated {
        &["accept-encoding"]
    } else {
        &[]
    };
    ensure(varies == wanted, || {
        format!("Vary is {varies:?}, not {wanted:?}")
    })
}

fn length_is_right(
    Reply {
        ask, answer, whole, ..
    }: &Reply<'_>,
) -> Result<(), String> {
    let length = answer.field("content-length");
    if matches!(answer.status, 204 | 304) {
        ensure(length.is_none(), || {
            format!("{} with Content-Length {length:?}", answer.status)
        })?;
        return ensure(answer.content.is_empty(), || {
            format!("{} with content", answer.status)
        });
    }
    let wanted = match (ask.method.as_str(), answer.status) {
        ("HEAD", 200) => whole.content.len(),
        // What GET would have said of an error is compared elsewhere.
        ("HEAD", _) => return ensure(length.is_some(), || "no Content-Length".to_owned()),
        _ => answer.content.len(),
    };
    ensure(length == Some(wanted.to_string().as_str()), || {
        format!("Content-Length is {length:?} for {wanted} bytes")
    })?;
    ensure(answer.field("transfer-encoding").is_none(), || {
        "Transfer-Encoding where the length is known".to_owned()
    })
}

fn immutable_is_earned(
    Reply {
        case, ask, answer, ..
    }: &Reply<'_>,
) -> Result<(), String> {
    let said = answer
        .fields
        .iter()
        .any(|(name, value)| name.ends_with("cache-control") && value.contains("immutable"));
    let earned = || {
        matches!(answer.status, 200 | 206 | 304)
            && case
                .site
                .resource(&ask.target)
                .is_some_and(|file| file.fingerprinted)
    };
    ensure(!said || earned(), || {
        format!("immutable with {} of {}", answer.status, ask.target)
    })
}

fn location_is_a_path(Reply { answer, .. }: &Reply<'_>) -> Result<(), String> {
    let Some(location) = answer.field("location") else {
        return ensure(!matches!(answer.status, 301..=303 | 307 | 308), || {
            "a redirect to nowhere".to_owned()
        });
    };
    let second = location.as_bytes().get(1);
    let is_path = location.starts_with('/') && !matches!(second, Some(b'/' | b'\\'));
    ensure(
        is_path && location.bytes().all(|byte| byte.is_ascii_graphic()),
        || format!("Location: {location}"),
    )
}

fn allow_is_told(Reply { answer, .. }: &Reply<'_>) -> Result<(), String> {
    ensure(
        answer.status != 405 || answer.field("allow").is_some(),
        || "405 without Allow".to_owned(),
    )
}

fn no_field_twice(Reply { answer, .. }: &Reply<'_>) -> Result<(), String> {
    for (name, _) in &answer.fields {
        ensure(answer.lines(name).count() == 1, || format!("{name} twice"))?;
    }
    Ok(())
}

fn dated(Reply { engine, answer, .. }: &Reply<'_>) -> Result<(), String> {
    ensure(
        !engine.has_date()
            || answer
                .field("date")
                .is_some_and(|date| date.ends_with(" GMT")),
        || "no Date".to_owned(),
    )
}
